"""What the officers' rooms and the desks' own ones hold: the tray, the roster, the terminals, a view, an import."""

from collections.abc import Callable
from datetime import date, timedelta

from accounts.models import SecureRoom, Terminal
from accounts.room_rules import InspectionKind
from accounts.rules import Duty, local_day
from accounts.services.duties import appoint
from accounts.services.enrolment import enrol, issue_code
from accounts.services.grants import confirm_grant
from accounts.services.rooms import inspect_room, place_terminal, register_room
from accounts.services.roster import set_on_roster
from accounts.services.terminals import record_check, register_terminal, suspend_terminal
from accounts.terminal_rules import CheckResult
from audit import clock
from vault.holdings.importing import plan as plans
from vault.holdings.importing import screen
from vault.holdings.importing.columns import as_csv
from vault.holdings.models import Record, UndecidedThing
from vault.holdings.rules import TrayKind, TrayOutcome
from vault.holdings.services import importing, intake, saved_views, undecided
from vault.project.demo.desk import TERMINAL, Desk
from vault.project.demo.documents.typesetting import p, pdf, signed
from vault.project.demo.visitor import NotObserved

# Number, room, equipment, days between checks.
TERMINALS = (
    ("BMS-01", "总部三楼保密室", "国产台式机 序列号 LJ-20417", 90),
    ("BMS-02", "总部三楼保密室", "国产台式机 序列号 LJ-20418", 30),
    ("BMS-03", "安全管理部保密室", "国产笔记本 序列号 LJ-11902（无线网卡已拆除）", 90),
)

ROOM = "BMS-A"

# File, title, day on the paper, what it says.
OLD_PAPERS = (
    ("旧档/2019.pdf", "2019年用户档案移交清册", "2019-12-31", "营业厅移交档案室，共41盒。"),
    ("旧档/2020.pdf", "2020年用户档案移交清册", "2020-12-31", "营业厅移交档案室，共46盒。"),
    (
        "旧档/2021.pdf",
        "2021年用户档案移交清册",
        "2021-12-31",
        "营业厅移交档案室，共39盒，缺第17盒目录，已补。",
    ),
)


def terminals_registered(desk: Desk, day: date) -> None:
    """The second one's certificate ends within weeks from the demo's day."""
    for number, days in (("BMS-01", 300), ("BMS-02", 20), ("BMS-03", 150)):
        named, room, equipment, every = next(row for row in TERMINALS if row[0] == number)
        register_terminal(
            actor=desk.account("system"),
            number=named,
            room=room,
            equipment=equipment,
            certificate_no=f"ZS-{day.year - 1}-{number[-2:]}7",
            certificate_until=day + timedelta(days=days),
            check_every=every,
        )


def room_registered(desk: Desk, day: date) -> None:
    """Both terminals of headquarters stand in one room; the third one's belongs to another department."""
    room = register_room(
        actor=desk.account("system"),
        code=ROOM,
        name=TERMINALS[0][1],
        unit=desk.unit("company"),
        capacity=4,
        inspect_every=90,
        two_readers=True,
    )
    for number, name, *_rest in TERMINALS:
        if name == room.name:
            place_terminal(actor=desk.account("system"), room=room, terminal=_terminal(number))


def room_inspected(desk: Desk, day: date) -> None:
    room = SecureRoom.objects.get(code=ROOM)
    for who, kind, note in (
        ("system", InspectionKind.TECHNICAL, "屏蔽、门禁、监控正常"),
        ("security", InspectionKind.SECURITY, "登记与实物一致，手机柜使用正常"),
    ):
        inspect_room(
            actor=desk.account(who),
            room=room,
            kind=kind,
            done_on=local_day(clock.now()),
            result=CheckResult.PASSED,
            note=note,
        )


def terminals_checked_first(desk: Desk, day: date) -> None:
    terminals_checked(desk, day)


def machine_enrolled(desk: Desk, day: date) -> None:
    """The keeper of the secure reading room makes the machine a terminal, at which everything classified is filed."""
    code = issue_code(actor=desk.account("system"), terminal=_terminal(TERMINAL))
    enrol(actor=desk.account("archivist"), code=code)


