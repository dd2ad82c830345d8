"""The register of copies as a browser sees it."""

from datetime import timedelta

import pytest
from django.urls import reverse

from tests.accounts.people import today
from tests.approvals.copying import CopyDesk
from vault.approvals.models import AccessRequest, Copy, CopyCount
from vault.approvals.reproduction_rules import CopyEvent, CopyState
from vault.authorization.actions import Action
from vault.notices.models import Notice

pytestmark = pytest.mark.django_db(databases=["default", "audit"])


@pytest.fixture
def desk(archive, attested) -> CopyDesk:
    return CopyDesk(archive)


def of_the_hall(desk: CopyDesk, action: Action = Action.COPY, amount: int = 2) -> AccessRequest:
    """An approved request of a colleague for an internal record."""
    asked = desk.submit(desk.record("internal"), by=desk.archive.colleague, action=action, amount=amount)
    return desk.approve(asked, by=desk.archive.director)


def make(desk: CopyDesk, request: AccessRequest, version: int | None = None):
    address = reverse("approvals:make_copy", args=[request.pk])
    at = AccessRequest.objects.get(pk=request.pk).version if version is None else version
    return desk.archive.client(desk.archive.colleague).post(address, {"version": at})


@pytest.mark.parametrize(("action", "how"), [(Action.COPY, "attachment"), (Action.PRINT, "inline")])
def test_a_copy_is_saved_and_a_print_is_shown(desk: CopyDesk, action: Action, how: str) -> None:
    request = of_the_hall(desk, action)
    answer = make(desk, request)
    assert answer.status_code == 200
    assert answer.content.startswith(b"%PDF-")
    assert answer["Content-Disposition"].startswith(how)
    assert f"{request.reference}-1.pdf" in answer["Content-Disposition"]
    assert "no-store" in answer["Cache-Control"]


def test_a_double_click_answers_that_it_changed(desk: CopyDesk) -> None:
    request = of_the_hall(desk)
    version = AccessRequest.objects.get(pk=request.pk).version
    assert [make(desk, request, version).status_code for _ in range(2)] == [200, 409]
    assert Copy.objects.count() == 1


def test_a_request_for_copies_does_not_hand_out_the_stored_file(desk: CopyDesk) -> None:
    """RQ-07: what was approved is a numbered copy."""
    request = of_the_hall(desk)
    component = request.record.components.get()
    client = desk.archive.client(desk.archive.colleague)
    address = reverse("holdings:original", args=[request.record_id, component.pk])
    assert client.get(address).status_code == 404
    assert address not in client.get(reverse("holdings:record", args=[request.record_id])).content.decode()


def test_its_holder_signs_on_its_page_and_the_keeper_takes_it_back(desk: CopyDesk) -> None:
    request = of_the_hall(desk)
    make(desk, request)
    copy = Copy.objects.get()
    holder, keeper = desk.archive.client(desk.archive.colleague), desk.archive.client(desk.keeper)
    page = reverse("approvals:copy", args=[copy.pk])
    assert "receive" in holder.get(page).content.decode()
    refused = keeper.post(reverse("approvals:hold_copy", args=[copy.pk]), {"version": 2, "event": "receive"})
    assert refused.status_code == 409
    # A step is taken at its own address alone.
    crossed = holder.post(reverse("approvals:lose_copy", args=[copy.pk]), {"version": 2, "event": "receive"})
    assert crossed.status_code == 400
    for client, route, event in ((holder, "hold_copy", "receive"), (keeper, "manage_copy", "give_back")):
        version = Copy.objects.get().version
        answer = client.post(
            reverse(f"approvals:{route}", args=[copy.pk]), {"version": version, "event": event}
        )
        assert answer.status_code == 302
    assert Copy.objects.get().state == CopyState.RETURNED
    closing = keeper.get(page).content.decode()
    address = reverse("approvals:close_copies", args=[request.pk])
    assert address in closing
    keeper.post(address, {"version": AccessRequest.objects.get(pk=request.pk).version})
    assert AccessRequest.objects.get(pk=request.pk).state == "closed"


