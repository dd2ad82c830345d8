"""The access rule: one pure function over facts. No Django, no clock, no database.

Deny by default; mandatory before discretionary. Each conjunct below is one rule with its source, returns the code of
its refusal or None, and can be read alone; `decide` asks them in order and the first refusal stands. Nothing else in
the product decides. `vault.authorization.scope` is the same rule over a whole table, and
`tests/authorization/test_equivalence.py` holds the two against each other and against an independent reading.

Sources: architecture.md section 3, practice.md P-01, P-02, P-03, P-05, requirements.md section 6 and 8.2.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from vault.authorization.actions import KEEPERS, Action, Basis, Kind, ObjectState, Rule, rule_of
from vault.authorization.errors import MisusedAction
from vault.authorization.facts import UNRELATED, ObjectFacts, Obligation, RelationFacts, Subject


class Code(StrEnum):
    """Stable codes of every decision; explanations.py has a sentence and a next step for each."""

    # Refusals, in the order in which they are found.
    NOT_SIGNED_IN = "not-signed-in"
    ACCOUNT_UNUSABLE = "account-unusable"
    DUTIES_CONFLICT = "duties-conflict"
    OFFICER = "officer-sees-no-content"
    DUTY_MISSING = "duty-missing"
    TRAINING = "training-expired"
    UNDERTAKING = "undertaking-unsigned"
    CLEARANCE_STATE = "clearance-state"
    CLEARANCE_ENTERPRISE = "clearance-enterprise"
    CLEARANCE_RESTRICTED = "clearance-restricted"
    STATE_FORBIDS = "state-forbids"
    DRAFT_OF_ANOTHER = "draft-of-another"
    EXCLUDED = "excluded-from-object"
    NOT_ON_LIST = "not-on-need-to-know-list"
    OUTSIDE_SCOPE = "outside-unit-scope"
    NO_BASIS = "no-basis-for-action"
    QUARANTINED = "content-quarantined"
    STATE_CONTENT_CLOSED = "state-content-closed"
    CLASSIFIED_NEVER = "classified-never"
    REQUEST_MISSING = "approved-request-missing"
    SESSION_MISSING = "live-session-missing"
    TERMINAL = "terminal-not-registered"
    TOKEN_SCOPE = "token-scope-missing"  # noqa: S105
    TOKEN_CLASSIFIED = "token-never-classified"  # noqa: S105
    # What an allowed action rests on.
    PUBLIC = "public"
    ACCOUNT = "active-account"
    OPEN = "open-object"
    UNIT_SCOPE = "unit-scope"
    NEED_TO_KNOW = "need-to-know"
    GRANTED = "granted"
    APPROVED = "approved-request"
    DUTY = "duty-held"
    SYSTEM = "system-purpose"
    # What the gate says when it found nothing.
    ABSENT = "absent"


@dataclass(frozen=True)
class Allow:
    """Yes, on this basis; whoever releases something must meet the obligations."""

    code: Code
    obligations: frozenset[Obligation] = frozenset()


@dataclass(frozen=True)
class Deny:
    """No, for this reason."""

    code: Code


Decision = Allow | Deny


@dataclass(frozen=True)
class Case:
    """One question: an action's row, and the facts it is decided on."""

    action: Action
    rule: Rule
    subject: Subject
    object: ObjectFacts | None
    relation: RelationFacts

    @property
    def target(self) -> ObjectFacts:
        """The object; only conjuncts about objects ask for it."""
        if self.object is None:
            raise MisusedAction(f"{self.action} is about an object, and none was given.")
        return self.object


Conjunct = Callable[[Case], Code | None]


# About the person


def account_usable(case: Case) -> Code | None:
    """Architecture section 3, PE-08: deny by default; suspended, closed or left counts from the next request on."""
    if case.subject.account_id is None:
        return Code.NOT_SIGNED_IN
    return None if case.subject.usable else Code.ACCOUNT_UNUSABLE


def duties_agree(case: Case) -> Code | None:
    """Requirements section 6, AD-02: who holds duties that exclude each other acts under none of them."""
    return Code.DUTIES_CONFLICT if case.subject.exclusions and not case.rule.untrained else None


