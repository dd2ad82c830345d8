"""Sessions whose rows are of no use to whoever reads or changes the database.

The row's key is a digest of the cookie's, so a stolen table continues no session; its data is sealed under the key
ring and bound to that key, so a row that was changed, or moved to another key, is no session at all.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError
from django.contrib.sessions.serializers import JSONSerializer
from django.db import IntegrityError, transaction
from django.db.models import CharField, DateTimeField, QuerySet

from accounts.models import Account, LiveSession
from accounts.prepared import Prepared
from accounts.slots import Slot
from audit import clock
from storage.columns import open_cell, seal_cell
from storage.errors import CellDamaged, KeyUnavailable

_CELL = "accounts.session.data"
_COMPARTMENT = "account"
# Django's column takes forty signs: 160 bits of SHA-256, over keys of 165 random bits.
_KEY_SIGNS = 40


def row_key(session_key: str) -> str:
    """The primary key under which a session of this cookie value is stored."""
    return hashlib.sha256(session_key.encode()).hexdigest()[:_KEY_SIGNS]


@dataclass(frozen=True, slots=True)
class _Asked:
    key: str
    now: datetime


def _live() -> "QuerySet[LiveSession, LiveSession]":
    """The row of a key, unless it has run out."""
    return LiveSession.objects.filter(
        session_key=Slot(CharField(), lambda asked: asked.key),
        expire_date__gt=Slot(DateTimeField(), lambda asked: asked.now),
    )


_LIVE: Prepared[_Asked, LiveSession] = Prepared(_live)


class SessionStore(SessionBase):
    """Django's session interface over its own table, with sealed data and digested keys."""

    def load(self) -> dict[str, Any]:
        """The session's data; empty, and its key forgotten, when there is none that verifies."""
        rows = _LIVE.rows(_Asked(row_key(self.session_key or ""), clock.now()))
        data = open_row(rows[0]) if rows else None
        if data is None:
            self._session_key = None
            return {}
        return data

    def exists(self, session_key: str) -> bool:
        return LiveSession.objects.filter(session_key=row_key(session_key)).exists()

    def create(self) -> None:
        while True:
            self._session_key = self._get_new_session_key()
            try:
                self.save(must_create=True)
            except CreateError:
                continue
            self.modified = True
            return

    def save(self, must_create: bool = False) -> None:
        """Write the row. Raises CreateError when the key is taken, UpdateError when the session is gone."""
        if self.session_key is None:
            self.create()
            return
        key = row_key(self.session_key)
        session = self._get_session(no_load=must_create)
        values = {
            "session_data": _seal(key, JSONSerializer().dumps(session)),
            "expire_date": self._expires(),
            "owner": session.get(SESSION_KEY),
        }
        if must_create:
            try:
                with transaction.atomic():
                    LiveSession.objects.create(session_key=key, **values)
            except IntegrityError as error:
                raise CreateError from error
        elif not LiveSession.objects.filter(session_key=key).update(**values):
            raise UpdateError

    def delete(self, session_key: str | None = None) -> None:
        doomed = session_key or self.session_key
        if doomed is not None:
            LiveSession.objects.filter(session_key=row_key(doomed)).delete()

    @classmethod
    def clear_expired(cls) -> None:
        LiveSession.objects.filter(expire_date__lt=clock.now()).delete()

    def _expires(self) -> datetime:
        # A row outlives its absolute limit by nothing; the middleware ends the session itself, with a reason.
        return clock.now() + timedelta(hours=settings.JINGUI_ABSOLUTE_HOURS, minutes=1)


def rows_of(account: Account) -> "QuerySet[LiveSession, LiveSession]":
    """The account's sessions that have not run out; some of them may be over for another reason."""
    return LiveSession.objects.filter(owner=str(account.pk), expire_date__gt=clock.now())


def open_row(row: LiveSession) -> dict[str, Any] | None:
    """What a session remembers; None when the row does not verify."""
    try:
        sealed = bytes.fromhex(row.session_data)
        plain = open_cell(sealed, cell=_CELL, row=_row(row.session_key), compartment=_COMPARTMENT)
        return dict(JSONSerializer().loads(plain))
    except (CellDamaged, KeyUnavailable, ValueError):
        return None


def _seal(key: str, data: bytes) -> str:
    return seal_cell(data, cell=_CELL, row=_row(key), compartment=_COMPARTMENT).hex()


def _row(key: str) -> UUID:
    return UUID(hex=key[:32])
