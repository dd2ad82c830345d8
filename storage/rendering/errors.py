"""Errors of rendering."""

from storage.errors import StorageError


class RenderingError(StorageError):
    """Base of this package's errors."""

    code = "storage.rendering"


class NoSuchPage(RenderingError):
    """The page asked for is beyond the end, or below 1."""

    code = "storage.no_such_page"

    def __init__(self, page: int) -> None:
        super().__init__(f"There is no page {page}. Go back to the first page.")


class NotRenderable(RenderingError):
    """Files of this media type are not shown as pages."""

    code = "storage.not_renderable"

    def __init__(self) -> None:
        super().__init__("Files of this kind are not shown as pages. Ask for a copy if you may have one.")


class RenderingFailed(RenderingError):
    """The renderer broke, ran out of time or memory on this file; the cause carries which."""

    code = "storage.rendering_failed"

    def __init__(self) -> None:
        super().__init__("This page could not be drawn. The stored file is unharmed; tell the archivist.")
