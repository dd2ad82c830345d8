"""Where proposals for need-to-know lists stand on people's home pages, in the navigation and beside a list."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.rules import local_day
from vault.approvals import presentation, widenings
from vault.authorization.actions import Action
from vault.authorization.context import Context
from vault.authorization.decision import Allow, decide_at_the_door
from vault.authorization.gate import explain
from vault.holdings import widening
from vault.holdings.models import Record
from vault.notices import worklists
from vault.notices.worklists import Entry, Link, Worklist

SHOWN = 8


def register() -> None:
    worklists.register(worklists=_worklists, navigation=_navigation)
    widening.register(_way)


def _worklists(viewer: Context) -> Iterable[Worklist]:
    waiting = widenings.to_decide(viewer)
    if not waiting:
        return
    shown, day = waiting[:SHOWN], local_day(viewer.instant)
    records = presentation.known(viewer, shown)
    yield Worklist(
        title=_("Proposals for need-to-know lists"),
        entries=tuple(
            Entry(
                title=presentation.title(one, records.get(one.record_id)),
                url=reverse("approvals:widening", args=[one.pk]),
                detail=f"{one.person.name} · {one.person_unit.name}",
                tag=widenings.waits_until(one).isoformat(),
                tag_kind="late" if widenings.waits_until(one) < day else "soon",
                action_label=_("Decide"),
            )
            for one in shown
        ),
        count=len(waiting),
        empty_text="",
        more_url=reverse("approvals:widenings"),
    )


def _navigation(viewer: Context) -> Iterable[Link]:
    if isinstance(decide_at_the_door(Action.READ_WIDENINGS, viewer.subject), Allow):
        yield Link(_("Need-to-know lists"), reverse("approvals:widenings"), "users", _("Classified records"))


def _way(viewer: Context, record: Record) -> widening.Way:
    waiting = tuple(
        widening.Waiting(
            one.person.name,
            one.proposed_by.name,
            reverse("approvals:widening", args=[one.pk])
            if widenings.may_withdraw(viewer, one) or widenings.may_decide(viewer, one)
            else "",
        )
        for one in widenings.waiting_for(record)
        # Whoever is proposed learns nothing of it before it is decided.
        if one.person_id != viewer.subject.person_id
    )
    may = isinstance(explain(viewer, Action.PROPOSE_KNOWERS, record), Allow)
    return widening.Way(reverse("approvals:propose_knowers", args=[record.pk]) if may else "", waiting)
