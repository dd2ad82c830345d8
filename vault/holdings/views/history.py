"""Who did what with a record, for whoever keeps it."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from vault.authorization import gate
from vault.authorization.actions import Action
from vault.authorization.context import of_request
from vault.authorization.decorators import requires
from vault.holdings import record_log, selectors
from vault.holdings.models import Record
from vault.holdings.views.record import frame
from vault.holdings.views.shared import number


@require_safe
@requires(Action.READ_HISTORY)
def history(request: HttpRequest, record_id: UUID) -> HttpResponse:
    """The record's events in the log, newest first; each look at them is one more."""
    viewer = of_request(request)
    record, _permit = gate.fetch(viewer, Action.READ_HISTORY, Record, record_id)
    before = number(request.GET.get("before", "")) or None
    found = record_log.page(record_id, before)
    address = reverse("holdings:history", args=[record.pk])
    return render(
        request,
        "holdings/history.html",
        {
            **frame(record, selectors.latest_decision(record)),
            "events": record_log.lines(found.events),
            "total": None,
            "newest_url": address if before else "",
            "next_url": f"{address}?before={found.older}" if found.older else "",
        },
    )
