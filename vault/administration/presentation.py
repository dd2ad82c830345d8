"""How people, duties, clearances and proposals read on the officers' screens."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts import sessions
from accounts.models import Account, Appointment, Clearance, PendingGrant, Person, RegisterChange, Unit
from accounts.rules import (
    DUTY_NAMES,
    PRIVILEGED_DUTIES,
    TWO_STEP_KINDS,
    Duty,
    GrantKind,
    GrantState,
    PersonCategory,
    UnitKind,
    local_day,
)
from accounts.services.terms import (
    AccountTerms,
    CategoryTerms,
    ClearanceTerms,
    DutyTerms,
    PasswordTerms,
    Terms,
    read,
)
from audit import clock
from vault.administration import selectors
from vault.authorization import explanations, questions
from vault.authorization.actions import Action
from vault.authorization.context import Context
from vault.authorization.decision import ABOUT_ACCOUNT, ABOUT_DUTY, Allow, Checked, Code, decide_at_the_door
from vault.authorization.levels import Levels
from vault.holdings import labels
from vault.holdings import presentation as holdings
from vault.holdings.rules import STATE_NAMES

CATEGORY_NAMES: dict[PersonCategory, Promise] = {
    PersonCategory.NONE: gettext_lazy("No secrecy post"),
    PersonCategory.GENERAL: gettext_lazy("General secrecy post"),
    PersonCategory.IMPORTANT: gettext_lazy("Important secrecy post"),
    PersonCategory.CORE: gettext_lazy("Core secrecy post"),
}
UNIT_KIND_NAMES: dict[UnitKind, Promise] = {
    UnitKind.COMPANY: gettext_lazy("Company"),
    UnitKind.DIVISION: gettext_lazy("Division"),
    UnitKind.BRANCH: gettext_lazy("Branch"),
    UnitKind.HALL: gettext_lazy("Business hall"),
    UnitKind.DEPARTMENT: gettext_lazy("Department"),
    UnitKind.EXTERNAL: gettext_lazy("External authority"),
}
STATE_LABELS: dict[str, tuple[Promise, str]] = {
    "active": (gettext_lazy("Active"), "ok"),
    "not_begun": (gettext_lazy("Not signed in yet"), "soon"),
    "suspended": (gettext_lazy("Suspended"), "late"),
    "without": (gettext_lazy("No account"), ""),
    "left": (gettext_lazy("Has left"), ""),
}
GRANT_KIND_NAMES: dict[GrantKind, Promise] = {
    GrantKind.DUTY: gettext_lazy("Appointment"),
    GrantKind.CLEARANCE: gettext_lazy("Clearance"),
    GrantKind.CATEGORY: gettext_lazy("Secrecy post"),
    GrantKind.ACCOUNT: gettext_lazy("Another account"),
    GrantKind.PASSWORD: gettext_lazy("New password"),
}
GRANT_STATE_LABELS: dict[str, tuple[Promise, str]] = {
    GrantState.PENDING: (gettext_lazy("Waits for a second person"), "soon"),
    GrantState.CONFIRMED: (gettext_lazy("Confirmed, to be carried out"), "info"),
    GrantState.DONE: (gettext_lazy("In effect"), "ok"),
    GrantState.REFUSED: (gettext_lazy("Refused"), "late"),
    GrantState.WITHDRAWN: (gettext_lazy("Withdrawn"), ""),
    "lapsed": (gettext_lazy("Lapsed: nobody acted in time"), ""),
}


# What can be done with an object, as the security officer asks about it.
ASKABLE_NAMES: dict[Action, Promise] = {
    **holdings.ACTION_LABELS,
    Action.EDIT_DRAFT: gettext_lazy("change the draft"),
    Action.REGISTER: gettext_lazy("register the draft"),
    Action.CORRECT: gettext_lazy("add a corrected version"),
    Action.DECIDE_LABEL: gettext_lazy("decide the label"),
    Action.NAME_KNOWERS: gettext_lazy("change the need-to-know list"),
    Action.PROPOSE_KNOWERS: gettext_lazy("propose somebody for the need-to-know list"),
    Action.GRANT: gettext_lazy("give a grant"),
    Action.VIEW_QUARANTINE: gettext_lazy("look at what is held in quarantine"),
    Action.PREVIEW: gettext_lazy("see the first page small"),
    Action.MOVE: gettext_lazy("move into another archive file"),
    Action.READ_HISTORY: gettext_lazy("look at who did what with it"),
    Action.REQUEST_ACCESS: gettext_lazy("ask for access"),
    Action.PRODUCE: gettext_lazy("make a copy for somebody"),
}

_ABOUT_PERSON = {one.__name__ for one in ABOUT_ACCOUNT + ABOUT_DUTY}


def may(viewer: Context, action: Action) -> bool:
    """Whether the viewer's duty lets him take an action of a route."""
    return isinstance(decide_at_the_door(action, viewer.subject), Allow)


