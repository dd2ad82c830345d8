"""The monthly reconciliation: a keeper compares the register of a unit's copies with what is there (7.3)."""

from datetime import date, timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.rules import local_day
from vault.approvals import copy_presentation, errors, reproduction
from vault.approvals.copy_forms import CountForm
from vault.approvals.services import copies as services
from vault.authorization import gate
from vault.authorization.actions import Action
from vault.authorization.context import of_request
from vault.authorization.decorators import requires


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Action.MANAGE_COPIES)
def count(request: HttpRequest) -> HttpResponse:
    """Choose a unit and a month, tick what was seen, confirm."""
    viewer = of_request(request)
    units = reproduction.units_kept(viewer)
    posted = request.method == "POST"
    today = local_day(viewer.instant)
    first = units.first()
    # An empty form confirms nothing: only a page that is opened has something chosen already.
    opened = request.GET or {"unit": first.pk if first else "", "month": _last_month(today)}
    form = CountForm(request.POST if posted else opened, units=units)
    status = 200
    if posted and form.is_valid():
        unit, (year, month) = form.cleaned_data["unit"], form.cleaned_data["month"]
        try:
            made = services.count(
                context=viewer,
                unit=unit,
                year=year,
                month=month,
                seen=_ids(request),
                remark=form.cleaned_data["remark"],
            )
        except errors.ApprovalsError as error:
            status = error.status
            form.add_error("remark" if isinstance(error, errors.ReasonMissing) else None, str(error.sentence))
        else:
            if made.missing:
                messages.warning(request, _("The month is confirmed. What was not seen is an incident now."))
            else:
                messages.success(request, _("The month is confirmed: every copy was seen."))
            return HttpResponseRedirect(reverse("approvals:count_copies"))
    elif posted:
        status = 400
    else:
        gate.authorize(viewer, Action.READ_COPIES, sealed={"list": "copies count"})
    chosen = form.chosen()
    rows = reproduction.countable(viewer, chosen[0], services.month_end(*chosen[1])) if chosen else []
    seen = _ids(request) if posted else set()
    return render(
        request,
        "approvals/copy_count.html",
        {
            "form": form,
            "chosen": chosen is not None,
            "own": reproduction.counted_by_another(viewer, chosen[0], services.month_end(*chosen[1]))
            if chosen
            else 0,
            "rows": [
                {**row, "seen": row["id"] in seen} for row in copy_presentation.rows(viewer, rows, today)
            ],
            "counts": [copy_presentation.counted(one) for one in reproduction.counts(units)],
        },
        status=status,
    )


def _last_month(today: date) -> str:
    return (today.replace(day=1) - timedelta(days=1)).strftime("%Y-%m")


def _ids(request: HttpRequest) -> set[UUID]:
    found = set()
    for text in request.POST.getlist("seen")[:5000]:
        try:
            found.add(UUID(text))
        except ValueError:
            continue
    return found
