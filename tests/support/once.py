"""Which tests can open no database of this run. What they show does not depend on it, so once is enough.

By rule and not by list: whoever asks for no fixture of the databases. pytest-django refuses him every connection, and
what he starts finds an address where nobody answers.
"""

from collections.abc import Iterator

import pytest

MARK = "no_database"
DATABASES = {"db", "transactional_db", "django_db_setup", "live_server"}
NAMES = ("JINGUI_DATABASE_URL", "JINGUI_AUDIT_DATABASE_URL")
NOWHERE = "postgres://nobody@127.0.0.1:1/nothing"


def mark(items: list[pytest.Item]) -> None:
    for item in items:
        if not (item.get_closest_marker("django_db") or DATABASES & set(getattr(item, "fixturenames", ()))):
            item.add_marker(MARK)


@pytest.fixture(autouse=True)
def _nowhere(request: pytest.FixtureRequest) -> Iterator[None]:
    if request.node.get_closest_marker(MARK) is None:
        yield
        return
    with pytest.MonkeyPatch.context() as patched:
        for name in NAMES:
            patched.setenv(name, NOWHERE)
        yield
