"""Every page is our own: no outside address, nothing inline, a content policy on every answer, no admin site."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from accounts import services
from audit import outbox, sequencer
from audit.models import Event
from tests.accounts.people import make_account, make_person, today
from tests.contracts import emergencies_in_states, reading_in_a_room, route_table, widenings_in_states
from tests.support.archive import Archive, file
from tests.support.terminals import register
from vault.approvals.services import reproduction, requests
from vault.approvals.services.requests import Wanted
from vault.authorization.actions import Action
from vault.authorization.context import of_account
from vault.holdings.rules import TrayKind
from vault.holdings.services import undecided
from vault.incidents.rules import Kind
from vault.incidents.services import raise_incident

with_databases = pytest.mark.django_db(databases=["default", "audit"])

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "vault" / "static"
POLICY = "Content-Security-Policy"
STRICT = re.compile("default-src '(?:self|none)'")
OUTSIDE = re.compile(r"(?:https?:|wss?:|ftp:)?//[\w.-]+\.\w{2,}[^\s\"'<>)]*", re.IGNORECASE)
NAMESPACE = re.compile(r"""xmlns(?::\w+)?=["'][^"']*["']""")
# No page to look at: these answer with bytes, lead on, or are looked at elsewhere; and whatever takes no GET.
NO_PAGES = {
    "account_logout",
    "end_my_session",
    "end_my_other_sessions",
    "new_passkey",  # begun by a POST too; looked at in the browser
    "rename_passkey",
    *("choose_mail", "mark_notice", "mark_notices"),
    "remove_passkey",
    "renew_recovery_codes",
    *("holdings:intake", "holdings:receive", "holdings:correction", "holdings:register_many"),
    "holdings:export",
    "holdings:import_template",
    "holdings:page",
    "holdings:thumbnail",
    "holdings:audio",
    "holdings:waveform",
    "holdings:version_waveform",
    "holdings:original",
    "holdings:player",
    "holdings:version_page",
    "holdings:version_audio",
    "holdings:version_original",
    "holdings:version_player",
    "health",
    "administration_revoke_token",
    "oversight:key",
    "oversight:proof",
    "oversight:canonical",
    "approvals:register",
    "approvals:room_register",
    "mfa_totp_qr",
    "mfa_authenticate",
    *(
        line.split()[0]
        for line in route_table.METHODS.splitlines()
        if line.strip() and "GET" not in line.split()
    ),
    "administration:end_appointment",
    "administration:begin_de_secrecy",
    "administration:revoke_clearance",
    "administration:suspend",
    "administration:reactivate",
    "administration:end_sessions",
    "administration:reset_second_factor",
    "administration:lift_lockout",
    "administration:confirm_grant",
    "administration:refuse_grant",
    "administration:withdraw_grant",
    "administration:strike_roster",
    "administration:take_back_terminal",
    "administration:suspend_terminal",
    "administration:reinstate_terminal",
    "administration:withdraw_terminal",
    "rooms:close_room",
    "rooms:reopen_room",
}


class Inline(HTMLParser):
    """Collects what a strict content policy would block."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.sources: set[str] = set()
        self._script = False

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        if tag == "style" or "style" in given:
            self.found.append(f"<{tag}> with style")
        self.found += [f"<{tag} {name}>" for name in given if name.startswith("on")]
        for name in ("src", "href", "action", "formaction", "poster", "data"):
            value = given.get(name) or ""
            if value.strip().lower().startswith(("javascript:", "data:")):
                self.found.append(f"<{tag} {name}={value}>")
            if value.startswith("/static/"):
                self.sources.add(urlsplit(value).path)
        # A block of data is not run, and so no policy stops it.
        self._script = tag == "script" and given.get("type") != "application/json"

    def handle_endtag(self, tag: str) -> None:
        self._script = False

    def handle_data(self, data: str) -> None:
        if self._script and data.strip():
            self.found.append("<script> with text")


def inline(page: str) -> list[str]:
    parser = Inline()
    parser.feed(page)
    parser.close()
    return parser.found


def linked(page: str) -> set[str]:
    parser = Inline()
    parser.feed(page)
    return parser.sources


def outside(text: str) -> list[str]:
    return OUTSIDE.findall(NAMESPACE.sub("", text))


