"""What a page of the list costs the database, for the whole request."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.support.archive import Archive, file
from vault.holdings.selectors import PAGE_SIZES

pytestmark = pytest.mark.django_db(databases=["default", "audit"])

MOST = 10


def test_a_level_in_the_list_has_its_period(archive: Archive, attested: None) -> None:
    """CL-07, interface 1.7: a bare ★ would say the longest period of its level."""
    archive.clear(archive.director, state_level=3, enterprise_level=2, restricted=1)
    known = [str(archive.cleared.person.pk)]
    for mark, level in (("秘密★5年", "confidential"), ("秘密★6个月", "confidential"), ("机密★", "secret")):
        file(archive, archive.director, label=level, received_mark=mark, knowers=known, register_now="on")
    rows = archive.client(archive.cleared).get("/records/").context["records"]
    assert {row["level"].text for row in rows} == {"秘密★5年", "秘密★6个月", "机密★20年"}


@pytest.mark.parametrize("who", ["clerk", "archivist", "director"])
def test_a_page_of_the_list_takes_ten_statements_of_the_whole_request(archive: Archive, who: str) -> None:
    """Session; account and facts; units; classes; count; page; what may be copied; two kinds of filter choices; bell."""
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
