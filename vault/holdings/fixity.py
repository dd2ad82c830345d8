"""Periodic fixity: every stored body is decrypted whole and compared with its digest once in thirty days (PF-02).

The worker takes the bodies that were compared longest ago, a bounded part at a time. Damage is told once: in the log,
in the record's history, and as an incident.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from django.db import transaction
from django.db.models import F, Min, Q, QuerySet
from django.utils.translation import gettext as _

from audit import clock
from audit.events import ObjectFacts
from storage.errors import StorageError
from vault.authorization import gate
from vault.authorization.actions import Action
from vault.authorization.levels import Levels
from vault.authorization.permit import SystemPermit
from vault.holdings import custody
from vault.holdings.models import ComponentVersion, FixityCheck, StagedFile
from vault.holdings.rules import FIXITY_PERIOD
from vault.holdings.services.journal import note
from vault.incidents.rules import Kind
from vault.incidents.services import raise_incident

BODIES_AT_ONCE = 200
BYTES_AT_ONCE = 2 * 1024**3
DAMAGED_SHOWN = 100
Body = TypeVar("Body", ComponentVersion, StagedFile)


@dataclass(frozen=True)
class FixityReport:
    """How far the comparing has come; `oldest` is the longest-ago comparison of any body, None before the first."""

    total: int
    fresh: int
    never: int
    oldest: datetime | None
    damaged: tuple[FixityCheck, ...]


def step() -> int:
    """Compare the bodies that are due, up to a bound; how many were. Raises AuditUnavailable."""
    versions: list[ComponentVersion] = []
    size = 0
    for version in _due()[:BODIES_AT_ONCE]:
        if versions and size + version.size > BYTES_AT_ONCE:
            break
        versions.append(version)
        size += version.size
    if not versions:
        return 0
    permit = gate.authorize_system(Action.FIXITY, [version.pk for version in versions])
    for version in versions:
        code = ""
        try:
            verify(custody.verify_version, permit, bodies(), version.pk)
        except StorageError as error:
            code = error.code
        _keep(version, code)
    return len(versions)


def verify(
    check: Callable[[SystemPermit, Body], None], permit: SystemPermit, rows: "QuerySet[Body]", pk: UUID
) -> None:
    """Compare one body as it stands when its turn comes. Raises storage's errors.

    A label that changes meanwhile writes the body anew or binds its key anew, and an upload may be taken back: what
    was read before is then no damage, and what stands now is compared.
    """
    body = rows.filter(pk=pk).first()
    while body is not None:
        try:
            check(permit, body)
        except StorageError:
            former, body = body, rows.filter(pk=pk).first()
            if body is not None and _lies_as(body) == _lies_as(former):
                raise
        else:
            return


def bodies() -> "QuerySet[ComponentVersion]":
    """Every version of every component, with what it takes to open it."""
    return ComponentVersion.objects.select_related("component__record__unit", "key_slot")


def report() -> FixityReport:
    """Counts over all bodies, and what was last found damaged; no title and no name."""
    since = clock.now() - FIXITY_PERIOD
    versions = ComponentVersion.objects.all()
    damaged = FixityCheck.objects.exclude(code="").select_related("version__component__record__unit")
    return FixityReport(
        total=versions.count(),
        fresh=versions.filter(fixity__checked_at__gt=since, fixity__code="").count(),
        never=versions.filter(fixity__isnull=True).count(),
        oldest=FixityCheck.objects.aggregate(oldest=Min("checked_at"))["oldest"],
        damaged=tuple(damaged.order_by("-checked_at", "pk")[:DAMAGED_SHOWN]),
    )


def _due() -> QuerySet[ComponentVersion]:
    """Never compared first, then by when they were."""
    before = clock.now() - FIXITY_PERIOD
    due = bodies().filter(Q(fixity__isnull=True) | Q(fixity__checked_at__lte=before))
    return due.order_by(F("fixity__checked_at").asc(nulls_first=True), "pk")


def _lies_as(body: ComponentVersion | StagedFile) -> tuple[UUID | None, Levels]:
    """Under which key, and bound to which label."""
    under = body.component.record if isinstance(body, ComponentVersion) else body.session
    return body.key_slot_id, under.levels


def _keep(version: ComponentVersion, code: str) -> None:
    with transaction.atomic():
        former = FixityCheck.objects.filter(version=version).first()
        FixityCheck.objects.update_or_create(
            version=version, defaults={"checked_at": clock.now(), "code": code}
        )
        if not code or (former is not None and former.code):
            return
        record = version.component.record
        note(record, "fixity check", outcome="failure", component=version.component).save(force_insert=True)
        raise_incident(
            context=None,
            kind=Kind.DAMAGE,
            what=_(
                "A stored body is not what was put in (%(code)s). Restore it from a backup; component %(id)s."
            )
            % {"code": code, "id": version.component_id},
            unit=record.unit,
            source="fixity",
            about=ObjectFacts("component", str(version.component_id)),
        )
