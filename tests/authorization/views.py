"""A URLconf whose views do as little as a view can."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import path

from vault.authorization import gate
from vault.authorization.actions import Action
from vault.authorization.context import of_request
from vault.authorization.decorators import requires
from vault.holdings.models import Record
from vault.project import error_views
from vault.project.urls import urlpatterns as real


def undeclared(request: HttpRequest) -> HttpResponse:
    return HttpResponse("nobody asked")


@requires(Action.HEALTH)
def public(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"{len(request.body)}")


@requires(Action.HOME, body_limit=100)
def home(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"{len(request.body)}")


@requires(Action.LIST)
def listing(request: HttpRequest) -> HttpResponse:
    return HttpResponse("list")


@requires(Action.DESCRIBE, unsafe=Action.COPY)
def record(request: HttpRequest, pk: UUID) -> HttpResponse:
    action = Action.DESCRIBE if request.method == "GET" else Action.COPY
    found, _ = gate.fetch(of_request(request), action, Record, pk)
    return HttpResponse(f"record {found.pk}")


urlpatterns = [
    path("t/undeclared/", undeclared),
    path("t/public/", public),
    path("t/home/", home),
    path("t/list/", listing),
    path("t/record/<uuid:pk>/", record),
    *real,
]
handler404 = error_views.not_found
