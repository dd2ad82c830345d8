"""What the departments write in three months: one row a paper with its own words."""

from vault.project.demo.documents.everyday import (
    Maker,
    circular,
    inspection,
    letter,
    mail,
    minutes,
    rows,
    sheet,
)

_ROOM, _HALL = "公司三楼会议室", "城南营业厅二楼"
_HALLS = ("城南营业厅", "城北营业厅", "呼叫中心")
_STREETS = ("滨河路", "解放街", "建设大道", "人民路", "北门口")

# Key, title, extension, the paper, days ago, unit, who files it, label, number.
OFFICE: tuple[tuple[str, str, str, Maker, int, str, str, str, str], ...] = (
    ("c-hours", "关于调整夏季营业时间的通知", "pdf", circular("自本月中旬起，各营业厅上午提前半小时营业，晚间缴费窗口延长至十九时。", "各厅应在门口和公众号同时公告。"), 91, "department", "manager", "open", "临公用〔{year}〕57号"),
    ("c-queue", "关于规范叫号排队的通知", "pdf", circular("自动叫号机应放在进门显著位置，号票注明前面等候人数。", "老人、军人、残疾人优先窗口每日开放。"), 84, "department", "manager", "internal", "临公用〔{year}〕59号"),
    ("c-outer", "关于关闭营业计算机外网的通知", "pdf", circular("营业厅、呼叫中心所有计算机关闭外网，接入须由信息人员书面登记。", "违者按保密规定处理。"), 77, "department", "manager", "internal", "临公用〔{year}〕63号"),
    ("c-box", "关于加强意见箱管理的通知", "pdf", circular("意见箱每日晨检开启，须两人在场并填写开启记录；没有来件也要登记。"), 70, "department", "manager", "internal", "临公用〔{year}〕66号"),
    ("c-visit", "关于接待参观学习的通知", "pdf", circular("参观先到会议室座谈，再由专人引导到现场；涉及客户资料的屏幕应当遮挡。"), 59, "department", "manager", "internal", "临公用〔{year}〕71号"),
    ("c-check", "三季度服务质量考核通报", "pdf", circular("城南营业厅扣一分，原因为档案移交晚一天；城北营业厅满分。", "呼叫中心接通率百分之九十七点二，较上季提高一点一个百分点。"), 46, "department", "manager", "internal", "临公用〔{year}〕76号"),
    ("c-winter", "关于做好入冬服务准备的通知", "pdf", circular("检查大厅空调、防滑垫和伞架，备足防冻宣传单。", "抢修备班自本月起改为两班。"), 25, "department", "manager", "internal", "临公用〔{year}〕84号"),
    ("c-audit", "关于开展保密自查的通知", "pdf", circular("各单位对照清单自查涉密文件的登记、存放、清退情况，月底前报安全管理部。"), 18, "safety", "safety", "internal", "临公用〔{year}〕86号"),
    ("c-fire", "关于开展消防安全大检查的通知", "pdf", circular("重点检查灭火器压力、疏散通道和配电箱，隐患逐条销号。"), 82, "safety", "safety", "internal", "临公用〔{year}〕60号"),
    ("c-drill", "关于组织防抢劫应急演练的通知", "pdf", circular("演练安排在闭厅后进行，事先告知派出所和保安公司，不拍摄客户。"), 53, "safety", "safety", "internal", "临公用〔{year}〕73号"),
    ("i-fire-s", "城南营业厅消防检查记录", "pdf", inspection("罗强", ("灭火器", "八具，压力正常"), ("疏散通道", "货架占道，当场清理"), ("应急灯", "一盏不亮，三日内更换")), 79, "safety", "safety", "internal", ""),
    ("i-fire-n", "城北营业厅消防检查记录", "pdf", inspection("罗强", ("灭火器", "六具，一具过期"), ("疏散通道", "畅通"), ("配电箱", "加锁，标识齐全")), 78, "safety", "safety", "internal", ""),
    ("i-cash", "收费资金安全检查记录", "pdf", inspection("罗强、高翔", ("保险柜", "双人双锁"), ("验钞机", "正常"), ("当日存款", "与日报一致")), 44, "safety", "safety", "internal", ""),
    ("i-drill", "防抢劫应急演练评估", "pdf", inspection("罗强", ("报警", "二十秒内完成"), ("疏散", "客户由引导员带离"), ("不足", "监控死角一处，已报整改")), 37, "safety", "safety", "internal", ""),
    ("i-room", "档案室温湿度检查记录", "pdf", inspection("林秀英", ("温度", "21 摄氏度"), ("相对湿度", "百分之五十二"), ("防虫", "未见异常")), 67, "archive", "keeper", "internal", ""),
    ("i-room2", "档案室安全检查记录", "pdf", inspection("林秀英", ("门禁", "记录完整"), ("密集架", "第三列手柄松动，已修"), ("消防", "气体灭火在检验期内")), 32, "archive", "keeper", "internal", ""),
    ("m-hall", "营业厅主任例会纪要", "pdf", minutes(_HALL, "李晓雯", "月末高峰增开一个缴费窗口。", "客户资料复印件当日归入卷盒，不留在柜台。"), 85, "south", "director", "internal", ""),
    ("m-north", "城北营业厅班务会纪要", "pdf", minutes("城北营业厅", "马丽娟", "服务用语每周抽听两次。", "新员工由老员工带班两周。", by="城北营业厅"), 60, "north", "director_north", "internal", ""),
    ("m-centre", "呼叫中心质检例会纪要", "pdf", minutes("呼叫中心培训室", "郑凯", "抽听录音三十条，扣分四条，均为未复述客户诉求。", "夜班交接补写未结工单。", by="呼叫中心"), 51, "centre", "centre_head", "internal", ""),
    ("m-supply", "冬季保供协调会纪要", "pdf", minutes(_ROOM, "周建国", "抢修物资本周内补齐。", "停供公告提前七天发布，短信提前一天。"), 21, "department", "archivist", "internal", ""),
    ("m-archive", "档案工作例会纪要", "pdf", minutes("档案室", "赵芸", "清点上季度移交目录，与实物一致。", "到期档案先列目录，再请鉴定。", by="档案室"), 38, "archive", "keeper", "internal", ""),
    ("m-safety", "安全生产季度会纪要", "pdf", minutes(_ROOM, "何志远", "隐患台账按周销号。", "外包人员进厅前须签保密承诺。"), 56, "safety", "safety", "internal", ""),
    ("w-plan", "呼叫中心排班方案", "docx", letter("早班八时至十六时，中班十四时至二十二时，夜班两人值守。", "节假日按双倍人数备班。"), 73, "centre", "centre_head", "internal", ""),
    ("w-train", "新员工入职培训小结", "docx", letter("本期四人，完成保密、服务、系统操作三门课程。", "考试均在八十五分以上，可以上岗。"), 30, "north", "director_north", "internal", ""),
    ("w-fix", "服务短板整改措施", "docx", letter("一次性告知单逐项打勾，由客户确认。", "维修超时由班长当日说明原因。"), 14, "department", "manager", "internal", ""),
    ("x-index", "{month}热线接通统计", "xlsx", sheet("单位", "来电", "接通", "超时", names=_HALLS), 48, "centre", "centre_head", "internal", ""),
    ("x-fees", "{month}收费渠道统计", "xlsx", sheet("单位", "柜台", "自助", "网上", names=_HALLS), 40, "department", "manager", "internal", ""),
    ("x-score", "{quarter}满意度抽样", "xlsx", sheet("单位", "样本", "满意", "不满意", names=_HALLS), 34, "department", "manager", "internal", ""),
    ("x-stock", "宣传资料库存盘点", "xlsx", sheet("资料", "在册", "实有", names=("用气安全", "阶梯水价", "网上缴费", "防冻须知")), 17, "south", "director", "internal", ""),
    ("t-repair", "{month}报修明细导出", "csv", rows("序号", "路段", "件数", "平均分钟", names=_STREETS), 45, "centre", "specialist", "internal", ""),
    ("t-arrears", "{month}欠费路段汇总导出", "csv", rows("序号", "路段", "户数", names=_STREETS), 39, "north", "clerk_north", "internal", ""),
    ("e-report", "转报三季度考核通报的邮件", "eml", mail("enterprise.management", "halls", "各厅主任：", "考核通报已发，请于周五前反馈意见。"), 45, "department", "manager", "internal", ""),
    ("e-train", "报名保密培训的邮件", "eml", mail("hall.north", "security", "城北营业厅报名四人，名单另附纸质件。"), 33, "north", "director_north", "internal", ""),
    ("o-promise", "服务承诺（公示）", "pdf", circular("热线二十四小时有人接听；城区抢修四十五分钟到场。", "投诉三个工作日内答复，做不到按承诺补偿。", to="广大客户"), 87, "department", "manager", "open", "临公用〔{year}〕58号"),
    ("o-guide", "业务办理一次性告知（公示）", "pdf", circular("开户：身份证件、房屋权属证明。", "过户：双方身份证件、权属变更证明。", "销户：结清费用，交回卡表。", to="广大客户"), 62, "south", "director", "open", "临公用〔{year}〕70号"),
    ("o-frost", "关于防冻保温的温馨提示", "pdf", circular("室外水表、水管请用保温材料包扎；长期外出请关闭表前阀。", to="广大客户"), 7, "north", "director_north", "open", "临公用〔{year}〕95号"),
)  # fmt: skip
