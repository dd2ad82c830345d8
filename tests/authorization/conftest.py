"""An archive with one record per label, made straight in the tables: filing has its own tests."""

from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from accounts.models import Account, Person
from audit import clock
from audit.models import Event
from tests.support.archive import Archive
from vault.authorization import anonymous, gate, grants, providers
from vault.authorization.actions import Action
from vault.authorization.context import Context
from vault.authorization.errors import Absent, Refused
from vault.authorization.levels import Levels
from vault.holdings.access_classes import set_levels
from vault.holdings.models import KnowledgeEntry, Record, RecordUserPermission
from vault.project.environment import StateContent

INTERNAL = Levels(restricted=1)
SECRET = Levels(state=2, restricted=1)
CORE = Levels(enterprise=2, restricted=1)
MISSING = UUID(int=404)


@pytest.fixture(autouse=True)
def _quick(settings, monkeypatch) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    monkeypatch.setattr(anonymous, "_minute", None)
    monkeypatch.setattr(anonymous, "_count", 0)


@pytest.fixture
def archive(db) -> Archive:
    return Archive()


@pytest.fixture
def attested(settings) -> None:
    settings.JINGUI_STATE_CONTENT = StateContent("attested", "grade", "certificate", date.max)


@pytest.fixture
def make(archive) -> Callable[..., Record]:
    """A registered record of the hall under a label."""

    def record(levels: Levels = INTERNAL, **fields) -> Record:
        made = Record(
            **{
                "unit": archive.hall,
                "series": archive.series,
                "retention_class": archive.retention,
                "title": "题名",
                "record_date": date(2026, 10, 9),
                "state": "registered",
                "originator": archive.hall,
                "filed_by": archive.clerk.person,
                "created_at": clock.now(),
                **fields,
            }
        )
        set_levels(made, levels)
        made.save(force_insert=True)
        return made

    return record


def name(record: Record, person: Person, by: Person, **fields) -> KnowledgeEntry:
    return KnowledgeEntry.objects.create(
        record=record,
        person=person,
        named_by=by,
        **{"starts_at": clock.now() - timedelta(minutes=1), **fields},
    )


def give(record: Record, account: Account, action: Action, by: Person, **fields) -> RecordUserPermission:
    now = clock.now()
    return grants.give(
        RecordUserPermission,
        target=record,
        account=account,
        action=action,
        granted_by=by,
        **{"starts_at": now - timedelta(minutes=1), "ends_at": now + timedelta(days=1), **fields},
    )


def last_event() -> Event:
    return Event.objects.order_by("-pk")[0]


def statements(captured: CaptureQueriesContext) -> list[str]:
    """SQL without transaction control."""
    control = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT")
    return [q["sql"] for q in captured.captured_queries if not q["sql"].startswith(control)]


@pytest.fixture
def business_sql():
    return lambda: CaptureQueriesContext(connections["default"])


LABEL = ["state_level", "enterprise_level", "restricted", "access_class"]


def outcome(context: Context, action: Action, record: Record) -> str:
    """`absent`, a refusal's code, or `allowed`."""
    try:
        gate.fetch(context, action, Record, record.pk)
    except Absent:
        return "absent"
    except Refused as refused:
        return refused.code
    return "allowed"


class Answers:
    """Rooms of later work, under the test's hand."""

    def __init__(self) -> None:
        self.requests: set = set()
        self.session = False
        self.excluded: set = set()


@pytest.fixture
def answers():
    given = Answers()
    undo = [
        providers.APPROVED_REQUEST.provide(
            lambda asked: (asked.action, asked.object_id) in given.requests,
            lambda context, action, model: frozenset(pk for a, pk in given.requests if a is action),
        ),
        providers.LIVE_SESSION.provide(
            lambda asked: given.session,
            lambda context, action, model: frozenset(pk for _, pk in given.requests if given.session),
        ),
        providers.EXCLUDED.provide(
            lambda asked: asked.object_id in given.excluded,
            lambda context, action, model: frozenset(given.excluded),
        ),
    ]
    yield given
    for take_back in undo:
        take_back()
