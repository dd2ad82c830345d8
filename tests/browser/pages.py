"""Every kind of page there is: whose it is, how one gets there, and what shows that it is that page."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from playwright.sync_api import Page

from tests.browser.desk import Desk, turn
from tests.browser.filing import choose, describe, papers, program

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
        world.places["event"] = _event(desk)
        world.places["someone"], world.places["proposal"] = _proposal(desk)
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
    page = desk.sit("archivist")
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
    page = desk.sit(who)
    page.goto(record)
    address = page.locator("a[href*='/components/']").first.get_attribute("href") or ""
    start, _slash, _rest = address.partition("/components/")
    return f"{start}/components/{address.split('/')[4]}/"


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


def press(page: Page) -> None:
    """Send the page's own form as it is."""
    turn(page, page.locator("form.form button.go").first)


def classified_chosen(page: Page) -> None:
    page.locator("[name=label][value=secret]").check()


def refused_label(page: Page) -> None:
    """Chosen, and nothing else said: every field that is missing says so."""
    classified_chosen(page)
    press(page)


def correction_refused(page: Page) -> None:
    """Sent without a file."""
    page.locator("form.form button.go").first.click()
    page.wait_for_selector("[data-field=file] .errorlist")


def filing_refused(page: Page) -> None:
    """Four files, one held back, and no label."""
    choose(page, [*papers("甲", "乙"), program("丙.pdf")])
    page.locator("[data-submit]").click()
    page.wait_for_selector("[data-field=label] .errorlist")


def filing_held_back(page: Page) -> None:
    page.locator("[name=label][value=internal]").check()
    for name in ("unit", "series", "retention_class"):
        page.select_option(f"[name={name}]", index=1)
    page.fill("[name=record_date]", "2026-01-15")
    choose(page, [*papers("丁"), program("戊.pdf")])
    page.locator("[data-submit]").click()
    page.wait_for_selector("[data-decide]:visible")


def conflicting(page: Page) -> None:
    """As if somebody had saved meanwhile."""
    page.locator("[name=version]").evaluate("(one) => { one.value = '0' }")
    page.fill("[name=title]", "另一个标题")
    press(page)


def wrong_notice(page: Page) -> None:
    _notice(page, "2098-10-01,放假,国庆节\n2098-13-01,放假,国庆节")


def right_notice(page: Page) -> None:
    _notice(page, "2098-10-01,放假,国庆节")


def _notice(page: Page, rows: str) -> None:
    page.fill("[name=document_no]", "9号")
    page.fill("[name=title]", "放假安排")
    page.fill("[name=rows]", rows)
    press(page)


def help_open(page: Page) -> None:
    page.locator("[data-help]").click()


def menu_open(page: Page) -> None:
    page.locator(".who").click()


def versions_open(page: Page) -> None:
    page.locator("details summary").first.click()


def forged(page: Page) -> None:
    """A form whose token is not ours."""
    page.locator("form.form [name=csrfmiddlewaretoken]").evaluate("(one) => { one.value = 'x'.repeat(64) }")
    press(page)


def token_refused(page: Page) -> None:
    """Sent without a name and without a scope."""
    press(page)


def token_made(page: Page) -> None:
    page.fill("[name=name]", "月报程序")
    page.locator("[name=scopes][value='events:read']").check()
    press(page)


def nobody_sought(page: Page) -> None:
    page.fill("[name=q]", "查无此人")
    turn(page, page.locator("form.filters button"))


def registered(page: Page) -> None:
    """Send the form of a new person: the password is shown on the page that follows, and nowhere else."""
    page.fill("[name=name]", "许安")
    page.select_option("[name=unit]", index=1)
    page.fill("[name=staff_no]", f"S7{secrets.randbelow(10**6):06}")
    press(page)


