"""The officers' screens: each does his own part, and what is privileged waits for a second person."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts import second_factor, selectors, services
from accounts.models import Account, PendingGrant, Person
from accounts.rules import ZONE, Duty, UnitKind
from audit import clock, outbox
from audit.models import Event
from tests.accounts.people import (
    enrol,
    make_account,
    make_appointment,
    make_clearance,
    make_person,
    make_unit,
    today,
)
from tests.support.archive import Archive

pytestmark = pytest.mark.django_db(databases=["default", "audit"])

NAMES = {
    "clerk": "林小禾",
    "colleague": "周明",
    "director": "钱立新",
    "security": "韩霜",
    "system": "何平",
    "auditor": "沈钧",
}


@pytest.fixture
def archive(settings) -> Archive:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    made = Archive()
    for name in ("clerk", "colleague", "director", "security", "system", "auditor"):
        person = getattr(made, name).person
        person.name = NAMES[name]
        person.save()
    return made


def address(name: str, *values: object) -> str:
    return reverse(f"administration:{name}", args=values)


def said(client: Client, answer: object) -> str:
    """The page that a post led to, with its message."""
    assert answer.status_code == 302, answer.content.decode()[:2000]
    return client.get(answer["Location"]).content.decode()


def clearing(**changed: str) -> dict[str, str]:
    return {
        "state_level": "0",
        "enterprise_level": "1",
        "starts_on": today().isoformat(),
        "ends_on": (today() + timedelta(days=30)).isoformat(),
        "reason": "轮岗到档案室",
        **changed,
    }


def test_the_system_officer_registers_a_person_whose_account_opens_nothing(archive: Archive) -> None:
    """AD-01: by the screens; the password is shown once, and what was typed wrong is kept."""
    client = archive.client(archive.system)
    typed = {"name": "李四", "unit": str(archive.hall.pk), "staff_no": "王"}
    refused = client.post(address("new_person"), typed)
    assert refused.status_code == 400
    assert "李四" in refused.content.decode()
    assert not Account.objects.filter(person__unit=archive.hall, must_change_password=True).exists()
    page = client.post(address("new_person"), {**typed, "staff_no": "n9001"})
    account = Account.objects.get(staff_no="N9001")
    shown = re.search(r'<dd class="code">([a-z2-9]{5}(?:-[a-z2-9]{5}){3})</dd>', page.content.decode())
    assert account.check_password(shown[1])
    assert "no-store" in page["Cache-Control"]
    assert shown[1] not in client.get(address("person", account.person_id)).content.decode()
    assert not account.person.appointments.exists()
    assert not account.person.clearances.exists()
    assert client.get(address("appoint", account.person_id)).status_code == 403


def test_the_same_number_again_makes_nobody(archive: Archive) -> None:
    client = archive.client(archive.system)
    before = Person.objects.count()
    again = {"name": "李四", "unit": str(archive.hall.pk), "staff_no": archive.clerk.staff_no.lower()}
    assert client.post(address("new_person"), again).status_code == 400
    assert Person.objects.count() == before


def unended() -> set[str]:
    """Actions of intents that nothing in the log ends."""
    while outbox.relay():
        pass
    ended = Event.objects.filter(phase="outcome").values("closes")
    return set(Event.objects.filter(phase="intent").exclude(uid__in=ended).values_list("action", flat=True))


def test_a_registration_that_is_refused_leaves_nobody_and_nothing_open_in_the_log(archive: Archive) -> None:
    """AU-01: a change that was begun is ended, whatever came of it."""
    client = archive.client(archive.system)
    before = Person.objects.count()
    refused = client.post(
        address("new_person"), {"name": "李四", "unit": str(archive.hall.pk), "staff_no": "王"}
    )
    assert refused.status_code == 400
    assert Person.objects.count() == before
    assert unended() == set()


def test_a_clearance_is_proposed_by_one_and_confirmed_by_another_on_the_screens(archive: Archive) -> None:
    """AD-03: alone it is pending; the second person sees what, for whom, why, by whom and until when."""
    person = archive.colleague.person
    security, head = archive.client(archive.security), archive.client(archive.director)
    before = person.clearances.count()
    page = said(security, security.post(address("clear", person.pk), clearing()))
    grant = PendingGrant.objects.get(person=person)
    assert "待第二人确认" in page
    assert person.clearances.count() == before
    home = head.get("/").content.decode()
    assert address("grant", grant.pk) in home
    shown = head.get(address("grant", grant.pk)).content.decode()
    for part in (person.name, "普通商密", "轮岗到档案室", archive.security.person.name):
        assert part in shown
    assert grant.lapses_at.astimezone().strftime("%Y-%m-%d") in shown
    said(head, head.post(address("confirm_grant", grant.pk)))
    assert person.clearances.count() == before + 1
    assert address("confirm_grant", grant.pk) not in head.get(address("grant", grant.pk)).content.decode()


def test_two_who_decide_one_proposal_decide_it_once(archive: Archive) -> None:
    """AD-03: the second is told that it was decided meanwhile."""
    person = archive.colleague.person
    security, head = archive.client(archive.security), archive.client(archive.director)
    other = archive.client(archive.add(Duty.SECURITY_OFFICER))
    security.post(address("clear", person.pk), clearing())
    grant = PendingGrant.objects.get(person=person)
    said(head, head.post(address("refuse_grant", grant.pk), {"reason": "尚在培训"}))
    assert "此变更已被决定或撤回" in said(other, other.post(address("confirm_grant", grant.pk)))
    grant.refresh_from_db()
    assert (grant.state, grant.decided_by) == ("refused", archive.director.person)
    assert "尚在培训" in security.get(address("grant", grant.pk)).content.decode()


def test_only_a_head_above_learns_of_a_proposal(archive: Archive) -> None:
    """AD-03, PE-05: for every other leader it is as absent as one that never was."""
    person = archive.colleague.person
    archive.client(archive.security).post(address("clear", person.pk), clearing())
    grant = PendingGrant.objects.get(person=person)
    beside = make_unit(UnitKind.HALL, archive.company)
    stranger = archive.add(Duty.HALL_DIRECTOR, beside)
    make_appointment(stranger.person, Duty.HALL_DIRECTOR, beside, is_head=True)
    client = archive.client(stranger)
    there, missing = (client.get(address("grant", pk)) for pk in (grant.pk, person.pk))
    assert (there.status_code, there.content) == (404, missing.content)
    assert client.post(address("confirm_grant", grant.pk)).status_code == 404
    assert person.name not in client.get(address("grants")).content.decode()
    assert person.name not in client.get("/").content.decode()
    assert archive.client(archive.director).get(address("grant", grant.pk)).status_code == 200


def test_whoever_confirms_sees_what_the_person_was_called_and_where_he_worked(archive: Archive) -> None:
    """AD-03: else the system officer gives a leader a newcomer's name and asks for another account for him."""
    person = make_account(make_person(archive.other_hall, "罗总")).person
    services.move_person(actor=archive.system, person=person, unit=archive.hall)
    services.rename_person(actor=archive.system, person=person, name="新来的小陈")
    proposed = services.propose_account(
        actor=archive.system, person=person, staff_no="900009", reason="新人尚无账号"
    ).pending
    page = archive.client(archive.director).get(address("grant", proposed.pk)).content.decode()
    for shown in ("新来的小陈", "罗总", "城北营业厅"):
        assert shown in page


