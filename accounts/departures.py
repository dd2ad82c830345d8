"""What holds a leaver back: things open in his name, and the de-secrecy period (requirements 10 ¶3, AD-12).

Rooms register what can be open in theirs; nothing of a record is told, not even how many there are (PE-14).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.errors import DeSecrecyFirst, DeSecrecyRuns
from accounts.models import Clearance, DeSecrecy, PendingGrant, Person
from accounts.rules import DE_SECRECY_MONTHS, GRANT_WAITS, GrantState, PersonCategory
from audit import clock


@dataclass(frozen=True)
class OpenMatter:
    """One kind of thing that somebody must end or hand over before he leaves; `code` is stable."""

    code: str
    sentence: str | Promise


Provider = Callable[[UUID], Iterable[OpenMatter]]
_providers: list[Provider] = []


def register(provider: Provider) -> None:
    """Add what can be open in a room; the same function twice counts once."""
    if provider not in _providers:
        _providers.append(provider)


def open_matters(person_id: UUID) -> list[OpenMatter]:
    """Everything open in this person's name, room by room."""
    return [matter for provider in _providers for matter in provider(person_id)]


PROPOSALS = OpenMatter(
    "open_proposals", _("Changes of rights that he proposed are not decided or not carried out yet.")
)


def proposals(person_id: UUID) -> Iterable[OpenMatter]:
    """What he proposed as an officer and nobody has ended."""
    now = clock.now()
    open_ones = PendingGrant.objects.filter(proposed_by=person_id)
    waiting = open_ones.filter(state=GrantState.PENDING, lapses_at__gt=now)
    confirmed = open_ones.filter(state=GrantState.CONFIRMED, decided_at__gt=now - GRANT_WAITS)
    if waiting.exists() or confirmed.exists():
        yield PROPOSALS


def refuse_before_de_secrecy(person: Person, last_day: date) -> None:
    """Raise DeSecrecyFirst or DeSecrecyRuns when his post may not be left on this day.

    The period runs through its last day, without any clearance: one given after it began, revoked or not, and it
    begins anew.
    """
    if DE_SECRECY_MONTHS[PersonCategory(person.category)] == 0:
        return
    period = DeSecrecy.objects.filter(person=person).order_by("-ends_on").first()
    if period is None or Clearance.objects.filter(person=person).not_over(period.starts_on).exists():
        raise DeSecrecyFirst
    if last_day < period.ends_on:
        raise DeSecrecyRuns(period.ends_on)


def was_cleared(person: Person, day: date) -> bool:
    """Whether he was ever cleared for classified records: a post given by mistake is taken back at once."""
    begun = Clearance.objects.filter(person=person, starts_on__lte=day)
    return begun.exclude(state_level=0, enterprise_level=0).exists()
