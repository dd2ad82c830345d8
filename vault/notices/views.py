"""Home per duty, and the language and theme of whoever is here."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import appearance
from audit import clock
from vault.authorization import gate
from vault.authorization.actions import Action
from vault.authorization.context import of_request
from vault.authorization.decorators import requires
from vault.notices import worklists


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
            "worklists": [w for w in found if not w.aside],
            "asides": [w for w in found if w.aside],
            "primary_action": primary,
        },
    )


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