# Choices of forms


def duty_choice(duty: Duty) -> str:
    """A duty's name; one that takes two persons says so."""
    name = _(DUTY_NAMES[duty])
    return _("%(duty)s (two persons)") % {"duty": name} if duty in PRIVILEGED_DUTIES else name


def state_level_choices() -> list[tuple[int, str]]:
    return [(0, _("none")), *((level, f"{name}★") for level, name in STATE_NAMES.items())]


def enterprise_level_choices() -> list[tuple[int, str]]:
    names = settings.JINGUI_LEVEL_NAMES
    return [(0, _("none")), (1, names["ordinary"]), (2, names["core"])]


def category_choices() -> list[tuple[str, str]]:
    return [(category.value, str(name)) for category, name in CATEGORY_NAMES.items()]


def unit_kind_choices() -> list[tuple[str, str]]:
    return [(kind.value, str(name)) for kind, name in UNIT_KIND_NAMES.items()]


def askable_choices() -> list[tuple[str, str]]:
    """PE-13: what can be asked about."""
    return [("", "—"), *((action.value, str(ASKABLE_NAMES[action])) for action in questions.ASKABLE)]


def answer(found: questions.Answer, account: Account, action: Action, object_id: UUID) -> dict[str, Any]:
    """PE-13: the verdict, the rule that gave it, and each step that was asked; of the object its number alone."""
    code, allowed = found.decision.code, isinstance(found.decision, Allow)
    about = _("%(who)s (%(number)s) · %(what)s · %(object)s") % {
        "who": account.person.name,
        "number": account.staff_no,
        "what": ASKABLE_NAMES[action],
        "object": object_id,
    }
    if code is Code.ABSENT:
        return {"verdict": _("There is no such object."), "css": "warn", "about": about}
    explained = explanations.explain(code)
    return {
        "verdict": _("Allowed") if allowed else _("Not allowed"),
        "css": "good" if allowed else "warn",
        "about": about,
        "sentence": explained.sentence,
        "next_step": "" if allowed else explained.next_step,
        "rule_code": explained.rule_code,
        "clause": explained.clause,
        "parts": [_part(one) for one in found.checked],
    }


def _part(one: Checked) -> dict[str, Any]:
    labels = {True: (_("holds"), "ok"), False: (_("fails"), "late"), None: (_("not asked"), "")}
    label, kind = labels[one.holds]
    about = _("the person") if one.name in _ABOUT_PERSON else _("the object")
    return {"asked": explanations.asked(one.name), "about": about, "label": label, "kind": kind}


# People


def state_of(person: Person, day: date) -> str:
    """One of selectors.STATES, from the person's own rows."""
    if person.left_on is not None and person.left_on < day:
        return "left"
    accounts: list[Account] = person.all_accounts
    if not accounts:
        return "without"
    usable = [account for account in accounts if account.is_active and account.suspended_at is None]
    if not usable:
        return "suspended"
    return "not_begun" if all(account.must_change_password for account in usable) else "active"


