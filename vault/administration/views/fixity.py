"""Whether what is stored is still what was put in (PF-02)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from vault.authorization import gate
from vault.authorization.actions import Action
from vault.authorization.context import of_request
from vault.authorization.decorators import requires
from vault.holdings import fixity
from vault.holdings.rules import FIXITY_PERIOD


@require_safe
@requires(Action.INSPECT_INSTANCE)
def fixity_report(request: HttpRequest) -> HttpResponse:
    """How many bodies were compared lately, and which were found damaged; ids alone."""
    gate.authorize(of_request(request), Action.INSPECT_INSTANCE, sealed={"list": "fixity"})
    found = fixity.report()
    return render(
        request,
        "administration/fixity.html",
        {
            "report": found,
            "days": FIXITY_PERIOD.days,
            "facts": [
                (_("Stored bodies"), found.total),
                (_("Compared within %(days)s days, whole") % {"days": FIXITY_PERIOD.days}, found.fresh),
                (_("Never compared yet"), found.never),
                (_("Oldest comparison"), found.oldest or _("none yet")),
            ],
        },
    )
