"""The objects that the routes of the table are about."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from accounts import services
from accounts.models import Account
from accounts.rules import Duty
from audit import clock, outbox, sequencer
from audit.models import Event
from tests.accounts.people import (
    make_account,
    make_appointment,
    make_clearance,
    make_fit,
    make_person,
    today,
)
from tests.accounts.test_passkeys import added
from tests.contracts import (
    emergencies_in_states,
    reading_in_a_room,
    requests_in_every_state,
    tray,
    widenings_in_states,
)
from tests.support.archive import file, pdf, put
from tests.support.corpus_makers import sound
from tests.support.passkey import Device
from vault.authorization import grants
from vault.authorization.actions import Action
from vault.authorization.context import of_account
from vault.authorization.levels import INTERNAL
from vault.holdings.models import (
    Component,
    ComponentVersion,
    ImportRun,
    KnowledgeEntry,
    Record,
    RecordUserPermission,
    StagedFile,
)
from vault.holdings.services import intake, saved_views
from vault.holdings.telling import Topic
from vault.incidents.rules import Kind as IncidentKind
from vault.incidents.services import raise_incident
from vault.notices.models import Notice

if TYPE_CHECKING:
    from tests.contracts.routes_world import World


def make(world: "World") -> None:
    archive, author = world.archive, world.people["author"]
    # Nobody of the table's: every list has somebody who can look after it.
    keeper = archive.add(Duty.HALL_DIRECTOR, archive.hall)
    archive.clear(keeper, state_level=3, enterprise_level=2, restricted=1)
    kept = [str(keeper.person.pk)]
    listed = [str(world.people[name].person.pk) for name in ("cleared_listed", "listed_uncleared")] + kept
    officer = str(world.people["classification_officer"].person.pk)
    new: Callable[..., Record] = lambda *files, **changes: file(archive, author, *files, **changes).record  # noqa: E731
    raised = archive.archive_file("涉密来文")
    records = {
        "open": new(label="open", register_now="on"),
        "internal": new(register_now="on"),
        "core": new(label="core", knowers=listed, archive_file=str(raised.pk), register_now="on"),
        "state": new(label="secret", knowers=kept, register_now="on"),
        "proposed": new(
            label="core", source="proposed", received_mark="", decider=officer, knowers=[], register_now="on"
        ),
        "draft": new(),
        "recording": new(("录音.wav", sound()), register_now="on"),
        "top": new(label="top_secret", knowers=listed, register_now="on"),
        "quarantined": new(register_now="on"),
    }
    _quarantine(records["quarantined"])
    for name, record in records.items():
        world.objects[name] = {
            "record_id": record.pk,
            "component_id": record.components.order_by("-position")[0].pk,
            "entry_id": _entry(record, "listed_uncleared" if name == "core" else "author", world),
            "grant_id": _grant(world, record),
            "is_internal": name in {"internal", "recording", "quarantined"},
            "number": 1,
            "version": 1,
        }
    world.objects["shelf"] = {"file_id": archive.archive_file("检修").pk}
    world.objects["raised"] = {"file_id": raised.pk}
    world.objects["foreign"] = {
        **world.objects["internal"],
        "component_id": world.objects["open"]["component_id"],
    }
    _uploads(world, author)
    _correction(world, author)
    _importing(world, author)
    _someone(world)
    world.objects |= tray.lying(archive.hall, author, world.people["hall_director"], records["core"])
    _log(world)
    world.objects["hall"] = {"unit_id": archive.hall.pk}
    raised = raise_incident(
        context=of_account(author), kind=IncidentKind.LOSS, what="少一份图纸", unit=archive.hall
    )
    world.objects["incident"] = {"incident_id": raised.pk}
    world.objects["notice"] = _notice(author)
    world.objects["passkey"] = {"passkey": added(archive.colleague, Device())}
    kept = saved_views.save_view(context=of_account(author), name="在册", query="state=registered")
    world.objects["kept"] = {"view_id": kept.pk}
    world.objects["token"] = {"token_id": author.api_tokens.get().pk}
    requests_in_every_state.make(world, records["core"], records["top"])
    reading_in_a_room.make(world, records["core"], records["top"])
    emergencies_in_states.make(world, str(keeper.person.pk))
    widenings_in_states.make(world)
    world.objects["-"] = {}
    world.objects["offered"] = {}
    world.objects["absent"] = {
        **dict.fromkeys(
            (
                *("record_id", "component_id", "entry_id", "session_id", "uid", "file_id"),
                *("person_id", "account_id", "appointment_id", "clearance_id", "proposal_id"),
                *("unit_id", "incident_id", "thing_id", "roster_id", "view_id", "token_id", "run_id"),
                *(
                    "terminal_id",
                    "request_id",
                    "authorisation_id",
                    "rule_id",
                    "delegation_id",
                    "copy_id",
                    "notice_id",
                    "room_id",
                    "booking_id",
                    "widening_id",
                ),
            ),
            UUID(int=404),
        ),
        "grant_id": 404,
        "passkey": 404,
        "position": 1,
        "number": 1,
        "version": 1,
    }


def _notice(account: Account) -> dict[str, UUID]:
    """Something that this person was told."""
    made = Notice.objects.create(
        person=account.person, topic=Topic.LABEL_WAITS, reference="R-1", path="/records/", at=clock.now()
    )
    return {"notice_id": made.pk}


def _quarantine(record: Record) -> None:
    """A second component, of which inspection held back the only version."""
    good = ComponentVersion.objects.select_related("key_slot", "component").get(component__record=record)
    component = good.component
    component.pk, component.position = uuid4(), 2
    component.save(force_insert=True)
    slot = good.key_slot
    slot.pk, slot.blob_version_id = uuid4(), uuid4()
    slot.save(force_insert=True)
    version = ComponentVersion(
        component=Component.objects.get(pk=component.pk),
        number=1,
        key_slot=slot,
        name="坏.pdf",
        digest=b"\x00" * 32,
        digest_index="00" * 32,
        reason="",
        size=good.size,
        media_type=good.media_type,
        page_count=1,
        integrity="quarantined",
        finding=good.finding,
        created_by=good.created_by,
        created_at=good.created_at,
    )
    version.save(force_insert=True)


def _entry(record: Record, name: str, world: "World") -> UUID:
    found = KnowledgeEntry.objects.filter(record=record, person=world.people[name].person).first()
    return found.pk if found is not None else UUID(int=404)


def _grant(world: "World", record: Record) -> int:
    """The grantee's COPY on what is internal; on everything else a grant of the principal leader's, of nothing new."""
    now = clock.now()
    if record.levels != INTERNAL or record.state == "draft":
        return 404
    row = grants.give(
        RecordUserPermission,
        target=record,
        account=world.people["grantee"],
        action=Action.COPY,
        granted_by=world.archive.director.person,
        starts_at=now - timedelta(minutes=1),
        ends_at=now + timedelta(days=1),
    )
    return row.pk


def _uploads(world: "World", author: Account) -> None:
    """An upload of the author's with one file in it, and one that has ended."""
    client = world.archive.client(author)
    for name in ("own", "ended"):
        opened = client.post("/records/intake/", world.archive.entries()).json()
        put(client, opened["put_url_template"].replace("{position}", "1"), "表.pdf", pdf())
        world.objects[name] = {"session_id": UUID(opened["id"]), "position": 1}
    put(
        client, opened["put_url_template"].replace("{position}", "2"), "坏.pdf", b"MZ\x90\x00" + b"\x00" * 200
    )
    world.objects["held"] = {"file_id": StagedFile.objects.get(session_id=opened["id"], position=2).pk}
    context = of_account(author)
    intake.close(intake.session_for(context=context, session_id=world.objects["ended"]["session_id"]))