def row(person: Person, day: date) -> dict[str, Any]:
    """One line of the list of people."""
    label, kind = STATE_LABELS[state_of(person, day)]
    return {
        "name": person.name,
        "url": reverse("administration:person", args=[person.pk]),
        "numbers": [account.staff_no for account in person.all_accounts],
        "unit_name": person.unit.name,
        "duties": [duty_at(appointment, person) for appointment in person.duties_now],
        "badges": badges(person.clearances_now),
        "trained_until": person.trained_until,
        "untrained": person.trained_until is None or person.trained_until < day,
        "state_label": label,
        "state_kind": kind,
    }


def duty_at(appointment: Appointment, person: Person) -> str:
    """A duty by name, with its unit where that is not the person's own."""
    name = _(DUTY_NAMES[Duty(appointment.duty)])
    if appointment.unit_id != person.unit_id:
        name = f"{name} · {appointment.unit.name}"
    return f"{name} · {leads(appointment)}" if appointment.is_head else name


def leads(appointment: Appointment | DutyTerms) -> str:
    """How somebody heads a unit: as its head, as the one who acts for him, or not."""
    if appointment.is_acting:
        return _("acting head")
    return _("head") if appointment.is_head else ""


def badges(rows: Iterable[Clearance]) -> list[labels.Badge]:
    """The highest level of each regime that these clearances give together."""
    found = list(rows)
    if not found:
        return []
    state = max(one.state_level for one in found)
    enterprise = max(one.enterprise_level for one in found)
    shown = [Levels(state=state)] if state else []
    shown += [Levels(enterprise=enterprise)] if enterprise else []
    return [labels.badge(levels) for levels in shown or [Levels(restricted=1)]]


def _signed_in(account: Account) -> str:
    """In how many browsers, and when the last of them came; not from where, which is the owner's to see."""
    found = sessions.of(account)
    if not found:
        return _("nowhere")
    seen = timezone.localtime(max(one.seen_at for one in found)).strftime("%Y-%m-%d %H:%M")
    return ngettext("%(n)s browser, last seen %(seen)s", "%(n)s browsers, last seen %(seen)s", len(found)) % {
        "n": len(found),
        "seen": seen,
    }


def former(changes: Iterable[RegisterChange]) -> list[tuple[str, str]]:
    """What somebody was called and where he worked before, each until the day of its change."""
    return [
        (
            _("Former unit") if one.former_unit is not None else _("Former name"),
            _("%(what)s, until %(day)s")
            % {
                "what": one.former_unit.name if one.former_unit else one.former_name,
                "day": local_day(one.at),
            },
        )
        for one in changes
    ]


def first_password(account: Account) -> str:
    """Until when a one-time password signs in, or that it no longer does; empty where there is none that ends."""
    until = account.password_until
    if until is None:
        return ""
    if until <= clock.now():
        return _("password over")
    return _("until %(day)s") % {"day": f"{timezone.localtime(until):%Y-%m-%d %H:%M}"}


def account(account: Account, *, enrolled: bool) -> dict[str, Any]:
    """One account of a person's page."""
    if account.suspended_at is not None:
        state = "suspended"
    else:
        state = "not_begun" if account.must_change_password else "active"
    label, kind = STATE_LABELS[state]
    return {
        "pk": account.pk,
        "staff_no": account.staff_no,
        "state_label": label,
        "state_kind": kind,
        "suspended": account.suspended_at is not None,
        "created_at": account.created_at,
        "first_password": first_password(account),
        "sessions": _signed_in(account),
        "second_factor": _("set up") if enrolled else _("not set up"),
    }


def appointment(one: Appointment, day: date) -> dict[str, Any]:
    """One line of a person's duties, past ones included."""
    return {
        "pk": one.pk,
        "duty": _(DUTY_NAMES[Duty(one.duty)]),
        "unit_name": one.unit.name,
        "leads": leads(one),
        "by": _hands(one.appointed_by, one.confirmed_by),
        **_span(one.starts_on, one.ends_on, one.revoked_on, day),
    }


