"""What states, steps, actions and wrong entries are called on the pages of this room."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from vault.approvals.rules import Regime, RequestEvent, RequestState
from vault.approvals.widening_rules import Cause, WideningState
from vault.authorization.actions import Action

ACTION_LABELS: dict[str, Promise] = {
    Action.CONSULT.value: _("Consult"),
    Action.EXCERPT.value: _("Excerpt"),
    Action.QUOTE.value: _("Quote"),
    Action.COPY.value: _("Copy"),
    Action.PRINT.value: _("Print"),
}
# What each opens, for whoever chooses.
ACTION_HINTS: dict[str, Promise] = {
    Action.CONSULT.value: _("read it in the secure reading room"),
    Action.EXCERPT.value: _("write parts of it down during a reading"),
    Action.QUOTE.value: _("take its words into a document of your own"),
    Action.COPY.value: _("receive numbered copies that are accounted for"),
    Action.PRINT.value: _("receive numbered prints that are accounted for"),
}
STATE_LABELS: dict[str, tuple[Promise, str]] = {
    RequestState.SUBMITTED.value: (_("To be checked"), "soon"),
    RequestState.CHECKED.value: (_("To be decided by its approver"), "soon"),
    RequestState.LEADER_APPROVED.value: (_("Waits for the unit that set the level"), "soon"),
    RequestState.URGENT.value: (_("Emergency: to be released by two"), "late"),
    RequestState.LEADER_RELEASED.value: (_("Emergency: waits for the second person"), "late"),
    RequestState.SECOND_RELEASED.value: (_("Emergency: waits for the leader"), "late"),
    RequestState.APPROVED.value: (_("Approved"), "ok"),
    RequestState.IN_SESSION.value: (_("Being read"), "info"),
    RequestState.PRODUCED.value: (_("Copies made"), "info"),
    RequestState.RECALLED.value: (_("Stopped; copies to be accounted for"), "late"),
    RequestState.CLOSED.value: (_("Closed, all copies accounted for"), ""),
    RequestState.USED_UP.value: (_("Used up"), ""),
    RequestState.EXPIRED.value: (_("Expired"), ""),
    RequestState.REJECTED.value: (_("Refused"), "late"),
    RequestState.WITHDRAWN.value: (_("Withdrawn"), ""),
    RequestState.REVOKED.value: (_("Revoked"), "late"),
}
EVENT_LABELS: dict[str, Promise] = {
    RequestEvent.CHECK.value: _("Checked"),
    RequestEvent.REJECT.value: _("Refused"),
    RequestEvent.APPROVE.value: _("Approved"),
    RequestEvent.AUTHORISE.value: _("Paper of the other unit compared"),
    RequestEvent.RELEASE.value: _("Released by the leader"),
    RequestEvent.COUNTERSIGN.value: _("Released by the second person"),
    RequestEvent.ESCALATE.value: _("Moved on to the next post"),
    RequestEvent.OPEN.value: _("Reading begun"),
    RequestEvent.LEAVE.value: _("Reading ended"),
    RequestEvent.NOTE.value: _("Excerpt or quote written"),
    RequestEvent.PRODUCE.value: _("Copy made"),
    RequestEvent.CLOSE.value: _("Closed"),
    RequestEvent.WITHDRAW.value: _("Withdrawn"),
    RequestEvent.REVOKE.value: _("Revoked"),
    RequestEvent.EXPIRE.value: _("Expired"),
}
# Why the system itself took a step.
CAUSE_LABELS: dict[str, Promise] = {
    "label-changed": _("The record's label changed."),
    "requester-unfit": _("The requester's clearance, unit or place on the need-to-know list changed."),
    "not-as-approved": _("It no longer says what was approved."),
    "window-over": _("Its days are over."),
    "hour-over": _("Its hour is over."),
    "clock-set-back": _("The clock was set back during its hour."),
    "silence": _("Nobody decided in two working days."),
}
WIDENING_LABELS: dict[str, tuple[Promise, str]] = {
    WideningState.PROPOSED.value: (_("To be decided by its approver"), "soon"),
    WideningState.APPROVED.value: (_("Approved: on the list"), "ok"),
    WideningState.REFUSED.value: (_("Refused"), "late"),
    WideningState.WITHDRAWN.value: (_("Withdrawn"), ""),
    WideningState.LAPSED.value: (_("Lapsed"), ""),
}
# Why a proposal for a list lapsed.
LAPSE_LABELS: dict[str, Promise] = {
    Cause.LABEL.value: _("The record's label changed."),
    Cause.UNIT.value: _("The record or the person belongs to another unit now."),
    Cause.CLEARANCE.value: _("The person's clearance changed."),
    Cause.LISTED.value: _("The person is on the list already."),
    Cause.STRUCK.value: _("Whoever proposed it was taken off the list."),
    Cause.OLD.value: _("Nobody decided it in 30 days."),
}
REGIME_LABELS: dict[str, Promise] = {
    Regime.STATE.value: _("State secret"),
    Regime.ENTERPRISE.value: _("Enterprise secret"),
    Regime.RESTRICTED.value: _("Internal"),
}
PROBLEMS: dict[str, Promise] = {
    "purpose-missing": _("Say what it is needed for; whoever decides has nothing else to go by."),
    "why-missing": _("Say why it cannot wait; it stands in the report."),
    "knower-oneself": _("Nobody puts himself on a need-to-know list."),
    "window-backwards": _("The last day lies before the first."),
    "window-past": _("The last day is over. Choose days from today on."),
    "window-long": _("At most 30 days; ask again for longer."),
    "window-ahead": _("At most 90 days ahead."),
    "amount": _("Between 1 and 20."),
    "pages-unreadable": _("Write pages as 1-10, 12."),
    "pages-backwards": _("The smaller page comes first, as in 3-5."),
    "pages-absent": _("There is no such page. Pages count from 1."),
    "title-missing": _("Give it a title, or say what it is about."),
    "text-missing": _("Write what you take from the pages."),
    "pages-missing": _("Say from which pages it was written."),
    "pages-outside": _("Not all of these pages are approved for this. Name those that are."),
    "pages-not-shown": _("Not all of these pages were shown to you in this session. Open them first."),
    "point-missing": _(
        "A lower label needs the secret point that says so. Name it, or keep the source's label."
    ),
    "point-without-level": _("A secret point is named only with the lower label that it allows."),
    "level-not-lower": _("Choose a label below the source's, or the source's own."),
    "pages-of-nothing": _("This part has no pages; leave them empty to ask for all of it."),
    "component-absent": _("Choose at least one part of the record, or all of it."),
    "part-twice": _("Name each part once, with all its pages."),
    "document-no-missing": _("Give the number that stands on the paper."),
    "document-date-ahead": _("The paper cannot be of a later day than today."),
    "delegate-oneself": _("Choose somebody else."),
    "delegation-not-held": _(
        "You do not hold this post yourself. What you only stand in for is not passed on."
    ),
    "delegation-backwards": _("The last day lies before the first."),
    "delegation-past": _("It begins today or later."),
    "delegation-long": _("At most 60 days."),
    "delegate-unfit": _("This person cannot act here: no account in use, or an officer."),
}
