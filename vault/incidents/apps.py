"""Incidents with a clock: any room raises them, the security officer works them."""

from django.apps import AppConfig


class IncidentsConfig(AppConfig):
    """Registers what other packages must know of this room; wiring between rooms is vault.project's."""

    name = "vault.incidents"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from audit import triggers
        from vault.incidents import closing, evidence

        triggers.register(*evidence.TABLES)
        closing.register()