def clearance(one: Clearance, day: date) -> dict[str, Any]:
    """One line of a person's clearances, past ones included."""
    return {
        "pk": one.pk,
        "badges": badges([one]),
        "by": _hands(one.granted_by, one.confirmed_by),
        **_span(one.starts_on, one.ends_on, one.revoked_on, day),
    }


# Proposals


def grants(rows: Iterable[PendingGrant], at: datetime) -> list[dict[str, Any]]:
    """What, for whom, why, by whom, until when, and where each stands; one query for all names of a kind."""
    found = [(row, read(row.kind, row.terms)) for row in rows]
    units = Unit.objects.in_bulk({terms.unit for _row, terms in found if isinstance(terms, DutyTerms)})
    accounts = Account.objects.in_bulk(
        {terms.account for _row, terms in found if isinstance(terms, PasswordTerms)}
    )
    return [_grant(row, at, _in_words(terms, units, accounts)) for row, terms in found]


def grant(row: PendingGrant, at: datetime) -> dict[str, Any]:
    """One proposal, as `grants` shows it."""
    return grants([row], at)[0]


def _grant(row: PendingGrant, at: datetime, what: str) -> dict[str, Any]:
    state = "lapsed" if selectors.is_lapsed(row, at) else row.state
    label, kind = GRANT_STATE_LABELS[state]
    return {
        "pk": row.pk,
        "url": reverse("administration:grant", args=[row.pk]),
        "person_name": row.person.name,
        "person_unit": row.person.unit.name,
        "person_pk": row.person_id,
        "kind_label": GRANT_KIND_NAMES[GrantKind(row.kind)],
        "what": what,
        "reason": row.reason,
        "by": row.proposed_by.name,
        "proposed_at": row.proposed_at,
        "until": selectors.open_until(row),
        "until_label": _("To be carried out until")
        if row.state == GrantState.CONFIRMED
        else _("To be confirmed until"),
        "two_step": GrantKind(row.kind) in TWO_STEP_KINDS,
        "state": state,
        "state_label": label,
        "state_kind": kind,
        "decided_by": row.decided_by.name if row.decided_by else "",
        "decided_at": row.decided_at,
        "withdrawn_by": row.withdrawn_by.name if row.withdrawn_by else "",
        "withdrawn_at": row.withdrawn_at,
        "decision_reason": row.decision_reason,
    }


def _in_words(terms: Terms, units: Mapping[UUID, Unit], accounts: Mapping[UUID, Account]) -> str:
    """One line that says exactly what would be done."""
    if isinstance(terms, DutyTerms):
        name = _(DUTY_NAMES[terms.duty])
        head = f" · {leads(terms)}" if terms.is_head else ""
        return f"{name} · {units[terms.unit].name}{head} · {_days(terms.starts_on, terms.ends_on)}"
    if isinstance(terms, ClearanceTerms):
        shown = Clearance(state_level=terms.state, enterprise_level=terms.enterprise, restricted=1)
        names = "、".join(badge.text for badge in badges([shown]))
        return f"{names} · {_days(terms.starts_on, terms.ends_on)}"
    if isinstance(terms, CategoryTerms):
        return str(CATEGORY_NAMES[terms.category])
    if isinstance(terms, AccountTerms):
        return terms.staff_no
    assert isinstance(terms, PasswordTerms)
    return accounts[terms.account].staff_no


def _hands(first: Person | None, second: Person | None) -> str:
    return " · ".join(person.name for person in (first, second) if person is not None)


def _span(starts: date, ends: date | None, revoked: date | None, day: date) -> dict[str, Any]:
    over = (revoked is not None and revoked <= day) or (ends is not None and ends < day)
    if over:
        label, kind = _("ended"), ""
    elif starts > day:
        label, kind = _("to come"), "info"
    else:
        label, kind = _("in force"), "ok"
    last = min((one for one in (ends, revoked) if one is not None), default=None)
    return {"starts_on": starts, "last": last, "over": over, "state_label": label, "state_kind": kind}


def _days(starts: date, ends: date | None) -> str:
    return f"{starts.isoformat()} – {ends.isoformat() if ends else _('until it is ended')}"
