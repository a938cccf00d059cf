"""Values of the assessment that look at several facts together, bound from facts as the shipped definitions say."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from gongkai.catalogue.facts import CatalogueImported, ItemSettingChanged
from gongkai.journal import api as journal
from gongkai.journal.facts import Fact
from gongkai.records.facts import RecordPublished
from gongkai.registers.facts import RowRecorded, RowRemoved
from gongkai.supervision.core.bindings import Binding, in_order, shipped_bindings
from gongkai.supervision.services import bind_rows
from gongkai.supervision.services.bind_values import Bound, binder

NOW = datetime(2020, 12, 31, 1, tzinfo=UTC)
SHA = "0" * 64
VALUES = {binding.id: binding for binding in shipped_bindings()}


def bind(
    *names: str, cadences: dict[str, int] | None = None, today: date = date(2021, 1, 1)
) -> dict[str, Bound]:
    found = binder(
        year=2020, own={"demo"}, wide={"demo"}, as_of=NOW + timedelta(days=400), today=today, settings={},
        cadences=cadences or {},
    )  # fmt: skip
    return found.bind(in_order(VALUES, names), given={})


def write(*facts: Fact) -> None:
    with transaction.atomic():
        journal.record_facts(list(facts), actor=journal.SYSTEM, now=NOW)


def row(register: str, number: int, on: date = date(2020, 5, 6), **parts: Any) -> RowRecorded:
    values = {"codes": {}, "numbers": {}, "dates": {}} | parts
    subject = f"row:{register}-{number}"
    return RowRecorded(
        org="demo", subject=subject, on=on, register=register, row_version=1, digest=SHA, **values
    )


def published(number: int, on: date, **changes: Any) -> RecordPublished:
    values: dict[str, Any] = {
        "release_id": number, "release_sha256": SHA, "content_sha256": SHA, "sequence": 1, "kind": "policy", "change": "first",
        "first": True,
    }  # fmt: skip
    return RecordPublished(org="demo", subject=f"record:{number}", on=on, **(values | changes))


@pytest.mark.django_db
def test_power_list_is_kept_up_or_not_and_without_items_does_not_apply() -> None:
    assert bind("a4_1.holds")["a4_1.holds"].value is None
    live = row("power_item", 1, codes={"state": "in_use", "published": "yes"})
    gone = {"state": "cancelled", "published": "yes"}
    write(live, row("power_item", 2, codes=gone, dates={"cancelled_date": date(2020, 12, 20)}))
    assert bind("a4_1.holds")["a4_1.holds"].value == 1
    write(row("power_item", 3, codes=gone, dates={"cancelled_date": date(2020, 6, 1)}))
    found = bind("a4_1.holds")
    assert (found["a4_1.holds"].value, found["a4_1.kept"].value, len(found["a4_1.kept"].facts)) == (0, 1, 1)
    write(
        RowRemoved(
            org="demo", subject="row:power_item-3", on=date(2020, 7, 1), register="power_item", row_version=2
        )
    )
    assert bind("a4_1.holds")["a4_1.holds"].value == 1


@pytest.mark.django_db
def test_penalties_left_standing_and_withdrawn_late_are_counted() -> None:
    until = date(2020, 6, 1)
    for number, dates in enumerate((
        {"withdrawn_date": date(2020, 6, 4)}, {"withdrawn_date": date(2020, 6, 5)}, {}, {"publicity_until": date(2021, 6, 1)},
        {"publicity_until": date(2020, 12, 30)},
    )):  # fmt: skip
        write(row("penalty_case", number, on=date(2019, 6, 3), dates={"publicity_until": until} | dates))
    found = bind("a4_3.case2")["a4_3.case2"]
    assert (found.value, len(found.facts)) == (2, 2)


@pytest.mark.django_db
def test_items_with_something_public_of_those_that_apply() -> None:
    write(
        CatalogueImported(org="demo", subject="catalogue:1", on=date(2020, 1, 6), version=1, items=10, source_sha256=SHA),
        *(ItemSettingChanged(
            org="demo", subject=f"item:C00{n}", on=date(2020, 2, 3), item=f"C00{n}", owner=None, cadence_days=None, applicable=False
        ) for n in (1, 2)),
        ItemSettingChanged(
            org="demo", subject="item:C002", on=date(2020, 2, 4), item="C002", owner=None, cadence_days=None, applicable=True
        ),
        published(1, date(2020, 3, 2), catalogue=("C156", "C010")), published(2, date(2020, 4, 1), catalogue=("C156", "C172")),
    )  # fmt: skip
    found = bind("a3_1.met", "a3_1.all", "a3_4.met", "a3_5.met", "a3_6.met")
    values = {
        name: found[name].value for name in ("a3_1.met", "a3_1.all", "a3_4.met", "a3_5.met", "a3_6.met")
    }
    assert values == {"a3_1.met": 3, "a3_1.all": 9, "a3_4.met": 1, "a3_5.met": 1, "a3_6.met": 0}


@pytest.mark.django_db
def test_an_institution_is_complete_when_all_that_applies_is_public() -> None:
    states = {
        "Y1": ("public", "public", "not_applicable"),
        "Y2": ("public", "stale"),
        "Y3": ("not_applicable",),
    }
    number = 0
    for institution, each in states.items():
        for state in each:
            number += 1
            write(
                row("institution_disclosure", number, codes={"institution_no": institution, "state": state})
            )
    found = bind("a3_7.met", "h1.met", "h1.all")
    assert {name: bound.value for name, bound in found.items()} == {"a3_7.met": 1, "h1.met": 3, "h1.all": 4}


@pytest.mark.django_db
def test_the_longest_lag_of_an_interpretation_and_gaps_of_columns_and_posts() -> None:
    assert bind("d1_2.value")["d1_2.value"].value is None
    write(
        published(1, date(2020, 3, 2), index_number="X/2020-1", columns=("zcwj",)),
        published(2, date(2020, 3, 5), kind="interpretation", interprets=("X/2020-1",), columns=("zcjd",)),
        published(3, date(2020, 3, 16), kind="interpretation", interprets=("X/2020-1", "Y/2019-9")),
        *(row("media_post", n, on=day, codes={"channel": "wechat"}) for n, day in enumerate(
            (date(2020, 1, 10), date(2020, 1, 24), date(2020, 2, 20)))),
    )  # fmt: skip
    found = bind("d1_2.value", "f1_1.case1", "f1_2.case1", cadences={"zcwj": 180, "gzdt": 14})
    lag = found["d1_2.value"]
    assert (lag.value, len(lag.facts)) == (10, 2)
    # gzdt never: four quarters; zcwj from 2 March: fine in March and June, idle in September and December.
    assert found["f1_1.case1"].value == 6
    # 24 January to 20 February, and 20 February to the end of the year.
    assert found["f1_2.case1"].value == 2
    assert bind("f1_1.case1")["f1_1.case1"].value is None


@given(st.sets(st.integers(0, 365), min_size=1), st.integers(1, 60))
def test_gaps_against_counting_day_by_day(days: set[int], longest: int) -> None:
    binding = Binding(
        "x",
        "x",
        "x",
        "gaps",
        ("本系统默认",),
        "design",
        "national",
        register="media_post",
        field="channel",
        days=longest,
    )  # type: ignore[arg-type]
    start, end = date(2020, 1, 1), date(2020, 12, 31)
    posts = {start + timedelta(days=d) for d in days}
    entries = [
        journal.Entry(n, "x", "demo", f"row:{n}", day, NOW, journal.SYSTEM, {"codes": {"channel": "w"}})
        for n, day in enumerate(posts)
    ]
    expected, day, silent = 0, min(posts), 0
    while day <= end:
        silent = 0 if day in posts else silent + 1
        last = day == end
        # A span ends on the next post or with the year; it counts once when longer than allowed.
        if (day + timedelta(days=1) in posts and silent + 1 > longest) or (last and silent > longest):
            expected += 1
        day += timedelta(days=1)
    count, _ = bind_rows.gaps(
        binding, entries, year=2020, today=end, group=lambda e: e.body["codes"]["channel"]
    )
    assert count == expected


def test_what_a_person_gives_says_why_and_most_of_it_computes() -> None:
    given_by_hand = [b for b in VALUES.values() if b.kind == "given"]
    assert len(given_by_hand) == 45
    assert all(len(b.reason) >= 6 for b in given_by_hand)
    assert not any(b.reason for b in VALUES.values() if b.kind != "given")
