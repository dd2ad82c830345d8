"""People, accounts, units, duties and clearances."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Declares actions and evidence tables, and listens to what signs in and out."""

    name = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts import actions, departures, evidence, listeners
        from audit import triggers

        actions.register()
        triggers.register(*evidence.TABLES)
        departures.register(departures.proposals)
        listeners.connect()
