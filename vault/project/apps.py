"""Wires the packages together when Django starts."""

from django.apps import AppConfig


class ProjectConfig(AppConfig):
    """Knows every room; nothing imports it."""

    name = "vault.project"
    label = "project"

    def ready(self) -> None:
        from vault.project import checks, wiring  # noqa: F401  (checks register themselves)

        wiring.connect()
