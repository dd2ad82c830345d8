"""Finding a copy by a scan or a photograph of one of its pages."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from vault.approvals import errors
from vault.approvals.copy_forms import ScanForm
from vault.approvals.services import scans
from vault.authorization import gate
from vault.authorization.actions import Action
from vault.authorization.context import of_request
from vault.authorization.decorators import requires
from vault.holdings import presentation


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Action.READ_COPIES, unsafe=Action.FIND_COPY, body_limit=settings.JINGUI_FORM_LIMIT)
def find(request: HttpRequest) -> HttpResponse:
    """The form; a POST leads to the copy. The file is held in memory and never kept."""
    viewer = of_request(request)
    posted = request.method == "POST"
    form = ScanForm(request.POST, request.FILES) if posted else ScanForm()
    status = 200
    if not posted:
        gate.authorize(viewer, Action.READ_COPIES, sealed={"list": "copies find"})
    elif not form.is_valid():
        status = 400
    else:
        file = form.cleaned_data["file"]
        try:
            found = scans.find(context=viewer, scan=scans.Scan(file.name, file.read()))
        except errors.ApprovalsError as error:
            status = error.status
            for sentence in error.fields.get("file", [str(error.sentence)]):
                form.add_error("file", sentence)
        else:
            if found:
                if len(found) > 1:
                    others = ", ".join(f"{one.request.reference}-{one.number}" for one in found[1:])
                    messages.info(request, _("Also on this scan: %(copies)s.") % {"copies": others})
                return HttpResponseRedirect(reverse("approvals:copy", args=[found[0].pk]))
            form.add_error(
                "file",
                _(
                    "No code of a copy that you may know of was found. Scan the whole page at 200 dpi or more, or type "
                    "the code off the page."
                ),
            )
    return render(
        request,
        "approvals/copy_find.html",
        {
            "form": form,
            "is_at_terminal": viewer.terminal_usable,
            "limit_label": presentation.size_label(scans.LIMIT),
        },
        status=status,
    )
