"""What the officers see first: standing that ends, accounts nobody has begun, the instance; never a record."""

from datetime import timedelta

import pytest

from accounts.models import Account, Person, Training
from accounts.rules import local_day
from accounts.selectors import standing_ends
from audit import clock
from tests.accounts.people import make_account, make_clearance, make_person
from tests.support.archive import Archive, file
from vault.administration import home

pytestmark = pytest.mark.django_db(databases=["default", "audit"])


@pytest.fixture
def archive(db: None, settings) -> Archive:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return Archive()


def page(archive: Archive, account: Account) -> str:
    return archive.client(account).get("/").content.decode()


def day(offset: int):
    return local_day(clock.now()) + timedelta(days=offset)


def newcomer(archive: Archive, name: str, trained_until: int | None) -> Person:
    """Somebody with an account whose training ends that many days from now; None: never trained."""
    person = make_person(archive.hall, name=name)
    make_account(person)
    if trained_until is not None:
        train(archive, person, trained_until)
    return person


def train(archive: Archive, person: Person, until: int) -> None:
    Training.objects.create(
        person=person, held_on=day(-300), valid_until=day(until), recorded_by=archive.security.person
    )


def test_the_security_officer_sees_whose_training_and_clearance_end(archive: Archive) -> None:
    """PE-01, PE-09: thirty days ahead, so that nobody stands before a shut door unwarned."""
    newcomer(archive, "钱一", 10)
    newcomer(archive, "钱二", 31)
    cleared = newcomer(archive, "钱三", 200)
    make_clearance(cleared, archive.security.person, ends_on=day(29))
    shown = page(archive, archive.security)
    assert "钱一" in shown
    assert day(10).isoformat() in shown
    assert "钱二" not in shown
    assert "钱三" in shown
    assert day(29).isoformat() in shown


def test_what_is_followed_by_a_later_one_is_not_told(archive: Archive) -> None:
    train(archive, newcomer(archive, "钱一", 10), 200)
    assert standing_ends(before=day(30)) == []


def test_whoever_was_never_trained_comes_first(archive: Archive) -> None:
    ending, never = newcomer(archive, "钱一", 5), newcomer(archive, "钱二", None)
    found = standing_ends(before=day(30))
    assert [one.person for one in found] == [never, ending]
    assert found[0].ends_on is None


def test_the_system_officer_sees_the_instance_and_accounts_not_begun(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """AD-01"""
    Account.objects.filter(pk=archive.clerk.pk).update(must_change_password=True)
    shown = page(archive, archive.system)
    assert archive.clerk.staff_no in shown
    assert "GB" in shown
    monkeypatch.setattr(home, "LITTLE_ROOM", 10**18)
    assert "late" in page(archive, archive.system)


def test_no_officer_sees_a_record_at_home_and_nobody_else_sees_the_officers_lists(archive: Archive) -> None:
    """AU-04, AD-01"""
    file(archive, archive.clerk, title="检修通知", label="open", register_now="on")
    for officer in (archive.system, archive.security, archive.auditor):
        assert "检修通知" not in page(archive, officer)
    for account in (archive.clerk, archive.director, archive.archivist, archive.auditor):
        shown = page(archive, account)
        assert "即将到期的培训" not in shown
        assert "尚未首次登录" not in shown
