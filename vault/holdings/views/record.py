"""One record: its page, and the steps of its life."""

from datetime import date
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Person
from vault.authorization import gate
from vault.authorization.actions import Action
from vault.authorization.context import Context, of_request
from vault.authorization.decision import Allow, Code, Deny
from vault.authorization.decorators import requires
from vault.authorization.errors import Absent, Refused
from vault.authorization.explanations import explain
from vault.holdings import errors, label_facts, offers, presentation, related, selectors
from vault.holdings.forms import CardDraftForm, DecisionForm, DescriptionForm, DraftForm, LabelForm
from vault.holdings.models import LabelDecision, Record
from vault.holdings.rules import LabelStatus, RecordState
from vault.holdings.services import filing, labelling
from vault.holdings.undecided_presentation import may_use as may_use_tray
from vault.holdings.views.shared import number

# As many as the longest page of the list.
MOST_AT_ONCE = 200


@require_safe
@requires(Action.DESCRIBE)
def record_page(request: HttpRequest, record_id: UUID) -> HttpResponse:
    """Description, label, components and history; the content is one more question."""
    viewer = of_request(request)
    record, _permit = gate.fetch(viewer, Action.DESCRIBE, Record, record_id)
    decision = selectors.latest_decision(record)
    consult = gate.explain(viewer, Action.CONSULT, record)
    copy = gate.explain(viewer, Action.COPY, record)
    readable, copyable = (
        isinstance(consult, Allow),
        isinstance(copy, Allow) and copy.code is not Code.APPROVED,
    )
    may_name = isinstance(gate.explain(viewer, Action.NAME_KNOWERS, record), Allow)
    may_grant = isinstance(gate.explain(viewer, Action.GRANT, record), Allow)
    may_look_back = isinstance(gate.explain(viewer, Action.READ_HISTORY, record), Allow)
    may_correct = isinstance(gate.explain(viewer, Action.CORRECT, record), Allow)
    components = [
        presentation.component(
            record, versions, readable=readable, copyable=copyable, correctable=may_correct
        )
        for versions in selectors.versions(record)
    ]
    history, older = selectors.events(record)
    return render(
        request,
        "holdings/record.html",
        {
            **frame(record, decision),
            "description": presentation.description_facts(record, file_title=_file_title(viewer, record)),
            "components": components,
            # A register card has no content that anybody could be refused.
            "content_refusal": None if readable or not components else explain(consult.code),
            "knowers": presentation.knowers(record) if record.levels.is_classified else None,
            "knowers_url": reverse("holdings:knowers", args=[record.pk]) if may_name else "",
            "grants": presentation.grants(record) if may_grant else None,
            "grants_url": reverse("holdings:grants", args=[record.pk]) if may_grant else "",
            "history": [{"when": event.at, "text": presentation.event_text(event)} for event in history],
            "older_history": older,
            "history_url": reverse("holdings:history", args=[record.pk]) if may_look_back else "",
            "kin": related.of_record(viewer, record),
            "actions": _actions(viewer, record, decision),
        },
    )


@require_POST
@requires(Action.REGISTER)
def register(request: HttpRequest, record_id: UUID) -> HttpResponse:
    """Draft → registered."""
    try:
        filing.register(context=of_request(request), record_id=record_id, version=_version(request))
        messages.success(request, _("The record is registered. A correction is now a new version."))
    except errors.HoldingsError as error:
        messages.error(request, str(error.sentence))
    return _back(record_id)


