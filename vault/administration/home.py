"""The officers' home: whose standing ends soon, and how the instance is. Names of people, never of records."""

import shutil
from collections.abc import Iterable
from datetime import date, timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from accounts import selectors
from accounts.rules import Duty, local_day
from audit import clock
from audit.selectors import health
from vault.authorization.context import Context
from vault.notices import worklists
from vault.notices.worklists import Entry, Worklist

SHOWN = 20
SOON = timedelta(days=30)
LATE_CHECKPOINT = timedelta(minutes=5)
LITTLE_ROOM = 5 * 1024**3  # bytes: two uploads of the largest size, and their database pages


def register() -> None:
    worklists.register(worklists=_worklists)


def _worklists(viewer: Context) -> Iterable[Worklist]:
    if Duty.SECURITY_OFFICER in viewer.subject.duty_names:
        yield _standing(local_day(viewer.instant))
    if Duty.SYSTEM_OFFICER in viewer.subject.duty_names:
        yield _instance()
        yield _accounts()


def _standing(today: date) -> Worklist:
    """Trainings and clearances that have ended or end within thirty days (rule book 5.5(4), PE-01)."""
    found = selectors.standing_ends(before=today + SOON)
    return Worklist(
        title=_("Trainings and clearances that end soon"),
        entries=tuple(
            Entry(
                title=one.person.name,
                detail=f"{one.person.unit.name} · {_('training') if one.kind == 'training' else _('clearance')}",
                tag=one.ends_on.isoformat() if one.ends_on else _("never trained"),
                tag_kind="late" if one.ends_on is None or one.ends_on < today else "soon",
            )
            for one in found[:SHOWN]
        ),
        count=len(found),
        empty_text=_("No training and no clearance ends within thirty days."),
    )


def _instance() -> Worklist:
    log, room = health(), shutil.disk_usage(settings.JINGUI_HOME)
    age = clock.now() - log.checkpoint_at if log.checkpoint_at else None
    return Worklist(
        title=_("State of the instance"),
        entries=(
            Entry(
                title=_("Room left on the disk"),
                tag=f"{room.free / 1024**3:.1f} GB",
                tag_kind="late" if room.free < LITTLE_ROOM else "ok",
            ),
            Entry(
                title=_("Last checkpoint of the log"),
                tag=_("none yet") if age is None else _("%(s)s s ago") % {"s": int(age.total_seconds())},
                tag_kind="late" if age is None or age > LATE_CHECKPOINT else "ok",
            ),
            Entry(title=_("Not in the tree yet"), tag=str(log.unsequenced)),
        ),
        count=0,
        empty_text="",
    )


def _accounts() -> Worklist:
    waiting = selectors.accounts_not_begun()
    return Worklist(
        title=_("Accounts nobody has signed in to yet"),
        entries=tuple(
            Entry(
                title=account.person.name,
                detail=f"{account.staff_no} · {account.person.unit.name}",
                tag=local_day(account.created_at).isoformat(),
            )
            for account in waiting[:SHOWN]
        ),
        count=len(waiting),
        empty_text=_("Everybody has chosen a password of his own."),
    )
