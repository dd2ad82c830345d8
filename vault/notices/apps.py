"""Worklists and the shell around every page."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """Registers the room; wiring is vault.project's."""

    name = "vault.notices"
    default_auto_field = "django.db.models.BigAutoField"
