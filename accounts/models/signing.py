"""What stands for a signed-in account: sessions, API tokens, and requests that programs may repeat."""

import uuid

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import F, Q

from accounts.models.register import Account
from storage.blind import BlindIndexField
from storage.columns import EncryptedTextField


class LiveSession(AbstractBaseSession):
    """A session's row (`accounts.session_store`); whose it is stands there as a keyed digest of the account's id."""

    owner = BlindIndexField(cell="accounts.session.owner", compartment="account")

    def __str__(self) -> str:
        return self.session_key


class ApiToken(models.Model):
    """What a program shows instead of a session; only a keyed digest of it is kept (`accounts.tokens`).

    `epoch` is the account's at the making: whatever ends the account's sessions ends its tokens. `reference` is what
    the log calls it. What ends gets an instant; no row goes.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="api_tokens")
    name = EncryptedTextField(cell="accounts.apitoken.name")
    reference = models.CharField(max_length=32, unique=True)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.CharField(max_length=200)
    epoch = models.PositiveIntegerField()
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("made_at")), name="api_token_ends_after_made"),
        ]
        indexes = [models.Index(fields=["account", "-made_at"])]


class ReplayedRequest(models.Model):
    """A request that made something under an Idempotency-Key, so that sending it again makes nothing more.

    `key` is a keyed digest of the key and the account, `body` one of what was sent; nothing of either stands here.
    `made` names what came of it, empty while the first is still at work. Rows go after a day.
    """

    id = models.BigAutoField(primary_key=True)
    key = models.CharField(max_length=64, unique=True)
    body = models.CharField(max_length=64)
    made = models.TextField(blank=True)
    at = models.DateTimeField(db_index=True)
