"""An emergency on its pages, as each of its people sees it (PE-17, P-10)."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import Account
from audit import clock
from tests.approvals.emergency import Emergency
from tests.approvals.test_reading import NEED
from vault.approvals.models import AccessRequest, EmergencyConfirmation, EmergencyReport
from vault.approvals.rules import RequestState
from vault.authorization.actions import RULES, Action

pytestmark = pytest.mark.django_db(databases=["default", "audit"])
TITLE = "城区燃气管网应急预案"


def page(emergency: Emergency, account: Account, address: str) -> str:
    answer = emergency.archive.client(account).get(address)
    assert answer.status_code == 200, address
    return str(answer.content.decode())


def sent(emergency: Emergency) -> AccessRequest:
    """Asked for on its page."""
    record = emergency.desk.record()
    reader = emergency.archive.client(emergency.desk.reader)
    entries = {"purpose": "核对关阀顺序", "why": "北门站泄漏", "room": str(emergency.room.pk), "part": "all"}
    answer = reader.post(reverse("approvals:new_emergency", args=[record.pk]), entries)
    request = AccessRequest.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, reverse("approvals:request", args=[request.pk]))
    return request


def press(emergency: Emergency, account: Account, request: AccessRequest, **entries: str) -> int:
    request.refresh_from_db()
    client = emergency.archive.client(account)
    answer = client.post(
        reverse("approvals:release", args=[request.pk]), {"version": str(request.version), **entries}
    )
    return int(answer.status_code)


def test_from_the_ordinary_page_to_the_confirmation(emergency: Emergency) -> None:
    """The whole way on the pages, each of the two from his home page."""
    request = sent(emergency)
    ordinary = page(emergency, emergency.desk.reader, reverse("approvals:new", args=[request.record_id]))
    assert reverse("approvals:new_emergency", args=[request.record_id]) in ordinary
    address = reverse("approvals:request", args=[request.pk])
    for account, role in ((emergency.leader, "leader"), (emergency.keeper, "second")):
        assert address in page(emergency, account, "/")
        shown = page(emergency, account, address)
        assert f'name="as" value="{role}"' in shown
        assert "北门站泄漏" in shown
        assert TITLE not in shown
        assert request.reference in page(emergency, account, "/requests/")
        assert press(emergency, account, request, **{"as": role}) == 302
    request.refresh_from_db()
    assert request.state == RequestState.APPROVED
    desk = page(emergency, emergency.keeper, "/reading/")
    assert request.reference in desk
    own = page(emergency, emergency.desk.reader, "/reading/")
    assert request.reference in own
    assert reverse("approvals:book", args=[request.pk]) not in own
    emergency.begin(emergency.check_in(request))
    assert emergency.decide(request.record) == NEED
    report = reverse("approvals:emergency", args=[request.pk])
    assert report in page(emergency, emergency.leader, "/")
    client = emergency.archive.client(emergency.leader)
    confirm = reverse("approvals:confirm_emergency", args=[request.pk])
    assert client.post(confirm, {"text": "", "justified": "yes"}).status_code == 400
    assert client.post(confirm, {"text": "属实"}).status_code == 400
    assert client.post(confirm, {"text": "属实", "justified": "yes"}).status_code == 302
    assert EmergencyConfirmation.objects.get().text == "属实"
    assert report not in page(emergency, emergency.leader, "/")
    assert "属实" in page(emergency, emergency.leader, report)
    assert client.post(confirm, {"text": "再写", "justified": "no"}).status_code == 409


def test_auditor_and_security_officer_find_the_report_on_their_home_page(emergency: Emergency) -> None:
    """PE-17: automatic; without a title, and the auditor without a request behind it."""
    request = emergency.released(emergency.desk.record())
    report = reverse("approvals:emergency", args=[request.pk])
    for account in (emergency.archive.auditor, emergency.desk.security):
        assert report in page(emergency, account, "/")
        assert report in page(emergency, account, "/emergencies/")
        shown = page(emergency, account, report)
        assert "北门站泄漏" in shown
        assert TITLE not in shown
    assert reverse("approvals:request", args=[request.pk]) not in page(
        emergency, emergency.archive.auditor, report
    )
    assert TITLE in page(emergency, emergency.desk.reader, report)


def test_a_late_confirmation_is_told_as_overdue(
    emergency: Emergency, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = emergency.released(emergency.desk.record())
    begun = EmergencyReport.objects.get(request=request).starts_at
    address = reverse("approvals:emergency", args=[request.pk])
    assert "书面确认逾期" not in page(emergency, emergency.archive.auditor, address)
    # The test's browser sits in a session of now; only the deadline is moved.
    monkeypatch.setattr("vault.approvals.emergency_rules.CONFIRM_WITHIN", timedelta(seconds=-1))
    assert clock.now() >= begun
    assert "书面确认逾期" in page(emergency, emergency.archive.auditor, address)


def test_a_top_secret_has_a_page_that_says_why_not(emergency: Emergency) -> None:
    """interface.md 1.2: the rule and what to do next."""
    record = emergency.desk.record("top_secret")
    address = reverse("approvals:new_emergency", args=[record.pk])
    shown = page(emergency, emergency.desk.reader, address)
    assert "绝密件不适用紧急查阅" in shown
    assert 'name="why"' not in shown
    ordinary = page(emergency, emergency.desk.reader, reverse("approvals:new", args=[record.pk]))
    assert address not in ordinary


def test_a_refusal_without_its_reason_and_a_press_of_nothing_do_nothing(emergency: Emergency) -> None:
    request = emergency.ask(emergency.desk.record())
    assert press(emergency, emergency.leader, request, decision="refuse") == 400
    assert press(emergency, emergency.leader, request, **{"as": "nobody"}) == 400
    assert press(emergency, emergency.leader, request, **{"as": "second"}) == 409
    assert press(emergency, emergency.archive.clerk, request, **{"as": "leader"}) == 404
    request.refresh_from_db()
    assert request.state == RequestState.URGENT
    assert press(emergency, emergency.leader, request, decision="refuse", reason="电话可办") == 302
    request.refresh_from_db()
    assert (request.state, request.asked) == (RequestState.REJECTED, Action.CONSULT)


def test_both_and_who_confirms_prove_themselves_and_no_token_does() -> None:
    """AD-05, P-02: only after a recent proof, which no token gives."""
    assert all(RULES[one].grave for one in (Action.RELEASE_EMERGENCY, Action.CONFIRM_EMERGENCY))
    assert not any(
        RULES[one].scopes
        for one in (Action.RELEASE_EMERGENCY, Action.CONFIRM_EMERGENCY, Action.READ_EMERGENCIES)
    )