def no_officer(case: Case) -> Code | None:
    """Section 0.8: none of the three officers has access to content, nor to what describes it."""
    return Code.OFFICER if case.subject.is_officer and not case.rule.officers else None


def duty_held(case: Case) -> Code | None:
    """The action's row names the duties that may take it at all; superuser and staff are no duties (PE-04).

    Commands and machine purposes name none: no account ever takes them.
    """
    wanted = case.rule.duties
    return Code.DUTY_MISSING if wanted is not None and case.subject.duty_names.isdisjoint(wanted) else None


def trained(case: Case) -> Code | None:
    """Rule book 5.5(4), PE-09: without valid training only the notice page."""
    return None if case.subject.training_valid or case.rule.untrained else Code.TRAINING


def undertaking_signed(case: Case) -> Code | None:
    """Rule book 10.1 保密工作(1), PE-09: the present text of the undertaking is signed."""
    return None if case.subject.undertaking_valid or case.rule.untrained else Code.UNDERTAKING


def token_opens(case: Case) -> Code | None:
    """Interface section 4: a token opens what one of its scopes names and nothing else, whatever its person may do."""
    given = case.subject.scopes
    return Code.TOKEN_SCOPE if given is not None and given.isdisjoint(case.rule.scopes) else None


# About the object, whoever asks


def token_bears(case: Case) -> Code | None:
    """P-02: no token ever returns or accepts what is classified; of what is shielded it does not even know."""
    by_token = case.subject.scopes is not None
    return Code.TOKEN_CLASSIFIED if by_token and case.target.needs_list else None


def cleared_for_state(case: Case) -> Code | None:
    """CL-01, PE-01: the clearance dominates in every regime of the label; state secrets."""
    return None if case.subject.clearance.state >= case.target.levels.state else Code.CLEARANCE_STATE


def cleared_for_enterprise(case: Case) -> Code | None:
    """CL-01: a state clearance is no clearance for enterprise secrets."""
    enough = case.subject.clearance.enterprise >= case.target.levels.enterprise
    return None if enough else Code.CLEARANCE_ENTERPRISE


def cleared_for_restricted(case: Case) -> Code | None:
    """CL-01: internal matters are the third regime; an external account has none."""
    enough = case.subject.clearance.restricted >= case.target.levels.restricted
    return None if enough else Code.CLEARANCE_RESTRICTED


def state_allows(case: Case) -> Code | None:
    """Architecture section 4: what is registered never changes, what is destroyed is only described."""
    if case.rule.kind is Kind.NEW_OBJECT:
        return None
    return None if case.target.state in case.rule.states else Code.STATE_FORBIDS


def own_draft(case: Case) -> Code | None:
    """A draft is its author's, and those see it who keep or lead the unit it is filed for; nobody else edits it."""
    if case.rule.kind is Kind.NEW_OBJECT or case.target.state is not ObjectState.DRAFT:
        return None
    if case.target.author_id is not None and case.target.author_id == case.subject.person_id:
        return None
    edits = case.rule.states == frozenset({ObjectState.DRAFT})
    if not edits and case.subject.holds_over(KEEPERS, case.target.line):
        return None
    return Code.DRAFT_OF_ANOTHER


def not_excluded(case: Case) -> Code | None:
    """Requirements section 6, PE-06: dynamic exclusions, such as the person complained about or one's own proposal."""
    return Code.EXCLUDED if case.relation.excluded else None


# What the person's right rests on


def on_the_list(case: Case) -> Code | None:
    """P-05: classified or shielded is known only to people named on its list; a unit's entry is not enough (PE-02)."""
    if case.rule.kind is Kind.NEW_OBJECT or not case.target.needs_list:
        return None
    return None if case.relation.knows else Code.NOT_ON_LIST


def within_reach(case: Case) -> Code | None:
    """P-05: nothing is done with what one may not describe: open, one's units, any grant; never by rank (PE-10)."""
    if case.rule.kind is Kind.NEW_OBJECT or case.target.needs_list:
        return None
    return None if _describing_basis(case) else Code.OUTSIDE_SCOPE


