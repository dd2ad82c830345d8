"""The jobs of making copies and reading their codes: run in a child of the fork server."""

import json
from collections.abc import Iterator
from typing import Any

import pikepdf

from storage.forkserver.tasks import Payload, task
from storage.inspection.kinds import KINDS, MIB
from storage.reproduction import originals, scans, sheets, typesetting
from storage.reproduction.framing import framed, unframed
from storage.reproduction.laying import Sheets
from storage.reproduction.marks import Marks

# The frames before a file are our own: the marks of each copy.
MAX_OVERLAYS = 32 * MIB


@task
def typeset_task(payload: Payload, args: dict[str, Any]) -> bytes:
    """args: veiled. The payload is JSON: the marks of each copy, and the facts of a cover or null. The answer is one
    PDF after the other: the pieces of the page numbers, the cover if there is one, the marks of each copy.
    """
    asked = json.loads(payload.read_all(MIB))
    cover = [] if asked["cover"] is None else [typesetting.cover(asked["cover"])]
    overlays = [typesetting.overlay(Marks(**marks), veiled=args["veiled"]) for marks in asked["marks"]]
    return framed([typesetting.pieces(), *cover, *overlays])


@task
def copies_task(payload: Payload, args: dict[str, Any]) -> Iterator[bytes]:
    """args: kind, pages, drawn, count. The payload is frames, pieces and marks of each copy, then the file. The
    answer is one copy after the other.
    """
    data = payload.read_all(KINDS[args["kind"]].preview_limit + MAX_OVERLAYS)
    (pieces, *overlays), body = unframed(data, 1 + args["count"])
    target = pikepdf.new()
    with originals.taken(target, body, args["kind"], pages=args["pages"], drawn=args["drawn"]) as found:
        made = Sheets(target, found, pieces, whole=args["pages"] is None)
    for overlay in overlays:
        yield made.save(overlay)


@task
def envelope_task(payload: Payload, args: dict[str, Any]) -> bytes:
    """args: media_type. The payload is frames, first JSON with name, passphrase and owner, then pieces, cover and
    marks, then the body.
    """
    (secret, pieces, cover, overlay), body = unframed(payload.read_all(sheets.MAX_BODY + MAX_OVERLAYS), 4)
    asked = json.loads(secret)
    target = pikepdf.new()
    with originals.taken(target, cover, "pdf", pages=None) as found:
        made = Sheets(target, found, pieces, whole=True)
    made.attach(asked["name"], args["media_type"], body)
    lock = pikepdf.Encryption(user=asked["passphrase"], owner=asked["owner"], R=6, aes=True, metadata=True)
    return made.save(overlay, lock)


@task
def read_task(payload: Payload, args: dict[str, Any]) -> bytes:
    """args: agreeing. The answer is a JSON list of codes."""
    return json.dumps(scans.read(payload.read_all(scans.MAX_BYTES), agreeing=args["agreeing"])).encode()
