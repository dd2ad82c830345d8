"""Worklists and navigation of the rooms that may not know the shell: the calendar and the register of incidents."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.rules import Duty, local_day
from vault.authorization.context import Context
from vault.incidents import presentation, selectors
from vault.incidents.rules import Kind, State
from vault.notices import worklists
from vault.notices.worklists import Entry, Link, Worklist
from vault.workdays import selectors as workdays

SHOWN = 8


def register() -> None:
    worklists.register(worklists=_worklists, navigation=_navigation)


def _worklists(viewer: Context) -> Iterable[Worklist]:
    if Duty.SECURITY_OFFICER in viewer.subject.duty_names:
        yield _incidents(viewer)
    if Duty.SYSTEM_OFFICER in viewer.subject.duty_names:
        yield from _calendar(viewer)
    mine = selectors.reported_by(viewer)
    if count := mine.count():
        yield Worklist(
            title=_("Incidents you reported"),
            entries=tuple(
                Entry(
                    title=_("Incident %(number)s") % {"number": one.number},
                    detail=str(presentation.KIND_LABELS[Kind(one.kind)]),
                    tag=presentation.STATE_LABELS[State(one.state)],
                )
                for one in mine[:SHOWN]
            ),
            count=count,
            empty_text="",
            aside=True,
        )


def _incidents(viewer: Context) -> Worklist:
    """AD-11: what is not closed, by its clock."""
    waiting = selectors.unclosed()
    entries = []
    for one in waiting[:SHOWN]:
        clock = presentation.clock(one, viewer.instant)
        entries.append(
            Entry(
                title=_("Incident %(number)s") % {"number": one.number},
                url=reverse("incidents:incident", args=[one.pk]),
                detail=f"{presentation.KIND_LABELS[Kind(one.kind)]} · {one.unit.name} · "
                f"{presentation.STATE_LABELS[State(one.state)]}",
                tag=clock["text"],
                tag_kind=clock["kind"],
                action_label=_("Open"),
            )
        )
    return Worklist(
        title=_("Incidents to work on"),
        entries=tuple(entries),
        count=waiting.count(),
        empty_text=_("No incident is open."),
        more_url=reverse("incidents:register"),
    )


def _calendar(viewer: Context) -> Iterable[Worklist]:
    """The notices of the present year and the next that are not known yet."""
    year = local_day(viewer.instant).year
    missing = workdays.provisional((year, year + 1))
    if not missing:
        return
    yield Worklist(
        title=_("Working-day calendar"),
        entries=tuple(
            Entry(
                title=_("The notice of %(year)s is missing") % {"year": one},
                url=f"{reverse('workdays:notice')}?year={one}",
                detail=_("Until it is imported, due dates of that year are provisional."),
                tag=_("provisional"),
                tag_kind="late" if one == year else "soon",
                action_label=_("Import"),
            )
            for one in missing
        ),
        count=len(missing),
        empty_text="",
        more_url=reverse("workdays:calendar"),
    )


def _navigation(viewer: Context) -> Iterable[Link]:
    group = _("Everyday")
    yield Link(_("Calendar"), reverse("workdays:calendar"), "calendar-days", group)
    if Duty.SECURITY_OFFICER in viewer.subject.duty_names:
        yield Link(
            _("Incidents"),
            reverse("incidents:register"),
            "bell-alert",
            group,
            count=selectors.unclosed().count() or None,
            hot=True,
        )
    yield Link(_("Report an incident"), reverse("incidents:report"), "megaphone", group)