def basis_for_action(case: Case) -> Code | None:
    """P-05, PE-03: each action rests on a basis of its own row; a grant of one action is no grant of another."""
    return None if _basis(case) else Code.NO_BASIS


# About content


def not_quarantined(case: Case) -> Code | None:
    """Storage section 3: what inspection held back is no reader's."""
    return Code.QUARANTINED if case.rule.reads_content and case.target.quarantined else None


def state_content_stored(case: Case) -> Code | None:
    """P-01: bodies of state secrets are taken and shown only while the attestation stands."""
    concerned = (case.rule.reads_content or case.rule.writes_content) and case.target.levels.state > 0
    return Code.STATE_CONTENT_CLOSED if concerned and not case.relation.state_content_open else None


def classified_at_all(case: Case) -> Code | None:
    """P-03: classified paper is read in the room or carried between rooms, never lent."""
    return Code.CLASSIFIED_NEVER if case.target.levels.is_classified and not case.rule.classified else None


def request_approved(case: Case) -> Code | None:
    """Rule book 10.1 保密要求(2), P-05: classified content needs an approved request for this action and scope."""
    needed = case.rule.needs_request and case.target.levels.is_classified
    return Code.REQUEST_MISSING if needed and not case.relation.approved_request else None


def session_live(case: Case) -> Code | None:
    """Rule book 10.1 保密要求(2), P-05: classified content is read in the reading room, in a live session."""
    needed = case.rule.needs_session and case.target.levels.is_classified
    return Code.SESSION_MISSING if needed and not case.relation.live_session else None


def terminal_registered(case: Case) -> Code | None:
    """P-02: writing is bound like reading; elsewhere one registers the paper."""
    needed = (case.rule.writes_content or case.rule.needs_terminal) and case.target.levels.is_classified
    return Code.TERMINAL if needed and not case.relation.registered_terminal else None


# What is asked before any object is looked up: its answer tells nothing about objects, so it may be explained.
ABOUT_ACCOUNT: tuple[Conjunct, ...] = (account_usable, duties_agree, trained, undertaking_signed)
ABOUT_DUTY: tuple[Conjunct, ...] = (no_officer, duty_held, token_opens)
ABOUT_OBJECT: tuple[Conjunct, ...] = (
    token_bears,
    cleared_for_state,
    cleared_for_enterprise,
    cleared_for_restricted,
    state_allows,
    own_draft,
    not_excluded,
    on_the_list,
    within_reach,
    basis_for_action,
    not_quarantined,
    state_content_stored,
    classified_at_all,
    request_approved,
    session_live,
    terminal_registered,
)
ABOUT_TOKEN: frozenset[Conjunct] = frozenset({token_opens, token_bears})


def decide(action: Action, subject: Subject, object: ObjectFacts | None, relation: RelationFacts) -> Decision:
    """Decide one question; total over actions. `object` is None exactly for routes.

    Raises UnknownAction for an action without a row, MisusedAction for a route asked about an object or the reverse.
    """
    rule = rule_of(action)
    about_object = rule.kind in {Kind.OBJECT, Kind.NEW_OBJECT}
    if about_object is not (object is not None):
        raise MisusedAction(f"{action} is of kind {rule.kind} and was asked about {object!r}.")
    if rule.kind is Kind.PUBLIC:
        return Allow(Code.PUBLIC)
    case = Case(action, rule, subject, object, relation)
    conjuncts = ABOUT_ACCOUNT + ABOUT_DUTY
    refusal = _first_refusal(case, conjuncts + ABOUT_OBJECT if about_object else conjuncts)
    if refusal is not None:
        return Deny(refusal)
    if not about_object:
        return Allow(Code.ACCOUNT if rule.duties is None else Code.DUTY)
    return Allow(_CODE_OF[_basis(case) or Basis.DUTY], obligations(rule, case.target))


