"""The auditor's workspace over the log."""

from django.apps import AppConfig


class OversightConfig(AppConfig):
    """Registers the room; wiring is vault.project's."""

    name = "vault.oversight"
    default_auto_field = "django.db.models.BigAutoField"
