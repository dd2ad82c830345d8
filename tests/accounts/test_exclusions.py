"""Nobody takes two steps of one matter, nor one that concerns himself, by whatever way he comes to it."""

import re
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts import services
from accounts.errors import AccountsError
from accounts.exclusions import Part, part_in
from accounts.models import Account, Appointment, Clearance, PendingGrant
from accounts.rules import Duty
from audit import clock
from tests.accounts.people import Organisation, make_account, today

ROOT = Path(__file__).resolve().parents[2]
PERSONS = st.integers(0, 4).map(lambda number: UUID(int=number + 1))


@given(PERSONS, st.lists(PERSONS, max_size=4), st.lists(PERSONS, max_size=4))
def test_whoever_had_a_part_is_out_and_everybody_else_is_in(
    person: UUID, acted: list[UUID], concerned: list[UUID]
) -> None:
    """PE-06"""
    part = part_in(person, acted=acted, concerned=concerned)
    assert (part is None) == (person not in {*acted, *concerned})
    assert (part is Part.ACTED) == (person in acted)
    assert part_in(None, acted=acted) is Part.ACTED


def test_no_service_decides_by_itself_who_is_the_same_person() -> None:
    """PE-06: one function used by all machines."""
    own = re.compile(r"\b(?:person|proposer|decider|granted_by)(?:_id|\.pk)\)?\s*(?:==|!=)")
    modules = [*(ROOT / "accounts" / "services").glob("*.py"), *(ROOT / "vault").glob("*/services/*.py")]
    modules += [*(ROOT / "vault").glob("*/services.py"), ROOT / "vault" / "authorization" / "grants.py"]
    assert len(modules) > 15
    found = {
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in modules
        for line in path.read_text(encoding="utf-8").splitlines()
        if own.search(line)
    }
    # No step of two persons: to ask whether a list loses the decider it waits for.
    assert found == {"vault/holdings/services/knowledge.py: waits and pending.decider_id == entry.person_id"}
    assert own.search("if proposal.proposer_id == context.subject.person_id:")


VERBS = ("duty", "clearance", "category", "confirm", "refuse", "withdraw")
STEP = st.tuples(st.sampled_from(VERBS), st.integers(0, 5), st.integers(0, 2), st.booleans())


@pytest.mark.django_db(databases=["default", "audit"])
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(STEP, min_size=3, max_size=9))
def test_no_path_approves_ones_own(org: Organisation, path: list[tuple[str, int, int, bool]]) -> None:
    """PE-06, PE-07: whatever is tried in whatever order, under either account, no right has one hand in it, and none
    of them the hand of whom it is for.
    """
    people = [org.security, _second_security(org), org.director, org.leader, org.clerk, org.system]
    targets = [org.clerk.person, org.director.person, org.security.person]
    for verb, who, whom, other_account in path:
        actor = _twin(people[who]) if other_account else people[who]
        try:
            _take(verb, actor, targets[whom], org)
        except AccountsError:
            continue
    made = list(Appointment.objects.exclude(appointed_by=None)) + list(Clearance.objects.all())
    for row in made:
        first = row.appointed_by_id if isinstance(row, Appointment) else row.granted_by_id
        assert row.person_id not in {first, row.confirmed_by_id}
        assert first != row.confirmed_by_id
    for grant in PendingGrant.objects.filter(state__in=["done", "confirmed", "refused"]):
        assert len({grant.person_id, grant.proposed_by_id, grant.decided_by_id}) == 3


def _take(verb: str, actor: Account, person: object, org: Organisation) -> None:
    if verb == "duty":
        services.appoint(
            actor=actor,
            person=person,
            duty=Duty.ARCHIVIST,
            unit=org.company,
            starts_on=today(),
            reason="接任",
        )
    elif verb == "clearance":
        services.grant_clearance(
            actor=actor,
            person=person,
            enterprise_level=1,
            starts_on=today(),
            ends_on=today() + timedelta(days=9),
            reason="轮岗",
        )
    elif verb == "category":
        services.set_category(actor=actor, person=person, category="general", reason="轮岗")
    elif (grant := PendingGrant.objects.filter(person=person).order_by("-proposed_at").first()) is not None:
        if verb == "confirm":
            services.confirm_grant(actor=actor, grant=grant)
        elif verb == "refuse":
            services.refuse_grant(actor=actor, grant=grant, reason="不必")
        else:
            services.withdraw_grant(actor=actor, grant=grant)


def _twin(account: Account) -> Account:
    """The other account of the same person."""
    other = Account.objects.filter(person=account.person).exclude(pk=account.pk).first()
    return other or make_account(account.person, created_at=clock.now())


def _second_security(org: Organisation) -> Account:
    found = Account.objects.filter(person__appointments__duty=Duty.SECURITY_OFFICER).exclude(
        person=org.security.person
    )
    return found.first() or org.add(Duty.SECURITY_OFFICER)
