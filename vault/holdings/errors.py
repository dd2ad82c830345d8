"""Refusals of this room that a person may see. Each says what to do."""

from collections.abc import Mapping
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext


class HoldingsError(Exception):
    """Base: a stable code and a sentence that is safe to show."""

    code = "holdings"
    sentence: str | Promise = _("This cannot be done.")
    status = 400

    def __init__(self, sentence: str | Promise | None = None, **fields: list[str]) -> None:
        self.sentence = sentence if sentence is not None else type(self).sentence
        self.fields = fields
        super().__init__(str(self.sentence))


class PageRefusal(HoldingsError):
    """Base of what only pages and commands do; no operation of the programs' interface meets it."""


CODE_MALFORMED = _(
    "Use letters A to Z and digits, at most 16; hyphens and dots separate the parts of a code."
)
CODE_TAKEN = _("This code is in use already. Choose another one.")


class FormRefused(HoldingsError):
    """Some fields are wrong or missing; `fields` says which and why."""

    code = "fields-refused"
    sentence = _("Some entries are missing or wrong. Nothing was stored; correct them and send again.")


class ArchiveFileElsewhere(HoldingsError):
    """An archive file holds records of its own unit and series alone (HA-01)."""

    code = "archive-file-elsewhere"
    sentence = _(
        "This archive file is of another unit or series. Choose one of the record's own, or leave it empty."
    )


class ReasonMissing(HoldingsError):
    """Done only with a reason that stays beside it."""

    code = "reason-missing"
    sentence = _("Nothing was changed: say why, in one line of plain text. The reason stays on record.")


class ChangedMeanwhile(HoldingsError):
    """Somebody else changed the record since the form was opened."""

    code = "changed-meanwhile"
    sentence = _(
        "Somebody else changed this record since you opened it. Compare, then send your changes again."
    )
    status = 409


class WrongState(HoldingsError):
    """The state table has no such step from here."""

    code = "wrong-state"
    sentence = _("The record is not in a state that allows this. Open it again to see what can be done.")
    status = 409


class GrantHeld(PageRefusal):
    """The person holds the same grant already, for as long or longer."""

    code = "grant-held"
    sentence = _("This person holds this right on the record already, until that day or later.")
    status = 409


class TooMany(PageRefusal):
    """More at once than a page of the list can show."""

    code = "too-many"
    sentence = _("At most 200 records are done at once. Nothing was done; choose fewer.")


class TooManyViews(PageRefusal):
    """Nobody needs so many."""

    code = "too-many-views"
    sentence = _("You keep fifty views already. Delete one that you no longer use.")
    status = 409


class ViewNameTaken(PageRefusal):
    """Two of one name cannot be told apart."""

    code = "view-name-taken"
    sentence = _("You keep another view under this name. Choose another name, or delete that one first.")
    status = 409


class SomeRefused(PageRefusal):
    """Of many records some cannot be done, so none was.

    `codes` says why, by record, for what the person may know of; `unseen` counts the rest.
    """

    code = "some-refused"
    sentence = _(
        "Nothing was done, because some of the records cannot be done. They are named below and no longer chosen; "
        "send again to do the others."
    )
    status = 409

    def __init__(self, codes: Mapping[UUID, str], unseen: int = 0) -> None:
        self.codes, self.unseen = codes, unseen
        super().__init__()


class LoweredOnceRegistered(HoldingsError):
    """A decided classification is lowered by declassification only, once the record is registered."""

    code = "lowered-once-registered"
    sentence = _(
        "The label of a registered record is not lowered here: that is a declassification, which is reviewed and "
        "decided by itself. A higher label, or another period on the same level, can be proposed."
    )
    status = 409


class UploadCut(HoldingsError):
    """The body ended before its announced length."""

    code = "upload-cut"
    sentence = _("The upload broke off half-way. Nothing was stored; send the file again.")


class UploadTooLarge(HoldingsError):
    """Larger than the limit, by its announced or its real length."""

    code = "upload-too-large"
    sentence = _("The file is larger than the limit. Split it and file the parts.")
    status = 413


class QuotaExceeded(HoldingsError):
    """Too many bytes of this account are waiting to be filed."""

    code = "quota-exceeded"
    sentence = _(
        "Too much is waiting to be filed under your name. File or drop the open uploads first. Files held back in "
        "quarantine count as well, until the archivist closes them; you cannot remove those yourself."
    )
    status = 413


class NameRefused(HoldingsError):
    """The file name could mislead or harm; names are refused, never silently altered."""

    code = "name-refused"


class EmptyFile(HoldingsError):
    """A file without a single byte."""

    code = "empty-file"
    sentence = _("The file is empty. Check it where it came from and send it again.")


