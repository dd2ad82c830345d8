"""The undecided tray: who puts in, who decides, who sees (P-25, PE-06)."""

import re
from datetime import timedelta
from itertools import product
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from accounts import departures, services
from accounts.errors import HeldBack
from accounts.models import Account, Person
from accounts.rules import Duty
from tests.accounts.people import make_account, today
from tests.support.archive import Archive, file
from vault.authorization.context import of_account
from vault.authorization.errors import Absent, Refused
from vault.holdings import errors, undecided
from vault.holdings.models import UndecidedEntry, UndecidedThing
from vault.holdings.rules import TRAY, TRAY_AHEAD, TrayEvent, TrayKind, TrayOutcome, TrayPart, TrayState
from vault.holdings.services import knowledge
from vault.holdings.services import undecided as tray

pytestmark = pytest.mark.django_db(databases=["default", "audit"])

# Written by hand: who may do what from where, and where it leads. The owner and anybody else may nothing.
ALLOWED = {
    ("waiting", "postpone", "decider"): "postponed",
    ("waiting", "change_decider", "decider"): "waiting",
    ("waiting", "change_decider", "archivist"): "waiting",
    ("waiting", "decide", "decider"): "decided",
    ("postponed", "postpone", "decider"): "postponed",
    ("postponed", "change_decider", "decider"): "postponed",
    ("postponed", "change_decider", "archivist"): "postponed",
    ("postponed", "decide", "decider"): "decided",
}
MOVES = ("state", "version", "next_on", "decider")
PARTS = ("owner", "decider", "archivist", "stranger")


@pytest.fixture
def people(archive: Archive) -> dict[str, Account]:
    return {
        "owner": archive.clerk,
        "decider": archive.director,
        "archivist": archive.archivist,
        "stranger": archive.colleague,
    }


def put_in(archive: Archive, owner: Account | None = None, **changes: object) -> UndecidedThing:
    return tray.put_in(
        **{
            "context": of_account(owner or archive.clerk),
            "kind": TrayKind.PAPER,
            "what": "无落款的合同一份",
            "reason": "不知应归何处",
            "decider": archive.director.person,
            "next_on": today() + timedelta(days=7),
            **changes,
        }
    )


def step(account: Account, thing: UndecidedThing, event: str, **changes: object) -> UndecidedThing:
    own = {
        "postpone": {"next_on": today() + timedelta(days=9)},
        "change_decider": {"decider": changes.pop("to", None)},
        "decide": {"outcome": TrayOutcome.RETURN},
    }[event]
    version = UndecidedThing.objects.get(pk=thing.pk).version
    given = {"thing_id": thing.pk, "version": version, "reason": "理由", **own, **changes}
    return getattr(tray, event)(context=of_account(account), **given)


def in_state(archive: Archive, state: str) -> UndecidedThing:
    thing = put_in(archive)
    if state != "waiting":
        step(archive.director, thing, {"postponed": "postpone", "decided": "decide"}[state])
    return UndecidedThing.objects.get(pk=thing.pk)


# The table


def test_the_table_is_what_was_agreed() -> None:
    """P-25: nobody widens it unseen."""
    table = {
        (state.value, event.value, part.value): row.next.value
        for (state, event), row in TRAY.items()
        for part in row.parts
    }
    assert table == ALLOWED
    assert {part.value for part in TrayPart} == {"decider", "archivist"}


@pytest.mark.parametrize(("state", "event"), list(product(map(str, TrayState), map(str, TrayEvent))))
def test_every_state_event_and_part_gives_what_the_table_says(
    archive: Archive, people, state: str, event: str
):
    """P-25, PE-06: the full product; what is not in the table is refused and leaves the thing unchanged."""
    for part in PARTS:
        thing = in_state(archive, state)
        before = UndecidedThing.objects.filter(pk=thing.pk).values_list(*MOVES).get()
        expected = ALLOWED.get((state, event, part))
        refusal = Absent if part == "stranger" else errors.WrongTrayStep
        offered = {one.value for one in undecided.steps_for(of_account(people[part]), thing)}
        assert offered == {e for (s, e, p) in ALLOWED if (s, p) == (state, part)}, part
        if expected is None:
            with pytest.raises(refusal):
                step(people[part], thing, event, to=archive.leader.person)
            assert UndecidedThing.objects.filter(pk=thing.pk).values_list(*MOVES).get() == before, part
        else:
            step(people[part], thing, event, to=archive.leader.person)
            assert UndecidedThing.objects.get(pk=thing.pk).state == expected, part


