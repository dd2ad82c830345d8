"""Tests that are left out on PostgreSQL can open no database, neither themselves nor by what they start."""

import os
import subprocess
import sys

import pytest
from django.db import connection

from tests.project.conftest import ROOT
from tests.support.once import MARK

OPEN = "import django; django.setup(); from django.db import connection; connection.ensure_connection()"


def opened() -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", OPEN],
        cwd=ROOT,
        env=dict(os.environ),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_whoever_asks_for_no_database_is_given_none(request: pytest.FixtureRequest) -> None:
    assert request.node.get_closest_marker(MARK)
    with pytest.raises(RuntimeError, match="Database access not allowed"):
        connection.ensure_connection()
    done = opened()
    assert done.returncode == 1
    assert "OperationalError" in done.stderr


@pytest.mark.django_db
def test_whoever_asks_by_a_mark_runs_on_each(request: pytest.FixtureRequest) -> None:
    assert request.node.get_closest_marker(MARK) is None
    connection.ensure_connection()


def test_whoever_asks_by_a_fixture_of_a_fixture_runs_on_each(
    request: pytest.FixtureRequest, committed_databases: object
) -> None:
    assert request.node.get_closest_marker(MARK) is None
    assert opened().returncode == 0
