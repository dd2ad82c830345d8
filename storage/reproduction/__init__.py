"""Copies of stored files, each marked as one of its row, made in memory: no clear byte reaches a disk.

`produce` and `produce_many` copy what has pages: every page lies reduced on an A4 or A3 sheet between two bands that
bear the label, the number of the copy, its code in letters and as three printed symbols, who received it, and the
stamp of the unit that made it; over the page itself the code and the recipient stand faintly, for who cuts the bands
off. `produce_envelope` copies what has none. `codes.read_codes` leads from a scanned page back to the copy.

Everything runs in the fork server, in two children: one sets the marks in type and never sees the file, the other
parses the file behind all walls. The marks deter and trace; they do not stop someone from typing a page off.
"""

import json
import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Any, Literal

from storage import forkserver
from storage.inspection.kinds import MIB, kind_for
from storage.inspection.safe_names import safe_name
from storage.reproduction import errors, sheets
from storage.reproduction.framing import framed
from storage.reproduction.marks import Marks

__all__ = ["Form", "Marks", "produce", "produce_envelope", "produce_many"]

# As the file draws itself, its text and lines kept; or as a picture of each page, in which nothing else can hide.
Form = Literal["faithful", "drawn"]
MAX_AT_ONCE = 100
MIN_PASSPHRASE = 16
MAX_COPY = 256 * MIB

_TASKS = "storage.reproduction.worker:"
_REFUSALS = {
    "empty_scope": errors.EmptyScope,
    "encrypted": errors.EncryptedSource,
    "damaged": errors.DamagedSource,
}
_PRINTABLE = range(0x20, 0x7F)


def produce(
    chunks: Iterable[bytes],
    *,
    media_type: str,
    pages: tuple[int, ...] | None,
    marks: Marks,
    form: Form = "faithful",
) -> bytes:
    """The PDF of one copy. Raises as `produce_many`."""
    (made,) = produce_many(chunks, media_type=media_type, pages=pages, marks=[marks], form=form)
    return made


def produce_many(
    chunks: Iterable[bytes],
    *,
    media_type: str,
    pages: tuple[int, ...] | None,
    marks: Sequence[Marks],
    form: Form = "faithful",
) -> Iterator[bytes]:
    """The PDF of one copy after the other, of the named pages from 1 in ascending order, or of all when None.

    The file is read once, and one copy is held at a time; nothing is made before the first is asked for. Raises
    `NotReproducible`, `EmptyScope` and ValueError at once, and then `PageOutOfScope`, `TooManyPages`,
    `CopyTooLarge`, `EncryptedSource`, `DamagedSource`, `ReproductionFailed`, `forkserver.ForkServerUnavailable`.
    """
    kind = kind_for(media_type)
    if kind is None or kind.viewer != "pages":
        raise errors.NotReproducible
    if not 1 <= len(marks) <= MAX_AT_ONCE:
        raise ValueError(f"1 to {MAX_AT_ONCE} copies are made at once.")
    if pages is not None:
        if not pages:
            raise errors.EmptyScope
        if min(pages) < 1:
            raise errors.PageOutOfScope(min(pages))
        if len(set(pages)) > sheets.MAX_PAGES:
            raise errors.TooManyPages(sheets.MAX_PAGES)
    args = {"kind": kind.code, "pages": pages, "drawn": form == "drawn", "count": len(marks)}
    return _copies(chunks, marks, args, kind.preview_limit)


def produce_envelope(
    chunks: Iterable[bytes],
    *,
    media_type: str,
    name: str,
    marks: Marks,
    passphrase: str,
    facts: Sequence[tuple[str, str]] = (),
) -> bytes:
    """A carrier copy, for what has no pages: a PDF whose cover bears the marks and `facts` (names and values), with
    the file attached under `name`, all of it locked with AES-256 under a passphrase that is used for this copy only.

    What it cannot do: the attached file bears no mark once it is taken out; some readers, those in browsers above
    all, do not show attachments; who has the passphrase can pass on both. Hand the passphrase over by another way,
    and keep it nowhere. A file of up to 200 MiB. Raises `WeakPassphrase`, `CopyTooLarge`, `ReproductionFailed`,
    `forkserver.ForkServerUnavailable`.
    """
    if len(passphrase) < MIN_PASSPHRASE or any(ord(sign) not in _PRINTABLE for sign in passphrase):
        raise errors.WeakPassphrase(MIN_PASSPHRASE)
    attached = safe_name(name, fallback="file")
    cover = [("文件名", attached), ("类型", media_type), *facts]
    # The owner's password would lift what the user's may not do; nobody is to have it. What is secret goes by the
    # pipe, which only the child reads.
    secret = {"name": attached, "passphrase": passphrase, "owner": secrets.token_urlsafe(32)}
    frames = framed([json.dumps(secret).encode()]) + _frames([marks], cover)
    # The lock's salts come from /dev/urandom. The body is attached as it is and never parsed there.
    made = _made("envelope_task", frames, chunks, {"media_type": media_type}, sheets.MAX_BODY, open_files=4)
    return next(made)


def _copies(
    chunks: Iterable[bytes], marks: Sequence[Marks], args: dict[str, Any], input_bytes: int
) -> Iterator[bytes]:
    made = _made("copies_task", _frames(marks, None), chunks, args, input_bytes)
    for _, copy in zip(marks, made, strict=True):
        yield copy
        # Not held while the next one is made.
        del copy


def _frames(marks: Sequence[Marks], cover: Sequence[tuple[str, str]] | None) -> bytes:
    """What is laid over the file's pages, set in type."""
    asked = json.dumps({"marks": [asdict(each) for each in marks], "cover": cover}).encode()
    limits = forkserver.Limits(
        memory=1024 * MIB,
        cpu_seconds=20 + len(marks),
        wall_seconds=60.0 + len(marks),
        input_bytes=MIB,
        output_bytes=32 * MIB,
        open_files=16,
        threads=True,
    )
    try:
        return forkserver.run(_TASKS + "typeset_task", [asked], {"veiled": cover is None}, limits)
    except forkserver.ForkServerUnavailable:
        raise
    except forkserver.ForkServerError as error:
        raise errors.ReproductionFailed from error


def _made(
    task: str,
    frames: bytes,
    chunks: Iterable[bytes],
    args: dict[str, Any],
    input_bytes: int,
    *,
    open_files: int = 0,
) -> Iterator[bytes]:
    limits = forkserver.Limits(
        memory=2048 * MIB,
        cpu_seconds=300,
        wall_seconds=900.0,
        input_bytes=input_bytes + len(frames),
        output_bytes=MAX_COPY,
        open_files=open_files,
    )
    try:
        yield from forkserver.stream(_TASKS + task, _after(frames, chunks), args, limits)
    except forkserver.JobRefused as refused:
        raise _refusal(refused) from refused
    except forkserver.JobTooLarge as error:
        raise errors.CopyTooLarge from error
    except (forkserver.JobTimeout, forkserver.JobCrashed) as error:
        raise errors.ReproductionFailed from error


def _after(frames: bytes, chunks: Iterable[bytes]) -> Iterator[bytes]:
    yield frames
    yield from chunks


def _refusal(refused: forkserver.JobRefused) -> errors.ReproductionError:
    if refused.reason == "page_out_of_scope":
        return errors.PageOutOfScope(int(str(refused)))
    if refused.reason == "too_many_pages":
        return errors.TooManyPages(sheets.MAX_PAGES)
    return _REFUSALS.get(refused.reason, errors.ReproductionFailed)()
