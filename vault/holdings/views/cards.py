"""Register cards: records of paper whose body is not stored here (P-01, P-02)."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import Person
from vault.authorization.actions import Action
from vault.authorization.context import of_request
from vault.authorization.decorators import requires
from vault.authorization.errors import Refused
from vault.authorization.explanations import explain
from vault.holdings import errors
from vault.holdings.forms import CardForm
from vault.holdings.services import filing
from vault.holdings.views.filing import said


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Action.DRAFT)
def card_page(request: HttpRequest) -> HttpResponse:
    """The form of a register card; what is refused keeps what was typed."""
    viewer = of_request(request)
    filer = Person.objects.get(pk=viewer.subject.person_id)
    form = CardForm(request.POST if request.method == "POST" else None, viewer=viewer, filer=filer)
    refusal = None
    if request.method == "POST" and form.is_valid():
        try:
            record = filing.register_card(context=viewer, filing=said(form))
            if form.cleaned_data["register_now"]:
                record = filing.register(context=viewer, record_id=record.pk, version=record.version)
            messages.success(request, _("The paper is on a register card. Its content stays where it lies."))
            return HttpResponseRedirect(reverse("holdings:record", args=[record.pk]))
        except Refused as refused:
            refusal = explain(refused.decision.code)
        except errors.HoldingsError as error:
            form.add_error(None, str(error.sentence))
    return render(
        request,
        "holdings/card.html",
        {"form": form, "card_refusal": refusal, "list_url": reverse("holdings:list")},
        status=403 if refusal else 400 if form.errors else 200,
    )
