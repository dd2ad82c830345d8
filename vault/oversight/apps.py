"""The auditor's workspace over the log."""

from django.apps import AppConfig


class OversightConfig(AppConfig):
    """Registers the room's navigation and worklist."""

    name = "vault.oversight"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from vault.oversight import home

        home.register()
