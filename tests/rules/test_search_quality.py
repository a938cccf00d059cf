"""The search against judged questions, beside two plain searches; the page that says so is up to date."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.portal.search.suggesting import one_sign_apart
from gongkai.portal.search.vocabulary import concepts_of, in_figures, meant_by, question_words, said_words
from tools.search_quality import PAGE, Score, page, questions, rows


@pytest.fixture(scope="module")
def scores() -> dict[tuple[str, str], Score]:
    return {(name, way): one for name, way, one in rows()}


def test_questions_are_many_and_each_set_is_judged() -> None:
    assert sum(len(asked) for asked in questions().values()) >= 200


@pytest.mark.parametrize("name", ["a", "b", "c"])
def test_ours_answers_more_than_plain_searches(scores: dict[tuple[str, str], Score], name: str) -> None:
    ours = scores[name, "ours"]
    for plain in ("character pairs", "words between blanks"):
        other = scores[name, plain]
        assert (ours.first, ours.five, ours.rank) > (other.first, other.five, other.rank)
        assert ours.five > other.five
    assert ours.five >= 0.9


def test_what_nothing_answers_finds_nothing(scores: dict[tuple[str, str], Score]) -> None:
    assert scores["b", "ours"].empty_right == sum(pattern == "-" for _, pattern in questions()["b"])


def test_page_says_what_the_search_gives() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "python -m tools.search_quality"


def test_months_and_quarters_in_figures() -> None:
    assert in_figures("五月份处罚") == "5月处罚"
    assert in_figures("十二月") == "12月"
    assert in_figures("第二季度水质") == "第2季度水质"
    assert in_figures("二十一月") == "二十一月", "no month"


def test_a_question_is_what_it_is_about() -> None:
    words = [concept.word for concept in concepts_of("小孩打疫苗在哪里")]
    assert words == ["小孩", "打疫苗"]
    assert "预防接种" in meant_by("打疫苗")


def test_said_words_are_no_question_words() -> None:
    assert not {word for rule in said_words() for word in rule.said} & question_words()


SIGNS = st.text("甲乙丙丁", max_size=6)


@given(SIGNS, SIGNS)
def test_one_sign_apart_is_an_edit_distance_of_one(one: str, other: str) -> None:
    edits = {one[:i] + one[i + 1 :] for i in range(len(one))}
    edits |= {one[:i] + sign + one[i + 1 :] for i in range(len(one)) for sign in other}
    edits |= {one[:i] + sign + one[i:] for i in range(len(one) + 1) for sign in other}
    assert one_sign_apart(one, other) == (one != other and other in edits)
