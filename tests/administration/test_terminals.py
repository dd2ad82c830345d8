"""The register of terminals by the screens, and what of it stands on the system officer's home (rule book 10.1(4))."""

from datetime import timedelta

import pytest

from accounts import services
from accounts.models import Account, Terminal
from accounts.terminal_rules import CheckResult, TerminalState
from tests.accounts.people import today
from tests.support.archive import Archive

pytestmark = pytest.mark.django_db(databases=["default", "audit"])
ADDRESS = "/administration/terminals/"


@pytest.fixture
def archive(settings) -> Archive:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return Archive()


def typed(**changed: object) -> dict[str, str]:
    given = {
        "number": "BM-01",
        "room": "保密室一",
        "equipment": "国产终端一台",
        "certificate_no": "ZS-2026-1",
        "certificate_until": (today() + timedelta(days=300)).isoformat(),
        "check_every": "30",
    }
    return {name: str(value) for name, value in (given | changed).items()}


def made(archive: Archive, number: str, *, certified: int = 300, checked: int | None = None) -> Terminal:
    terminal = services.register_terminal(
        actor=archive.system,
        number=number,
        room=f"{number} 号室",
        equipment="终端",
        certificate_no="ZS",
        certificate_until=today() + timedelta(days=certified),
        check_every=30,
    )
    if checked is not None:
        services.record_check(
            actor=archive.system,
            terminal=terminal,
            done_on=today() - timedelta(days=checked),
            result=CheckResult.PASSED,
        )
    return terminal


def page(archive: Archive, account: Account, address: str) -> str:
    return archive.client(account).get(address).content.decode()


def test_a_terminal_is_registered_checked_suspended_and_taken_out_of_use(archive: Archive) -> None:
    """Rule book 10.1(4): every step says at once how it stands, and why was said stays on the page."""
    officer = archive.client(archive.system)
    assert "尚未登记涉密计算机" in page(archive, archive.system, ADDRESS)
    address = officer.post(f"{ADDRESS}new/", typed())["Location"]
    assert address == f"{ADDRESS}{Terminal.objects.get().pk}/"
    assert "尚未记录技术检查" in page(archive, archive.system, address)
    done = {"done_on": today().isoformat(), "result": "failed", "note": "封签破损"}
    assert officer.post(f"{address}check/", done)["Location"] == address
    shown = page(archive, archive.system, address)
    assert "最近一次技术检查不合格" in shown
    assert "封签破损" in shown
    officer.post(f"{address}check/", done | {"result": "passed", "note": ""})
    assert "最近一次技术检查不合格" not in page(archive, archive.system, address)
    renewed = {"certificate_no": "ZS-2026-2", "certificate_until": (today() + timedelta(days=9)).isoformat()}
    assert officer.post(f"{address}certificate/", renewed)["Location"] == address
    assert "替换 ZS-2026-1" in page(archive, archive.system, address)
    officer.post(f"{address}suspend/", {"reason": "主板送修"})
    assert "主板送修" in page(archive, archive.system, address)
    officer.post(f"{address}reinstate/", {"reason": "已修复"})
    assert Terminal.objects.get().state == TerminalState.REGISTERED
    officer.post(f"{address}withdraw/", {"reason": "报废"})
    shown = page(archive, archive.system, address)
    assert "该计算机已退出使用" in shown
    assert f"{address}check/" not in shown
    assert '<form method="post" action="' + address not in shown


def test_no_page_says_that_a_terminal_may_be_used(archive: Archive) -> None:
    """One that is in order in every other way is still not enrolled, and its page and the list say so."""
    terminal = made(archive, "B1", checked=0)
    for address in (ADDRESS, f"{ADDRESS}{terminal.pk}/"):
        assert "尚未绑定" in page(archive, archive.system, address)
    assert "该计算机不能打开任何涉密内容" in page(archive, archive.system, f"{ADDRESS}{terminal.pk}/")


@pytest.mark.parametrize(
    "wrong",
    [
        {"number": "一号"},
        {"number": ""},
        {"check_every": "0"},
        {"check_every": "367"},
        {"certificate_until": "2001-01-01"},
        {"room": " "},
    ],
)
def test_what_is_refused_keeps_what_was_typed(archive: Archive, wrong: dict[str, str]) -> None:
    answer = archive.client(archive.system).post(f"{ADDRESS}new/", typed(**wrong))
    assert answer.status_code == 400
    assert "国产终端一台" in answer.content.decode()
    assert not Terminal.objects.exists()


def test_a_step_without_a_reason_and_a_failed_check_without_a_word_change_nothing(archive: Archive) -> None:
    terminal, officer = made(archive, "B1"), archive.client(archive.system)
    officer.post(f"{ADDRESS}{terminal.pk}/suspend/", {"reason": " "})
    done = {"done_on": today().isoformat(), "result": "failed", "note": ""}
    assert officer.post(f"{ADDRESS}{terminal.pk}/check/", done).status_code == 400
    assert Terminal.objects.get().state == TerminalState.REGISTERED
    assert not terminal.checks.exists()


def test_the_security_officer_looks_and_changes_nothing(archive: Archive) -> None:
    """AD-01: nobody else sees the register; the others' refusals stand in the route table."""
    terminal = made(archive, "B1")
    address = f"{ADDRESS}{terminal.pk}/"
    shown = page(archive, archive.security, address)
    assert "B1 号室" in shown
    for step in ("check", "certificate", "suspend", "withdraw"):
        assert f"{address}{step}/" not in shown
        assert f"{address}{step}/" in page(archive, archive.system, address)
    assert f"{ADDRESS}new/" not in page(archive, archive.security, ADDRESS)


def test_home_has_the_overdue_list_and_what_is_due_soon(archive: Archive) -> None:
    """RR-09: overdue list; the system officer's alone, silent where no terminal is in use."""
    title = "涉密计算机检查与证书"
    assert title not in page(archive, archive.system, "/")
    made(archive, "OVERDUE", checked=31)
    made(archive, "NEVER")
    made(archive, "SOON", checked=16)
    made(archive, "LATER", checked=15)
    made(archive, "CERT", checked=0, certified=30)
    made(archive, "CERTLATER", checked=0, certified=31)
    gone = made(archive, "GONE")
    services.withdraw_terminal(actor=archive.system, terminal=gone, reason="报废")
    shown = page(archive, archive.system, "/")
    assert title in shown
    told = [f"{number} · {what}" for number, what in (("OVERDUE", "技术检查"), ("NEVER", "技术检查"))]
    told += ["SOON · 技术检查", "CERT · 证书"]
    places = [shown.index(text) for text in told]
    assert places == sorted(places)
    for silent in ("LATER", "CERTLATER", "GONE"):
        assert f"{silent} ·" not in shown
    assert title not in page(archive, archive.security, "/")
