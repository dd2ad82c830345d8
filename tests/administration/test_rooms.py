"""Secure reading rooms and machines by the screens, and what of them stands on the home pages (10.1(4), RR-03, RR-09)."""

from datetime import timedelta

import pytest

from accounts import marks
from accounts.models import Account, RoomInspection, SecureRoom, Terminal, TerminalCode
from accounts.rules import PROOF_LASTS, Duty
from accounts.terminal_middleware import cookie_name
from tests.accounts.people import make_unit, today
from tests.support.archive import Archive
from tests.support.terminals import register

pytestmark = pytest.mark.django_db(databases=["default", "audit"])
ROOMS = "/rooms/"


@pytest.fixture
def archive(settings) -> Archive:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return Archive()


@pytest.fixture
def address(archive: Archive) -> str:
    """Where a room of the first hall stands that was registered by the form."""
    typed = {
        "code": "BMS-1",
        "name": "三楼东侧保密室",
        "unit": str(archive.hall.pk),
        "capacity": "4",
        "inspect_every": "30",
    }
    return archive.client(archive.system).post(f"{ROOMS}new/", typed)["Location"]


def page(archive: Archive, account: Account, address: str) -> str:
    return archive.client(account).get(address).content.decode()


def test_a_room_is_registered_changed_closed_and_reopened(archive: Archive, address: str) -> None:
    """RR-09: its page says at once how it stands."""
    officer = archive.client(archive.system)
    shown = page(archive, archive.system, address)
    for text in ("三楼东侧保密室", "从未检查", "无", "本保密室没有涉密计算机"):
        assert text in shown
    keeper = archive.add(Duty.ROOM_KEEPER, archive.hall)
    keeper.person.name = "林秀英"
    keeper.person.save()
    assert "林秀英" in page(archive, archive.security, address)
    officer.post(f"{address}change/", {"capacity": "6", "inspect_every": "9", "two_readers": "on"})
    row = SecureRoom.objects.get()
    assert (row.capacity, row.inspect_every, row.two_readers) == (6, 9, True)
    terminal = register(archive.system)
    officer.post(f"{address}terminal/", {"terminal": str(terminal.pk)})
    assert terminal.number in page(archive, keeper, address)
    assert f"/administration/terminals/{terminal.pk}/" not in page(archive, keeper, address)
    officer.post(f"{address}close/", {"reason": "装修"})
    assert "该保密室已关闭" in page(archive, keeper, address)
    assert officer.post(f"{address}change/", {"capacity": "6", "inspect_every": "9"}).status_code == 400
    officer.post(f"{address}reopen/", {"reason": "完工"})
    assert SecureRoom.objects.get().is_open


def test_each_officer_records_his_own_inspection(archive: Archive, address: str) -> None:
    """RR-09, AD-01: the form offers what is one's own, and a made-up kind is refused."""
    done = {"done_on": today().isoformat(), "result": "passed", "note": ""}
    for account, own, other in (
        (archive.system, "technical", "security"),
        (archive.security, "security", "technical"),
    ):
        client = archive.client(account)
        assert f'value="{other}"' not in page(archive, account, f"{address}inspection/")
        assert client.post(f"{address}inspection/", done | {"kind": other}).status_code == 400
        assert client.post(f"{address}inspection/", done | {"kind": own})["Location"] == address
    assert set(RoomInspection.objects.values_list("kind", flat=True)) == {"technical", "security"}
    assert "从未检查" not in page(archive, archive.system, address)


def test_what_is_late_stands_on_the_home_pages_of_officers_and_keepers(
    archive: Archive, address: str
) -> None:
    """RR-09: a keeper is told of his own rooms, whoever keeps nothing of none."""
    mine = archive.add(Duty.ROOM_KEEPER, archive.hall)
    other = archive.add(Duty.ROOM_KEEPER, make_unit(parent=archive.company))
    for account, told in (
        (archive.system, True),
        (archive.security, True),
        (mine, True),
        (other, False),
        (archive.clerk, False),
    ):
        assert ("BMS-1 · 技术检查" in page(archive, account, "/")) is told


def test_a_code_is_issued_shown_once_and_typed_at_the_machine(archive: Archive) -> None:
    """RR-03: the page that shows it is kept by nobody, the terminal's page says which machine it is, and the bar of
    every page where one is.
    """
    terminal = register(archive.system)
    own = f"/administration/terminals/{terminal.pk}/"
    answer = archive.client(archive.system).post(f"{own}code/", {})
    assert "no-store" in answer["Cache-Control"]
    code = answer.context["code"]
    assert code in answer.content.decode()
    assert code not in page(archive, archive.system, own)
    keeper = archive.add(Duty.ROOM_KEEPER)
    machine = archive.client(keeper)
    assert "本浏览器不是涉密计算机" in machine.get("/terminal/").content.decode()
    assert machine.post("/terminal/", {"code": "2222-2222-2222"}).status_code == 400
    assert cookie_name() not in machine.cookies
    done = machine.post("/terminal/", {"code": code}, follow=True).content.decode()
    assert "本浏览器现为涉密计算机 SEAT-1" in done
    bar = 'SEAT-1<span class="room"> · 保密室一</span>'
    assert bar in machine.get("/").content.decode()
    assert "SEAT-1" not in page(archive, keeper, "/")
    shown = page(archive, archive.security, own)
    assert keeper.person.name in shown
    assert "可用" in shown
    assert f"{own}code/" not in shown
    archive.client(archive.system).post(f"{own}take-back/", {"reason": "换机"})
    assert "本浏览器不是涉密计算机" in machine.get("/terminal/").content.decode()
    assert "尚未绑定计算机" in page(archive, archive.system, own)


def test_a_code_asks_for_a_fresh_proof(archive: Archive) -> None:
    """AD-05: a session left open gives out no code."""
    terminal = register(archive.system)
    officer = archive.client(archive.system)
    session = officer.session
    session[marks.STARTED] -= int((PROOF_LASTS + timedelta(minutes=1)).total_seconds())
    session.save()
    answer = officer.post(f"/administration/terminals/{terminal.pk}/code/", {})
    assert answer.status_code == 403
    assert not TerminalCode.objects.exists()
    assert Terminal.objects.get().enrolments.count() == 0
