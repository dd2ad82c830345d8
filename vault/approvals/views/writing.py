"""What a reader writes down beside the pages that he reads."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from vault.approvals import errors, reading, reading_errors
from vault.approvals import reading_presentation as shown
from vault.approvals.reading_forms import NoteForm
from vault.approvals.services import excerpts
from vault.approvals.services.excerpts import Noted
from vault.approvals.views.reading import session_page
from vault.approvals.views.refusals import tell
from vault.authorization import gate
from vault.authorization.actions import Action
from vault.authorization.context import Context, of_request
from vault.authorization.decorators import requires
from vault.authorization.errors import Refused
from vault.authorization.explanations import explain, in_one
from vault.holdings.errors import HoldingsError

# What comes with the form and is no answer to a question.
_STEP = "step"


@require_POST
@requires(Action.READ_IN_ROOM)
def write(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Keep an excerpt or a quote. What is not kept comes back with this answer alone, and only while he still reads.

    The text is as secret as its source: it stands in no address, no cookie and no store until it is kept.
    """
    viewer = of_request(request)
    found = reading.all_sessions().filter(pk=session_id, reader=viewer.subject.person_id).first()
    if found is None:
        gate.absent(viewer, Action.READ_IN_ROOM, "session", session_id)
    if request.POST.get(_STEP) == "look":
        # The first page that is shown again keeps the session awake: nobody is locked out in the middle of a sentence.
        entries = {name: value for name, value in request.POST.items() if name != _STEP}
        return _again(request, viewer, session_id, shown.note(viewer, found, initial=entries), 200)
    form = shown.note(viewer, found, data=request.POST)
    if form is None:
        # Nothing is approved any more; sent twice, it was kept the first time.
        form = NoteForm(request.POST, requests=[], parts=[], source=found.request.record.levels)
    if not form.is_valid():
        return _again(request, viewer, session_id, form, 400)
    try:
        excerpts.keep(context=viewer, session_id=session_id, noted=_noted(form))
    except errors.ApprovalsError as error:
        if isinstance(error, reading_errors.KeptOtherwise):
            # Another form from here on: sent once more, it is an excerpt of its own.
            anew = {**request.POST.dict(), "key": str(uuid4())}
            form = shown.note(viewer, found, data=anew) or form
            form.full_clean()
        tell(form, error)
        return _again(request, viewer, session_id, form, error.status)
    except HoldingsError as error:
        told = [text for texts in error.fields.values() for text in texts]
        form.add_error(None, told or [str(error.sentence)])
        return _again(request, viewer, session_id, form, error.status)
    except Refused as refused:
        form.add_error(None, in_one(explain(refused.decision)))
        return _again(request, viewer, session_id, form, 403)
    messages.success(request, _("Kept as a record of its own. It waits for the decision on its label."))
    return HttpResponseRedirect(reverse("approvals:session", args=[session_id]))


def _again(
    request: HttpRequest, viewer: Context, session_id: UUID, form: NoteForm | None, status: int
) -> HttpResponse:
    """The page as it stands now, read anew: whoever may not write any more gets nothing back."""
    found = reading.all_sessions().get(pk=session_id)
    still = form is not None and found.is_live and shown.note(viewer, found) is not None
    problem = (
        "" if still else _("Nothing was kept, and the text is gone: the session or the approval is over.")
    )
    return session_page(request, viewer, found, note=form if still else None, problem=problem, status=status)


def _noted(form: NoteForm) -> Noted:
    data: dict[str, Any] = form.cleaned_data
    return Noted(
        request_id=data["request"],
        key=data["key"],
        title=data["title"],
        text=data["text"],
        component_id=data["component"],
        pages=data["pages"],
        lower=form.below.get(data.get("lower") or ""),
        point=data.get("point") or "",
    )
