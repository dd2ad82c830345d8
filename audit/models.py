"""Tables of the log. No foreign keys: an event is a copy of facts and outlives what it speaks of.

Event, Leaf, Subtree and Checkpoint live in the database `audit`; Outbox lives in the business database,
because it must share the transactions of the changes it speaks of.
"""

from typing import Any

from django.db import models
from django.db.models import Q

from audit import canonical, triggers
from audit.text import PLAIN_LIMIT

HASH_SIZE = 32


def _plain(**options: Any) -> "models.CharField[str, str]":
    return models.CharField(max_length=PLAIN_LIMIT, **options)


class Event(models.Model):
    """One immutable event: its canonical bytes, the sealed part beside them, and columns that repeat the
    bytes.

    `closes` is unique, so no intent can end twice whoever races to end it.
    """

    database = "audit"

    id = models.BigAutoField(primary_key=True)
    canonical = models.BinaryField()
    ciphertext = models.BinaryField()
    uid = models.UUIDField(unique=True)
    at = models.DateTimeField()
    action = _plain()
    phase = models.CharField(max_length=8)
    outcome = models.CharField(max_length=8)
    rule = _plain()
    approval = _plain()
    actor = _plain()
    account = _plain()
    person = _plain()
    unit = _plain()
    duties = models.TextField()
    session = _plain()
    object_type = _plain()
    object_id = _plain()
    label = _plain()
    terminal = _plain()
    corr = _plain()
    closes = models.UUIDField(null=True, unique=True)

    class Meta:
        # Every index costs each writer: only what an auditor starts a search from has one.
        indexes = [
            models.Index(fields=["at"], name="audit_event_at"),
            models.Index(fields=["person", "id"], name="audit_event_person"),
            models.Index(fields=["object_id", "id"], name="audit_event_object"),
            models.Index(fields=["action", "id"], name="audit_event_action"),
            models.Index(
                fields=["outcome", "id"], name="audit_event_refused", condition=~Q(outcome="granted")
            ),
            models.Index(fields=["corr"], name="audit_event_corr", condition=~Q(corr="")),
            models.Index(fields=["at"], name="audit_event_intent", condition=Q(phase="intent")),
        ]

    @property
    def document(self) -> dict[str, Any]:
        """What the canonical bytes say. Raises NotCanonical."""
        return canonical.decode(bytes(self.canonical))


class Leaf(models.Model):
    """The event's place in the tree: index from 0 and SHA-256(0x00 ‖ canonical bytes)."""

    database = "audit"

    idx = models.BigIntegerField(primary_key=True)
    event_id = models.BigIntegerField(unique=True)
    hash = models.BinaryField()


class Subtree(models.Model):
    """Root of a complete subtree of 256^level leaves, so that a proof reads hundreds of rows and not a
    million.
    """

    database = "audit"

    pk = models.CompositePrimaryKey("level", "idx")
    level = models.SmallIntegerField()
    idx = models.BigIntegerField()
    hash = models.BinaryField()


class Checkpoint(models.Model):
    """A signed statement of the tree's size and root, with what the sequencer needs to go on from it.

    `frontier` holds the roots of the complete subtrees that `size` splits into, largest first; `low_water` is
    an event id below which every event has its leaf. Both are conveniences: neither proves anything.
    """

    database = "audit"

    size = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    root = models.BinaryField()
    note = models.TextField()
    frontier = models.BinaryField()
    low_water = models.BigIntegerField()


class Outbox(models.Model):
    """What a business transaction still has to tell a named consumer. The row goes when the consumer has
    taken it.

    Every index here is paid twice by every change, so there is one. `uid` is random, and unique in the log.
    """

    database = "default"

    id = models.BigAutoField(primary_key=True)
    uid = models.UUIDField()
    consumer = models.CharField(max_length=40)
    about = models.CharField(max_length=PLAIN_LIMIT)
    payload = models.TextField()
    created = models.DateTimeField()
    due = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=PLAIN_LIMIT, default="", blank=True)

    class Meta:
        indexes = [models.Index(fields=["consumer", "due", "id"], name="audit_outbox_due")]


triggers.register(
    *(
        triggers.EvidenceTable(table=table, alias="audit")
        for table in ("audit_event", "audit_leaf", "audit_subtree", "audit_checkpoint")
    )
)