def terminals_checked(desk: Desk, day: date) -> None:
    for number, *_rest in TERMINALS:
        _check(desk, number, CheckResult.PASSED)


def terminal_checked_again(desk: Desk, day: date) -> None:
    _check(desk, "BMS-02", CheckResult.PASSED)


def terminal_suspended(desk: Desk, day: date) -> None:
    suspend_terminal(
        actor=desk.account("system"), terminal=_terminal("BMS-03"), reason="机箱封签破损，待厂家检修后复检"
    )


def acting_head(desk: Desk, day: date) -> None:
    """The head of the call centre goes on his annual leave; two persons name who acts for him."""
    given = appoint(
        actor=desk.account("security"),
        person=desk.person("specialist"),
        duty=Duty.DEPARTMENT_HEAD,
        unit=desk.unit("centre"),
        starts_on=day - timedelta(days=4),
        ends_on=day + timedelta(days=10),
        is_acting=True,
        reason="郑凯年休假期间主持呼叫中心工作",
    )
    if given.pending is None:
        raise ValueError("an acting head takes two persons")
    confirm_grant(actor=desk.account("principal"), grant=given.pending)


def roster_of_the_south(desk: Desk, day: date) -> None:
    _on_roster(desk, "director", "clerk_south", "south", 13)


def roster_of_the_north(desk: Desk, day: date) -> None:
    _on_roster(desk, "director_north", "clerk_north", "north", 16)


def roster_by_the_acting_head(desk: Desk, day: date) -> None:
    _on_roster(desk, "specialist", "agent", "centre", 9)


def put_in_readings(desk: Desk, day: date) -> None:
    _put_in(
        desk,
        "clerk_south",
        "director",
        TrayKind.PAPER,
        "无落款的抄表记录一叠（约60页）",
        "柜中清出，不知属哪一年",
        10,
    )


def readings_decided(desk: Desk, day: date) -> None:
    _decide(desk, "director", TrayOutcome.KEEP, "核对户号属本厅，登记后留存")


def put_in_letter(desk: Desk, day: date) -> None:
    _put_in(desk, "agent", "centre_head", TrayKind.PAPER, "寄错单位的来信一封", "收信人是另一家公司，未拆", 5)


def letter_decided(desk: Desk, day: date) -> None:
    _decide(desk, "centre_head", TrayOutcome.RETURN, "原封退回邮局，登记退件号")


def put_in_map(desk: Desk, day: date) -> None:
    """Its day is past: nobody has decided."""
    _put_in(
        desk,
        "keeper",
        "archivist",
        TrayKind.PAPER,
        "老城区管网草图三张（无图号）",
        "与蓝图是否重复，须业务部门认定",
        12,
    )


def put_in_contract(desk: Desk, day: date) -> None:
    """Past as well, in the hall."""
    _put_in(
        desk,
        "clerk_south",
        "director",
        TrayKind.PAPER,
        "客户签字不全的供气合同一份",
        "客户两次未到厅补签，不知如何处理",
        7,
    )


def put_in_held_back(desk: Desk, day: date) -> None:
    _put_in(
        desk,
        "agent",
        "centre_head",
        TrayKind.QUARANTINED,
        "客户来电截图.pdf（隔离件）",
        "不是文档，是否联系客户重发",
        14,
    )


def put_in_draft(desk: Desk, day: date) -> None:
    _put_in(
        desk,
        "manager",
        "archivist",
        TrayKind.DRAFT,
        "整改方案征求意见稿",
        "是否归入本年文书，待定",
        20,
        record="draft-plan",
    )


def view_kept(desk: Desk, day: date) -> None:
    saved_views.save_view(
        context=desk.context("archivist"), name="本年登记的文件", query=f"state=registered&year={day.year}"
    )


