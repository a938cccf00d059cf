"""Children, pregnancies, cases of an outbreak, forms and slips: sentences of each class, and their harmless neighbours."""

from __future__ import annotations

import pytest

from gongkai.guard.api import Context, check, check_text
from gongkai.guard.core.document import Document
from gongkai.guard.parts import Part

PREGNANT = "pii.family_planning"
MINOR = "pii.minor"


def told(text: str, title: str = "") -> set[str]:
    document = Document((Part("title", title, kind="title"), Part("text", text))) if title else None
    found = check(document, Context()) if document else check_text(text, Context())
    return {finding.detector for finding in found}


@pytest.mark.parametrize(
    "text",
    [
        "七岁的张小花穿上了新棉袄。",
        "年仅12岁的柳诗雨捐出压岁钱。",
        "9岁男孩其美多吉获评“小小急救员”。",
        "14岁的阿依古丽·买买提学会了心肺复苏。",
        "一年级（2）班的苏日娜请假三天。",
        "晨检：大二班沈知意，口腔有疱疹。",
        "一等奖江诗雨（三年级1班），二等奖韩雪（四（2）班）。",
        "新生儿筛查召回登记\n母亲姓名\t性别\t结果\n田秋菊之子\t男\t已复采\n苗小凤之女\t女\t未通",
    ],
)
def test_a_child_is_known_by_age_or_class(text: str) -> None:
    assert MINOR in told(text)


@pytest.mark.parametrize(
    "text",
    [
        "儿童呼吸科、儿童保健科、儿童康复科搬迁至3号楼。",
        "姓名\t单位\t专业\n郝建设\t县妇幼保健院\t儿童保健\n田丰收\t县医院\t儿童口腔",
        "20名小学生参加夏令营。",
        "一批中学生来慰问老人。",
        "十八岁的高考生可到社区接种。",
        "三十六岁的李明说。",
        "六岁的孩子应完成百白破接种。",
        "8岁的儿子在一旁写作业。",
        "五（3）班老师陈晓红组织晨检。",
        "中（1）班保育员田秋菊做好消毒。",
        "5岁的金毛犬接种了狂犬疫苗。",
        "演练中，六年级学生李想假装发热。",
    ],
)
def test_departments_crowds_and_teachers_are_no_children(text: str) -> None:
    assert MINOR not in told(text)


def test_a_list_of_guardians_of_patients_names_no_children() -> None:
    rows = "监护人\t被监护人\t金额\n田丰收\t田大海\t2400\n郝建设\t郝秋菊\t2400"
    assert MINOR not in told(rows, "严重精神障碍患者监护补助公示")


@pytest.mark.parametrize(
    "text",
    [
        "张小兰上了环，王玉琴取了环，都登记好了。",
        "二组陈秀英怀二胎五个月。",
        "护士李梅怀孕七个月仍坚持上岗。",
        "怀孕六个月的检验师周晓彤坚守岗位。",
        "县医院护士赵敏，28岁，孕20周，主动报名。",
        "她叫郑晓彤，30岁，乡卫生院会计，胎龄30周。",
        "检验岗可可（准考证号20250412）已怀孕12周。",
        "周丽萍正在休产假，由孙梅代班。",
        "田桂兰同志：\n你1998年做输卵管结扎手术后的来信收悉。",
        "姓名\t科室\t请假原因\n王丽\t内科\t孕晚期保胎\n李强\t外科\t年休",
    ],
)
def test_pregnancy_is_told_of_a_named_woman(text: str) -> None:
    assert PREGNANT in told(text)


