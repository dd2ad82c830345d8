"""What ends a proposal to widen a list by itself, and what moves it on (PE-02, RQ-18).

That it lapsed is found at the decision anyway. This enters it, so that nothing revives when the cause goes away again.
"""

from uuid import UUID

from accounts.rules import local_day
from audit import clock, outbox, recording
from audit.events import Reason, system_actor
from vault.approvals import widening_telling, widenings
from vault.approvals.models import Widening
from vault.approvals.services.journal import change
from vault.approvals.services.widening import after, facts, locked
from vault.approvals.widening_rules import Cause, WideningEvent, WideningState
from vault.holdings.models import Record

ESCALATE, LAPSE = "approvals:widening:escalate", "approvals:widening:lapse"
SYSTEM_ACTIONS = (ESCALATE, LAPSE)
SILENCE = "silence"


def on_label_moved(record: Record) -> None:
    """In the transaction that moves a label: whoever was proposed under the former one is proposed anew."""
    for row in widenings.waiting_for(record):
        _lapse(row, Cause.LABEL)


def on_struck(record: Record, person_id: UUID) -> None:
    """Whoever is off the list keeps it no more; what he proposed for it goes with him."""
    for row in widenings.waiting_for(record).filter(proposed_by=person_id):
        _lapse(row, Cause.STRUCK)


def sweep() -> int:
    """End what has lapsed, and move on what nobody decides. Returns how many steps; the worker calls it.

    Each in a transaction of its own. Raises AuditUnavailable.
    """
    done = 0
    for widening_id in list(widenings.open_widenings().order_by("proposed_at").values_list("pk", flat=True)):
        row = widenings.open_widenings().filter(pk=widening_id).first()
        done += row is not None and _swept(row)
    return done


def _swept(row: Widening) -> bool:
    now = clock.now()
    cause = widenings.lapses_by(row, now)
    if cause is not None:
        intent = _intent(LAPSE, row, cause)
        with change(intent):
            _lapse(row, cause, intent)
        return True
    if local_day(now) > widenings.waits_until(row) and widenings.goes_on(row, now):
        _move_on(row)
        return True
    return False


def _intent(action: str, row: Widening, rule: str) -> UUID:
    return recording.intent(
        action, reason=Reason(rule=rule), actor=system_actor("approvals"), object=facts(row)
    )


def _lapse(row: Widening, cause: Cause, intent: UUID | None = None) -> None:
    """Inside the transaction of what ends it, and told by an event of its own."""
    intent = intent or _intent(LAPSE, row, cause)
    held = locked(row.pk)
    if held.state == WideningState.PROPOSED:
        held.state, held.cause, held.ended_at = after(held, WideningEvent.LAPSE), cause, clock.now()
        held.save(update_fields=["state", "cause", "ended_at"])
        widening_telling.ended(held, clock.now())
    outbox.outcome(intent, "granted", object=facts(held), sealed={"cause": cause.value})


def _move_on(row: Widening) -> None:
    intent = _intent(ESCALATE, row, SILENCE)
    with change(intent):
        held, now = locked(row.pk), clock.now()
        if held.state == WideningState.PROPOSED and held.escalations == row.escalations:
            held.escalations, held.waits_since = held.escalations + 1, now
            held.save(update_fields=["escalations", "waits_since"])
            widening_telling.proposed(held, now)
        outbox.outcome(intent, "granted", object=facts(held), sealed={"cause": SILENCE})
