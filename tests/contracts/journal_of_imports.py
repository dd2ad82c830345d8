"""The services of an import, each with something to do, for the contract that all leave an intent and an outcome."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from tests.support.archive import pdf
from vault.authorization.actions import Action
from vault.holdings.importing.plan import Plan, look
from vault.holdings.models import ImportRun, IntakeSession
from vault.holdings.services import importing

if TYPE_CHECKING:
    from tests.contracts.test_journal import Stage

Act = Callable[[], object]


def import_plan(stage: "Stage", *, began: bool = True) -> tuple[Plan, ImportRun | None]:
    """A folder of one file, and its import where one is begun."""
    folder = Path(tempfile.mkdtemp())
    (folder / "通知.pdf").write_bytes(pdf(1))
    codes = {"unit": stage.archive.hall.code, "series": "WS", "retention": "D30"}
    plan = look(
        stage.as_(stage.archive.clerk),
        folder,
        defaults={**codes, "record_date": "2026-10-09", "label": "内部"},
    )
    context = stage.as_(stage.archive.clerk)
    return plan, importing.begin(context=context, plan=plan) if began else None


def begin_import(stage: "Stage") -> Act:
    plan, _run = import_plan(stage, began=False)
    return lambda: importing.begin(context=stage.as_(stage.archive.clerk), plan=plan)


def open_import_session(stage: "Stage") -> Act:
    plan, run = import_plan(stage)
    return lambda: importing.session_of(context=stage.as_(stage.archive.clerk), run=run, line=plan.lines[0])


def receive_import(stage: "Stage") -> Act:
    plan, run = import_plan(stage)
    session = open_import_session_now(stage, plan, run)
    return lambda: importing.receive(
        context=stage.as_(stage.archive.clerk), session=session, plan=plan, lines=plan.lines
    )


def finish_import(stage: "Stage") -> Act:
    plan, run = import_plan(stage)
    session = open_import_session_now(stage, plan, run)
    context = stage.as_(stage.archive.clerk)
    assert importing.receive(context=context, session=session, plan=plan, lines=plan.lines) == []
    return lambda: importing.finish(context=context, run=run, plan=plan)


def open_import_session_now(stage: "Stage", plan: Plan, run: ImportRun | None) -> IntakeSession:
    return importing.session_of(context=stage.as_(stage.archive.clerk), run=run, line=plan.lines[0])


def open_sessions_of_import(stage: "Stage") -> Act:
    plan, run = import_plan(stage)
    return lambda: importing.open_sessions(context=stage.as_(stage.archive.clerk), run=run, plan=plan)


# Services that do several things at once, each of which has its own intent: an import and its one record.
INTENTS = {"importing.finish": 2}

WALKED: dict[str, tuple[Callable[["Stage"], Act], Action]] = {
    "importing.begin": (begin_import, Action.IMPORT),
    "importing.open_sessions": (open_sessions_of_import, Action.FILE),
    "importing.session_of": (open_import_session, Action.FILE),
    "importing.receive": (receive_import, Action.RECEIVE),
    "importing.finish": (finish_import, Action.IMPORT),
}
