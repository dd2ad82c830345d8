"""The people, objects and bodies of the route table, made once; every request is undone after its answer."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from http.cookies import SimpleCookie
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts import services
from accounts.models import Account
from accounts.rules import Duty, UnitKind
from audit import clock, outbox, sequencer
from audit.models import Event
from tests.accounts.people import (
    make_account,
    make_appointment,
    make_clearance,
    make_fit,
    make_person,
    make_token,
    make_unit,
    sign_in_directly,
    today,
)
from tests.accounts.test_passkeys import added
from tests.contracts import route_table, tray
from tests.contracts.route_bodies import BODIES, form
from tests.support.archive import Archive, file, pdf, put
from tests.support.corpus_makers import sound
from tests.support.passkey import Device
from vault.authorization import grants
from vault.authorization.actions import Action
from vault.authorization.context import of_account
from vault.authorization.levels import INTERNAL
from vault.holdings.models import (
    Component,
    ComponentVersion,
    KnowledgeEntry,
    Record,
    RecordUserPermission,
    StagedFile,
)
from vault.holdings.services import intake, views
from vault.incidents.rules import Kind as IncidentKind
from vault.incidents.services import raise_incident

ALIASES = ("default", "audit")
SAFE = {"GET", "HEAD", "OPTIONS"}
ALL_METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "BREW")

# Where a duty is held: the hall whose records are asked for, the company above it, or a department beside it.
PLACES = {
    **dict.fromkeys(route_table.DUTIES, "hall"),
    **dict.fromkeys(
        "archivist leader principal_leader classification_officer system_officer security_officer auditor".split(),
        "company",
    ),
    "department_head": "department",
}
CLEARED = {"classification_officer", "author", "cleared_listed", "cleared_unlisted", "superuser"}


@dataclass(frozen=True)
class Answer:
    """Everything of an answer that a client can see, but the cookies that change with every request."""

    status: int
    content: bytes
    headers: Mapping[str, str]
    # What the request left in the log, as (outcome, rule); no client sees it.
    events: frozenset[tuple[str, str]] = field(default=frozenset(), compare=False)

    @property
    def text(self) -> str:
        return self.content.decode("utf-8", "replace")


@dataclass
class World:
    """Clients by persona; the values that an address takes, by object."""

    archive: Archive
    people: dict[str, Account] = field(default_factory=dict)
    clients: dict[str, Client] = field(default_factory=dict)
    cookies: dict[str, SimpleCookie] = field(default_factory=dict)
    objects: dict[str, dict[str, Any]] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)  # what a persona's program shows
    nowhere: dict[tuple[str, str], "Answer"] = field(
        default_factory=dict
    )  # what an address answers that nobody made

    def address(self, route: str, thing: str) -> str:
        """The address of a route for an object. A parameter that no object has yet: add it to `_things`."""
        pattern = patterns()[route]
        values = self.objects[thing]
        return reverse(route, kwargs={name: values[name] for name in pattern.pattern.converters})

    def ask(
        self,
        persona: str,
        method: str,
        address: str,
        *,
        body: dict[str, Any] | None = None,
        prime: str = "",
        with_token: bool = True,
    ) -> Answer:
        """One request, undone afterwards, under /api/ with the persona's token; `prime` is opened before it."""
        client = self.clients[persona]
        client.cookies = SimpleCookie(self.cookies[persona].output(header="", sep=";"))
        with undone():
            if prime:
                client.get(prime)
            last = Event.objects.order_by("-id").values_list("id", flat=True)[0]
            asked = dict(body or {})
            if address.startswith("/api/") and persona in self.tokens and with_token:
                shown = {"Authorization": f"Bearer {self.tokens[persona]}"}
                asked["headers"] = {**shown, **asked.get("headers", {})}
            taken = _taken(client.generic(method, address, **asked))
            left = Event.objects.filter(id__gt=last).values_list("outcome", "rule")
            return replace(taken, events=frozenset(left))

    def body(self, route: str, thing: str, method: str) -> dict[str, Any]:
        """What is sent: the body that the route wants, or a little of anything."""
        if method in SAFE or method == "DELETE":
            return {}
        made = BODIES.get(route)
        return made(self, self.objects.get(thing, {})) if made else form({})


def patterns() -> dict[str, URLPattern]:
    """Every route of the URLconf by its full name; one without a name goes by its address."""
    return dict(_patterns(get_resolver()))


def _patterns(
    resolver: URLResolver, namespace: str = "", prefix: str = ""
) -> Iterator[tuple[str, URLPattern]]:
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _patterns(pattern, inner, route)
        else:
            yield f"{namespace}{pattern.name}" if pattern.name else f"unnamed: {route}", pattern


@contextmanager
def undone() -> Iterator[None]:
    """Nothing of what happens inside stays in either database."""
    with ExitStack() as stack:
        for alias in ALIASES:
            block = transaction.atomic(using=alias)
            # As a test case's own: the log refuses to write inside anybody else's transaction.
            block._from_testcase = True
            stack.enter_context(block)
        try:
            yield
        finally:
            for alias in ALIASES:
                transaction.set_rollback(True, using=alias)


