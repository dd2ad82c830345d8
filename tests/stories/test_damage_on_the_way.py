"""Damage met while an answer is already on its way, by a real server: the connection breaks off, and the log has it."""

import http.client
from contextlib import closing

from django.conf import settings

from audit.models import Event
from tests.project.test_store_trouble import flip, recording
from tests.stories.web_process import SECONDS, serving
from tests.support.archive import Archive, file
from vault.holdings.models import ComponentVersion
from vault.project import wiring


def fetch(port: int, address: str, cookie: str) -> tuple[int, int, int, bool]:
    """Status, announced and received length of a body, and whether the client can take it for whole."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)) as connection:
        connection.request("GET", address, headers={"Host": "localhost", "Cookie": cookie})
        response = connection.getresponse()
        announced = int(response.headers["Content-Length"])
        try:
            return response.status, announced, len(response.read()), True
        except http.client.IncompleteRead as broken:
            return response.status, announced, len(broken.partial), False
        except ConnectionError:
            return response.status, announced, 0, False


def test_an_answer_that_meets_damage_breaks_off_short_of_its_length(committed_databases) -> None:
    """Never a shorter body that looks complete; the event is recorded all the same."""
    archive = Archive()
    with serving(committed_databases, archive) as server:
        record = file(
            archive, archive.clerk, ("录音.wav", recording(2 * 1024**2)), label="open", register_now="on"
        ).record
        version = ComponentVersion.objects.get(component__record=record)
        address = f"/records/{record.pk}/components/{version.component_id}/audio"
        client = archive.client(archive.clerk)
        cookie = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
        assert fetch(server.port, address, cookie) == (200, version.size, version.size, True)
        (path,) = settings.JINGUI_BLOBS.rglob(f"{version.key_slot_id.hex}.blob")
        flip(path, 0.75)
        status, announced, received, whole = fetch(server.port, address, cookie)
        assert (status, announced, whole) == (200, version.size, False)
        assert received < version.size
        told = Event.objects.get(action=wiring.BODY_DAMAGED)
        assert (told.object_id, told.outcome) == (str(version.key_slot_id), "failed")
