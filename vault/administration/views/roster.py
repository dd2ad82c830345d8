"""The roster of the units that the viewer heads, or acts as head of (P-30)."""

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import roster as reads
from accounts import services
from accounts.errors import AccountsError
from accounts.models import RosterEntry
from accounts.requests import trail
from accounts.rules import ROSTER_AHEAD, local_day
from vault.administration.officer_forms import RosterForm
from vault.administration.views.officer_shared import attempt
from vault.authorization import gate
from vault.authorization.actions import Action
from vault.authorization.context import of_request
from vault.authorization.decorators import requires

PAST = timedelta(days=14)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Action.READ_ROSTER, unsafe=Action.MANAGE_ROSTER)
def roster(request: HttpRequest) -> HttpResponse:
    """Who is on duty on which days, the last fortnight included, and a new entry."""
    viewer = of_request(request)
    day = local_day(viewer.instant)
    units = reads.headed_by(viewer.subject.person_id, day)
    form = RosterForm(
        request.POST if request.method == "POST" else None, units=units, initial={"starts_on": day}
    )
    if form.is_valid():
        try:
            services.set_on_roster(actor=request.user, **form.cleaned_data, trail=trail(request))
            messages.success(request, _("It stands on the roster."))
            return HttpResponseRedirect(reverse("administration:roster"))
        except AccountsError as refusal:
            form.add_error(None, str(refusal))
    gate.authorize(viewer, Action.READ_ROSTER, sealed={"list": "roster"})
    return render(
        request,
        "administration/roster.html",
        {
            "form": form if units else None,
            "units": [
                {
                    "name": unit.name,
                    "entries": [
                        {
                            "pk": one.pk,
                            "who": one.person.name,
                            "starts_on": one.starts_on,
                            "ends_on": one.ends_on,
                            "by": one.set_by.name,
                            "today": one.starts_on <= day <= one.ends_on,
                            "open": one.ends_on >= day,
                        }
                        for one in reads.entries(unit, day - PAST, day + ROSTER_AHEAD)
                    ],
                }
                for unit in units
            ],
        },
        status=400 if form.errors else 200,
    )


@require_POST
@requires(Action.MANAGE_ROSTER)
def strike(request: HttpRequest, roster_id: UUID) -> HttpResponse:
    """Take an entry off the roster of a unit that the viewer heads; of any other it is absent."""
    viewer = of_request(request)
    units = reads.headed_by(viewer.subject.person_id, local_day(viewer.instant))
    found = RosterEntry.objects.filter(pk=roster_id, unit__in=units).select_related("unit").first()
    if found is None:
        gate.absent(viewer, Action.MANAGE_ROSTER, "rosterentry", roster_id)
    return attempt(
        request,
        lambda: services.strike_from_roster(actor=request.user, entry=found, trail=trail(request)),
        _("Struck. Nobody stands on the roster for these days now."),
        reverse("administration:roster"),
    )