# Putting in


def test_what_is_put_in_waits_for_its_decider_and_is_closed_by_his_decision(archive: Archive) -> None:
    """P-25: owner, reason, age, named decider; postponed with reason and day, decided with outcome and reason."""
    thing = put_in(archive)
    assert (thing.owner, thing.decider, thing.unit) == (
        archive.clerk.person,
        archive.director.person,
        archive.hall,
    )
    assert list(undecided.to_decide(of_account(archive.director))) == [thing]
    assert list(undecided.put_in_by(of_account(archive.clerk))) == [thing]
    step(archive.director, thing, "postpone")
    step(archive.director, thing, "decide", reason="退回客户经理")
    first, last = UndecidedEntry.objects.filter(thing=thing).order_by("number")
    assert (first.event, first.text, first.next_on) == ("postpone", "理由", today() + timedelta(days=9))
    assert (last.event, last.text, last.outcome, last.by) == (
        "decide",
        "退回客户经理",
        "return",
        archive.director.person,
    )
    assert not undecided.undecided().exists()
    assert undecided.thing(of_account(archive.clerk), thing.pk) == thing


def test_nobody_decides_what_he_put_in_himself(archive: Archive) -> None:
    """PE-06, PE-07: not at the beginning, not by being named later, not under another account, not by the database."""
    for account in (archive.clerk, archive.archivist):
        with pytest.raises(errors.OwnerDecides):
            put_in(archive, account, decider=account.person)
    thing = put_in(archive)
    for account in (archive.director, archive.archivist):
        with pytest.raises(errors.OwnerDecides):
            step(account, thing, "change_decider", to=archive.clerk.person)
    other = make_account(archive.clerk.person)
    with pytest.raises(errors.WrongTrayStep):
        step(other, thing, "decide")
    with pytest.raises(IntegrityError), transaction.atomic():
        UndecidedThing.objects.filter(pk=thing.pk).update(decider=archive.clerk.person)


def test_an_archivist_has_no_step_with_his_own_thing(archive: Archive) -> None:
    """PE-06: he does not pass his own to somebody more obliging."""
    thing = put_in(archive, archive.archivist)
    with pytest.raises(errors.WrongTrayStep):
        step(archive.archivist, thing, "change_decider", to=archive.leader.person)


@pytest.mark.parametrize("days", [-1, TRAY_AHEAD.days + 1])
def test_a_day_lies_within_the_month(archive: Archive, days: int) -> None:
    """P-25: each is decided in the monthly inventory, so nobody postpones it beyond."""
    day = today() + timedelta(days=days)
    with pytest.raises(errors.WrongTrayDay):
        put_in(archive, next_on=day)
    thing = put_in(archive, next_on=today())
    put_in(archive, next_on=today() + TRAY_AHEAD)
    with pytest.raises(errors.WrongTrayDay):
        step(archive.director, thing, "postpone", next_on=day)


def test_every_step_needs_its_reason_and_what_the_page_showed(archive: Archive) -> None:
    """P-25; a step on an older version is refused."""
    with pytest.raises(errors.ReasonMissing):
        put_in(archive, reason=" ")
    with pytest.raises(errors.FormRefused):
        put_in(archive, what=" ")
    thing = put_in(archive)
    for event in TrayEvent:
        with pytest.raises(errors.ReasonMissing):
            step(archive.director, thing, event.value, reason=" ", to=archive.leader.person)
        with pytest.raises(errors.ChangedMeanwhile):
            step(archive.director, thing, event.value, version=9, to=archive.leader.person)
    assert not UndecidedEntry.objects.exists()


@pytest.mark.parametrize("who", ["system", "security", "auditor", "suspended", "the decider already"])
def test_a_decider_is_somebody_who_can_decide(archive: Archive, who: str) -> None:
    """P-25: no officer, nobody whose account is shut; another one is another one."""
    thing = put_in(archive)
    person = archive.director.person if who == "the decider already" else _person(archive, who)
    with pytest.raises(errors.DeciderUnfit):
        step(archive.director, thing, "change_decider", to=person)


def _person(archive: Archive, who: str) -> Person:
    if who != "suspended":
        return getattr(archive, who).person
    account = archive.add(Duty.DUTY_CLERK, archive.hall)
    account.is_active = False
    account.save()
    return account.person


