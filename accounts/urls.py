"""The addresses of sign-in. Names that allauth looks up keep its spelling; nothing else of allauth is served."""

from django.urls import path

from accounts import views

urlpatterns = [
    path("sign-in/", views.SignInView.as_view(), name="account_login"),
    path("sign-in/code/", views.CodeView.as_view(), name="mfa_authenticate"),
    path("sign-out/", views.SignOutView.as_view(), name="account_logout"),
    path("signed-out/", views.SignedOutView.as_view(), name="account_signed_out"),
    path("account/password/", views.PasswordView.as_view(), name="account_change_password"),
    path("account/second-factor/", views.EnrolView.as_view(), name="mfa_activate_totp"),
    path("account/second-factor/qr.svg", views.QrView.as_view(), name="mfa_totp_qr"),
    path(
        "account/second-factor/recovery-codes/",
        views.RecoveryCodesView.as_view(),
        name="mfa_view_recovery_codes",
    ),
    path("account/notice/", views.NoticeView.as_view(), name="accounts_notice"),
]
