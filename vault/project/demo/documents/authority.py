"""Papers received from the authority. Each is invented, and every page says that it is a drill's sample."""

from vault.project.demo.documents.model import AUTHORITY_NAME, COMPANY_NAME, Paper
from vault.project.demo.documents.typesetting import Block, facts, h1, long_date, p, pdf, signed, table

_HEAD = f"{AUTHORITY_NAME}文件"


def notice(paper: Paper, *blocks: Block, urgency: str = "") -> bytes:
    """A red-headed paper; a secret one has issue number and mark in the upper left corner and is a drill's sample."""
    closing = signed(AUTHORITY_NAME, long_date(paper.day), stamp=AUTHORITY_NAME)
    return pdf(
        paper.title,
        [*blocks, closing],
        agency=_HEAD,
        number=paper.number,
        mark=paper.mark,
        issue_no=f"{paper.chance.randrange(1, 60):06d}" if paper.is_state_secret else "",
        urgency=urgency,
        to=COMPANY_NAME,
        drill=paper.is_state_secret,
        creator=AUTHORITY_NAME,
        copies=f"{AUTHORITY_NAME}办公室　{long_date(paper.day)}印发",
    )


def protection_scheme(paper: Paper) -> bytes:
    """Guarding the plants in sensitive times."""
    return notice(
        paper,
        *p(
            "为做好重大敏感时期城市供水、供气、供电重点目标的防护工作，经研究，制定本方案。本件为演练样本，"
            "所列地点、人员与数据均为虚构，仅用于检验保密管理系统。",
            "各单位接件后，由主要负责同志阅示，知悉范围不得扩大，不得复印、摘抄，用毕按期清退。",
        ),
        h1("一、防护目标与等级"),
        table(
            ["序号", "目标（代号）", "防护等级", "责任单位", "值守人数"],
            [
                [1, "甲一号调压站", "一级", "供气分公司", 6],
                [2, "甲二号取水口", "一级", "供水分公司", 8],
                [3, "乙一号变电站", "二级", "供电分公司", 4],
                [4, "乙二号加压泵房", "二级", "供水分公司", 4],
                [5, "丙一号门站", "一级", "供气分公司", 6],
            ],
            widths=[1, 3, 2, 3, 2],
            right=[4],
        ),
        h1("二、防护措施"),
        *p(
            "（一）一级目标实行双人双岗、二十四小时值守，每两小时巡查一次并作书面记录，巡查路线每日调整。",
            "（二）进入核心区域的人员须经保卫部门与运行部门共同核验，随身携带的通信工具一律寄存。",
            "（三）视频图像保存不少于九十日，任何单位和个人不得擅自调取、复制。",
        ),
        h1("三、联络与报告"),
        *p(
            "发生异常情况，现场负责人应在五分钟内以专用电话报告指挥席位，严禁使用移动电话、普通传真和互联网传递本方案的任何内容。"
        ),
        urgency="特急",
    )


def power_route(paper: Paper) -> bytes:
    """Power for an event, secret until it is over."""
    return notice(
        paper,
        *p(
            "根据全市重要活动保障工作部署，活动期间由你公司承担主会场及沿线照明、通信设施的供电保障任务。本件为演练样本，内容虚构。"
        ),
        h1("一、保障路线"),
        table(
            ["区段", "主供电源", "备用电源", "切换时限", "负责人代号"],
            [
                ["第一区段", "乙一号站10千伏1路", "移动电源车A组", "8秒", "01"],
                ["第二区段", "乙三号站10千伏4路", "移动电源车B组", "8秒", "02"],
                ["第三区段", "乙三号站10千伏7路", "在线不间断电源", "0秒", "03"],
            ],
            widths=[2, 4, 3, 2, 2],
        ),
        h1("二、要求"),
        *p(
            "各区段负责人只掌握本区段的内容。保障任务结束后，方案连同草稿一并交回保密室，由保密员清点登记后清退。"
        ),
        urgency="特急",
    )


