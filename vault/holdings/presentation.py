"""How records, files and refusals are said to people: plain dictionaries for the templates."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts.models import Person
from accounts.rules import ZONE
from storage.inspection import explain, kind_for
from vault.authorization.actions import Action
from vault.authorization.context import Context
from vault.authorization.decision import Allow, decide
from vault.authorization.facts import UNRELATED, ObjectFacts
from vault.authorization.grants import actions_of
from vault.authorization.levels import OPEN, Levels
from vault.holdings import labels, quarantine, selectors
from vault.holdings.label_facts import row_badge, with_labels
from vault.holdings.models import (
    ArchiveFile,
    ComponentVersion,
    ObjectEvent,
    Record,
    RecordUserPermission,
    StagedFile,
)
from vault.holdings.rules import ComponentRole, LabelStatus, RecordState

STATE_LABELS = {
    RecordState.DRAFT: gettext_lazy("Draft"),
    RecordState.REGISTERED: gettext_lazy("Registered"),
    RecordState.BUNDLED: gettext_lazy("Bundled"),
    RecordState.ARCHIVED: gettext_lazy("Archived"),
    RecordState.DESTROYED: gettext_lazy("Destroyed"),
}
STATE_KINDS = {RecordState.DRAFT: "soon", RecordState.REGISTERED: "info", RecordState.ARCHIVED: "ok"}
ROLE_LABELS = {
    ComponentRole.TEXT: gettext_lazy("Text"),
    ComponentRole.ATTACHMENT: gettext_lazy("Attachment"),
    ComponentRole.DRAFT: gettext_lazy("Draft version"),
    ComponentRole.RECORDING: gettext_lazy("Recording"),
    ComponentRole.PAGE_SCAN: gettext_lazy("Page scan"),
}
SCANNED_LABELS = {
    "clean": gettext_lazy("virus check: clean"),
    "infected": gettext_lazy("virus check: infected"),
    "not_scanned": gettext_lazy("not scanned for viruses"),
}


def uuid_or_none(text: str) -> UUID | None:
    """The UUID a piece of an address names, or None."""
    try:
        return UUID(text)
    except ValueError:
        return None


def state_label(state: str) -> str:
    return str(STATE_LABELS[RecordState(state)])


def may_file(viewer: Context) -> bool:
    """Whether the filing page is offered: somewhere the viewer holds a duty that files."""
    return any(
        isinstance(
            decide(
                Action.DRAFT,
                viewer.subject,
                ObjectFacts(type="record", id=None, unit_id=unit, levels=OPEN, line=frozenset({unit})),
                UNRELATED,
            ),
            Allow,
        )
        for unit in {unit for _duty, unit in viewer.subject.duties}
    )


def row(record: Record, *, pickable: bool = False, first_page: UUID | None = None) -> dict[str, object]:
    """One line of the list; only here is the title decrypted. `first_page` is the component whose page is shown."""
    return {
        "first_page_url": reverse("holdings:thumbnail", args=[record.pk, first_page]) if first_page else "",
        "chosen_as": f"{record.pk}:{record.version}" if pickable else "",
        "url": reverse("holdings:record", args=[record.pk]),
        "code": record.archival_code,
        "title": record.title,
        "unit_name": record.unit.name,
        "level": row_badge(record),
        "date": record.record_date,
        "pages": record.page_count or "",
        "state_label": state_label(record.state),
        "state_kind": STATE_KINDS.get(RecordState(record.state), ""),
        "proposed": getattr(record, "label_status", "") == LabelStatus.PROPOSED,
    }


def archive_file_row(file: ArchiveFile, shown: Levels) -> dict[str, object]:
    """One line of the list of archive files; `shown` is `selectors.raised_to` for the viewer."""
    return {
        "url": reverse("holdings:archive_file", args=[file.pk]),
        "title": file.title,
        "year": file.year,
        "series": f"{file.series.code} {file.series.name}",
        "unit_name": file.unit.name,
        "level": labels.badge(shown),
    }


def archive_file(file: ArchiveFile, shown: Levels) -> dict[str, object]:
    """The page of an archive file: its own label, and the one that the records the viewer may know of have raised it
    to (CL-11, PE-05).
    """
    own = Levels(file.own_state_level, file.own_enterprise_level, file.own_restricted)
    facts = [
        (_("Year"), str(file.year)),
        (_("Series"), f"{file.series.code} {file.series.name}"),
        (_("Unit"), file.unit.name),
        (_("Own label"), labels.badge(own).text),
    ]
    if shown != own:
        facts.append((_("Raised by its records to"), labels.badge(shown).text))
    return {"title": file.title, "level": labels.badge(shown), "facts": facts}


def size_label(size: int) -> str:
    """1,536 → 1.5 KB."""
    amount = float(size)
    for unit in ("B", "KB", "MB"):
        if amount < 1024:
            return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1024
    return f"{amount:.2f} GB"


def media_type_label(media_type: str) -> str:
    """The kind's own name; of what is no kind that is kept, only that."""
    kind = kind_for(media_type)
    return kind.code.upper() if kind is not None else _("another kind")


