"""The working-day calendar: notices, units' own weeks and days, and the due dates that follow them."""

from django.apps import AppConfig


class WorkdaysConfig(AppConfig):
    """Registers what other packages must know of this room; wiring between rooms is vault.project's."""

    name = "vault.workdays"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from audit import triggers
        from vault.workdays import evidence

        triggers.register(*evidence.TABLES)
