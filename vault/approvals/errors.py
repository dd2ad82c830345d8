"""Refusals of this room that a person may see. Each says what to do."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class ApprovalsError(Exception):
    """Base: a stable code and a sentence that is safe to show; `fields` says which entries are wrong and why."""

    code = "approvals"
    sentence: str | Promise = _("This cannot be done.")
    status = 400

    def __init__(self, **fields: list[str]) -> None:
        self.fields = fields
        super().__init__(str(self.sentence))


class RequestIncomplete(ApprovalsError):
    """Something is missing or wrong in a request; `fields` says what."""

    code = "request-incomplete"
    sentence = _("Some entries are missing or wrong. Nothing was sent; correct them and send again.")


class NothingToRequest(ApprovalsError):
    """The label asks for no such approval."""

    code = "nothing-to-request"
    sentence = _(
        "This needs no request: whoever may know of an open record may copy it, and an internal record is read by "
        "unit or grant. Only copies and prints of internal records are asked for."
    )


class AlreadyRequested(ApprovalsError):
    """The same is asked for already."""

    code = "already-requested"
    sentence = _(
        "You have an open request for this already. Follow it under My requests. What is not approved yet you can "
        "withdraw; an approval is taken back by its approver."
    )
    status = 409


class OriginatorUnknown(ApprovalsError):
    """保密要求(3): without the unit that set the level nobody can allow it (RQ-06)."""

    code = "originator-unknown"
    sentence = _(
        "Nothing is copied, printed, excerpted or quoted from this top secret: the unit that set its level is not "
        "known here, and nobody else can allow it. Ask the archivist to find out who set it."
    )
    status = 409


class WrongStep(ApprovalsError):
    """The table has no such step from here for this person."""

    code = "wrong-step"
    sentence = _("The request is not in a state that allows this. Open it again to see what can be done.")
    status = 409


class ChangedMeanwhile(ApprovalsError):
    """Somebody else worked on it since the page was opened."""

    code = "changed-meanwhile"
    sentence = _("Somebody else worked on this since you opened it. Read what was done, then decide again.")
    status = 409


class ReasonMissing(ApprovalsError):
    """A refusal or a revocation without its reason."""

    code = "reason-missing"
    sentence = _("Say why, in a few words. Nothing was done.")


class RequesterUnfit(ApprovalsError):
    """Checked as fit although clearance, list, training or undertaking are wanting."""

    code = "requester-unfit"
    sentence = _(
        "The requester is not cleared for this record, not on its need-to-know list, or his training or undertaking "
        "has lapsed. Put that right first, or reject the request with the reason."
    )
    status = 409


class WindowOver(ApprovalsError):
    """Approved or used after its last day."""

    code = "window-over"
    sentence = _("The days for which this was asked for are over. A new request is needed.")
    status = 409


class LabelMoved(ApprovalsError):
    """The record is no longer what was asked for (RQ-11, CL-15)."""

    code = "label-moved"
    sentence = _("The record's label has changed since this was asked for. A new request is needed.")
    status = 409


class IssuerUnrelated(ApprovalsError):
    """RQ-04: a paper of a unit that neither set the level nor stands above the one that did."""

    code = "issuer-unrelated"
    sentence = _(
        "The paper is of a unit that did not set this record's level and does not stand above the one that did. "
        "It allows nothing here."
    )
    status = 409


class PaperUsed(ApprovalsError):
    """RQ-05: a paper allows one request, once."""

    code = "paper-used"
    sentence = _("This paper was recorded before. It allows one request, once; ask the unit for another one.")
    status = 409


class PaperTooFew(ApprovalsError):
    """RQ-05: more copies are asked for than the paper allows."""

    code = "paper-too-few"
    sentence = _(
        "The paper allows fewer copies than the request asks for. Reject it, and ask for as many anew."
    )
    status = 409


class PaperAbsent(ApprovalsError):
    """The scan is a record of the archive with a body, and its recorder may know of it."""

    code = "paper-absent"
    sentence = _("File the scan of the paper as a record first, then give that record's number here.")


class DelegationRefused(ApprovalsError):
    """PE-12: a delegation outside its bounds; `problem` says which."""

    code = "delegation-refused"
    sentence = _(
        "Somebody else decides in your place for at most 60 days, within your own post, and only if he is cleared "
        "for it himself. Nothing was changed."
    )

    def __init__(self, problem: str = "", **fields: list[str]) -> None:
        self.problem = problem
        super().__init__(**fields)


class NobodyNew(ApprovalsError):
    """PE-02: everybody chosen is on the list, is proposed already, or cannot be named."""

    code = "nobody-new"
    sentence = _(
        "Nobody was proposed: choose somebody else who is neither on the list nor proposed for it already."
    )


class ListNotByTwo(ApprovalsError):
    """PE-02: the list of what is no secret opens nothing and is kept by one."""

    code = "list-not-by-two"
    sentence = _("This record is no secret. Put people on its list directly.")
    status = 409


class WideningStale(ApprovalsError):
    """PE-02: label, unit or clearance are no longer what the proposal rests on, or it is too old."""

    code = "widening-stale"
    sentence = _(
        "Since this was proposed the record's label or unit, or the person's unit or clearance, has changed, or it "
        "is older than 30 days. Nobody was put on the list; it has to be proposed anew."
    )
    status = 409


class RuleRefused(ApprovalsError):
    """A row of the rule table that nobody may set, or that changes nothing."""

    code = "approver-rule-refused"
    sentence = _(
        "The approval of top secrets stays with the principal leader, and a row says something else than before. "
        "Nothing was changed."
    )


class RegisterTooLong(ApprovalsError):
    """RQ-13: more rows than one file holds."""

    code = "register-too-long"
    sentence = _("This period has more entries than one printed register holds. Choose a shorter one.")


class ScanAway(ApprovalsError):
    """P-02: a page of a copy is content, and may be secret."""

    code = "scan-away"
    sentence = _(
        "A page of a copy may be secret: send it at a registered terminal only. Elsewhere type the code off the page."
    )
    status = 409


class ScanEmpty(ApprovalsError):
    """No byte came."""

    code = "scan-empty"
    sentence = _("The file is empty. Scan the page again.")


class ScanTooLarge(ApprovalsError):
    """More than is held in memory for it."""

    code = "scan-too-large"
    sentence = _("The file is larger than 10 MB. One page is enough; scan it at 200 to 300 dpi.")


class ScanRefused(ApprovalsError):
    """PF-03: no picture, broken, or refused by inspection; `fields` may say why."""

    code = "scan-refused"
    sentence = _("This is no scan that can be read. Save it as PDF, JPEG, PNG or TIFF and send it again.")


class ScanFailed(ApprovalsError):
    """The part that reads scans does not answer."""

    code = "scan-failed"
    sentence = _(
        "The scan could not be read just now. Try again in a few minutes, or type the code off the page."
    )
    status = 503


class SamePerson(ApprovalsError):
    """AD-09: what one proposed another confirms."""

    code = "same-person"
    sentence = _("Somebody else confirms what you proposed. Nothing was changed.")
    status = 409


class NothingLeft(ApprovalsError):
    """RQ-02: every use is taken."""

    code = "nothing-left"
    sentence = _("Nothing of this approval is left to use. A new request is needed.")
    status = 409


class NothingToCopy(ApprovalsError):
    """Nothing stored is within what was approved, or it has no pages to print."""

    code = "nothing-to-copy"
    sentence = _(
        "Nothing of what was approved can be made here: it is on paper only, was held back, or has no pages to "
        "print. Ask for a copy of something else."
    )
    status = 409


class PassphraseNeeded(ApprovalsError):
    """What has no pages is handed over in a locked carrier."""

    code = "passphrase-needed"
    sentence = _(
        "A part without pages is locked under a passphrase of at least 16 letters, digits or signs. Nothing was made."
    )


class CopyBroken(ApprovalsError):
    """The making broke off after the copy was counted."""

    code = "copy-broken"
    sentence = _(
        "Making the copy broke off. It is counted all the same: take it back into the register and have it "
        "destroyed, then make the next one."
    )
    status = 500


class CopyStepClosed(ApprovalsError):
    """The table has no such step from here for this person."""

    code = "copy-wrong-step"
    sentence = _("The copy is not in a state that allows this. Open it again to see what can be done.")
    status = 409


class ReceiptMissing(ApprovalsError):
    """Handed over on paper without the number of the receipt."""

    code = "receipt-missing"
    sentence = _("Give the number of the receipt that was signed. Nothing was done.")


class RecipientUnfit(ApprovalsError):
    """Nobody takes a copy who could not have asked for it."""

    code = "recipient-unfit"
    sentence = _(
        "This person may not have the copy: not cleared, not on the record's need-to-know list, untrained, an "
        "officer, or its holder already. Nothing was done."
    )
    status = 409


class CopiesOutstanding(ApprovalsError):
    """RQ-08: a copy is neither returned, destroyed nor filed, or its loss is not concluded."""

    code = "copies-outstanding"
    sentence = _(
        "A copy is still out, or its loss is not concluded. The request closes when each is returned, destroyed or "
        "filed."
    )
    status = 409


class CountRefused(ApprovalsError):
    """The month is not over, was counted already, or something missing is not in it."""

    code = "count-refused"
    sentence = _("This month is not over yet, lies too far back, or was confirmed already. Nothing was done.")
    status = 409