def reasons(finding: Mapping[str, Any]) -> list[str]:
    """Why a file was held back, in the reader's language."""
    language = get_language() or "zh"
    return [explain(code, language) for code in finding["reasons"]]


def quarantined(viewer: Context, file: StagedFile, *, owner: Person | None) -> dict[str, object]:
    """An entry of the quarantine as shown: who deals with it, and by when; nobody closes his own."""
    close_url = reverse("holdings:close_quarantine", args=[file.pk])
    return {
        "close_url": "" if _sent(viewer, file) else close_url,
        "name": name_in_quarantine(viewer, file),
        "when": file.received_at,
        "owner": owner.name if owner is not None else _("the archivist of the unit that keeps it"),
        "due": quarantine.due_on(file),
        "overdue": quarantine.is_overdue(file),
        "who": file.session.account.person.name,
        "unit_name": file.session.unit.name,
        "size_label": size_label(file.size),
        "media_type_label": media_type_label(file.media_type),
        "level": labels.badge(file.session.levels),
        "reasons": reasons(file.finding),
    }


def name_in_quarantine(viewer: Context, file: StagedFile) -> str:
    """A classified file's name is its sender's alone: it tells of a record that others may not know of (PE-05)."""
    is_told = _sent(viewer, file) or not file.session.levels.is_classified
    return str(file.name) if is_told else _("(a classified file)")


def _sent(viewer: Context, file: StagedFile) -> bool:
    return file.session.account.person_id == viewer.subject.person_id


def description_facts(record: Record, *, file_title: str) -> list[tuple[str, str]]:
    """What describes a record; `file_title` is its archive file's where the viewer may know of that."""
    facts = [
        (_("Creator"), record.creator),
        (_("Document number"), record.document_no),
        (_("Date"), record.record_date.isoformat()),
        (_("Unit"), record.unit.name),
        (_("Series"), f"{record.series.code} {record.series.name}"),
        (_("Retention"), f"{record.retention_class.code} {record.retention_class.name}"),
        (_("Archive file"), file_title),
        (_("Place of the paper"), record.place),
        (_("Pages"), f"{record.page_count:,}" if record.page_count else ""),
        (_("Filed by"), record.filed_by.name),
    ]
    return [(label, value) for label, value in facts if value]


def component(
    record: Record, versions: list[ComponentVersion], *, readable: bool, copyable: bool, correctable: bool
) -> dict[str, object]:
    """One line of the component table, from its versions, newest first; addresses only for what may be opened."""
    newest = versions[0]
    finding = newest.finding
    args = [record.pk, newest.component_id]
    return {
        "name": newest.name,
        "kind_label": str(ROLE_LABELS[ComponentRole(newest.component.role)]),
        "media_type_label": media_type_label(newest.media_type),
        "pages": newest.page_count,
        "size_label": size_label(newest.size),
        "integrity": {"label": _("verified on arrival"), "kind": "ok"},
        "scanned_label": str(SCANNED_LABELS.get(str(finding.get("scanned")), "")),
        "not_previewable": explain(
            finding["not_previewable_reason"] or "kind_not_previewed", get_language() or "zh"
        )
        if newest.viewer == "none"
        else "",
        "view_url": reverse("holdings:viewer", args=args) if readable and newest.viewer == "pages" else "",
        "thumbnail_url": reverse("holdings:thumbnail", args=args)
        if readable and newest.viewer == "pages" and not record.levels.is_classified
        else "",
        "play_url": reverse("holdings:player", args=args) if readable and newest.viewer == "audio" else "",
        "download_url": reverse("holdings:original", args=args) if copyable else "",
        "correct_url": reverse("holdings:correct", args=args) if correctable else "",
        "versions": [_version(record, version, readable=readable, copyable=copyable) for version in versions],
    }


def _version(
    record: Record, version: ComponentVersion, *, readable: bool, copyable: bool
) -> dict[str, object]:
    """One version: who brought it and why, and where it is opened."""
    args = [record.pk, version.component_id, version.number]
    opened_by = {"pages": "holdings:version_viewer", "audio": "holdings:version_player"}.get(version.viewer)
    return {
        "number": version.number,
        "when": version.created_at,
        "who": version.created_by.name,
        "reason": version.reason,
        "url": reverse(opened_by, args=args) if readable and opened_by else "",
        "download_url": reverse("holdings:version_original", args=args) if copyable else "",
    }


def knowers(record: Record, *, removable: bool = False) -> list[dict[str, object]]:
    """The need-to-know list as shown; everyone on it may see who else is."""
    roles = {"filer": _("filed it"), "decider": _("decides the label"), "reader": ""}
    return [
        {
            "name": entry.person.name,
            "unit_name": entry.person.unit.name,
            "since": entry.starts_at,
            "added_by": entry.named_by.name,
            "reason": entry.reason or roles[entry.role],
            "remove_url": reverse("holdings:strike", args=[record.pk, entry.pk]) if removable else "",
        }
        for entry in selectors.knowers(record)
    ]