# Who sees


def test_owner_decider_and_archivist_see_it_and_it_is_absent_to_everybody_else(
    archive: Archive, people
) -> None:
    """P-25, PE-05"""
    thing = put_in(archive)
    seeing = {name for name, one in people.items() if undecided.thing(of_account(one), thing.pk)}
    assert seeing == {"owner", "decider", "archivist"}
    others = (archive.stranger, archive.leader, archive.officer, archive.cleared)
    assert not any(undecided.thing(of_account(one), thing.pk) for one in others)
    of_hall = archive.add(Duty.ARCHIVIST, archive.hall)
    assert undecided.thing(of_account(of_hall), thing.pk) is None
    for one in others:
        with pytest.raises(Absent):
            step(one, thing, "decide")
    for one in (archive.security, archive.system, archive.auditor):
        with pytest.raises((Absent, Refused)):
            step(one, thing, "decide")


def test_a_decider_who_passed_it_on_sees_it_no_more(archive: Archive) -> None:
    """P-25: nobody else."""
    thing = put_in(archive)
    step(archive.director, thing, "change_decider", to=archive.leader.person)
    assert undecided.thing(of_account(archive.director), thing.pk) is None
    assert undecided.thing(of_account(archive.leader), thing.pk) == thing


def test_the_tray_is_no_way_round_a_need_to_know_list(archive: Archive, attested) -> None:
    """P-05, PE-05: the archivist does not learn of a record here; nor can anybody put in, or decide, what he may not
    know of."""
    for account in (archive.clerk, archive.director):
        archive.clear(account, enterprise_level=2, restricted=1)
    knowers = [str(archive.director.person.pk)]
    record = file(archive, archive.clerk, label="core", knowers=knowers, register_now="on").record
    given = {"kind": TrayKind.RECORD, "record_id": record.pk}
    with pytest.raises(errors.DeciderUnfit):
        put_in(archive, **given, decider=archive.archivist.person)
    thing = put_in(archive, **given)
    assert undecided.thing(of_account(archive.director), thing.pk) == thing
    assert undecided.thing(of_account(archive.archivist), thing.pk) is None
    for account, pk in ((archive.stranger, record.pk), (archive.clerk, uuid4())):
        with pytest.raises(Absent):
            put_in(archive, account, kind=TrayKind.RECORD, record_id=pk)


def test_a_decider_who_was_struck_from_the_list_reads_nothing_more_and_can_only_hand_it_on(
    archive: Archive, attested
) -> None:
    """P-05, PE-08: what was written about a secret is as secret as it, from the day he is taken off."""
    for account in (archive.clerk, archive.director, archive.leader):
        archive.clear(account, enterprise_level=2, restricted=1)
    knowers = [str(archive.director.person.pk), str(archive.leader.person.pk)]
    record = file(archive, archive.clerk, label="core", knowers=knowers, register_now="on").record
    thing = put_in(
        archive, kind=TrayKind.RECORD, record_id=record.pk, what="核心线路图去留", reason="上级未答复"
    )
    entry = record.knowledge_entries.get(person=archive.director.person)
    knowledge.strike_knower(
        context=of_account(archive.leader), record_id=record.pk, entry_id=entry.pk, reason="调离"
    )
    client = archive.client(archive.director)
    for address in ("/", "/records/undecided/", f"/records/undecided/{thing.pk}/"):
        page = client.get(address).content.decode()
        assert "核心线路图" not in page
        assert "上级未答复" not in page
    with pytest.raises(errors.WrongTrayStep):
        step(archive.director, thing, "decide")
    step(archive.director, thing, "change_decider", to=archive.leader.person)
    assert (
        "核心线路图去留"
        in archive.client(archive.leader).get(f"/records/undecided/{thing.pk}/").content.decode()
    )


def test_a_draft_is_called_one_and_what_is_no_record_has_no_number(archive: Archive) -> None:
    draft = file(archive, archive.clerk).record
    assert put_in(archive, kind=TrayKind.RECORD, record_id=draft.pk).kind == "draft"
    for wrong in ({"record_id": draft.pk}, {"kind": TrayKind.RECORD}):
        with pytest.raises(errors.FormRefused):
            put_in(archive, **wrong)


# What hangs on it


