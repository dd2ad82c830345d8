"""libmagic: the system's when present, else the one the pylibmagic wheel brings. Neither needs a Debian
package.
"""

import ctypes
import importlib.util
import os
from typing import Any


def open_magic(*, bundled: bool = False) -> Any:
    """A `magic.Magic` answering media types; `bundled` passes the system's library over."""
    database = None
    if bundled or not _system_has_it():
        folder = _bundled_folder()
        # python-magic asks for this very name; once loaded under it, the loader hands out ours.
        ctypes.CDLL(os.path.join(folder, "libmagic.so.1"), mode=ctypes.RTLD_GLOBAL)
        database = os.path.join(folder, "magic.mgc")
    import magic

    return magic.Magic(mime=True, magic_file=database)


def _system_has_it() -> bool:
    try:
        ctypes.CDLL("libmagic.so.1")
    except OSError:
        return False
    return True


def _bundled_folder() -> str:
    # Located, not imported: importing the wheel replaces ctypes.CDLL for the whole process.
    spec = importlib.util.find_spec("pylibmagic")
    if spec is None or spec.origin is None:
        raise ImportError("Neither libmagic nor the package pylibmagic is installed. Install pylibmagic.")
    return os.path.dirname(spec.origin)
