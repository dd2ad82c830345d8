"""The stepper on a request's page says what it waits for and what it went past."""

import pytest

from tests.approvals.desk import Desk
from tests.approvals.test_authorisations import led, recorded, verified
from vault.approvals.models import AccessRequest
from vault.approvals.presentation import life
from vault.approvals.rules import RequestState
from vault.approvals.services.authorisations import Paper

pytestmark = pytest.mark.django_db(databases=["default", "audit"])
AUTHORISED = "authorise"


def stages(request: AccessRequest) -> list[str]:
    found = AccessRequest.objects.select_related("record", "requester").get(pk=request.pk)
    return [stage["status"] for stage in life(found, list(found.steps.order_by("number")))]


def test_a_top_secret_waits_for_its_originator_and_keeps_that_stage(desk: Desk, paper: Paper) -> None:
    """RQ-04: sent, checked, approved, allowed by the unit that set the level, used."""
    request = led(desk)
    assert stages(request) == ["done", "done", "done", "now", "todo"]
    verified(desk, recorded(desk, request, paper), request)
    assert stages(request) == ["done", "done", "done", "done", "now"]


def test_approved_by_the_post_that_set_the_level_it_waits_for_nobody(desk: Desk) -> None:
    """P-09: and later states do not bring that stage back."""
    request = led(desk)
    for state in (RequestState.APPROVED, RequestState.PRODUCED):
        AccessRequest.objects.filter(pk=request.pk).update(state=state)
        assert stages(request) == ["done", "done", "done", "now"]
