"""Every kind of page there is: whose it is, how one gets there, and what shows that it is that page."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from playwright.sync_api import Page

from accounts.rules import ZONE
from tests.browser.desk import Desk, turn
from tests.browser.filing import choose, describe, papers, program
from tests.browser.steps import ASKED, press

Step = Callable[[Page], None]


@dataclass(frozen=True)
class Kind:
    """One kind of page. `place` is an address, or the demo's word for a record and what follows its address."""

    name: str
    who: str | None
    place: str
    shows: str  # a selector that must be there
    status: int = 200
    then: Step | None = None  # what is done on it before it is looked at


@dataclass
class World:
    """Addresses of what the table names by a word; made once, by the people whose work it is."""

    places: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, desk: Desk) -> "World":
        world = cls(dict(desk.instance.records))
        world.places["draft"] = _draft(desk)
        world.places["proposed"] = _proposed(desk, world)
        _quarantine(desk)
        for word in ("slip1", "plan", "call1"):
            world.places[f"{word} content"] = _content(desk, "archivist", world.places[word])
        world.places["levels content"] = _content(desk, "leader", world.places["levels"])
        week = _week(desk)
        world.places["hall's week"] = week
        world.places["hall's calendar"] = f"/calendar/?year=2026&unit={week.rstrip('/').rpartition('/')[2]}"
        world.places["raised"] = _raised(desk)
        world.places["undecided"] = _undecided(desk)
        world.places["event"] = _event(desk)
        world.places["request to check"] = _first(desk, "security", "/requests/?list=check")
        world.places["request to decide"] = _first(desk, "leader", "/requests/?list=decide")
        world.places["emergency waiting"] = _first(desk, "leader", "/requests/?list=emergencies")
        world.places["emergency report"] = _first(desk, "auditor", "/emergencies/")
        world.places["session"] = _first(desk, "security", "/reading/")
        world.places["copy"] = _first(desk, "clerk_south", "/copies/")
        world.places["someone"], world.places["proposal"] = _proposal(desk)
        world.places["terminal"] = _terminal(desk)
        world.places["room"] = _room(desk)
        world.places["south"] = week.replace("/calendar/units/", "/administration/units/")
        ASKED["levels"] = world.places["levels"].strip("/").rpartition("/")[2]
        return world

    def address(self, place: str) -> str:
        """`slip1 content|view/` → the address of the viewer of that record's first component."""
        word, _bar, rest = place.partition("|")
        return self.places.get(word, word) + rest


def _draft(desk: Desk) -> str:
    page = desk.sit("clerk_south")
    page.goto("/records/file/")
    describe(page, unit="城南营业厅", label="internal", title="营业厅巡查记录（未登记）")
    choose(page, papers("营业厅巡查记录"))
    page.locator("[data-submit]").click()
    page.wait_for_selector(".why.warn:not([data-decide])")
    return page.url


def _proposed(desk: Desk, world: World) -> str:
    """The demo's own proposals may be decided by then; this one is nobody's to decide in a story."""
    page = desk.at_terminal(desk.sit("archivist"))
    page.goto(f"{world.places['incident']}label/")
    page.locator("[name=label][value=core]").check()
    page.select_option("[name=source]", value="proposed")
    page.fill("[name=basis]", "商业秘密事项目录 2.1")
    page.fill("[name=issued_on]", "2026-01-15")
    page.select_option("[name=originator]", index=1)
    page.select_option("[name=decider]", index=1)
    page.locator("form.form button.go").click()
    page.wait_for_selector(".banner .tag.soon")
    return world.places["incident"]


def _quarantine(desk: Desk) -> None:
    page = desk.sit("clerk_south")
    page.goto("/records/file/")
    describe(page, unit="城南营业厅", label="internal")
    choose(page, [program("供气合同（签字版）.pdf")])
    page.locator("[data-submit]").click()
    page.wait_for_selector(".uploads > li.quarantined")
    page.once("dialog", lambda dialog: dialog.accept())


