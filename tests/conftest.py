"""One throw-away instance for the whole run: its own home, key ring and databases; loopback sockets only."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

import pytest

from tests.support import once, spreading
from tests.support.not_run import (
    pytest_deselected,
    pytest_sessionfinish,
    pytest_terminal_summary,
    pytest_testnodedown,
)
from tests.support.once import _nowhere
from tests.support.spreading import pytest_xdist_make_scheduler

__all__ = [
    "_nowhere",
    "pytest_deselected",
    "pytest_sessionfinish",
    "pytest_terminal_summary",
    "pytest_testnodedown",
    "pytest_xdist_make_scheduler",
]

_ROOT = Path(tempfile.mkdtemp(prefix="jingui-tests-"))
atexit.register(shutil.rmtree, _ROOT, ignore_errors=True)


def _lay_out_instance() -> None:
    """Settings come from the environment only, so it is complete before Django is loaded."""
    for folder in (_ROOT / "home", _ROOT / "keys"):
        folder.mkdir(mode=0o700)
    for name in [name for name in os.environ if name.startswith("JINGUI_") and "_TEST_" not in name]:
        del os.environ[name]
    os.environ["JINGUI_HOME"] = str(_ROOT / "home")
    os.environ["JINGUI_KEY_RING"] = str(_ROOT / "keys" / "keyring.json")
    for name, source in (
        ("JINGUI_DATABASE_URL", "JINGUI_TEST_DATABASE_URL"),
        ("JINGUI_AUDIT_DATABASE_URL", "JINGUI_TEST_AUDIT_DATABASE_URL"),
    ):
        if os.environ.get(source):
            os.environ[name] = os.environ[source]
    os.environ["DJANGO_SETTINGS_MODULE"] = "vault.project.settings"


def _start_django() -> None:
    """Here and not later, because conftests of the packages import models while pytest still collects them."""
    import django

    from storage.keyring import KeyRing

    django.setup()
    KeyRing.create(Path(os.environ["JINGUI_KEY_RING"]))


_lay_out_instance()
_start_django()


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Leave nothing of this process's instance to the workers it starts: each lays out its own.

    A worker that inherited the settings module would load it before this file, and all would share one home.
    """
    if getattr(session.config.option, "numprocesses", None):
        for name in [name for name in os.environ if name.startswith("JINGUI_") and "_TEST_" not in name]:
            del os.environ[name]
        del os.environ["DJANGO_SETTINGS_MODULE"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    once.mark(items)
    spreading.in_order(items)


@pytest.fixture(autouse=True)
def _loopback_only(socket_disabled_outside_loopback: None) -> None:
    """AD-08: nothing in the product or its tests talks to another host."""


@pytest.fixture
def socket_disabled_outside_loopback() -> None:
    from pytest_socket import socket_allow_hosts

    socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)
