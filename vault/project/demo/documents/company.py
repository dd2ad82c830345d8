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


def holiday_supply(paper: Paper) -> bytes:
    """How supply and counters are kept going over the holidays."""
    return _issued(
        paper,
        *p(
            "为保障节日期间城乡居民用水、用气、用电，公司已完成节前安全检查和物资储备，现将有关安排告知广大客户。"
        ),
        h1("一、供应保障"),
        *p(
            "水厂、门站、变电站实行领导带班，抢修队伍二十四小时备勤，城区报漏报修四十五分钟内到达现场。",
            "假日期间除突发故障外不安排计划停供。",
        ),
        h1("二、营业时间"),
        table(
            ["网点", "假日前三天", "其余假日", "热线"],
            [
                ["城南营业厅", "9:00—16:00", "8:30—17:30", "全天"],
                ["城北营业厅", "9:00—16:00", "8:30—17:30", "全天"],
            ],
            widths=[2, 2, 2, 1],
        ),
        to="广大客户",
    )


def winter_gas(paper: Paper) -> bytes:
    """Gas in winter: safety at home, and what to expect."""
    return _issued(
        paper,
        *p(
            "入冬以来气温持续下降，用气量明显增加。为保障居民温暖过冬，现就冬季供气有关事项公告如下。",
            "一、公司已落实冬季气源，居民生活用气不受限制；极端低温时，工业可中断用户按约定压减。",
            "二、使用燃气热水器、壁挂炉时请保持通风，连接软管超过十八个月应及时更换，外出前关闭表前阀。",
            "三、闻到异味请立即关阀、开窗、到室外拨打抢修电话，不要开关电器。",
        ),
        to="广大客户",
    )


def service_fees(paper: Paper) -> bytes:
    """The prices that hang in every hall."""
    return _issued(
        paper,
        *p("按照价格主管部门批准的标准，现将我公司供水、供气、供电价格和服务收费公示如下，请社会监督。"),
        table(
            ["类别", "档次", "单位", "价格（元）"],
            [
                ["居民用水", "第一阶梯", "立方米", "2.35"],
                ["居民用水", "第二阶梯", "立方米", "3.12"],
                ["居民用气", "第一阶梯", "立方米", "2.08"],
                ["居民用气", "第二阶梯", "立方米", "2.50"],
                ["居民用电", "第一阶梯", "千瓦时", "0.52"],
                ["居民用电", "第二阶梯", "千瓦时", "0.57"],
                ["换表服务", "客户原因损坏", "只", "按成本价"],
            ],
            widths=[2, 2, 1.4, 1.6],
            right=[3],
        ),
        *p("除上述项目外，营业厅不收取其他费用。价格投诉请拨打客户服务热线或价格监督电话。"),
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
    """A report on accepted business, with its totals."""
    rows, totals = [], [0, 0, 0, 0]
    for hall in _HALLS:
        figures = [paper.chance.randrange(120, 900) for _ in range(4)]
        totals = [a + b for a, b in zip(totals, figures, strict=True)]
        rows.append([hall, *figures])
    rows.append(["合计", *totals])
    return pdf(
        paper.title,
        [
            *p("统计口径为题名所列期间首日零时至末日24时，以系统受理时间为准；退单、重复受理不计。"),
            table(["营业厅", "开户", "过户", "缴费", "咨询"], rows, right=[1, 2, 3, 4]),
            signed("企业管理部", long_date(paper.day)),
        ],
        creator=COMPANY_NAME,
    )


def acceptance_slip(paper: Paper) -> bytes:
    """What a customer signs at the counter; account number and business are the title's, the rest is invented."""
    account, _space, business = paper.title.partition(" ")
    business = business.removesuffix("资料").removesuffix("（扫描）").removesuffix("（样本）")
    opened = "开户" in business
    return pdf(
        paper.title,
        [
            facts(
                ("户号", account),
                ("业务", business),
                ("原户名", "—" if opened else "张三（样本）"),
                ("户名", "李四（样本）"),
                (
                    "用水用气地址",
                    f"滨河路{paper.chance.randrange(1, 180)}号{paper.chance.randrange(1, 9)}栋（样本）",
                ),
                ("联系电话", f"1380000{paper.chance.randrange(10_000):04d}"),
                ("提交材料", "身份证件复印件、房屋权属证明复印件、申请书"),
                ("受理日期", long_date(paper.day)),
            ),
            h1("客户声明"),
            *p(
                "申请人声明所填内容属实，并同意本单位为办理业务保存上述资料。客户资料按规定保密，未经本人同意不向他人提供。"
            ),
            h1("现场查验"),
            table(
                ["项目", "表具编号", "起止码", "结论"],
                [
                    [
                        "水表",
                        f"S{paper.chance.randrange(10**7, 10**8)}",
                        paper.chance.randrange(0, 900),
                        "合格",
                    ],
                    [
                        "燃气表",
                        f"Q{paper.chance.randrange(10**7, 10**8)}",
                        paper.chance.randrange(0, 900),
                        "合格",
                    ],
                ],
                right=[2],
            ),
            parties(["申请人签字："], ["受理人签字："]),
        ],
        subtitle="业务受理单",
        creator=COMPANY_NAME,
    )


def customer_contract(paper: Paper) -> bytes:
    """The contract of supply with a customer."""
    account = paper.title.partition(" ")[0]
    return pdf(
        paper.title,
        [
            facts(("户号", account), ("用气地址", "建设大道（样本）"), ("用气性质", "居民生活")),
            h1("第一条 供用气方式"),
            *p("供气人以管道方式向用气人连续供应符合国家标准的天然气，以燃气表为贸易结算依据，按月抄表。"),
            h1("第二条 价格与结算"),
            *p("按价格主管部门批准的阶梯价格执行。用气人应于每月25日前缴清上月气费，逾期按约定支付违约金。"),
            h1("第三条 安全责任"),
            *p(
                "供气人每两年免费入户安全检查一次，检查发现隐患的，书面告知用气人整改；拒不整改且危及安全的，供气人可以暂停供气。",
                "用气人不得自行拆改、包裹燃气设施，不得在有燃气设施的房间内住人。",
            ),
            h1("第四条 资料保密"),
            *p("供气人对用气人的姓名、地址、证件号码、用气量等资料保密，法律另有规定的除外。"),
            parties(
                [f"供气人：{COMPANY_NAME}", f"日期：{long_date(paper.day)}"],
                ["用气人：李四（样本）", "签字："],
            ),
        ],
        creator=COMPANY_NAME,
    )


def opinion_box(paper: Paper) -> bytes:
    """The box is opened each morning; an empty box is an entry too (rule book 2.4)."""
    rows = []
    for n in range(1, 21):
        count = paper.chance.choice((0, 0, 0, 1, 2))
        rows.append([n, "8:20", "李晓雯、王磊", count, "已转办" if count else "无"])
    return pdf(
        paper.title,
        [
            table(
                ["日", "开启时间", "开启人（双人）", "件数", "处理"],
                rows,
                widths=[0.7, 1.3, 2.4, 1, 2],
                right=[3],
            ),
            *p("每日晨检时由巡检人员开启，营业结束时由主任查阅意见簿。无来件的也要登记。"),
        ],
        subtitle="营业大厅意见、建议箱开启记录表",
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
