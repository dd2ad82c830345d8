"""Openings of content that are still going on."""

from django.db import models

from accounts.models import Account
from vault.holdings.models.content import Component, ComponentVersion


class ReadingLease(models.Model):
    """One opening of a component in one session; `parts` counts what was asked for after the first."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    session = models.CharField(max_length=64)
    component = models.ForeignKey(Component, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(ComponentVersion, on_delete=models.PROTECT, related_name="+")
    action = models.CharField(max_length=64)
    event_uid = models.UUIDField()
    parts = models.PositiveIntegerField(default=0)
    opened_at = models.DateTimeField()
    last_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["account", "component", "last_at"]),
            models.Index(fields=["told_at", "last_at"]),
        ]
