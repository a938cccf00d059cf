"""Who changed a sentence: the sentences of a saved version, and the pairs that differ."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gongkai.records.selectors_sentences import compare, sentences


def test_sentences_come_from_title_summary_and_body_without_markup() -> None:
    content = {
        "title": "关于讲座的通知",
        "summary": "",
        "body": [
            {"type": "paragraph", "id": "a1", "value": "<p>第一句。第二句&amp;！</p><p>第三句</p>"},
            {"type": "table", "id": "a2", "value": {"rows": [["项目", "数"], ["人次", "12"]]}},
        ],
    }
    assert sentences(content) == [
        "关于讲座的通知", "第一句。", "第二句&！", "第三句", "项目", "数", "人次", "12",
    ]  # fmt: skip


@given(
    st.lists(st.text("甲乙丙", max_size=4), max_size=6), st.lists(st.text("甲乙丙", max_size=4), max_size=6)
)
def test_compare_tells_all_and_only_what_differs(before: list[str], after: list[str]) -> None:
    pairs = compare(before, after)
    assert bool(pairs) == (before != after)
    assert len([new for _, new in pairs if new]) <= len(after)
