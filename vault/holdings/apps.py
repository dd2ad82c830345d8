"""Fonds, series, records, components and their bytes."""

from django.apps import AppConfig


class HoldingsConfig(AppConfig):
    """Registers what other packages must know of this room; wiring between rooms is vault.project's."""

    name = "vault.holdings"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from audit import actions, triggers
        from vault.holdings import evidence, home, leaving, protections, telling

        actions.register("holdings:lease:end", "holdings:intake:expire")
        triggers.register(*evidence.TABLES)
        protections.register()
        home.register()
        leaving.register()
        telling.register()
