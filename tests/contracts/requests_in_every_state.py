"""Requests of `cleared_listed` in the states that the route table asks about, and what two decide of the rule table."""

from datetime import timedelta
from typing import TYPE_CHECKING

from accounts.models import Account
from accounts.rules import Duty
from tests.accounts.people import make_clearance, today
from tests.support.archive import file
from vault.approvals.models import AccessRequest
from vault.approvals.rules import Regime
from vault.approvals.services import authorisations, delegations, reproduction, requests, table
from vault.approvals.services.authorisations import Paper
from vault.approvals.services.requests import Wanted
from vault.authorization.actions import Action
from vault.authorization.context import of_account
from vault.holdings.models import Record

if TYPE_CHECKING:
    from tests.contracts.routes_world import World


def make(world: "World", core: Record, top: Record) -> None:
    archive, reader = world.archive, world.people["cleared_listed"]
    security, leader = world.people["security_officer"], world.people["leader"]
    make_clearance(archive.leader.person, archive.security.person, state_level=3, enterprise_level=2)

    def asked(record: Record, action: Action) -> AccessRequest:
        wanted = Wanted(action, "核对方案", today(), today() + timedelta(days=5), 1)
        return requests.submit(context=of_account(reader), record_id=record.pk, wanted=wanted)

    def checked(request: AccessRequest) -> AccessRequest:
        return requests.check(
            context=of_account(archive.security), request_id=request.pk, version=request.version
        )

    def approved(request: AccessRequest, by: Account) -> AccessRequest:
        return requests.approve(context=of_account(by), request_id=request.pk, version=request.version)

    states = {
        "asked": asked(core, Action.CONSULT),
        "checked": checked(asked(core, Action.EXCERPT)),
        "approved": approved(checked(asked(core, Action.QUOTE)), leader),
        "led": approved(checked(asked(top, Action.EXCERPT)), archive.leader),
        "papered": approved(checked(asked(top, Action.COPY)), archive.leader),
    }
    own = Wanted(Action.PRINT, "存档备查", today(), today() + timedelta(days=5), 1)
    states["own_print"] = requests.submit(
        context=of_account(world.people["author"]),
        record_id=world.objects["internal"]["record_id"],
        wanted=own,
    )
    for name, request in states.items():
        world.objects[name] = {"request_id": request.pk}
    paper = Paper(
        issuer=archive.authority,
        document_no="应急〔2026〕12号",
        document_date=today(),
        copies=1,
        purpose="核对方案",
        record_id=core.pk,
    )
    made = authorisations.record(context=of_account(reader), request_id=states["papered"].pk, paper=paper)
    world.objects["papered"]["authorisation_id"] = made.pk
    row = table.propose(
        context=of_account(security),
        row=(Regime.ENTERPRISE, 1),
        unit=archive.hall,
        duty=Duty.LEADER,
        reason="营业厅不设部门负责人",
    )
    world.objects["proposed_rule"] = {"rule_id": row.pk}
    given = delegations.delegate(
        context=of_account(leader),
        to=archive.cleared.person,
        duty=Duty.LEADER,
        unit=archive.company,
        starts_on=today(),
        ends_on=today() + timedelta(days=9),
        reason="出差",
    )
    world.objects["given"] = {"delegation_id": given.pk}
    copied = file(archive, archive.clerk, register_now="on").record
    wanted = Wanted(Action.COPY, "分发", today(), today() + timedelta(days=5), 3)
    internal = requests.submit(context=of_account(reader), record_id=copied.pk, wanted=wanted)
    approved(internal, world.people["hall_director"])
    copy = reproduction.produce(
        context=of_account(reader), request_id=internal.pk, version=version_of(internal)
    )
    world.objects["copied"] = {"request_id": internal.pk}
    world.objects["copy"] = {"copy_id": copy.copy.pk}


def version_of(request: AccessRequest) -> int:
    return AccessRequest.objects.get(pk=request.pk).version
