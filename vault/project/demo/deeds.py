"""What happened in the demo's three months beside filing: rights, lists, labels, incidents, a calendar, a departure."""

from collections.abc import Callable
from datetime import date, timedelta

from accounts.models import PendingGrant
from accounts.rules import Duty, GrantState, local_day
from accounts.services.clearances import grant_clearance
from accounts.services.duties import appoint
from accounts.services.grants import confirm_grant, refuse_grant, withdraw_grant
from accounts.services.leaving import begin_de_secrecy
from audit import clock
from vault.approvals.services import widening
from vault.authorization.actions import Action
from vault.holdings.models import KnowledgeEntry, LabelDecision
from vault.holdings.services import knowledge, labelling
from vault.incidents.models import Incident
from vault.incidents.rules import Event, Kind, State
from vault.incidents.services import advance, raise_incident
from vault.project.demo.desk import Desk
from vault.project.demo.documents import company, everyday, on
from vault.project.demo.documents.model import Document, Label
from vault.workdays import notice_file
from vault.workdays.selectors import notice_of
from vault.workdays.services import import_notice

Deed = Callable[[Desk, date], None]

# Windows programs begin with these two letters; nothing else of one is here.
PROGRAM = b"MZ" + bytes(2046)
HOLIDAYS = (
    ("01-01", "元旦"),
    ("05-01", "劳动节"),
    ("10-01", "国庆节"),
    ("10-02", "国庆节"),
    ("10-03", "国庆节"),
)

# Key, title, unit, who registers it, days ago, place, pages.
CARDS = (
    ("card-map", "老城区供水管网蓝图（1987年）", "archive", "keeper", 89, "档案室 3 列 2 柜 4 层", 46),
    ("card-deeds", "城北营业厅房屋权属证明（原件）", "archive", "keeper", 58, "档案室 1 列 5 柜 1 层", 12),
    ("card-visits", "来访登记簿（手写）", "south", "director", 35, "城南营业厅主任室 铁皮柜 2", 80),
    ("card-keys", "保险柜钥匙交接簿", "north", "director_north", 11, "城北营业厅主任室 抽屉 1", 30),
)


def cards() -> dict[str, tuple[Document, str, int]]:
    """Paper that stays paper: what the card says, where it lies, how many pages it has."""
    return {
        key: (Document(key, title, "", _nothing, ago, unit, who, Label("internal")), place, pages)
        for key, title, unit, who, ago, place, pages in CARDS
    }


def grant_long_ago(desk: Desk, day: date) -> None:
    """More than ninety days old by now, so somebody has to look at it (PE-11)."""
    _grant(desk, "director_north", "contract-0413-10322", "specialist", Action.CONSULT, 180)


def grant_that_ends(desk: Desk, day: date) -> None:
    _grant(desk, "director", "slip1", "manager", Action.COPY, 14)


def draft(desk: Desk, day: date) -> None:
    document = Document(
        "draft-plan",
        "窗口服务整改方案（征求意见稿）",
        "docx",
        everyday.letter("请各厅提出修改意见。"),
        2,
        "department",
        "manager",
        Label("internal"),
        retention="D10",
    )
    paper = on(document, day)
    desk.file(paper, paper.make(), register=False)


def correction(desk: Desk, day: date) -> None:
    document = Document(
        "slip2-better",
        "0412-90412 用户开户资料（补页）",
        "pdf",
        company.acceptance_slip,
        9,
        "south",
        "clerk_south",
        Label("internal"),
    )
    paper = on(document, day)
    desk.correct("clerk_south", "slip2", paper.file_name, paper.make(), "漏扫第二页，补齐后重新上传")


def held_back(desk: Desk, day: date) -> None:
    verdict = desk.hand_in("agent", "centre", "internal", "客户来电截图.pdf", PROGRAM)
    if verdict == "accepted":
        raise ValueError("a program was taken for a document")


def label_decided(desk: Desk, day: date) -> None:
    _decide(desk, "floor", confirm=True, reason="")


def label_sent_back(desk: Desk, day: date) -> None:
    _decide(desk, "talks", confirm=False, reason="要点已写入公开的供气协议，请重新定级")


def knower_named(desk: Desk, day: date) -> None:
    people = [desk.person("leaver"), desk.person("safety")]
    made = widening.propose(
        context=desk.context("officer"),
        record_id=desk.record_id("slip"),
        persons=people,
        reason="参加冬季联合演练",
    )
    for one in made:
        widening.decide(context=desk.context("leader"), widening_id=one.pk, approve=True)


def knower_struck(desk: Desk, day: date) -> None:
    record = desk.record_id("slip")
    entry = KnowledgeEntry.objects.get(record_id=record, person=desk.person("leaver"), ends_at__isnull=True)
    knowledge.strike_knower(
        context=desk.context("officer"), record_id=record, entry_id=entry.pk, reason="离开原岗位"
    )


def de_secrecy(desk: Desk, day: date) -> None:
    begin_de_secrecy(actor=desk.account("security"), person=desk.person("leaver"))


