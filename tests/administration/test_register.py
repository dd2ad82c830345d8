"""Names, closing and moving by the screens, and what of the rooms keeps a unit open."""

import pytest

from accounts import closures
from accounts.models import Person, Unit
from accounts.rules import UnitKind
from tests.accounts.people import make_unit, today
from tests.support.archive import Archive, file
from vault.authorization.context import of_account
from vault.holdings.rules import TrayKind
from vault.holdings.services import undecided
from vault.incidents.rules import Kind
from vault.incidents.services import raise_incident

pytestmark = pytest.mark.django_db(databases=["default", "audit"])


@pytest.fixture
def archive(settings) -> Archive:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return Archive()


def codes(unit: Unit) -> set[str]:
    return {matter.code for matter in closures.stands_in_unit(unit, today())}


def test_what_is_open_in_the_rooms_keeps_a_unit_open(archive: Archive) -> None:
    """PE-14: kinds of things, never which; of another unit nothing."""
    before = codes(archive.hall)
    raise_incident(context=of_account(archive.clerk), kind=Kind.LOSS, what="少一份", unit=archive.hall)
    file(
        archive,
        archive.clerk,
        ("坏.pdf", b"MZ\x90\x00" + b"\x00" * 200),
        ("好.txt", b"a b c"),
        title="未登记",
    )
    undecided.put_in(
        context=of_account(archive.clerk),
        kind=TrayKind.PAPER,
        what="一份",
        reason="不明",
        decider=archive.director.person,
        next_on=today(),
    )
    opened = {"unit_incidents", "unit_drafts", "unit_quarantine", "unit_undecided"}
    assert codes(archive.hall) - before == opened
    assert not codes(archive.other_hall) & opened


def test_a_unit_is_renamed_and_closed_by_its_page(archive: Archive) -> None:
    """The former name stays on the page of units; what stands is listed before anything is pressed."""
    client = archive.client(archive.system)
    unit = make_unit(UnitKind.HALL, archive.company, name="城东营业厅")
    address = f"/administration/units/{unit.pk}/"
    assert client.post(f"{address}rename/", {"name": "城东客户中心"}).status_code == 302
    page = client.get("/administration/units/").content.decode()
    assert "城东客户中心" in page
    assert "城东营业厅" in page
    stands = client.get(f"/administration/units/{archive.hall.pk}/close/").content.decode()
    assert "有人员在此工作" in stands
    assert client.post(f"/administration/units/{archive.hall.pk}/close/").status_code == 400
    assert "有人员在此工作" not in client.get(f"{address}close/").content.decode()
    assert client.post(f"{address}close/").status_code == 302
    assert Unit.objects.get(pk=unit.pk).closed_on == today()
    assert f"{address}close/" not in client.get("/administration/units/").content.decode()


def test_a_person_is_renamed_and_moved_by_his_page(archive: Archive) -> None:
    """What hangs on the old unit is listed; the former name and unit stay on the page."""
    client = archive.client(archive.system)
    archive.hall.name = "城南营业厅"
    archive.hall.save()
    person = archive.clerk.person
    address = f"/administration/people/{person.pk}/"
    asked = client.get(f"{address}rename/").content.decode()
    assert "变更姓名" in asked
    assert "新姓名" in asked
    assert "名称" not in asked
    assert client.post(f"{address}rename/", {"name": "王小明"}).status_code == 302
    assert "其在所属单位有职责" in client.get(f"{address}move/").content.decode()
    there = {"unit": str(archive.other_hall.pk)}
    assert client.post(f"{address}move/", there).status_code == 400
    person.appointments.update(revoked_on=today())
    assert client.post(f"{address}move/", there).status_code == 302
    page = client.get(address).content.decode()
    assert "某人，至" in page
    assert "城南营业厅，至" in page
    assert Person.objects.get(pk=person.pk).unit == archive.other_hall
