"""The log for the auditor: find, read, prove. Reading it is itself an event (audit.md section 2)."""

from dataclasses import replace
from datetime import datetime, time, timedelta
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.shortcuts import render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Account
from accounts.rules import ZONE
from audit import actions, checkpoints, clock, events, proofs, selectors
from audit.errors import EventAbsent, NotYetSequenced, ProofInvalid
from audit.models import Event
from audit.selectors import EventFilter
from vault.authorization import gate
from vault.authorization.actions import Action
from vault.authorization.context import Context, of_request
from vault.authorization.decorators import requires
from vault.authorization.errors import Absent
from vault.oversight import export, presentation, sealed
from vault.oversight.actions import action_label
from vault.oversight.errors import OversightError

PAGE_SIZE = 50
FIRST_YEAR, LAST_YEAR = 2000, 2199
TEXT_FILTERS = ("action", "outcome", "person", "rule", "object_id", "object_type", "corr")
DAY_FILTERS = ("since", "until")


@require_safe
@requires(Action.LOG_SEARCH)
def log(request: HttpRequest) -> HttpResponse:
    """Events by time, person, action, outcome, rule and object; keyset paging, exact count."""
    viewer = of_request(request)
    given = _given(request)
    filters = _filter(given)
    page = selectors.page(
        filters, before=_number(request, "before"), after=_number(request, "after"), size=PAGE_SIZE
    )
    total = selectors.count(filters)
    gate.authorize(viewer, Action.LOG_SEARCH, sealed={"filters": urlencode(given), "total": total})
    return render(
        request,
        "oversight/log.html",
        {
            "health": presentation.health_strip(),
            "events": presentation.rows(page.events),
            "filters": _options(given),
            "total": total,
            "actions": _export(given) if total else [],
            "next_url": _page_url(given, "before", page.older),
            "prev_url": _page_url(given, "after", page.newer),
        },
    )


@require_safe
@requires(Action.LOG_READ)
def event_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One event: facts, the canonical form, and on demand its proof."""
    viewer = of_request(request)
    event = _event(viewer, Action.LOG_READ, uid)
    proof = None
    if request.GET.get("prove"):
        gate.authorize(viewer, Action.LOG_PROVE, sealed={"event": str(uid)})
        proof = _prove(event)
    return render(
        request,
        "oversight/event.html",
        {
            "event": {
                "uid": str(event.uid),
                "at": event.at,
                "action": event.action,
                "action_label": action_label(event.action),
                "outcome_label": str(presentation.OUTCOME_LABELS.get(event.outcome, event.outcome)),
                "outcome_kind": presentation.OUTCOME_KINDS.get(event.outcome, ""),
                "facts": presentation.facts(event),
                "sealed": _sealed(event),
                "canonical": bytes(event.canonical).decode(),
            },
            "proof": proof,
            "prove_url": f"{reverse('oversight:event', args=[uid])}?prove=1" if _is_sequenced(event) else "",
            "log_url": reverse("oversight:log"),
        },
    )


@require_safe
@requires(Action.LOG_PROVE)
def proof_text(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The proof as text, for a verifier elsewhere."""
    event = _event(of_request(request), Action.LOG_PROVE, uid)
    try:
        text = proofs.inclusion_proof(event.uid)
    except NotYetSequenced as error:
        return _text(f"{error}\n", status=409)
    return _text(text, name=f"{uid}.tlog-proof")


