"""Cited document numbers become links exactly where the site holds the document; the text stays as it was."""

from __future__ import annotations

from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from gongkai.portal.core.citations import normal_number, with_links
from gongkai.portal.core.values import Card


def held(*numbers: str):
    cards = {
        number: Card(place, place, "", f"doc/x/2020/{place}.html", f"x/{place}", "x")
        for place, number in enumerate(numbers, 1)
    }
    return cards.get


def shown(html: str, *numbers: str) -> str:
    return str(with_links(html, held(*numbers), lambda path: f"/{path}"))


@pytest.mark.parametrize(
    ("html", "linked"),
    [
        ("根据国办发〔2016〕80号的规定", '根据<a href="/doc/x/2020/1.html">国办发〔2016〕80号</a>的规定'),
        (
            "按照国办发[2016]80号、无此文〔2016〕1号",
            '按照<a href="/doc/x/2020/1.html">国办发[2016]80号</a>、无此文〔2016〕1号',
        ),
        (
            '见<a href="https://x.cn/">国办发〔2016〕80号</a>',
            '见<a href="https://x.cn/">国办发〔2016〕80号</a>',
        ),
        (
            "<strong>国办发〔2016〕80号</strong>&amp;",
            '<strong><a href="/doc/x/2020/1.html">国办发〔2016〕80号</a></strong>&amp;',
        ),
        ("新国办发〔2016〕80号", '<a href="/doc/x/2020/2.html">新国办发〔2016〕80号</a>'),
        ("国办发〔2016〕81号", "国办发〔2016〕81号"),
    ],
)
def test_numbers_become_links(html: str, linked: str) -> None:
    assert shown(html, "国办发〔2016〕80号", "新国办发〔2016〕80号") == linked


@given(
    st.lists(
        st.sampled_from(["国办发〔2016〕80号", "〔2016〕", "号", "<", "&", "见", "(2016)80号", "国办发", "a"])
    ).map("".join)
)
def test_a_reader_reads_the_same_text(text: str) -> None:
    import re

    made = shown(str(escape(text)), "国办发〔2016〕80号")
    assert unescape(re.sub(r"<[^>]*>", "", made)) == text
    assert shown(str(escape(text))) == str(escape(text))


@given(st.sampled_from("[［（(【﹝〔"), st.sampled_from("]］）)】﹞〕"), st.integers(1, 99_999))
def test_brackets_and_width_do_not_matter(left: str, right: str, serial: int) -> None:
    assert normal_number(f"国办发{left}2016{right}{serial}号") == f"国办发〔2016〕{serial}号"
    assert normal_number("第12号") == ""
