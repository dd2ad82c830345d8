"""Officers' commands: init, doctor."""

from django.apps import AppConfig


class AdministrationConfig(AppConfig):
    """Registers the room; wiring is vault.project's."""

    name = "vault.administration"
    default_auto_field = "django.db.models.BigAutoField"
