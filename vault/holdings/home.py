"""What this room puts on people's home pages and into the navigation."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.rules import local_day
from vault.authorization.context import Context
from vault.holdings import presentation, quarantine, recertification, selectors, undecided
from vault.holdings import undecided_presentation as tray
from vault.holdings.label_facts import row_badge, with_labels
from vault.notices import worklists
from vault.notices.worklists import Entry, Link, Worklist

SHOWN = 8


def register() -> None:
    worklists.register(worklists=_worklists, navigation=_navigation, primary=_primary)


def _worklists(viewer: Context) -> Iterable[Worklist]:
    if viewer.subject.is_officer:
        return
    waiting = selectors.awaiting_decision(viewer)
    if waiting:
        yield Worklist(
            title=_("Labels to decide"),
            entries=tuple(
                Entry(
                    title=record.title,
                    url=reverse("holdings:decide_label", args=[record.pk]),
                    detail=f"{record.unit.name} · {record.record_date.isoformat()}",
                    level=row_badge(record),
                    action_label=_("Decide"),
                )
                for record in waiting
            ),
            count=len(waiting),
            empty_text="",
        )
    returned = selectors.sent_back(viewer)
    if returned:
        yield Worklist(
            title=_("Labels sent back to you"),
            entries=tuple(
                Entry(
                    title=record.title,
                    url=reverse("holdings:record", args=[record.pk]),
                    detail=selectors.latest_decision(record).reason or "",
                    level=row_badge(record),
                    action_label=_("Open"),
                )
                for record in returned
            ),
            count=len(returned),
            empty_text="",
        )
    yield from _undecided(viewer)
    due = recertification.due(viewer)
    if number := due.count():
        yield Worklist(
            title=_("Grants to look at"),
            entries=tuple(
                Entry(
                    title=one["title"],
                    url=reverse("holdings:grants_due"),
                    detail=f"{one['person_name']} · {one['action_label']}",
                    tag=local_day(one["looked_at"]).isoformat(),
                    tag_kind="soon",
                    level=one["level"],
                )
                for one in presentation.grants_due(list(due[:SHOWN]))
            ),
            count=number,
            empty_text="",
            more_url=reverse("holdings:grants_due"),
        )
    drafts = selectors.drafts_of(viewer).select_related("unit").order_by("-created_at")
    count = drafts.count()
    if count or presentation.may_file(viewer):
        yield Worklist(
            title=_("My drafts"),
            entries=tuple(
                Entry(
                    title=record.title,
                    url=reverse("holdings:record", args=[record.pk]),
                    detail=record.unit.name,
                    tag=record.record_date.isoformat(),
                    action_label=_("Open"),
                )
                for record in drafts[:SHOWN]
            ),
            count=count,
            empty_text=_("No draft waits for you. What you file and do not register at once appears here."),
            more_url=reverse("holdings:list") + "?state=draft" if count else "",
        )
    held = selectors.quarantined(viewer)
    held_back = held.count()
    if held_back:
        yield Worklist(
            title=_("In quarantine"),
            entries=tuple(
                Entry(
                    title=presentation.name_in_quarantine(viewer, file),
                    url=reverse("holdings:quarantine"),
                    detail=" ".join(presentation.reasons(file.finding)),
                    tag=quarantine.due_on(file).isoformat(),
                    tag_kind="late" if quarantine.is_overdue(file) else "",
                )
                for file in held[:SHOWN]
            ),
            count=held_back,
            more_url=reverse("holdings:quarantine"),
            empty_text="",
        )
    newest = with_labels(selectors.records(viewer).select_related("unit")).order_by("-record_date", "-pk")[
        :SHOWN
    ]
    yield Worklist(
        title=_("Newest records"),
        entries=tuple(
            Entry(
                title=record.title,
                url=reverse("holdings:record", args=[record.pk]),
                detail=f"{record.unit.name} · {record.record_date.isoformat()}",
                level=row_badge(record),
            )
            for record in newest
        ),
        count=selectors.records(viewer).count(),
        empty_text=_("There are no records that you may know of yet."),
        aside=True,
        more_url=reverse("holdings:list"),
    )


def _undecided(viewer: Context) -> Iterable[Worklist]:
    """P-25: what waits for his decision, and what of his own waits for somebody else's."""
    day = local_day(viewer.instant)
    for title, rows, aside in (
        (_("Undecided, for you to decide"), undecided.to_decide(viewer), False),
        (_("Yours in the undecided tray"), undecided.put_in_by(viewer), True),
    ):
        if count := rows.count():
            yield Worklist(
                title=title,
                entries=tuple(
                    Entry(
                        title=tray.what(viewer, one),
                        url=reverse("holdings:undecided_thing", args=[one.pk]),
                        detail=f"{tray.KIND_LABELS[one.kind]} · {one.decider.name if aside else one.owner.name}",
                        tag=one.next_on.isoformat(),
                        tag_kind=tray.due_kind(one, day),
                        action_label="" if aside else _("Decide"),
                    )
                    for one in rows[:SHOWN]
                ),
                count=count,
                empty_text="",
                aside=aside,
                more_url=reverse("holdings:undecided"),
            )


def _navigation(viewer: Context) -> Iterable[Link]:
    if viewer.subject.is_officer:
        return
    group = _("Archives")
    yield Link(_("Holdings"), reverse("holdings:list"), "archive-box", group)
    yield Link(_("Archive files"), reverse("holdings:archive_files"), "folder", group)
    yield Link(_("Arrangement"), reverse("holdings:arrangement"), "rectangle-stack", group)
    if tray.may_use(viewer):
        yield Link(_("Undecided tray"), reverse("holdings:undecided"), "inbox-stack", group)
    if presentation.may_file(viewer):
        yield Link(_("File records"), reverse("holdings:file"), "arrow-up-tray", group)
        yield Link(_("Import records"), reverse("holdings:import"), "folder-plus", group)
        yield Link(_("Register paper"), reverse("holdings:card"), "identification", group)
        yield Link(_("Quarantine"), reverse("holdings:quarantine"), "shield-exclamation", group)


def _primary(viewer: Context) -> Iterable[Link]:
    if presentation.may_file(viewer):
        yield Link(_("File records"), reverse("holdings:file"))