def proposal_confirmed(desk: Desk, day: date) -> None:
    grant = _clearance(desk, "agent", "轮流整理历史工单，需查阅普通商密件")
    confirm_grant(actor=desk.account("centre_head"), grant=grant)


def proposal_refused(desk: Desk, day: date) -> None:
    given = appoint(
        actor=desk.account("security"),
        person=desk.person("clerk_south"),
        duty=Duty.ARCHIVIST,
        unit=desk.unit("south"),
        starts_on=local_day(clock.now()),
        reason="营业厅档案由值班人员兼管",
    )
    if given.pending is not None:
        refuse_grant(
            actor=desk.account("director"), grant=given.pending, reason="窗口人手不足，仍由档案室统一管理"
        )


def proposal_withdrawn(desk: Desk, day: date) -> None:
    withdraw_grant(actor=desk.account("security"), grant=_clearance(desk, "specialist", "误选人员"))


def proposal_waits(desk: Desk, day: date) -> None:
    """So that whoever looks around can be the second person himself."""
    person = desk.person("clerk_north")
    if not person.pending_grants.filter(state=GrantState.PENDING).exists():
        _clearance(desk, "clerk_north", "轮岗到档案室，需查阅普通商密件")


def notice_in_force(desk: Desk, day: date) -> None:
    year = day.year + 1
    table = notice_file.read("\n".join(f"{year}-{at},放假,{name}" for at, name in HOLIDAYS), year)
    before = notice_of(year)
    import_notice(
        context=desk.context("system"),
        year=year,
        title=f"{year}年部分节假日安排（演练）",
        document_no=f"演练〔{day.year}〕9号",
        table=table,
        seen=before.number if before is not None else 0,
    )


def incident_reported(desk: Desk, day: date) -> None:
    raise_incident(
        context=desk.context("agent"),
        kind=Kind.PERSONAL_DATA,
        what="缴费提醒短信发到了原户主的号码上，内有现户主的户号。",
        unit=desk.unit("centre"),
    )


def incident_worked_on(desk: Desk, day: date) -> None:
    for event, text in (
        (Event.REPORT, "已电话报告主要领导和网信部门。"),
        (Event.CONTAIN, "停发同批短信，请收件人删除。"),
        (Event.INVESTIGATE, "过户后联系电话未更新，涉及一户。"),
        (Event.MEASURE, "过户流程增加核对联系电话一步。"),
    ):
        _step(desk, event, text)


def incident_concluded(desk: Desk, day: date) -> None:
    _step(desk, Event.DECIDE, "属操作疏漏，批评教育，不另处分。")
    _step(desk, Event.CLOSE, "措施已落实，复查一周无再发。")


def incident_open(desk: Desk, day: date) -> None:
    raise_incident(
        context=desk.context("clerk_north"),
        kind=Kind.LOSS,
        what="交接班清点时，档案柜里少一份过户受理单的复印件。",
        unit=desk.unit("north"),
    )


def _grant(desk: Desk, by: str, document: str, to: str, action: Action, days: int) -> None:
    knowledge.grant(
        context=desk.context(by),
        record_id=desk.record_id(document),
        person=desk.person(to),
        action=action,
        ends_at=desk.in_days(days),
    )


def _decide(desk: Desk, document: str, *, confirm: bool, reason: str) -> None:
    record = desk.record_id(document)
    proposal = LabelDecision.objects.filter(record_id=record).order_by("-number").first()
    if proposal is not None:
        labelling.decide_label(
            context=desk.context("officer"),
            record_id=record,
            proposal_id=proposal.pk,
            confirm=confirm,
            reason=reason,
        )


def _clearance(desk: Desk, key: str, why: str) -> PendingGrant:
    day = local_day(clock.now())
    given = grant_clearance(
        actor=desk.account("security"),
        person=desk.person(key),
        enterprise_level=1,
        starts_on=day,
        ends_on=day + timedelta(days=180),
        reason=why,
    )
    if given.pending is None:
        raise ValueError("a clearance takes two persons")
    return given.pending


def _step(desk: Desk, event: Event, text: str) -> None:
    incident = Incident.objects.exclude(state=State.CLOSED).order_by("number").get()
    advance(
        context=desk.context("security"),
        incident_id=incident.pk,
        version=incident.version,
        event=event,
        text=text,
    )


def _nothing(paper: object) -> bytes:
    return b""


# Days ago, hour of the day in Asia/Shanghai, what was done.
DEEDS: tuple[tuple[int, int, Deed], ...] = (
    (91, 18, grant_long_ago),
    (42, 18, incident_reported),
    (41, 9, incident_worked_on),
    (34, 18, incident_concluded),
    (24, 18, knower_named),
    (21, 18, label_decided),
    (18, 18, knower_struck),
    (17, 9, de_secrecy),
    (15, 18, notice_in_force),
    (12, 18, proposal_refused),
    (11, 18, proposal_confirmed),
    (10, 18, grant_that_ends),
    (9, 18, correction),
    (8, 18, proposal_withdrawn),
    (7, 18, label_sent_back),
    (3, 18, held_back),
    (2, 9, proposal_waits),
    (2, 18, draft),
    (1, 18, incident_open),
)
