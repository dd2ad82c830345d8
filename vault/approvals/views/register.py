"""The registers of requests and of secure rooms as files to be printed."""

from collections.abc import Callable

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from storage import forkserver
from storage.forms.errors import FormFailed
from vault.approvals import errors, printing, room_printing
from vault.approvals.forms import PeriodForm
from vault.approvals.reading_forms import RoomPeriodForm
from vault.authorization.actions import Action
from vault.authorization.context import of_request
from vault.authorization.decorators import requires
from vault.holdings import http_content


@require_safe
@requires(Action.PRINT_REGISTER)
def printed(request: HttpRequest) -> HttpResponse:
    """The register of a period as a PDF, made in memory."""
    form = PeriodForm(request.GET)
    if not form.is_valid():
        return _told(form, request, _back)
    period = form.period
    return _made(
        lambda: printing.register(context=of_request(request), period=period), period.name, request, _back
    )


@require_safe
@requires(Action.PRINT_ROOM_REGISTER)
def rooms_printed(request: HttpRequest) -> HttpResponse:
    """The register of the use of secure rooms in a period, the same way."""
    viewer = of_request(request)
    form = RoomPeriodForm(request.GET)
    if not form.is_valid():
        return _told(form, request, _to_rooms)
    data = form.cleaned_data
    period = room_printing.RoomPeriod(data["room"], data["since"], data["until"])
    return _made(
        lambda: room_printing.register(context=viewer, period=period), period.name, request, _to_rooms
    )


def _told(form: Form, request: HttpRequest, back: Callable[[], HttpResponse]) -> HttpResponse:
    messages.error(request, " ".join(str(text) for texts in form.errors.values() for text in texts))
    return back()


def _made(
    make: Callable[[], bytes], name: str, request: HttpRequest, back: Callable[[], HttpResponse]
) -> HttpResponse:
    try:
        made = make()
    except errors.RegisterTooLong as error:
        messages.error(request, str(error.sentence))
        return back()
    except (FormFailed, forkserver.ForkServerUnavailable):
        messages.error(request, _("The register could not be made. Try again in a few minutes."))
        return back()
    headers = {
        **http_content.NEVER_KEPT,
        "Content-Disposition": content_disposition_header(as_attachment=True, filename=name),
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return HttpResponse(made, content_type="application/pdf", headers=headers)


def _back() -> HttpResponseRedirect:
    return HttpResponseRedirect(f"{reverse('approvals:requests')}?list=register")


def _to_rooms() -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("approvals:reading"))
