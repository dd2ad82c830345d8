"""What each decision says to the person: a sentence, a next step, and the rule book's clause.

Nothing here names an object, a person or a level, so every text is safe to show to whoever may describe the object.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from vault.authorization.decision import Allow, Code, Decision, Deny


@dataclass(frozen=True)
class Explanation:
    """One code in words. `clause` is the rule book's, where it says so itself; else empty."""

    rule_code: str
    sentence: Promise
    next_step: Promise
    clause: str

    @property
    def title(self) -> Promise:
        """Heading of a page that shows only this."""
        return _TITLE


_TITLE = _("This is not open to you now")
_NOTHING_TO_DO = _("Nothing more is needed.")

# (sentence, next step, clause of the rule book)
_TEXTS: dict[Code, tuple[Promise, Promise, str]] = {
    Code.NOT_SIGNED_IN: (
        _("You are not signed in."),
        _("Sign in with your staff number."),
        "",
    ),
    Code.ACCOUNT_UNUSABLE: (
        _("This account is suspended or closed."),
        _("Ask the security officer to look into it."),
        "",
    ),
    Code.DUTIES_CONFLICT: (
        _("You hold duties that exclude each other, so you can act under none of them."),
        _("Ask the security officer to end one of the duties."),
        "",
    ),
    Code.OFFICER: (
        _("Officers of the system have no access to records or to what describes them."),
        _("If a record concerns your own work, ask its unit for a paper copy of what you need."),
        "",
    ),
    Code.DUTY_MISSING: (
        _("None of your duties includes this work."),
        _("Ask the head of your unit who does it, or to have you appointed."),
        "",
    ),
    Code.TRAINING: (
        _("Your secrecy training is missing or has expired."),
        _("Attend the training; the security officer records it, and everything opens again."),
        "5.5(4)",
    ),
    Code.UNDERTAKING: (
        _("You have not signed the present secrecy undertaking."),
        _("Read and sign the undertaking on the notice page."),
        "10.1 保密工作(1)",
    ),
    Code.CLEARANCE_STATE: (
        _("Your clearance for state secrets is below the level of this record."),
        _("Whoever needs the content for his work asks the security officer for a clearance first."),
        "10.1 保密要求(5)",
    ),
    Code.CLEARANCE_ENTERPRISE: (
        _("Your clearance for enterprise secrets is below the level of this record."),
        _("Whoever needs the content for his work asks the security officer for a clearance first."),
        "10.1 保密要求(5)",
    ),
    Code.CLEARANCE_RESTRICTED: (
        _("You are not cleared for internal matters."),
        _("Ask the security officer for the clearance that members of staff have."),
        "10.1 保密要求(5)",
    ),
    Code.STATE_FORBIDS: (
        _("In its present state this cannot be done with the record."),
        _(
            "Drafts are registered first; what is registered is changed by a correction; what is destroyed stays so."
        ),
        "",
    ),
    Code.DRAFT_OF_ANOTHER: (
        _("This is somebody else's draft."),
        _("Wait until it is registered, or ask its author."),
        "",
    ),
    Code.EXCLUDED: (
        _("You are excluded from this matter because you take part in it."),
        _("Another person has to do this step."),
        "",
    ),
    Code.NOT_ON_LIST: (
        _("You are not named on the need-to-know list."),
        _("Ask the head of the unit that keeps it to name you, with the reason."),
        "10.1 保密要求(10)",
    ),
    Code.OUTSIDE_SCOPE: (
        _("The record belongs to a unit outside your duties."),
        _("Ask the head of that unit for a grant."),
        "10.1 保密要求(5)",
    ),
    Code.NO_BASIS: (
        _("Knowing of the record does not include this use of it."),
        _("Ask the head of the unit that keeps it for a grant of this very use, or make a request."),
        "10.1 保密要求(5)",
    ),
    Code.QUARANTINED: (
        _("The file is held in quarantine because the inspection found something wrong with it."),
        _("Ask the archivist of the unit to look at it and to have a sound copy filed."),
        "",
    ),
    Code.STATE_CONTENT_CLOSED: (
        _("This instance may not store or show the content of state secrets."),
        _("Register the paper and where it lies; read it in the secure room."),
        "",
    ),
    Code.CLASSIFIED_NEVER: (
        _("This is never done with classified records."),
        _("Read it in the reading room, or have an approved carrier move it between secure rooms."),
        "10.1 保密要求(2)",
    ),
    Code.REQUEST_MISSING: (
        _("Classified content needs an approved request for exactly this use, and there is none."),
        _("Make a request and state the purpose; the leader in charge decides it."),
        "10.1 保密要求(2)",
    ),
    Code.SESSION_MISSING: (
        _(
            "The request is approved, but classified content opens only in a reading session in the secure room."
        ),
        _("Go to the reading room and let the keeper open the session."),
        "10.1 保密要求(2)",
    ),
    Code.TERMINAL: (
        _("Classified content is filed only from a registered terminal, and this is none."),
        _("File it at a registered terminal, or register the paper and where it lies."),
        "10.1 保密要求(4)",
    ),
    Code.TOKEN_SCOPE: (
        _("This token is not for this work."),
        _("Make a token with the scope that it needs, on the page of your API tokens."),
        "",
    ),
    Code.TOKEN_CLASSIFIED: (
        _("Nothing classified goes through a token, in or out."),
        _("File it at a registered terminal, or register the paper and where it lies."),
        "10.1 保密要求(4)",
    ),
    Code.ABSENT: (
        _("There is nothing here that you can open."),
        _("Check the address, or find your way from your worklist."),
        "",
    ),
    Code.PUBLIC: (_("This is open to everybody."), _NOTHING_TO_DO, ""),
    Code.ACCOUNT: (_("This is open to every active account."), _NOTHING_TO_DO, ""),
    Code.OPEN: (_("The record is open to every active account."), _NOTHING_TO_DO, ""),
    Code.UNIT_SCOPE: (_("The record belongs to a unit of your duties."), _NOTHING_TO_DO, ""),
    Code.NEED_TO_KNOW: (
        _("You are named on the need-to-know list."),
        _("Keep what you learn within that list."),
        "10.1 保密要求(10)",
    ),
    Code.GRANTED: (_("This use was granted to you by name."), _NOTHING_TO_DO, ""),
    Code.APPROVED: (
        _("An approved request covers this use."),
        _("Use it within its time and number."),
        "10.1 保密要求(2)",
    ),
    Code.DUTY: (_("One of your duties includes this work."), _NOTHING_TO_DO, ""),
    Code.SYSTEM: (
        _("The system did this on its own, for maintenance."),
        _NOTHING_TO_DO,
        "",
    ),
}