def grants(record: Record, *, revocable: bool = False) -> list[dict[str, object]]:
    """Grants in force as shown."""
    return [
        {
            "person_name": grant.user.person.name,
            "action_label": action_label(action),
            "starts": grant.starts_at,
            "ends": grant.ends_at,
            "granted_by": grant.granted_by.name,
            "reason": "",
            "state_label": _("in force"),
            "state_kind": "ok",
            "revoke_url": reverse("holdings:end_grant", args=[record.pk, grant.pk]) if revocable else "",
        }
        for grant in selectors.grants(record)
        for action in actions_of([grant.permission.codename])
    ]


def grants_due(rows: Sequence[RecordUserPermission]) -> list[dict[str, object]]:
    """Grants to look at, each with its record's level and period."""
    labelled = with_labels(
        Record.objects.filter(pk__in={grant.content_object_id for grant in rows})
    ).in_bulk()
    return [
        {
            "title": grant.content_object.title,
            "url": reverse("holdings:record", args=[grant.content_object_id]),
            "unit_name": grant.content_object.unit.name,
            "level": row_badge(labelled[grant.content_object_id]),
            "person_name": grant.user.person.name,
            "person_unit": grant.user.person.unit.name,
            "action_label": "、".join(action_label(one) for one in actions_of([grant.permission.codename])),
            "starts": grant.starts_at,
            "ends": grant.ends_at,
            "granted_by": grant.granted_by.name,
            "looked_at": grant.looked_at,
            "keep_url": reverse("holdings:keep_grant", args=[grant.content_object_id, grant.pk]),
            "end_url": reverse("holdings:end_grant", args=[grant.content_object_id, grant.pk]),
        }
        for grant in rows
    ]


ACTION_LABELS = {
    Action.DESCRIBE: gettext_lazy("know of it"),
    Action.CONSULT: gettext_lazy("consult"),
    Action.EXCERPT: gettext_lazy("excerpt"),
    Action.QUOTE: gettext_lazy("quote"),
    Action.COPY: gettext_lazy("copy"),
    Action.PRINT: gettext_lazy("print"),
    Action.EXPORT: gettext_lazy("export"),
    Action.CHANGE_LABEL: gettext_lazy("propose another label"),
    Action.LEND: gettext_lazy("lend"),
}


def action_label(action: Action) -> str:
    return str(ACTION_LABELS[action])


EVENT_LABELS = {
    "capture": gettext_lazy("Captured"),
    "message digest calculation": gettext_lazy("Digest calculated"),
    "format identification": gettext_lazy("Format identified"),
    "validation": gettext_lazy("Validated"),
    "virus check": gettext_lazy("Virus check"),
    "encryption": gettext_lazy("Encrypted"),
    "registration": gettext_lazy("Registered"),
    "classification": gettext_lazy("Label decided or proposed"),
    "version": gettext_lazy("New version"),
    "move": gettext_lazy("Moved into another archive file"),
    "need-to-know narrowed": gettext_lazy("Somebody struck from the need-to-know list"),
    "need-to-know widened": gettext_lazy("Need-to-know list changed"),
    "fixity check": gettext_lazy("Fixity check"),
}


def event_text(event: ObjectEvent) -> str:
    """One line of a record's history."""
    agent = event.agent_person.name if event.agent_person is not None else _(event.agent_software)
    return f"{EVENT_LABELS[event.type]} · {agent}"


def waveform(peaks: Sequence[int]) -> str:
    """Loudness as a picture: a bar for each part, of a grey that stands out on light and on dark paper."""
    bars = "".join(f"M{n * 4 + 2} {100 - max(peak, 1)}V{100 + max(peak, 1)}" for n, peak in enumerate(peaks))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {len(peaks) * 4} 200" preserveAspectRatio="none">'
        f'<path d="{bars}" stroke="#7b8794" stroke-width="2.4"/></svg>'
    )


def stepper(record: Record) -> list[dict[str, str]]:
    """The life of a record as steps; what lies ahead is shown and not yet reachable."""
    order = (RecordState.DRAFT, RecordState.REGISTERED, RecordState.BUNDLED, RecordState.ARCHIVED)
    now = order.index(RecordState(record.state)) if record.state in order else len(order)
    when = {
        RecordState.DRAFT: f"{record.filed_by.name} {record.created_at.astimezone(ZONE):%m-%d %H:%M}",
        RecordState.REGISTERED: f"{record.registered_at.astimezone(ZONE):%m-%d %H:%M}"
        if record.registered_at
        else "",
    }
    return [
        {
            "label": state_label(state),
            "who_when": when.get(state, ""),
            "status": "done" if index < now else "now" if index == now else "todo",
        }
        for index, state in enumerate(order)
    ]
