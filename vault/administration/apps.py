"""Sign-in, one's own account, the officers' home, and their commands: init, doctor."""

from django.apps import AppConfig


class AdministrationConfig(AppConfig):
    """Registers the officers' worklists, and those of rooms below that may not know the shell."""

    name = "vault.administration"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from vault.administration import home, small_rooms

        # First what has a clock.
        small_rooms.register()
        home.register()
