"""The register of people: who is who, with which accounts, duties and clearances; new people; leavers."""

from collections.abc import Mapping
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import closures, departures, second_factor, services
from accounts.models import PendingGrant, Person
from accounts.requests import trail
from accounts.rules import (
    DE_SECRECY_MONTHS,
    DUTY_NAMES,
    UNDERTAKING_VERSION,
    Duty,
    GrantState,
    PersonCategory,
    local_day,
    months_later,
)
from audit import clock
from vault.administration import presentation, selectors
from vault.administration.officer_forms import DepartureForm, EmailForm, MoveForm, PersonForm, PersonNameForm
from vault.administration.selectors import STATES, PeopleFilter
from vault.administration.views.officer_shared import (
    attempt,
    find,
    find_person,
    form_page,
    person_form,
    person_url,
    show_once,
)
from vault.authorization import gate
from vault.authorization.actions import Action
from vault.authorization.context import Context, of_request
from vault.authorization.decorators import requires
from vault.holdings.presentation import uuid_or_none

PAGE = 50
LONGEST = 64
SOUGHT = "people_sought"


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Action.READ_PEOPLE)
def people(request: HttpRequest) -> HttpResponse:
    """Everybody with what he holds today; one event a page, what was looked for sealed.

    A name that is looked for is posted and kept in the session: addresses stand in histories and in proxies' logs.
    """
    if request.method == "POST":
        return _search(request)
    viewer = of_request(request)
    sought = str(request.session.get(SOUGHT, "")) if "sought" in request.GET else ""
    filters = _filters(request.GET, q=sought)
    day = local_day(viewer.instant)
    page = Paginator(selectors.people(filters, day), PAGE).get_page(request.GET.get("page"))
    chosen = {name: value for name, value in vars(filters).items() if value}
    gate.authorize(
        viewer, Action.READ_PEOPLE, sealed={"filters": urlencode(chosen), "total": page.paginator.count}
    )
    return render(
        request,
        "administration/people.html",
        {
            "people": [presentation.row(person, day) for person in page.object_list],
            "filters": _options(filters),
            "filtered": bool(chosen),
            "total": page.paginator.count,
            "first": page.start_index(),
            "last": page.end_index(),
            "next_url": _query({**chosen, "page": page.next_page_number()}) if page.has_next() else "",
            "prev_url": _query({**chosen, "page": page.previous_page_number()})
            if page.has_previous()
            else "",
            "new_url": reverse("administration:new_person")
            if presentation.may(viewer, Action.MANAGE_ACCOUNTS)
            else "",
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Action.MANAGE_ACCOUNTS)
def new_person(request: HttpRequest) -> HttpResponse:
    """A new person and the account he signs in with; its one-time password is shown once."""

    def act(form: PersonForm) -> HttpResponse:
        made = services.register_person(
            actor=request.user,
            name=form.cleaned_data["name"],
            unit=form.cleaned_data["unit"],
            staff_no=form.cleaned_data["staff_no"],
            trail=trail(request),
        )
        return show_once(
            request,
            staff_no=made.account.staff_no,
            password=made.one_time_password,
            name=made.account.person.name,
            back_url=person_url(made.account.person_id),
        )

    gate.authorize(of_request(request), Action.READ_PEOPLE)
    return form_page(
        request,
        PersonForm(request.POST if request.method == "POST" else None),
        act,
        heading=_("New person"),
        about=_("An account gives no right of its own; the security officer appoints and clears."),
        button=_("Register the person"),
        back_url=reverse("administration:people"),
        back_label=_("People"),
    )


@require_safe
@requires(Action.READ_PEOPLE)
def person(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """One person: accounts, duties, clearances, training, what is proposed, and what this officer may do."""
    viewer = of_request(request)
    found = find_person(request, Action.READ_PEOPLE, person_id)
    day = local_day(viewer.instant)
    label, kind = presentation.STATE_LABELS[presentation.state_of(found, day)]
    may = _offered(viewer, found)
    proposals = PendingGrant.objects.filter(
        person=found, state__in=[GrantState.PENDING, GrantState.CONFIRMED]
    ).select_related("person__unit", "proposed_by", "decided_by", "withdrawn_by")
    return render(
        request,
        "administration/person.html",
        {
            "person": found,
            "state_label": label,
            "state_kind": kind,
            "oneself": found.pk == viewer.subject.person_id,
            "facts": [
                (_("Unit"), found.unit.name),
                (_("Secrecy post"), str(presentation.CATEGORY_NAMES[found.category])),
                (_("Training valid until"), found.trained_until or _("never trained")),
                (_("Undertaking"), _("signed") if _undertook(found) else _("not signed")),
                *(
                    (_("De-secrecy period"), f"{one.starts_on} – {one.ends_on}")
                    for one in found.de_secrecy.order_by("starts_on")
                ),
                *([(_("Last day of service"), found.left_on)] if found.left_on else []),
                *([(_("E-mail address"), _mail_of(found))] if may["manage"] else []),
                *presentation.former(found.changes.select_related("former_unit").order_by("at")),
            ],
            "accounts": [
                presentation.account(account, enrolled=second_factor.is_enrolled(account))
                for account in found.all_accounts
            ],
            "appointments": [presentation.appointment(one, day) for one in selectors.appointments(found)],
            "clearances": [presentation.clearance(one, day) for one in selectors.clearances(found)],
            "grants": presentation.grants(
                [
                    one
                    for one in proposals.order_by("proposed_at")
                    if not selectors.is_lapsed(one, viewer.instant)
                ],
                viewer.instant,
            ),
            "may": may,
            "de_secrecy_ends": months_later(day, DE_SECRECY_MONTHS[PersonCategory(found.category)]),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Action.MANAGE_ACCOUNTS)
def rename(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Another name of the same person."""
    found = find_person(request, Action.MANAGE_ACCOUNTS, person_id)

    def act(form: PersonNameForm) -> HttpResponse:
        services.rename_person(
            actor=request.user, person=found, name=form.cleaned_data["name"], trail=trail(request)
        )
        messages.success(request, _("The name is changed; the former one stays on the page."))
        return HttpResponseRedirect(person_url(found.pk))

    return person_form(
        request,
        found,
        PersonNameForm(request.POST if request.method == "POST" else None, initial={"name": found.name}),
        act,
        heading=_("Change the person's name"),
        button=_("Change the person's name"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Action.MANAGE_ACCOUNTS)
def set_email(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Where the person's notices go by mail."""
    found = find_person(request, Action.MANAGE_ACCOUNTS, person_id)

    def act(form: EmailForm) -> HttpResponse:
        services.set_email(
            actor=request.user, person=found, email=form.cleaned_data["email"], trail=trail(request)
        )
        messages.success(
            request, _("The address is changed.") if found.email else _("No mail is sent any more.")
        )
        return HttpResponseRedirect(person_url(found.pk))

    return person_form(
        request,
        found,
        EmailForm(request.POST if request.method == "POST" else None, initial={"email": found.email or ""}),
        act,
        heading=_("Change the e-mail address"),
        button=_("Change the e-mail address"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Action.MANAGE_ACCOUNTS)
def move(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """To another unit, when nothing hangs on the old one."""
    found = find_person(request, Action.MANAGE_ACCOUNTS, person_id)

    def act(form: MoveForm) -> HttpResponse:
        services.move_person(
            actor=request.user, person=found, unit=form.cleaned_data["unit"], trail=trail(request)
        )
        messages.success(request, _("Moved. The former unit stays on the page."))
        return HttpResponseRedirect(person_url(found.pk))

    return person_form(
        request,
        found,
        MoveForm(request.POST if request.method == "POST" else None),
        act,
        heading=_("Move to another unit"),
        button=_("Move to this unit"),
        explanation=_(
            "Duties hang on units: the security officer ends those at the old unit first and appoints anew afterwards."
        ),
        points=[str(matter.sentence) for matter in closures.stands_for_person(found, local_day(clock.now()))],
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Action.MANAGE_ACCOUNTS)
def leave(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """A person's last day."""
    found = find_person(request, Action.MANAGE_ACCOUNTS, person_id)

    def act(form: DepartureForm) -> HttpResponse:
        services.record_departure(
            actor=request.user, person=found, left_on=form.cleaned_data["left_on"], trail=trail(request)
        )
        messages.success(request, _("Recorded."))
        return HttpResponseRedirect(person_url(found.pk))

    return person_form(
        request,
        found,
        DepartureForm(request.POST if request.method == "POST" else None),
        act,
        heading=_("Record a departure"),
        button=_("Record the last day"),
        explanation=_(
            "Whoever has something open in his name is held back until it is ended or handed over, and whoever is in a "
            "secrecy post until his de-secrecy period is over."
        ),
        points=[str(matter.sentence) for matter in departures.open_matters(found.pk)],
    )


@require_POST
@requires(Action.GRANT_RIGHTS)
def begin_de_secrecy(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Take the clearances away and let the de-secrecy period run (AD-12)."""
    found = find(request, Action.GRANT_RIGHTS, Person, person_id)
    return attempt(
        request,
        lambda: services.begin_de_secrecy(actor=request.user, person=found, trail=trail(request)),
        _("The de-secrecy period runs from today; all clearances are revoked."),
        person_url(person_id),
    )


def _mail_of(found: Person) -> str:
    if found.email and found.no_mail:
        return _("%(address)s (the person wants no mail)") % {"address": found.email}
    return found.email or _("none")


def _undertook(found: Person) -> bool:
    return found.undertakings.filter(version=UNDERTAKING_VERSION).exists()


def _offered(viewer: Context, found: Person) -> dict[str, bool]:
    """Which acts the page offers: never for oneself (AD-04), nor what nobody may do now. The services decide."""
    day = local_day(viewer.instant)
    other = found.pk != viewer.subject.person_id
    here = other and not (found.left_on is not None and found.left_on < day)
    grants = presentation.may(viewer, Action.GRANT_RIGHTS)
    in_post = DE_SECRECY_MONTHS[PersonCategory(found.category)] > 0
    running = found.de_secrecy.filter(ends_on__gte=day).exists()
    return {
        "appoint": here and grants,
        "clear": here and grants and not running,
        "de_secrecy": here and grants and in_post and not running,
        "train": here and presentation.may(viewer, Action.RECORD_TRAINING),
        "manage": here and presentation.may(viewer, Action.MANAGE_ACCOUNTS),
        "grant": other and grants,
        "suspend": other and presentation.may(viewer, Action.SUSPEND_ACCOUNT),
    }


def _search(request: HttpRequest) -> HttpResponse:
    """Keep what is looked for, and lead to the list of it."""
    filters = _filters(request.POST, q=request.POST.get("q", "").strip()[:LONGEST])
    request.session[SOUGHT] = filters.q
    return HttpResponseRedirect(reverse("administration:people") + _query(vars(filters)))


def _filters(given: QueryDict, *, q: str) -> PeopleFilter:
    """Values that no option offers are dropped, as if not given."""
    unit, duty, state = (given.get(name, "") for name in ("unit", "duty", "state"))
    return PeopleFilter(
        q=q,
        unit=unit if uuid_or_none(unit) is not None else "",
        duty=duty if duty in set(Duty) else "",
        state=state if state in STATES else "",
    )


def _options(filters: PeopleFilter) -> list[dict[str, object]]:
    units = [(str(unit.pk), "　" * selectors.depth(unit) + unit.name) for unit in selectors.units()]
    duties = [(duty.value, _(DUTY_NAMES[duty])) for duty in Duty]
    states = [(state, str(presentation.STATE_LABELS[state][0])) for state in STATES]
    return [
        {"name": "q", "label": _("Name or staff number"), "kind": "text", "value": filters.q},
        *(
            {
                "name": name,
                "label": label,
                "options": [
                    {"value": value, "label": text, "selected": value == chosen} for value, text in options
                ],
            }
            for name, label, options, chosen in (
                ("unit", _("Unit"), units, filters.unit),
                ("duty", _("Duty"), duties, filters.duty),
                ("state", _("State"), states, filters.state),
            )
        ),
    ]


def _query(chosen: Mapping[str, object]) -> str:
    """The list's address for these filters; of a name it says only that one is looked for."""
    shown = {name: value for name, value in chosen.items() if value and name != "q"}
    if chosen.get("q"):
        shown["sought"] = "1"
    return f"?{urlencode(shown)}" if shown else ""