def winter_drill(paper: Paper) -> bytes:
    """The joint winter drill, which the demo shows."""
    return notice(
        paper,
        *p(
            "为检验极端低温条件下城市燃气应急保供能力，完善政府部门与供气企业之间的联动机制，定于近期组织开展冬季供气保障联合演练。"
            "本件为演练样本，时间、地点、用量均为虚构。"
        ),
        h1("一、演练背景"),
        *p(
            "模拟连续五日最低气温低于零下六摄氏度，全市日用气量升至常年同期的一点四倍，丙一号门站上游来气压力由四点零兆帕降至二点二兆帕，"
            "城南片区中压管网末端压力逼近停供阈值。"
        ),
        h1("二、演练科目"),
        table(
            ["科目", "内容", "牵头单位", "时限"],
            [
                ["科目一", "气量缺口研判与分级响应", "市应急管理局", "30分钟"],
                ["科目二", "可中断用户有序压减", "供气分公司", "2小时"],
                ["科目三", "液化天然气应急气源投运", "储配站", "4小时"],
                ["科目四", "民生用户保压与信息发布", "客户服务中心", "全程"],
            ],
            widths=[1.4, 5, 3, 1.6],
        ),
        h1("三、压减顺序"),
        *p(
            "（一）第一批：玻璃、陶瓷等工业可中断用户，压减量不低于日合同量的百分之六十。",
            "（二）第二批：公共服务以外的商业用户，压减量不低于百分之三十。",
            "（三）学校、医院、养老机构和居民用户不列入压减范围。",
        ),
        h1("四、保密要求"),
        *p(
            "本方案在知悉范围内阅看，查阅须经批准并在保密室进行。演练情况由市应急管理局统一发布，参演单位不得擅自对外披露。"
        ),
        urgency="加急",
    )


def node_bulletin(paper: Paper) -> bytes:
    """The network's key points."""
    rows = [
        [n, f"节点{n:02d}", kind, f"{paper.chance.randrange(20, 95) / 10:.1f} 万户", level]
        for n, (kind, level) in enumerate(
            [
                ("高中压调压站", "关键"),
                ("跨河管段", "关键"),
                ("区域阀室", "重要"),
                ("加压泵房", "重要"),
                ("环网联络阀", "关键"),
                ("变电站出线", "重要"),
                ("储气井组", "关键"),
            ],
            1,
        )
    ]
    return notice(
        paper,
        *p(
            "现将城市管网关键节点梳理情况通报如下。本件为演练样本，节点编号、影响户数均为虚构，不对应任何真实设施。"
        ),
        table(
            ["序号", "节点", "类型", "影响范围", "级别"],
            rows,
            widths=[1, 2, 3, 2, 1.5],
            right=[3],
            caption="表一 关键节点一览",
        ),
        *p(
            "各单位应逐一核对节点台账，明确值守责任，补齐备品备件，并于月底前将核对结果以机要渠道报送。"
            "台账和图纸由专人保管，存放于保密室，电子文件只在涉密计算机上处理。"
        ),
    )


def response_levels(paper: Paper) -> bytes:
    """Levels of response, secret until the drill's report is out."""
    return notice(
        paper,
        *p("为配合冬季供气保障联合演练，现将应急响应分级标准（演练版）印发给你们。本件为演练样本。"),
        table(
            ["级别", "启动条件", "批准人", "主要措施"],
            [
                ["Ⅰ级", "气量缺口百分之三十以上", "市指挥部", "全面压减，启用全部应急气源"],
                ["Ⅱ级", "气量缺口百分之二十以上", "市应急管理局", "压减可中断用户，启用储气井组"],
                ["Ⅲ级", "气量缺口百分之十以上", "企业主要负责人", "调峰，通知可中断用户预备"],
                ["Ⅳ级", "上游压力异常波动", "企业值班领导", "加密监测，每小时报告"],
            ],
            widths=[1, 3.4, 2.6, 4],
        ),
        *p("演练总结报告印发之日起，本标准自行解密并转为内部文件使用。"),
    )


def hazard_notice(paper: Paper) -> bytes:
    """Looking for hazards."""
    return notice(
        paper,
        *p(
            "为防范化解重大安全风险，决定在全市供水、供气、供电企业中开展要害部位安全隐患排查整治。本件为演练样本。"
        ),
        h1("一、排查范围"),
        *p(
            "门站、调压站、取水口、加压泵房、变电站以及调度中心、数据机房等要害部位，包括其周界防护、人员准入和视频监控设施。"
        ),
        h1("二、步骤安排"),
        *p(
            "（一）自查阶段：企业逐项对照检查表开展自查，建立问题清单、责任清单、整改清单。",
            "（二）抽查阶段：市应急管理局会同有关部门按不低于百分之三十的比例抽查。",
            "（三）整改阶段：一般隐患十五日内整改完毕，重大隐患挂牌督办，整改期间落实防控措施。",
        ),
        h1("三、结果报送"),
        *p("排查结果以书面形式通过机要渠道报送，不得通过互联网、普通邮寄或移动电话传递。"),
    )


