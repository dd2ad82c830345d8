"""What somebody was told: a topic and an opaque reference, never a title, a label or a name (RQ-16)."""

import uuid

from django.db import models
from django.db.models import Q

from accounts.models import Person
from vault.notices.rules import PATH_LENGTH, REFERENCE_LENGTH, TOPIC_LENGTH


class Notice(models.Model):
    """One thing told to one person. Ids are in the order of time (RFC 9562 version 7).

    What was told never changes. `mail_due` is when its mail is tried next; without one, none is.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    topic = models.CharField(max_length=TOPIC_LENGTH)
    reference = models.CharField(max_length=REFERENCE_LENGTH)
    path = models.CharField(max_length=PATH_LENGTH)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    mail_due = models.DateTimeField(null=True, blank=True)
    mail_tries = models.PositiveSmallIntegerField(default=0)
    mailed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            # What is told again before it was read counts once.
            models.UniqueConstraint(
                fields=["person", "topic", "reference", "path"],
                condition=Q(read_at__isnull=True),
                name="notice_unread_once",
            )
        ]
        indexes = [
            models.Index(fields=["person", "-id"], name="notice_newest_first"),
            models.Index(
                fields=["mail_due"], condition=Q(mail_due__isnull=False), name="notice_mail_waiting"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
