"""An emergency as its people make and release it, through the services that the pages call."""

from datetime import timedelta
from uuid import UUID

from accounts.models import Account
from accounts.rules import Duty
from tests.accounts.people import today
from tests.approvals.room import ReadingRoom
from tests.support.archive import Archive
from vault.approvals.models import AccessRequest, EmergencyConfirmation, EmergencyReport
from vault.approvals.rules import Part
from vault.approvals.services import confirmations, delegations, emergencies
from vault.approvals.services.emergencies import Urgent
from vault.authorization.context import of_account
from vault.holdings.models import Record


class Emergency(ReadingRoom):
    """The reading room, whose keeper is one of those who may be the second person."""

    def __init__(self, archive: Archive) -> None:
        super().__init__(archive)
        self.leader = self.desk.in_charge

    def give_post_to(self, account: Account) -> None:
        """Let somebody who is cleared sit in the leader's post for some days (PE-12)."""
        self.archive.clear(account, state_level=3, enterprise_level=2)
        delegations.delegate(
            context=of_account(self.leader),
            to=account.person,
            duty=Duty.LEADER,
            unit=self.archive.company,
            starts_on=today(),
            ends_on=today() + timedelta(days=3),
            reason="出差",
        )

    def ask(self, record: Record, by: Account | None = None, **changes: object) -> AccessRequest:
        urgent = Urgent(
            **{"purpose": "核对关阀顺序", "why": "北门站泄漏，抢修队在场", "room_id": self.room.pk, **changes}
        )
        return emergencies.ask(context=of_account(by or self.desk.reader), record_id=record.pk, urgent=urgent)

    def lead(self, request: AccessRequest, by: Account | None = None) -> AccessRequest:
        return emergencies.release(
            context=of_account(by or self.leader), request_id=request.pk, part=Part.APPROVER
        )

    def second(self, request: AccessRequest, by: Account | None = None) -> AccessRequest:
        return emergencies.release(
            context=of_account(by or self.keeper), request_id=request.pk, part=Part.SECOND
        )

    def released(self, record: Record, **changes: object) -> AccessRequest:
        request = self.ask(record, **changes)
        self.lead(request)
        return self.second(request)

    def confirm(
        self,
        request: AccessRequest,
        by: Account | None = None,
        *,
        text: str = "事态紧急，属实",
        justified: bool = True,
        paper: UUID | None = None,
    ) -> EmergencyConfirmation:
        return confirmations.confirm(
            context=of_account(by or self.leader),
            request_id=request.pk,
            text=text,
            is_justified=justified,
            paper_id=paper,
        )

    def report(self, request: AccessRequest) -> EmergencyReport:
        return EmergencyReport.objects.get(request=request)
