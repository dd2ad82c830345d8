"""Start-up checks of the instance itself; each package registers its own beside it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.db import Error as DatabaseFailed
from django.db import connections

from accounts.rules import local_day
from audit import clock
from vault.project.preparation import ALIASES, newer_than_this


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


@register()
def databases_are_not_newer(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """Every command that is given checks refuses a database whose tables it may misread, doctor and audit_verify too.

    They cannot call `preparation` themselves, which stands above them. No database is made or migrated by asking.
    """
    return [Error(told, id="jingui.E002") for alias in ALIASES if (told := _newer(alias))]


def _newer(alias: str) -> str:
    connection = connections[alias]
    # Opening a SQLite file that is not there would make it.
    if connection.vendor == "sqlite" and not Path(connection.settings_dict["NAME"]).is_file():
        return ""
    try:
        return newer_than_this(alias)
    except DatabaseFailed:
        return ""  # a database that cannot be read is told of by whoever needs it