@pytest.mark.parametrize(
    "text",
    [
        "医生王芳为怀孕8个月的产妇做了检查。",
        "护士陈静给刚做完人流的患者讲解注意事项。",
        "全县有320名妇女上了环。",
        "一名产妇突然临产，村医赶到。",
        "孕妇王某怀孕28周。",
        "县妇幼保健院孙晓梅主任讲解孕期保健。",
        "田丰收《改良剖宫产术后护理》获二等奖。",
        "何师傅说，母羊流产要报告。",
        "序号\t姓名\t专业\t备注\n1\t王丽\t产科\t产后出血救治专家\n2\t李强\t外科\t骨干",
        "姓名\t病种\t金额\n苗小凤\t宫颈癌\t10000\n田秋菊\t乳腺癌\t10000",
    ],
)
def test_what_is_done_for_others_tells_of_no_pregnancy(text: str) -> None:
    assert PREGNANT not in told(text)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("首发病例王某，男，15岁，城北中学九年级（3）班，座位在第二排靠窗，住校316寝室。", ""),
        ("城南小学学生郑某，9岁，家住翠湖花园3栋201，其母系快递员，3日随母回乡，确诊乙型肝炎。", ""),
        (
            "病例\t基本情况\t主要活动\n病例1\t男，51岁，县农商银行副行长\t3月2日在饭店聚餐\n病例2\t女，49岁，病例1妻子，住柳岸小区\t在家",
            "流感聚集性疫情病例活动情况",
        ),
    ],
)
def test_a_case_of_an_outbreak_is_recognised(text: str, title: str) -> None:
    assert "pii.case_trajectory" in told(text, title)


@pytest.mark.parametrize(
    ("text", "is_left"),
    [
        ("献血者登记表\n姓名：____ 血型：____\n献血日期：____年__月__日，共____毫升", False),
        ("医师变更执业申请书\n姓名：________\n变更前：____  变更后：____", False),
        ("是否同意：□是 □否  签名：______  日期：____年__月__日", False),
        ("会议时间：____年__月__日上午。", True),
        ("共检查____家，整改____项。", True),
        ("我院编制×名，实有×名。", True),
        ("项目\t数量\n门诊\t待补\n住院\t120", True),
        ("张×家、李×家各补助300元。", False),
    ],
)
def test_forms_are_told_from_placeholders(text: str, is_left: bool) -> None:
    assert ("txt.placeholder" in told(text)) is is_left


@pytest.mark.parametrize(
    ("text", "is_slip"),
    [
        ("广大医者恪尽职首。", True),
        ("各级要加强卫健系统领倒干部培训。", True),
        ("一段医缘，半生牵挂。", False),
        ("账目谁动过，一查便知。", False),
        ("地名和人名要写对。", False),
        ("首批援沪医疗队凯旋。", False),
        ("对医美机构开展检查。", False),
    ],
)
def test_two_words_that_meet_are_no_slip(text: str, is_slip: bool) -> None:
    assert ("txt.fixed_phrase_typo" in told(text)) is is_slip


@pytest.mark.parametrize(
    ("text", "detector", "expected"),
    [
        ("病家位于城南街道梧桐苑3幢502室。", "pii.home_address", True),
        (
            "当事人田丰收（男，汉族，1970年出生）住所地青川市东门街道柳林巷8号附3号。",
            "pii.home_address",
            True,
        ),
        ("当事人：青川百草诊所，住所地青川市东门街道柳林路8号。", "pii.home_address", False),
        ("我院门诊部自5月1日起整体搬迁至城北新区康乐路18号。", "pii.home_address", False),
        ("出生医学证明换发：旧证号K330201234，新证号K330205678。", "pii.medical_no", True),
        ("空白出生医学证明编号T320117001至T320117100共100份入库。", "pii.medical_no", False),
        ("姓名\t银行账号\n田大海\t622202198108****1437", "pii.id_weak_mask", False),
        ("姓名\t残疾证号\n田大海\t3399181971081****143", "pii.id_weak_mask", True),
        ("本材料供决策参考，未经同意，不得外传。", "sec.classification_mark", True),
        ("医务人员在工作中了解到的病人隐私和病历资料，一律不得外传。", "sec.classification_mark", False),
    ],
)
def test_numbers_dwellings_and_orders_to_keep_in(text: str, detector: str, expected: bool) -> None:
    assert (detector in told(text)) is expected


def test_an_opinion_served_on_a_party_needs_no_attribute() -> None:
    text = "青卫复查〔2025〕2号\n申请人不服，经查，决定维持。\n2025年4月24日"
    assert "sec.attr_conflict" not in told(text, "信访事项复查意见书")
    assert "sec.attr_conflict" in told(text, "关于印发工作方案的通知")
