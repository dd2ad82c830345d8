"""What this room puts on people's home pages, into the navigation and on a record's page."""

from collections.abc import Iterable
from datetime import date, datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.rules import Duty, local_day
from vault.approvals import (
    copy_presentation,
    emergencies,
    emergency_presentation,
    presentation,
    reading_home,
    reproduction,
    rules,
    selectors,
    words,
)
from vault.approvals.models import AccessRequest, ApproverRule, EmergencyReport
from vault.approvals.voiding import waits_until
from vault.authorization.actions import Action
from vault.authorization.context import Context
from vault.authorization.decision import Allow, decide_at_the_door
from vault.authorization.gate import explain
from vault.holdings import offers
from vault.holdings.models import Record
from vault.notices import worklists
from vault.notices.worklists import Entry, Link, Worklist

SHOWN = 8


def register() -> None:
    worklists.register(worklists=_worklists, navigation=_navigation)
    worklists.register(worklists=reading_home.worklists)
    offers.register(_offers)


def _worklists(viewer: Context) -> Iterable[Worklist]:
    day = local_day(viewer.instant)
    address = reverse("approvals:requests")
    yield from _emergencies(viewer, day)
    if count := selectors.to_check(viewer).count():
        yield Worklist(
            title=_("Requests to check"),
            # A security officer is told no title.
            entries=tuple(
                _entry(one, None, tag=local_day(one.submitted_at), action=_("Check it"))
                for one in selectors.to_check(viewer)[:SHOWN]
            ),
            count=count,
            empty_text="",
            more_url=f"{address}?list=check",
        )
    if _may(viewer, Action.CONFIRM_APPROVER):
        proposed = ApproverRule.objects.filter(state=ApproverRule.State.PROPOSED).exclude(
            proposed_by=viewer.subject.person_id
        )
        if count := proposed.count():
            yield Worklist(
                title=_("Rows of the rule table to confirm"),
                entries=(Entry(title=_("Who approves what"), url=reverse("approvals:approvers")),),
                count=count,
                empty_text="",
            )
    if viewer.subject.is_officer:
        return
    if waiting := selectors.to_decide(viewer):
        records = presentation.known(viewer, waiting[:SHOWN])
        yield Worklist(
            title=_("Requests to decide"),
            entries=tuple(_waiting(one, records.get(one.record_id), day) for one in waiting[:SHOWN]),
            count=len(waiting),
            empty_text="",
            more_url=f"{address}?list=decide",
        )
    yield from _copies(viewer, day)
    own = selectors.mine(viewer).exclude(state__in=rules.FINAL)
    if count := own.count():
        shown = list(own[:SHOWN])
        records = presentation.known(viewer, shown)
        yield Worklist(
            title=_("My open requests"),
            entries=tuple(
                Entry(
                    title=presentation.title(one, records.get(one.record_id)),
                    url=reverse("approvals:request", args=[one.pk]),
                    detail=f"{one.reference} · {words.ACTION_LABELS[one.action]}",
                    tag=words.STATE_LABELS[one.state][0],
                    tag_kind=presentation.days_kind(one, day) or words.STATE_LABELS[one.state][1],
                )
                for one in shown
            ),
            count=count,
            empty_text="",
            aside=True,
            more_url=address,
        )


def _emergencies(viewer: Context, day: date) -> Iterable[Worklist]:
    """Before everything else: what waits for his release, and for his written confirmation; overseers what nobody
    confirmed yet.
    """
    if waiting := emergencies.to_release(viewer):
        shown = waiting[:SHOWN]
        records = presentation.known(viewer, shown)
        yield Worklist(
            title=_("Emergencies to release"),
            entries=tuple(
                _entry(one, records.get(one.record_id), tag=day, action=_("Release"), tag_kind="late")
                for one in shown
            ),
            count=len(waiting),
            empty_text="",
            more_url=f"{reverse('approvals:requests')}?list=emergencies",
        )
    address = reverse("approvals:emergencies")
    if own := emergencies.to_confirm(viewer):
        yield Worklist(
            title=_("Emergencies to confirm in writing"),
            entries=tuple(_report(one, viewer.instant, action=_("Confirm")) for one in own[:SHOWN]),
            count=len(own),
            empty_text="",
            more_url=address,
        )
    if emergencies.OVERSEEING & viewer.subject.duty_names:
        unconfirmed = emergencies.unconfirmed(viewer)
        if count := unconfirmed.count():
            yield Worklist(
                title=_("Emergencies without a written confirmation"),
                entries=tuple(_report(one, viewer.instant) for one in unconfirmed[:SHOWN]),
                count=count,
                empty_text="",
                more_url=address,
            )


