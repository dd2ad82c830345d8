"""The access rule, its gate and its permits; no tables of its own."""

from django.apps import AppConfig


class AuthorizationConfig(AppConfig):
    """Registers the room; wiring is vault.project's."""

    name = "vault.authorization"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from audit import actions as registered_actions
        from vault.authorization import anonymous, checks, providers  # noqa: F401  (checks register themselves)
        from vault.authorization.actions import Action

        registered_actions.register(*(action.value for action in Action), anonymous.ACTION)
        providers.REGISTERED_TERMINAL.provide(providers.enrolled_terminal)
