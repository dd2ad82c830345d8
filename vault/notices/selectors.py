"""One's own notices: how many wait, and a page of them by keyset, newest first."""

from dataclasses import dataclass
from uuid import UUID

from vault.authorization.context import Context
from vault.notices.models import Notice

PAGE = 50


@dataclass(frozen=True)
class Page:
    """Notices newest first; `newer` and `older` are the keys of the next pages, None where there is none."""

    notices: tuple[Notice, ...]
    newer: UUID | None
    older: UUID | None


def unread(viewer: Context) -> int:
    """How many of the viewer's own notices he has not read."""
    return Notice.objects.filter(person=viewer.subject.person_id, read_at__isnull=True).count()


def total(viewer: Context) -> int:
    """How many notices the viewer has."""
    return Notice.objects.filter(person=viewer.subject.person_id).count()


def page(viewer: Context, *, before: UUID | None = None, after: UUID | None = None, size: int = PAGE) -> Page:
    """The viewer's own notices older than `before`, or newer than `after`, or the newest."""
    own = Notice.objects.filter(person=viewer.subject.person_id)
    if after is not None:
        found = list(own.filter(id__gt=after).order_by("id")[: size + 1])
        more, found = len(found) > size, found[:size][::-1]
        return Page(
            tuple(found),
            newer=found[0].pk if more and found else None,
            older=found[-1].pk if found and own.filter(id__lt=found[-1].pk).exists() else None,
        )
    own_older = own.filter(id__lt=before) if before is not None else own
    found = list(own_older.order_by("-id")[: size + 1])
    more, found = len(found) > size, found[:size]
    return Page(
        tuple(found),
        newer=found[0].pk
        if before is not None and found and own.filter(id__gt=found[0].pk).exists()
        else None,
        older=found[-1].pk if more else None,
    )
