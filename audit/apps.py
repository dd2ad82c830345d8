"""Django's entry to the package."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AuditConfig(AppConfig):
    """Registers the system checks and puts the evidence triggers back after every migration."""

    name = "audit"
    label = "audit"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from audit import checks  # noqa: F401  (checks register themselves)

        # The signal for this app is sent when all migrations of all apps have run on that database.
        post_migrate.connect(_install_triggers, sender=self, dispatch_uid="audit.install_triggers")


def _install_triggers(using: str, **kwargs: Any) -> None:
    from audit import triggers

    triggers.install(using)
