"""Errors of inspection. What is wrong with a *file* is a reason in its finding, not an error."""

from storage.errors import StorageError


class InspectionError(StorageError):
    """Base of this package's errors."""

    code = "storage.inspection"


class SizeDiffers(InspectionError):
    """The bytes that came are not as many as announced; nothing can be said about the file."""

    code = "storage.inspection_size_differs"

    def __init__(self) -> None:
        super().__init__("The file arrived with another size than announced. Upload it again.")
