"""A top secret is copied or excerpted only with a paper of the unit that set its level, or of one above it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from accounts.rules import UnitKind
from tests.accounts.people import make_unit, today
from tests.approvals.desk import Desk
from vault.approvals import errors
from vault.approvals.models import AccessRequest, ExternalAuthorisation
from vault.approvals.rules import RequestState
from vault.approvals.services import authorisations
from vault.approvals.services.authorisations import Paper, normal_number
from vault.authorization import gate
from vault.authorization.actions import Action
from vault.authorization.context import of_account
from vault.authorization.errors import Absent, Refused
from vault.holdings.models import Record

pytestmark = pytest.mark.django_db(databases=["default", "audit"])
NOTED = (Action.COPY, Action.PRINT, Action.EXCERPT, Action.QUOTE)


def led(desk: Desk, action: Action = Action.COPY, **changes: object) -> AccessRequest:
    request = desk.checked(desk.record("top_secret"), action=action, **changes)
    return desk.approve(request, by=desk.principal)


def recorded(desk: Desk, request: AccessRequest, paper: Paper) -> ExternalAuthorisation:
    return authorisations.record(context=of_account(desk.reader), request_id=request.pk, paper=paper)


def verified(
    desk: Desk, made: ExternalAuthorisation, request: AccessRequest, **changes: object
) -> AccessRequest:
    return authorisations.verify(
        **{
            "context": of_account(desk.security),
            "authorisation_id": made.pk,
            "version": request.version,
            "reason": "与原件逐项核对",
            **changes,
        }
    )


@pytest.mark.parametrize("action", NOTED, ids=lambda action: action.name.lower())
def test_the_leader_alone_is_never_enough(desk: Desk, action: Action) -> None:
    """RQ-04, P-09: approved by the principal leader, and still nothing opens."""
    request = led(desk, action)
    assert request.state == RequestState.LEADER_APPROVED
    with pytest.raises(Refused) as refused:
        gate.fetch(of_account(desk.reader), action, Record, request.record_id)
    assert refused.value.decision.code in {"approved-request-missing", "no-basis-for-action"}


def test_to_read_a_top_secret_the_principal_leader_is_enough(desk: Desk) -> None:
    """P-09."""
    request = desk.checked(desk.record("top_secret"))
    assert desk.approve(request, by=desk.principal).state == RequestState.APPROVED


def test_a_sister_units_paper_is_refused_and_the_superiors_accepted(desk: Desk, paper: Paper) -> None:
    """RQ-04: neither a sister, nor a unit below, nor our own company; the superior of the one that set it does."""
    request = led(desk)
    authority = desk.archive.authority
    superior = make_unit(UnitKind.EXTERNAL, None, name="省应急管理厅")
    authority.parent, authority.path = superior, f"{superior.path}{authority.pk}/"
    authority.save()
    sister = make_unit(UnitKind.EXTERNAL, superior, name="市住建局")
    below = make_unit(UnitKind.EXTERNAL, authority, name="区应急管理局")
    for issuer in (sister, below, desk.archive.company):
        with pytest.raises(errors.IssuerUnrelated):
            recorded(desk, request, replace(paper, issuer=issuer))
    made = recorded(desk, request, replace(paper, issuer=superior))
    assert verified(desk, made, request).state == RequestState.APPROVED


def test_a_paper_allows_one_request_once(desk: Desk, paper: Paper) -> None:
    """RQ-05: shown again for another request, spelt in whichever way."""
    recorded(desk, led(desk), paper)
    other = led(desk, Action.EXCERPT)
    for number in ("应急〔2026〕12号", "应急[2026]１２号", " 应急〔2026〕 12 号 "):
        with pytest.raises(errors.PaperUsed):
            recorded(desk, other, replace(paper, document_no=number))
    assert normal_number("（2026）12号") == normal_number("〔2026〕 １２号")


def test_a_paper_for_fewer_copies_is_not_enough(desk: Desk, paper: Paper) -> None:
    """RQ-05: number-limited."""
    with pytest.raises(errors.PaperTooFew):
        recorded(desk, led(desk, amount=4), paper)


def test_the_paper_must_be_there_to_look_at(desk: Desk, paper: Paper) -> None:
    """RQ-05: the scan is a record with a body that its recorder may know of, and not the very record asked for."""
    request = led(desk)
    hidden = desk.record("core", knowers=[str(desk.archive.officer.person.pk)])
    with pytest.raises(Absent):
        recorded(desk, request, replace(paper, record_id=hidden.pk))
    with pytest.raises(errors.PaperAbsent):
        recorded(desk, request, replace(paper, record_id=request.record_id))
    for changes in (
        {"document_no": " "},
        {"purpose": ""},
        {"document_date": today() + timedelta(days=1)},
        {"copies": 0},
    ):
        with pytest.raises(errors.RequestIncomplete):
            recorded(desk, request, replace(paper, **changes))


def test_only_the_security_officer_verifies_and_says_how(desk: Desk, paper: Paper) -> None:
    """RQ-05: another person than the one who recorded it; the version of the page he saw; with his reason."""
    request = led(desk)
    made = recorded(desk, request, paper)
    with pytest.raises(Refused):
        verified(desk, made, request, context=of_account(desk.principal))
    with pytest.raises(errors.ReasonMissing):
        verified(desk, made, request, reason=" ")
    with pytest.raises(errors.ChangedMeanwhile):
        verified(desk, made, request, version=request.version - 1)
    assert verified(desk, made, request).state == RequestState.APPROVED
    with pytest.raises(errors.WrongStep):
        verified(desk, made, AccessRequest.objects.get(pk=request.pk))


def test_an_unknown_originator_stops_everything_but_reading(desk: Desk) -> None:
    """RQ-06: never the own leader instead."""
    record = desk.record("top_secret")
    for action in NOTED:
        desk.archive.authority.kind = UnitKind.DEPARTMENT
        desk.archive.authority.save()
        with pytest.raises(errors.OriginatorUnknown):
            desk.submit(record, action=action)
    assert desk.submit(record).state == RequestState.SUBMITTED


def test_where_we_set_the_level_ourselves_our_own_leader_is_the_originator(desk: Desk, settings) -> None:
    """Requirements 0.3: unless the in-house unit is the originator or stands above it."""
    settings.JINGUI_CLASSIFICATION_AUTHORITY = 3
    authority = desk.archive.authority
    authority.kind, authority.parent = UnitKind.DEPARTMENT, desk.archive.company
    authority.path = f"{desk.archive.company.path}{authority.pk}/"
    record = desk.record("top_secret")
    authority.save()
    request = desk.checked(record, action=Action.COPY)
    assert desk.approve(request, by=desk.principal).state == RequestState.APPROVED