def test_an_appointment_that_breaks_an_exclusion_is_refused_naming_the_rule(archive: Archive) -> None:
    """AD-02: on the screen, with what was typed kept."""
    client = archive.client(archive.security)
    typed = {
        "duty": "archivist",
        "unit": str(archive.company.pk),
        "starts_on": today().isoformat(),
        "reason": "兼任",
    }
    answer = client.post(address("appoint", archive.auditor.person_id), typed)
    assert answer.status_code == 400
    page = answer.content.decode()
    assert "审计" in page
    assert "兼任" in page
    assert not PendingGrant.objects.exists()


def test_the_last_security_officer_does_not_remove_himself(archive: Archive) -> None:
    """AD-04: neither by ending his duty nor by another's hand while he is the last."""
    security, system = archive.client(archive.security), archive.client(archive.system)
    own = archive.security.person.appointments.get()
    page = said(security, security.post(address("end_appointment", archive.security.person_id, own.pk)))
    assert "任何人不得变更自己的权限" in page
    shown = security.get(address("person", archive.security.person_id)).content.decode()
    assert address("end_appointment", archive.security.person_id, own.pk) not in shown
    page = said(system, system.post(address("suspend", archive.security.person_id, archive.security.pk)))
    assert "请先任命继任者" in page
    own.refresh_from_db()
    assert own.revoked_on is None
    assert Account.objects.get(pk=archive.security.pk).suspended_at is None


def test_suspending_ends_the_session_at_the_next_request(archive: Archive) -> None:
    """PE-08."""
    clerk, system = archive.client(archive.clerk), archive.client(archive.system)
    assert clerk.get("/records/").status_code == 200
    said(system, system.post(address("suspend", archive.clerk.person_id, archive.clerk.pk)))
    assert clerk.get("/records/").status_code == 302
    security = archive.client(archive.security)
    said(security, security.post(address("reactivate", archive.clerk.person_id, archive.clerk.pk)))
    archive.clerk.refresh_from_db()
    assert archive.client(archive.clerk).get("/records/").status_code == 200


