"""The job of setting a register in type: run in a child of the fork server that opens fonts and starts threads."""

import functools
import json
from pathlib import Path
from typing import Any

import typst

from storage.forkserver.tasks import Payload, task
from storage.inspection.kinds import MIB
from storage.rendering import fonts
from storage.reproduction.marks import breakable, seen
from storage.reproduction.typesetting import printable

_HERE = Path(__file__).parent
_MOST = 8 * MIB


@task
def register_task(payload: Payload, args: dict[str, Any]) -> bytes:
    """The payload is JSON of a `Register`, its instant in seconds. The answer is the PDF."""
    asked = json.loads(payload.read_all(_MOST))
    at = asked.pop("at")
    made = _compiler().compile(
        format="pdf",
        sys_inputs={"data": json.dumps(_fit(asked), ensure_ascii=False)},
        pdf_standards="a-2b",
        timestamp=at,
    )
    if not isinstance(made, bytes):
        raise TypeError("typst gave no file")
    return made


def _fit(value: Any) -> Any:
    """Every text within as it is printed: what cannot be seen or drawn is written out, nothing is cut off."""
    if isinstance(value, str):
        return breakable(seen(printable(seen(value))))
    if isinstance(value, list):
        return [_fit(one) for one in value]
    if isinstance(value, dict):
        return {name: _fit(one) for name, one in value.items()}
    return value


@functools.cache
def _compiler() -> typst.Compiler:
    folder = Path(fonts.PATH).parent
    return typst.Compiler(_HERE / "register.typ", root=_HERE, font_paths=[folder], ignore_system_fonts=True)
