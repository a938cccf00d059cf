"""Where and when a search looks (查找范围): titles only, text only, numbers only; published from one day to another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import tantivy
from tantivy import Query

from gongkai.portal.search.schema import schema

WITHIN = {"title": "标题", "text": "正文和附件", "number": "文号和索引号"}


@dataclass(frozen=True, slots=True)
class Bounds:
    """`within` is a key of WITHIN or empty; both days count and either may be missing."""

    within: str = ""
    first: date | None = None
    last: date | None = None

    def __bool__(self) -> bool:
        return bool(self.within or self.first or self.last)

    def asked(self) -> dict[str, str]:
        """Return the bounds as they stand in an address."""
        days = {"from": self.first, "to": self.last}
        return {"in": self.within} | {name: day.isoformat() if day else "" for name, day in days.items()}

    def days(self) -> Query | None:
        """Return the query for the days of first publication, None when every day will do."""
        if self.first is None and self.last is None:
            return None
        low, high = (_number(day) if day else None for day in (self.first, self.last))
        if low and high and low > high:
            return Query.empty_query()
        return Query.range_query(schema(), "day", tantivy.FieldType.Integer, low, high)


def read_bounds(asked: Mapping[str, str]) -> tuple[Bounds, str]:
    """Return the bounds of an address and, when part of it cannot be read, what is wrong and how to mend it; that part is left out."""
    days: dict[str, date | None] = {}
    problems = []
    for name, words in (("from", "起始日期"), ("to", "截止日期")):
        given = asked.get(name, "").strip()
        try:
            days[name] = date.fromisoformat(given) if given else None
        except ValueError:
            days[name] = None
            problems.append(f"{words}“{given[:20]}”看不懂，请写成 2026-01-31 这样")
    first, last = days["from"], days["to"]
    if first and last and first > last:
        problems.append("起始日期晚于截止日期，请核对")
    within = asked.get("in", "")
    return Bounds(within if within in WITHIN else "", first, last), "；".join(problems)


def _number(day: date) -> int:
    return int(day.isoformat().replace("-", ""))