def test_ending_sessions_signs_out_everywhere_and_locks_nobody_out(archive: Archive) -> None:
    """PE-08."""
    first, second, system = (
        archive.client(archive.clerk),
        archive.client(archive.clerk),
        archive.client(archive.system),
    )
    said(system, system.post(address("end_sessions", archive.clerk.person_id, archive.clerk.pk)))
    assert {first.get("/records/").status_code, second.get("/records/").status_code} == {302}
    archive.clerk.refresh_from_db()
    assert archive.client(archive.clerk).get("/records/").status_code == 200


def test_a_clearance_counts_through_its_last_day_and_not_a_minute_longer(
    archive: Archive,
) -> None:
    """PE-01: local midnight, asked at each request."""
    person = make_person(archive.hall)
    account = make_account(person)
    make_clearance(person, archive.security.person, enterprise_level=1, ends_on=today())
    midnight = clock.now().astimezone(ZONE).replace(hour=23, minute=59, second=59)
    assert selectors.subject_facts(account, midnight).clearance.enterprise == 1
    assert selectors.subject_facts(account, midnight + timedelta(seconds=1)).clearance.enterprise == 0


def test_a_second_account_is_made_only_after_its_confirmation(archive: Archive) -> None:
    """AD-03, PE-07: whoever gets its password would have the person's rights."""
    system, head = archive.client(archive.system), archive.client(archive.director)
    person = archive.colleague.person
    typed = {"staff_no": "N9005", "reason": "原账号停用"}
    said(system, system.post(address("new_account", person.pk), typed))
    assert not Account.objects.filter(staff_no="N9005").exists()
    assert system.post(address("new_account", person.pk), typed).status_code == 400
    grant = PendingGrant.objects.get(person=person)
    said(head, head.post(address("confirm_grant", grant.pk)))
    assert address("grant", grant.pk) in system.get("/").content.decode()
    assert address("new_account", person.pk) in system.get(address("grant", grant.pk)).content.decode()
    assert system.post(address("new_account", person.pk), typed).status_code == 200
    assert Account.objects.get(staff_no="N9005").person == person
    assert address("grant", grant.pk) not in system.get("/").content.decode()


def test_looking_at_people_is_in_the_log_and_names_are_not(archive: Archive) -> None:
    """AU-01, AU-05."""
    client = archive.client(archive.security)
    answer = client.post(address("people"), {"q": archive.clerk.person.name})
    assert answer["Location"] == address("people") + "?sought=1"
    assert archive.clerk.person.name in client.get(answer["Location"]).content.decode()
    client.get(address("person", archive.clerk.person_id))
    listed, looked = Event.objects.filter(action="accounts:person:read").order_by("id")
    assert looked.object_id == str(archive.clerk.person_id)
    assert archive.clerk.person.name.encode() not in bytes(listed.canonical) + bytes(looked.canonical)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("林", {"clerk"}),
        ("duty=auditor", {"auditor"}),
        ("state=suspended", {"suspended"}),
        ("number", {"clerk"}),
    ],
)
def test_people_are_found_by_name_number_duty_and_state(
    archive: Archive, query: str, found: set[str]
) -> None:
    clerk = archive.clerk
    gone = make_account(make_person(archive.hall, name="停用者"), suspended_at=clock.now())
    known = {clerk.pk: "clerk", archive.auditor.pk: "auditor", gone.pk: "suspended"}
    asked = {"林": {"q": "林"}, "number": {"q": clerk.staff_no.lower()}}.get(
        query, dict([query.split("=")]) if "=" in query else {}
    )
    client = archive.client(archive.system)
    page = client.get(client.post(address("people"), asked)["Location"]).content.decode()
    assert {name for pk, name in known.items() if Account.objects.get(pk=pk).staff_no in page} == found


def test_a_lost_second_factor_is_reset_by_the_security_officer_alone(archive: Archive) -> None:
    """AD-01, AD-05."""
    enrol(archive.clerk)
    reset = address("reset_second_factor", archive.clerk.person_id, archive.clerk.pk)
    assert archive.client(archive.system).post(reset).status_code == 403
    assert second_factor.is_enrolled(archive.clerk)
    client = archive.client(archive.security)
    said(client, client.post(reset))
    assert not second_factor.is_enrolled(archive.clerk)


def test_a_row_of_one_person_is_not_reached_by_the_address_of_another(archive: Archive) -> None:
    """PE-05: an account or a duty belongs to the person of the address, or is absent."""
    client = archive.client(archive.security)
    duty = archive.clerk.person.appointments.get()
    wrong = address("end_appointment", archive.colleague.person_id, duty.pk)
    assert client.post(wrong).status_code == 404
    duty.refresh_from_db()
    assert duty.revoked_on is None
    wrong = address("suspend", archive.colleague.person_id, archive.clerk.pk)
    assert client.post(wrong).status_code == 404
    assert Account.objects.get(pk=archive.clerk.pk).suspended_at is None
