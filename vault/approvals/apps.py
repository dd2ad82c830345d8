"""Requests for classified records, who decides them, and what they open."""

from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    """Registers what other packages must know of this room; wiring between rooms is vault.project's."""

    name = "vault.approvals"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from audit import actions, triggers
        from vault.approvals import (
            answers,
            copy_telling,
            emergency_telling,
            evidence,
            excerpts,
            home,
            reading,
            reading_telling,
            telling,
            voiding,
            widening_home,
            widening_lapsing,
            widening_telling,
        )
        from vault.approvals.services import sitting
        from vault.approvals.services.journal import SYSTEM_ACTIONS
        from vault.holdings import listeners

        actions.register(*SYSTEM_ACTIONS, *sitting.SYSTEM_ACTIONS, *widening_lapsing.SYSTEM_ACTIONS)
        triggers.register(*evidence.TABLES)
        answers.connect()
        reading.connect()
        home.register()
        telling.register()
        copy_telling.register()
        excerpts.register()
        emergency_telling.register()
        reading_telling.register()
        widening_telling.register()
        widening_home.register()
        listeners.LABEL_MOVED.connect(voiding.on_label_moved)
        listeners.LABEL_MOVED.connect(excerpts.on_label_moved)
        listeners.STRUCK.connect(voiding.on_struck)
        listeners.LABEL_MOVED.connect(widening_lapsing.on_label_moved)
        listeners.STRUCK.connect(widening_lapsing.on_struck)