@require_safe
@requires(Action.LOG_EXPORT)
def canonical_bytes(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The bytes whose hash is the leaf."""
    event = _event(of_request(request), Action.LOG_EXPORT, uid)
    answer = HttpResponse(
        bytes(event.canonical), content_type="application/json", headers={"Cache-Control": "no-store"}
    )
    answer["Content-Disposition"] = f'attachment; filename="{uid}.json"'
    return answer


@require_POST
@requires(Action.LOG_EXPORT)
def export_evidence(request: HttpRequest) -> HttpResponseBase:
    """The events of the present filter with everything that proves them, as a zip."""
    given = _given(request)
    try:
        name, pieces = export.take(context=of_request(request), filters=_filter(given), given=given)
    except OversightError as error:
        messages.error(request, str(error.sentence))
        return HttpResponseRedirect(f"{reverse('oversight:log')}?{urlencode(given)}")
    headers = {
        "Cache-Control": "no-store",
        "Content-Type": "application/zip",
        "Content-Disposition": f'attachment; filename="{name}"',
    }
    return StreamingHttpResponse(pieces, headers=headers)


@require_safe
@requires(Action.LOG_PROVE)
def verifier_key(request: HttpRequest) -> HttpResponse:
    """The log's verifier key, to be kept where the log's keeper cannot change it."""
    gate.authorize(of_request(request), Action.LOG_PROVE)
    return _text(f"{checkpoints.own_key()}\n", name="verifier-key.txt")


def _event(viewer: Context, action: Action, uid: UUID) -> Event:
    """The event, after its reading is in the log; a missing one is read in vain and recorded all the same."""
    gate.authorize(viewer, action, sealed={"event": str(uid)})
    try:
        return selectors.by_uid(uid)
    except EventAbsent:
        raise Absent from None


def _prove(event: Event) -> dict[str, object]:
    checkpoint = checkpoints.latest()
    try:
        text = proofs.inclusion_proof(event.uid)
        proven = proofs.verify_inclusion(text, bytes(event.canonical), checkpoints.own_key())
    except (NotYetSequenced, ProofInvalid) as error:
        return {"verified": False, "sentence": str(error), "text": "", "checked_at": clock.now()}
    return {
        "verified": True,
        "sentence": "",
        "text": text,
        "checkpoint": checkpoint.note if checkpoint is not None else "",
        "leaf_index": proven.index,
        "tree_size": proven.size,
        "checked_at": clock.now(),
        "download_url": reverse("oversight:proof", args=[event.uid]),
    }


def _sealed(event: Event) -> list[tuple[str, str]] | None:
    """The sealed facts; an empty list says that the key was destroyed, None that there were none."""
    found = events.unseal(event.document, bytes(event.ciphertext))
    if found is None:
        return []
    return sealed.in_words(found) or None


def _is_sequenced(event: Event) -> bool:
    try:
        proofs.inclusion_proof(event.uid)
    except NotYetSequenced:
        return False
    return True


def _text(body: str, *, status: int = 200, name: str = "") -> HttpResponse:
    headers = {"Cache-Control": "no-store"}
    if name:
        headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return HttpResponse(body, status=status, content_type="text/plain; charset=utf-8", headers=headers)


def _given(request: HttpRequest) -> dict[str, str]:
    names = (*TEXT_FILTERS, *DAY_FILTERS)
    found = {name: request.GET.get(name, "").strip()[:200] for name in names}
    return {name: value for name, value in found.items() if value}


def _filter(given: dict[str, str]) -> EventFilter:
    filters = EventFilter(**{name: given.get(name, "") for name in TEXT_FILTERS if name != "person"})
    if "person" in given:
        filters = replace(filters, person=_person(given["person"]))
    since, until = (_day(given.get(name, "")) for name in DAY_FILTERS)
    return replace(filters, since=since, until=until + timedelta(days=1) if until else None)


def _person(text: str) -> str:
    """A person by id or by staff number; nobody found finds nothing."""
    account = Account.objects.filter(staff_no=text).first()
    return str(account.person_id) if account is not None else text


def _day(text: str) -> datetime | None:
    try:
        day = parse_date(text)
    except ValueError:
        return None
    if day is None or not FIRST_YEAR <= day.year <= LAST_YEAR:
        return None
    return datetime.combine(day, time.min, tzinfo=ZONE)


def _number(request: HttpRequest, name: str) -> int | None:
    value = request.GET.get(name, "")
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 19 else None


def _export(given: dict[str, str]) -> list[dict[str, str]]:
    address = f"{reverse('oversight:export')}?{urlencode(given)}"
    return [{"label": _("Export evidence"), "url": address, "method": "post"}]


def _page_url(given: dict[str, str], name: str, value: int | None) -> str:
    return "" if value is None else "?" + urlencode({**given, name: value})


def _options(given: dict[str, str]) -> list[dict[str, object]]:
    people = {
        account.staff_no: f"{account.person.name} {account.staff_no}"
        for account in Account.objects.select_related("person").order_by("staff_no")
    }
    choices: dict[str, tuple[str, dict[str, str] | None, str]] = {
        "since": (_("From"), None, "date"),
        "until": (_("Until"), None, "date"),
        "person": (_("Person"), people, ""),
        "action": (
            _("Action"),
            {name: action_label(name) for name in actions.registered()},
            "",
        ),
        "outcome": (
            _("Outcome"),
            {name: str(label) for name, label in presentation.OUTCOME_LABELS.items()},
            "",
        ),
        "rule": (_("Rule"), None, "text"),
        "object_id": (_("Object id"), None, "text"),
    }
    built: list[dict[str, object]] = []
    for name, (label, options, kind) in choices.items():
        value = given.get(name, "")
        rest = {key: text for key, text in given.items() if key != name}
        built.append(
            {
                "name": name,
                "label": label,
                "value": value,
                "value_label": options.get(value, value) if options else value,
                "clear_url": "?" + urlencode(rest),
                **({"kind": kind} if kind else {}),
                **(
                    {
                        "options": [
                            {"value": k, "label": t, "selected": k == value} for k, t in options.items()
                        ]
                    }
                    if options
                    else {}
                ),
            }
        )
    return built
