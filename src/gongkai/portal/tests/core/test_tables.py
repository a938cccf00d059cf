"""Table attachments as pages of rows."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from gongkai.portal.core.pages.record import readable_text
from gongkai.portal.core.press import machine_moment
from gongkai.portal.core.tables import PAGE_ROWS, table_of, table_pages

CELL = st.text(st.characters(categories=("L", "N", "Lo")), min_size=1, max_size=5)
TABLE = st.integers(2, 5).flatmap(
    lambda width: st.lists(
        st.lists(CELL, min_size=width, max_size=width), min_size=2, max_size=3 * PAGE_ROWS // 10
    )
)


def attachment(name: str, rows: list[list[str]]) -> dict[str, Any]:
    text = "\n".join("\t".join(row) for row in rows)
    return {"name": name, "text": text, "sha256": "a" * 64, "size_bytes": 10, "media_type": "text/plain"}


@given(st.lists(TABLE, max_size=3), st.integers(1, 12))
def test_every_row_stands_on_one_page_in_order(tables: list[list[list[str]]], times: int) -> None:
    long = [[rows[0], *(rows[1:] * times)] for rows in tables]
    payload = {"attachments": [attachment(f"第{i}部分.csv", rows) for i, rows in enumerate(long, 1)]}
    pages = table_pages(payload, "doc/x/1/")
    shown = [list(row) for page in pages for row in page.rows]
    assert shown == [row for rows in long for row in rows[1:]]
    assert len({page.path for page in pages}) == len(pages)
    assert all(len(page.rows) <= PAGE_ROWS for page in pages)
    assert all(page.first == 1 + (page.number - 1) * PAGE_ROWS for page in pages)


def test_data_for_machines_have_no_page_of_text() -> None:
    english, chinese = "{name: value} " * 50, "全县家庭医生签约服务" * 20
    assert readable_text({"name": "a.json", "text": chinese}) == ""
    assert readable_text({"name": "a.zip", "text": english}) == ""
    assert readable_text({"name": "a.zip", "text": chinese}) == chinese
    assert readable_text({"name": "guide.pdf", "text": english}) == english.strip()


def test_moments_for_machines_have_no_parts_of_a_second() -> None:
    assert machine_moment("2026-11-22T22:52:34.648482+08:00") == "2026-11-22T22:52:34+08:00"
    assert machine_moment("2026-11-22") == "2026-11-22"


def test_text_that_is_no_table_stays_text() -> None:
    assert table_of("说明.txt", "甲\t乙\n1\t2") == []
    assert table_of("说明.csv", "只有一列\n1\n2") == []
    assert table_of("合并.xlsx", "名单\n甲\t乙\n1\t2") == [], "a title above the heads"
    assert table_of("多列.csv", "甲\t乙\n1\t2\t3") == []
    assert table_of("空表.csv", "") == []
    assert table_of("缺格.csv", "甲\t乙\t丙\n1\t2\n") == [("甲", "乙", "丙"), ("1", "2", "")]