@require_POST
@requires(Action.REGISTER)
def register_many(request: HttpRequest) -> HttpResponse:
    """Register the drafts chosen in the list, each by its own decision and event; a refused one stops no other."""
    viewer = of_request(request)
    gate.authorize(viewer, Action.LIST)  # no officer comes this far; each draft is a decision of its own
    done, refused = 0, 0
    for chosen in request.POST.getlist("draft")[:MOST_AT_ONCE]:
        pk, _separator, version = chosen.partition(":")
        found = presentation.uuid_or_none(pk)
        if found is None:
            continue
        try:
            filing.register(context=viewer, record_id=found, version=number(version))
            done += 1
        except (Absent, Refused, errors.HoldingsError):
            refused += 1
    if done:
        said = ngettext("%(count)s record registered.", "%(count)s records registered.", done)
        messages.success(request, said % {"count": done})
    if refused:
        said = ngettext(
            "%(count)s draft was not registered: it was changed meanwhile, or it is not yours.",
            "%(count)s drafts were not registered: they were changed meanwhile, or they are not yours.",
            refused,
        )
        messages.warning(request, said % {"count": refused})
    if not done and not refused:
        messages.warning(request, _("Choose at least one draft."))
    return HttpResponseRedirect(f"{reverse('holdings:list')}?state={RecordState.DRAFT}")


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Action.DESCRIBE, unsafe=Action.EDIT_DRAFT)
def edit(request: HttpRequest, record_id: UUID) -> HttpResponse:
    """Change the description of a draft; what somebody else changed meanwhile is not overwritten."""
    viewer = of_request(request)
    conflict = False
    fields = CardDraftForm if selectors.is_card(record_id) else DraftForm
    if request.method == "POST":
        form = fields(request.POST, viewer=viewer)
        if form.is_valid():
            try:
                filing.edit_draft(
                    context=viewer,
                    record_id=record_id,
                    version=_version(request),
                    changes=changes_of(form, record_id),
                )
                return _back(record_id)
            except errors.ChangedMeanwhile:
                conflict = True
            except errors.HoldingsError as error:
                form.add_error(None, str(error.sentence))
    record, _permit = gate.fetch(viewer, Action.DESCRIBE, Record, record_id)
    require(viewer, Action.EDIT_DRAFT, record)
    if request.method != "POST":
        form = fields(initial=initial_of(record), viewer=viewer)
    return render(
        request,
        "holdings/record_edit.html",
        {
            **frame(record, selectors.latest_decision(record)),
            "form": form,
            "version": record.version,
            "conflict": {"fields": _differences(viewer, record, form)} if conflict else None,
        },
        status=409 if conflict else 400 if form.errors else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Action.DESCRIBE, unsafe=Action.CHANGE_LABEL)
def propose_label(request: HttpRequest, record_id: UUID) -> HttpResponse:
    """Propose another label; a higher one protects at once, a lower one when a second person has decided."""
    viewer = of_request(request)
    record, _permit = gate.fetch(viewer, Action.DESCRIBE, Record, record_id)
    require(viewer, Action.CHANGE_LABEL, record)
    filer = Person.objects.get(pk=viewer.subject.person_id)
    form = LabelForm(request.POST if request.method == "POST" else None, filer=filer, present=record.levels)
    if request.method == "POST" and form.is_valid():
        try:
            labelling.propose_label(
                context=viewer,
                record_id=record_id,
                label=form.proposal(),
                originator=form.cleaned_data["originator"],
                decider=form.cleaned_data["decider"],
                knowers=tuple(form.cleaned_data.get("knowers", ())),
            )
            return _back(record_id)
        except errors.HoldingsError as error:
            for name, texts in (error.fields or {"": [str(error.sentence)]}).items():
                form.add_error(name if name in form.fields else None, texts)
    return render(
        request,
        "holdings/label_propose.html",
        {
            **frame(record, selectors.latest_decision(record)),
            "form": form,
            # CL-12: what was written from it follows, each by a decision of its own.
            "kin": related.of_record(viewer, record),
        },
        status=400 if form.errors else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Action.DESCRIBE, unsafe=Action.DECIDE_LABEL)
def decide_label(request: HttpRequest, record_id: UUID) -> HttpResponse:
    """A second person confirms a proposed label or sends it back."""
    viewer = of_request(request)
    record, _permit = gate.fetch(viewer, Action.DESCRIBE, Record, record_id)
    if request.method == "POST":
        require(viewer, Action.DECIDE_LABEL, record)
    decision = selectors.latest_decision(record)
    shown = {"proposal": decision.pk}
    form = DecisionForm(request.POST if request.method == "POST" else None, initial=shown)
    changed = False
    if request.method == "POST" and form.is_valid():
        try:
            labelling.decide_label(
                context=viewer,
                record_id=record_id,
                proposal_id=form.cleaned_data["proposal"],
                confirm=form.cleaned_data["decision"] == "confirm",
                reason=form.cleaned_data["reason"],
            )
            messages.success(request, _("Your decision is recorded."))
            return _back(record_id)
        except errors.ChangedMeanwhile as error:
            # Another proposal came meanwhile: it is shown, and nothing that was answered to the former one counts.
            changed, form = True, DecisionForm(initial=shown)
            messages.error(request, str(error.sentence))
        except errors.HoldingsError as error:
            form.add_error(None, str(error.sentence))
    may = gate.explain(viewer, Action.DECIDE_LABEL, record)
    holding = label_facts.in_force(record, decision)
    return render(
        request,
        "holdings/label_decide.html",
        {
            **frame(record, decision),
            "form": form if isinstance(may, Allow) else None,
            "decide_refusal": explain(may.code) if isinstance(may, Deny) else None,
            "proposal": {
                **label_facts.proposal(record, decision, holding),
                "proposer": decision.proposer.name,
                "when": decision.at,
                "facts": label_facts.classification_facts(record, decision, holding),
            },
        },
        status=409 if changed else 400 if form.errors else 200,
    )


