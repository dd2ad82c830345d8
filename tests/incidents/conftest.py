"""An archive in which something goes wrong."""

from tests.holdings.conftest import _quick, archive  # noqa: F401  fixtures
from tests.support.databases import committed_databases, migrated_databases  # noqa: F401  fixtures
