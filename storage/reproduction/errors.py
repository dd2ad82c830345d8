"""Errors of making copies and of reading their codes."""

from storage.errors import StorageError


class ReproductionError(StorageError):
    """Base of this package's errors."""

    code = "storage.reproduction"


class NotReproducible(ReproductionError):
    """Files of this media type have no pages."""

    code = "storage.not_reproducible"

    def __init__(self) -> None:
        super().__init__("Files of this kind have no pages to copy. Make a carrier copy of the file instead.")


class EmptyScope(ReproductionError):
    """No page was named, or the file has none."""

    code = "storage.empty_scope"

    def __init__(self) -> None:
        super().__init__("There is no page to copy. Name at least one page.")


class PageOutOfScope(ReproductionError):
    """A page of the scope is beyond the end, or below 1."""

    code = "storage.page_out_of_scope"

    def __init__(self, page: int) -> None:
        super().__init__(f"There is no page {page}. Correct the pages that are to be copied.")
        self.page = page


class TooManyPages(ReproductionError):
    """The copy would have more pages than one copy may have."""

    code = "storage.too_many_pages"

    def __init__(self, limit: int) -> None:
        super().__init__(f"One copy holds at most {limit} pages. Ask for the pages in parts.")


class CopyTooLarge(ReproductionError):
    """The file or its copy is larger than is made in memory."""

    code = "storage.copy_too_large"

    def __init__(self) -> None:
        super().__init__("This file is too large to be copied at once. Ask for fewer pages.")


class EncryptedSource(ReproductionError):
    """The file asks for a password of its own."""

    code = "storage.encrypted_source"

    def __init__(self) -> None:
        super().__init__("This file is locked with a password of its own. It cannot be copied page by page.")


class DamagedSource(ReproductionError):
    """The file cannot be read as what it says it is."""

    code = "storage.damaged_source"

    def __init__(self) -> None:
        super().__init__("This file is damaged and was not copied. Tell the archivist.")


class WeakPassphrase(ReproductionError):
    """The passphrase of a carrier copy is short, or has characters that not every reader can type."""

    code = "storage.weak_passphrase"

    def __init__(self, length: int) -> None:
        super().__init__(
            f"The passphrase needs at least {length} characters, all of them plain letters, digits or signs."
        )


class ReproductionFailed(ReproductionError):
    """Making the copy broke or ran out of time; the cause carries which."""

    code = "storage.reproduction_failed"

    def __init__(self) -> None:
        super().__init__("The copy could not be made. The stored file is unharmed; tell the archivist.")


class NotACopyCode(ReproductionError):
    """The text is no code of a copy, or was mistyped."""

    code = "storage.not_a_copy_code"

    def __init__(self) -> None:
        super().__init__("This is not the code of a copy. Compare it with the page, character by character.")


class ScanUnreadable(ReproductionError):
    """The scan is no picture that can be read."""

    code = "storage.scan_unreadable"

    def __init__(self) -> None:
        super().__init__("This scan cannot be read. Save it as PNG, JPEG, TIFF or PDF and try again.")
