"""Requests as pages show them. A title is told only to whoever may know of the record."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.rules import DUTY_NAMES, ZONE, Duty, local_day
from vault.approvals import competence, originators, rules, selectors, table, words
from vault.approvals.extents import askable
from vault.approvals.models import (
    AccessRequest,
    ApproverRule,
    Delegation,
    ExternalAuthorisation,
    RequestStep,
    Widening,
)
from vault.approvals.rules import Part, RequestEvent, RequestState, Row
from vault.approvals.scopes import written
from vault.approvals.standing import standing
from vault.approvals.voiding import waits_until
from vault.authorization.actions import Action
from vault.authorization.context import Context
from vault.authorization.decision import Allow
from vault.authorization.gate import explain
from vault.authorization.levels import Levels
from vault.authorization.scope import visible_to
from vault.holdings import labels
from vault.holdings.label_facts import row_badge, with_labels
from vault.holdings.models import Record
from vault.holdings.rules import STATE_NAMES

SOON = 3


def tells(viewer: Context, record: Record) -> bool:
    """Whether the viewer may know of the record itself."""
    return isinstance(explain(viewer, Action.DESCRIBE, record), Allow)


def known(viewer: Context, requests: Iterable[AccessRequest | Widening]) -> dict[UUID, Record]:
    """The records of these requests that the viewer may know of, with their labels. Two queries for all of them."""
    ids = [request.record_id for request in requests]
    found = visible_to(viewer, Record).filter(pk__in=ids)
    return {record.pk: record for record in with_labels(found)}


def title(request: AccessRequest | Widening, record: Record | None) -> str:
    """What a request is about; to whoever may not know of its record (None) the unit and no more."""
    if record is not None:
        return str(record.title)
    return _("A record of %(unit)s that you are not named for") % {"unit": request.record.unit.name}


def level(request: AccessRequest | Widening, record: Record | None) -> labels.Badge:
    """The label when it was asked for: with its period for whoever may know of the record, else the level's name."""
    if record is not None and record.levels == request.levels:
        return row_badge(record)
    name = STATE_NAMES.get(request.at_state_level, "")
    badge = labels.badge(request.levels)
    return replace(badge, text=name) if name else badge


def row(request: AccessRequest, record: Record | None, today: date) -> dict[str, Any]:
    """A line of a list; `record` is None where the viewer may not know of it."""
    label, kind = words.STATE_LABELS[request.state]
    return {
        "url": reverse("approvals:request", args=[request.pk]),
        "reference": request.reference,
        "what": title(request, record),
        "action_label": words.ACTION_LABELS[request.action],
        "level": level(request, record),
        "requester": request.requester.name,
        "unit_name": request.requester_unit.name,
        "starts_on": request.starts_on,
        "ends_on": request.ends_on,
        "days_kind": days_kind(request, today),
        "state_label": label,
        "state_kind": kind,
        "sent_at": request.submitted_at,
        # What waits says so by its state.
        "is_emergency": request.is_emergency and request.state not in rules.UNRELEASED,
    }


def days_kind(request: AccessRequest, today: date) -> str:
    """The colour of a window's end: only of what can still be used."""
    if request.state not in rules.IN_FORCE:
        return ""
    left = (request.ends_on - today).days
    return "late" if left < 0 else "soon" if left <= SOON else ""


def facts(request: AccessRequest, record: Record | None) -> list[tuple[object, object]]:
    """What was asked for."""
    counted = _("Copies") if request.asked in rules.REPRODUCING else _("Times")
    return [
        (_("Number of the request"), request.reference),
        (_("Asked for"), words.ACTION_LABELS[request.action]),
        (_("Of which parts"), parts(request, record)),
        (_("Days"), f"{request.starts_on.isoformat()} – {request.ends_on.isoformat()}"),
        (counted, _("%(used)s of %(amount)s used") % {"used": request.used, "amount": request.amount}),
        (_("Requester"), f"{request.requester.name} · {request.requester_unit.name}"),
        (_("Sent"), request.submitted_at),
        (_("Unit that set the level"), request.record.originator.name),
    ]


def parts(request: AccessRequest, record: Record | None) -> str:
    """The portions; components by name only for whoever may know of the record."""
    if request.is_whole:
        return _("all of it")
    names = {one.component_id: one.name for one in askable(record)} if record is not None else {}
    found = []
    for number, portion in enumerate(request.scope.portions, start=1):
        name = names.get(portion.component_id) or _("part %(number)s") % {"number": number}
        pages = (
            _("pages %(pages)s") % {"pages": written(portion.ranges)} if portion.ranges else _("all pages")
        )
        found.append(f"{name}: {pages}")
    return "; ".join(found)


