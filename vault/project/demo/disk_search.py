"""Searches a folder for texts, as somebody would who stole the disk. A process of its own; imports nothing of ours.

    python disk_search.py FOLDER < texts.json

Reads a JSON list of texts, looks for each in UTF-8, UTF-16 and GB18030 in every file, and prints JSON:
{"files", "bytes", "hits": [[file, text], …]}.
"""

import json
import mmap
import os
import sys
from pathlib import Path

ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "gb18030")


def search(folder: Path, texts: list[str]) -> dict[str, object]:
    needles = {(text, text.encode(encoding, "ignore")) for text in texts for encoding in ENCODINGS}
    files, size, hits = 0, 0, set()
    for place, _folders, names in os.walk(folder):
        for name in names:
            path = Path(place) / name
            if path.is_symlink() or not path.is_file():
                continue
            files += 1
            if path.stat().st_size == 0:
                continue
            with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
                size += len(data)
                hits |= {(str(path), text) for text, needle in needles if needle and data.find(needle) >= 0}
    return {"files": files, "bytes": size, "hits": sorted(hits)}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(search(Path(sys.argv[1]), json.load(sys.stdin)), ensure_ascii=False))
