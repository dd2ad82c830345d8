"""People who are told something, and a mail server that keeps what it is handed."""

import pytest
from django.core import mail
from django.db import transaction

from accounts.models import Person
from audit import clock
from tests.holdings.conftest import _quick, archive, attested  # noqa: F401  fixtures
from tests.support.archive import Archive
from vault.notices import services
from vault.notices.models import Notice

FROM = "archive@example.com"
Mails = list[mail.EmailMessage]


@pytest.fixture
def mails(settings) -> Mails:
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


def tell(*people: Person, topic: str = "label-waits", reference: str = "R-1A2B3C4D", path: str = "/") -> None:
    with transaction.atomic():
        services.tell(persons=people, topic=topic, reference=reference, path=path, now=clock.now())
