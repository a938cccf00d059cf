from __future__ import annotations

import json
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.kernel.calendar import load_calendar
from gongkai.kernel.clock_query import QueryError, run_query
from gongkai.kernel.clocks import load_clocks

CALENDAR = load_calendar()
CODES = {
    "unknown_rule",
    "before_calendar",
    "bad_date",
    "bad_event",
    "event_not_allowed",
    "extension_not_allowed",
}


def test_answer_has_the_promised_shape() -> None:
    answer = run_query(
        "ogi.reply", "2022-08-22", ["extend:2022-10-13:20", "pause:2022-08-26:2022-09-16"], CALENDAR
    )
    assert {"rule", "rule_version", "from", "due_date", "provisional", "basis", "trace"} <= set(answer)
    assert (answer["rule"], answer["from"], answer["due_date"]) == ("ogi.reply", "2022-08-22", "2022-11-10")
    assert answer["first_due_date"] == "2022-10-13"
    assert answer["provisional"] is False
    assert answer["trace"][0] == {"date": "2022-08-23", "counted": True, "number": 1, "why": "工作日"}
    assert answer["trace"][-1] == {
        "date": "2022-11-10",
        "counted": True,
        "number": 40,
        "why": "工作日（延长期）",
    }
    assert json.loads(json.dumps(answer, ensure_ascii=False)) == answer


def test_open_pause_gives_null() -> None:
    answer = run_query("ogi.reply", "2024-03-01", ["pause:2024-03-05"], CALENDAR)
    assert answer["due_date"] is None
    assert answer["trace"][-1]["date"] == "2024-03-06"


def test_restart_moves_the_start() -> None:
    answer = run_query("ogi.reply", "2023-04-10", ["restart:2023-04-28"], CALENDAR)
    assert (answer["from"], answer["effective_from"], answer["due_date"]) == (
        "2023-04-10",
        "2023-04-28",
        "2023-05-30",
    )


def test_year_without_notice_is_provisional() -> None:
    assert run_query("ogi.reply", "2026-12-25", [], CALENDAR)["provisional"] is True


def test_start_before_the_rule_was_in_force_is_answered_with_a_warning() -> None:
    assert "有效期" in run_query("ogi.reply", "2015-03-02", [], CALENDAR)["warnings"][0]
    assert run_query("ogi.reply", "2020-03-02", [], CALENDAR)["warnings"] == []


def test_moment_is_accepted_for_hours() -> None:
    assert (
        run_query("opinion.first_info", "2024-09-02T22:30", [], CALENDAR)["due_at"] == "2024-09-03T03:30:00"
    )


@pytest.mark.parametrize(
    ("rule", "start", "events", "code"),
    [
        ("ogi.none", "2024-03-01", [], "unknown_rule"),
        ("ogi.reply", "2003-03-01", [], "before_calendar"),
        ("ogi.reply", "2003-12-31", [], "before_calendar"),
        ("ogi.reply", "9999-12-30", [], "before_calendar"),
        ("opinion.response_other", "9999-12-30", [], "before_calendar"),
        ("ogi.annual_report_department", "9999-12-30", [], "before_calendar"),
        ("permit.hearing_notice", "0001-01-02", [], "before_calendar"),
        ("ogi.reply", "2024-13-01", [], "bad_date"),
        ("ogi.reply", "明天", [], "bad_date"),
        ("ogi.reply", "2024-03-01", ["pause"], "bad_event"),
        ("ogi.reply", "2024-03-01", ["pause:2024-03-04:2024-03-05:x"], "bad_event"),
        ("ogi.reply", "2024-03-01", ["pause:2024-3-4"], "bad_date"),
        ("ogi.reply", "2024-03-01", ["stop:2024-03-04"], "bad_event"),
        ("ogi.reply", "2024-03-01", ["restart:2024-03-04:5"], "bad_event"),
        ("ogi.reply", "2024-03-01", ["extend:2024-03-04"], "bad_event"),
        ("ogi.reply", "2024-03-01", ["extend:2024-03-04:many"], "bad_event"),
        ("ogi.reply", "2024-03-01", ["extend:2024-03-04:99"], "extension_not_allowed"),
        ("ogi.publish", "2024-03-01", ["extend:2024-03-04:9"], "extension_not_allowed"),
        ("ogi.reply", "2024-03-01", ["restart:2024-02-04"], "event_not_allowed"),
        ("ogi.reply", "2024-03-01", ["pause:2024-03-04:2024-03-01"], "event_not_allowed"),
    ],
)
def test_refusal_names_what_where_and_remedy(rule: str, start: str, events: list[str], code: str) -> None:
    with pytest.raises(QueryError) as refused:
        run_query(rule, start, events, CALENDAR)
    assert refused.value.code == code
    assert all(refused.value.as_dict().values())
    assert "\n" not in str(refused.value)
    assert pickle.loads(pickle.dumps(refused.value)).as_dict() == refused.value.as_dict()


DATE_LIKE = st.one_of(
    st.dates().map(str), st.text(max_size=12), st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", fullmatch=True)
)
EVENT_LIKE = st.lists(
    st.one_of(st.sampled_from(["pause", "restart", "extend", ""]), DATE_LIKE, st.integers(-3, 30).map(str)),
    max_size=4,
)


@given(st.sampled_from(sorted(load_clocks())), DATE_LIKE, st.lists(EVENT_LIKE.map(":".join), max_size=3))
def test_any_question_is_answered_or_refused_in_chinese(rule: str, start: str, events: list[str]) -> None:
    code = "answered"
    try:
        answer = run_query(rule, start, events, CALENDAR)
        assert answer["due_date"] is None or answer["trace"][-1]["date"] == answer["due_date"]
    except QueryError as refused:
        code = refused.code
    assert code in {"answered", *CODES}
