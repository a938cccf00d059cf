"""Every clock vector against the shipped rules and the shipped calendar."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from gongkai.kernel.calendar import load_calendar
from gongkai.kernel.clocks import (
    Deadline,
    Extend,
    ExtensionNotAllowed,
    Pause,
    Restart,
    clock,
    due,
    load_clocks,
)

VECTORS = yaml.safe_load((Path(__file__).parent / "clock_vectors.yaml").read_text(encoding="utf-8"))
CALENDAR = load_calendar()
ONE_DAY = timedelta(days=1)
# Words that belong to the request room's outcomes, checked there.
NOT_A_DATE = {"outcome"}
ERROR_CODES = {
    "over_maximum": "extension_over_20_working_days",
    "after_limit": "extension_after_deadline",
}

Given = dict[str, Any]
Answer = dict[str, Any]


def work_out(rule_id: str, start: str | date, *events: Pause | Restart | Extend) -> Deadline:
    begun = date.fromisoformat(start) if isinstance(start, str) else start
    return due(rule=clock(rule_id, begun), start=begun, events=events, calendar=CALENDAR)


def day(text: str) -> date:
    return date.fromisoformat(text)


def reply(given: Given) -> Answer:
    return {"deadline": work_out("ogi.reply", given["received"]).due_date}


def receipt(given: Given) -> Answer:
    received = given.get("applicant_confirmed") or given["confirmed"]
    answer: Answer = {"received": day(received), "deadline": work_out("ogi.reply", received).due_date}
    if "letter_arrived" in given:
        confirm_by = work_out("ogi.receipt_confirm", given["letter_arrived"]).due_date
        if confirm_by is not None and day(received) > confirm_by:
            answer["warning"] = "confirmation_late"
    return answer


def supplement_notice(given: Given) -> Answer:
    return {"deadline": work_out("ogi.correction_notice", given["received"]).due_date}


def restart_after_supplement(given: Given) -> Answer:
    restarted = work_out("ogi.reply", given["received"], Restart(day(given["corrected_received"])))
    assert restarted.start == day(given["corrected_received"])
    return {
        "supplement_notice_deadline": work_out("ogi.correction_notice", given["received"]).due_date,
        "original_deadline_void": work_out("ogi.reply", given["received"]).due_date,
        "deadline": restarted.due_date,
    }


def supplement_lapse(given: Given) -> Answer:
    last = CALENDAR.nth_working_day_after(
        day(given["supplement_notice_delivered"]), given["supplement_period_working_days"]
    )
    return {"supplement_due": last, "lapse_effective": last + ONE_DAY}


def extension(given: Given) -> Answer:
    first = work_out("ogi.reply", given["received"]).due_date
    assert first is not None
    extended = work_out("ogi.reply", given["received"], Extend(first, given["extension_working_days"]))
    with pytest.raises(ExtensionNotAllowed):
        work_out("ogi.reply", given["received"], Extend(first + ONE_DAY, given["extension_working_days"]))
    assert extended.extended
    return {
        "first_deadline": first,
        "last_day_to_notify_extension": extended.first_due_date,
        "extended_deadline": extended.due_date,
    }


def extension_invalid(given: Given) -> Answer:
    first = work_out("ogi.reply", given["received"]).due_date
    assert first is not None
    told = day(given["extension_notice_sent"]) if "extension_notice_sent" in given else first
    with pytest.raises(ExtensionNotAllowed) as refused:
        work_out("ogi.reply", given["received"], Extend(told, given["extension_working_days"]))
    answer: Answer = {"error": ERROR_CODES[refused.value.code]}
    if refused.value.code == "after_limit":
        answer["first_deadline"] = first
    return answer


def consultation(rule_id: str, addressee: str, due_key: str) -> Callable[[Given], Answer]:
    def answer(given: Given) -> Answer:
        limit = work_out(rule_id, given[addressee]).due_date
        assert limit is not None
        sent = day(given["letter_sent"])
        end = day(given["opinion_received"]) if given["opinion_received"] else limit
        found: Answer = {
            due_key: limit,
            "excluded_working_days": CALENDAR.working_days_between(sent, end),
            "deadline": work_out("ogi.reply", given["received"], Pause(sent, end)).due_date,
        }
        if given["opinion_received"] is None:
            silence = clock(rule_id).on_expiry or ""
            if "consent" in silence:
                found["presumed"] = "consent_to_disclose"
            elif "agency decides" in silence:
                found["next_step"] = "agency_decides"
        return found

    return answer


def plus_extension(given: Given) -> Answer:
    pauses = [Pause(day(pause["letter_sent"]), day(pause["opinion_received"])) for pause in given["pauses"]]
    first = work_out("ogi.reply", given["received"], *pauses).due_date
    assert first is not None
    extended = work_out(
        "ogi.reply", given["received"], Extend(first, given["extension_working_days"]), *reversed(pauses)
    )
    return {"first_deadline": first, "extended_deadline": extended.due_date}


def overlapping(given: Given) -> Answer:
    pauses = [Pause(day(pause["letter_sent"]), day(pause["opinion_received"])) for pause in given["pauses"]]
    deadline = work_out("ogi.reply", given["received"], *pauses)
    left_out = [
        line.date
        for line in deadline.trace
        if not line.counted and "中止" in line.why and CALENDAR.is_working_day(line.date)
    ]
    return {"excluded_working_days": len(left_out), "deadline": deadline.due_date}


def fee_notice(given: Given) -> Answer:
    return {
        "fee_notice_deadline": work_out("ogi.reply", given["received"]).due_date,
        "payment_due": work_out("ogi.fee_payment", given["fee_notice_received"]).due_date,
        "deadline": work_out("ogi.reply", given["received"], Restart(day(given["paid"]))).due_date,
    }


def fee_lapse(given: Given) -> Answer:
    last = work_out("ogi.fee_payment", given["fee_notice_received"]).due_date
    assert last is not None
    return {"payment_due": last, "lapse_effective": last + ONE_DAY}


def publication(given: Given) -> Answer:
    return {"deadline": work_out("ogi.publish", given["formed_or_changed"]).due_date}


def remedy(rule_id: str, raw_key: str) -> Callable[[Given], Answer]:
    def answer(given: Given) -> Answer:
        deadline = work_out(rule_id, given["decision_received"])
        raw = max((line for line in deadline.trace if line.number), key=lambda line: line.number or 0)
        return {raw_key: raw.date, "deadline": deadline.due_date}

    return answer


def timeliness(given: Given) -> Answer:
    served = given["posted"] if given["delivery"] == "postal_mail" else given["applicant_signed"]
    last = work_out("ogi.reply", given["received"]).due_date
    assert last is not None
    return {"deadline": last, "on_time": day(served) <= last}


def annual_report(given: Given) -> Answer:
    rule_id = (
        "ogi.annual_report_department" if given["body"] == "department" else "ogi.annual_report_government"
    )
    last = work_out(rule_id, date(given["statistical_year"], 12, 31)).due_date
    assert last is not None
    return {"deadline": last, "last_working_day_before": CALENDAR.previous_working_day(last)}


ANSWERS: dict[str, Callable[[Given], Answer]] = {
    "reply_deadline": reply,
    "receipt_date": receipt,
    "supplement_notice_deadline": supplement_notice,
    "restart_after_supplement": restart_after_supplement,
    "supplement_lapse": supplement_lapse,
    "extension": extension,
    "extension_invalid": extension_invalid,
    "third_party_consultation": consultation(
        "ogi.third_party_opinion", "letter_received_by_third_party", "third_party_due"
    ),
    "joint_agency_consultation": consultation(
        "ogi.joint_agency_opinion", "letter_received_by_other_agency", "other_agency_due"
    ),
    "third_party_plus_extension": plus_extension,
    "overlapping_consultations": overlapping,
    "fee_notice": fee_notice,
    "fee_lapse": fee_lapse,
    "proactive_publication_deadline": publication,
    "reconsideration_deadline": remedy("review.apply", "raw_60_days"),
    "litigation_deadline": remedy("litigation.sue", "raw_6_months"),
    "timeliness": timeliness,
    "annual_report_deadline": annual_report,
}


@pytest.mark.parametrize("vector", VECTORS["vectors"], ids=lambda vector: vector["id"])
def test_vector_gives_the_expected_answer(vector: dict[str, Any]) -> None:
    found = ANSWERS[vector["question"]](vector["given"])
    shown = {key: value.isoformat() if isinstance(value, date) else value for key, value in found.items()}
    assert shown == {key: value for key, value in vector["expect"].items() if key not in NOT_A_DATE}


def test_mapping_names_every_question_and_only_known_rules() -> None:
    assert set(VECTORS["mapping"]) == set(ANSWERS) == {vector["question"] for vector in VECTORS["vectors"]}
    assert {rule_id for rules in VECTORS["mapping"].values() for rule_id in rules} <= set(load_clocks())
    assert len(VECTORS["vectors"]) >= 42


@pytest.mark.parametrize("year", VECTORS["calendar"])
def test_calendar_agrees_with_the_notice_on_every_day(year: str) -> None:
    off, worked = (set(VECTORS["calendar"][year][key]) for key in ("weekdays_off", "weekend_days_worked"))
    current = date(int(year), 1, 1)
    while current.year == int(year):
        text = current.isoformat()
        expected = text not in off if current.weekday() < 5 else text in worked
        assert CALENDAR.is_working_day(current) is expected, text
        current += ONE_DAY
