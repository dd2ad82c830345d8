"""What the demo files of every label and every kind of file: one row a document."""

from vault.project.demo.documents import authority, company, other_kinds, plan
from vault.project.demo.documents.model import AUTHORITY_NAME, Document, Label

SOUTH, NORTH, HEAD, COMPANY = "south", "north", "department", "company"
OPEN, INTERNAL = Label("open"), Label("internal")


def _received(choice: str, kind: str = "none", **facts: object) -> Label:
    return Label(choice, source="received", kind=kind, basis="来文标志", **facts)


def _own(choice: str, number: int) -> Label:
    return Label(choice, source="proposed", kind="years", number=number, basis="商业秘密事项目录 3.2")


def _state(key: str, title: str, make, days_ago: int, label: Label, number: str, *also: str) -> Document:  # noqa: ANN001
    """A paper received from the authority; filed at headquarters, known to the leader in charge and to `also`."""
    return Document(
        key, title, "pdf", make, days_ago, COMPANY, "officer", label,
        number=number, creator=AUTHORITY_NAME, retention="Y", originator="authority",
        knowers=("leader", *also), archive_file="应急来文",
    )  # fmt: skip


def _secret(key: str, title: str, make, days_ago: int, label: Label) -> Document:  # noqa: ANN001
    """An enterprise secret of headquarters, proposed by the archivist, decided by the classification officer."""
    return Document(
        key, title, "pdf", make, days_ago, HEAD, "archivist", label,
        decider="officer", knowers=("leader",), originator="company", number=f"临公用商〔{{year}}〕{days_ago}号",
    )  # fmt: skip


