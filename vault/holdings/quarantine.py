"""Who deals with what was held back, and by when (requirements 1.4.4(4)c)."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef

from accounts.models import Account, Appointment, Clearance, Person
from accounts.rules import Duty, local_day
from accounts.selectors import ancestor_ids
from audit import clock
from vault.holdings.models import StagedFile
from vault.holdings.rules import QUARANTINE_TERM


def due_on(file: StagedFile) -> date:
    """The last day on which its entry should be closed."""
    return local_day(file.received_at) + QUARANTINE_TERM


def is_overdue(file: StagedFile) -> bool:
    """From the day after the last one."""
    return local_day(clock.now()) > due_on(file)


def owners(files: Sequence[StagedFile]) -> dict[UUID, Person]:
    """The one archivist who must deal with each file; one query for all of them.

    He is the nearest at the unit or above it, and never its sender. A file has no entry here where there are several
    of them or none; nor has a classified one, since who is cleared for what is not told on the way.
    """
    lines = {file.pk: ancestor_ids(file.session.unit) for file in files}
    archivists = _archivists({unit for line in lines.values() for unit in line})
    found: dict[UUID, Person] = {}
    for file in files:
        if file.session.levels.is_classified:
            continue
        for unit in reversed(lines[file.pk]):
            here = archivists.get(unit, {})
            able = [person for key, person in here.items() if key != file.session.account.person_id]
            if len(able) == 1:
                found[file.pk] = able[0]
            if able:
                break
    return found


def _archivists(units: set[UUID]) -> dict[UUID, dict[UUID, Person]]:
    """Archivists of each unit by their ids: those who can sign in and may see what is internal."""
    today = local_day(clock.now())
    account = Account.objects.filter(person=OuterRef("person"), is_active=True, suspended_at__isnull=True)
    cleared = Clearance.objects.filter(person=OuterRef("person"), restricted__gte=1).in_force(today)
    held = (
        Appointment.objects.filter(Exists(account), Exists(cleared), duty=Duty.ARCHIVIST, unit__in=units)
        .in_force(today)
        .select_related("person")
    )
    found: dict[UUID, dict[UUID, Person]] = {}
    for appointment in held:
        found.setdefault(appointment.unit_id, {})[appointment.person_id] = appointment.person
    return found
