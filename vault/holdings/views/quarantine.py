"""What was held back on its way in: shown with its reasons, opened by nobody, closed with a reason."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from vault.authorization import gate
from vault.authorization.actions import Action
from vault.authorization.context import of_request
from vault.authorization.decorators import requires
from vault.holdings import errors, presentation, selectors
from vault.holdings import quarantine as held_back
from vault.holdings.forms import ReasonForm
from vault.holdings.services import staging

PAGE = 50


@require_safe
@requires(Action.LIST)
def entries(request: HttpRequest) -> HttpResponse:
    """Files that were held back, with the reasons; nobody opens them here."""
    viewer = of_request(request)
    page = Paginator(selectors.quarantined(viewer), PAGE).get_page(request.GET.get("page"))
    gate.authorize(viewer, Action.LIST, sealed={"list": "quarantine", "total": page.paginator.count})
    owners = held_back.owners(page.object_list)
    return render(
        request,
        "holdings/quarantine.html",
        {
            "files": [
                presentation.quarantined(viewer, file, owner=owners.get(file.pk)) for file in page.object_list
            ],
            "total": page.paginator.count,
            "first": page.start_index(),
            "last": page.end_index(),
            "next_url": f"?page={page.next_page_number()}" if page.has_next() else "",
            "prev_url": f"?page={page.previous_page_number()}" if page.has_previous() else "",
        },
    )


@require_POST
@requires(Action.CLOSE_QUARANTINE)
def close(request: HttpRequest, file_id: UUID) -> HttpResponse:
    """End one entry: the file goes, the reason stays."""
    try:
        staging.close_quarantine(
            context=of_request(request), file_id=file_id, reason=ReasonForm(request.POST).told()
        )
        messages.success(request, _("Closed: the file is erased, and your reason stays on record."))
    except errors.HoldingsError as error:
        messages.error(request, str(error.sentence))
    return HttpResponseRedirect(reverse("holdings:quarantine"))