def require(viewer: Context, action: Action, record: Record) -> None:
    """Whoever may not take the action does not see its page either; told why, because he may know of the record.

    The page itself is no intent of the action, so only a refusal is an event here.
    """
    if isinstance(gate.explain(viewer, action, record), Deny):
        gate.authorize(viewer, action, record)  # records the refusal and raises it


def frame(record: Record, decision: LabelDecision) -> dict[str, object]:
    """What every page about one record shows."""
    holding = label_facts.in_force(record, decision)
    return {
        "record": {
            "id": record.pk,
            "url": reverse("holdings:record", args=[record.pk]),
            "title": record.title,
            "code": record.archival_code,
            "level": label_facts.banner(record, decision, holding),
            "proposed": decision.status == LabelStatus.PROPOSED,
            "state_label": presentation.state_label(record.state),
            "is_draft": record.state == RecordState.DRAFT,
            "stepper": presentation.stepper(record),
            "classification": label_facts.classification_facts(record, decision, holding),
        },
        "list_url": reverse("holdings:list"),
        "demo_watermark": _("Exercise sample") if settings.JINGUI_DEMO and record.state_level else "",
    }


def _actions(viewer: Context, record: Record, decision: LabelDecision) -> list[dict[str, object]]:
    """Only what this person may do now."""
    offered = []
    if record.state == RecordState.DRAFT:
        offered.append((Action.EDIT_DRAFT, _("Edit"), "holdings:edit", "get", False))
        offered.append((Action.REGISTER, _("Register"), "holdings:register", "post", False))
    if decision.status == LabelStatus.PROPOSED:
        offered.append((Action.DECIDE_LABEL, _("Decide the label"), "holdings:decide_label", "get", False))
    offered.append((Action.CHANGE_LABEL, _("Propose a label"), "holdings:propose_label", "get", False))
    found: list[dict[str, object]] = [
        {
            "label": label,
            "url": reverse(name, args=[record.pk]),
            "method": method,
            "grave": grave,
            "version": record.version,
            "go": action in {Action.REGISTER, Action.DECIDE_LABEL},
        }
        for action, label, name, method, grave in offered
        if isinstance(gate.explain(viewer, action, record), Allow)
    ]
    found += [
        {"label": offer.label, "url": offer.url, "method": "get"}
        for offer in offers.for_record(viewer, record)
    ]
    if may_use_tray(viewer):
        url = f"{reverse('holdings:put_undecided')}?record={record.pk}"
        found.append({"label": _("Put into the undecided tray"), "url": url, "method": "get"})
    return found


def _file_title(viewer: Context, record: Record) -> str:
    """Whoever holds a grant on one record knows of this record, and not of the file it stands in (PE-03, PE-05)."""
    if record.archive_file_id is None:
        return ""
    return selectors.archive_file_title(viewer, str(record.archive_file_id)) or ""


def initial_of(record: Record) -> dict[str, object]:
    """What stands, by the names of the form's fields."""
    names = ("title", "record_date", "document_no", "creator", "series", "retention_class", "archive_file")
    paper = {"place": record.place, "pages": record.page_count or None}
    return {name: getattr(record, name) for name in names} | paper


def changes_of(form: DescriptionForm, record_id: UUID) -> dict[str, object]:
    """What the form changes; an archive file that this person was not offered stays as it is."""
    changes = dict(form.cleaned_data)
    if "pages" in changes:
        changes["page_count"] = changes.pop("pages") or 0
    kept = Record.objects.filter(pk=record_id).values_list("archive_file_id", flat=True).first()
    offered = form.fields["archive_file"].queryset
    if kept is not None and changes["archive_file"] is None and not offered.filter(pk=kept).exists():
        del changes["archive_file"]
    return changes


def _differences(viewer: Context, record: Record, form: DescriptionForm) -> list[dict[str, str]]:
    """What somebody else saved beside what this person typed, field by field.

    An archive file that this person may not know of is no difference: his form leaves it as it is (PE-05).
    """
    typed, saved = form.cleaned_data, initial_of(record)
    if record.archive_file_id and selectors.archive_file_title(viewer, str(record.archive_file_id)) is None:
        del saved["archive_file"]
    return [
        {"label": str(form.fields[name].label), "theirs": _shown(theirs), "yours": _shown(typed.get(name))}
        for name, theirs in saved.items()
        if name in form.fields and theirs != typed.get(name)
    ]


def _shown(value: object) -> str:
    """What was typed, a day, or the name of what was chosen."""
    if value is None or isinstance(value, str | date):
        return str(value or "")
    return str(getattr(value, "name", None) or getattr(value, "title", None) or value)


def _version(request: HttpRequest) -> int:
    return number(request.POST.get("version", ""))


def _back(record_id: UUID) -> HttpResponse:
    return HttpResponseRedirect(reverse("holdings:record", args=[record_id]))
