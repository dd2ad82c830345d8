"""Copies as their people make and move them, through the services that the pages call."""

from accounts.models import Account
from accounts.rules import Duty
from tests.approvals.desk import Desk
from vault.approvals.models import AccessRequest, Copy
from vault.approvals.reproduction_rules import CopyEvent
from vault.approvals.services import copies, reproduction
from vault.approvals.services.copies import Said
from vault.approvals.services.reproduction import Made
from vault.authorization.actions import Action
from vault.authorization.context import Context
from vault.holdings.models import Record

PASSPHRASE = "four-plain-words-typed"


class CopyDesk(Desk):
    """The desk with two keepers who may make copies of a 机密 record, at a terminal, and one more cleared reader."""

    def __init__(self, archive) -> None:
        super().__init__(archive)
        self.keeper = archive.archivist
        self.second = archive.add(Duty.ROOM_KEEPER)
        self.other = archive.add(Duty.DEPARTMENT_HEAD)
        for account in (self.keeper, self.second, self.other):
            archive.clear(account, state_level=3, enterprise_level=2)

    def at(self, account: Account) -> Context:
        """Somebody at a registered terminal."""
        return self.archive.context(account)

    def copied(self, label: str = "secret", **changes: object) -> Record:
        """A record that both keepers and the other reader know of."""
        record = self.record(label, **changes)
        for account in (self.keeper, self.second, self.other):
            self.name(record, account)
        return record

    def granted(self, record: Record, amount: int = 2, **changes: object) -> AccessRequest:
        """An approved request for copies."""
        return self.approved(record, **{"action": Action.COPY, "amount": amount, **changes})

    def make(self, request: AccessRequest, by: Account | None = None, **changes: object) -> Made:
        request = AccessRequest.objects.get(pk=request.pk)
        return reproduction.produce(
            context=self.at(by or self.keeper),
            request_id=request.pk,
            **{"version": request.version, **changes},
        )

    def made(self, request: AccessRequest) -> Copy:
        """A copy as the register has it, its files left unmade."""
        return self.make(request).copy

    def step(self, copy: Copy, event: CopyEvent, by: Account, **said: object) -> Copy:
        """One step at the version that the copy has now."""
        copy = Copy.objects.get(pk=copy.pk)
        return copies.advance(
            context=self.at(by), copy_id=copy.pk, version=copy.version, event=event, said=Said(**said)
        )

    def returned(self, copy: Copy) -> Copy:
        return self.step(copy, CopyEvent.GIVE_BACK, self.keeper)

    def close(self, request: AccessRequest, by: Account | None = None) -> AccessRequest:
        request = AccessRequest.objects.get(pk=request.pk)
        return copies.close_request(
            context=self.at(by or self.keeper), request_id=request.pk, version=request.version
        )
