"""Requests as their people make them, through the services that the pages call."""

from datetime import timedelta

from accounts.models import Account
from accounts.rules import Duty
from tests.accounts.people import make_clearance, today
from tests.support.archive import Archive, file, pdf
from vault.approvals.models import AccessRequest
from vault.approvals.services import requests
from vault.approvals.services.requests import Wanted
from vault.authorization.actions import Action
from vault.authorization.context import of_account
from vault.holdings.models import KnowledgeEntry, Record


class Desk:
    """The archive, with a reader on the list of a 机密 record, a leader in charge and a second security officer."""

    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        self.reader = archive.cleared
        self.security = archive.security
        self.principal = archive.leader
        self.in_charge = archive.add(Duty.LEADER)
        self.second_security = archive.add(Duty.SECURITY_OFFICER)
        for account in (self.principal, self.in_charge, archive.clerk):
            make_clearance(account.person, archive.security.person, state_level=3, enterprise_level=2)

    def record(self, label: str = "secret", **changes: object) -> Record:
        """A record of the hall under a label, as its reader finds it."""
        return file(
            self.archive,
            self.archive.clerk,
            ("方案.pdf", pdf(12)),
            label=label,
            title="城区燃气管网应急预案",
            register_now="on",
            **({"received_mark": "普通商密"} if label == "ordinary" else {}),
            **changes,
        ).record

    def wanted(self, action: Action = Action.CONSULT, **changes: object) -> Wanted:
        return Wanted(
            **{
                "action": action,
                "purpose": "核对应急处置方案",
                "starts_on": today(),
                "ends_on": today() + timedelta(days=6),
                "amount": 1,
                **changes,
            }
        )

    def submit(self, record: Record, by: Account | None = None, **changes: object) -> AccessRequest:
        return requests.submit(
            context=of_account(by or self.reader), record_id=record.pk, wanted=self.wanted(**changes)
        )

    def checked(self, record: Record, **changes: object) -> AccessRequest:
        return self.check(self.submit(record, **changes))

    def approved(self, record: Record, **changes: object) -> AccessRequest:
        return self.approve(self.checked(record, **changes))

    def check(self, request: AccessRequest, by: Account | None = None) -> AccessRequest:
        return requests.check(
            context=of_account(by or self.security), request_id=request.pk, version=request.version
        )

    def approve(self, request: AccessRequest, by: Account | None = None) -> AccessRequest:
        return requests.approve(
            context=of_account(by or self.in_charge), request_id=request.pk, version=request.version
        )

    def name(self, record: Record, account: Account) -> None:
        """Put somebody on a record's list."""
        KnowledgeEntry.objects.create(
            record=record,
            person=account.person,
            named_by=self.archive.clerk.person,
            starts_at=of_account(account).instant,
        )