def _importing(world: "World", author: Account) -> None:
    """An open import of the author's, of one file that has come."""
    client = world.archive.client(author)
    asked = {**world.archive.entries(), "files": json.dumps([["通知.pdf", 9]]), "step": "begin"}
    assert client.post("/records/import/", asked).status_code == 201
    run = ImportRun.objects.get()
    put(client, f"/records/import/{run.pk}/1/", "通知.pdf", pdf(1))
    world.objects["importing"] = {"run_id": run.pk, "position": 1}


def _correction(world: "World", author: Account) -> None:
    """An upload of the author's that becomes the next version of the internal record's component."""
    asked = world.objects["internal"]
    client = world.archive.client(author)
    address = f"/records/{asked['record_id']}/components/{asked['component_id']}/correction/"
    opened = client.post(address, {"reason": "缺页补扫"}).json()
    put(client, opened["put_url"], "表（补）.pdf", pdf(2))
    session = opened["finish_url"].rstrip("/").rpartition("/")[2]
    world.objects["correcting"] = {**asked, "session_id": UUID(session)}


def _someone(world: "World") -> None:
    """Somebody of the hall who is none of the personas, and a clearance that another officer proposed for him."""
    archive = world.archive
    person = make_fit(make_person(archive.hall, name="某某"))
    appointment = make_appointment(person, Duty.STAFF, archive.hall)
    clearance = make_clearance(person, archive.security.person)
    world.objects["someone"] = {
        "person_id": person.pk,
        "account_id": make_account(person).pk,
        "appointment_id": appointment.pk,
        "clearance_id": clearance.pk,
    }
    make_appointment(
        world.people["principal_leader"].person, Duty.PRINCIPAL_LEADER, archive.company, is_head=True
    )
    given = services.grant_clearance(
        actor=archive.security,
        person=person,
        enterprise_level=1,
        starts_on=today(),
        ends_on=today() + timedelta(days=60),
        reason="轮岗",
    )
    world.objects["proposal"] = {"proposal_id": given.pending.pk}
    rostered = services.set_on_roster(
        actor=world.people["principal_leader"],
        unit=archive.company,
        person=world.people["archivist"].person,
        starts_on=today(),
        ends_on=today(),
    )
    world.objects["rostered"] = {"roster_id": rostered.pk}
    terminal = services.register_terminal(
        actor=archive.system,
        number="BM-01",
        room="保密室",
        equipment="终端一台",
        certificate_no="ZS-1",
        certificate_until=today(),
        check_every=30,
    )
    world.objects["terminal"] = {"terminal_id": terminal.pk}
    room = services.register_room(
        actor=archive.system,
        code="BMS-1",
        name="保密室一",
        unit=archive.company,
        capacity=4,
        inspect_every=30,
    )
    world.objects["room"] = {"room_id": room.pk}


def _log(world: "World") -> None:
    while outbox.relay():
        pass
    sequencer.step()
    world.objects["event"] = {"uid": Event.objects.order_by("id")[0].uid}
