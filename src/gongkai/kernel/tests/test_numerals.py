from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gongkai.kernel.numerals import (
    NUMERAL_CHARACTERS,
    NumeralError,
    from_chinese,
    heading_level,
    heading_number,
    normalise_width,
    to_chinese,
)


def test_every_number_below_ten_thousand_survives_the_round_trip() -> None:
    for number in range(10_000):
        assert from_chinese(to_chinese(number)) == number
        assert from_chinese(to_chinese(number, formal=True)) == number


@given(st.integers(0, 10**12 - 1))
@example(10_010)
@example(100_010_000)
@example(100_000_001)
def test_large_numbers_survive_the_round_trip(number: int) -> None:
    assert from_chinese(to_chinese(number)) == number
    assert from_chinese(to_chinese(number, formal=True)) == number


@given(st.integers(0, 9999))
def test_digit_by_digit_reading(number: int) -> None:
    spelt = "".join("〇一二三四五六七八九"[int(digit)] for digit in str(number))
    assert from_chinese(spelt) == number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("十", 10),
        ("二十一", 21),
        ("一百零三", 103),
        ("一百一十", 110),
        ("一百五", 150),
        ("两千", 2000),
        ("两千零二十", 2020),
        ("廿", 20),
        ("廿三", 23),
        ("卅一", 31),
        ("二〇二四", 2024),
        ("二○一八", 2018),
        ("〇", 0),
        ("一万五", 15_000),
        ("一万零五", 10_005),
        ("三亿二千万", 320_000_000),
        ("壹佰贰拾叁", 123),
    ],
)
def test_readings(text: str, number: int) -> None:
    assert from_chinese(text) == number


@pytest.mark.parametrize(
    "text",
    [
        "",
        "万",
        "百",
        "十百",
        "一二十",
        "二十十",
        "一百零",
        "一零二百",
        "十万亿",
        "abc",
        "第一",
        "12",
        "一百廿十",
    ],
)
def test_what_is_no_numeral_is_refused(text: str) -> None:
    with pytest.raises(NumeralError):
        from_chinese(text)


@given(st.text(alphabet=NUMERAL_CHARACTERS, max_size=9))
def test_any_run_of_numeral_signs_is_read_or_refused(text: str) -> None:
    try:
        number = from_chinese(text)
    except NumeralError:
        return
    assert number >= 0
    if number < 10**12:
        assert from_chinese(to_chinese(number)) == number


@pytest.mark.parametrize("number", [-1, 10**12])
def test_number_out_of_range_is_refused(number: int) -> None:
    with pytest.raises(NumeralError, match="范围"):
        to_chinese(number)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("一、总体情况", (1, "一、", "总体情况")),
        ("　　十二、保障措施", (1, "十二、", "保障措施")),
        ("（一）主动公开", (2, "（一）", "主动公开")),
        ("(二)依申请公开", (2, "(二)", "依申请公开")),
        ("（三)混用括号", (2, "（三)", "混用括号")),
        ("1.设立专栏。正文", (3, "1.", "设立专栏。正文")),
        ("2．加强管理", (3, "2．", "加强管理")),
        ("３、完善制度", (3, "３、", "完善制度")),
        ("1.2023年全年工作", (3, "1.", "2023年全年工作")),
        ("2、2023年全年工作", (3, "2、", "2023年全年工作")),
        ("(1)公开时限", (4, "(1)", "公开时限")),
        ("（２）公开主体", (4, "（２）", "公开主体")),
        ("(12) 其他", (4, "(12)", "其他")),
        ("一、", (1, "一、", "")),
    ],
)
def test_heading_mark_is_recognised(line: str, expected: tuple[int, str, str]) -> None:
    assert heading_level(line) == expected


@pytest.mark.parametrize(
    "line",
    [
        "1.5亿元专项资金",
        "2020.1.1起施行",
        "12.31前完成",
        "3.14",
        "1.1.2 概述",
        "按照(一)项的规定",
        "第一、要提高认识",
        "一是加强领导",
        "1、2、3级医院",
        "1、2和3类事项",
        "（2024）12号",
        "(2024)12号",
        "2024、2025年",
        "（注）说明",
        "十百、",
        "",
        "　",
        "100%覆盖",
        "20个工作日",
    ],
)
def test_line_without_heading_mark_is_left_alone(line: str) -> None:
    assert heading_level(line) is None


@given(
    st.integers(1, 99),
    st.sampled_from([1, 2, 3, 4]),
    st.booleans(),
    st.text(alphabet="公开信息 条例", max_size=6),
)
def test_written_heading_is_read_back(number: int, level: int, wide: bool, text: str) -> None:
    spelt = to_chinese(number) if level < 3 else str(number)
    if wide:
        spelt = spelt.translate({ord("0") + n: ord("０") + n for n in range(10)})
    left, right = ("（", "）") if wide else ("(", ")")
    mark = {
        1: f"{spelt}、",
        2: f"{left}{spelt}{right}",
        3: f"{spelt}{'．' if wide else '.'}",
        4: f"{left}{spelt}{right}",
    }[level]
    assert heading_level(mark + text) == (level, mark, text.strip())
    assert heading_number(mark) == number


@given(st.text())
def test_width_normalisation_keeps_length_and_is_stable(text: str) -> None:
    once = normalise_width(text)
    assert len(once) == len(text)
    assert normalise_width(once) == once


def test_width_normalisation() -> None:
    assert normalise_width("ＡＢＣ　１２３（一）：，") == "ABC 123(一):,"
    assert normalise_width("、。〔2024〕《》") == "、。〔2024〕《》"
