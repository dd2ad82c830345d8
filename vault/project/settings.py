"""Django settings, all of them from the environment (`vault.project.environment`)."""

from pathlib import Path

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

import vault
from accounts.rules import COOL_OFF, FAILURES_PER_PAIR
from vault.project import environment

BASE_DIR = Path(__file__).resolve().parents[2]
ENVIRONMENT = environment.read()

# Jingui's own names, read by the packages below through django.conf.settings
JINGUI_HOME = ENVIRONMENT.home
JINGUI_BLOBS = ENVIRONMENT.home / "blobs"
JINGUI_KEY_RING = ENVIRONMENT.key_ring
JINGUI_CHECKPOINTS = ENVIRONMENT.checkpoints
JINGUI_DEMO = ENVIRONMENT.demo
JINGUI_BUILD = f"jingui {vault.__version__}"  # what recorded an event
JINGUI_STATE_CONTENT = ENVIRONMENT.state_content
JINGUI_CLAMD_SOCKET = ENVIRONMENT.clamd_socket
JINGUI_REFUSE_UNSCANNED_CLASSIFIED = ENVIRONMENT.refuse_unscanned_classified
JINGUI_UPLOAD_LIMIT = 2 * 1024**3
JINGUI_FORM_LIMIT = 16 * 1024**2  # the form without JavaScript, held in memory
JINGUI_UPLOAD_QUOTA = 8 * 1024**3
JINGUI_TRUST_PROXY = ENVIRONMENT.trust_proxy
JINGUI_CERTIFICATE_PROXY = ENVIRONMENT.certificate_proxy
JINGUI_IDLE_MINUTES = 30  # rule book 1.4.2(1)
JINGUI_ABSOLUTE_HOURS = 10
JINGUI_LEVEL_NAMES = ENVIRONMENT.level_names  # P-08
JINGUI_OWNER_NAME = ENVIRONMENT.owner_name
JINGUI_CLASSIFICATION_AUTHORITY = ENVIRONMENT.classification_authority  # P-06
JINGUI_EMAIL_FROM = ENVIRONMENT.email_from  # empty: no mail is sent

SECRET_KEY = ENVIRONMENT.secret_key
DEBUG = False
ALLOWED_HOSTS = ENVIRONMENT.hosts

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    "guardian",
    "heroicons",
    "storage",
    "audit",
    "accounts",
    "vault.authorization",
    "vault.notices",
    "vault.workdays",
    "vault.incidents",
    "vault.holdings",
    "vault.approvals",
    "vault.administration",
    "vault.oversight",
    "vault.project",
]

MIDDLEWARE = [
    # Outermost: what the next ones answer by themselves carries the policy too.
    "csp.middleware.CSPMiddleware",
    "vault.project.api_middleware.InterfaceMiddleware",
    "vault.project.middleware.TransportMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "vault.project.middleware.FullStoreMiddleware",
    "vault.project.middleware.StorageMiddleware",
    "accounts.terminal_middleware.TerminalMiddleware",
    "accounts.middleware.SessionLimitsMiddleware",
    "accounts.token_middleware.BearerMiddleware",
    "vault.authorization.middleware.ActionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "vault.administration.prove_again.ProveAgainMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "vault.project.urls"
WSGI_APPLICATION = "vault.project.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "vault" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "vault.notices.context.shell",
            ],
        },
    }
]

DATABASES = {"default": ENVIRONMENT.database, "audit": ENVIRONMENT.audit_database}
DATABASE_ROUTERS = ["vault.project.routers.AuditRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.Account"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "accounts.backends.StaffNumberBackend",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "accounts.passwords.LengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

# Sign-in: vault/administration/urls.py serves the few pages there are. No sign-up, no mail, one throttle (axes).
ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = "staff_no"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_RATE_LIMITS = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGIN_TIMEOUT = 300
ACCOUNT_LOGOUT_REDIRECT_URL = "account_signed_out"
MFA_ADAPTER = "accounts.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Jingui"
MFA_RECOVERY_CODE_DIGITS = 10
MFA_RECOVERY_CODES_SHOW_ONCE = True
AXES_HANDLER = "accounts.lockout.PseudonymHandler"
AXES_USERNAME_CALLABLE = "accounts.lockout.staff_no_pseudonym"
AXES_CLIENT_IP_CALLABLE = "accounts.lockout.address_pseudonym"
AXES_CLIENT_STR_CALLABLE = "accounts.lockout.silence"
AXES_LOCKOUT_CALLABLE = "vault.administration.views.sign_in.locked_out"
AXES_LOCKOUT_PARAMETERS = [
    ["username", "ip_address"]
]  # what a success forgives; the bounds are the handler's
AXES_USERNAME_FORM_FIELD = "username"
AXES_FAILURE_LIMIT = FAILURES_PER_PAIR
AXES_COOLOFF_TIME = COOL_OFF
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

# Per-object grants: persons hold rights, so guardian adds no anonymous account and patches no model.
ANONYMOUS_USER_NAME = None
GUARDIAN_MONKEY_PATCH_USER = False

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "vault" / "locale"]
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "vault" / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

# No upload is ever spooled to disk: pages send raw bodies, and the form without JavaScript stays in memory.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE = JINGUI_FORM_LIMIT
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

# Notices by mail (vault.notices.mailing) and nothing else; the worker waits so long for a silent server.
EMAIL_BACKEND = str(ENVIRONMENT.email.get("EMAIL_BACKEND", "django.core.mail.backends.dummy.EmailBackend"))
EMAIL_HOST = ENVIRONMENT.email.get("EMAIL_HOST", "")
EMAIL_PORT = ENVIRONMENT.email.get("EMAIL_PORT", 25)
EMAIL_HOST_USER = ENVIRONMENT.email.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = ENVIRONMENT.email.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = bool(ENVIRONMENT.email.get("EMAIL_USE_TLS"))
EMAIL_USE_SSL = bool(ENVIRONMENT.email.get("EMAIL_USE_SSL"))
EMAIL_TIMEOUT = 10  # seconds

# Transport and cookies. Plain HTTP is served on loopback only (P-02); see TransportMiddleware.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENVIRONMENT.trust_proxy else None
_LOOPBACK_ONLY = set(ALLOWED_HOSTS) <= set(environment.LOOPBACK_HOSTS)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not _LOOPBACK_ONLY
SECURE_HSTS_SECONDS = 0 if _LOOPBACK_ONLY else 31_536_000
SESSION_COOKIE_NAME = "jingui_session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_ENGINE = "accounts.session_store"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_AGE = JINGUI_ABSOLUTE_HOURS * 3600
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
CSRF_COOKIE_NAME = "jingui_csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "vault.project.error_views.csrf_failure"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "media-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    # Addresses of pages hold record ids only; still, no request line is written here.
    "loggers": {"django.request": {"level": "CRITICAL"}, "django.security": {"level": "CRITICAL"}},
}

SILENCED_SYSTEM_CHECKS = [
    "guardian.W001",  # no object backend: has_perm is never the rule
    "security.W008",  # the redirect to HTTPS is TransportMiddleware's refusal
]
