"""What a page of the list costs the database, for the whole request."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.support.archive import Archive, file
from vault.holdings.selectors import PAGE_SIZES

pytestmark = pytest.mark.django_db(databases=["default", "audit"])

MOST = 8


@pytest.mark.parametrize("who", ["clerk", "archivist"])
def test_a_page_of_the_list_takes_eight_statements_of_the_whole_request(archive: Archive, who: str) -> None:
    """Session; account and facts; units; classes; count; page; two kinds of filter choices; whatever the size."""
    file(archive, archive.clerk, register_now="on")
    client = archive.client(getattr(archive, who))
    client.get("/records/")
    for size in PAGE_SIZES:
        with CaptureQueriesContext(connection) as captured:
            answer = client.get(
                "/records/", {"size": size, "state": "registered", "series": archive.series.pk}
            )
        assert answer.context["total"] == 1
        asked = [query["sql"] for query in captured.captured_queries]
        assert len(asked) <= MOST, asked
