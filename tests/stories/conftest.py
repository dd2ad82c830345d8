"""The archive of the holdings' tests, and throw-away copies of the databases for a server of its own."""

from tests.holdings.conftest import _quick, archive, attested  # noqa: F401  fixtures
from tests.support.databases import committed_databases, migrated_databases  # noqa: F401  fixtures