def decide_at_the_door(action: Action, subject: Subject) -> Decision:
    """Decide a request before its object is looked up: the whole rule for a route, the account's part for an object.

    An officer or a person without the duty meets an object's own answer, which is the same as for a missing one; where
    the object is still to be made, he is told at once. Raises UnknownAction.
    """
    rule = rule_of(action)
    if rule.kind not in {Kind.OBJECT, Kind.NEW_OBJECT}:
        return decide(action, subject, None, UNRELATED)
    asked = ABOUT_ACCOUNT + ABOUT_DUTY if rule.kind is Kind.NEW_OBJECT else ABOUT_ACCOUNT
    refusal = _first_refusal(Case(action, rule, subject, None, UNRELATED), asked)
    return Allow(Code.ACCOUNT) if refusal is None else Deny(refusal)


@dataclass(frozen=True)
class Checked:
    """One conjunct of a question: the name of its rule, and whether it holds; None where it was not asked."""

    name: str
    holds: bool | None


def examine(
    action: Action, subject: Subject, object: ObjectFacts, relation: RelationFacts
) -> tuple[Checked, ...]:
    """The conjuncts of `decide` one by one, for somebody who may not know of the object (PE-13).

    What is about the person alone is asked whole. What is about the object is asked until `decide` would stop and no
    further, so that the list says nothing of the object that the verdict does not say by itself. Of whoever shows no
    token, nothing is said about tokens.
    """
    case = Case(action, rule_of(action), subject, object, relation)
    left_out = ABOUT_TOKEN if subject.scopes is None else frozenset()
    about_person, about_object = (
        [one for one in conjuncts if one not in left_out]
        for conjuncts in (ABOUT_ACCOUNT + ABOUT_DUTY, ABOUT_OBJECT)
    )
    found = [Checked(one.__name__, one(case) is None) for one in about_person]
    goes_on = all(one.holds for one in found)
    for one in about_object:
        holds = one(case) is None if goes_on else None
        found.append(Checked(one.__name__, holds))
        goes_on = bool(holds)
    return tuple(found)


def obligations(rule: Rule, target: ObjectFacts) -> frozenset[Obligation]:
    """Nothing of the holdings is cached; content carries the reader's mark; classified pages are entered one by one."""
    due = {Obligation.NO_STORE}
    if rule.reads_content:
        due.add(Obligation.WATERMARK)
        if target.needs_list:
            due.add(Obligation.REGISTER_PAGE)
    return frozenset(due)


_CODE_OF = {
    Basis.OPEN: Code.OPEN,
    Basis.UNIT: Code.UNIT_SCOPE,
    Basis.LIST: Code.NEED_TO_KNOW,
    Basis.GRANT: Code.GRANTED,
    Basis.REQUEST: Code.APPROVED,
    Basis.DUTY: Code.DUTY,
}


def _first_refusal(case: Case, conjuncts: tuple[Conjunct, ...]) -> Code | None:
    for conjunct in conjuncts:
        refusal = conjunct(case)
        if refusal is not None:
            return refusal
    return None


def _describing_basis(case: Case) -> bool:
    """Open, within the person's units, or any grant: a grant of any action implies DESCRIBE."""
    target = case.target
    return target.levels.restricted == 0 or target.unit_id in case.subject.units or bool(case.relation.grants)


def _basis(case: Case) -> Basis | None:
    """What this action rests on; the first that holds."""
    target, bases = case.target, case.rule.bases
    if target.needs_list:
        if Basis.LIST in bases:
            return Basis.LIST
    else:
        if Basis.OPEN in bases and target.levels.restricted == 0:
            return Basis.OPEN
        if Basis.UNIT in bases and target.unit_id in case.subject.units:
            return Basis.UNIT
    named = case.rule.granted_as or case.action
    held = case.relation.grants
    if Basis.GRANT in bases and (named in held or (named is Action.DESCRIBE and held)):
        return Basis.GRANT
    if Basis.REQUEST in bases and case.relation.approved_request:
        return Basis.REQUEST
    if Basis.DUTY in bases and case.subject.holds_over(case.rule.by_duty, target.line):
        return Basis.DUTY
    return None
