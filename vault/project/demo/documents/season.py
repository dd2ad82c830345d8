"""Three months of the customer centre: what its units file day by day beside the papers of the catalogue."""

from collections.abc import Iterator

from vault.project.demo.documents import company, other_kinds
from vault.project.demo.documents.calls import CALLS, NOTES, TICKETS
from vault.project.demo.documents.model import Document, Label
from vault.project.demo.documents.office import OFFICE

OPEN, INTERNAL = Label("open"), Label("internal")
HALLS = {"south": ("城南营业厅", "clerk_south"), "north": ("城北营业厅", "clerk_north")}

# Hall and how many days ago: not every day is kept, the halls hand the others over on paper.
DAYS = {"south": (2, 8, 15, 22, 43, 57, 71), "north": (3, 9, 16, 29, 36, 64, 78)}
WEEKS = (13, 20, 27, 34, 41, 48, 55, 62, 69, 76)

# Hall, account and business of what a customer signed at the counter, and how many days ago.
SLIPS = (
    ("south", "0412-90733", "用户开户", 27),
    ("south", "0412-61208", "用户过户", 33),
    ("south", "0412-83355", "水表迁移", 39),
    ("south", "0412-70461", "报装增容", 45),
    ("south", "0412-91870", "用户销户", 52),
    ("south", "0412-60017", "阶梯人口核定", 58),
    ("south", "0412-88926", "用气改造", 66),
    ("south", "0412-77503", "用户开户", 74),
    ("south", "0412-65984", "低保户优惠", 83),
    ("north", "0413-11406", "用户开户", 26),
    ("north", "0413-20218", "用户过户", 32),
    ("north", "0413-10655", "燃气表更换", 40),
    ("north", "0413-22031", "商业用户报装", 49),
    ("north", "0413-13790", "用户过户", 56),
    ("north", "0413-20967", "用电性质变更", 63),
    ("north", "0413-11883", "用户开户", 72),
    ("north", "0413-12540", "阶梯人口核定", 81),
)
CONTRACTS = (
    ("south", "0412-90733", 27),
    ("south", "0412-77503", 73),
    ("north", "0413-22031", 48),
    ("north", "0413-11883", 71),
    ("north", "0413-10322", 92),
)


def _documents() -> Iterator[Document]:
    for hall, days in DAYS.items():
        name, clerk = HALLS[hall]
        for ago in days:
            yield Document(
                f"day-{hall}-{ago}",
                name + "{day}业务受理日报",
                "pdf",
                company.volume_report,
                ago,
                hall,
                clerk,
                INTERNAL,
                retention="D10",
                of_its_day=True,
            )
    for ago in WEEKS:
        yield Document(
            f"week-{ago}",
            "{week}投诉周报",
            "pdf",
            company.volume_report,
            ago,
            "department",
            "manager",
            INTERNAL,
            retention="D10",
            of_its_day=True,
        )
    for hall, account, business, ago in SLIPS:
        name, clerk = HALLS[hall]
        yield Document(
            f"slip-{account}",
            f"{account} {business}资料",
            "pdf",
            company.acceptance_slip,
            ago,
            hall,
            clerk,
            INTERNAL,
            series="KH",
            archive_file=f"{name}客户档案",
        )
    for hall, account, ago in CONTRACTS:
        name, clerk = HALLS[hall]
        yield Document(
            f"contract-{account}",
            f"{account} 供用水合同",
            "pdf",
            company.customer_contract,
            ago,
            hall,
            clerk,
            INTERNAL,
            series="KH",
            archive_file=f"{name}客户档案",
        )
    for number, subject, filer, make, ago in TICKETS:
        yield Document(
            f"ticket-{number}",
            f"投诉工单 TS-{number}（{subject}）",
            "pdf",
            make,
            ago,
            "centre",
            filer,
            INTERNAL,
            series="KH",
            retention="D10",
            archive_file="呼叫中心投诉工单",
        )
    for number, subject, ago in CALLS:
        yield Document(
            f"call-{number}",
            f"热线录音 TS-{number}（{subject}）",
            "wav",
            other_kinds.recording,
            ago,
            "centre",
            "agent",
            INTERNAL,
            series="KH",
            retention="D10",
        )
    for key, title, filer, make, ago in NOTES:
        yield Document(key, title, "txt", make, ago, "centre", filer, INTERNAL, retention="D10")
    for key, title, extension, make, ago, unit, filer, choice, number in OFFICE:
        yield Document(
            key,
            title,
            extension,
            make,
            ago,
            unit,
            filer,
            Label(choice),
            number=number,
            retention="D10" if not number else "D30",
            of_its_day=True,
        )


SEASON: tuple[Document, ...] = tuple(_documents())
