"""From which pages of which record an excerpt or a quote was written (RQ-12)."""

import uuid

from django.db import models
from django.db.models import F, Q

from accounts.models import Person
from vault.approvals.models.reading import ReadingSession
from vault.approvals.models.requests import AccessRequest
from vault.holdings.models import Component, Record


class SourceLink(models.Model):
    """One run of pages of a source in a record that was written from it; append-only.

    `key` is the form's own: sent twice, it is kept once.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    derived = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="source_links")
    source = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="derived_links")
    component = models.ForeignKey(Component, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField()
    first_page = models.PositiveIntegerField()
    last_page = models.PositiveIntegerField()
    session = models.ForeignKey(ReadingSession, on_delete=models.PROTECT, related_name="links")
    request = models.ForeignKey(AccessRequest, on_delete=models.PROTECT, related_name="links")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    key = models.UUIDField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["session", "key", "component", "version", "first_page"], name="source_link_once"
            ),
            models.CheckConstraint(
                condition=Q(first_page__gte=1, last_page__gte=F("first_page")), name="source_link_pages"
            ),
            models.CheckConstraint(condition=~Q(derived=F("source")), name="source_link_to_another"),
        ]
