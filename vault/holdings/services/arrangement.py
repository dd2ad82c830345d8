"""Fonds, series and archive files: where records stand (requirements.md HA-01)."""

import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction

from accounts.models import Unit
from audit import clock, outbox
from audit.events import ObjectFacts
from vault.authorization import gate
from vault.authorization.actions import Action
from vault.authorization.asked import Prospect
from vault.authorization.context import Context
from vault.authorization.levels import Levels
from vault.holdings import errors
from vault.holdings.access_classes import set_levels
from vault.holdings.models import ArchiveFile, Fonds, RetentionClass, Series
from vault.holdings.services.journal import change

# Parts of an archival code: hyphen and middle dot separate them, so neither stands inside one.
CODE = re.compile(r"[A-Z0-9]{1,16}", re.ASCII)
# The minimum periods of management records (RD-01); None is permanent.
RETENTION = (("Y", "永久", None), ("D30", "30年", 30), ("D10", "10年", 10))


def create_fonds(*, context: Context, fonds_no: str, name: str) -> Fonds:
    """A new fonds. Raises FormRefused for a malformed or known number and an empty name."""
    number = _code("fonds_no", fonds_no)
    named = _named(name)
    permit = gate.authorize(context, Action.ARRANGE)
    with change(permit), _once("fonds_no"):
        made = Fonds.objects.create(fonds_no=number, name=named)
        outbox.outcome(permit.event, "granted", object=ObjectFacts("fonds", str(made.pk)))
    return made


def create_series(*, context: Context, fonds: Fonds, code: str, name: str) -> Series:
    """A new series of a fonds. Raises FormRefused for a malformed or known code and an empty name."""
    checked = _code("code", code)
    named = _named(name)
    permit = gate.authorize(context, Action.ARRANGE)
    with change(permit), _once("code"):
        made = Series.objects.create(fonds=fonds, code=checked, name=named)
        outbox.outcome(permit.event, "granted", object=ObjectFacts("series", str(made.pk)))
    return made


def create_archive_file(
    *, context: Context, unit: Unit, series: Series, year: int, title: str, levels: Levels
) -> ArchiveFile:
    """A new archive file of a unit, open or internal; its records raise it (CL-11).

    It has no need-to-know list of its own, so a classified one without a record would be known to nobody. Raises
    FormRefused for such a label and an empty title.
    """
    if levels.is_classified:
        raise errors.FormRefused(None, label=["archive-file-label"])
    named = _named(title)
    permit = gate.authorize(
        context, Action.CREATE_ARCHIVE_FILE, Prospect(unit.pk, levels, name="archive_file")
    )
    with change(permit):
        made = ArchiveFile(
            unit=unit,
            series=series,
            year=year,
            title=named,
            own_state_level=levels.state,
            own_enterprise_level=levels.enterprise,
            own_restricted=levels.restricted,
            created_at=clock.now(),
        )
        set_levels(made, levels)
        made.save(force_insert=True)
        outbox.outcome(
            permit.event,
            "granted",
            object=ObjectFacts("archive_file", str(made.pk), label=levels.canonical()),
        )
    return made


def lay_out_retention() -> None:
    """The retention classes of management records, where there are none yet; a beginning needs some to file under."""
    if not RetentionClass.objects.exists():
        for code, name, years in RETENTION:
            RetentionClass.objects.create(code=code, name=name, years=years)


def _code(field: str, text: str) -> str:
    code = unicodedata.normalize("NFKC", text).strip().upper()
    if not CODE.fullmatch(code):
        raise errors.FormRefused(errors.CODE_MALFORMED, **{field: [str(errors.CODE_MALFORMED)]})
    return code


def _named(name: str) -> str:
    if not name.strip():
        raise errors.FormRefused
    return name.strip()


@contextmanager
def _once(field: str) -> Iterator[None]:
    """Says which field a unique constraint refused; a savepoint, so that the transaction around it goes on."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise errors.FormRefused(errors.CODE_TAKEN, **{field: [str(errors.CODE_TAKEN)]}) from error