def routes(resolver: URLResolver, namespace: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from routes(pattern, inner)
        else:
            yield f"{namespace}{pattern.name}", pattern


@dataclass(frozen=True)
class Answer:
    """What came back, kept after its test so that the walk is made once."""

    status: int
    headers: Mapping[str, str]
    page: str


def taken(answer: HttpResponse) -> Answer:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    html = answer.get("Content-Type", "").startswith("text/html")
    return Answer(answer.status_code, answer.headers, content.decode() if html else "")


_walked: list[tuple[str, Answer]] = []


@pytest.fixture
def answers(archive: Archive, attested: None) -> list[tuple[str, Answer]]:
    if not _walked:
        _walked.extend(walk(archive))
    return _walked


def walk(archive: Archive) -> list[tuple[str, Answer]]:
    """Each address, asked by a clerk, a decider, the officers, a newcomer, and nobody."""
    archive.clear(archive.clerk, enterprise_level=2, restricted=1)
    archive.clear(archive.director, enterprise_level=2, restricted=1)
    plain = file(archive, archive.clerk, label="internal", register_now="on").record
    draft = file(
        archive, archive.clerk, ("坏.pdf", b"MZ\x90\x00" + b"\x00" * 200), ("好.txt", b"a b c")
    ).record
    proposed = file(
        archive,
        archive.clerk,
        label="core",
        source="proposed",
        received_mark="",
        decider=str(archive.officer.person.pk),
        knowers=[str(archive.director.person.pk)],
        register_now="on",
    ).record
    while outbox.relay():
        pass
    sequencer.step()
    shelf = archive.archive_file()
    uid = Event.objects.order_by("id").first().uid
    newcomer = make_account(make_person(archive.hall))
    proposal = services.grant_clearance(
        actor=archive.security,
        person=newcomer.person,
        enterprise_level=1,
        starts_on=today(),
        ends_on=today(),
        reason="轮岗",
    ).pending
    officers = (archive.auditor, archive.system, archive.security)
    people = (None, archive.clerk, archive.director, archive.officer, archive.archivist, *officers, newcomer)
    incident = raise_incident(
        context=of_account(archive.clerk), kind=Kind.LOSS, what="少一份图纸", unit=archive.hall
    )
    lying = undecided.put_in(
        context=of_account(archive.clerk),
        kind=TrayKind.PAPER,
        what="无落款的合同一份",
        reason="不知应归何处",
        decider=archive.director.person,
        next_on=today(),
    )
    wanted = Wanted(Action.COPY, "核对", today(), today(), 2)
    asked = requests.submit(context=of_account(archive.clerk), record_id=plain.pk, wanted=wanted)
    asked = requests.approve(context=of_account(archive.director), request_id=asked.pk, version=asked.version)
    copy = reproduction.produce(
        context=of_account(archive.clerk), request_id=asked.pk, version=asked.version
    ).copy
    terminal = register(archive.system, "BM-01", certificate_until=today())
    places = {"unit": archive.company, "capacity": 4, "inspect_every": 30}
    room = services.register_room(actor=archive.system, code="BMS-1", name="保密室一", **places)
    sitting = reading_in_a_room.somebody_in(archive, asked, room)
    urgent = emergencies_in_states.reported(archive, plain, room)
    waits = widenings_in_states.of_pages(archive, proposed)
    clients = [Client() if account is None else archive.client(account) for account in people]
    found = []
    for name, pattern in routes(get_resolver()):
        # No page is under /api/, and no session opens anything there: test_api.
        if name.startswith("api:"):
            continue
        for record in (plain, draft, proposed):
            wanted = pattern.pattern.converters
            values = {
                "record_id": record.pk,
                "component_id": record.components.get().pk,
                "session_id": sitting.pk if name == "approvals:session" else record.pk,
                "entry_id": record.pk,
                "grant_id": 1,
                "position": 1,
                "passkey": 1,
                "number": 1,
                "version": 1,
                "file_id": shelf.pk,
                "uid": uid,
                "person_id": newcomer.person_id,
                "account_id": newcomer.pk,
                "appointment_id": newcomer.pk,
                "clearance_id": newcomer.pk,
                "proposal_id": proposal.pk,
                "unit_id": archive.hall.pk,
                "incident_id": incident.pk,
                "thing_id": lying.pk,
                "roster_id": lying.pk,
                "terminal_id": terminal.pk,
                **dict.fromkeys(("view_id", "notice_id", "token_id"), incident.pk),
                "room_id": room.pk,
                "run_id": incident.pk,
                **dict.fromkeys(
                    ("request_id", "authorisation_id", "rule_id", "delegation_id", "booking_id"), asked.pk
                ),
                "copy_id": copy.pk,
                "widening_id": waits.pk,
            }
            if name == "approvals:emergency":
                values["request_id"] = urgent.pk
            try:
                address = reverse(name, kwargs={key: values[key] for key in wanted})
            except NoReverseMatch:
                continue
            found += [(name, taken(client.get(address))) for client in clients]
            if "record_id" not in wanted:
                break
    return found


@with_databases
def test_each_route_shows_its_page_to_somebody_here(answers) -> None:
    """Else a page nobody opened would pass the tests below unread."""
    shown = {name for name, answer in answers if answer.status == 200 and answer.page}
    pages = {name for name, _ in routes(get_resolver()) if not name.startswith("api:")}
    assert pages - shown <= NO_PAGES


@with_databases
def test_no_page_names_an_address_outside_and_holds_nothing_inline(answers) -> None:
    """AD-08: the product loads nothing from elsewhere; what a page runs comes from our own files."""
    pages = [(name, answer.page) for name, answer in answers if answer.page]
    assert len(pages) > 60
    assert {(name, hit) for name, page in pages for hit in outside(page)} == set()
    assert {(name, hit) for name, page in pages for hit in inline(page)} == set()


@with_databases
def test_every_answer_carries_the_content_policy_and_is_not_stored(answers) -> None:
    """Refusals and errors too: they are rendered as well."""
    assert {answer.status for _, answer in answers} >= {200, 302, 403, 404, 405}
    for name, answer in answers:
        policy = answer.headers.get(POLICY, "")
        assert STRICT.search(policy), (name, answer.status)
        assert "unsafe" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "no-store" in answer.headers["Cache-Control"], (name, answer.status)


@with_databases
@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"path": "/", "REMOTE_ADDR": "192.0.2.7"}, 403),
        ({"path": "/nowhere/"}, 404),
        ({"path": "/static/jingui.css"}, 200),
        ({"path": "/static/nowhere.css"}, 404),
        ({"path": "/health/"}, 200),
        ({"path": "/health/", "HTTP_HOST": "evil.example"}, 400),
    ],
    ids=lambda value: str(value.get("path")) if isinstance(value, dict) else str(value),
)
def test_answers_made_before_any_view_carry_the_policy_too(asked: dict[str, str], status: int) -> None:
    answer = Client(raise_request_exception=False).get(**asked)
    assert answer.status_code == status
    assert STRICT.search(answer.headers.get(POLICY, ""))
    taken(answer)


