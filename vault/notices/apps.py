"""Worklists, notices and the shell around every page."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """Registers the room; wiring is vault.project's."""

    name = "vault.notices"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from audit import actions, triggers
        from vault.notices import evidence, mailing

        actions.register(mailing.MAIL_SENT)
        triggers.register(*evidence.TABLES)