def test_a_leaver_is_held_back_by_what_he_put_in_or_decides(archive: Archive) -> None:
    """AD-12, P-25: until it is decided; nothing of it is told."""
    thing = put_in(archive)
    codes = lambda one: {m.code for m in departures.open_matters(one.person_id)}  # noqa: E731
    assert codes(archive.clerk) == codes(archive.director) == {"open_undecided"}
    assert "open_undecided" not in codes(archive.archivist)
    with pytest.raises(HeldBack) as refused:
        services.record_departure(actor=archive.system, person=archive.clerk.person, left_on=today())
    assert "合同" not in str(refused.value)
    step(archive.director, thing, "change_decider", to=archive.leader.person)
    assert codes(archive.director) == set()
    step(archive.leader, thing, "decide")
    assert codes(archive.clerk) == codes(archive.leader) == set()


def test_what_was_put_in_does_not_change_by_sql(archive: Archive) -> None:
    """HA-13: the reason it was put in with stays as it was."""
    thing = put_in(archive)
    changed = {"reason": "别的", "what": "别的", "owner": archive.leader.person, "kind": "quarantined"}
    for name, value in changed.items():
        fresh = UndecidedThing.objects.get(pk=thing.pk)
        assert getattr(fresh, name) != value
        setattr(fresh, name, value)
        with pytest.raises(DatabaseError, match="evidence"), transaction.atomic():
            fresh.save(update_fields=[name])


# The pages


def test_the_pages_walk_a_thing_from_the_desk_to_its_decision(archive: Archive) -> None:
    """P-25: by the screens, with the decider told on his home page."""
    owner, decider = archive.client(archive.clerk), archive.client(archive.director)
    record = file(archive, archive.clerk, register_now="on").record
    assert (
        f"/records/undecided/new/?record={record.pk}" in owner.get(f"/records/{record.pk}/").content.decode()
    )
    typed = {
        "kind": "record",
        "record": str(record.pk),
        "what": "重复的一件",
        "reason": "与另一件重复",
        "decider": str(archive.director.person.pk),
        "next_on": (today() - timedelta(days=1)).isoformat(),
    }
    refused = owner.post("/records/undecided/new/", typed)
    assert refused.status_code == 400
    assert "重复的一件" in refused.content.decode()
    typed["next_on"] = today().isoformat()
    page = owner.post("/records/undecided/new/", typed)["Location"]
    home = decider.get("/").content.decode()
    assert "重复的一件" in home
    assert page in home
    assert f'href="/records/{record.pk}/"' in decider.get(page).content.decode()
    assert 'name="outcome"' not in owner.get(page).content.decode()
    nothing = decider.post(f"{page}steps/", {"event": "decide", "version": "1"})
    assert nothing.status_code == 400
    done = {"event": "decide", "version": "1", "outcome": "keep", "reason": "两件均留存"}
    assert decider.post(f"{page}steps/", done).status_code == 302
    assert decider.post(f"{page}steps/", done).status_code == 409
    assert "两件均留存" in owner.get(page).content.decode()
    assert page not in decider.get("/").content.decode()


def test_another_decider_is_another_one(archive: Archive) -> None:
    """P-25: the list offers neither whoever put the thing in nor whom he named already."""
    address = f"/records/undecided/{put_in(archive).pk}/"
    page = archive.client(archive.director).get(address).content.decode()
    offered = set(re.findall(r'<option value="([0-9a-f-]{36})"', page))
    assert str(archive.archivist.person.pk) in offered
    assert not {str(archive.clerk.person.pk), str(archive.director.person.pk)} & offered


def test_a_number_one_may_not_know_of_and_one_of_nothing_are_answered_alike(archive: Archive) -> None:
    """PE-05"""
    draft = file(archive, archive.clerk).record
    client = archive.client(archive.stranger)
    typed = {
        "kind": "draft",
        "what": "一件",
        "reason": "不明",
        "decider": str(archive.director.person.pk),
        "next_on": today().isoformat(),
    }
    pages = [
        client.post("/records/undecided/new/", {**typed, "record": str(pk)})
        .content.decode()
        .replace(str(pk), "")
        for pk in (draft.pk, uuid4())
    ]
    strip = lambda page: "".join(line for line in page.splitlines() if "csrf" not in line)  # noqa: E731
    assert strip(pages[0]) == strip(pages[1])
    assert not UndecidedThing.objects.exists()
