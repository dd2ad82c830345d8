"""Grants by object, person and action, with our own dates."""

from django.db import models

from vault.authorization.grants import UserGrant
from vault.holdings.models.record import Record


class RecordUserPermission(UserGrant):
    """A grant of one action on one record to a person (PE-03)."""

    content_object = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="user_grants")

    class Meta(UserGrant.Meta):
        abstract = False
