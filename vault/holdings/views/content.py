"""Content: page images with the reader's watermark, recordings in ranges, originals of what may be copied."""

from contextlib import ExitStack
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.models import Person
from storage.rendering import NoSuchPage, RenderingError
from vault.authorization.actions import Action
from vault.authorization.context import Context, of_request
from vault.authorization.decorators import requires
from vault.authorization.errors import Absent
from vault.authorization.permit import Permit
from vault.holdings import custody, http_content, leases, presentation, selectors
from vault.holdings.models import ComponentVersion
from vault.holdings.rules import IntegrityStatus
from vault.holdings.views.record import frame

PAGE_WIDTH = 1240
LOCAL_FORMAT = "%Y-%m-%d %H:%M"


@require_safe
@requires(Action.CONSULT)
def viewer(request: HttpRequest, record_id: UUID, component_id: UUID) -> HttpResponse:
    """The pages of a component as images; nothing to download."""
    reader = of_request(request)
    record, _permit = leases.permit_for(reader, Action.CONSULT, record_id, component_id)
    version = _current(component_id)
    count = version.page_count or 0
    return render(
        request,
        "holdings/viewer.html",
        {
            **frame(record, selectors.latest_decision(record)),
            "component": {"name": version.name},
            "pages": [
                {
                    "number": number,
                    "url": reverse("holdings:page", args=[record.pk, component_id, number]),
                }
                for number in range(1, count + 1)
            ],
            "watermark_text": _watermark(reader),
            "back_url": reverse("holdings:record", args=[record.pk]),
        },
    )


@require_safe
@requires(Action.CONSULT)
def page_image(request: HttpRequest, record_id: UUID, component_id: UUID, number: int) -> HttpResponse:
    """One page; beyond the last it is absent."""
    reader = of_request(request)
    _record, permit = leases.permit_for(reader, Action.CONSULT, record_id, component_id)
    version = _current(component_id)
    try:
        image = custody.render_page(
            permit, version, page=number, width=PAGE_WIDTH, watermark=_watermark(reader)
        )
    except NoSuchPage:
        raise Absent from None
    except RenderingError as error:
        return HttpResponse(
            str(error), status=422, content_type="text/plain; charset=utf-8", headers=http_content.NEVER_KEPT
        )
    return HttpResponse(
        image,
        content_type="image/png",
        headers={**http_content.NEVER_KEPT, "Content-Security-Policy": "default-src 'none'; sandbox"},
    )


@require_safe
@requires(Action.CONSULT)
def player(request: HttpRequest, record_id: UUID, component_id: UUID) -> HttpResponse:
    """The browser's own player over ranges."""
    reader = of_request(request)
    record, _permit = leases.permit_for(reader, Action.CONSULT, record_id, component_id)
    version = _current(component_id)
    return render(
        request,
        "holdings/player.html",
        {
            **frame(record, selectors.latest_decision(record)),
            "component": {
                "name": version.name,
                "media_type_label": presentation.media_type_label(version.media_type),
                "size_label": presentation.size_label(version.size),
            },
            "audio_url": reverse("holdings:audio", args=[record.pk, component_id]),
            "back_url": reverse("holdings:record", args=[record.pk]),
        },
    )


@require_safe
@requires(Action.CONSULT)
def audio(request: HttpRequest, record_id: UUID, component_id: UUID) -> HttpResponseBase:
    """A recording in ranges: one event for the opening, each range decided again."""
    _record, permit = leases.permit_for(of_request(request), Action.CONSULT, record_id, component_id)
    version = _current(component_id)
    if not version.media_type.startswith("audio/"):
        raise Absent
    return _send(request, permit, version, attachment=False)


@require_safe
@requires(Action.COPY)
def original(request: HttpRequest, record_id: UUID, component_id: UUID) -> HttpResponseBase:
    """The stored bytes, for whoever may COPY; never of classified content (RR-04)."""
    record, permit = leases.permit_for(of_request(request), Action.COPY, record_id, component_id)
    if record.levels.is_classified:
        # Approved copies of classified records are made page by page in the reproduction register.
        raise Absent
    return _send(request, permit, _current(component_id), attachment=True)


def _send(
    request: HttpRequest, permit: Permit, version: ComponentVersion, *, attachment: bool
) -> HttpResponseBase:
    stack = ExitStack()
    reader = stack.enter_context(custody.open_content(permit, version))
    return http_content.serve(
        request,
        stack,
        reader,
        media_type=version.media_type if not attachment else "application/octet-stream",
        name=version.name,
        attachment=attachment,
    )


def _current(component_id: UUID) -> ComponentVersion:
    """The newest accepted version, after the gate has answered for its component."""
    version = (
        ComponentVersion.objects.filter(component_id=component_id, integrity=IntegrityStatus.ACCEPTED)
        .select_related("component__record", "key_slot")
        .order_by("-number")
        .first()
    )
    if version is None:
        raise Absent
    return version


def _watermark(reader: Context) -> str:
    """Who reads, where from and when: enough to trace a photograph of the screen."""
    person = Person.objects.select_related("unit").get(pk=reader.subject.person_id)
    staff_no = reader.account.staff_no if reader.account is not None else ""
    at = reader.instant.astimezone(selectors.LOCAL).strftime(LOCAL_FORMAT)
    return f"{person.name} {staff_no} · {person.unit.name} · {at}"
