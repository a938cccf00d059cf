"""Pins and event topics on the public side: only what shows them is written, and a full build gives the same bytes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from gongkai.portal.builder import Builder
from gongkai.portal.core.values import Board, EventTopic, Pin
from gongkai.portal.places import places_under
from gongkai.portal.testing.payloads import GeneratedSource, generated_site, payload
from gongkai.portal.tests.conftest import TODAY

TOLD = 41
TOPIC = EventTopic("sj2026-1", "青屿水厂水质异常", "2026-11-20")


@pytest.fixture
def front(tmp_path: Path):
    """A small site with its builder, the number of a record that can be pinned, and the board that tests change."""
    source, held = GeneratedSource(40), {"board": Board()}
    source.release(TOLD, {**payload(TOLD), "topics": [TOPIC.code]})
    builder = Builder(places_under(tmp_path), source, generated_site, lambda: held["board"])
    builder.build(today=TODAY)
    number = source.content(TOLD)["index_number"]
    return builder, held, number, tmp_path / "public"


def files(public: Path) -> dict[str, bytes]:
    return {p.relative_to(public).as_posix(): p.read_bytes() for p in public.rglob("*") if p.is_file()}


def changed(before: dict[str, bytes], after: dict[str, bytes]) -> set[str]:
    return {
        p
        for p in before.keys() | after.keys()
        if before.get(p) != after.get(p) and not p.endswith((".gz", ".br"))
    }


def test_pin_writes_home_alone_and_goes_by_itself_the_day_after(front) -> None:
    builder, held, number, public = front
    before = files(public)
    held["board"] = Board(pins=(Pin(number, (TODAY + timedelta(days=2)).isoformat(), urgent=True),))
    assert builder.site_is_stale()
    done = builder.apply_board(today=TODAY)
    pinned = files(public)
    assert changed(before, pinned) == {"index.html", "elder/index.html"}
    assert done.pages_written == 1
    home = pinned["index.html"].decode()
    assert 0 < home.index("重要信息") < home.index("查找已公开的政府信息</label>")
    assert "突发事件" in pinned["elder/index.html"].decode()
    assert builder.apply_board(today=TODAY).files_written == 0
    assert not builder.site_is_stale()

    builder.build(today=TODAY + timedelta(days=2))
    assert files(public)["index.html"] == pinned["index.html"]
    builder.build(today=TODAY + timedelta(days=3))
    assert "重要信息" not in files(public)["index.html"].decode()


def test_unpinning_brings_the_old_bytes_back(front) -> None:
    builder, held, number, public = front
    before = files(public)
    held["board"] = Board(pins=(Pin(number, "2027-01-01"),))
    builder.apply_board(today=TODAY)
    held["board"] = Board()
    builder.apply_board(today=TODAY)
    assert changed(before, files(public)) == set()


def test_event_topic_is_listed_fed_and_reachable_from_home(front) -> None:
    builder, held, _, public = front
    before = files(public)
    assert TOPIC.name not in "".join(
        body.decode("utf-8", "ignore") for path, body in before.items() if path.endswith(".html")
    )
    held["board"] = Board(topics=(TOPIC,))
    builder.apply_board(today=TODAY)
    after = files(public)
    home = {"index.html", "topic/index.html", "map.html", f"topic/{TOPIC.code}/index.html"}
    assert changed(before, after) == {
        *home, *(f"elder/{path}" for path in home), f"feed/topic/{TOPIC.code}.xml", "sitemap/site.xml",
    }  # fmt: skip
    assert f"topic/{TOPIC.code}/" in after["index.html"].decode()
    feed = after[f"feed/topic/{TOPIC.code}.xml"].decode()
    assert f"<title>{TOPIC.name} · " in feed
    assert feed.count("<entry>") == 1
    held["board"] = Board(topics=(replace(TOPIC, is_open=False),))
    builder.apply_board(today=TODAY)
    closed = files(public)
    assert TOPIC.name not in closed["index.html"].decode()
    assert "已经办结" in closed[f"topic/{TOPIC.code}/index.html"].decode()


def test_full_build_gives_the_same_bytes_and_a_withdrawn_pin_is_gone(front) -> None:
    builder, held, number, public = front
    held["board"] = Board((TOPIC,), (Pin(number, "2027-01-01", urgent=True),))
    builder.apply_board(today=TODAY)
    step_by_step = files(public)
    builder.build(full=True, today=TODAY)
    assert changed(step_by_step, files(public)) == set()
    builder.apply(builder.source.withdraw(TOLD), today=TODAY)
    assert "重要信息" not in (public / "index.html").read_text(encoding="utf-8")
    assert (public / f"topic/{TOPIC.code}/index.html").is_file()


def test_board_is_read_back_as_it_was_written() -> None:
    board = Board((TOPIC,), (Pin("demo/2026-1", date(2026, 1, 1).isoformat()),))
    assert Board.from_json(board.to_json()) == board
    assert Board.from_json("") == Board()
    assert board.differences(Board()) == {"board:pins", "board:topics", "board:topic:sj2026-1"}
