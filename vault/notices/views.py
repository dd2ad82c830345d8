"""Home per duty, one's own notices, and the language and theme of whoever is here."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts import appearance
from audit import clock
from vault.authorization import gate
from vault.authorization.actions import Action
from vault.authorization.context import of_request
from vault.authorization.decorators import requires
from vault.notices import selectors, services, topics, worklists
from vault.notices.models import Notice


@require_safe
@requires(Action.HOME)
def home(request: HttpRequest) -> HttpResponse:
    """What needs me today (interface.md 1.1)."""
    viewer = of_request(request)
    gate.authorize(viewer, Action.HOME)
    found = worklists.worklists_for(viewer)
    primary = worklists.primary_for(viewer)
    return render(
        request,
        "home.html",
        {
            "greeting_name": _("Good day, %(name)s") % {"name": viewer.account.person.name}
            if viewer.account
            else "",
            "today": clock.now(),
            # What there is to do comes before what is empty.
            "worklists": sorted((w for w in found if not w.aside), key=lambda one: not one.entries),
            "asides": [w for w in found if w.aside],
            "primary_action": primary,
        },
    )


@require_safe
@requires(Action.READ_NOTICES)
def notices(request: HttpRequest) -> HttpResponse:
    """One's own notices, newest first: what each is about stands on the page that it leads to."""
    viewer = of_request(request)
    page = selectors.page(viewer, before=_key(request, "before"), after=_key(request, "after"))
    total = selectors.total(viewer)
    gate.authorize(viewer, Action.READ_NOTICES, sealed={"list": "notices", "total": total})
    return render(
        request,
        "notices/notices.html",
        {
            "notices": [_row(notice) for notice in page.notices],
            "unread": selectors.unread(viewer),
            "total": total,
            "prev_url": f"?after={page.newer}" if page.newer else "",
            "next_url": f"?before={page.older}" if page.older else "",
        },
    )


@require_POST
@requires(Action.MARK_NOTICES)
def mark(request: HttpRequest, notice_id: UUID) -> HttpResponse:
    """Mark one as read, and go to its page where that is asked for."""
    notice = services.mark_read(context=of_request(request), notice_id=notice_id)
    return HttpResponseRedirect(notice.path if request.POST.get("go") else reverse("notices"))


@require_POST
@requires(Action.MARK_NOTICES)
def mark_all(request: HttpRequest) -> HttpResponse:
    """Mark all as read."""
    marked = services.mark_all_read(context=of_request(request))
    messages.success(
        request,
        ngettext("%(n)s notice was marked as read.", "%(n)s notices were marked as read.", marked)
        % {"n": marked},
    )
    return HttpResponseRedirect(reverse("notices"))


@require_POST
@requires(Action.SET_LANGUAGE)
def set_language(request: HttpRequest) -> HttpResponse:
    """Keep the language in a cookie, and with the account of whoever is signed in."""
    language = request.POST.get("language", "")
    answer = HttpResponseRedirect(_next(request))
    if appearance.choose_language(request, answer, language):
        translation.activate(language)
    return answer


@require_POST
@requires(Action.SET_LANGUAGE)
def set_theme(request: HttpRequest) -> HttpResponse:
    """Light, dark, or as the system has it; kept like the language."""
    answer = HttpResponseRedirect(_next(request))
    appearance.choose_theme(request, answer, request.POST.get("theme", ""))
    return answer


def _next(request: HttpRequest) -> str:
    wanted = request.POST.get("next") or request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()):
        return wanted
    return "/"


def _row(notice: Notice) -> dict[str, object]:
    said = topics.say(notice.topic, notice.reference)
    return {
        "id": notice.pk,
        "subject": said.subject,
        "line": said.line,
        "at": notice.at,
        "url": notice.path,
        "unread": notice.read_at is None,
    }


def _key(request: HttpRequest, name: str) -> UUID | None:
    """The key that a page's link carries; anything else counts as none."""
    try:
        return UUID(request.GET.get(name, ""))
    except ValueError:
        return None
