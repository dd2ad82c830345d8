"""Start-up checks of the instance itself; each package registers its own beside it."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

from accounts.rules import local_day
from audit import clock


@register()
def instance_is_safe(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """Warn of an attestation about to end; refuse DEBUG, which would print secrets into pages."""
    found: list[CheckMessage] = []
    if settings.DEBUG:
        found.append(Error("DEBUG is on: pages would show keys and titles.", id="jingui.E001"))
    attested = settings.JINGUI_STATE_CONTENT
    if attested.mode == "attested" and not attested.is_open(local_day(clock.now())):
        found.append(
            Warning(
                "The attestation for state secrets has expired: their content is closed.",
                hint="Renew it and set JINGUI_STATE_CONTENT_VALID_UNTIL.",
                id="jingui.W001",
            )
        )
    return found
