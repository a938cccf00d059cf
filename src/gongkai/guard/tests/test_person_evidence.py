"""Whose circumstance it is: every surname and frame of words at once, private persons found, people at work left alone."""

from __future__ import annotations

from itertools import product

import pytest

from gongkai.guard.api import Document, check
from gongkai.guard.core.folding import fold
from gongkai.guard.core.lexicon import base_lexicon
from gongkai.guard.core.person_evidence import is_at_work, names_nearby, person_told_of

_SURNAMES = ("王", "欧阳", "钭", "缑", "逄", "令狐", "濮", "车")
_GIVEN = ("建国", "小红", "书豪", "语桐", "长青")
_ILL = ("肺癌", "精神分裂症", "重症肌无力", "尿毒症", "HIV抗体阳性")
_PRIVATE = (
    "信访人{n}反映其{c}未得到报销。",
    "{n}同志因{c}去世。",
    "现查明，{n}于2024年3月因{c}到县医院就诊。",
    "被告人{n}系{c}患者。",
    "{n}的儿子{c}，常年服药。",
)
_AT_WORK = (
    "专家{n}提醒，{c}高发季节要注意防护。",
    "主任{n}擅长{c}的诊治。",
    "健康讲堂由{n}主讲，内容为{c}的预防。",
    "记者{n}从县医院获悉，{c}诊疗能力明显提升。",
)


def _found(text: str) -> set[str]:
    return {finding.detector for finding in check(Document.of_text(text))}


def _share_found(frames: tuple[str, ...]) -> float:
    texts = [
        frame.format(n=family + own, c=illness)
        for frame, family, own, illness in product(frames, _SURNAMES, _GIVEN, _ILL)
    ]
    return sum("pii.health_condition" in _found(text) for text in texts) / len(texts)


def test_an_illness_told_of_a_private_person_is_found_whatever_the_name() -> None:
    assert _share_found(_PRIVATE) >= 0.97


def test_an_illness_that_somebody_works_on_is_left_alone_whatever_the_name() -> None:
    assert _share_found(_AT_WORK) <= 0.01


@pytest.mark.parametrize(
    ("text", "detector"),
    [
        ("育龄妇女撒玉红，已放置宫内节育器。", "pii.family_planning"),
        ("请米多多妈妈来园接孩子。", "pii.minor"),
        ("冼子轩家长：您的孩子尚缺第2剂疫苗。", "pii.minor"),
        ("美沙酮门诊服药登记：龚自忠，日剂量60ml。", "pii.health_condition"),
        ("患者计小红（人流术后）投诉护士泄露其病情。", "pii.health_condition"),
        ("县长看望班上学生。", ""),
        ("校医黎习武在八年级（4）班开展晨检。", ""),
        ("演练脚本：模拟患者“王某”术后出血。", ""),
        ("妇产科主任钭有才介绍，流产后要注意休息。", ""),
    ],
)
def test_other_circumstances_go_by_the_same_evidence(text: str, detector: str) -> None:
    found = _found(text) & {"pii.family_planning", "pii.minor", "pii.health_condition"}
    assert (detector in found) if detector else not found


def test_the_weight_says_why_somebody_at_work_is_left_out() -> None:
    text = "专家竺某提醒，痛风患者要少饮酒；患者黎习武痛风多年。"
    names = list(names_nearby(text, base_lexicon(), 0, len(text)))
    assert [text[name.start : name.end] for name in names] == ["竺某", "黎习武"]
    assert [is_at_work(text, base_lexicon(), 0, name) for name in names] == [True, False]
    at = text.rindex("痛风")
    told = person_told_of(text, base_lexicon(), 0, len(text), (at, at + 2))
    assert told is not None
    assert text[told.start : told.end] == "黎习武"


def test_characters_set_apart_after_a_spaced_label_are_joined_and_lead_back() -> None:
    text = "姓名 性别\n住 址：北大街 18 号 3 幢 2 0 1 室"
    folded = fold(text)
    assert "3幢201室" in folded.plain
    at = folded.plain.index("201室")
    start, end = folded.original_span(at, at + 4)
    assert text[start:end] == "2 0 1 室"
    assert fold("王丽 女 无 否").plain == "王丽 女 无 否"


@pytest.mark.parametrize(
    ("text", "detector"),
    [
        ("受访人郎玉成，糖化血红蛋白9.6%。", "pii.health_condition"),
        ("就餐者木建林，大便培养检出沙门氏菌。", "pii.health_condition"),
        ("监测户池永贵的大儿子摔断腰椎。", "pii.health_condition"),
        ("我院老院长段干木先生因结肠癌医治无效逝世。", "pii.health_condition"),
        ("原告郁离子，女，因过敏性休克起诉。", "pii.health_condition"),
        ("班级群接龙：1.养浩然 2.仵一凡，请家长确认孩子是否接种。", "pii.minor"),
        ("初一新生分班：一班：鹿呦呦、谷雨、那英杰", "pii.minor"),
        ("选民登记：车前子，竹林村二组15号", "pii.home_address"),
        ("租户佘红旗现居福宁路9弄6号楼402，无固定工作。", "pii.home_address"),
        ("惠民小区11-3-502的冉金凤老人独居。", "pii.home_address"),
        ("青禾诊所，负责人佘红旗，地址福宁路9弄6号楼402。", ""),
        ("密码我给您重置成Weijian#88了", "sec.credential"),
        ("中标人湖南康达医疗科技有限公司。", ""),
        ("全县登记在管高血压患者5.3万人。", ""),
        ("幼儿园大班家长会通知。", ""),
        ("研究生导师：胥大鹏，招生方向：冠心病介入治疗。", ""),
        ("护士长带领团队护理血透患者26人。", ""),
    ],
)
def test_roles_findings_and_lists_that_no_list_holds(text: str, detector: str) -> None:
    found = {row.detector for row in check(Document.of_text(text)) if str(row.severity) == "block"}
    assert (detector in found) if detector else not found
