"""What the demonstration year holds (演示年度): drafts as plain values, the same for the same day."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any

from gongkai.kernel.calendar import WorkCalendar, load_calendar
from gongkai.kernel.regulations import read_yaml

CONTENT = Path(__file__).parent / "content"
_RANDOM = re.compile(r"\{r:(\d+)-(\d+)\}")


@dataclass(frozen=True, slots=True)
class DraftSpec:
    """One record of the demonstration: `key` names it among the others, `stop_at` where its life stands today."""

    key: str
    day: date
    kind: str
    catalogue: tuple[str, ...]
    columns: tuple[str, ...]
    section: str
    title: str
    summary: str
    blocks: tuple[dict[str, Any], ...]
    document_number: str = ""
    source: str = ""
    topics: tuple[str, ...] = ()
    interprets: str | None = None
    then: str | None = None
    stop_at: str = "published"
    keywords: tuple[str, ...] = field(default=())


@lru_cache(maxsize=1)
def authority() -> dict[str, Any]:
    """Return the invented authority: organisation, people, posts."""
    return dict(read_yaml(CONTENT / "authority.yaml"))


def draft_specs(*, today: date) -> list[DraftSpec]:
    """Return the year before `today` in order of time; every day is a working day before today, except unfinished drafts."""
    calendar = load_calendar()
    specs = [*_regular(today, calendar), *_single(today, calendar)]
    return sorted(specs, key=lambda spec: (spec.day, spec.interprets is not None, spec.key))


def _months(today: date) -> Iterator[tuple[int, int]]:
    """Yield the twelve full months before this one, oldest first."""
    for back in range(12, 0, -1):
        month = today.month - 1 - back
        yield today.year + month // 12, month % 12 + 1


def _working(day: date, today: date, calendar: WorkCalendar) -> date:
    wanted = calendar.next_working_day(day)
    return min(wanted, calendar.previous_working_day(today - timedelta(days=1)))


def _occasions(family: dict[str, Any], today: date) -> Iterator[date]:
    if family["every"] == "week":
        yield from (today - timedelta(weeks=back, days=1) for back in range(52, 0, -1))
        return
    for year, month in _months(today):
        if family["every"] == "month" or month % 3 == 1:
            yield date(year, month, int(family["day"]))


def _regular(today: date, calendar: WorkCalendar) -> Iterator[DraftSpec]:
    for family in read_yaml(CONTENT / "regular.yaml")["families"]:
        for position, occasion in enumerate(_occasions(family, today)):
            day = _working(occasion, today, calendar)
            rng = Random(f"{family['id']}-{occasion}")  # noqa: S311  (made-up figures)
            titles = family.get("titles")
            words = _words(day, occasion, position)
            title = _fill(titles[position % len(titles)] if titles else family["title"], words, rng)
            words["title"] = title
            yield DraftSpec(
                key=f"{family['id']}-{position:02d}", day=day, kind=family["kind"],
                catalogue=tuple(family["catalogue"]), columns=tuple(family["columns"]), section=family["section"],
                title=title, summary=family["summary"], blocks=_blocks(family["blocks"], words, rng),
                document_number=_fill(family.get("number", ""), words, rng), source=family.get("source", ""),
                topics=tuple(family.get("topics", ())),
            )  # fmt: skip


def _single(today: date, calendar: WorkCalendar) -> Iterator[DraftSpec]:
    content = read_yaml(CONTENT / "single.yaml")
    for row in content["records"]:
        month = today.month - 1 - int(row["months_ago"])
        unfinished = "stop_at" in row
        occasion = today if unfinished else date(today.year + month // 12, month % 12 + 1, int(row["day"]))
        day = calendar.previous_working_day(today) if unfinished else _working(occasion, today, calendar)
        rng = Random(row["id"])  # noqa: S311  (made-up figures)
        words = _words(day, occasion, 0)
        yield DraftSpec(
            key=row["id"], day=day, kind=row["kind"], catalogue=tuple(row["catalogue"]), columns=tuple(row["columns"]),
            section=row["section"], title=_fill(row["title"], words, rng), summary=row["summary"],
            blocks=_blocks(content["bodies"][row["body"]], words, rng),
            document_number=_fill(row.get("number", ""), words, rng), interprets=row.get("interprets"),
            then=row.get("then"), stop_at=row.get("stop_at", "published"),
        )  # fmt: skip


def _words(day: date, occasion: date, position: int) -> dict[str, Any]:
    """Return the words to fill in: y, m, d of the day; by, bm, mm, q of the month and quarter before; py last year."""
    before = occasion.replace(day=1) - timedelta(days=1)
    return {
        "y": day.year, "m": day.month, "d": day.day, "n": position + 20, "py": day.year - 1, "by": before.year,
        "bm": before.month, "mm": f"{before.month:02d}", "q": (before.month - 1) // 3 + 1,
    }  # fmt: skip


def _fill(text: str, words: dict[str, Any], rng: Random) -> str:
    drawn = _RANDOM.sub(lambda m: str(rng.randint(int(m[1]), int(m[2]))), text)
    return re.sub(r"\{(\w+)\}", lambda m: str(words[m[1]]), drawn)


def _blocks(rows: Sequence[Sequence[Any]], words: dict[str, Any], rng: Random) -> tuple[dict[str, Any], ...]:
    return tuple(_block(row, words, rng) for row in rows)


def _block(row: Sequence[Any], words: dict[str, Any], rng: Random) -> dict[str, Any]:
    kind, *rest = row
    if kind == "heading":
        return {"type": "heading", "level": rest[0], "text": _fill(rest[1], words, rng)}
    if kind == "paragraph":
        return {"type": "paragraph", "html": _fill(rest[0], words, rng)}
    if kind == "table":
        rows = [[_fill(cell, words, rng) for cell in line] for line in rest[1]]
        return {"type": "table", "caption": rest[0], "header_rows": 1, "header_columns": 1, "rows": rows}
    if kind == "figure":
        chart, title, unit, labels, values = rest
        numbers = [float(_fill(value, words, rng)) for value in values]
        return {
            "type": "figure", "kind": chart, "title": title, "unit": unit, "labels": list(labels),
            "series": [{"name": title, "values": [int(n) if n.is_integer() else n for n in numbers]}],
        }  # fmt: skip
    return {"type": kind, "text": _fill(rest[0], words, rng)}
