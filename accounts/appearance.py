"""Language and colours: a cookie of the browser, and the account, which brings them to its next browser."""

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from accounts.models import Account

THEME_COOKIE = "jingui_theme"
THEMES = ("auto", "light", "dark")
_YEAR_SECONDS = 365 * 24 * 3600


def theme_of(request: HttpRequest) -> str:
    """The colours of this browser."""
    theme = request.COOKIES.get(THEME_COOKIE, "auto")
    return theme if theme in THEMES else "auto"


def choose_language(request: HttpRequest, answer: HttpResponseBase, language: str) -> bool:
    """Keep a language of ours; False, and nothing kept, for another."""
    if language not in dict(settings.LANGUAGES):
        return False
    _keep(answer, settings.LANGUAGE_COOKIE_NAME, language)
    if isinstance(request.user, Account):
        Account.objects.filter(pk=request.user.pk).update(language=language)
    return True


def choose_theme(request: HttpRequest, answer: HttpResponseBase, theme: str) -> bool:
    """Keep colours that there are; False, and nothing kept, for others."""
    if theme not in THEMES:
        return False
    _keep(answer, THEME_COOKIE, theme)
    if isinstance(request.user, Account):
        Account.objects.filter(pk=request.user.pk).update(theme=theme)
    return True


def bring(request: HttpRequest, answer: HttpResponseBase, account: Account) -> None:
    """After sign-in: what the account prefers, unless this browser was told something already."""
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES and account.language in dict(settings.LANGUAGES):
        _keep(answer, settings.LANGUAGE_COOKIE_NAME, account.language)
    if THEME_COOKIE not in request.COOKIES and account.theme in THEMES:
        _keep(answer, THEME_COOKIE, account.theme)


def _keep(answer: HttpResponseBase, name: str, value: str) -> None:
    answer.set_cookie(
        name,
        value,
        max_age=_YEAR_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
