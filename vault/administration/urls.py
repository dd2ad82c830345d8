"""Sign-in, second factor and the pages of one's own account. Names that allauth looks up keep its spelling."""

from django.urls import path

from vault.administration.views import account, my_account, sign_in, this_machine, tokens
from vault.authorization.actions import Action
from vault.authorization.decorators import requires

urlpatterns = [
    path("sign-in/", requires(Action.SIGN_IN)(sign_in.SignInView.as_view()), name="account_login"),
    path(
        "sign-in/code/", requires(Action.SECOND_FACTOR)(sign_in.CodeView.as_view()), name="mfa_authenticate"
    ),
    path("sign-out/", requires(Action.SIGN_OUT)(sign_in.SignOutView.as_view()), name="account_logout"),
    path("signed-out/", requires(Action.SIGN_IN)(sign_in.SignedOutView.as_view()), name="account_signed_out"),
    path(
        "account/password/",
        requires(Action.MY_ACCOUNT)(account.PasswordView.as_view()),
        name="account_change_password",
    ),
    path(
        "account/second-factor/",
        requires(Action.MY_ACCOUNT, unsafe=Action.SECURE_ACCOUNT)(account.EnrolView.as_view()),
        name="mfa_activate_totp",
    ),
    path(
        "account/second-factor/qr.svg",
        requires(Action.MY_ACCOUNT)(account.QrView.as_view()),
        name="mfa_totp_qr",
    ),
    path(
        "account/second-factor/recovery-codes/",
        requires(Action.MY_ACCOUNT)(account.RecoveryCodesView.as_view()),
        name="mfa_view_recovery_codes",
    ),
    path("account/", my_account.overview, name="my_account"),
    path("account/sessions/end/", my_account.end_session, name="end_my_session"),
    path("account/sessions/end-others/", my_account.end_other_sessions, name="end_my_other_sessions"),
    path("account/mail/", my_account.choose_mail, name="choose_mail"),
    path("account/passkeys/new/", my_account.new_passkey, name="new_passkey"),
    path("account/passkeys/<int:passkey>/rename/", my_account.rename_passkey, name="rename_passkey"),
    path("account/passkeys/<int:passkey>/remove/", my_account.remove_passkey, name="remove_passkey"),
    path(
        "account/second-factor/recovery-codes/renew/",
        my_account.renew_recovery_codes,
        name="renew_recovery_codes",
    ),
    path(
        "account/notice/",
        requires(Action.READ_NOTICE, unsafe=Action.SIGN_UNDERTAKING)(account.NoticeView.as_view()),
        name="accounts_notice",
    ),
    path("terminal/", this_machine.this_machine, name="this_machine"),
    path("account/tokens/", tokens.own_tokens, name="administration_tokens"),
    path("account/tokens/new/", tokens.new_token, name="administration_new_token"),
    path(
        "account/tokens/<uuid:token_id>/revoke/",
        tokens.revoke_token,
        name="administration_revoke_token",
    ),
]
