"""What one person may have waiting to be filed is bounded: bytes nobody files would fill the store (bad input)."""

from datetime import timedelta

import pytest

from accounts.models import Account
from audit import clock
from tests.support.archive import Archive, pdf, put
from vault.holdings.models import IntakeSession, StagedFile
from vault.holdings.services import intake, staging

pytestmark = pytest.mark.django_db(databases=["default", "audit"])

BODY = pdf(1)


@pytest.fixture(autouse=True)
def _room_for_two(settings) -> None:
    settings.JINGUI_UPLOAD_QUOTA = 2 * len(BODY)


class Upload:
    """One upload session of a person, as the page drives it."""

    def __init__(self, archive: Archive, account: Account) -> None:
        self.client = archive.client(account)
        opened = self.client.post("/records/intake/", archive.entries())
        assert opened.status_code == 201
        self.addresses = opened.json()

    def send(self, position: int, body: bytes = BODY):
        address = self.addresses["put_url_template"].replace("{position}", str(position))
        return put(self.client, address, f"{position}.pdf", body)

    def drop(self, position: int) -> None:
        address = self.addresses["put_url_template"].replace("{position}", str(position))
        assert self.client.delete(address).status_code in {200, 204}

    def register(self) -> None:
        done = self.client.post(self.addresses["register_url"], "{}", content_type="application/json")
        assert done.status_code == 201


def test_what_goes_beyond_the_quota_is_refused_and_nothing_of_it_stays(archive: Archive) -> None:
    upload = Upload(archive, archive.clerk)
    assert [upload.send(1).status_code, upload.send(2).status_code] == [201, 201]
    refused = upload.send(3)
    assert (refused.status_code, refused.json()["code"]) == (413, "quota-exceeded")
    assert StagedFile.objects.count() == 2


def test_the_quota_spans_a_persons_sessions_and_is_each_persons_own(archive: Archive) -> None:
    first = Upload(archive, archive.clerk)
    assert [first.send(1).status_code, first.send(2).status_code] == [201, 201]
    assert Upload(archive, archive.clerk).send(1).json()["code"] == "quota-exceeded"
    assert Upload(archive, archive.colleague).send(1).status_code == 201


def test_what_was_dropped_or_filed_counts_no_more(archive: Archive) -> None:
    upload = Upload(archive, archive.clerk)
    assert [upload.send(1).status_code, upload.send(2).status_code] == [201, 201]
    upload.drop(2)
    assert upload.send(2).status_code == 201
    upload.register()
    assert Upload(archive, archive.clerk).send(1).status_code == 201


def test_what_waited_longer_than_its_session_lives_counts_no_more(archive: Archive) -> None:
    """Its session takes no more files and registers none; the worker erases what it left, and so it counts no more."""
    upload = Upload(archive, archive.clerk)
    assert [upload.send(1).status_code, upload.send(2).status_code] == [201, 201]
    IntakeSession.objects.update(opened_at=clock.now() - staging.SESSION_LIFE - timedelta(seconds=1))
    assert staging.expire() == 2
    assert Upload(archive, archive.clerk).send(1).status_code == 201


def test_what_was_left_over_in_a_closed_session_counts_no_more(archive: Archive) -> None:
    upload = Upload(archive, archive.clerk)
    assert [upload.send(1).status_code, upload.send(2).status_code] == [201, 201]
    intake.close(IntakeSession.objects.get())
    assert Upload(archive, archive.clerk).send(1).status_code == 201
