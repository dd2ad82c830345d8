"""An organisation of nineteen people, set up on the screens alone: from four first passwords to everybody's worklist."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from accounts.rules import Duty, PersonCategory, local_day
from audit import clock
from tests.browser.beginning import FIRST_FOUR, Office, begun
from tests.browser.desk import Watch, turn
from tests.browser.filing import choose, describe, papers
from tests.browser.steps import press
from tests.project.conftest import ROOT
from vault.project.demo.people import BY_KEY, MEMBERS, PLACE, PLACES, Member

PEOPLE = "nav a[href='/administration/people/']"
DECIDE = ".work a.btn[href*='/administration/grants/']"
NEWCOMERS = [member for member in MEMBERS if member.key not in FIRST_FOUR.values()]
HEADS = [member for member in NEWCOMERS if member.heads]
OTHERS = [member for member in NEWCOMERS if not member.heads]
REASON = "机构组建"

# What a home says waits, and where its navigation leads besides what everybody has.
READS = (("我的草稿", "最新档案"), {"/records/", "/records/file/", "/records/quarantine/"})
LEADS = (READS[0], READS[1] | {"/administration/grants/"})
REGISTERS = {"/administration/people/", "/administration/units/", "/administration/grants/"}
HOMES: dict[Duty, tuple[str, tuple[tuple[str, ...], set[str]]]] = {
    Duty.SYSTEM_OFFICER: ("系统管理员", (("系统状态", "尚未首次登录的账号"), REGISTERS)),
    Duty.SECURITY_OFFICER: (
        "安全保密管理员",
        (("待处理的安全事件", "待确认的权限变更", "即将到期的培训和涉密等级"), REGISTERS | {"/incidents/"}),
    ),
    Duty.AUDITOR: ("安全审计员", (("结果不明的变更", "最近的拒绝", "日志状态"), REGISTERS | {"/log/"})),
    Duty.PRINCIPAL_LEADER: ("主要领导", LEADS),
    Duty.LEADER: ("分管领导", LEADS),
    Duty.DEPARTMENT_HEAD: ("部门负责人", LEADS),
    Duty.HALL_DIRECTOR: ("营业厅主任", LEADS),
    Duty.ARCHIVIST: ("档案管理员", READS),
    Duty.CLASSIFICATION_OFFICER: ("定密责任人", READS),
    Duty.DUTY_CLERK: ("值班人员", READS),
    Duty.ENTERPRISE_MANAGEMENT: ("企业管理", READS),
    Duty.APPRAISER: ("鉴定人员", READS),
    Duty.SUPERVISION: ("监察", READS),
    Duty.ROOM_KEEPER: ("保密室管理员", READS),
    Duty.AGENT: ("呼叫中心坐席", READS),
    Duty.SERVICE_SPECIALIST: ("客户服务管理专员", READS),
    Duty.STAFF: ("职员", READS),
}
# From autumn on the system officer is asked for next year's calendar.
IN_SEASON = {"工作日历"}
OFFICERS_ONLY = REGISTERS | {"/incidents/", "/log/"}


@pytest.fixture(scope="module")
def office(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with begun(tmp_path_factory.mktemp("fresh")) as (address, passwords):
        opened = Office(browser, Watch(address), passwords)
        yield opened
        opened.leave(*list(opened.seats))


@pytest.mark.timeout(900)  # hundreds of pages, on two cores that may be busy with something else
def test_an_organisation_of_nineteen_is_set_up_on_the_screens_and_each_step_is_near_home(
    office: Office,
) -> None:
    """AD-01, AD-03, PE-09: each right is asked for by one and confirmed by another in his own session."""
    for key in FIRST_FOUR.values():
        office.first_sign_in(key)
    for place in PLACES[1:]:
        add_unit(office, place.key)
    for member in NEWCOMERS:
        register(office, member)
    for member in NEWCOMERS:
        for duty, unit in member.duties:
            appoint(office, member, duty, unit)
        if member.category is not PersonCategory.NONE:
            put_in_post(office, member)
    assert confirm_all(office, "principal") > 0
    # The heads first: each then confirms what is proposed for his own people.
    for member in HEADS:
        clear(office, member)
        train(office, member)
    assert confirm_all(office, "principal") == len(HEADS)
    for member in HEADS:
        office.first_sign_in(member.key)
    cleared = [member for member in OTHERS if member.levels is not None]  # officers have none
    for member in cleared:
        clear(office, member)
    for member in OTHERS:
        train(office, member)
    for key in (*(head.key for head in HEADS), "principal"):
        assert confirm_all(office, key) == sum(member.unit == BY_KEY[key].heads for member in cleared)
    for member in OTHERS:
        office.first_sign_in(member.key)
    work(office)
    for member in MEMBERS:
        at_home(office, member)
    assert office.watch.complaints == []
    assert office.table() in (ROOT / "docs" / "system_officer.md").read_text(encoding="utf-8"), office.table()


def add_unit(office: Office, key: str) -> None:
    place = PLACE[key]
    page = office.go(
        "Add a unit 新建单位",
        "system",
        "nav a[href='/administration/units/']",
        ".acts a.go",
        again="/administration/units/new/",
    )
    page.select_option("[name=kind]", value=place.kind.value)
    page.fill("[name=code]", place.code)
    page.fill("[name=name]", place.name)
    if place.parent:
        choose_unit(page, "parent", place.parent)
    press(page)
    expect(page.locator("tbody")).to_contain_text(place.name)


def register(office: Office, member: Member) -> None:
    page = office.go(
        "Register a person 登记人员", "system", PEOPLE, ".acts a.go", again="/administration/people/new/"
    )
    page.fill("[name=name]", member.name)
    choose_unit(page, "unit", member.unit)
    page.fill("[name=staff_no]", member.staff_no)
    press(page)
    office.passwords[member.staff_no] = page.locator("dd.code").nth(1).inner_text()
    handed_over = page.locator(".bottom a.go")
    office.people[member.staff_no] = handed_over.get_attribute("href") or ""
    turn(page, handed_over)
    assert office.passwords[member.staff_no] not in page.content()


def appoint(office: Office, member: Member, duty: Duty, unit: str) -> None:
    page = about(office, "Appoint to a duty 任职", member, "appoint/")
    page.select_option("[name=duty]", value=duty.value)
    choose_unit(page, "unit", unit)
    page.fill("[name=reason]", REASON)
    if member.is_head(duty, unit):
        page.locator("[name=is_head]").check()
    press(page)


def put_in_post(office: Office, member: Member) -> None:
    page = about(office, "Propose a secrecy post 涉密岗位", member, "post/")
    page.select_option("[name=category]", value=member.category.value)
    proposed(page)


def clear(office: Office, member: Member) -> None:
    assert member.levels is not None
    page = about(office, "Propose a clearance 涉密等级", member, "clearance/")
    for name, level in zip(("state_level", "enterprise_level"), member.levels, strict=True):
        page.select_option(f"[name={name}]", value=str(level))
    page.fill("[name=ends_on]", later(300))
    proposed(page)


def proposed(page: Page) -> None:
    """It counts for nothing yet, and whoever proposed it is not the second person (AD-03)."""
    page.fill("[name=reason]", REASON)
    press(page)
    expect(page.locator(".tag.soon").first).to_be_visible()
    expect(page.locator("form[action$='/confirm/']")).to_have_count(0)


def train(office: Office, member: Member) -> None:
    page = office.go(
        "Record a training 记录培训",
        "security",
        f".work a.what:has-text('{member.name}')",
        "a[href$='/training/']",
        again=office.people[member.staff_no] + "training/",
    )
    page.fill("[name=held_on]", later(0))
    page.fill("[name=valid_until]", later(300))
    press(page)


def about(office: Office, kind: str, member: Member, form: str) -> Page:
    """A form about one person, by the register of people."""
    return office.go(
        kind,
        "security",
        PEOPLE,
        f"tr[data-row] a[data-open]:has-text('{member.name}')",
        f"a[href$='/{form}']",
        again=office.people[member.staff_no] + form,
    )


def confirm_all(office: Office, key: str) -> int:
    """Everything that waits on this person's home, each by its own page; returns how many."""
    page = office.seats[key]
    page.goto("/")
    waiting = [link.get_attribute("href") or "" for link in page.locator(DECIDE).all()]
    for address in waiting:
        button = "form[action$='/confirm/'] button"
        kind = "Confirm as the second person 双人变更"
        walked = (kind, key) in office.walked
        page = office.go(kind, key, DECIDE, button, again=address)
        if walked and page.locator(button).count():
            turn(page, page.locator(button))
        expect(page.locator(".steps, .stepper").first).to_be_visible()
        expect(page.locator("header .tag.ok")).to_be_visible()
    page.goto("/")
    expect(page.locator(DECIDE)).to_have_count(0)
    return len(waiting)


