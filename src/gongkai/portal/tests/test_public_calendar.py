"""The public calendar: what public records name and nothing else, written again when a date comes, changes or is withdrawn."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from gongkai.portal.builder import Builder
from gongkai.portal.core.public_dates import (
    EFFECTIVE,
    EXPIRES,
    PUBLICITY,
    STANDING,
    dated_lists,
    public_dates,
)
from gongkai.portal.core.values import Card
from gongkai.portal.places import places_under
from gongkai.portal.testing.payloads import GeneratedSource, generated_site, payload
from gongkai.portal.tests.conftest import TODAY

END = TODAY + timedelta(days=3)
FILES = {"calendar/index.html", "elder/calendar/index.html", "calendar/public.ics"}


@pytest.fixture
def small(tmp_path: Path):
    source = GeneratedSource(20)
    builder = Builder(places_under(tmp_path), source, generated_site)
    builder.build(today=TODAY)
    return builder, source, tmp_path / "public"


def told(source: GeneratedSource, record: int, **changes) -> int:
    return source.release(
        record,
        {
            **payload(record),
            "kind": "announcement",
            "title": "拟表彰名单公示",
            "effective_date": None,
            **changes,
        },
    )


def events(public: Path) -> list[tuple[str, date]]:
    body = Calendar.from_ical((public / "calendar/public.ics").read_bytes())
    return [(str(e["summary"]), e.decoded("dtstart")) for e in body.walk("vevent")]


def test_a_period_stands_until_its_day_is_over(small) -> None:
    builder, source, public = small
    assert events(public) == []
    assert "现在没有将来的日期" in (public / "calendar/index.html").read_text("utf-8")
    before = {p: (public / p).read_bytes() for p in FILES}
    builder.apply(told(source, 21, expires_date=END.isoformat()), today=TODAY)
    assert events(public) == [("公示（公告）期满：拟表彰名单公示", END)]
    page = (public / "calendar/index.html").read_text("utf-8")
    assert str(END) in page
    assert "拟表彰名单公示" in (public / "elder/calendar/index.html").read_text("utf-8")
    builder.build(today=END)
    assert (public / "calendar/index.html").read_text("utf-8") == page, "the last day itself is still to come"
    builder.build(today=END + timedelta(days=1))
    assert {p: (public / p).read_bytes() for p in FILES} == before


def test_a_changed_date_moves_and_a_withdrawn_record_leaves(small) -> None:
    builder, source, public = small
    builder.apply(told(source, 21, expires_date=END.isoformat()), today=TODAY)
    later = END + timedelta(days=60)
    builder.apply(told(source, 21, expires_date=later.isoformat()), today=TODAY)
    assert [day for _, day in events(public)] == [later]
    builder.apply(source.withdraw(21), today=TODAY)
    assert events(public) == []
    assert "拟表彰名单公示" not in (public / "calendar/index.html").read_text("utf-8")


def test_full_and_single_builds_give_the_same_bytes_and_every_event_its_own_name(
    small, tmp_path: Path
) -> None:
    builder, source, public = small
    for number, days in enumerate((3, 40, 400)):
        day = (TODAY + timedelta(days=days)).isoformat()
        dates = {"effective_date": day, "expires_date": "2031-01-31"}
        builder.apply(told(source, 21 + number, kind="policy", **dates), today=TODAY)
    one = {p: (public / p).read_bytes() for p in FILES}
    builder.build(full=True, today=TODAY)
    assert {p: (public / p).read_bytes() for p in FILES} == one
    body = Calendar.from_ical(one["calendar/public.ics"])
    names = [str(e["uid"]) for e in body.walk("vevent")]
    assert len(names) == len(set(names)) == 6
    assert {str(e["class"]) for e in body.walk("vevent")} == {"PUBLIC"}
    assert all(str(e["url"]).startswith("https://wjj.yunxi.example/doc/") for e in body.walk("vevent"))


DAYS = (
    st.dates(min_value=date(2019, 1, 1), max_value=date(2035, 12, 31)).map(str)
    | st.just("")
    | st.just("不详")
)


@given(
    effective=DAYS,
    expires=DAYS,
    validity=st.sampled_from([*STANDING, "repealed", "expired"]),
    kind=st.sampled_from(["policy", "announcement"]),
    withdrawn=st.booleans(),
)
def test_dates_are_those_that_a_standing_record_names(effective, expires, validity, kind, withdrawn) -> None:
    card = Card(
        record_id=1, release_id=1, sha256="", path="", index_number="a/1", org="a", kind=kind, validity=validity, withdrawn=withdrawn,
        effective_date=effective, expires_date=expires, first_published_at="2026-11-22T09:00:00+08:00",
    )  # fmt: skip
    found = public_dates(card)
    if withdrawn or validity not in STANDING:
        assert found == ()
        return
    wanted = [(d, EFFECTIVE) for d in [effective] if "2026-11-22" < d < "3"]
    wanted += [(d, PUBLICITY if kind == "announcement" else EXPIRES) for d in [expires] if d[:1] == "2"]
    assert [(str(day), what) for day, what in found] == wanted
    assert dated_lists(card) == tuple(f"dated:all/{day[:7]}" for day, _ in wanted)
