"""Errors of printing registers."""

from storage.errors import StorageError


class FormError(StorageError):
    """Base of this package's errors."""

    code = "storage.form"


class TooManyRows(FormError):
    """More than one file holds."""

    code = "storage.form_too_long"

    def __init__(self, most: int) -> None:
        super().__init__(f"A printed register holds at most {most} rows. Choose a shorter period.")
        self.most = most


class FormFailed(FormError):
    """The child gave no file."""

    code = "storage.form_failed"

    def __init__(self) -> None:
        super().__init__(
            "The register could not be printed. Try again; if it fails again, tell the system officer."
        )