EVERY_KIND: tuple[Document, ...] = (
    _state("guard", "重点目标防护方案", authority.protection_scheme, 66, _received("top_secret", "years", number=30), "应急〔{year}〕7号", "principal"),
    _state("power", "重要活动供电保障路线的通知", authority.power_route, 40, _received("secret", "until", until_days=120), "应急〔{year}〕12号"),
    _state("levels", "城区管网应急响应等级的规定", authority.response_levels, 58, _received("secret", "years", number=20), "应急〔{year}〕18号"),
    _state("nodes", "关键节点风险通报", authority.node_bulletin, 33, _received("confidential", "years", number=10), "应急〔{year}〕21号"),
    _state("winter", "冬季联合演练的通知", authority.winter_drill, 27, _received("confidential", "condition", condition="演练结束"), "应急〔{year}〕25号"),
    _state("roster", "值守力量编成表", authority.guard_roster, 19, _received("confidential"), "应急〔{year}〕29号"),
    _secret("prices", "第三季度价费测算分析", company.price_analysis, 41, _own("core", 5)),
    _secret("tender", "营业厅外包服务合同", company.contract, 48, _own("ordinary", 3)),
    _secret("board", "经营分析专题会议纪要", company.minutes, 22, _own("ordinary", 2)),
    _secret("floor", "下年度抢修物资采购底价测算", company.price_analysis, 45, _own("core", 3)),
    _secret("talks", "与上游供气企业谈判要点", company.minutes, 36, _own("ordinary", 1)),
    # Ours repeats a received secret, so it has the source's level (P-06).
    Document("derived", "冬季联合演练落实方案", "pdf", authority.derived_scheme, 20, COMPANY, "leader", Label("confidential", source="derived", kind="years", number=5, basis="来文密级"), number="临公用密〔{year}〕2号", decider="officer", originator="authority"),
    Document("slip", "机要来文收文处理单（扫描）", "pdf", other_kinds.secret_scan, 26, COMPANY, "officer", _received("confidential", "months", number=6), number="应急〔{year}〕26号", creator=AUTHORITY_NAME, originator="authority", knowers=("leader",)),
    Document("plan", "突发事件综合应急预案（修订）", "pdf", plan.emergency_plan, 71, HEAD, "archivist", INTERNAL, number="应急预案〔{year}〕4号", retention="Y"),
    Document("hazard", "关于开展安全隐患排查的通知", "pdf", authority.hazard_notice, 36, HEAD, "archivist", INTERNAL, creator=AUTHORITY_NAME, number="应急〔{year}〕23号"),
    Document("incident", "近期事故情况通报", "pdf", authority.incident_bulletin, 15, HEAD, "archivist", INTERNAL, creator=AUTHORITY_NAME, number="应急〔{year}〕33号"),
    Document("rules", "关于规范客户档案月度移交的通知", "pdf", company.work_rules, 80, HEAD, "archivist", OPEN, number="临公用〔{year}〕61号"),
    Document("stop1", "关于计划停供的公告", "pdf", company.supply_notice, 1, SOUTH, "clerk_south", OPEN, number="临公用〔{year}〕88号", retention="D10"),
    Document("stop2", "关于节日期间供应保障的公告", "pdf", company.holiday_supply, 55, SOUTH, "clerk_south", OPEN, number="临公用〔{year}〕79号", retention="D10"),
    Document("stop3", "关于冬季供气保障的公告", "pdf", company.winter_gas, 9, NORTH, "clerk_north", OPEN, number="临公用〔{year}〕93号", retention="D10"),
    Document("month", "{month}业务受理总量月报", "pdf", company.volume_report, 12, HEAD, "archivist", INTERNAL, retention="D10"),
    Document("quarter", "{quarter}服务指标分析季报", "pdf", company.volume_report, 44, HEAD, "archivist", INTERNAL, retention="D30"),
    Document("week", "{week}投诉周报", "pdf", company.volume_report, 6, HEAD, "archivist", INTERNAL, retention="D10"),
    Document("meeting", "客户服务例会纪要", "pdf", company.minutes, 17, HEAD, "archivist", INTERNAL),
    Document("list", "{month_name}客户档案移交目录", "pdf", company.contents_list, 13, SOUTH, "clerk_south", INTERNAL, series="KH", archive_file="城南营业厅客户档案"),
    Document("slip1", "0412-88317 用户过户资料", "pdf", company.acceptance_slip, 24, SOUTH, "clerk_south", INTERNAL, series="KH", archive_file="城南营业厅客户档案"),
    Document("slip2", "0412-90412 用户开户资料", "pdf", company.acceptance_slip, 23, SOUTH, "clerk_south", INTERNAL, series="KH", archive_file="城南营业厅客户档案"),
    Document("slip3", "0412-77120 用气改造资料", "pdf", company.acceptance_slip, 21, SOUTH, "clerk_south", INTERNAL, series="KH", archive_file="城南营业厅客户档案"),
    Document("slip4", "0413-10281 用户开户资料", "pdf", company.acceptance_slip, 20, NORTH, "clerk_north", INTERNAL, series="KH", archive_file="城北营业厅客户档案"),
    Document("slip5", "0413-10977 用户过户资料", "pdf", company.acceptance_slip, 16, NORTH, "clerk_north", INTERNAL, series="KH", archive_file="城北营业厅客户档案"),
    Document("supply", "0413-20551 供用气合同", "pdf", company.customer_contract, 34, NORTH, "clerk_north", INTERNAL, series="KH", archive_file="城北营业厅客户档案"),
    Document("box", "{month_name}意见箱开启记录", "pdf", company.opinion_box, 11, SOUTH, "clerk_south", INTERNAL, retention="D10"),
    Document("day", "{day}业务受理日报", "pdf", company.volume_report, 1, SOUTH, "clerk_south", INTERNAL, retention="D10"),
    Document("scan", "0412-65230 过户受理单（扫描）", "pdf", other_kinds.scan, 25, SOUTH, "clerk_south", INTERNAL, series="KH", archive_file="城南营业厅客户档案"),
    Document("photo", "0413-20551 身份核验留底（样本）", "jpg", other_kinds.photograph, 18, NORTH, "clerk_north", INTERNAL, series="KH", archive_file="城北营业厅客户档案"),
    Document("draw", "滨河路片区管网示意图", "png", other_kinds.drawing, 62, HEAD, "archivist", INTERNAL, retention="Y"),
    Document("training", "一线人员培训计划", "docx", other_kinds.word, 50, HEAD, "archivist", INTERNAL, retention="D10"),
    Document("figures", "客户服务指标统计表", "xlsx", other_kinds.workbook, 14, HEAD, "archivist", INTERNAL, retention="D10"),
    Document("handover", "岗位交接单", "odt", other_kinds.open_text, 29, NORTH, "clerk_north", INTERNAL, retention="D10"),
    Document("loans", "借阅登记台账", "ods", other_kinds.open_sheet, 11, HEAD, "archivist", INTERNAL, retention="D10"),
    Document("meters", "抄表数据导出", "csv", other_kinds.table_gb18030, 10, NORTH, "clerk_north", INTERNAL, retention="D10"),
    Document("phone", "上级来电记录", "txt", other_kinds.plain_text, 8, NORTH, "clerk_north", INTERNAL, retention="D10"),
    Document("mail", "报送{month_name}移交目录的邮件", "eml", other_kinds.mail, 12, SOUTH, "clerk_south", INTERNAL, retention="D10"),
    Document("call1", "投诉录音 TS-1017（水压）", "wav", other_kinds.recording, 37, SOUTH, "clerk_south", INTERNAL, series="KH", retention="D10"),
    Document("call2", "投诉录音 TS-1022（服务态度）", "wav", other_kinds.recording, 31, NORTH, "clerk_north", INTERNAL, series="KH", retention="D10"),
    Document("drawings", "阀井改造竣工图", "zip", other_kinds.package, 47, HEAD, "archivist", INTERNAL, retention="Y"),
    Document("fees", "服务价费公示", "pdf", company.service_fees, 52, NORTH, "clerk_north", OPEN, number="临公用〔{year}〕74号", retention="D10"),
)  # fmt: skip