class SessionClosed(HoldingsError):
    """The upload session has ended or expired."""

    code = "session-closed"
    sentence = _("This upload has ended. Open the filing page again and send the files anew.")
    status = 409


class StorageFull(HoldingsError):
    """No room on the disk. Nothing half-written stays."""

    code = "storage-full"
    sentence = _("The store is full. Nothing was stored; tell the system officer and try again later.")
    status = 507


class NotPreviewable(HoldingsError):
    """Stored, but no page images can be made of it."""

    code = "not-previewable"
    sentence = _("This file is stored, but it cannot be shown as pages.")
    status = 404


class NoAuthority(HoldingsError):
    """P-06: we have no authority to classify state secrets; the request waits for the answer from above."""

    code = "no-classification-authority"
    sentence = _(
        "This organisation has no authority to set this state level. The record stays protected as proposed; "
        "file the superior's decision as a received mark when it arrives."
    )
    status = 409


class NothingAccepted(HoldingsError):
    """No file of the upload was accepted, so there is nothing to file."""

    code = "no-accepted-file"
    sentence = _("None of the files was accepted. Look at the reasons beside each file and send others.")


class NotScanned(HoldingsError):
    """PF-04: this instance takes no classified file that was not scanned for viruses."""

    code = "not-scanned"
    sentence = _(
        "The file could not be scanned for viruses, and classified files are not taken unscanned. Nothing was "
        "stored; tell the system officer that the scanner does not answer."
    )
    status = 503


class LastKnower(HoldingsError):
    """Striking this person would leave nobody who can look after the list, or the label without its decider."""

    code = "last-knower"
    sentence = _(
        "This person cannot be struck now: somebody must remain who may change this list, and whoever decides the "
        "label stays until he has. Name somebody else first."
    )
    status = 409


class ListWidenedByTwo(HoldingsError):
    """PE-02: of a secret one proposes and another approves who is put on the list."""

    code = "list-widened-by-two"
    sentence = _(
        "Nobody is put on the list of a secret by one person. Propose him; a leader approves it. Nobody was added."
    )
    status = 409


class NothingToExport(PageRefusal):
    """Nothing was chosen, or nothing of it is to be known of."""

    code = "nothing-to-export"
    sentence = _("Choose at least one record to export.")


class ExportRefused(PageRefusal):
    """Something that the viewer knows of may not leave; the whole export is refused, and says how many."""

    code = "export-refused"

    def __init__(self, *, classified: int, refused: int) -> None:
        said = []
        if classified:
            said.append(
                ngettext(
                    "%(count)s of the chosen records is above 内部; such records are never exported.",
                    "%(count)s of the chosen records are above 内部; such records are never exported.",
                    classified,
                )
                % {"count": classified}
            )
        if refused:
            said.append(
                ngettext(
                    "%(count)s of them you may not export: it takes a grant to export, and drafts are not exported.",
                    "%(count)s of them you may not export: that takes grants to export, and drafts are not exported.",
                    refused,
                )
                % {"count": refused}
            )
        super().__init__(f"{_('Nothing was exported.')} {' '.join(said)}")


class TextHeldBack(PageRefusal):
    """What a reader wrote looks like something other than text, or like malware."""

    code = "text-held-back"
    sentence = _(
        "Inspection did not take the text: it looks like something other than plain words. Nothing was kept; write "
        "it without codes and program text."
    )


class ExportTooLarge(PageRefusal):
    """More than a browser should wait for."""

    code = "export-too-large"
    sentence = _("An export here takes 200 records and 2 GB at most. Choose fewer, or ask the operator.")
    status = 413


class WrongTrayStep(PageRefusal):
    """The tray's table has no such step from here, or it is somebody else's."""

    code = "tray-step-not-yours"
    sentence = _(
        "This step is not yours, or it is done already. The named decider decides and postpones; the decider or the "
        "company's archivist names another one; whoever put it in waits."
    )
    status = 409


class WrongTrayDay(PageRefusal):
    """P-25: everything in the tray is decided within a month."""

    code = "tray-day-wrong"
    sentence = _("Choose a day from today on and at most 31 days ahead.")


class OwnerDecides(PageRefusal):
    """PE-06: nobody decides what he put in himself."""

    code = "tray-owner-decides"
    sentence = _("Whoever put a thing in does not decide it. Name somebody else.")


class DeciderUnfit(PageRefusal):
    """Somebody who cannot open the tray or may not know of the thing, or who is the decider already."""

    code = "tray-decider-unfit"
    sentence = _(
        "This person cannot take the decision. Name somebody else who works here with a duty of his own, is trained, "
        "and may know of what it is about."
    )
