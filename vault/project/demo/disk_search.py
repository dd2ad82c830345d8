"""Searches a folder for what must not stand there readable, as somebody would who stole the disk.

A process of its own that imports nothing of ours:

    python disk_search.py FOLDER < wanted.json

Reads JSON {"texts": [text, …], "bytes": [hex, …]}, looks for each text in UTF-8, UTF-16 and GB18030 and for each run
of bytes in every file, and prints JSON {"files", "bytes", "needles", "hits": [[file, what], …]}.
"""

import json
import mmap
import os
import sys
from pathlib import Path

ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "gb18030")
# Four bytes turn up by chance in every few gigabytes of ciphertext; six do not.
SHORTEST = 6


def search(folder: Path, texts: list[str], runs: list[bytes]) -> dict[str, object]:
    """What was looked at and what was found; a name of two characters is looked for in UTF-8 only."""
    needles = {text.encode(encoding, "ignore"): text for text in texts for encoding in ENCODINGS}
    needles |= {run: f"bytes {run[:8].hex()}…" for run in runs}
    needles = {needle: what for needle, what in needles.items() if len(needle) >= SHORTEST}
    files, size, hits = 0, 0, set()
    for place, _folders, names in os.walk(folder):
        for name in names:
            path = Path(place) / name
            if path.is_symlink() or not path.is_file():
                continue
            files += 1
            hits |= {(str(path), f"name: {text}") for text in texts if text in name}
            if path.stat().st_size == 0:
                continue
            with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
                size += len(data)
                hits |= {(str(path), what) for needle, what in needles.items() if data.find(needle) >= 0}
    return {"files": files, "bytes": size, "needles": len(needles), "hits": sorted(hits)}


if __name__ == "__main__":
    wanted = json.load(sys.stdin)
    report = search(Path(sys.argv[1]), wanted["texts"], [bytes.fromhex(run) for run in wanted["bytes"]])
    sys.stdout.write(json.dumps(report, ensure_ascii=False))
