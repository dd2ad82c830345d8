"""What shares a fixture stays on one worker: a file, and all of the browser stories."""

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

BROWSER = "tests/browser/"
# Begun first, so that at the end no worker waits for the other's long one.
LONGEST = (
    BROWSER,
    "tests/project/test_demo.py",
    "tests/stories/",
    "tests/contracts/",
    "tests/authorization/",
)


class Spreading(LoadScopeScheduling):
    """xdist's own groups do not reach its scheduler under this pytest: it looks for them in a name that is a copy."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return BROWSER if file.startswith(BROWSER) else file


def in_order(items: list[pytest.Item]) -> None:
    items.sort(key=_place)


def _place(item: pytest.Item) -> int:
    return next((place for place, start in enumerate(LONGEST) if item.nodeid.startswith(start)), len(LONGEST))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Spreading:
    return Spreading(config, log)
