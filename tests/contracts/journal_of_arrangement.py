"""The services of arrangement, for the contract that all leave an intent and an outcome."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from vault.authorization.actions import Action
from vault.authorization.levels import INTERNAL
from vault.holdings.services import arrangement

if TYPE_CHECKING:
    from tests.contracts.test_journal import Stage

Act = Callable[[], object]


def create_fonds(stage: "Stage") -> Act:
    return lambda: arrangement.create_fonds(
        context=stage.as_(stage.archive.archivist), fonds_no="GAAZ2", name="第二全宗"
    )


def create_series(stage: "Stage") -> Act:
    return lambda: arrangement.create_series(
        context=stage.as_(stage.archive.archivist), fonds=stage.archive.fonds, code="KH", name="客户"
    )


def create_archive_file(stage: "Stage") -> Act:
    return lambda: arrangement.create_archive_file(
        context=stage.as_(stage.archive.clerk),
        unit=stage.archive.hall,
        series=stage.archive.series,
        year=2026,
        title="检修",
        levels=INTERNAL,
    )


WALKED: dict[str, tuple[Callable[["Stage"], Act], Action]] = {
    "arrangement.create_fonds": (create_fonds, Action.ARRANGE),
    "arrangement.create_series": (create_series, Action.ARRANGE),
    "arrangement.create_archive_file": (create_archive_file, Action.CREATE_ARCHIVE_FILE),
}
