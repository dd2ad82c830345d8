"""The officers' home: whose standing ends soon, and how the instance is. Names of people, never of records."""

import shutil
from collections.abc import Iterable
from datetime import date, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import rooms, roster, selectors, terminals
from accounts.models import PendingGrant
from accounts.rules import Duty, GrantState, local_day
from audit import clock
from audit.selectors import health
from vault.administration import presentation, room_presentation, terminal_presentation
from vault.administration import selectors as register_selectors
from vault.authorization.actions import Action
from vault.authorization.context import Context
from vault.holdings import fixity
from vault.notices import worklists
from vault.notices.worklists import Entry, Link, Worklist

SHOWN = 20
SOON = timedelta(days=30)
LATE_CHECKPOINT = timedelta(minutes=5)
LITTLE_ROOM = 5 * 1024**3  # bytes: two uploads of the largest size, and their database pages


def register() -> None:
    worklists.register(worklists=_worklists, navigation=_navigation)


def _navigation(viewer: Context) -> Iterable[Link]:
    group = _("Administration")
    if presentation.may(viewer, Action.READ_PEOPLE):
        yield Link(_("People"), reverse("administration:people"), "users", group)
        yield Link(_("Units"), reverse("administration:units"), "building-office", group)
    if presentation.may(viewer, Action.MANAGE_ROSTER):
        yield Link(_("Roster"), reverse("administration:roster"), "calendar", group)
    if presentation.may(viewer, Action.READ_TERMINALS):
        yield Link(_("Secure terminals"), reverse("administration:terminals"), "computer-desktop", group)
    if presentation.may(viewer, Action.READ_ROOMS):
        yield Link(_("Secure reading rooms"), reverse("rooms:rooms"), "building-library", group)
    if presentation.may(viewer, Action.ENROL_TERMINAL):
        yield Link(_("This machine"), reverse("this_machine"), "finger-print", group)
    if presentation.may(viewer, Action.ASK_WHY):
        yield Link(_("Why may somebody?"), reverse("administration:why"), "question-mark-circle", group)
    if presentation.may(viewer, Action.READ_GRANTS):
        # Without a count: it would cost every page of every head two statements. Home tells what waits.
        yield Link(_("Two-person changes"), reverse("administration:grants"), "check-badge", group)


def _worklists(viewer: Context) -> Iterable[Worklist]:
    yield from _on_duty(viewer)
    if presentation.may(viewer, Action.CONFIRM_RIGHTS):
        yield from _to_decide(viewer)
    if presentation.may(viewer, Action.WITHDRAW_GRANT):
        yield from _to_carry_out(viewer)
    if presentation.may(viewer, Action.READ_ROOMS):
        yield from _rooms(viewer)
    if Duty.SECURITY_OFFICER in viewer.subject.duty_names:
        yield _standing(local_day(viewer.instant))
    if Duty.SYSTEM_OFFICER in viewer.subject.duty_names:
        yield from _terminals(local_day(viewer.instant))
        yield _instance()
        yield _accounts()


def _on_duty(viewer: Context) -> Iterable[Worklist]:
    """P-30: who is duty clerk of the viewer's own unit today; a unit without a roster is told nothing."""
    unit = viewer.subject.home_unit_id
    clerk = roster.on_duty(unit, local_day(viewer.instant)) if unit is not None else None
    if clerk is not None:
        yield Worklist(
            title=_("On duty today"),
            entries=(Entry(title=clerk.name, tag=_("you") if clerk.pk == viewer.subject.person_id else ""),),
            count=1,
            empty_text="",
            aside=True,
        )


def _to_decide(viewer: Context) -> Iterable[Worklist]:
    """Proposals for which this person is the second one; a head without any is not told of it."""
    found = list(register_selectors.grants_to_decide(viewer))
    if found or Duty.SECURITY_OFFICER in viewer.subject.duty_names:
        yield Worklist(
            title=_("Changes of rights to confirm"),
            entries=_grant_entries(found[:SHOWN], viewer),
            count=len(found),
            empty_text=_("Nothing waits for you as the second person."),
            more_url=reverse("administration:grants"),
        )


