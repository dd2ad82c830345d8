"""E-mail: parsed, each attachment handed on to be looked at. Runs in the child."""

import email
import email.policy
from collections.abc import Iterator
from email.message import Message

from storage.inspection.outcome import Rejected

MAX_PARTS = 1_000
_TELLING = ("from", "to", "date", "subject", "message-id", "received", "mime-version")


def parse(data: bytes) -> Message:
    """The message; raises `Rejected` when the bytes have not even two of the headers every message has."""
    try:
        message = email.message_from_bytes(data, policy=email.policy.compat32)
    except (ValueError, RecursionError, IndexError) as error:
        raise Rejected("malformed_file") from error
    if sum(header in message for header in _TELLING) < 2:
        raise Rejected("malformed_file")
    return message


def attachments(message: Message) -> Iterator[tuple[str, bytes]]:
    """(name, content) of every part that is not the text itself; raises `Rejected` on too many parts."""
    for count, part in enumerate(message.walk()):
        if count > MAX_PARTS:
            raise Rejected("archive_bomb")
        if part.is_multipart():
            continue
        name = part.get_filename() or ""
        if name or part.get_content_maintype() != "text":
            content = part.get_payload(decode=True)
            yield name, content if isinstance(content, bytes) else b""
