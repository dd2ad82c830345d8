"""What is done to the records chosen in the list: granted to one person, or moved into another archive file."""

from collections.abc import Callable, Sequence
from datetime import datetime, time
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from accounts.models import Person
from accounts.rules import ZONE
from vault.authorization import gate
from vault.authorization.actions import GRANTABLE, Action
from vault.authorization.context import Context, of_request
from vault.authorization.decision import Code, Deny
from vault.authorization.decorators import requires
from vault.authorization.errors import Absent, Refused
from vault.authorization.explanations import explain
from vault.authorization.scope import visible_to
from vault.holdings import errors, presentation, selectors
from vault.holdings.forms import GrantForm, MoveForm
from vault.holdings.label_facts import with_labels
from vault.holdings.models import ArchiveFile, Record
from vault.holdings.services import together
from vault.holdings.services.together import MOST, Chosen
from vault.holdings.views.lists import back_to_list, has_duty_for
from vault.holdings.views.shared import number

# Why a line is refused where it is no rule of access.
REASONS: dict[str, str | Promise] = {
    errors.ChangedMeanwhile.code: gettext_lazy("Somebody else changed this record meanwhile."),
    errors.GrantHeld.code: errors.GrantHeld.sentence,
    "move-other-unit": gettext_lazy("The archive file is another unit's."),
    "move-other-series": gettext_lazy("The archive file belongs to another series."),
    "move-there-already": gettext_lazy("It stands in this archive file already."),
}


@require_POST
@requires(Action.GRANT)
def grant_many(request: HttpRequest) -> HttpResponse:
    """Grant one action on all of them to one person; first the page that asks to whom and until when."""
    viewer = of_request(request)
    rows, answer = _rows(request, viewer, Action.GRANT)
    if answer is not None:
        return answer
    actions = [(action.value, presentation.action_label(action)) for action in GRANTABLE]
    giver = Person.objects.get(pk=viewer.subject.person_id)
    sent = "step" in request.POST
    form = GrantForm(request.POST if sent else None, giver=giver, actions=actions)

    def act() -> int:
        return together.grant_many(
            context=viewer,
            chosen=_chosen(request),
            person=form.cleaned_data["person"],
            action=Action(form.cleaned_data["action"]),
            ends_at=datetime.combine(form.cleaned_data["ends_on"], time.max, tzinfo=ZONE),
        )

    done, refusal = _attempt(form, act) if sent else (None, None)
    if done is not None:
        messages.success(
            request,
            ngettext("Granted on %(count)s record.", "Granted on %(count)s records.", done) % {"count": done},
        )
        return HttpResponseRedirect(back_to_list(request))
    words = {
        "heading": _("Grant on the chosen records"),
        "explanation": _(
            "One grant on each of them to one person for a time, each with its own entry in the log. A grant never "
            "replaces clearance, the need-to-know list or an approval."
        ),
        "button": _("Give these grants"),
    }
    return _page(request, rows, form, refusal, words)


@require_POST
@requires(Action.MOVE)
def move_many(request: HttpRequest) -> HttpResponse:
    """Move all of them into one archive file; first the page that asks into which."""
    viewer = of_request(request)
    rows, answer = _rows(request, viewer, Action.MOVE)
    if answer is not None:
        return answer
    sent = "step" in request.POST
    form = MoveForm(request.POST if sent else None, files=_files_beside(viewer, rows))

    def act() -> int:
        return together.move_many(
            context=viewer,
            chosen=_chosen(request),
            archive_file_id=form.cleaned_data["archive_file"].pk,
        )

    done, refusal = _attempt(form, act) if sent else (None, None)
    if done is not None:
        messages.success(
            request, ngettext("%(count)s record moved.", "%(count)s records moved.", done) % {"count": done}
        )
        return HttpResponseRedirect(back_to_list(request))
    words = {
        "heading": _("Move the chosen records"),
        "explanation": _(
            "Into another archive file of the unit and series they belong to. A file is as secret as the most secret "
            "record in it: whoever may not know of that record no longer sees the file."
        ),
        "button": _("Move them"),
    }
    return _page(request, rows, form, refusal, words)


def _attempt(form: forms.Form, act: Callable[[], int]) -> tuple[int | None, errors.SomeRefused | None]:
    """To how many it was done, or the refusal with its lines; any other refusal stands on the form."""
    if form.is_valid():
        try:
            return act(), None
        except errors.SomeRefused as refusal:
            return None, refusal
        except errors.HoldingsError as refusal:
            form.add_error(None, str(refusal.sentence))
    return None, None


def _chosen(request: HttpRequest) -> list[Chosen]:
    """What was ticked, as `id:version`; anything else is no record."""
    found = {}
    for text in request.POST.getlist("record"):
        pk, _separator, version = text.partition(":")
        record_id = presentation.uuid_or_none(pk)
        if record_id is not None:
            found[record_id] = Chosen(record_id, number(version))
    return list(found.values())


def _rows(
    request: HttpRequest, viewer: Context, action: Action
) -> tuple[Sequence[Record], HttpResponse | None]:
    """The chosen records that the viewer may know of, or the answer where there is nothing to ask about.

    Whoever holds no duty for the action is told so, and what he asked for is in the log.
    """
    chosen = _chosen(request)
    ids = [one.record_id for one in chosen]
    asked = ids if len(ids) <= MOST else []
    found = with_labels(selectors.records(viewer).filter(pk__in=asked))
    rows = list(found.select_related("unit").order_by("-record_date", "-pk"))
    gate.authorize_list(viewer, Action.LIST, Record, filters={"chosen": len(ids)}, total=len(rows))
    if len(ids) > MOST:
        messages.error(request, str(errors.TooMany.sentence))
    elif not ids:
        messages.warning(request, _("Choose at least one record."))
    if not asked:
        return rows, HttpResponseRedirect(back_to_list(request))
    is_on_duty = has_duty_for(viewer, action)
    if not rows or not is_on_duty:
        gate.authorize_many(viewer, action, Record, asked)
        raise Absent if is_on_duty else Refused(Deny(Code.DUTY_MISSING))
    return rows, None


def _files_beside(viewer: Context, rows: Sequence[Record]) -> QuerySet[ArchiveFile]:
    """Archive files of the units and series of these records that the viewer may know of."""
    units, series = {row.unit_id for row in rows}, {row.series_id for row in rows}
    found = visible_to(viewer, ArchiveFile).filter(unit_id__in=units, series_id__in=series)
    return found.select_related("unit", "series").order_by("-year", "pk")


def _page(
    request: HttpRequest,
    rows: Sequence[Record],
    form: forms.Form,
    refusal: errors.SomeRefused | None,
    words: dict[str, str],
) -> HttpResponse:
    codes = refusal.codes if refusal is not None else {}
    lines: list[dict[str, Any]] = [
        {
            **presentation.row(record),
            "chosen_as": f"{record.pk}:{record.version}",
            "refused": _why(codes[record.pk]) if record.pk in codes else "",
        }
        for record in rows
    ]
    return render(
        request,
        "holdings/together.html",
        {
            **words,
            "form": form,
            "lines": lines,
            "refused": str(refusal.sentence) if refusal is not None else "",
            "unseen": refusal.unseen if refusal is not None else 0,
            "list_url": back_to_list(request),
            "back": request.POST.get("back", ""),
        },
        status=refusal.status if refusal is not None else 400 if form.errors else 200,
    )


def _why(code: str) -> str:
    return str(REASONS[code]) if code in REASONS else str(explain(code).sentence)
