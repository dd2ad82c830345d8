"""Wrapped keys and what became of erased ones. No foreign keys to other packages."""

from uuid import uuid4

from django.db import models


class KeySlot(models.Model):
    """The wrapped data key of one committed blob version. Without it the blob is unreadable garbage."""

    id = models.UUIDField(primary_key=True)
    object_id = models.UUIDField(db_index=True)
    compartment = models.CharField(max_length=16)
    kek_version = models.PositiveIntegerField()
    wrapped_key = models.BinaryField()
    size = models.PositiveBigIntegerField()
    created = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(kek_version__gte=1), name="storage_keyslot_version"),
        ]
        indexes = [models.Index(fields=["compartment", "kek_version"], name="storage_keyslot_kek")]

    def __str__(self) -> str:
        return f"key slot {self.id}"


class Tombstone(models.Model):
    """An erased blob version. A restore applies this list first, so that no backup revives one.

    `flushed` is empty until the key row's traces have left the database's write-ahead log.
    """

    id = models.UUIDField(primary_key=True)
    object_id = models.UUIDField(db_index=True)
    reason = models.CharField(max_length=200)
    erased = models.DateTimeField()
    flushed = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"tombstone {self.id}"


class SubjectKey(models.Model):
    """The key that seals one subject's personal data in the audit log; `wrapped_key` is NULL once destroyed.

    `subject` is a keyed digest: the table alone does not say whose key it is.
    """

    database = "audit"

    id = models.UUIDField(primary_key=True, default=uuid4)
    subject = models.BinaryField(max_length=32)
    kek_version = models.PositiveIntegerField()
    wrapped_key = models.BinaryField(null=True)
    created = models.DateTimeField()
    destroyed = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject"], condition=models.Q(destroyed=None), name="storage_subjectkey_live"
            ),
            models.CheckConstraint(
                condition=models.Q(destroyed=None, wrapped_key__isnull=False)
                | models.Q(destroyed__isnull=False, wrapped_key=None),
                name="storage_subjectkey_destroyed",
            ),
        ]

    def __str__(self) -> str:
        return f"subject key {self.id}"
