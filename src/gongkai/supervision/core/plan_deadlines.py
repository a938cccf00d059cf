"""Deadline words (时限词) read as a kind, a day and a rhythm."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from gongkai.kernel import periods
from gongkai.kernel.numerals import NumeralError, from_chinese
from gongkai.supervision.core.plan_values import NO_DEADLINE, TaskDeadline
from gongkai.supervision.core.plan_words import DeadlineRule, Squeezed, deadline_rules, squeeze


@dataclass(frozen=True, slots=True)
class DeadlineRead:
    """The deadline found, the words of other deadlines beside it, and whether its day does not exist."""

    deadline: TaskDeadline = NO_DEADLINE
    others: tuple[str, ...] = ()
    impossible: bool = False


def read_deadline(text: str, *, year: int | None, labelled: bool = False) -> DeadlineRead:
    """Find by when something is due in a sentence, or with `labelled` in a cell or after a label (识别时限).

    A day without its year lies in `year`; with neither, `date` is None. The first of the most exact words counts, the
    others are named. A day that no calendar has gives kind `date` without date.
    """
    squeezed = squeeze(text)
    found = _matches(squeezed, labelled=labelled)
    if not found:
        return DeadlineRead(TaskDeadline(text=text.strip()) if labelled and text.strip() else NO_DEADLINE)
    rule, match = found[0]
    printed = squeezed.printed(*match.span()) if not labelled else text.strip()
    day, impossible = _last_day(rule, match, year)
    said = match.group()
    others = tuple(
        squeezed.printed(*m.span()) for r, m in found[1:] if r.rank == rule.rank and m.group() != said
    )
    return DeadlineRead(TaskDeadline(rule.kind, day, rule.every, printed), others, impossible)


def _matches(squeezed: Squeezed, *, labelled: bool) -> list[tuple[DeadlineRule, re.Match[str]]]:
    """Return what matches, best first; a match that overlaps one of an earlier rule is dropped."""
    taken: list[tuple[DeadlineRule, re.Match[str]]] = []
    for rule in deadline_rules():
        if rule.labelled and not labelled:
            continue
        for match in rule.regex.finditer(squeezed.text):
            if match.end() > match.start() and not any(
                match.start() < other.end() and other.start() < match.end() for _, other in taken
            ):
                taken.append((rule, match))
    return sorted(taken, key=lambda pair: (pair[0].rank, pair[1].start()))


def _group(match: re.Match[str], name: str) -> str | None:
    return match.groupdict().get(name)


def _count(text: str) -> int:
    if text.isascii() and text.isdigit():
        return int(text)
    try:
        return from_chinese(text)
    except NumeralError:
        return 0


def _last_day(rule: DeadlineRule, match: re.Match[str], year: int | None) -> tuple[date | None, bool]:
    """Return the last day in time and whether the words name a day that does not exist."""
    if rule.end == "none":
        return None, False
    written = _group(match, "y")
    number = int(written) if written else year
    if number is None:
        return None, False
    if _group(match, "next"):
        number += 1
    try:
        return _end(rule.end, match, number), False
    except ValueError:
        return None, True


def _end(end: str, found: re.Match[str], year: int) -> date:
    month = _count(_group(found, "m") or "")
    match end:
        case "day":
            return date(year, month, _count(_group(found, "d") or ""))
        case "month":
            return periods.month(year, month).end
        case "month_before":
            return periods.month(year, month).start - timedelta(days=1)
        case "quarter":
            return periods.quarter(year, _count(_group(found, "q") or "")).end
        case "half_year":
            return periods.half_year(year, 2 if _group(found, "h") == "下" else 1).end
        case _:
            return date(year, 12, 31)
