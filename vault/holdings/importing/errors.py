"""What is wrong with an import, by code: a sentence for each, which says what to do."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from vault.holdings.errors import PageRefusal

TROUBLES: dict[str, Promise] = {
    # The table as a whole.
    "table-empty": _("The table has no rows below its headings."),
    "table-too-large": _("The table is larger than 32 MB. Split it."),
    "table-unreadable": _("The table cannot be read. Save it again as CSV or XLSX."),
    "too-many-rows": _("An import takes 10,000 records at most. Split the table and the folder."),
    "too-many-columns": _("The table has more than 64 columns. Take out those that do not belong to it."),
    "encoding-unknown": _("The table is neither UTF-8 nor GB18030. Save it again as “CSV UTF-8”."),
    "column-unknown": _("This column is not known. Rename it as in the template, or take it out."),
    "column-twice": _("This column is there twice. Take one out."),
    "column-missing": _("The table has no column for the file names."),
    # One row.
    "too-many-cells": _("The row has more cells than there are headings."),
    "character-lost": _(
        "A character was lost when the table was saved. Save it as “CSV UTF-8” and put it right."
    ),
    "text-refused": _(
        "The text is longer than 500 characters, or holds line breaks, control characters or direction marks."
    ),
    "file-empty": _("The row names no file."),
    "path-escape": _("The file name leads out of the folder. Name files inside it only."),
    "file-missing": _("There is no such file in the folder."),
    "file-twice": _("Another row names the same file."),
    "date-missing": _("The date is missing."),
    "date-unreadable": _("The date cannot be read. Write it as 2026-11-05."),
    "date-future": _("The date lies in the future."),
    "label-missing": _(
        "The label is missing. None is assumed: give one for each row, or one for the whole import."
    ),
    "label-unknown": _("There is no such label."),
    "label-classified": _(
        "Records above 内部 are not imported. File each from a registered terminal, with its mark, its period and who "
        "may know of it."
    ),
    "unit-unknown": _("There is no such unit. Give its name, or its code."),
    "unit-missing": _("The unit is missing: give one for each row, or one for the whole import."),
    "series-unknown": _(
        "There is no such series. Give its name or its code, as in WS, or in GAAZ/WS where two fonds have it."
    ),
    "series-missing": _("The series is missing: give one for each row, or one for the whole import."),
    "retention-unknown": _("There is no such retention class. Give its name or its code, as in 30年 or D30."),
    "retention-missing": _(
        "The retention class is missing: give one for each row, or one for the whole import."
    ),
    "archive-file-unknown": _(
        "There is no such archive file of this unit and series. Give its title as the list of archive files shows it."
    ),
    "archive-file-ambiguous": _(
        "More than one archive file of this unit and series has this title. Write the year before it, as in 2026/TITLE."
    ),
    "item-contradicts": _(
        "An earlier row of the same item says otherwise. Describe a record in its first row only."
    ),
    "digest-unreadable": _(
        "The digest is not 64 hexadecimal signs of SHA-256. Copy it whole, or leave it empty."
    ),
    "digest-differs": _(
        "The file is not the one whose digest the table has. Put that file there, or put the table right."
    ),
    "not-allowed": _("You may not import records of this label for this unit."),
    # One file of the folder.
    "folder-empty": _("There is no file in the folder."),
    "file-not-in-table": _("No row names this file. Add one, or take the file out of the folder."),
    "not-a-file": _("This is a link or a device, not a file. Put the file itself there."),
    "name-refused": _("The file name could mislead or harm. Rename the file."),
    "name-twice": _("Two files of the folder have the same name once it is read as text. Rename one."),
    "file-without-bytes": _("The file is empty. Check it where it came from."),
    "file-too-large": _("The file is larger than the limit. Split it."),
    "file-unreadable": _("The file cannot be read. Look at its permissions."),
    "file-changed": _("The file changed while it was read. Import again when nobody works on it."),
    "held-back": _(
        "The file was held back and waits in quarantine, which says why. Put another one in its place."
    ),
    "not-received": _("The file has not been received yet. Choose it again and send it."),
}


@dataclass(frozen=True)
class Trouble:
    """One thing that is wrong: `row` as spreadsheets count (the headings are 1), 0 for what belongs to no row.

    `about` is the heading, value or file name that it is about, as it was given.
    """

    code: str
    row: int = 0
    about: str = ""

    @property
    def sentence(self) -> str:
        """What is wrong and what to do."""
        return str(TROUBLES[self.code])


class TableRefused(PageRefusal):
    """The table cannot be read at all; `code` is one of TROUBLES."""

    def __init__(self, code: str, *, row: int = 0, about: str = "") -> None:
        super().__init__(TROUBLES[code])
        self.code = code
        self.trouble = Trouble(code, row, about)


class ImportRefused(PageRefusal):
    """Something is wrong with the folder or its table; nothing of the import is visible."""

    code = "import-refused"
    sentence = _("Nothing was imported. Put right what is listed, then import again.")

    def __init__(self, troubles: list[Trouble]) -> None:
        super().__init__()
        self.troubles = troubles


class NothingToResume(PageRefusal):
    """No import of this folder, with this table and these defaults, is open under this account."""

    code = "nothing-to-resume"
    sentence = _(
        "There is no open import to continue: the table, the folder's list of files or the defaults have changed, more "
        "than 24 hours have passed, or it was finished or begun anew. Begin it without --resume."
    )


class ImportIncomplete(PageRefusal):
    """Files are still missing, or were taken out meanwhile."""

    code = "import-incomplete"
    sentence = _("Not every file has been received. Continue the import with --resume.")
    status = 409


class FolderUnreadable(PageRefusal):
    """The folder is not there, or may not be read."""

    code = "folder-unreadable"
    sentence = _("The folder is not there or cannot be read.")
