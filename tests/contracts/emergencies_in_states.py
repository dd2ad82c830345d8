"""Emergencies of `cleared_listed`: asked for, released by one, released by both; and a report as a row."""

from typing import TYPE_CHECKING
from uuid import UUID

from accounts.models import SecureRoom
from accounts.rules import Duty, local_day
from audit import clock
from tests.support.archive import Archive, file
from vault.approvals.models import AccessRequest, EmergencyReport
from vault.approvals.rules import Part, RequestState
from vault.approvals.services import emergencies
from vault.approvals.services.emergencies import Urgent
from vault.authorization.actions import Action
from vault.authorization.context import of_account
from vault.holdings.models import Record

if TYPE_CHECKING:
    from tests.contracts.routes_world import World


def make(world: "World", keeper: str) -> None:
    """Each of a record of its own, in the reading room that is there; `keeper` looks after its list."""
    archive, people = world.archive, world.people
    room = UUID(str(archive.extra["reading_room"]))
    listed = [str(people["cleared_listed"].person.pk), keeper]

    def asked() -> AccessRequest:
        record = file(archive, people["author"], label="core", knowers=listed, register_now="on").record
        return emergencies.ask(
            context=of_account(people["cleared_listed"]),
            record_id=record.pk,
            urgent=Urgent("核对关阀顺序", "北门站泄漏", room),
        )

    def led(request: AccessRequest) -> AccessRequest:
        return emergencies.release(
            context=of_account(people["leader"]), request_id=request.pk, part=Part.APPROVER
        )

    world.objects["urgent"] = {"request_id": asked().pk, "as": "leader"}
    world.objects["half"] = {"request_id": led(asked()).pk, "as": "second"}
    released = led(asked())
    emergencies.release(context=of_account(archive.security), request_id=released.pk, part=Part.SECOND)
    world.objects["released"] = {"request_id": released.pk}


def reported(archive: Archive, record: Record, room: SecureRoom) -> AccessRequest:
    """A released emergency as rows: whoever looks at its report need not have released one."""
    now = clock.now()
    request = AccessRequest.objects.create(
        year=local_day(now).year,
        number=9_000,
        record=record,
        action=Action.CONSULT,
        requester=archive.clerk.person,
        requester_unit=archive.hall,
        purpose="核对关阀顺序",
        extent=[],
        is_whole=True,
        starts_on=local_day(now),
        ends_on=local_day(now),
        amount=1,
        at_state_level=0,
        at_enterprise_level=2,
        at_restricted=1,
        submitted_at=now,
        state=RequestState.EXPIRED,
        is_emergency=True,
        why_urgent="北门站泄漏",
        room=room,
    )
    EmergencyReport.objects.create(
        request=request,
        leader=archive.director.person,
        leader_duty=Duty.LEADER,
        leader_unit=archive.company,
        second=archive.security.person,
        second_duty=Duty.SECURITY_OFFICER,
        starts_at=now,
    )
    return request