def _content(desk: Desk, who: str, record: str) -> str:
    # What leads to the content of a secret is offered at a terminal only.
    page = desk.at_terminal(desk.sit(who))
    page.goto(record)
    address = page.locator("a[href*='/components/']").first.get_attribute("href") or ""
    start, _slash, _rest = address.partition("/components/")
    return f"{start}/components/{address.split('/')[4]}/"


def _first(desk: Desk, who: str, place: str) -> str:
    """What the first line of somebody's list opens."""
    page = desk.sit(who)
    page.goto(place)
    return page.locator("tr[data-row] a[data-open]").first.get_attribute("href") or ""


def _event(desk: Desk) -> str:
    page = desk.sit("auditor")
    page.goto("/log/?outcome=denied")
    return page.locator("tr[data-row] a[data-open]").last.get_attribute("href") or ""


def _proposal(desk: Desk) -> tuple[str, str]:
    """The page of the clerk in the north, and a clearance that the security officer proposes for him."""
    page = desk.sit("security")
    page.goto("/administration/people/")
    page.fill("[name=q]", "S1010")
    turn(page, page.locator("form.filters button"))
    person = page.locator("tr[data-row] a[data-open]").first.get_attribute("href") or ""
    page.goto(f"{person}clearance/")
    page.select_option("[name=enterprise_level]", value="1")
    page.fill("[name=ends_on]", "2099-01-01")
    page.fill("[name=reason]", "轮岗到档案室，须阅商密件")
    press(page)
    return person, page.url


def _week(desk: Desk) -> str:
    """Where the system officer sets the hall's own week."""
    page = desk.sit("system")
    page.goto("/calendar/")
    page.select_option("[name=unit]", label="城南营业厅")
    turn(page, page.locator("form.filters button"))
    turn(page, page.locator("a[href*='/calendar/units/']"))
    return page.url


def _raised(desk: Desk) -> str:
    """An incident that a clerk reports; returns where the security officer works on it."""
    page = desk.sit("clerk_south")
    page.goto("/incidents/report/")
    page.select_option("[name=kind]", value="loss")
    page.fill("[name=what]", "柜中少一份施工图")
    turn(page, page.locator("form.form button.go"))
    page = desk.sit("security")
    page.goto("/incidents/")
    return page.locator("a[data-open]").first.get_attribute("href") or ""


def _undecided(desk: Desk) -> str:
    """Something that a clerk puts into the tray for the hall's director; returns where it stands."""
    page = desk.sit("clerk_south")
    page.goto("/records/undecided/new/")
    page.select_option("[name=kind]", value="paper")
    page.fill("[name=what]", "无落款的供气合同一份")
    page.fill("[name=reason]", "柜台收到，不知应由哪个部门处理")
    page.select_option("[name=decider]", label="李晓雯 · 城南营业厅")
    page.fill("[name=next_on]", datetime.now(ZONE).date().isoformat())
    press(page)
    return page.url


def _room(desk: Desk) -> str:
    """The demo's secure reading room; returns where it stands."""
    page = desk.sit("system")
    page.goto("/rooms/")
    page.locator("tr[data-row] a").first.click()
    page.wait_for_selector("dl.facts")
    return page.url


def _terminal(desk: Desk) -> str:
    """A terminal whose last check failed and whose certificate ends today; returns where it stands."""
    page, day = desk.sit("system"), datetime.now(ZONE).date().isoformat()
    page.goto("/administration/terminals/new/")
    typed = {"number": "BM-01", "room": "总部三楼保密室", "equipment": "国产台式机 序列号 7781"}
    for name, text in {**typed, "certificate_no": "ZS-2026-014", "certificate_until": day}.items():
        page.fill(f"[name={name}]", text)
    press(page)
    address = page.url
    page.goto(f"{address}check/")
    page.select_option("[name=result]", value="failed")
    page.fill("[name=note]", "赵工检查：封签破损，USB 口未封")
    press(page)
    page.goto(f"{address}certificate/")
    page.fill("[name=certificate_no]", "ZS-2026-015")
    page.fill("[name=certificate_until]", day)
    press(page)
    return address
