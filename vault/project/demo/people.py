"""The demo's units and its nineteen people: who they are, what they may, what to try as each."""

from dataclasses import dataclass

from accounts.rules import Duty, PersonCategory, UnitKind
from vault.project.demo.documents.model import AUTHORITY_NAME, COMPANY_NAME

# How long trainings and clearances last from the organisation's first day on; some end within weeks from now.
DAYS = 400
SHORT = 110


@dataclass(frozen=True)
class Place:
    """One unit; `parent` is the key of the unit above it."""

    key: str
    kind: UnitKind
    code: str
    name: str
    parent: str = "company"


@dataclass(frozen=True)
class Member:
    """One person. `unit` is a key of PLACES; `levels` are state and enterprise; None is no clearance."""

    key: str
    name: str
    staff_no: str
    unit: str
    duties: tuple[tuple[Duty, str], ...]
    levels: tuple[int, int] | None = (0, 0)
    category: PersonCategory = PersonCategory.NONE
    heads: str = ""
    to_try: str = ""
    trained_days: int = DAYS
    cleared_days: int = DAYS

    def is_head(self, duty: Duty, unit: str) -> bool:
        """Whether this duty of his at this unit is the headship."""
        return self.heads == unit and duty in {
            Duty.PRINCIPAL_LEADER,
            Duty.HALL_DIRECTOR,
            Duty.DEPARTMENT_HEAD,
        }


# A unit stands below those above it. The company itself comes with the first four people.
PLACES: tuple[Place, ...] = (
    Place("company", UnitKind.COMPANY, "LJGY", COMPANY_NAME, ""),
    Place("department", UnitKind.DEPARTMENT, "QGB", "企业管理部"),
    Place("archive", UnitKind.DEPARTMENT, "QGB-DAS", "档案室", "department"),
    Place("safety", UnitKind.DEPARTMENT, "AQB", "安全管理部"),
    Place("centre", UnitKind.DEPARTMENT, "HJZX", "呼叫中心"),
    Place("south", UnitKind.HALL, "YYT01", "城南营业厅"),
    Place("north", UnitKind.HALL, "YYT02", "城北营业厅"),
    Place("province", UnitKind.EXTERNAL, "SYJT", "省应急管理厅", ""),
    Place("authority", UnitKind.EXTERNAL, "YJJ", AUTHORITY_NAME, "province"),
    Place("water", UnitKind.EXTERNAL, "SWJ", "临江市水务局", ""),
)

MEMBERS: tuple[Member, ...] = (
    Member("system", "王建国", "S1001", "company", ((Duty.SYSTEM_OFFICER, "company"),), None, to_try="登记人员、单位、账号和涉密计算机；看不到任何文件"),
    Member("security", "吴敏", "S1002", "company", ((Duty.SECURITY_OFFICER, "company"),), None, to_try="任职、授予涉密等级；看不到任何文件"),
    Member("second", "沈岚", "S1019", "company", ((Duty.SECURITY_OFFICER, "company"),), None, to_try="确认吴敏提出的变更；核对申请，监督两人办理的步骤"),
    Member("auditor", "孙静", "S1003", "company", ((Duty.AUDITOR, "company"),), None, to_try="审计日志：筛选“拒绝”，点“证明”"),
    Member("principal", "何志远", "S1004", "company", ((Duty.PRINCIPAL_LEADER, "company"),), (3, 2), PersonCategory.CORE, heads="company", to_try="审批绝密文件的申请；双人变更；职务再高，不在知悉范围也看不到涉密件"),
    Member("leader", "周建国", "S1005", "company", ((Duty.LEADER, "company"),), (3, 2), PersonCategory.CORE, to_try="打开机密件：看到说明为何不能打开"),
    Member("officer", "陈立", "S1006", "company", ((Duty.CLASSIFICATION_OFFICER, "company"),), (3, 2), PersonCategory.CORE, to_try="待定密：确认或退回密级"),
    Member("archivist", "赵芸", "S1007", "department", ((Duty.ARCHIVIST, "company"), (Duty.DEPARTMENT_HEAD, "department"), (Duty.ROOM_KEEPER, "company")), (0, 2), PersonCategory.IMPORTANT, heads="department", to_try="拖放登记多个文件；待决事项，已存视图"),
    Member("director", "李晓雯", "S1008", "south", ((Duty.HALL_DIRECTOR, "south"),), (0, 1), heads="south", to_try="阅读本厅文件，授权复制"),
    Member("clerk_south", "王磊", "S1009", "south", ((Duty.DUTY_CLERK, "south"),), to_try="登记文件，播放投诉录音"),
    Member("clerk_north", "刘洋", "S1010", "north", ((Duty.DUTY_CLERK, "north"),), to_try="看不到城南营业厅的内部文件"),
    Member("director_north", "马丽娟", "S1011", "north", ((Duty.HALL_DIRECTOR, "north"),), (0, 1), heads="north", to_try="复核到期的授权"),
    Member("manager", "高翔", "S1012", "department", ((Duty.ENTERPRISE_MANAGEMENT, "department"),), (0, 1), to_try="报表、考核与整改文件", cleared_days=SHORT),
    Member("keeper", "林秀英", "S1013", "archive", ((Duty.DEPARTMENT_HEAD, "archive"), (Duty.APPRAISER, "archive")), (0, 1), heads="archive", to_try="档案室的台账与检查记录"),
    Member("centre_head", "郑凯", "S1014", "centre", ((Duty.DEPARTMENT_HEAD, "centre"), (Duty.SUPERVISION, "centre")), (0, 1), heads="centre", to_try="授权录音调听，查看隔离件"),
    Member("agent", "许婷", "S1015", "centre", ((Duty.AGENT, "centre"),), to_try="登记来电记录，播放录音"),
    Member("specialist", "邓涛", "S1016", "centre", ((Duty.SERVICE_SPECIALIST, "centre"),), to_try="回访与处结材料；代理主持呼叫中心，编值班表", trained_days=SHORT),
    Member("safety", "罗强", "S1017", "safety", ((Duty.DEPARTMENT_HEAD, "safety"),), (1, 1), PersonCategory.GENERAL, heads="safety", to_try="安全检查与应急文件"),
    Member("leaver", "唐雪", "S1018", "department", ((Duty.STAFF, "department"),), (2, 1), PersonCategory.IMPORTANT, to_try="脱密期内：涉密等级已全部收回"),
)  # fmt: skip

# A second account of the hall director with Django's superuser flag: it opens nothing more.
SUPERUSER = ("director", "S9999")
BY_KEY = {member.key: member for member in MEMBERS}
PLACE = {place.key: place for place in PLACES}
