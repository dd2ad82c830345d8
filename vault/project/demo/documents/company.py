"""The company's own papers, typeset: notices, contracts, analyses, minutes, reports and registers."""

from vault.project.demo.documents.model import COMPANY_NAME, Paper
from vault.project.demo.documents.typesetting import (
    Block,
    facts,
    h1,
    long_date,
    p,
    parties,
    pdf,
    signed,
    table,
)

_HALLS = ("城南营业厅", "城北营业厅")


def _issued(paper: Paper, *blocks: Block, to: str = "各部门、各营业厅") -> bytes:
    closing = signed(COMPANY_NAME, long_date(paper.day), stamp=COMPANY_NAME)
    return pdf(
        paper.title,
        [*blocks, closing],
        agency=f"{COMPANY_NAME}文件",
        number=paper.number,
        mark=paper.mark,
        to=to,
        creator=COMPANY_NAME,
    )


def supply_notice(paper: Paper) -> bytes:
    """A planned interruption, told to everybody."""
    street = paper.chance.choice(("滨河路", "解放街", "建设大道", "人民路"))
    return _issued(
        paper,
        *p(
            f"因供水管网改造，定于{long_date(paper.day)}22时至次日6时对{street}沿线实施计划停供，请客户提前储水。",
            "停供期间如遇降雨或施工受阻，恢复时间顺延，以短信和营业厅公告为准。客户服务热线二十四小时受理咨询。",
        ),
        table(
            ["片区", "影响户数", "恢复时间"],
            [[f"{street}{n}号段", paper.chance.randrange(80, 900), "次日6时"] for n in range(1, 5)],
            right=[1],
        ),
        to="广大客户",
    )


def work_rules(paper: Paper) -> bytes:
    """An internal notice about duties at the counter."""
    return _issued(
        paper,
        h1("一、总体要求"),
        *p(
            "值班人员须于每月5日前整理、汇总、装订当月客户档案，附目录移交主任，并同时报表企业管理部。",
            "客户资料严格保密，来电查询须核实身份；客户要求保密的投诉应在工单上标明。",
        ),
        h1("二、检查与考核"),
        *p("企业管理部每季度抽查一次，结果纳入年度考核。逾期未移交的，由营业厅主任书面说明原因。"),
    )


def contract(paper: Paper) -> bytes:
    """A service contract with its price."""
    price = paper.chance.randrange(18, 96) * 10_000
    return pdf(
        paper.title,
        [
            *p("甲乙双方根据《中华人民共和国民法典》，经协商一致，订立本合同。"),
            h1("第一条 服务内容"),
            *p("乙方按照甲方服务规范提供营业厅辅助服务，服务期限十二个月，人员配置见附件。"),
            h1("第二条 价款与支付"),
            facts(("合同总价", f"人民币 {price:,} 元（含税）"), ("支付方式", "按季度支付，次月15日前付清")),
            h1("第三条 保密"),
            *p("乙方及其人员对在服务中知悉的客户资料和经营信息承担保密义务，本合同终止后继续有效。"),
            parties(["甲方：" + COMPANY_NAME, "签字："], ["乙方：临江服务外包有限公司", "签字："]),
        ],
        subtitle=f"合同编号：{paper.number}",
        mark=paper.mark,
        creator=COMPANY_NAME,
    )


def price_analysis(paper: Paper) -> bytes:
    """Figures that a competitor would like to have."""
    rows = [
        [
            name,
            f"{paper.chance.uniform(1.6, 3.9):.3f}",
            f"{paper.chance.uniform(1.5, 3.8):.3f}",
            f"{paper.chance.uniform(-6, 9):+.1f}%",
        ]
        for name in ("居民用气", "商业用气", "工业用气", "居民用水", "非居民用水", "特种用水")
    ]
    return pdf(
        paper.title,
        [
            *p("本分析依据第三季度购销数据测算，仅供公司领导决策参考，未经批准不得复制、外传。"),
            table(["类别", "购进均价（元）", "测算成本（元）", "同比"], rows, right=[1, 2, 3]),
            h1("结论与建议"),
            *p("综合测算，购销价差收窄。建议与上游重新议价，并适时启动价格联动机制的申报准备。"),
            signed("经营部", long_date(paper.day)),
        ],
        mark=paper.mark,
        creator=COMPANY_NAME,
    )


def minutes(paper: Paper) -> bytes:
    """Minutes of a meeting."""
    return pdf(
        paper.title,
        [
            facts(
                ("时间", f"{long_date(paper.day)}上午9时"),
                ("地点", "公司三楼会议室"),
                ("主持", "分管领导"),
                ("参加", "企业管理部、各营业厅主任"),
            ),
            h1("议定事项"),
            *p(
                "一、月度移交情况：上月客户档案移交率百分之百，其中补交一次，原因为扫描件缺页。",
                "二、投诉录音至少保存半年，到期由档案管理员列入到期鉴定目录，不得自行删除。",
                "三、保密室每月检查一次，检查记录存档。",
            ),
            signed("记录：企业管理部", long_date(paper.day)),
        ],
        mark=paper.mark,
        creator=COMPANY_NAME,
    )


def volume_report(paper: Paper) -> bytes:
    """The monthly report of accepted business, with its totals."""
    rows, totals = [], [0, 0, 0, 0]
    for hall in _HALLS:
        figures = [paper.chance.randrange(120, 900) for _ in range(4)]
        totals = [a + b for a, b in zip(totals, figures, strict=True)]
        rows.append([hall, *figures])
    rows.append(["合计", *totals])
    return pdf(
        paper.title,
        [
            *p("统计口径为自然月 1 日零时至月末 24 时，以系统受理时间为准。"),
            table(["营业厅", "开户", "过户", "缴费", "咨询"], rows, right=[1, 2, 3, 4]),
            signed("企业管理部", long_date(paper.day)),
        ],
        creator=COMPANY_NAME,
    )


def acceptance_slip(paper: Paper) -> bytes:
    """What a customer signs at the counter; every figure is invented."""
    number = paper.chance.randrange(10_000, 99_999)
    return pdf(
        paper.title,
        [
            facts(
                ("户号", f"0412-{number}"),
                ("业务", "用户过户"),
                ("原户名", "张三（样本）"),
                ("新户名", "李四（样本）"),
                ("联系电话", f"1380000{number % 10_000:04d}"),
                ("受理人", "王磊"),
            ),
            *p("申请人声明所填内容属实，并同意本单位为办理业务保存上述资料。"),
            parties(["申请人签字："], ["受理人签字："]),
        ],
        subtitle="业务受理单",
        creator=COMPANY_NAME,
    )


def contents_list(paper: Paper) -> bytes:
    """The list of a monthly bundle."""
    rows = [
        [
            n,
            f"0412-{paper.chance.randrange(10_000, 99_999)}",
            paper.chance.choice(("开户资料", "过户资料", "改造资料")),
            paper.chance.randrange(2, 12),
        ]
        for n in range(1, 25)
    ]
    return pdf(
        paper.title, [table(["序号", "户号", "题名", "页数"], rows, right=[0, 3])], creator=COMPANY_NAME
    )