@pytest.mark.parametrize("version", ["", "x", "9" * 40, "²", "-1"])
def test_a_close_without_a_readable_version_changes_nothing(desk: CopyDesk, version: str) -> None:
    request = of_the_hall(desk)
    make(desk, request)
    desk.returned(Copy.objects.get())
    answer = desk.archive.client(desk.keeper).post(
        reverse("approvals:close_copies", args=[request.pk]), {"version": version}
    )
    assert answer.status_code == 302
    assert AccessRequest.objects.get(pk=request.pk).state == "produced"


def test_a_typed_code_opens_its_copy_and_a_strangers_does_not(desk: CopyDesk) -> None:
    """RQ-09, PE-05"""
    make(desk, of_the_hall(desk))
    copy = Copy.objects.get()
    asked = {"code": copy.code.lower()}
    found = desk.archive.client(desk.keeper).get(reverse("approvals:copies"), asked)
    assert found.headers["Location"] == reverse("approvals:copy", args=[copy.pk])
    assert (
        desk.archive.client(desk.archive.stranger).get(reverse("approvals:copies"), asked).status_code == 200
    )


@pytest.mark.parametrize("month", ["9999-12", "0001-01", "2026-13", "", "x", today().strftime("2%Y-%m")])
def test_a_month_that_cannot_be_counted_is_told(desk: CopyDesk, month: str) -> None:
    client = desk.archive.client(desk.keeper)
    asked = {"unit": str(desk.archive.hall.pk), "month": month}
    assert client.get(reverse("approvals:count_copies"), asked).status_code == 200
    assert client.post(reverse("approvals:count_copies"), asked).status_code == 400
    assert not CopyCount.objects.exists()


def test_a_month_is_confirmed_on_its_page(desk: CopyDesk) -> None:
    client = desk.archive.client(desk.keeper)
    month = (today().replace(day=1) - timedelta(days=1)).strftime("%Y-%m")
    asked = {"unit": str(desk.archive.hall.pk), "month": month, "seen": ["no-number"]}
    assert client.post(reverse("approvals:count_copies"), asked).status_code == 302
    assert month in client.get(reverse("approvals:count_copies")).content.decode()
    assert client.post(reverse("approvals:count_copies"), {}).status_code == 400
    assert CopyCount.objects.count() == 1
    # Whose unit it is not, the form does not offer.
    foreign = {**asked, "unit": str(desk.archive.authority.pk)}
    assert client.post(reverse("approvals:count_copies"), foreign).status_code == 400


def test_whoever_is_to_sign_is_told_by_number_alone(desk: CopyDesk) -> None:
    """RQ-16: and need not look any more once he has signed."""
    request = desk.granted(desk.copied())
    copy = desk.made(request)
    notice = Notice.objects.get(person=desk.reader.person, topic="copy-waits")
    assert (notice.reference, notice.read_at) == (request.reference, None)
    desk.step(copy, CopyEvent.RECEIVE, desk.reader)
    assert Notice.objects.get(pk=notice.pk).read_at is not None


def test_its_page_opens_in_every_state_to_all_who_take_part(desk: CopyDesk) -> None:
    """RQ-07: with whatever form it then has."""
    make(desk, of_the_hall(desk))
    copy = Copy.objects.get()
    archive = desk.archive
    holder, successor, director = archive.colleague, archive.clerk, archive.director
    steps = [
        (CopyEvent.RECEIVE, holder, {}),
        (CopyEvent.ASK_TRANSFER, holder, {"to": successor.person, "reason": "轮岗交接"}),
        (CopyEvent.ALLOW_TRANSFER, director, {}),
        (CopyEvent.RECEIVE, successor, {}),
        (CopyEvent.GIVE_BACK, desk.keeper, {}),
        (CopyEvent.PROPOSE_DESTRUCTION, desk.keeper, {"reason": "用毕"}),
        (CopyEvent.DESTROY, desk.second, {}),
    ]
    seen = {copy.state}
    page = reverse("approvals:copy", args=[copy.pk])
    for event, by, said in [(None, None, {}), *steps]:
        if event is not None:
            seen.add(desk.step(copy, event, by, **said).state)
        holding = Copy.objects.get().holder_id
        for account in (desk.keeper, desk.second, archive.security):
            assert archive.client(account).get(page).status_code == 200, (event, account)
        for account in (holder, successor, director):
            found = archive.client(account).get(page).status_code
            assert found == 200 or (found == 404 and holding != account.person_id), (event, account)
    assert seen >= {"produced", "issued", "transfer_asked", "transfer_allowed", "returned", "destroyed"}
