"""The pure core: fees, outcomes, remedies, receipt days, identities, codes, seals, states, and the README's diagram."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from gongkai.kernel.calendar import DayOverride, load_calendar
from gongkai.kernel.clocks import clock
from gongkai.kernel.machine import states_of
from gongkai.requests import testing
from gongkai.requests.core.applicants import credit_code_fault, identity_number_fault, mask_name, mask_number
from gongkai.requests.core.case_clock import CaseEvents, reply_deadline
from gongkai.requests.core.fees import fee_for
from gongkai.requests.core.letter_rules import letter_rules, reply_kind
from gongkai.requests.core.outcomes import choosable, derivation, derive_row, missing_needs, outcomes
from gongkai.requests.core.personal import SealBroken, lookup, open_sealed, seal
from gongkai.requests.core.query_code import code_digest, fits, make_code
from gongkai.requests.core.remedies import advice
from gongkai.requests.core.rules import receipt_day, room_rules
from gongkai.requests.core.states import STATE_NAMES, TABLE, diagram
from gongkai.requests.plain_words import STATE_WORDS, VERB_WORDS

ROOT = Path(__file__).resolve().parents[5]
VECTORS = yaml.safe_load((ROOT / "tests/rules/fee_vectors.yaml").read_text(encoding="utf-8"))
CALENDAR = load_calendar()
DAYS = st.dates(date(2020, 1, 2), date(2025, 10, 1))
LEAVES = [row.id for row in outcomes().values() if row.is_leaf]


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["id"])
def test_fee_vectors(case: dict[str, Any]) -> None:
    count = case.get("items_in_calendar_month", case.get("pages"))
    assert fee_for(mode=case["mode"], count=count, on=date(2024, 1, 2)).yuan == case["total_yuan"]


@given(st.sampled_from(["per_item", "per_page"]), st.integers(0, 300), st.integers(0, 300))
def test_fee_of_two_halves_is_the_fee_of_the_whole(mode: str, first: int, second: int) -> None:
    on = date(2024, 1, 2)
    whole = fee_for(mode=mode, count=first + second, on=on).yuan
    halves = (
        fee_for(mode=mode, count=first, on=on).yuan
        + fee_for(mode=mode, count=second, on=on, already=first).yuan
    )
    assert whole == halves
    assert fee_for(mode=mode, count=first + 1, on=on).yuan >= fee_for(mode=mode, count=first, on=on).yuan


def test_no_fee_before_the_rule_was_in_force() -> None:
    with pytest.raises(LookupError):
        fee_for(mode="per_item", count=50, on=date(2020, 12, 31))


@given(st.lists(st.sampled_from(LEAVES), min_size=1, max_size=6))
def test_derived_row_follows_the_written_rule(chosen: list[str]) -> None:
    rows = [str(outcomes()[c].report_row) for c in chosen]
    row = derive_row(chosen).row
    given_any = any(r in ("granted", "partial") for r in rows)
    withheld_any = any(r not in ("granted", "partial") for r in rows)
    if (given_any and withheld_any) or "partial" in rows:
        assert row == "partial"
    else:
        assert row == min(rows, key=derivation().order.index)
    assert derive_row(list(reversed(chosen))).row == row
    assert letter_rules()[reply_kind(chosen)].signed


def test_tree_agrees_with_the_rows_of_the_official_form() -> None:
    form = yaml.safe_load((ROOT / "regulations/annual_report/formats/2021.yaml").read_text(encoding="utf-8"))
    official = {row["id"] for row in form["rules"][0]["section3"] if not row["is_heading"]}
    used = {row.report_row for row in outcomes().values() if row.is_leaf}
    assert used == official - {"new_received", "carried_in", "carried_out", "total_processed"}
    assert {row["id"] for row in form["rules"][0]["applicants"]} - {"total"} == set(
        room_rules().applicant_kinds
    )
    assert len(letter_rules()) == 24
    assert len(choosable()) == len(LEAVES) - 2


@pytest.mark.parametrize("outcome", LEAVES)
def test_review_comes_first_exactly_for_refusals_under_exemptions(outcome: str) -> None:
    row = outcomes()[outcome]
    told = advice(chosen=[outcome], letter_date=date(2024, 1, 1), government="示范区人民政府")
    exempt = (
        any(article in row.article for article in ("第十四条", "第十五条", "第十六条"))
        or outcome == "partial"
    )
    assert told.suit_direct is not exempt
    assert advice(chosen=[outcome], letter_date=date(2023, 12, 31), government="示范区人民政府").suit_direct
    assert missing_needs(outcome, {}) or not row.needs


@pytest.mark.parametrize(
    ("channel", "signed", "confirmed", "wanted"),
    [
        ("in_person", None, None, 4),
        ("registered_mail", 6, None, 6),
        ("ordinary_mail", None, None, None),
        ("ordinary_mail", None, 8, 8),
        ("online", None, None, 4),
        ("fax", None, 7, 7),
        ("letter", 5, None, 5),
    ],
)
def test_receipt_day_by_channel(
    channel: str, signed: int | None, confirmed: int | None, wanted: int | None
) -> None:
    def march(day: int | None) -> date | None:
        return day and date(2024, 3, day)

    found, _ = receipt_day(
        channel=channel, arrived=date(2024, 3, 4), signed=march(signed), confirmed=march(confirmed)
    )
    assert found == march(wanted)


def limit(received: date, **events: Any) -> date | None:
    return reply_deadline(
        events=CaseEvents(received=received, **events), version="1", calendar=CALENDAR
    ).due_date


@given(DAYS)
def test_receipt_day_is_never_counted(received: date) -> None:
    found = reply_deadline(events=CaseEvents(received=received), version="1", calendar=CALENDAR)
    assert next(day.date for day in found.trace if day.counted) > received
    assert sum(day.counted for day in found.trace) == 20


@given(DAYS, st.integers(0, 15), st.integers(0, 15), st.integers(0, 15))
def test_overlapping_pauses_count_once(received: date, begin: int, length: int, more: int) -> None:
    start = received + timedelta(days=begin)
    one = (start, start + timedelta(days=length))
    inner = (start + timedelta(days=length // 2), start + timedelta(days=length // 2 + more))
    union = (start, max(one[1], inner[1]))
    assert limit(received, pauses=[one, inner]) == limit(received, pauses=[union])


@given(DAYS, st.integers(0, 40))
def test_supplement_restarts_in_full_and_extension_reaches_the_fortieth_day_at_most(
    received: date, later: int
) -> None:
    again = received + timedelta(days=later)
    assert limit(received, restarts=[again]) == CALENDAR.nth_working_day_after(again, 20)
    assert limit(received, extensions=[(received, 20)]) == CALENDAR.nth_working_day_after(received, 40)


def test_holidays_make_up_days_and_the_eve_of_2024() -> None:
    assert CALENDAR.is_working_day(date(2024, 2, 9))
    assert limit(date(2024, 2, 8)) == date(2024, 3, 13)  # 9 February is day 1, Sunday 18 February day 2
    assert limit(date(2024, 9, 13)) == CALENDAR.nth_working_day_after(date(2024, 9, 13), 20)
    assert CALENDAR.is_working_day(date(2024, 9, 14))  # Saturday, made up
    across = limit(date(2024, 9, 2), pauses=[(date(2024, 9, 12), date(2024, 10, 10))])
    bare = [
        day.date
        for day in reply_deadline(
            events=CaseEvents(received=date(2024, 9, 2)), version="1", calendar=CALENDAR
        ).trace
        if day.counted
    ]
    paused = [day for day in bare if date(2024, 9, 12) < day <= date(2024, 10, 10)]
    assert len(paused) == 12
    assert across == CALENDAR.nth_working_day_after(date(2024, 10, 10), 12)


def test_unpublished_year_is_provisional_and_new_days_never_shorten() -> None:
    far = date(max(CALENDAR.years), 12, 28)
    found = reply_deadline(events=CaseEvents(received=far), version="1", calendar=CALENDAR)
    assert found.provisional
    day = next(line.date for line in found.trace if line.counted)
    shorter = load_calendar([DayOverride(date=day, is_working=False, notice="测试")])
    again = reply_deadline(events=CaseEvents(received=far), version="1", calendar=shorter)
    assert found.due_date is not None
    assert again.due_date is not None
    assert again.due_date > found.due_date


def test_version_of_the_rule_stays_with_the_case() -> None:
    kept = clock("ogi.reply", date(2024, 1, 2)).version
    found = reply_deadline(events=CaseEvents(received=date(2024, 1, 2)), version=kept, calendar=CALENDAR)
    assert found.rule_version == kept


@given(st.integers(0, 999), st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_of_an_identity_number_is_found(serial: int, place: int, change: int) -> None:
    number = testing.identity_number(serial)
    assert identity_number_fault(number, today=date(2024, 1, 1)) is None
    wrong = number[:place] + str((int(number[place]) + change) % 10) + number[place + 1 :]
    assert identity_number_fault(wrong, today=date(2024, 1, 1)) is not None


@given(st.integers(0, 99999))
def test_codes_and_numbers_are_told_apart(serial: int) -> None:
    assert credit_code_fault(testing.credit_code(serial)) is None
    assert "统一社会信用代码" in str(
        identity_number_fault(testing.credit_code(serial), today=date(2024, 1, 1))
    )
    fault = credit_code_fault(testing.identity_number(serial % 1000))
    assert fault is None or "公民身份号码" in fault or "校验" in fault or "18 位" in fault


@given(
    st.dictionaries(st.sampled_from(["name", "phone"]), st.text(max_size=30)),
    st.binary(min_size=32, max_size=32),
)
def test_sealed_particulars_open_only_with_key_and_owner(values: dict[str, str], key: bytes) -> None:
    try:
        sealed = seal(values, key=key, owner="request:1")
    except UnicodeEncodeError:
        return  # lone surrogates never get this far: they are cleaned when the form is read
    assert open_sealed(sealed, key=key, owner="request:1") == values
    assert seal(values, key=key, owner="request:1") != sealed
    for other in (
        {"owner": "request:2", "key": key},
        {"owner": "request:1", "key": bytes(32) if any(key) else b"1" * 32},
    ):
        with pytest.raises(SealBroken):
            open_sealed(sealed, **other)
    with pytest.raises(SealBroken):
        open_sealed(sealed[:-1] + bytes([sealed[-1] ^ 1]), key=key, owner="request:1")


def test_lookup_is_keyed_and_query_codes_are_random() -> None:
    assert lookup("id", "1", key=b"a" * 32) != lookup("id", "1", key=b"b" * 32)
    codes = {make_code() for _ in range(200)}
    assert len(codes) == 200
    code = codes.pop()
    assert len(code.replace("-", "")) * 5 >= 128
    assert fits(code.lower().replace("-", " "), code_digest(code))
    assert not fits(code, "")


def test_masks_hide_what_matters() -> None:
    assert mask_name("测试某甲") == "测***"
    assert testing.identity_number()[:-2] not in mask_number(testing.identity_number())


def test_state_table_is_the_known_one_and_drawn_in_the_readme() -> None:
    snapshot = Path(__file__).parent / "transitions.txt"
    lines = [
        f"{t.verb}: {','.join(t.sources)} -> {t.target or '='} [{t.actor}] {t.fact or '-'} {','.join(t.guards)}".rstrip()
        for t in TABLE
    ]
    assert lines == snapshot.read_text(encoding="utf-8").splitlines()
    assert diagram().strip() in (ROOT / "src/gongkai/requests/README.md").read_text(encoding="utf-8")
    assert set(states_of(TABLE)) == set(STATE_NAMES) == set(STATE_WORDS)
    assert {t.verb for t in TABLE} - set(VERB_WORDS) == {"draft_letter"}
