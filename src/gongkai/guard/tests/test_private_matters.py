"""Care told of a private person: by the frame, in the next sentence, in a signed letter; not of those who give it."""

from __future__ import annotations

import pytest

from gongkai.guard.api import check_text
from gongkai.kernel.findings import Severity


def _blocked(text: str) -> set[str]:
    return {item.detector for item in check_text(text) if item.severity is Severity.BLOCK}


@pytest.mark.parametrize(
    "text",
    [
        "邓超群被家人送往急诊洗胃。",
        "鲁大海今天出院了，临走前给医生鞠了一躬。",
        "温馨提示：请3病区12床史桂兰家属到护士站缴费。",
        "考生高兴因乙肝表面抗原阳性，体检不合格。",
        "从业人员旺堆体检确诊为活动性肺结核。",
        "职工山水（本人患尿毒症，每周透析三次）。",
        "护士长丁香从业22年。去年她查出甲状腺癌。",
        "请假条：本人因孕吐严重，申请病假两周。申请人：何晓敏",
    ],
)
def test_care_is_found_without_a_known_wording(text: str) -> None:
    assert "pii.health_condition" in _blocked(text)


@pytest.mark.parametrize(
    "text",
    [
        "接诊医生王小明立即为患者进行心肺复苏，抢救成功。",
        "志愿者张丽为失能老人理发，受到群众好评。",
        "李时珍《本草纲目》记载艾叶可治多种妇科病。",
        "患者皮某，女，46岁，因腹痛入住某医院，术后出现并发症。",
        "省级专家周波到县医院坐诊，为肿瘤患者会诊。",
        "张伯礼：中医药在新冠肺炎救治中发挥重要作用",
        "残疾人康复服务率达到90%",
    ],
)
def test_those_who_give_care_and_words_that_look_like_names_are_left_alone(text: str) -> None:
    assert _blocked(text) == set()


def test_each_person_of_a_sentence_is_told_apart() -> None:
    text = "理赔公示：赵有田，摔伤致右踝骨折；滕树芬，被犬咬伤住院。"
    places = [item.span for item in check_text(text) if item.detector == "pii.health_condition"]
    assert len(places) == 2
    assert all(
        any(start <= text.index(name) < end for start, end in filter(None, places))
        for name in ("赵有田", "滕树芬")
    )


@pytest.mark.parametrize(
    ("text", "detector"),
    [
        ("落实分级诊疗制渡。", "txt.fixed_phrase_typo"),
        ("加强医德医风建社。", "txt.fixed_phrase_typo"),
        ("疫苗接种时请携带接种证。", ""),
        ("王建社任副局长。", ""),
        ("（请填入）", "txt.placeholder"),
        ("主动公开□ 依申请公开☑", "sec.attr_conflict"),
        ("（内部掌握，不得公布）", "sec.classification_mark"),
    ],
)
def test_words_blanks_and_marks(text: str, detector: str) -> None:
    assert _blocked(text) == ({detector} if detector else set())


def test_a_mobile_masked_in_two_ways_beside_one_name_is_put_together() -> None:
    text = "江山，联系电话138****2716。\n更正：江山的预留电话1387450****。"
    assert "pii.mask_combination" in _blocked(text)
    assert "pii.mask_combination" not in _blocked(text.replace("更正：江山", "更正：李明"))


@pytest.mark.parametrize(
    "text",
    [
        "请市民勤洗手、常通风，出现发热等症状及时到医疗机构就诊。",
        "流感季节多开窗、常通风，如有发热咳嗽请尽早就医。",
        "常洗手、勤通风、戴口罩，出现腹泻应及时就诊。",
        "白露过后早晚温差大，哮喘患者应随身带药，出现喘息及时就医。",
        "于家中自测血糖，超过正常范围及时复诊。",
    ],
)
def test_advice_to_everybody_names_nobody(text: str) -> None:
    assert not _blocked(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("讣告：县卫生局离休干部邓秉坤同志因肺癌医治无效，于11月2日逝世，享年91岁。", True),
        ("讣告：县卫生局离休干部邓秉坤同志因病医治无效，于11月2日逝世，享年91岁。", False),
        ("村民温秀芳1948年参加革命，2026年9月因肺癌住院治疗。", True),
        ("鲁迅1936年因肺结核并发症在上海逝世，终年55岁。", False),
    ],
)
def test_the_past_and_obituaries_are_told_apart_from_the_ill_of_today(text: str, found: bool) -> None:
    assert ("pii.health_condition" in [finding.detector for finding in check_text(text)]) is found