def _to_carry_out(viewer: Context) -> Iterable[Worklist]:
    found = list(register_selectors.grants_to_carry_out(viewer))
    if found:
        yield Worklist(
            title=_("Confirmed, to be carried out by you"),
            entries=_grant_entries(found[:SHOWN], viewer),
            count=len(found),
            empty_text="",
        )


def _grant_entries(rows: list[PendingGrant], viewer: Context) -> tuple[Entry, ...]:
    return tuple(
        Entry(
            title=f"{shown['person_name']} · {shown['kind_label']}",
            url=shown["url"],
            detail=f"{shown['what']} · {shown['by']}",
            tag=local_day(shown["until"]).isoformat(),
            tag_kind="soon",
            action_label=_("Decide") if shown["state"] == GrantState.PENDING else _("Carry it out"),
        )
        for shown in presentation.grants(rows, viewer.instant)
    )


def _standing(today: date) -> Worklist:
    """Trainings and clearances that have ended or end within thirty days (rule book 5.5(4), PE-01)."""
    found = selectors.standing_ends(before=today + SOON)
    return Worklist(
        title=_("Trainings and clearances that end soon"),
        entries=tuple(
            Entry(
                title=one.person.name,
                url=reverse("administration:person", args=[one.person.pk]),
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
    found = fixity.report()
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
            Entry(
                title=_("Stored bodies compared lately"),
                url=reverse("administration:fixity"),
                tag=f"{found.fresh} / {found.total}",
                tag_kind="late" if found.damaged else "ok" if found.fresh == found.total else "",
            ),
            Entry(title=_("Not in the tree yet"), tag=str(log.unsequenced)),
        ),
        count=0,
        empty_text="",
    )


def _terminals(today: date) -> Iterable[Worklist]:
    """RR-09: what is overdue, then what is due soon; without a terminal in use nobody is told of any."""
    found = terminals.in_use(today)
    if found:
        entries = terminal_presentation.entries(found, today)
        yield Worklist(
            title=_("Checks and certificates of terminals"),
            entries=tuple(entries[:SHOWN]),
            count=len(entries),
            empty_text=_(
                "No check is overdue or due within fourteen days, and no certificate ends within thirty."
            ),
            more_url=reverse("administration:terminals"),
        )


def _rooms(viewer: Context) -> Iterable[Worklist]:
    """RR-09: inspections that are overdue or due soon, of all rooms to the officers, of his own to a keeper; without a
    room nobody is told of any.
    """
    today = local_day(viewer.instant)
    found = [one for one in rooms.standings(today) if one.room.is_open]
    if not viewer.subject.duty_names & {Duty.SYSTEM_OFFICER, Duty.SECURITY_OFFICER}:
        found = rooms.kept_by(viewer.subject.person_id, found, viewer.instant)
    if found:
        entries = room_presentation.entries(rooms.due_soon(found, today))
        yield Worklist(
            title=_("Inspections of secure reading rooms"),
            entries=tuple(entries[:SHOWN]),
            count=len(entries),
            empty_text=_("No inspection is overdue or due within fourteen days."),
            more_url=reverse("rooms:rooms"),
        )


def _accounts() -> Worklist:
    waiting = selectors.accounts_not_begun()
    return Worklist(
        title=_("Accounts nobody has signed in to yet"),
        entries=tuple(
            Entry(
                title=account.person.name,
                url=reverse("administration:person", args=[account.person_id]),
                detail=f"{account.staff_no} · {account.person.unit.name}",
                tag=presentation.first_password(account) or local_day(account.created_at).isoformat(),
            )
            for account in waiting[:SHOWN]
        ),
        count=len(waiting),
        empty_text=_("Everybody has chosen a password of his own."),
    )