def incident_bulletin(paper: Paper) -> bytes:
    """What went wrong elsewhere."""
    return notice(
        paper,
        *p(
            "近期，邻市某供气企业工作人员将一份标注密级的调度资料用手机拍照后发送至工作群，造成泄密隐患。"
            "现将有关情况通报如下，请举一反三。本件为演练样本，事件虚构。",
            "一、主要问题：涉密资料未按规定存放，阅文登记不全，部门负责人保密教育流于形式。",
            "二、工作要求：立即组织一次保密自查，重点检查涉密文件的收发、传阅、清退登记是否完整，知悉范围是否擅自扩大。",
            "三、请于收文后十个工作日内书面反馈自查情况。",
        ),
        table(
            ["检查项目", "检查内容", "方式"],
            [
                ["收发登记", "份号、密级、份数是否逐一登记", "查登记簿"],
                ["传阅管理", "每一读者阅毕是否交回保密室", "查传阅单"],
                ["清退", "是否按清退目录按期清退并取得回执", "核对回执"],
                ["场所设备", "保密室、保密柜、涉密计算机是否合格", "现场检查"],
            ],
            widths=[2, 5, 2],
        ),
    )


def guard_roster(paper: Paper) -> bytes:
    """A roster, secret for some months."""
    posts = ["甲一号调压站", "甲二号取水口", "乙一号变电站", "丙一号门站"]
    rows = [
        [
            post,
            f"{paper.chance.randrange(101, 140)}",
            f"{paper.chance.randrange(141, 180)}",
            f"{paper.chance.randrange(181, 220)}",
        ]
        for post in posts
    ]
    return notice(
        paper,
        *p("现将重点目标值守力量编组（演练版）发给你们，请据此安排值班。表中为人员代号。本件为演练样本。"),
        table(["目标", "早班", "中班", "夜班"], rows, caption="表一 值守编组"),
        *p("编组每三十日轮换一次，换班时当面交接，交接记录存保密室。"),
    )


def derived_scheme(paper: Paper) -> bytes:
    """Our own paper that repeats a received secret, at the source's level."""
    return pdf(
        paper.title,
        [
            *p(
                "根据临江市应急管理局关于开展冬季供气保障联合演练的通知要求，结合公司实际，制定本落实方案。"
                "本件引用了上级来文的涉密内容，按来文同级标密。本件为演练样本。"
            ),
            h1("一、任务分解"),
            table(
                ["任务", "牵头部门", "责任人", "完成时限"],
                [
                    ["可中断用户名单复核", "供气分公司", "经营科科长", "演练前十日"],
                    ["应急气源投运检查", "储配站", "站长", "演练前五日"],
                    ["停压供信息发布口径", "客户服务中心", "值班主任", "演练前三日"],
                    ["营业厅客户解释与安抚", "城南、城北营业厅", "营业厅主任", "演练全程"],
                ],
                widths=[4, 3, 2, 2],
            ),
            h1("二、组织保障"),
            *p(
                "公司成立演练工作组，由分管领导任组长。涉及来文内容的会议在保密室召开，会前进行保密教育，会议材料编号发放、会后收回。"
            ),
            signed(COMPANY_NAME, long_date(paper.day), stamp="临江公用"),
        ],
        agency=f"{COMPANY_NAME}文件",
        number=paper.number,
        mark=paper.mark,
        issue_no="000003",
        drill=True,
        creator=COMPANY_NAME,
    )


def circulation_slip(paper: Paper) -> bytes:
    """The slip that goes round with a received paper and returns to the keeper after each reader (practice.md P-26)."""
    return pdf(
        paper.title,
        [
            facts(
                ("来文单位", AUTHORITY_NAME),
                ("来文字号", paper.number),
                ("密级与期限", paper.mark),
                ("份号与份数", "000021 至 000022，共 2 份"),
                ("收文日期", long_date(paper.day)),
                ("拟办意见", "请分管领导阅示，定密责任人核对密级与期限。"),
                ("阅文签字", "周建国　　陈立（演练样本）"),
                ("清退记录", "待清退"),
            ),
            *p("阅后交回保密室，不得横传、抄录。本件为演练样本。"),
        ],
        mark=paper.mark,
        issue_no="000021",
        drill=True,
        creator=COMPANY_NAME,
    )
