"""The record (件), the unit of description, protection and proof."""

from django.db import models

from accounts.models import Person, Unit
from storage.columns import EncryptedTextField
from vault.holdings.models.arrangement import ArchiveFile, RetentionClass, Series
from vault.holdings.models.base import Labelled
from vault.holdings.rules import RecordState


class Record(Labelled):
    """A record with its components. Registered, it never changes; a correction is a new version (HA-13)."""

    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="records")
    archive_file = models.ForeignKey(
        ArchiveFile, null=True, blank=True, on_delete=models.PROTECT, related_name="records"
    )
    retention_class = models.ForeignKey(RetentionClass, on_delete=models.PROTECT, related_name="+")
    title = EncryptedTextField(cell="holdings.record.title")
    creator = EncryptedTextField(cell="holdings.record.creator", blank=True)
    document_no = EncryptedTextField(cell="holdings.record.document_no", blank=True)
    place = EncryptedTextField(cell="holdings.record.place", blank=True)
    record_date = models.DateField()
    archival_code = models.CharField(max_length=64, blank=True)
    issue_no = models.CharField(max_length=16, blank=True)
    state = models.CharField(
        max_length=16, choices=[(s.value, s.value) for s in RecordState], default=RecordState.DRAFT
    )
    originator = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    filed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    registered_at = models.DateTimeField(null=True, blank=True)
    # Counts changes; a form that was opened before the last one is refused.
    version = models.PositiveIntegerField(default=1)
    page_count = models.PositiveIntegerField(default=0)

    class Meta(Labelled.Meta):
        indexes = [
            # Lists are newest first within the viewer's classes.
            models.Index(fields=["access_class", "record_date", "id"], name="record_class_date"),
            models.Index(fields=["record_date", "id"], name="record_date_id"),
            # Exact counts: a range of this index alone for each class and state.
            models.Index(fields=["access_class", "state"], name="record_class_state"),
            # Drafts are few, and found by whose they are.
            models.Index(
                fields=["filed_by", "unit"],
                condition=models.Q(state=RecordState.DRAFT.value),
                name="record_drafts",
            ),
        ]
        permissions = [
            ("grant_describe", "DESCRIBE"),
            ("grant_consult", "CONSULT"),
            ("grant_excerpt", "EXCERPT"),
            ("grant_quote", "QUOTE"),
            ("grant_copy", "COPY"),
            ("grant_print", "PRINT"),
            ("grant_export", "EXPORT"),
            ("grant_change_label", "CHANGE_LABEL"),
            ("grant_lend", "LEND"),
        ]
        default_permissions = ()
