"""The archive of the holdings' tests; checkpoints in a folder of their own."""

import pytest

from tests.holdings.conftest import _quick, archive  # noqa: F401  fixtures


@pytest.fixture(autouse=True)
def _own_checkpoint_folder(settings, tmp_path) -> None:
    settings.JINGUI_CHECKPOINTS = tmp_path / "checkpoints"
