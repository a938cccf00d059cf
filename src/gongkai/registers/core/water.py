"""Limits of drinking water (生活饮用水限值) by the day a sample was taken, and the judgement of one result."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from gongkai.kernel.rules import Confidence, is_in_force, load_rules

FACTORY, SOURCE = "factory", "source"


@dataclass(frozen=True, slots=True)
class WaterLimit:
    """The limit of one indicator in one standard. `residual`: a disinfectant that must be left over and must not be too much,
    judged apart for factory water and for tap water; `words`: only people can judge."""

    id: str
    indicator: str
    name: str
    group: str
    unit: str
    standard: str
    operator: Literal["at_most", "not_detected", "between", "residual", "words"]
    is_routine: bool
    basis: tuple[str, ...]
    confidence: Confidence
    scope: str
    low: Decimal | None = None
    high: Decimal | None = None
    factory_low: Decimal | None = None
    factory_high: Decimal | None = None
    tap_low: Decimal | None = None
    tap_high: Decimal | None = None
    small_supply_high: Decimal | None = None
    words: str = ""
    aliases: tuple[str, ...] = ()
    in_force_from: date | None = None
    in_force_to: date | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a result passes (None: only a person can say) and the limit in words."""

    passes: bool | None
    limit: str


@lru_cache(maxsize=1)
def limits() -> tuple[WaterLimit, ...]:
    """Return every limit of every standard."""
    return load_rules("water_limits", WaterLimit)


@lru_cache(maxsize=4096)
def limit_for(indicator: str, sampled: date) -> WaterLimit | None:
    """Return the limit in force on the day of sampling, None when the standard of that day has none."""
    for limit in limits():
        if limit.indicator == indicator and is_in_force(limit, sampled):
            return limit
    return None


def judge(
    limit: WaterLimit,
    *,
    value: Decimal | None,
    not_detected: bool,
    point_type: str,
    small_supply: bool = False,
) -> Verdict:
    """Judge one result. Below the detection limit passes, except where a residual must be left. Source water is not judged."""
    low, high = limit.low, limit.high
    if limit.operator == "residual":
        factory = point_type == FACTORY
        low, high = (limit.factory_low, limit.factory_high) if factory else (limit.tap_low, limit.tap_high)
    if small_supply and limit.small_supply_high is not None:
        high = limit.small_supply_high
    words = _words(limit, low, high)
    if limit.operator == "words" or point_type == SOURCE:
        return Verdict(None, words)
    if limit.operator == "not_detected":
        return Verdict(not_detected or value == 0, words)
    if not_detected:
        return Verdict(low is None, words)
    if value is None:
        return Verdict(None, words)
    return Verdict((low is None or value >= low) and (high is None or value <= high), words)


def _words(limit: WaterLimit, low: Decimal | None, high: Decimal | None) -> str:
    if limit.operator == "not_detected":
        return "不应检出"
    if limit.operator == "words":
        return limit.words
    parts = [f"≥{low}" if low is not None else "", f"≤{high}" if high is not None else ""]
    unit = "" if limit.unit in ("无量纲", "pH单位") else limit.unit
    return "且".join(part for part in parts if part) + unit