KINDS = (
    Kind("sign-in", None, "/sign-in/", "[name=password]"),
    Kind("sign-in refused", None, "/sign-in/", ".field-error, .errorlist", then=press),
    Kind("sign-in after an idle session", None, "/sign-in/?ended=idle", ".why"),
    Kind("signed out", None, "/signed-out/", "a.go"),
    Kind("form not ours", None, "/sign-in/", ".code-big", then=forged),
    Kind("home of an archivist", "archivist", "/", ".work"),
    Kind("home of a clerk", "clerk_south", "/", ".work"),
    Kind("home of a classification officer", "officer", "/", ".work"),
    Kind("home of a leader", "leader", "/", ".work"),
    Kind("home of an auditor", "auditor", "/", ".work"),
    Kind("home of a system officer", "system", "/", "section.card"),
    Kind("my menu", "archivist", "/", "#me:popover-open", then=menu_open),
    Kind("keyboard help", "archivist", "/", "#help[open]", then=help_open),
    Kind("API tokens, none", "archivist", "/account/tokens/", ".empty"),
    Kind("a new API token", "archivist", "/account/tokens/new/", "[name=days]"),
    Kind("a new API token, refused", "archivist", "/account/tokens/new/", ".field.wrong", then=token_refused),
    Kind("an API token, shown once", "auditor", "/account/tokens/new/", ".why.warn", then=token_made),
    Kind("API tokens", "auditor", "/account/tokens/", "tr[data-row]"),
    Kind("interface for programs", "archivist", "/account/tokens/reference/", "tr[data-row]"),
    Kind("holdings", "archivist", "/records/", "tr[data-row]"),
    Kind("holdings, one page of several", "archivist", "/records/?size=25", ".pager"),
    Kind("holdings, nothing matches", "archivist", "/records/?state=destroyed", ".empty"),
    Kind("holdings, refused", "auditor", "/records/", ".why", 403),
    Kind("filing", "clerk_south", "/records/file/", "[data-drop]"),
    Kind("filing, a secret", "officer", "/records/file/", "[name=basis]:visible", then=classified_chosen),
    Kind("filing, refused", "clerk_south", "/records/file/", ".field.wrong", then=filing_refused),
    Kind("filing, held back", "clerk_south", "/records/file/", ".quarantined", then=filing_held_back),
    Kind("record, open", "clerk_south", "stop1", ".banner.o"),
    Kind("record, internal", "director", "slip1", ".banner.r", then=versions_open),
    Kind("record, enterprise secret", "archivist", "prices", ".banner.core"),
    Kind("record, secret", "leader", "levels", ".banner.s"),
    Kind("record, top secret", "leader", "guard", ".banner.ts"),
    Kind("record, draft", "clerk_south", "draft", ".why.warn"),
    Kind("record, label proposed", "archivist", "proposed", ".banner .tag.soon"),
    Kind("edit", "clerk_south", "draft|edit/", "[name=title]"),
    Kind("edit, changed meanwhile", "clerk_south", "draft|edit/", ".why.warn table", then=conflicting),
    Kind("label proposed", "director", "slip1|label/", "[name=label]"),
    Kind("label proposed, refused", "director", "slip1|label/", ".summary", then=refused_label),
    Kind("label decided", "officer", "proposed|label/decision/", "[name=decision]"),
    Kind("label decided, refused", "officer", "proposed|label/decision/", ".summary", then=press),
    Kind("need-to-know list", "officer", "levels|knowers/", "tbody tr"),
    Kind("need-to-know list, refused", "officer", "levels|knowers/", ".summary", then=press),
    Kind("grants", "director", "slip1|grants/", "[name=action]"),
    Kind("grants, refused", "director", "slip1|grants/", ".summary", then=press),
    Kind("grants to look at, none", "director", "/records/grants/", ".empty"),
    Kind("correction", "archivist", "slip1 content|correct/", "[name=reason]"),
    Kind("correction, refused", "archivist", "slip1 content|correct/", ".errorlist", then=correction_refused),
    Kind("quarantine", "clerk_south", "/records/quarantine/", "tbody tr"),
    Kind("quarantine, empty", "clerk_north", "/records/quarantine/", ".empty"),
    Kind("viewer", "director", "slip1 content|view/", ".sheet img"),
    Kind("viewer, many pages", "archivist", "plan content|view/", ".sheet img"),
    Kind("player", "clerk_south", "call1 content|listen/", "audio"),
    Kind("content refused", "leader", "levels content|view/", ".why", 403),
    Kind("nothing there", "clerk_south", "/records/nothing/", ".code-big", 404),
    Kind("calendar", "clerk_south", "/calendar/?year=2026", ".month .holiday"),
    Kind("calendar, provisional", "auditor", "/calendar/?year=2098", ".why.warn"),
    Kind("calendar of a unit", "clerk_south", "hall's calendar", ".month .at_weekend"),
    Kind("calendar of a unit, changed", "system", "hall's week", "[name=weekdays]"),
    Kind("notice", "system", "/calendar/notice/?year=2098", "[name=rows]"),
    Kind("notice, refused", "system", "/calendar/notice/?year=2098", ".summary", then=wrong_notice),
    Kind("notice, checked", "system", "/calendar/notice/?year=2098", ".bottom .go", then=right_notice),
    Kind("incidents", "security", "/incidents/", "tr[data-row]"),
    Kind("incidents, nothing matches", "security", "/incidents/?state=closed", ".empty"),
    Kind("incident", "security", "raised", ".steps"),
    Kind("incident, refused", "security", "raised", ".summary", then=press),
    Kind("incident reported", "clerk_south", "/incidents/report/", "[name=what]"),
    Kind("incident reported, refused", "clerk_south", "/incidents/report/", ".summary", then=press),
    Kind("home of a security officer", "security", "/", ".work"),
    Kind("log", "auditor", "/log/", "tr[data-row]"),
    Kind("log, nothing matches", "auditor", "/log/?rule=nothing", ".empty"),
    Kind("event", "auditor", "event", ".raw"),
    Kind("event, proved", "auditor", "event|?prove=1", ".why.good"),
    Kind("people", "system", "/administration/people/", "tr[data-row]"),
    Kind("people, nobody matches", "system", "/administration/people/", ".empty", then=nobody_sought),
    Kind("people, refused", "director", "/administration/people/", ".why", 403),
    Kind("person, before the system officer", "system", "someone", "a.grave"),
    Kind("person, before the security officer", "security", "someone", "a.go"),
    Kind("person, before the auditor", "auditor", "someone", ".facts"),
    Kind("new person", "system", "/administration/people/new/", "[name=staff_no]"),
    Kind("new person, refused", "system", "/administration/people/new/", ".errorlist", then=press),
    Kind("one-time password", "system", "/administration/people/new/", "dd.code", then=registered),
    Kind("appointment", "security", "someone|appoint/", "[name=duty]"),
    Kind("appointment, refused", "security", "someone|appoint/", ".errorlist", then=press),
    Kind("clearance", "security", "someone|clearance/", "[name=state_level]"),
    Kind("secrecy post", "security", "someone|post/", "[name=category]"),
    Kind("training", "security", "someone|training/", "[name=held_on]"),
    Kind("departure", "system", "someone|leave/", "[name=left_on]"),
    Kind("another account", "system", "someone|accounts/new/", "[name=reason]"),
    Kind("two-person changes", "principal", "/administration/grants/", ".work"),
    Kind("two-person changes, none to decide", "director", "/administration/grants/", ".empty"),
    Kind("proposal, to decide", "principal", "proposal", "details.asks"),
    Kind("proposal, one's own", "security", "proposal", "button.grave"),
    Kind("units", "system", "/administration/units/", "tr[data-row]"),
    Kind("fixity", "system", "/administration/fixity/", ".facts"),
    Kind("new unit", "system", "/administration/units/new/", "[name=parent]"),
    Kind("home of the principal leader", "principal", "/", ".work"),
    Kind("change of password", "clerk_south", "/account/password/", "[name=oldpassword]"),
    Kind("change of password, refused", "clerk_south", "/account/password/", ".errorlist", then=press),
    Kind("sign-out", "clerk_south", "/sign-out/", "form.form button"),
    Kind("recovery codes, shown before", "clerk_south", "/account/second-factor/recovery-codes/", "a.go"),
)
