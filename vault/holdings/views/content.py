"""Content: page images with the reader's watermark, recordings in ranges, originals of what may be copied."""

from http import HTTPStatus
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.models import Person
from accounts.rules import ZONE
from storage.rendering import NoSuchPage, RenderingError, has_peaks
from vault.authorization.actions import Action
from vault.authorization.context import Context, of_request
from vault.authorization.decision import Code
from vault.authorization.decorators import requires
from vault.authorization.errors import Absent
from vault.authorization.facts import Obligation
from vault.authorization.permit import Permit
from vault.holdings import custody, errors, http_content, leases, presentation, releases, selectors
from vault.holdings.models import ComponentVersion, Record
from vault.holdings.views.record import frame

PAGE_WIDTH = 1240
# Twice what the page shows it in, for screens of that density.
THUMBNAIL_WIDTH = 240
LOCAL_FORMAT = "%Y-%m-%d %H:%M"


@require_safe
@requires(Action.CONSULT)
def viewer(
    request: HttpRequest, record_id: UUID, component_id: UUID, version: int | None = None
) -> HttpResponse:
    """The pages of a component as images; nothing to download."""
    reader = of_request(request)
    record, _permit, shown = leases.permit_for(reader, Action.CONSULT, record_id, component_id, version)
    return render(
        request,
        "holdings/viewer.html",
        {
            **frame(record, selectors.latest_decision(record)),
            "component": {"name": shown.name},
            "version": version,
            "pages": [
                {"number": number, "url": _address("page", record, shown, version, number=number)}
                for number in range(1, (shown.page_count or 0) + 1)
            ],
            "watermark_text": _watermark(reader),
            "back_url": reverse("holdings:record", args=[record.pk]),
        },
    )


@require_safe
@requires(Action.CONSULT)
def page_image(
    request: HttpRequest, record_id: UUID, component_id: UUID, number: int, version: int | None = None
) -> HttpResponse:
    """One page; beyond the last it is absent."""
    reader = of_request(request)
    record, permit, shown = leases.permit_for(
        reader, Action.CONSULT, record_id, component_id, version, pages=(number,)
    )
    release = None
    # A shielded record that is not classified has no session: its openings are in the log.
    if Obligation.REGISTER_PAGE in permit.obligations and record.levels.is_classified:
        release = releases.of(reader, record.pk)
    mark = _watermark(reader) if release is None else f"{_watermark(reader)} · {release.mark}"
    drawn = _drawn(permit, shown, page=number, width=PAGE_WIDTH, watermark=mark)
    if release is not None and drawn.status_code == HTTPStatus.OK:
        release.enter(shown, number)
    return drawn


@require_safe
@requires(Action.PREVIEW)
def thumbnail(request: HttpRequest, record_id: UUID, component_id: UUID) -> HttpResponse:
    """The first page, small, under the reader's watermark; never of a secret.

    Made when it is looked at and never kept: a kept one would be one more body to erase with its record.
    """
    reader = of_request(request)
    _record, permit, shown = leases.permit_for(reader, Action.PREVIEW, record_id, component_id, pages=(1,))
    return _drawn(permit, shown, page=1, width=THUMBNAIL_WIDTH, watermark=_watermark(reader))


@require_safe
@requires(Action.CONSULT)
def player(
    request: HttpRequest, record_id: UUID, component_id: UUID, version: int | None = None
) -> HttpResponse:
    """The browser's own player over ranges."""
    reader = of_request(request)
    record, _permit, played = leases.permit_for(reader, Action.CONSULT, record_id, component_id, version)
    return render(
        request,
        "holdings/player.html",
        {
            **frame(record, selectors.latest_decision(record)),
            "component": {
                "name": played.name,
                "media_type_label": presentation.media_type_label(played.media_type),
                "size_label": presentation.size_label(played.size),
            },
            "version": version,
            "audio_url": _address("audio", record, played, version),
            "waveform_url": _address("waveform", record, played, version)
            if has_peaks(played.media_type)
            else "",
            "back_url": reverse("holdings:record", args=[record.pk]),
        },
    )


