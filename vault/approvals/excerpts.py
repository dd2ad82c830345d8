"""Reads of excerpts and quotes: what was written from a record and what a record was written from (RQ-12).

Each side shows of the other only what the viewer may know of by himself.
"""

from collections.abc import Iterable

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.rules import Duty
from accounts.selectors import holders
from audit import clock
from vault.approvals import scopes, words
from vault.approvals.models import ReadingSession, SourceLink
from vault.authorization.context import Context
from vault.authorization.scope import visible_to
from vault.holdings import related
from vault.holdings.derivation import is_below
from vault.holdings.label_facts import row_badge, with_labels
from vault.holdings.models import Record
from vault.notices import topics
from vault.notices.services import tell

BELOW_SOURCE = "excerpt-below-source"


def register() -> None:
    """Show both sides on record pages, and the sentence of this room's notice."""
    related.register(_kin)
    topics.register(
        topics.Topic(
            BELOW_SOURCE,
            gettext_lazy("The label of a source was raised"),
            gettext_lazy("What was written under the request %(reference)s stands below its source now."),
        )
    )


def on_label_moved(record: Record) -> None:
    """CL-12: in the transaction that raises a source, the security officers hear of what was written from it.

    Its own label moves by a decision of its own: each has its own list, and its own secret points. Nobody is told a
    title.
    """
    links = SourceLink.objects.select_related("derived", "request").filter(source=record)
    # Higher than when it was read: an excerpt that is lower by its secret point is no news where its source falls.
    below = {
        link.request_id: link.request
        for link in links
        if is_below(link.request.levels, record.levels) and is_below(link.derived.levels, record.levels)
    }
    if not below:
        return
    now = clock.now()
    for request in below.values():
        tell(
            persons=holders(Duty.SECURITY_OFFICER, now, usable=True).exclude(pk=request.requester_id),
            topic=BELOW_SOURCE,
            reference=request.reference,
            path=reverse("approvals:request", args=[request.pk]),
            now=now,
        )


def written_in(viewer: Context, session: ReadingSession) -> list[related.Line]:
    """What its reader wrote in a session, the newest first."""
    return list(_excerpts(viewer, session.request.record, SourceLink.objects.filter(session=session)))


def _kin(viewer: Context, record: Record) -> Iterable[related.Kin]:
    written = SourceLink.objects.filter(source=record)
    yield related.Kin(_("Excerpts and quotes"), tuple(_excerpts(viewer, record, written)))
    read = SourceLink.objects.filter(derived=record)
    yield related.Kin(_("Written from"), tuple(_sources(viewer, record, read)))


def _excerpts(viewer: Context, record: Record, links: "QuerySet[SourceLink]") -> Iterable[related.Line]:
    for derived, group in _grouped(viewer, links, "derived_id"):
        first = group[0]
        yield related.Line(
            title=derived.title,
            url=reverse("holdings:record", args=[derived.pk]),
            detail=f"{words.ACTION_LABELS[first.request.action]} · {first.person.name} · {_pages(group)}",
            level=row_badge(derived),
            tag=_("below its source") if is_below(derived.levels, record.levels) else "",
        )


def _sources(viewer: Context, record: Record, links: "QuerySet[SourceLink]") -> Iterable[related.Line]:
    for source, group in _grouped(viewer, links, "source_id"):
        yield related.Line(
            title=source.title,
            url=reverse("holdings:record", args=[source.pk]),
            detail=_pages(group),
            level=row_badge(source),
            tag=_("above this record") if is_below(record.levels, source.levels) else "",
        )


def _grouped(
    viewer: Context, links: "QuerySet[SourceLink]", side: str
) -> Iterable[tuple[Record, list[SourceLink]]]:
    """The links by the record on the other side, of those that the viewer may know of, the newest first."""
    rows = list(
        links.select_related("request", "person").order_by("-at", "component__position", "first_page")
    )
    known = with_labels(
        visible_to(viewer, Record.objects.filter(pk__in={getattr(row, side) for row in rows}))
    ).in_bulk()
    groups: dict[object, list[SourceLink]] = {}
    for row in rows:
        groups.setdefault(getattr(row, side), []).append(row)
    return [(known[pk], group) for pk, group in groups.items() if pk in known]


def _pages(group: list[SourceLink]) -> str:
    return _("pages %(pages)s") % {"pages": scopes.written((one.first_page, one.last_page) for one in group)}
