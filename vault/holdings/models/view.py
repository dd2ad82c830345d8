"""Filters of the list that a person keeps under a name."""

import uuid

from django.db import models

from accounts.models import Person
from storage.columns import EncryptedTextField


class SavedView(models.Model):
    """Somebody's own filters of the list of records; no evidence of anything, so he may throw it away."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    name = EncryptedTextField(cell="holdings.savedview.name")
    # What the address of the list says after the question mark.
    query = EncryptedTextField(cell="holdings.savedview.query")
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.pk)