@require_safe
@requires(Action.CONSULT)
def audio(
    request: HttpRequest, record_id: UUID, component_id: UUID, version: int | None = None
) -> HttpResponseBase:
    """A recording in ranges: one event for the opening, each range decided again."""
    _record, permit, played = leases.permit_for(
        of_request(request), Action.CONSULT, record_id, component_id, version
    )
    if not played.media_type.startswith("audio/"):
        raise Absent
    return _send(request, permit, played, attachment=False)


@require_safe
@requires(Action.CONSULT)
def waveform(
    request: HttpRequest, record_id: UUID, component_id: UUID, version: int | None = None
) -> HttpResponse:
    """A recording as a picture of its loudness, under the same opening as its sound; made anew each time."""
    _record, permit, played = leases.permit_for(
        of_request(request), Action.CONSULT, record_id, component_id, version
    )
    if not has_peaks(played.media_type):
        raise Absent
    try:
        drawn = presentation.waveform(custody.waveform(permit, played))
    except errors.NotPreviewable as error:
        return _no_image(str(error.sentence), error.status)
    except RenderingError as error:
        return _no_image(str(error), 422)
    return HttpResponse(
        drawn,
        content_type="image/svg+xml",
        headers={**http_content.NEVER_KEPT, "Content-Security-Policy": "default-src 'none'; sandbox"},
    )


@require_safe
@requires(Action.COPY)
def original(
    request: HttpRequest, record_id: UUID, component_id: UUID, version: int | None = None
) -> HttpResponseBase:
    """The stored bytes, for whoever may COPY; never of classified content (RR-04)."""
    record, permit, copied = leases.permit_for(
        of_request(request), Action.COPY, record_id, component_id, version
    )
    if record.levels.is_classified or permit.code is Code.APPROVED:
        # What a request approved is a marked copy, counted in the register of copies, and never the stored bytes.
        raise Absent
    return _send(request, permit, copied, attachment=True)


def _drawn(permit: Permit, shown: ComponentVersion, *, page: int, width: int, watermark: str) -> HttpResponse:
    try:
        image = custody.render_page(permit, shown, page=page, width=width, watermark=watermark)
    except NoSuchPage:
        raise Absent from None
    except errors.NotPreviewable as error:
        return _no_image(str(error.sentence), error.status)
    except RenderingError as error:
        return _no_image(str(error), 422)
    return HttpResponse(
        image,
        content_type="image/png",
        headers={**http_content.NEVER_KEPT, "Content-Security-Policy": "default-src 'none'; sandbox"},
    )


def _no_image(sentence: str, status: int) -> HttpResponse:
    return HttpResponse(
        sentence, status=status, content_type="text/plain; charset=utf-8", headers=http_content.NEVER_KEPT
    )


def _send(
    request: HttpRequest, permit: Permit, version: ComponentVersion, *, attachment: bool
) -> HttpResponseBase:
    return http_content.serve(
        request,
        custody.open_content(permit, version),
        media_type=version.media_type if not attachment else "application/octet-stream",
        name=version.name,
        attachment=attachment,
    )


def _address(route: str, record: Record, shown: ComponentVersion, version: int | None, **more: int) -> str:
    """The address of a part of what is shown; an earlier version keeps its number in it."""
    asked = {"record_id": record.pk, "component_id": shown.component_id, **more}
    if version is None:
        return reverse(f"holdings:{route}", kwargs=asked)
    return reverse(f"holdings:version_{route}", kwargs={**asked, "version": version})


def _watermark(reader: Context) -> str:
    """Who reads, where from and when: enough to trace a photograph of the screen."""
    person = Person.objects.select_related("unit").get(pk=reader.subject.person_id)
    staff_no = reader.account.staff_no if reader.account is not None else ""
    at = reader.instant.astimezone(ZONE).strftime(LOCAL_FORMAT)
    return f"{person.name} {staff_no} · {person.unit.name} · {at}"
