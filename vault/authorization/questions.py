"""PE-13: why may this person do this with that? Answered to somebody who may not know of the object himself.

The answer is the rule's own, as it would be given to the person at this instant, away from any terminal and outside any
reading session. It holds no unit, no level and no title. Whoever asks often enough could still narrow a level down by
asking about people whose clearances he knows, so each question is an event before it is answered.
"""

from dataclasses import dataclass
from uuid import UUID

from accounts.models import Account
from audit.events import ObjectFacts
from vault.authorization import gate, loading, protection
from vault.authorization.actions import RULES, Action, Kind
from vault.authorization.context import Context
from vault.authorization.decision import Checked, Code, Decision, Deny, decide, examine
from vault.authorization.errors import MisusedAction

# What can be asked about an object that is there.
ASKABLE = tuple(action for action, rule in RULES.items() if rule.kind is Kind.OBJECT)


@dataclass(frozen=True)
class Answer:
    """The decision as `decide` gives it, and its conjuncts; none where there is no such object."""

    decision: Decision
    checked: tuple[Checked, ...] = ()


def answer(viewer: Context, account: Account, action: Action, object_id: UUID) -> Answer:
    """Why the account may or may not take an action on an object. Raises Refused, AuditUnavailable, MisusedAction."""
    if action not in ASKABLE:
        raise MisusedAction(f"{action} is about no object that is there.")
    gate.authorize(
        viewer,
        Action.ASK_WHY,
        sealed={"person": str(account.person_id), "staff_no": account.staff_no, "asked": action.value},
        about=ObjectFacts(type="object", id=str(object_id)),
    )
    of_person = Context(account=account, instant=viewer.instant)
    for model, registered in protection.registered().items():
        target = loading.load(model, object_id)
        if target is not None:
            relation = loading.relation(of_person, action, registered, object_id)
            case = (action, of_person.subject, loading.object_facts(target), relation)
            return Answer(decide(*case), examine(*case))
    return Answer(Deny(Code.ABSENT))