def standing_facts(request: AccessRequest, at: Any) -> list[dict[str, Any]]:
    """What the check looks at: each with what was found and whether it is in order."""
    found = standing(request, at)
    return [
        {
            "label": _("Clearance"),
            "text": clearance_text(found.clearance),
            "good": found.is_cleared,
        },
        {
            "label": _("Need-to-know list"),
            "text": (_("on the list") if found.is_listed else _("not on the list"))
            if request.levels.is_classified
            else _("not needed"),
            "good": found.is_listed,
        },
        {
            "label": _("Training"),
            "text": _("valid") if found.is_trained else _("lapsed"),
            "good": found.is_trained,
        },
        {
            "label": _("Undertaking"),
            "text": _("signed") if found.has_undertaken else _("not signed"),
            "good": found.has_undertaken,
        },
        {
            "label": _("Account and unit"),
            "text": _("as when it was asked")
            if found.has_account and found.same_unit
            else _("changed since it was asked"),
            "good": found.has_account and found.same_unit,
        },
    ]


def clearance_text(clearance: Levels) -> str:
    """A clearance in the levels' own names."""
    # The ★ belongs to a mark on a paper, not to a person.
    names = [STATE_NAMES[clearance.state]] if clearance.state else []
    if clearance.enterprise:
        names.append(labels.badge(Levels(enterprise=clearance.enterprise, restricted=1)).text)
    return "、".join(names) or _("none")


def rule_text(request: AccessRequest) -> str:
    """The row of the rule table that applies, and how far silence or an empty post moved it."""
    first = competence.required(request)
    said = _("%(level)s: %(post)s") % {
        "level": level(request, None).text,
        "post": _(DUTY_NAMES[first]),
    }
    if request.escalations:
        now = "、".join(str(_(DUTY_NAMES[duty])) for duty in selectors.posts_asked(request)[1:])
        said = _("%(rule)s; now also %(posts)s") % {"rule": said, "posts": now}
    return said


def waiting(viewer: Context, request: AccessRequest) -> dict[str, Any] | None:
    """For whom it waits and until when, as the requester may know it."""
    if request.state != RequestState.CHECKED:
        return None
    until = waits_until(request)
    people = selectors.deciders(request, viewer.instant)
    return {
        "until": until,
        "late": until < local_day(viewer.instant),
        "goes_on": selectors.can_escalate(request),
        "people": "、".join(person.name for person in people)
        or _("nobody: ask the security officer to have the post filled"),
    }


def warnings(viewer: Context, request: AccessRequest) -> list[str]:
    """What an approver is told before he decides (7.2)."""
    if Part.APPROVER not in selectors.parts_of(viewer, request) or viewer.account is None:
        return []
    found = []
    person = viewer.account.person
    if competence.is_above_decider(request, person, viewer.instant):
        found.append(_("The requester is your superior. This stands in the log beside your decision."))
    if competence.is_reciprocal(request, person, viewer.instant - rules.RECIPROCAL_WITHIN):
        found.append(
            _("The requester approved a request of yours within the last year. This stands in the log too.")
        )
    if rules.needs_originator(request.asked, request.levels):
        seat = competence.seat_of(request, person.pk, viewer.instant)
        if seat is not None and not originators.may_allow(seat.unit_id, request.record.originator):
            found.append(
                _(
                    "Your approval alone opens nothing: a top secret is copied or excerpted only with a paper of "
                    "%(unit)s or of a unit above it."
                )
                % {"unit": request.record.originator.name}
            )
    return found


def life(request: AccessRequest, history: Sequence[RequestStep]) -> list[dict[str, Any]]:
    """Its life as a stepper, with who did what when."""
    done = {step.event: step for step in history}
    stages: list[tuple[object, str, bool]] = [(_("Sent"), "", True)]
    if rules.needs_check(request.levels):
        stages.append((_("Checked"), RequestEvent.CHECK.value, RequestEvent.CHECK in done))
    if request.is_emergency:
        stages = [stages[0]] + [
            (words.EVENT_LABELS[event], event.value, event in done)
            for event in (RequestEvent.RELEASE, RequestEvent.COUNTERSIGN)
        ]
        # In either order: the one that is done stands first.
        stages.sort(key=lambda stage: not stage[2])
    else:
        stages.append((_("Approved"), RequestEvent.APPROVE.value, RequestEvent.APPROVE in done))
    authorised = RequestEvent.AUTHORISE in done
    # Approved by the post that set the level, it went past the paper.
    waits = RequestEvent.APPROVE not in done or request.state == RequestState.LEADER_APPROVED
    if rules.needs_originator(request.asked, request.levels) and (authorised or waits):
        stages.append((_("Allowed by the unit that set the level"), RequestEvent.AUTHORISE.value, authorised))
    ended = request.state in rules.FINAL
    stages.append((words.STATE_LABELS[request.state][0] if ended else _("Used"), "", ended))
    found, reached = [], True
    for label, event, is_done in stages:
        step = done.get(event)
        status = "done" if is_done else "now" if reached and not ended else "todo"
        reached = reached and is_done
        last = history[-1] if history else None
        who = step or (last if label == stages[-1][0] and ended else None)
        found.append({"label": label, "status": status, "who_when": _who(who) if who else ""})
    found[0]["who_when"] = signed(request.requester.name, request.submitted_at)
    return found


