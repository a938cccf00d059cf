"""Small parts of made-up rows: days of a year, a total spread over rows."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

Row = dict[str, Any]


def day_in(rng: Random, year: int, *, half: int = 0) -> date:
    """Return a day of a year; `half` 1 or 2 keeps to one half of it."""
    first, last = {0: (0, 364), 1: (0, 180), 2: (182, 364)}[half]
    return date(year, 1, 1) + timedelta(days=rng.randint(first, last))


def spread(rng: Random, total: int, parts: int, *, at_least: int = 1) -> list[int]:
    """Spread a total over rows, uneven, each at least so much; fewer rows when the total does not reach."""
    parts = max(1, min(parts, total // at_least))
    weights = [rng.uniform(0.4, 1.6) for _ in range(parts)]
    free = total - at_least * parts
    whole = sum(weights)
    counts = [at_least + int(free * weight / whole) for weight in weights]
    counts[-1] += total - sum(counts)
    return counts


def money(fen: int) -> Decimal:
    """Return an amount in 元 of so many 分."""
    return Decimal(fen).scaleb(-2)


def credit_code(number: int) -> str:
    """Return an invented credit code (统一社会信用代码) of a place that does not exist."""
    return f"91999999MA{number:07d}0"