def folder_imported(desk: Desk, day: date) -> None:
    """Old papers with their table, as the page of an import takes them."""
    # They may be there already, from a run that was ended before it could write that down.
    titles = {str(record.title) for record in Record.objects.filter(filed_by=desk.person("archivist"))}
    if titles >= {title for _file, title, _day, _text in OLD_PAPERS}:
        return
    bodies = {
        file: pdf(title, [*p(text), signed("档案室", dated)]) for file, title, dated, text in OLD_PAPERS
    }
    rows = [["文件名", "题名", "日期"], *([file, title, dated] for file, title, dated, _text in OLD_PAPERS)]
    given = {"unit": "QGB-DAS", "series": "GAAZ/WS", "retention": "D30", "label": "internal"}
    found, _twice = screen.listed([(file, len(body)) for file, body in bodies.items()])
    context = desk.context("archivist")
    plan = plans.hold(context, found, as_csv(rows), given)
    run = importing.begin(context=context, plan=plan)
    importing.open_sessions(context=context, run=run, plan=plan)
    for line in plan.lines:
        body = bodies[line.file.path]
        place = screen.place_of(context, run.pk, line.number)
        if place is None:
            raise NotObserved(f"the import has no place for {line.title}")
        intake.receive(
            context=context,
            session=place.session,
            position=line.number,
            name=place.name,
            size=len(body),
            body=[body],
        )
    opened = screen.opened(context, run.pk)
    if opened is None or opened.troubles:
        raise NotObserved(f"the import of {len(bodies)} old papers is not complete")
    importing.finish(context=context, run=run, plan=opened.plan)


def _terminal(number: str) -> Terminal:
    return Terminal.objects.get(number=number)


def _check(desk: Desk, number: str, result: CheckResult) -> None:
    record_check(
        actor=desk.account("system"),
        terminal=_terminal(number),
        done_on=local_day(clock.now()),
        result=result,
        note="封签完好，端口封闭，无违规外联",
    )


def _on_roster(desk: Desk, head: str, person: str, unit: str, days: int) -> None:
    first = local_day(clock.now())
    set_on_roster(
        actor=desk.account(head),
        unit=desk.unit(unit),
        person=desk.person(person),
        starts_on=first,
        ends_on=first + timedelta(days=days),
    )


def _put_in(
    desk: Desk,
    owner: str,
    decider: str,
    kind: TrayKind,
    what: str,
    reason: str,
    days: int,
    *,
    record: str = "",
) -> None:
    undecided.put_in(
        context=desk.context(owner),
        kind=kind,
        what=what,
        reason=reason,
        decider=desk.person(decider),
        next_on=local_day(clock.now()) + timedelta(days=days),
        record_id=desk.record_id(record) if record else None,
    )


def _decide(desk: Desk, decider: str, outcome: TrayOutcome, reason: str) -> None:
    """What this decider was asked first."""
    thing = UndecidedThing.objects.filter(decider=desk.person(decider)).earliest("put_in_at")
    undecided.decide(
        context=desk.context(decider),
        thing_id=thing.pk,
        version=thing.version,
        reason=reason,
        outcome=outcome,
    )


# Days ago, hour of the day in Asia/Shanghai, what was done.
OFFICE: tuple[tuple[int, int, Callable[[Desk, date], None]], ...] = (
    (93, 8, terminals_registered),
    (93, 9, terminals_checked_first),
    (92, 8, room_registered),
    (93, 10, machine_enrolled),
    (81, 8, room_inspected),
    (63, 8, terminals_checked),
    (26, 8, put_in_readings),
    (23, 8, folder_imported),
    (21, 8, terminal_checked_again),
    (20, 8, readings_decided),
    (19, 8, put_in_letter),
    (16, 8, put_in_map),
    (15, 8, letter_decided),
    (14, 8, put_in_contract),
    (13, 8, view_kept),
    (7, 8, acting_head),
    (6, 8, terminal_suspended),
    (5, 8, roster_of_the_south),
    (5, 9, roster_of_the_north),
    (3, 8, roster_by_the_acting_head),
    (2, 19, put_in_held_back),
    (2, 20, put_in_draft),
)
