from django.apps import AppConfig


class StorageConfig(AppConfig):
    """Registers the system checks; the hooks are wired by `vault.project`."""

    name = "storage"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from storage import checks  # noqa: F401
