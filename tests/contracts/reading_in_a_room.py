"""A reading room of the hall with somebody in it, somebody expected, and somebody at its door."""

from datetime import timedelta
from typing import TYPE_CHECKING

from accounts import services
from accounts.models import Account, SecureRoom
from audit import clock
from tests.accounts.people import today
from tests.support.archive import Archive
from vault.approvals.models import AccessRequest, ReadingSession
from vault.approvals.reading_rules import Medium, SessionState
from vault.approvals.services import bookings, reading, requests
from vault.approvals.services.requests import Wanted
from vault.authorization.actions import Action
from vault.authorization.context import of_account
from vault.holdings.models import Record

if TYPE_CHECKING:
    from tests.contracts.routes_world import World


def somebody_in(archive: Archive, request: AccessRequest, room: SecureRoom) -> ReadingSession:
    """A session as a row: whoever looks at its page need not have let anybody in."""
    return ReadingSession.objects.create(
        request=request,
        reader=archive.clerk.person,
        room=room,
        medium=Medium.PAPER,
        checked_in_by=archive.director.person,
        **dict.fromkeys(("checked_in_at", "ends_at", "last_at"), clock.now()),
        state=SessionState.CHECKED_IN,
    )


def make(world: "World", core: Record, top: Record) -> None:
    archive, people = world.archive, world.people
    reader, keeper = people["cleared_listed"], people["room_keeper"]

    def approved(record: Record, by: Account, decider: Account) -> AccessRequest:
        wanted = Wanted(Action.CONSULT, "核对方案", today(), today() + timedelta(days=5), 1)
        asked = requests.submit(context=of_account(by), record_id=record.pk, wanted=wanted)
        checked = requests.check(
            context=of_account(archive.security), request_id=asked.pk, version=asked.version
        )
        return requests.approve(context=of_account(decider), request_id=checked.pk, version=checked.version)

    room = services.register_room(
        actor=archive.system,
        code="BMS-7",
        name="营业厅保密室",
        unit=archive.hall,
        capacity=4,
        inspect_every=30,
    )
    inside = approved(top, reader, archive.leader)
    outside = approved(core, people["author"], people["leader"])
    sitting = reading.check_in(context=of_account(keeper), request_id=inside.pk, room_id=room.pk)
    booked = bookings.book(
        context=of_account(reader),
        request_id=inside.pk,
        room_id=room.pk,
        day=today() + timedelta(days=1),
        first=9,
        last=11,
    )
    world.objects["bookable"] = {"request_id": inside.pk}
    world.objects["booked"] = {"booking_id": booked.pk}
    world.objects["desk"] = {"room_id": room.pk}
    world.objects["sitting"] = {"session_id": sitting.pk}
    world.archive.extra["at_the_door"] = outside.reference
    world.archive.extra["reading_room"] = str(room.pk)
