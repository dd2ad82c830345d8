"""First pages in the list: shown exactly to whom the picture itself is shown, and only where they were asked for."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Account
from audit import clock
from audit.models import Event
from storage.rendering import NotRenderable
from tests.support.archive import Archive, file, pdf
from tests.support.corpus_makers import sound
from vault.authorization.actions import Action
from vault.authorization.context import of_account
from vault.holdings import custody
from vault.holdings.models import Record
from vault.holdings.services import knowledge

pytestmark = pytest.mark.django_db(databases=["default", "audit"])
SHOWN = {"show": "pictures"}
WHO = ["clerk", "colleague", "archivist", "director", "stranger", "cleared", "officer"]
# Two of them at a terminal only: which machine it is, and whether somebody reads there.
MOST = 15


@pytest.fixture
def records(archive: Archive, attested: None) -> list[Record]:
    """Open and internal, a draft, a recording, a secret, and one that a stranger may only know of."""
    archive.clear(archive.clerk, enterprise_level=2, restricted=1)
    made = [
        file(archive, archive.clerk, label=label, register_now=now).record
        for label, now in (("open", "on"), ("internal", "on"), ("internal", ""), ("core", "on"))
    ]
    made.append(file(archive, archive.clerk, ("录音.wav", sound()), register_now="on").record)
    made.append(
        file(archive, archive.clerk, ("两件.pdf", pdf()), ("附.wav", sound()), register_now="on").record
    )
    for record, action in ((made[1], Action.DESCRIBE), (made[5], Action.CONSULT)):
        knowledge.grant(
            context=of_account(archive.director),
            record_id=record.pk,
            person=archive.stranger.person,
            action=action,
            ends_at=clock.now() + timedelta(days=1),
        )
    return made


def pictures(archive: Archive, who: Account, **asked: str) -> set[str]:
    page = archive.client(who).get("/records/", asked).content.decode()
    return set(re.findall(r'src="(/records/[^"]+/thumbnail\.png)"', page))


def drawn(_chunks: object, *, media_type: str, **_how: object) -> bytes:
    """What is in the picture is another test's."""
    if media_type.startswith("audio/"):
        raise NotRenderable
    return b"\x89PNG"


@pytest.mark.parametrize("name", WHO)
def test_the_list_shows_what_the_picture_itself_would_show(
    archive: Archive, records: list[Record], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PE-05: neither a picture that is refused nor one that is left out."""
    monkeypatch.setattr(custody, "draw_page", drawn)
    who = getattr(archive, name)
    client = archive.client(who)
    allowed = set()
    for record in records:
        for component in record.components.all():
            address = f"/records/{record.pk}/components/{component.pk}/thumbnail.png"
            answer = client.get(address)
            if answer.status_code == 200 and answer["Content-Type"] == "image/png":
                allowed.add(address)
    assert pictures(archive, who, **SHOWN) == allowed
    assert allowed


def test_a_list_that_was_not_asked_for_pictures_has_none(archive: Archive, records: list[Record]) -> None:
    """AU-02: a look at a list is not a look into each record of it."""
    assert not pictures(archive, archive.clerk)
    assert not pictures(archive, archive.clerk, show="anything")
    archive.client(archive.clerk).get("/records/", SHOWN)
    assert not Event.objects.filter(action=Action.PREVIEW.value).exists()


def test_filters_pages_and_choosing_keep_the_pictures(archive: Archive, records: list[Record]) -> None:
    answer = archive.client(archive.director).get("/records/", {**SHOWN, "size": "25", "state": "registered"})
    page = answer.content.decode()
    assert '<input type="hidden" name="show" value="pictures">' in page
    assert '<input type="hidden" name="size" value="25">' in page
    assert "show=pictures" in answer.context["all_url"]
    assert "show=" not in answer.context["pictures_url"]
    assert "state=registered" in answer.context["pictures_url"]


def test_pictures_cost_three_statements_however_many(archive: Archive, records: list[Record]) -> None:
    client = archive.client(archive.clerk)
    client.get("/records/", SHOWN)
    with CaptureQueriesContext(connection) as captured:
        client.get("/records/", SHOWN)
    asked = [query["sql"] for query in captured.captured_queries]
    assert len(asked) <= MOST, "\n".join(one[:90] for one in asked)
