"""Grants by object, person and action, with our own dates."""

from uuid import uuid4

from django.db import models

from accounts.models import Person
from vault.authorization.grants import UserGrant
from vault.holdings.models.record import Record


class RecordUserPermission(UserGrant):
    """A grant of one action on one record to a person (PE-03)."""

    content_object = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="user_grants")

    class Meta(UserGrant.Meta):
        abstract = False


class GrantReview(models.Model):
    """Somebody looked at a grant and found it still needed (PE-11)."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    grant = models.ForeignKey(RecordUserPermission, on_delete=models.PROTECT, related_name="reviews")
    reviewed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    reviewed_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.pk)
