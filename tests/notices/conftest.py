"""People who are told something, and a mail server that keeps what it is handed."""

import pytest
from django.core import mail

from tests.holdings.conftest import _quick, archive, attested  # noqa: F401  fixtures
from tests.support.archive import Archive
from vault.notices.models import Notice

FROM = "archive@example.com"


@pytest.fixture
def mails(settings) -> list[mail.EmailMessage]:
    """What was mailed; mail is set up."""
    settings.JINGUI_EMAIL_FROM = FROM
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    mail.outbox = []
    return mail.outbox


@pytest.fixture
def reader(archive: Archive):  # noqa: F811
    """A clerk with an address."""
    person = archive.clerk.person
    person.email = "clerk@example.com"
    person.save()
    return archive.clerk


def one() -> Notice:
    return Notice.objects.get()
