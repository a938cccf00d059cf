"""The auditor's desk without a browser: words of facts, addresses of records."""

from __future__ import annotations

import re

import pytest

from gongkai.journal import api as journal
from gongkai.project.desk.audit import record_named
from gongkai.project.desk.fact_words import GROUPS, fact_words


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


@pytest.mark.django_db
@pytest.mark.parametrize(("text", "number"), [("record:12", 12), ("12", 12), ("没有", None), ("", None)])
def test_record_is_known_by_its_number(text: str, number: int | None) -> None:
    assert record_named(text) == number


def test_no_title_holds_latin_rests() -> None:
    assert not [word for word in own_words().values() if re.search(r"[a-z]{4,}\.", word)]
