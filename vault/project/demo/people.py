"""The demo's ten people: who they are, what they may, what to try as each."""

from dataclasses import dataclass

from accounts.rules import Duty, PersonCategory


@dataclass(frozen=True)
class Member:
    """One person. `unit` is a key of organisation.UNITS; `levels` are state and enterprise; None is no clearance."""

    key: str
    name: str
    staff_no: str
    unit: str
    duties: tuple[tuple[Duty, str], ...]
    levels: tuple[int, int] | None = (0, 0)
    category: PersonCategory = PersonCategory.NONE
    heads: str = ""
    to_try: str = ""


MEMBERS: tuple[Member, ...] = (
    Member("system", "王建国", "S1001", "company", ((Duty.SYSTEM_OFFICER, "company"),), None, to_try="登记人员、单位和账号；看不到任何文件"),
    Member("security", "吴敏", "S1002", "company", ((Duty.SECURITY_OFFICER, "company"),), None, to_try="任职、授予涉密等级；看不到任何文件"),
    Member("auditor", "孙静", "S1003", "company", ((Duty.AUDITOR, "company"),), None, to_try="审计日志：筛选“拒绝”，点“证明”"),
    Member("principal", "何志远", "S1004", "company", ((Duty.PRINCIPAL_LEADER, "company"),), None, to_try="双人变更：确认待办的涉密等级；职务再高，不在知悉范围也看不到涉密件"),
    Member("leader", "周建国", "S1005", "company", ((Duty.LEADER, "company"),), (3, 2), PersonCategory.CORE, to_try="打开机密件：看到说明为何不能打开"),
    Member("officer", "陈立", "S1006", "company", ((Duty.CLASSIFICATION_OFFICER, "company"),), (3, 2), PersonCategory.CORE, to_try="待定密：确认或退回密级"),
    Member("archivist", "赵芸", "S1007", "department", ((Duty.ARCHIVIST, "company"), (Duty.DEPARTMENT_HEAD, "department"), (Duty.ROOM_KEEPER, "company")), (0, 2), PersonCategory.IMPORTANT, heads="department", to_try="拖放登记多个文件"),
    Member("director", "李晓雯", "S1008", "south", ((Duty.HALL_DIRECTOR, "south"),), (0, 1), heads="south", to_try="阅读本厅文件，授权复制"),
    Member("clerk_south", "王磊", "S1009", "south", ((Duty.DUTY_CLERK, "south"),), (0, 0), to_try="登记文件，播放投诉录音"),
    Member("clerk_north", "刘洋", "S1010", "north", ((Duty.DUTY_CLERK, "north"),), (0, 0), to_try="看不到城南营业厅的内部文件"),
)  # fmt: skip

# A second account of the hall director with Django's superuser flag: it opens nothing more.
SUPERUSER = ("director", "S9999")
BY_KEY = {member.key: member for member in MEMBERS}