def work(office: Office) -> None:
    """The archivist lays out where records stand; a clerk files one; his director finds it, another hall does not."""
    page = office.go(
        "Add a fonds and its series 整理体系", "archivist", "nav a[href='/records/arrangement/']"
    )
    fonds = page.locator("form[action$='/fonds/']")
    fonds.locator("[name=fonds_no]").fill("LJGY")
    fonds.locator("[name=name]").fill(PLACE["company"].name)
    turn(page, fonds.locator("button"))
    series = page.locator("form[action$='/series/']")
    series.locator("[name=fonds]").select_option(index=1)
    series.locator("[name=code]").fill("WS")
    series.locator("[name=name]").fill("文书")
    turn(page, series.locator("button"))
    page = office.go("File a record 登记文件", "clerk_south", ".acts a.go")
    describe(page, unit=PLACE["south"].name, label="internal", title="营业厅开业检查记录")
    choose(page, papers("营业厅开业检查记录"))
    page.locator("[name=register_now]").check()
    turn(page, page.locator("[data-submit]"))
    expect(page.get_by_role("heading", name="营业厅开业检查记录")).to_be_visible()
    for key, seen in (("director", 1), ("clerk_north", 0)):
        reader = office.seats[key]
        reader.goto("/")
        expect(reader.locator(".work a.what", has_text="营业厅开业检查记录")).to_have_count(seen)


def at_home(office: Office, member: Member) -> None:
    """One's name and duties, the worklists of these duties, their rooms and no officer's rooms besides."""
    page = office.seats[member.key]
    page.goto("/")
    expect(page.locator("h1")).to_contain_text(member.name)
    rooms, lists = set(), set()
    for duty, _unit in member.duties:
        word, (titles, places) = HOMES[duty]
        expect(page.locator(".who")).to_contain_text(word)
        rooms |= places
        lists |= set(titles)
    assert set(page.locator("main h2").all_inner_texts()) - IN_SEASON == lists, member.key
    shown = {link.get_attribute("href") for link in page.locator("nav.side a").all()}
    assert rooms <= shown, member.key
    assert shown & OFFICERS_ONLY == rooms & OFFICERS_ONLY, member.key


def choose_unit(page: Page, name: str, key: str) -> None:
    """By its name; the tree indents it."""
    offered = page.locator(f"[name={name}] option").all_inner_texts()
    page.select_option(f"[name={name}]", label=next(one for one in offered if one.strip() == PLACE[key].name))


def later(days: int) -> str:
    """A day from today on, as a form takes it."""
    return (local_day(clock.now()) + timedelta(days=days)).isoformat()
