"""The auditor's desk without a browser: words of facts, addresses of records, sentences that changed."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.journal import api as journal
from gongkai.project.desk.audit import record_named
from gongkai.project.desk.fact_words import GROUPS, fact_words
from gongkai.project.desk.sentence_history import compare, marked, sentences


def own_words() -> dict[str, str]:
    """Return the words of the facts of our rooms; other tests of the same process define facts of their own."""
    return {
        name: word for name, word in fact_words().items() if not name.startswith(("test", "journal_test"))
    }


def test_every_fact_has_a_chinese_word() -> None:
    assert set(own_words()) <= set(journal.fact_names())
    assert not [name for name, word in own_words().items() if word.isascii()]


def test_groups_name_facts_that_exist() -> None:
    known = set(journal.fact_names())
    assert not [name for group in GROUPS for name in group.names if name not in known]


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


@given(st.text("甲乙丙丁", max_size=12), st.text("甲乙丙丁", max_size=12))
def test_marked_words_make_up_both_sentences(before: str, after: str) -> None:
    pieces = marked(before, after)
    assert "".join(text for kind, text in pieces if kind != "in") == before
    assert "".join(text for kind, text in pieces if kind != "out") == after


@pytest.mark.django_db
@pytest.mark.parametrize(("text", "number"), [("record:12", 12), ("12", 12), ("没有", None), ("", None)])
def test_record_is_known_by_its_number(text: str, number: int | None) -> None:
    assert record_named(text) == number


def test_no_title_holds_latin_rests() -> None:
    assert not [word for word in own_words().values() if re.search(r"[a-z]{4,}\.", word)]
