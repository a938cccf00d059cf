"""Deadline words: kind, day, rhythm."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.kernel.numerals import to_chinese
from gongkai.kernel.periods import month
from gongkai.supervision.core.plan_deadlines import read_deadline
from gongkai.supervision.core.plan_values import EVERY, KINDS

IN_TEXT = [
    ("2020年6月15日前完成", "date", date(2020, 6, 15), None),
    ("6月15日前完成", "date", date(2020, 6, 15), None),
    ("次年1月31日前公布", "date", date(2021, 1, 31), None),
    ("2月30日前", "date", None, None),
    ("６月底前完成", "month_end", date(2020, 6, 30), None),
    ("十二月底前", "month_end", date(2020, 12, 31), None),
    ("6月前完成", "month_end", date(2020, 5, 31), None),
    ("月底前", "month_end", None, None),
    ("第一季度完成", "quarter", date(2020, 3, 31), None),
    ("2021年第四季度前", "quarter", date(2021, 12, 31), None),
    ("上半年完成", "half_year", date(2020, 6, 30), None),
    ("下半年开展", "half_year", date(2020, 12, 31), None),
    ("年底前", "year_end", date(2020, 12, 31), None),
    ("明年底前", "year_end", date(2021, 12, 31), None),
    ("年内完成", "year_end", date(2020, 12, 31), None),
    ("每月通报", "recurring", None, "month"),
    ("每季度公布", "recurring", None, "quarter"),
    ("每半年一次", "recurring", None, "half_year"),
    ("每年培训", "recurring", None, "year"),
    ("长期坚持", "continuous", None, None),
    ("持续推进", "continuous", None, None),
    ("立即整改", "immediate", None, None),
    ("公开2018年5月15日施行的条例", "none", None, None),
    ("及时公开年度部门预算", "none", None, None),
    ("比去年底增加", "none", None, None),
]


@pytest.mark.parametrize(("text", "kind", "day", "every"), IN_TEXT)
def test_words_in_a_sentence(text: str, kind: str, day: date | None, every: str | None) -> None:
    found = read_deadline(text, year=2020)
    assert (found.deadline.kind, found.deadline.date, found.deadline.every) == (kind, day, every)
    assert found.impossible == (text == "2月30日前")


@pytest.mark.parametrize(
    ("text", "kind", "day"),
    [
        ("6月", "month_end", date(2020, 6, 30)),
        ("3月至6月", "month_end", date(2020, 6, 30)),
        ("6-9月", "month_end", date(2020, 9, 30)),
        ("2020.6.30", "date", date(2020, 6, 30)),
        ("2020-06-15", "date", date(2020, 6, 15)),
        ("6 月 30 日", "date", date(2020, 6, 30)),
        ("长期", "continuous", None),
        ("按上级要求", "none", None),
    ],
)
def test_words_in_a_deadline_cell(text: str, kind: str, day: date | None) -> None:
    found = read_deadline(text, year=2020, labelled=True).deadline
    assert (found.kind, found.date, found.text) == (kind, day, text)


def test_a_day_without_any_year_has_no_date() -> None:
    found = read_deadline("6月底前", year=None).deadline
    assert (found.kind, found.date) == ("month_end", None)


@given(st.integers(1, 12), st.integers(2000, 2099), st.booleans())
def test_every_month_end_is_the_last_day_in_digits_and_in_chinese(
    which: int, year: int, chinese: bool
) -> None:
    written = to_chinese(which) if chinese else str(which)
    assert read_deadline(f"于{written}月底前办结", year=year).deadline.date == month(year, which).end


@given(st.text("每年月日底前半上下季度第一二三四1234567890立即长期持续至-.", max_size=20), st.booleans())
def test_any_words_give_a_known_kind(text: str, labelled: bool) -> None:
    found = read_deadline(text, year=2020, labelled=labelled).deadline
    assert found.kind in KINDS
    assert (found.every in EVERY) == (found.kind == "recurring")