def timeline(history: Sequence[RequestStep]) -> list[dict[str, Any]]:
    """Everything done with it, oldest first."""
    return [
        {
            "when": step.at,
            "label": words.EVENT_LABELS[step.event],
            "who": _person(step),
            "marks": [
                text
                for holds, text in (
                    (step.is_subordinate, _("the requester is his superior")),
                    (step.is_reciprocal, _("the requester had approved for him")),
                )
                if holds
            ],
            "text": words.CAUSE_LABELS.get(step.cause, "") or step.reason,
        }
        for step in history
    ]


def paper(one: ExternalAuthorisation, viewer: Context) -> dict[str, Any]:
    """An authorisation as it was recorded."""
    return {
        "id": one.pk,
        "facts": [
            (_("Unit that issued the paper"), one.issuer.name),
            (_("Number of the paper"), one.document_no),
            (_("Date of the paper"), one.document_date),
            (_("Copies it allows"), one.copies),
            (_("Purpose it names"), one.purpose),
            (_("Recorded by"), one.recorded_by.name),
            (_("Recorded"), one.recorded_at),
        ],
        "scan_url": reverse("holdings:record", args=[one.paper_id]) if tells(viewer, one.paper) else "",
        "verified": one.verified_at,
    }


def delegation(one: Delegation, today: date) -> dict[str, Any]:
    """A line of the delegations."""
    running = one.ended_at is None and one.ends_on >= today
    return {
        "id": one.pk,
        "giver": one.giver.name,
        "delegate": one.delegate.name,
        "post": f"{_(DUTY_NAMES[Duty(one.duty)])} · {one.unit.name}",
        "starts_on": one.starts_on,
        "ends_on": one.ends_on,
        "reason": one.reason,
        "state": (_("to come") if one.starts_on > today else _("runs")) if running else _("over"),
        "kind": "ok" if running and one.starts_on <= today else "",
        "running": running,
    }


def row_labels() -> dict[Row, str]:
    """The rows of the rule table by the names of their levels."""
    found = {}
    for regime, level in rules.SHIPPED:
        given = {regime.value: level, "restricted": 1}
        found[regime, level] = labels.badge(Levels(**given)).text
    return found


def rule_rows() -> list[dict[str, Any]]:
    """The table as it counts everywhere, and what units have of their own."""
    shown, everywhere = row_labels(), table.everywhere()
    own = ApproverRule.objects.filter(state=ApproverRule.State.CONFIRMED, unit__isnull=False)
    found = []
    for one in rules.SHIPPED:
        regime, level = one
        mine = [
            each for each in own.select_related("unit") if (each.regime, each.level) == (regime.value, level)
        ]
        found.append(
            {
                "level": labels.badge(Levels(**{regime.value: level, "restricted": 1})),
                "text": shown[one],
                "regime": words.REGIME_LABELS[regime],
                "post": _(DUTY_NAMES[everywhere[one]]),
                "shipped": everywhere[one] == rules.SHIPPED[one],
                "units": [
                    f"{each.unit.name}: {_(DUTY_NAMES[Duty(each.duty)])}" for each in mine if each.unit
                ],
            }
        )
    return found


def proposal(one: ApproverRule, viewer: Context) -> dict[str, Any]:
    """A proposed row of the rule table."""
    return {
        "id": one.pk,
        "text": row_labels()[rules.Regime(one.regime), one.level],
        "unit": one.unit.name if one.unit else _("everywhere"),
        "post": _(DUTY_NAMES[Duty(one.duty)]),
        "reason": one.reason,
        "by": one.proposed_by.name,
        "at": one.proposed_at,
        "own": one.proposed_by_id == viewer.subject.person_id,
    }


def _who(step: RequestStep) -> str:
    return signed(_person(step), step.at)


def _person(step: RequestStep) -> str:
    if step.by is None:
        return _("the system")
    name = step.by.name
    if step.instead_of is not None:
        name = _("%(name)s for %(absent)s") % {"name": name, "absent": step.instead_of.name}
    return f"{name} · {_(DUTY_NAMES[Duty(step.duty)])}" if step.duty else str(name)


def signed(name: str, at: Any) -> str:
    """Who did something and when, in a stepper."""
    return f"{name} · {at.astimezone(ZONE).strftime('%m-%d %H:%M')}"