def _report(one: EmergencyReport, now: datetime, *, action: str = "") -> Entry:
    line = emergency_presentation.row(one, now)
    return Entry(
        title=line["reference"],
        url=line["url"],
        detail=f"{line['reader']} · {line['leader']}",
        tag=line["state"],
        tag_kind=line["kind"],
        action_label=action,
    )


def _copies(viewer: Context, day: date) -> Iterable[Worklist]:
    """What the viewer holds or is to sign for, and what he is to make."""
    address = reverse("approvals:copies")
    making = reproduction.unmade(viewer)
    if count := making.count():
        shown = list(making[:SHOWN])
        records = presentation.known(viewer, shown)
        yield Worklist(
            title=_("Copies to make"),
            entries=tuple(
                Entry(
                    title=presentation.title(one, records.get(one.record_id)),
                    url=reverse("approvals:make_copy", args=[one.pk]),
                    detail=f"{one.reference} · {one.requester.name}",
                    tag=one.ends_on.isoformat(),
                    action_label=_("Make it"),
                )
                for one in shown
            ),
            count=count,
            empty_text="",
            more_url=f"{address}?list=make",
        )
    held = reproduction.mine(viewer)
    if count := held.count():
        rows = copy_presentation.rows(viewer, held[:SHOWN], day)
        yield Worklist(
            title=_("Copies that I answer for"),
            entries=tuple(
                Entry(
                    title=one["what"],
                    url=one["url"],
                    detail=f"{one['reference']} · {one['due_on'].isoformat()}",
                    tag=one["state_label"],
                    tag_kind=one["due_kind"] or one["state_kind"],
                )
                for one in rows
            ),
            count=count,
            empty_text="",
            aside=True,
            more_url=address,
        )


def _entry(one: AccessRequest, record: Record | None, *, tag: date, action: str, tag_kind: str = "") -> Entry:
    return Entry(
        title=presentation.title(one, record),
        url=reverse("approvals:request", args=[one.pk]),
        detail=f"{one.reference} · {words.ACTION_LABELS[one.action]} · {one.requester.name}",
        tag=tag.isoformat(),
        tag_kind=tag_kind,
        action_label=action,
    )


def _waiting(one: AccessRequest, record: Record | None, day: date) -> Entry:
    until = waits_until(one)
    return _entry(one, record, tag=until, tag_kind="late" if until < day else "soon", action=_("Decide"))


def _navigation(viewer: Context) -> Iterable[Link]:
    if emergencies.OVERSEEING & viewer.subject.duty_names:
        group = _("Oversight") if Duty.AUDITOR in viewer.subject.duty_names else _("Classified records")
        yield Link(_("Emergency access"), reverse("approvals:emergencies"), "bolt", group)
    if not _may(viewer, Action.READ_REQUESTS):
        return
    group = _("Classified records")
    yield Link(_("Requests"), reverse("approvals:requests"), "document-check", group)
    yield Link(_("Reading room"), reverse("approvals:reading"), "book-open", group)
    yield Link(_("Numbered copies"), reverse("approvals:copies"), "document-duplicate", group)
    yield Link(_("Who approves what"), reverse("approvals:approvers"), "scale", group)
    if Duty.SECURITY_OFFICER not in viewer.subject.duty_names and _may(viewer, Action.MANAGE_DELEGATIONS):
        yield Link(_("Standing in"), reverse("approvals:delegations"), "user-plus", group)


def _offers(viewer: Context, record: Record) -> Iterable[offers.Offer]:
    if rules.requestable(record.levels) and isinstance(explain(viewer, Action.REQUEST_ACCESS, record), Allow):
        yield offers.Offer(_("Ask for access"), reverse("approvals:new", args=[record.pk]))


def _may(viewer: Context, action: Action) -> bool:
    return isinstance(decide_at_the_door(action, viewer.subject), Allow)
