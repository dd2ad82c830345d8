"""Components, their versions, and what is still on its way in."""

import uuid

from django.db import models
from django.db.models import Q

from accounts.models import Account, Person, Unit
from storage.columns import BlindIndexField, EncryptedBinaryField, EncryptedTextField
from storage.inspection.kinds import Viewer, kind_for
from storage.models import KeySlot
from vault.authorization.levels import Levels
from vault.holdings.models.record import Record
from vault.holdings.rules import ComponentRole, IntegrityStatus


class Component(models.Model):
    """Part of a record: text, attachment, recording, page scan. Its id is the object id bound into its blobs.

    Its own levels raise the record's (high-water); they never lie above the record's.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="components")
    position = models.PositiveSmallIntegerField()
    role = models.CharField(max_length=16, choices=[(r.value, r.value) for r in ComponentRole])
    state_level = models.PositiveSmallIntegerField()
    enterprise_level = models.PositiveSmallIntegerField()
    restricted = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record", "position"], name="component_position_once")]

    @property
    def levels(self) -> Levels:
        return Levels(self.state_level, self.enterprise_level, self.restricted)


class ComponentVersion(models.Model):
    """One immutable stored body of a component. Append-only but for `key_slot`.

    The key slot names the blob; raising a label writes a new blob under a fresh data key and moves the pointer.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    component = models.ForeignKey(Component, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    key_slot = models.OneToOneField(KeySlot, on_delete=models.PROTECT, related_name="+")
    name = EncryptedTextField(cell="holdings.componentversion.name")
    digest = EncryptedBinaryField(cell="holdings.componentversion.digest")
    # Keyed, so that equal bodies can be found without the database confirming a guess. Takes the digest's hex.
    digest_index = BlindIndexField(cell="holdings.componentversion.digest_index")
    reason = EncryptedTextField(cell="holdings.componentversion.reason", blank=True)
    size = models.PositiveBigIntegerField()
    media_type = models.CharField(max_length=100)
    page_count = models.PositiveIntegerField(null=True, blank=True)
    integrity = models.CharField(max_length=16, choices=[(s.value, s.value) for s in IntegrityStatus])
    finding = models.JSONField()
    created_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["component", "number"], name="component_version_once")]

    @property
    def viewer(self) -> Viewer:
        """What shows it to a reader: page images, the browser's player, or nothing."""
        kind = kind_for(self.media_type)
        return kind.viewer if kind is not None and self.finding["previewable"] else "none"


class FixityCheck(models.Model):
    """When a stored body was last compared with its digest, and what was found; empty is whole (PF-02)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.OneToOneField(ComponentVersion, on_delete=models.PROTECT, related_name="fixity")
    checked_at = models.DateTimeField(db_index=True)
    code = models.CharField(max_length=64, blank=True)


class ImportRun(models.Model):
    """A folder on its way in: nothing of it is a record until all of it is."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    # Keyed digest of the table, the files' names and the defaults: the same import is found again by it.
    plan_index = BlindIndexField(cell="holdings.importrun.plan_index")
    records = models.PositiveIntegerField()
    opened_at = models.DateTimeField()
    # Set when it was finished, or given up for another one.
    closed_at = models.DateTimeField(null=True, blank=True)


class IntakeSession(models.Model):
    """Files on their way in, under a label given before the first byte (storage.md section 3)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    # Set when the files will become a correction of this component.
    component = models.ForeignKey(
        Component, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # Set when the files are part of an import; such a session is filed with all others of it or not at all.
    import_run = models.ForeignKey(
        ImportRun, null=True, blank=True, on_delete=models.PROTECT, related_name="sessions"
    )
    state_level = models.PositiveSmallIntegerField()
    enterprise_level = models.PositiveSmallIntegerField()
    restricted = models.PositiveSmallIntegerField()
    # What the filing form said, as JSON, so that nothing of it changes between the files and their registration.
    entries = EncryptedTextField(cell="holdings.intakesession.entries", blank=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["account", "opened_at"])]

    @property
    def levels(self) -> Levels:
        return Levels(self.state_level, self.enterprise_level, self.restricted)


class StagedFile(models.Model):
    """One received file of an intake session: encrypted, inspected, not yet part of a record.

    What its filer takes out again, replaces or leaves behind goes with its key (services/staging.py). What was held
    back stays listed in quarantine until somebody closes it with a reason; then its key goes and this row stays.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)  # becomes the component's id
    session = models.ForeignKey(IntakeSession, on_delete=models.PROTECT, related_name="files")
    position = models.PositiveSmallIntegerField()
    # None once the body became a component's or its quarantine was closed.
    key_slot = models.OneToOneField(
        KeySlot, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    name = EncryptedTextField(cell="holdings.stagedfile.name")
    digest = EncryptedBinaryField(cell="holdings.stagedfile.digest")
    size = models.PositiveBigIntegerField()
    media_type = models.CharField(max_length=100)
    page_count = models.PositiveIntegerField(null=True, blank=True)
    integrity = models.CharField(max_length=16, choices=[(s.value, s.value) for s in IntegrityStatus])
    finding = models.JSONField()
    received_at = models.DateTimeField()
    # Set when its place among the upload's files is free: it became a component, or was held back and taken out.
    used_at = models.DateTimeField(null=True, blank=True)
    # Of a file that was held back, once nobody needs to look at it any more.
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    closing_reason = EncryptedTextField(cell="holdings.stagedfile.closing_reason", null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["session", "position"], condition=Q(used_at__isnull=True), name="staged_position_once"
            )
        ]