# What each conjunct asks, for whoever asks about somebody else (PE-13).
_ASKED: dict[str, Promise] = {
    "account_usable": _("The account is in use: neither suspended nor closed."),
    "duties_agree": _("The person holds no duties that exclude each other."),
    "trained": _("The secrecy training is valid."),
    "undertaking_signed": _("The present secrecy undertaking is signed."),
    "no_officer": _("The person is none of the three officers, where officers are shut out."),
    "duty_held": _("One of the person's duties includes the action, where it takes a duty."),
    "token_opens": _("Whoever uses a token shows one whose scopes open the action."),
    "token_bears": _("Whoever uses a token asks for nothing classified."),
    "cleared_for_state": _("The clearance reaches the object's level of state secrets."),
    "cleared_for_enterprise": _("The clearance reaches the object's level of enterprise secrets."),
    "cleared_for_restricted": _("The clearance reaches internal matters, where the object is one."),
    "state_allows": _("The action can be done in the object's present state."),
    "own_draft": _("The object is no draft, or one that is open to the person."),
    "not_excluded": _("The person takes no part in the matter that excludes him."),
    "on_the_list": _("The person is on the need-to-know list, where the object has one."),
    "within_reach": _(
        "The object is open, within the person's units, or granted to him, where it has no list."
    ),
    "basis_for_action": _("The action rests on a duty, a unit, a list, a grant or an approved request."),
    "not_quarantined": _("The content is not held in quarantine."),
    "state_content_stored": _("This instance may hold content of that kind."),
    "classified_at_all": _("The action may be done with an object of that level at all."),
    "request_approved": _("There is an approved request, where one is needed."),
    "session_live": _("There is a live reading session, where one is needed."),
    "terminal_registered": _("The place is a registered terminal, where one is needed."),
}


def asked(name: str) -> Promise:
    """What a conjunct of the rule asks. Raises KeyError for the name of none."""
    return _ASKED[name]


def explain(decision: Decision | Code | str) -> Explanation:
    """The words for a decision or its code. Raises KeyError or ValueError for a code that no rule gives."""
    code = decision.code if isinstance(decision, Allow | Deny) else Code(decision)
    sentence, next_step, clause = _TEXTS[code]
    return Explanation(str(code), sentence, next_step, clause)


def in_one(found: Explanation) -> str:
    """Sentence and next step, for an answer that is no page."""
    return f"{found.sentence} {found.next_step}"