@with_databases
def test_what_the_pages_load_names_no_address_outside(answers) -> None:
    """AD-08: also the files that come with a package."""
    loaded = {path for _, answer in answers for path in linked(answer.page)}
    assert "/static/jingui.css" in loaded
    assert sum(path.endswith(".js") for path in loaded) >= 2
    for path in sorted(loaded):
        answer = Client().get(path)
        assert answer.status_code == 200, path
        content = b"".join(answer.streaming_content).decode()
        assert outside(content) == [], path


def test_no_file_of_ours_names_an_address_outside() -> None:
    """AD-08"""
    files = [path for path in sorted(STATIC.rglob("*")) if path.suffix in {".js", ".css", ".svg", ".html"}]
    files += sorted((ROOT / "vault").rglob("*.html")) + sorted((ROOT / "accounts").rglob("*.html"))
    assert len(files) > 40
    assert {(path.name, hit) for path in files for hit in outside(path.read_text(encoding="utf-8"))} == set()


def test_no_script_of_ours_makes_code_or_markup_out_of_text() -> None:
    forbidden = re.compile(r"\beval\(|new Function|innerHTML|outerHTML|document\.write|insertAdjacentHTML")
    scripts = sorted(STATIC.rglob("*.js"))
    assert len(scripts) >= 3
    assert {path.name for path in scripts if forbidden.search(path.read_text(encoding="utf-8"))} == set()
    assert forbidden.search("node.innerHTML = name")


@pytest.mark.parametrize(
    "page",
    [
        '<p style="color:red">x</p>',
        "<style>p{}</style>",
        "<script>run()</script>",
        '<a onclick="run()">x</a>',
        '<a href="javascript:run()">x</a>',
    ],
)
def test_the_search_finds_what_is_inline(page: str) -> None:
    assert inline(page)
    assert not inline('<script src="/static/shell.js"></script><p class="a">style</p>')


@pytest.mark.parametrize(
    "text",
    ['<img src="https://cdn.example.org/a.png">', "url(//fonts.example.com/a)", "fetch('HTTP://a.cn/x')"],
)
def test_the_search_finds_an_address_outside(text: str) -> None:
    assert outside(text)
    assert not outside('<svg xmlns="http://www.w3.org/2000/svg"><a href="/records/">//</a></svg>')


@with_databases
def test_there_is_no_admin_site(archive: Archive) -> None:
    """AD-06: no page by which somebody could reach around the rule."""
    assert not [app for app in settings.INSTALLED_APPS if "admin" in app and not app.startswith("vault.")]
    names = {name for name, _ in routes(get_resolver())}
    assert not [name for name in names if name.startswith("admin:")]
    superuser = archive.add(None)
    type(superuser).objects.filter(pk=superuser.pk).update(is_superuser=True)
    for address in ("/admin/", "/admin/login/", "/static/admin/css/base.css"):
        assert archive.client(superuser).get(address).status_code == 404
