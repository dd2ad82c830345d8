"""A secure reading room with its keeper and a terminal, and a reader who comes to read."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.test import Client
from django.urls import reverse

from accounts import services as accounts_services
from accounts.models import Account, SecureRoom
from accounts.room_rules import InspectionKind
from accounts.rules import Duty, local_day
from accounts.terminal_rules import CheckResult
from audit import clock
from tests.approvals.desk import Desk
from tests.support import terminals
from tests.support.archive import Archive
from vault.approvals.models import AccessRequest, ReadingSession
from vault.approvals.rules import TOP_SECRET
from vault.approvals.services import reading
from vault.authorization.actions import Action
from vault.authorization.context import Context
from vault.authorization.facts import WHOLE, Scope
from vault.authorization.gate import explain
from vault.holdings.models import ComponentVersion, Record

BROWSER = "browser-of-the-reader"


class ReadingRoom:
    """One room with a terminal in it; everybody of the archive sits at that terminal."""

    def __init__(self, archive: Archive, **changes: object) -> None:
        self.archive = archive
        self.desk = Desk(archive)
        self.keeper = archive.add(Duty.ROOM_KEEPER)
        self.room: SecureRoom = accounts_services.register_room(
            actor=archive.system,
            code="BMS-1",
            name="保密室一",
            **{"unit": archive.company, "capacity": 2, "inspect_every": 30, **changes},
        )
        self.inspect()
        self.seat = archive.seat
        self.place(self.seat)

    def inspect(self, result: CheckResult = CheckResult.PASSED) -> None:
        """Both inspections of today: nothing is read in a room that nobody inspected."""
        for kind, account in (
            (InspectionKind.TECHNICAL, self.archive.system),
            (InspectionKind.SECURITY, self.archive.security),
        ):
            accounts_services.inspect_room(
                actor=account,
                room=self.room,
                kind=kind,
                done_on=local_day(clock.now()),
                result=result,
                note="逐项检查",
            )

    def place(self, seat: terminals.Seat) -> terminals.Seat:
        accounts_services.place_terminal(actor=self.archive.system, room=self.room, terminal=seat.terminal)
        return seat

    def another(self, number: str = "SEAT-2", *, placed: bool = True) -> terminals.Seat:
        seat = terminals.seated(self.archive.system, number)
        return self.place(seat) if placed else seat

    def here(
        self,
        account: Account | None = None,
        *,
        session: str = BROWSER,
        at: datetime | None = None,
        **changes: object,
    ) -> Context:
        """The reader, or somebody else, at the first terminal."""
        context = self.archive.context(account or self.desk.reader)
        return replace(context, session=session, instant=at or clock.now(), **changes)

    def check_in(
        self, request: AccessRequest, *, by: Account | None = None, terminal: object = None, **changes: object
    ) -> ReadingSession:
        terminal = terminal or self.seat.terminal
        return reading.check_in(
            context=self.archive.context(by or self.keeper),
            request_id=request.pk,
            room_id=self.room.pk,
            **{"terminal_id": terminal.pk, **changes},
        )

    def beside(self, record: Record, **changes: object) -> tuple[ReadingSession, Account]:
        """A reader let in, with the leader in charge named to stay beside him."""
        second = self.desk.in_charge
        self.desk.name(record, second)
        decider = self.desk.principal if record.levels.state == TOP_SECRET else self.desk.in_charge
        request = self.desk.approve(self.desk.checked(record), by=decider)
        session = self.check_in(request, second_reader_id=second.person.pk, **changes)
        return session, second

    def begin(self, session: ReadingSession, context: Context | None = None) -> ReadingSession:
        return reading.begin(context=context or self.here(), session_id=session.pk)

    def reading(self, record: Record, **changes: object) -> ReadingSession:
        """An approved request, its reader let in and reading."""
        return self.begin(self.check_in(self.desk.approved(record, **changes)))

    def decide(
        self,
        record: Record,
        context: Context | None = None,
        action: Action = Action.CONSULT,
        pages: tuple[int, ...] = (1,),
    ) -> str:
        """What the access rule answers about a page of the record's first component."""
        return str(explain(context or self.here(), action, record, part_of(record, *pages)).code)


def version_of(record: Record) -> ComponentVersion:
    return ComponentVersion.objects.get(component__record=record)


def part_of(record: Record, *pages: int) -> Scope:
    version = version_of(record)
    return Scope(version.component_id, version.number, pages) if pages else WHOLE


def page_address(record: Record, number: int) -> str:
    version = version_of(record)
    return reverse(
        "holdings:version_page",
        kwargs={
            "record_id": record.pk,
            "component_id": version.component_id,
            "version": version.number,
            "number": number,
        },
    )


def reference(client: Client) -> str:
    """What events call a browser's session."""
    from accounts import marks

    return str(client.session[marks.REFERENCE])


def fresh(session: ReadingSession) -> ReadingSession:
    return ReadingSession.objects.select_related("request").get(pk=session.pk)


def asked(session: ReadingSession | AccessRequest) -> AccessRequest:
    pk: UUID = session.request_id if isinstance(session, ReadingSession) else session.pk
    return AccessRequest.objects.get(pk=pk)
