"""Checks evidence of a Jingui audit log with nothing but Python 3.9: no package, no database, no network.

    python3 verify.py FOLDER [--key FILE] [--checkpoint FILE ...]
    python3 verify.py --proof FILE --event FILE --key FILE

FOLDER is an unpacked evidence bundle (audit/FORMAT.md section 8). Give the verifier key and any checkpoint that was
kept where the log's keeper cannot change it, and run a copy of this file that was kept so too: what comes with a
bundle shows only that the bundle agrees with itself. Nothing is written. Exit codes: 0 everything holds,
1 something does not and is named, 2 wrong arguments or a file that cannot be read.
"""

from __future__ import annotations

import sys

if __name__ == "__main__" and not getattr(sys.flags, "safe_path", sys.flags.isolated):
    # This file's own folder: what lies in it may have come with a bundle, and a json.py there would run as Python's.
    del sys.path[0]

import argparse
import base64
import json
import os
import re
from collections import defaultdict
from hashlib import sha256, sha512
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

SMALL, LINE, ENTRIES, SIGNATURES, SHOWN = 1 << 20, 1 << 16, 2_000, 16, 20
HEADER, HASH, NUMBER = "c2sp.org/tlog-proof@v1", "[A-Za-z0-9+/]{43}=", r"(0|[1-9]\d{0,15})"
BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?", re.ASCII)
BODY = re.compile(rf"([^\n]+)\n{NUMBER}\n({HASH})\nat ([0-9T:.-]+Z)\n", re.ASCII)
PROOF = re.compile(rf"{re.escape(HEADER)}\nindex {NUMBER}\n((?:{HASH}\n)*)\n", re.ASCII)
CONSISTENCY = re.compile(rf"old {NUMBER}\n((?:{HASH}\n)*)\n", re.ASCII)
P, ORDER = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D, ROOT = -121665 * pow(121666, -1, P) % P, pow(2, (P - 1) // 4, P)
Files = dict[str, Path]
Keys = dict[tuple[str, bytes], bytes]  # Ed25519 keys by signer and id
found: dict[str, list[str]] = defaultdict(list)  # what does not hold: a stable code for each kind, and where


class Refused(Exception):
    """Nothing to go on with; begins with a code."""


class Checkpoint(NamedTuple):
    origin: str
    size: int
    root: bytes
    at: str
    note: str


def point(data: bytes) -> Any:
    """Ed25519, RFC 8032 section 5.1: the point (x, y, z, t) that 32 bytes stand for, or None."""
    odd, y = divmod(int.from_bytes(data, "little"), 1 << 255)
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if (x * x - square) % P == 0 else x * ROOT % P
    if len(data) != 32 or y >= P or (x * x - square) % P or (odd and not x):
        return None
    x = P - x if x & 1 != odd else x
    return x, y, 1, x * y % P


def plus(p: Any, q: Any) -> Any:
    a, b = (p[1] - p[0]) * (q[1] - q[0]), (p[1] + p[0]) * (q[1] + q[0])
    c, d = 2 * p[3] * q[3] * D, 2 * p[2] * q[2]
    e, f, g, h = (b - a) % P, (d - c) % P, (d + c) % P, (b + a) % P
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(number: int, p: Any) -> Any:
    total: Any = (0, 1, 1, 0)
    for bit in f"{number:b}":
        total = plus(plus(total, total), p) if bit == "1" else plus(total, total)
    return total


def is_signed(public: bytes, message: bytes, signature: bytes) -> bool:
    a, s = point(public), int.from_bytes(signature[32:], "little")
    if a is None or len(signature) != 64 or s >= ORDER:
        return False
    k = int.from_bytes(sha512(signature[:32] + public + message).digest(), "little") % ORDER
    base = point((4 * pow(5, -1, P) % P).to_bytes(32, "little"))
    x, y, z, _ = plus(times(s, base), times(k, (P - a[0], a[1], 1, P - a[3])))  # S·B − k·A, which is R
    x, y = x * pow(z, -1, P) % P, y * pow(z, -1, P) % P
    return (y | (x & 1) << 255).to_bytes(32, "little") == signature[:32]


def unbase(text: str) -> bytes:
    return base64.b64decode(text) if BASE64.fullmatch(text) else b""


def read_keys(text: str) -> Keys:
    """Verifier keys, one a line: name+id+key."""
    keys = {}
    for name, key_id, encoded in ((*line.split("+", 2), "", "")[:3] for line in text.split()):
        data = unbase(encoded)
        if len(data) != 33 or data[0] != 1 or sha256(f"{name}\n".encode() + data).hexdigest()[:8] != key_id:
            raise Refused("key_malformed: a verifier key reads name+id+key, on a line of its own")
        keys[f"\u2014 {name}", bytes.fromhex(key_id)] = data[1:]
    return keys


def is_note(body: str, signatures: str, keys: Keys) -> bool:
    """Whether one of the keys signed the text; signatures of unknown keys are ignored."""
    lines = [line.rpartition(" ") for line in signatures.split("\n")[:SIGNATURES]]
    tried = [(keys.get((signer, unbase(data)[:4])), unbase(data)[4:]) for signer, _, data in lines]
    return any(public and is_signed(public, body.encode(), signature) for public, signature in tried)


def read_checkpoint(note: str, keys: Keys) -> Checkpoint | None:
    """What a checkpoint says; None when it is none of a tree with a leaf, or none that one of the keys signed."""
    body, _, signatures = note.rpartition("\n\n")
    match = BODY.fullmatch(body + "\n")
    if match is None or match[2] == "0" or not is_note(match[0], signatures, keys):
        return None
    return Checkpoint(match[1], int(match[2]), unbase(match[3]), match[4], note)


def climb(place: int, last: int, older: bytes, newer: bytes, path: list[bytes]) -> tuple[bytes, bytes]:
    """The roots that a path leads to (RFC 9162 sections 2.1.3.2 and 2.1.4.2); empty ones when it does not fit."""
    for sibling in path if place <= last else ():
        if not last:
            return b"", b""
        if place & 1 or place == last:
            older, newer = (sha256(b"\x01" + sibling + node).digest() for node in (older, newer))
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            newer = sha256(b"\x01" + newer + sibling).digest()
        place, last = place >> 1, last >> 1
    return (older, newer) if place == last == 0 else (b"", b"")


def begins(older: Checkpoint, newer: Checkpoint, path: list[bytes]) -> bool:
    """Whether the older tree is the beginning of the newer one."""
    if older.size == newer.size:
        return older.root == newer.root
    level = (older.size & -older.size).bit_length() - 1
    place, last = older.size - 1 >> level, newer.size - 1 >> level
    first, *rest = (path if place else [older.root, *path]) or [b""]
    return climb(place, last, first, first, rest) == (older.root, newer.root)


def root_of(nodes: list[bytes]) -> bytes:
    """The root of a tree with a leaf, RFC 6962 section 2.1: a node without a neighbour moves up as it is."""
    while len(nodes) > 1:
        ends = iter(nodes)
        pairs = [sha256(b"\x01" + left + right).digest() for left, right in zip(ends, ends)]
        nodes = pairs + nodes[2 * len(pairs) :]
    return nodes[0] if nodes else b""


def refuse(text: str) -> Any:
    raise ValueError(text)  # what JSON of this form does not hold


PARSE = json.JSONDecoder(
    object_hook=lambda said: said if "".join(said).isascii() else refuse("name"),
    parse_int=lambda text: int(text) if len(text) < 18 and abs(int(text)) < 2**53 else refuse(text),
    parse_float=refuse,
    parse_constant=refuse,
).decode
SPELL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def document(data: bytes, where: str, kind: str = "event") -> tuple[Any, bytes]:
    """What canonical JSON (RFC 8785, no fractions, names in ASCII) says, and its canonical spelling."""
    try:
        said = PARSE(data.decode())
        spelt = SPELL(said).encode()
        if not isinstance(said, dict) or said.get("v") != 1:
            raise ValueError(where)
    except (ValueError, RecursionError):
        found[f"{kind}_malformed"].append(f"{where} is not of this format")
        return {}, data
    if spelt != data:
        found[f"{kind}_reserialised"].append(f"{where} is in another spelling than the canonical one")
    return said, spelt


def text_of(path: Path) -> str:
    with path.open("rb") as file:
        data = file.read(SMALL)
    if len(data) == SMALL:
        raise Refused(f"file_too_large: {path.name!a}")
    return data.decode(errors="replace")


def lines_of(path: Path) -> Any:
    with path.open("rb") as file:
        for line in iter(lambda: file.readline(LINE), b""):
            if line[-1:] != b"\n":
                raise Refused(f"file_truncated: a line of {path.name} does not end within {LINE} bytes")
            yield line[:-1]


def listing(folder: Path) -> Files:
    """What lies in the folder. Names in a manifest are only looked up here, so none leads out of it."""
    files: Files = {}
    for root, folders, names in os.walk(folder):
        for path in (Path(root, name) for name in folders + names):
            if path.is_symlink() or not (path.is_dir() or path.is_file()) or len(files) > ENTRIES:
                raise Refused(f"path_refused: a link, a device or too many files: {path.name!a}")
            files.update({path.relative_to(folder).as_posix(): path} if path.is_file() else {})
    return files


def check_files(files: Files, named: Any) -> None:
    named = named if isinstance(named, dict) else {}
    for name in sorted({*named, *files} - {"manifest.json", "manifest.sig"}):
        digest = sha256()
        with open(files.get(name, os.devnull), "rb") as file:
            for part in iter(lambda: file.read(SMALL), b""):
                digest.update(part)
        if name not in files or digest.hexdigest() != named.get(name):
            code = "missing" if name not in files else "edited" if name in named else "added"
            found[f"file_{code}"].append(f"{name!a} is not as the manifest says")


def check_events(hashes: list[bytes], leaves: list[bytes], places: list[int]) -> None:
    """Name what was done to events that are not those which the leaves were made of."""
    known, given = set(leaves), set(hashes)
    gone = {line for line, leaf in enumerate(leaves) if leaf not in given}
    new = {line for line, leaf in enumerate(hashes) if leaf not in known}
    edited = gone & new if len(hashes) == len(leaves) else set()
    for code, lines in (("edited", edited), ("deleted", gone - edited), ("inserted", new - edited)):
        for line in sorted(lines):
            found[f"event_{code}"].append(f"line {line + 1}" if line in new else f"leaf {places[line]}")
    if not gone | new:
        found["event_reordered"].append("the events do not stand in the order of the leaves")


def read_proof(text: str) -> tuple[int, list[bytes], str]:
    match = PROOF.match(text)
    if match is None:
        raise Refused("proof_malformed: a text is no tlog-proof")
    return int(match[1]), [unbase(line) for line in match[2].split()], text[match.end() :]


def check_proofs(path: Path, leaves: list[bytes], places: list[int], newest: Checkpoint) -> None:
    text, number = "", 0
    for line in chain((line.decode(errors="replace") for line in lines_of(path)), [HEADER]):
        if line == HEADER and text:
            index, hashes, note = read_proof(text)
            if number >= len(places) or (index, note) != (places[number], newest.note):
                found["proof_of_another"].append(f"proof {number + 1} speaks of leaf {index}")
            elif climb(index, newest.size - 1, leaves[number], leaves[number], hashes)[1] != newest.root:
                found["proof_broken"].append(f"leaf {index} does not stand there in the signed tree")
            text, number = "", number + 1
        text += f"{line}\n" if len(text) < LINE else ""
    if number != len(places):
        found["proof_missing"].append(f"{len(places)} leaves have {number} proofs")


def check_order(trees: list[Checkpoint], newest: Checkpoint, files: Files, leaves: list[bytes]) -> None:
    """Each older tree is the beginning of the newest one. `leaves` are those of the whole log, or none."""
    paths: dict[int, list[bytes]] = {newest.size: []}
    for name in sorted(files):
        match = CONSISTENCY.match(text_of(files[name])) if name.startswith("consistency/") else None
        paths.update({int(match[1]): [unbase(line) for line in match[2].split()]} if match else {})
    for older in trees:
        where = f"the checkpoint of {older.size} events, signed {older.at},"
        if older.size > newest.size:
            found["bundle_is_older"].append(f"{where} covers more than the bundle's of {newest.size}")
        elif older.size not in paths and older.size > len(leaves):
            found["consistency_missing"].append(f"{where} has no path here: export anew with --kept")
        else:
            path, start = paths.get(older.size), leaves[: older.size]
            fits = root_of(start) == older.root if path is None else begins(older, newest, path)
            if not fits or older.origin != newest.origin:
                found["forked_tree"].append(f"{where} is not the beginning of the bundle's tree")


def check_bundle(folder: Path, keys: Keys, kept: list[str]) -> str:
    files = listing(folder)
    for name in {"manifest.json", "manifest.sig", "keys.txt", "events.jsonl", "leaves.txt"} - set(files):
        raise Refused(f"file_missing: {name}")
    text = text_of(files["manifest.json"])
    manifest = document(text[:-1].encode(), "manifest.json", "manifest")[0]
    by = "" if keys else "; the key came with the bundle, so give one that was kept elsewhere"
    keys = keys or read_keys(text_of(files["keys.txt"]))
    if not is_note(text, text_of(files["manifest.sig"]), keys):
        found["manifest_edited"].append("the key did not sign this manifest")
    check_files(files, manifest.get("files"))
    notes = [text_of(files[name]) for name in sorted(files) if name.startswith("checkpoints/")]
    checkpoints = [one for one in (read_checkpoint(note, keys) for note in notes + kept) if one]
    if len(checkpoints) < len(notes + kept):
        found["checkpoint_forged"].append("a checkpoint is not one that the key signed")
    newest = {str(one.size): one for one in checkpoints if one.note in notes}.get(str(manifest.get("size")))
    if newest is None:
        raise Refused("checkpoint_missing: the key signed no checkpoint of the size in the manifest")
    try:
        places = [int(line.partition(b" ")[0]) for line in lines_of(files["leaves.txt"])]
        leaves = [bytes.fromhex(line.partition(b" ")[2].decode()) for line in lines_of(files["leaves.txt"])]
    except ValueError:
        raise Refused("leaves_malformed: each line of leaves.txt reads index and hash") from None
    hashes = [
        sha256(b"\x00" + document(line, f"line {number}")[1]).digest()
        for number, line in enumerate(lines_of(files["events.jsonl"]), 1)
    ]
    if hashes != leaves:
        check_events(hashes, leaves, places)
    whole = manifest.get("whole") is True
    if not whole:
        check_proofs(files.get("proofs.txt", Path(os.devnull)), leaves, places, newest)
    elif places != list(range(newest.size)):
        found["leaf_missing"].append(f"the leaves are not those of places 0 to {newest.size - 1}")
    elif root_of(leaves) != newest.root:
        found["tree_rewritten"].append("the leaves are not those that were signed")
    check_order(checkpoints, newest, files, leaves if whole else [])
    return f"{len(hashes)} events of {newest.size} in {ascii(newest.origin)[1:-1]}, signed {newest.at}{by}"


def check_proof(proof: Path, event: Path, keys: Keys) -> str:
    index, path, note = read_proof(text_of(proof))
    checkpoint = read_checkpoint(note, keys)
    if checkpoint is None:
        raise Refused("checkpoint_forged: the checkpoint in the proof is not one that the key signed")
    leaf = sha256(b"\x00" + document(text_of(event).encode(), "the event")[1]).digest()
    if climb(index, checkpoint.size - 1, leaf, leaf, path)[1] != checkpoint.root:
        found["event_edited"].append("the event is not the one at this place of the log, or was changed")
    return f"event {index} of {checkpoint.size} in {ascii(checkpoint.origin)[1:-1]}, signed {checkpoint.at}"


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("folder", type=Path, nargs="?", help="an unpacked evidence bundle")
    asked.add_argument("--checkpoint", type=Path, action="append", default=[], help="one kept elsewhere")
    asked.add_argument("--key", type=Path, help="the verifier key, kept elsewhere")
    asked.add_argument("--proof", type=Path, help="the proof of a single event")
    asked.add_argument("--event", type=Path, help="the canonical bytes of that event")
    given = asked.parse_args()
    if given.proof or given.event if given.folder else not (given.proof and given.event and given.key):
        asked.error("give a folder, or --proof with --event and --key")
    try:
        keys = read_keys(text_of(given.key)) if given.key else {}
        if given.folder:
            shown = check_bundle(given.folder, keys, [text_of(path) for path in given.checkpoint])
        else:
            shown = check_proof(given.proof, given.event, keys)
    except Refused as refused:
        code, _, text = str(refused).partition(": ")
        found[code].append(text)
    except OSError as error:
        asked.error(f"{error.strerror}: {error.filename!a}")
    for code, places in found.items():
        for text in places[:SHOWN]:
            print(f"does not hold: {code}: {text}")
        if len(places) > SHOWN:
            print(f"does not hold: {code}: {len(places) - SHOWN} more")
    if not found:
        print(f"holds: {shown}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
