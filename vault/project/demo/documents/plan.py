"""The emergency plan: more than twenty pages, as such plans are."""

from vault.project.demo.documents.model import COMPANY_NAME, Paper
from vault.project.demo.documents.plan_text import DUTIES, EVENTS
from vault.project.demo.documents.typesetting import (
    BREAK,
    CONTENTS,
    Block,
    facts,
    h1,
    h2,
    long_date,
    p,
    pdf,
    table,
)

_NUMERALS = "一二三四五六七八九十"


def emergency_plan(paper: Paper) -> bytes:
    """Contents, general part, responses to each event, cards for the wall, stores and telephone lists."""
    blocks: list[Block] = [
        facts(
            ("编制单位", COMPANY_NAME),
            ("预案编号", paper.number),
            ("发布日期", long_date(paper.day)),
            ("版本", "第四版（修订）"),
            ("适用范围", "供水、供气、供电生产经营单位及各营业厅"),
        ),
        BREAK,
        CONTENTS,
        BREAK,
        *_general(),
        *_organisation(),
        *_warning(),
    ]
    blocks += [block for number, event in enumerate(EVENTS, 1) for block in _event(number, *event)]
    blocks += [h1("第五章 后期处置与演练"), *_afterwards(), BREAK]
    blocks += [block for number, event in enumerate(EVENTS, 1) for block in _card(number, *event)]
    blocks += [*_stores(paper), *_telephones(paper)]
    return pdf(
        paper.title,
        blocks,
        subtitle=f"（{long_date(paper.day)}发布）",
        running=f"{COMPANY_NAME}　内部资料　注意保存",
        creator=COMPANY_NAME,
    )


def _general() -> list[Block]:
    return [
        h1("第一章 总则"),
        h2("1.1 目的"),
        *p(
            "为及时、有序、有效处置公司生产经营中的突发事件，最大限度减少人员伤亡、财产损失和供应中断，维护客户合法权益，制定本预案。"
        ),
        h2("1.2 工作原则"),
        *p(
            "以人为本，安全第一。现场人员的生命安全高于一切财产，任何指令不得要求员工冒险作业。",
            "统一指挥，分级负责。应急领导小组统一指挥，分公司、营业厅对本单位的先期处置负责。",
            "快速反应，协同联动。先处置、后报告程序性事项，与消防、公安、医疗、街道建立固定联络。",
            "依法规范，如实发布。信息由一个口径发布，不迟报、不漏报、不瞒报。",
        ),
        h2("1.3 事件分级"),
        table(
            ["级别", "人员", "影响范围", "预计恢复时间"],
            [
                ["特别重大（Ⅰ级）", "死亡三人以上", "五万户以上", "二十四小时以上"],
                ["重大（Ⅱ级）", "死亡一人或重伤三人以上", "二万户以上", "十二小时以上"],
                ["较大（Ⅲ级）", "重伤", "五千户以上", "八小时以上"],
                ["一般（Ⅳ级）", "轻伤或无伤亡", "五百户以上", "四小时以上"],
            ],
            widths=[2.4, 3, 2, 2.4],
        ),
    ]


def _organisation() -> list[Block]:
    return [
        h1("第二章 组织机构与职责"),
        *p(
            "公司设应急领导小组，总经理任组长，分管副总经理任副组长，成员由各部门、分公司主要负责人组成。下设八个工作组。"
        ),
        *(block for name, work in DUTIES for block in [h2(name), *p(work)]),
        table(["机构", "主要职责"], [list(row) for row in DUTIES], widths=[1.4, 5], caption="表一 职责一览"),
    ]


def _warning() -> list[Block]:
    return [
        h1("第三章 监测、预警与报告"),
        *p(
            "调度中心对压力、流量、水质、电压实行二十四小时监测，超限自动报警，值班员三分钟内确认。",
            "营业厅、呼叫中心在三十分钟内收到同一片区三起以上同类反映的，视为异常信号，立即通报调度中心。",
            "事发单位接报后十分钟内电话报告应急办公室，三十分钟内报送书面初报，处置过程中每两小时续报，结束后二十四小时内终报。",
        ),
        table(
            ["报告种类", "时限", "内容", "方式"],
            [
                ["电话报告", "十分钟", "时间、地点、类别、伤亡、影响", "值班电话"],
                ["书面初报", "三十分钟", "已采取措施、请求支援事项", "办公系统"],
                ["续报", "每两小时", "进展、恢复预计", "办公系统"],
                ["终报", "二十四小时", "原因、损失、教训、改进", "纸质并归档"],
            ],
            widths=[1.6, 1.4, 4, 1.6],
        ),
        BREAK,
        h1("第四章 分类处置"),
        *p("以下各节按事件类别列明启动条件、处置步骤、客户服务要求与终止条件。"),
    ]


