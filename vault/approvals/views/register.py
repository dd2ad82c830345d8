"""The registers of requests as files to be printed."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from storage import forkserver
from storage.forms.errors import FormFailed
from vault.approvals import errors, printing
from vault.approvals.forms import PeriodForm
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
        messages.error(request, " ".join(str(text) for texts in form.errors.values() for text in texts))
        return _back()
    period = form.period
    try:
        made = printing.register(context=of_request(request), period=period)
    except errors.RegisterTooLong as error:
        messages.error(request, str(error.sentence))
        return _back()
    except (FormFailed, forkserver.ForkServerUnavailable):
        messages.error(request, _("The register could not be made. Try again in a few minutes."))
        return _back()
    headers = {
        **http_content.NEVER_KEPT,
        "Content-Disposition": content_disposition_header(as_attachment=True, filename=period.name),
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return HttpResponse(made, content_type="application/pdf", headers=headers)


def _back() -> HttpResponseRedirect:
    return HttpResponseRedirect(f"{reverse('approvals:requests')}?list=register")
