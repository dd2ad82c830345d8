"""What the programs' interface shows and takes of records. Nothing classified ever comes this far."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from vault.authorization.interface import LARGEST_PAGE, PAGE_SIZE, Said
from vault.authorization.levels import Levels
from vault.holdings.labels import CHOICES
from vault.holdings.models import ComponentVersion, Record
from vault.holdings.rules import RecordState

# One line of text, as the filing form takes it.
Line = Annotated[str, Field(max_length=500)]
LabelName = Literal["open", "internal", "ordinary", "core", "confidential", "secret", "top_secret"]
_NAMES = {levels: name for name, levels in CHOICES.items()}


class RecordQuery(Schema):
    """What the list is narrowed to, and where a page begins."""

    unit: UUID | None = None
    series: UUID | None = None
    label: Literal["open", "internal"] | None = None
    state: RecordState | None = None
    retention: UUID | None = None
    year: int | None = Field(None, ge=1900, le=9998)
    cursor: str | None = Field(None, max_length=64)
    size: int = Field(PAGE_SIZE, ge=1, le=LARGEST_PAGE)


class RecordRow(Schema):
    """One record of a list."""

    id: UUID
    title: str
    record_date: date
    unit_id: UUID
    unit_name: str
    series_id: UUID
    label: str
    state: RecordState
    archival_code: str
    page_count: int


class RecordList(Schema):
    """One page, newest first. `next` is the cursor of the following page, null at the end."""

    total: int
    records: list[RecordRow]
    next: str | None


class RecordDetail(RecordRow):
    """One record whole. `archive_file_id` only where the token may know of that file; `place` of a register card."""

    creator: str
    document_no: str
    place: str
    retention_class_id: UUID
    archive_file_id: UUID | None
    originator_id: UUID
    created_at: datetime
    registered_at: datetime | None
    version: int


class VersionShape(Schema):
    """One accepted body."""

    number: int
    name: str
    media_type: str
    size: int
    page_count: int | None
    created_at: datetime


class ComponentShape(Schema):
    """A part of a record with its accepted versions, newest first."""

    id: UUID
    position: int
    role: str
    versions: list[VersionShape]


class ComponentList(Schema):
    """The parts in their order."""

    components: list[ComponentShape]


class DraftChange(Said):
    """What of a draft's description changes; what is left out stays."""

    title: Line | None = None
    record_date: date | None = None
    document_no: Line | None = None
    creator: Line | None = None
    series: UUID | None = None
    retention_class: UUID | None = None


class RecordWanted(Said):
    """A record about to be made: the page's form without what only classified records have."""

    unit: UUID
    series: UUID
    retention_class: UUID
    record_date: date
    label: LabelName
    title: Line = ""
    document_no: Line = ""
    creator: Line = ""
    archive_file: UUID | None = None
    register_now: bool = False


class UploadWanted(RecordWanted):
    """What the records of an upload will be."""

    grouping: Literal["each", "together"] = "each"


class CardWanted(RecordWanted):
    """What a register card says of its paper: its title, where it lies, and how many pages it has."""

    title: Line
    place: Line
    pages: int | None = Field(None, ge=1, le=99_999)


class CardShape(Schema):
    """The record that the card is."""

    id: UUID


class UploadShape(Schema):
    """An open upload: files are sent to it, then it is filed."""

    id: UUID


class FileShape(Schema):
    """What became of a file: accepted, or held back with the reasons."""

    position: int
    state: Literal["accepted", "quarantined"]
    media_type: str
    page_count: int | None
    reasons: list[str]


class Filed(Schema):
    """The records that came of an upload."""

    records: list[UUID]


def row(record: Record) -> dict[str, Any]:
    """A record as a line."""
    return {
        "id": record.pk,
        "title": record.title,
        "record_date": record.record_date,
        "unit_id": record.unit_id,
        "unit_name": record.unit.name,
        "series_id": record.series_id,
        "label": label_name(record.levels),
        "state": record.state,
        "archival_code": record.archival_code,
        "page_count": record.page_count,
    }


def detail(record: Record, *, archive_file_known: bool) -> dict[str, Any]:
    """A record whole."""
    return {
        **row(record),
        "creator": record.creator,
        "document_no": record.document_no,
        "place": record.place,
        "retention_class_id": record.retention_class_id,
        "archive_file_id": record.archive_file_id if archive_file_known else None,
        "originator_id": record.originator_id,
        "created_at": record.created_at,
        "registered_at": record.registered_at,
        "version": record.version,
    }


def component(versions: list[ComponentVersion]) -> dict[str, Any]:
    """A part, of whose versions those that inspection held back are not shown."""
    part = versions[0].component
    return {
        "id": part.pk,
        "position": part.position,
        "role": part.role,
        "versions": [
            {
                "number": one.number,
                "name": one.name,
                "media_type": one.media_type,
                "size": one.size,
                "page_count": one.page_count,
                "created_at": one.created_at,
            }
            for one in versions
            if one.integrity == "accepted"
        ],
    }


def label_name(levels: Levels) -> str:
    """The name of a label in the interface; no token comes near any other than the two lowest."""
    return _NAMES.get(levels, "")