def _taken(answer: HttpResponseBase) -> Answer:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    headers = {name: value for name, value in answer.headers.items() if name != "Set-Cookie"}
    return Answer(answer.status_code, content, headers)


# People


def build(archive: Archive) -> World:
    """Everything the table speaks of."""
    world = World(archive)
    department = make_unit(UnitKind.DEPARTMENT, archive.company, name="企业管理部")
    places = {"hall": archive.hall, "company": archive.company, "department": department}
    for name in route_table.DUTIES:
        world.people[name] = _person(archive, name, places[PLACES[name]], Duty(name))
    for name in route_table.OTHERS:
        if name == "anonymous":
            continue
        unit = archive.other_hall if name in {"outsider", "grantee"} else archive.hall
        duty = None if name == "superuser" else Duty.DUTY_CLERK
        world.people[name] = _person(archive, name, unit, duty)
    _make_different(world)
    for name, account in world.people.items():
        world.clients[name] = sign_in_directly(
            Client(REMOTE_ADDR="127.0.0.1"), account, proved=name != "unproved"
        )
    world.clients["anonymous"] = Client(REMOTE_ADDR="127.0.0.1")
    for name, client in world.clients.items():
        world.cookies[name] = SimpleCookie(client.cookies.output(header="", sep=";"))
        if name != "anonymous":
            world.tokens[name] = make_token(world.people[name])
    _things(world)
    suspended = world.people["suspended"]
    suspended.suspended_at = clock.now()
    suspended.save()
    return world


def _person(archive: Archive, name: str, unit: Any, duty: Duty | None) -> Account:
    person = make_person(unit, name=name)
    if name != "untrained":
        make_fit(person)
    if duty is not None:
        make_appointment(person, duty, unit)
    levels = {"state_level": 3, "enterprise_level": 2} if name in CLEARED else {"state_level": 0}
    make_clearance(person, archive.security.person, restricted=1, **levels)
    return make_account(person, must_change_password=name == "newcomer", is_superuser=name == "superuser")


def _make_different(world: World) -> None:
    make_appointment(world.people["conflicted"].person, Duty.AUDITOR, world.archive.company)


# Objects


def _things(world: World) -> None:
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
        "quarantined": new(register_now="on"),
    }
    _quarantine(records["quarantined"])
    for name, record in records.items():
        world.objects[name] = {
            "record_id": record.pk,
            "component_id": record.components.order_by("-position")[0].pk,
            "entry_id": _entry(record, "listed_uncleared" if name == "core" else "author", world),
            "grant_id": _grant(world, record),
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
    _someone(world)
    world.objects |= tray.lying(archive.hall, author, world.people["hall_director"], records["core"])
    _log(world)
    world.objects["hall"] = {"unit_id": archive.hall.pk}
    raised = raise_incident(
        context=of_account(author), kind=IncidentKind.LOSS, what="少一份图纸", unit=archive.hall
    )
    world.objects["incident"] = {"incident_id": raised.pk}
    world.objects["passkey"] = {"passkey": added(archive.colleague, Device())}
    kept = views.save_view(context=of_account(author), name="在册", query="state=registered")
    world.objects["kept"] = {"view_id": kept.pk}
    world.objects["token"] = {"token_id": author.api_tokens.get().pk}
    world.objects["-"] = {}
    world.objects["offered"] = {}
    world.objects["absent"] = {
        **dict.fromkeys(
            (
                *("record_id", "component_id", "entry_id", "session_id", "uid", "file_id"),
                *("person_id", "account_id", "appointment_id", "clearance_id", "proposal_id"),
                *("unit_id", "incident_id", "thing_id", "roster_id", "view_id", "token_id"),
            ),
            UUID(int=404),
        ),
        "grant_id": 404,
        "passkey": 404,
        "position": 1,
        "number": 1,
        "version": 1,
    }


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


def _entry(record: Record, name: str, world: World) -> UUID:
    found = KnowledgeEntry.objects.filter(record=record, person=world.people[name].person).first()
    return found.pk if found is not None else UUID(int=404)


def _grant(world: World, record: Record) -> int:
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


def _uploads(world: World, author: Account) -> None:
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


def _correction(world: World, author: Account) -> None:
    """An upload of the author's that becomes the next version of the internal record's component."""
    asked = world.objects["internal"]
    client = world.archive.client(author)
    address = f"/records/{asked['record_id']}/components/{asked['component_id']}/correction/"
    opened = client.post(address, {"reason": "缺页补扫"}).json()
    put(client, opened["put_url"], "表（补）.pdf", pdf(2))
    session = opened["finish_url"].rstrip("/").rpartition("/")[2]
    world.objects["correcting"] = {**asked, "session_id": UUID(session)}


def _someone(world: World) -> None:
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


def _log(world: World) -> None:
    while outbox.relay():
        pass
    sequencer.step()
    world.objects["event"] = {"uid": Event.objects.order_by("id")[0].uid}
