"""Where a demo instance lives and the environment it runs in. Imports no Django: it runs before settings."""

import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

DEFAULT_FOLDER = Path(__file__).resolve().parents[3] / ".demo"
PORT = 8000


def folder_from(arguments: Sequence[str]) -> Path:
    """The demo's folder: after `--home`, or `.demo` beside manage.py."""
    for index, argument in enumerate(arguments):
        if argument == "--home" and index + 1 < len(arguments):
            return Path(arguments[index + 1]).absolute()
        if argument.startswith("--home="):
            return Path(argument.partition("=")[2]).absolute()
    return DEFAULT_FOLDER


def variables(folder: Path) -> dict[str, str]:
    """Everything settings ask for; the key ring stands beside the data folder, not in it."""
    until = (datetime.now(UTC) + timedelta(days=365)).date()
    return {
        "JINGUI_HOME": str(folder / "data"),
        "JINGUI_KEY_RING": str(folder / "keys" / "keyring.json"),
        "JINGUI_DEMO": "1",
        "JINGUI_STATE_CONTENT": "attested",
        "JINGUI_STATE_CONTENT_GRADE": "演练",
        "JINGUI_STATE_CONTENT_CERTIFICATE": "演练样本-0001",
        "JINGUI_STATE_CONTENT_VALID_UNTIL": until.isoformat(),
    }


def prepare(arguments: Sequence[str]) -> None:
    """Set the demo's environment for this process and its children. Other JINGUI variables are put aside."""
    for name in [name for name in os.environ if name.startswith("JINGUI_")]:
        del os.environ[name]
    folder = folder_from(arguments)
    for part in (folder, folder / "data", folder / "keys"):
        part.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.environ.update(variables(folder))
