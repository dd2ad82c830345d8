"""What the services of the undecided tray do, for the test that walks every service."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from accounts.models import Account, Unit
from audit import clock
from tests.accounts.people import today
from vault.authorization.actions import Action
from vault.holdings.models import Record, UndecidedThing
from vault.holdings.rules import TrayKind, TrayOutcome
from vault.holdings.services import undecided

Act = Callable[[], object]


def put_in(stage: Any) -> Act:
    return lambda: undecided.put_in(
        context=stage.as_(stage.archive.clerk),
        kind=TrayKind.PAPER,
        what="无落款的合同一份",
        reason="不知应归何处",
        decider=stage.archive.director.person,
        next_on=today(),
    )


def _lying(stage: Any) -> dict[str, Any]:
    put_in(stage)()
    thing = UndecidedThing.objects.get()
    director = stage.as_(stage.archive.director)
    return {"context": director, "thing_id": thing.pk, "version": thing.version, "reason": "月底一并处理"}


def postpone(stage: Any) -> Act:
    given = _lying(stage)
    return lambda: undecided.postpone(**given, next_on=today() + timedelta(days=7))


def change_decider(stage: Any) -> Act:
    given = _lying(stage)
    return lambda: undecided.change_decider(**given, decider=stage.archive.archivist.person)


def decide(stage: Any) -> Act:
    given = _lying(stage)
    return lambda: undecided.decide(**given, outcome=TrayOutcome.FILE)


def lying(unit: Unit, owner: Account, decider: Account, record: Record) -> dict[str, dict[str, Any]]:
    """For the table of routes: a paper, and a record of few knowers, put in by one and to be decided by another."""
    found = {}
    for name, about in (("lying", None), ("lying_core", record)):
        made = UndecidedThing.objects.create(
            kind="paper" if about is None else "record",
            what="无落款的合同一份",
            reason="不知应归何处",
            record=about,
            unit=unit,
            owner=owner.person,
            put_in_at=clock.now(),
            decider=decider.person,
            next_on=today() + timedelta(days=7),
        )
        found[name] = {"thing_id": made.pk}
    return found


WALKED: dict[str, tuple[Callable[[Any], Act], Action]] = {
    "undecided.put_in": (put_in, Action.MANAGE_UNDECIDED),
    "undecided.postpone": (postpone, Action.MANAGE_UNDECIDED),
    "undecided.change_decider": (change_decider, Action.MANAGE_UNDECIDED),
    "undecided.decide": (decide, Action.MANAGE_UNDECIDED),
}
