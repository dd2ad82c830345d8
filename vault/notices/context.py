"""The shell around every page: who is here, where he may go."""

from itertools import groupby
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from accounts import appearance
from accounts.models import Account
from accounts.rules import DUTY_NAMES, Duty
from vault.authorization.actions import Action
from vault.authorization.context import Context, of_request
from vault.authorization.decision import Allow, decide_at_the_door
from vault.notices import selectors, worklists


def shell(request: HttpRequest) -> dict[str, Any]:
    """`shell` for templates; built only by pages that show it."""
    return {"shell": SimpleLazyObject(lambda: _shell(request))}


def _shell(request: HttpRequest) -> dict[str, Any]:
    found: dict[str, Any] = {
        "theme": appearance.theme_of(request),
        "demo": settings.JINGUI_DEMO,
        "navigation": [],
        "here": getattr(request, "terminal_here", None),
    }
    viewer = of_request(request)
    if not isinstance(request.user, Account) or viewer.account is None:
        return found
    return found | {
        "navigation": _navigation(request, viewer),
        "person_name": viewer.account.person.name,
        "duty_label": "、".join(_duties(viewer)),
        "unit_name": viewer.account.person.unit.name,
        "detail": viewer.account.staff_no,
        "notices": _notices(viewer),
        "links": [
            {"label": _("My account"), "url": reverse("my_account")},
            {"label": _("API tokens"), "url": reverse("administration_tokens")},
        ],
    }


def _duties(viewer: Context) -> list[str]:
    order = list(Duty)
    return [_(DUTY_NAMES[duty]) for duty in sorted(viewer.subject.duty_names, key=order.index)]


def _notices(viewer: Context) -> SimpleLazyObject | None:
    """How many notices he has not read, asked for by the pages that show the bell; None where he may not read them."""
    if not isinstance(decide_at_the_door(Action.READ_NOTICES, viewer.subject), Allow):
        return None
    return SimpleLazyObject(lambda: {"unread": selectors.unread(viewer)})


def _navigation(request: HttpRequest, viewer: Context) -> list[dict[str, Any]]:
    home = worklists.Link(_("Worklist"), reverse("home"), "home", _("Today"))
    links = [home, *worklists.navigation_for(viewer)]
    # Home is where it is and no part of the way to anywhere else.
    within = (link.url for link in links if link.url != home.url and request.path.startswith(link.url))
    current = home.url if request.path == home.url else max(within, key=len, default="")
    return [
        {
            "title": title,
            "items": [
                {
                    "label": link.label,
                    "url": link.url,
                    "icon": link.icon,
                    "current": link.url == current,
                    "count": link.count,
                    "hot": link.hot,
                }
                for link in group
            ],
        }
        for title, group in groupby(links, key=lambda link: link.group)
    ]
