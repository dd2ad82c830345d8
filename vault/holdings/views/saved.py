"""Saved views: filters of the list that a person keeps under a name of his own."""

from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from vault.authorization import gate
from vault.authorization.actions import Action
from vault.authorization.context import of_request
from vault.authorization.decorators import requires
from vault.holdings import errors
from vault.holdings.forms import ViewForm
from vault.holdings.models import SavedView
from vault.holdings.services import saved_views as services
from vault.holdings.views.lists import choices_of, filters_of, in_words, units_offered


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Action.LIST, unsafe=Action.KEEP_VIEW)
def saved_views(request: HttpRequest) -> HttpResponse:
    """One's own views; what is posted is kept as one more. The list checks the filters anew when one is opened."""
    viewer = of_request(request)
    query = _cleaned(request)
    form = ViewForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            services.save_view(context=viewer, name=form.cleaned_data["name"], query=query)
            messages.success(request, _("The view is kept."))
            return HttpResponseRedirect(reverse("holdings:views"))
        except errors.HoldingsError as error:
            form.add_error(None, str(error.sentence))
    kept = sorted(SavedView.objects.filter(person=viewer.subject.person_id), key=lambda view: view.name)
    gate.authorize(viewer, Action.LIST, sealed={"list": "saved views", "total": len(kept)})
    address = reverse("holdings:list")
    choices = choices_of(units_offered().values())
    return render(
        request,
        "holdings/views.html",
        {
            "form": form if query else None,
            "query": query,
            "query_said": in_words(viewer, query, choices),
            "views": [
                {
                    "name": view.name,
                    "said": in_words(viewer, view.query, choices),
                    "url": f"{address}?{view.query}",
                    "rename_url": reverse("holdings:rename_view", args=[view.pk]),
                    "drop_url": reverse("holdings:drop_view", args=[view.pk]),
                }
                for view in kept
            ],
            "list_url": address,
        },
        status=400 if form.errors else 200,
    )


@require_POST
@requires(Action.KEEP_VIEW)
def rename_view(request: HttpRequest, view_id: UUID) -> HttpResponse:
    """Another name for one's own view."""
    form = ViewForm(request.POST)
    try:
        name = form.cleaned_data["name"] if form.is_valid() else ""
        services.rename_view(context=of_request(request), view_id=view_id, name=name)
    except errors.HoldingsError:
        messages.error(request, _("Type a name of one line of plain text. Nothing was changed."))
    return HttpResponseRedirect(reverse("holdings:views"))


@require_POST
@requires(Action.KEEP_VIEW)
def drop_view(request: HttpRequest, view_id: UUID) -> HttpResponse:
    """Throw one's own view away."""
    services.drop_view(context=of_request(request), view_id=view_id)
    messages.success(request, _("The view is deleted."))
    return HttpResponseRedirect(reverse("holdings:views"))


def _cleaned(request: HttpRequest) -> str:
    """The filters that the address or the form carries, as the list itself would take them."""
    given = QueryDict(request.POST.get("query", "")) if request.method == "POST" else request.GET
    return urlencode({name: value for name, value in vars(filters_of(given)).items() if value})
