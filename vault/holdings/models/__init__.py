"""Tables of the holdings, by subject."""

from vault.holdings.models.arrangement import ArchiveFile, Fonds, RetentionClass, Series
from vault.holdings.models.content import (
    Component,
    ComponentVersion,
    FixityCheck,
    ImportRun,
    IntakeSession,
    StagedFile,
)
from vault.holdings.models.events import ObjectEvent
from vault.holdings.models.lease import ReadingLease
from vault.holdings.models.permission import GrantReview, RecordUserPermission
from vault.holdings.models.protection import AccessClass, KnowledgeEntry, LabelDecision
from vault.holdings.models.record import Record
from vault.holdings.models.undecided import UndecidedEntry, UndecidedThing
from vault.holdings.models.view import SavedView

__all__ = [
    "AccessClass",
    "ArchiveFile",
    "Component",
    "ComponentVersion",
    "FixityCheck",
    "Fonds",
    "GrantReview",
    "ImportRun",
    "IntakeSession",
    "KnowledgeEntry",
    "LabelDecision",
    "ObjectEvent",
    "ReadingLease",
    "Record",
    "RecordUserPermission",
    "RetentionClass",
    "SavedView",
    "Series",
    "StagedFile",
    "UndecidedEntry",
    "UndecidedThing",
]