def _event(number: int, name: str, trigger: str, steps: tuple[str, ...]) -> list[Block]:
    return [
        h2(f"4.{number} {name}"),
        *p(f"启动条件：{trigger}。现场负责人有权先行启动Ⅳ级响应，随后补报。"),
        *p(*(f"（{_NUMERALS[index]}）{step}" for index, step in enumerate(steps))),
        *p(
            f"客户服务：呼叫中心在受理系统中为“{name}”设置专用标签，四十五分钟内与首批反映的客户联系;"
            "营业厅在大屏和公告栏发布停供范围与进展，对老人、病人等特殊客户上门告知。",
            "终止条件：供应恢复、现场检测合格、次生风险消除，由启动人或其上级宣布终止，并将全过程记录移交应急办公室归档。",
        ),
    ]


def _afterwards() -> list[Block]:
    return [
        *p(
            "事件终止后五个工作日内，应急办公室组织评估，查明原因、责任和预案执行中的问题，形成调查处理情况报告。",
            "客户投诉按投诉处理制度闭环办理，回访率应达到百分之百。",
            "综合演练每年不少于一次，专项演练每半年不少于一次，营业厅现场处置演练每季度不少于一次；演练有方案、有记录、有评估、有整改。",
            "预案每三年修订一次，机构职责、重大风险或法规发生变化时及时修订。修订稿经审批后重新编号发布，旧版收回登记销毁。",
        )
    ]


def _card(number: int, name: str, trigger: str, steps: tuple[str, ...]) -> list[Block]:
    """One page for the wall of each post."""
    return [
        h1(f"附件{number} 现场处置卡：{name}"),
        facts(
            ("适用岗位", "抢修班组、营业厅值班人员、呼叫中心座席"),
            ("启动条件", trigger),
            ("值班电话", "0800-2983-000（演练号码）"),
        ),
        table(
            ["步骤", "行动", "完成时间", "执行人"],
            [[index, step, "", ""] for index, step in enumerate(steps, 1)],
            widths=[0.8, 6, 1.6, 1.4],
        ),
        *p(
            "注意事项：着防静电服、戴安全帽；进入受限空间前检测氧含量与可燃气体；两人以上同行；夜间作业设警示灯。",
            "本卡张贴于值班室醒目位置，每季度由营业厅主任检查一次并签字。",
        ),
        BREAK,
    ]


def _stores(paper: Paper) -> list[Block]:
    goods = [
        "正压式空气呼吸器", "可燃气体检测仪", "防爆照明灯", "堵漏夹具", "聚乙烯焊机", "发电机", "移动水泵",
        "警戒带", "防化服", "应急药箱", "对讲机", "折叠围挡", "送水车", "绝缘手套", "阀门钥匙", "担架",
    ]  # fmt: skip
    rows = [
        [n, name, paper.chance.randrange(2, 40), paper.chance.choice(["城南库", "城北库", "储配站"]), "合格"]
        for n, name in enumerate(goods, 1)
    ]
    return [
        h1("附表一 应急物资清单"),
        table(["序号", "名称", "数量", "存放地点", "状态"], rows, widths=[1, 4, 1.2, 2, 1.4], right=[2]),
        BREAK,
    ]


def _telephones(paper: Paper) -> list[Block]:
    posts = [name for name, _work in DUTIES] + [
        "城南营业厅",
        "城北营业厅",
        "调度中心",
        "呼叫中心",
        "储配站",
        "水质班",
    ]
    rows = [[post, "值班岗", f"0800-2983-{paper.chance.randrange(100, 999)}"] for post in posts]
    return [
        h1("附表二 应急通讯录（演练号码）"),
        table(["单位", "岗位", "电话"], rows, widths=[3, 2, 3]),
    ]
