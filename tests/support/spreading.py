"""What shares a fixture stays on one worker: a file, and all of the browser stories."""

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

BROWSER = "tests/browser/"


class Spreading(LoadScopeScheduling):
    """xdist's own groups do not reach its scheduler under this pytest: it looks for them in a name that is a copy."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return BROWSER if file.startswith(BROWSER) else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Spreading:
    return Spreading(config, log)
