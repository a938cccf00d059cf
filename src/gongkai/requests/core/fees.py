"""The processing fee (信息处理费): progressive tiers from `regulations/fees/`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from gongkai.kernel.rules import Confidence, in_force, load_rules


@dataclass(frozen=True, slots=True)
class Tier:
    """Up to this item or page each costs this much; no end means all further ones."""

    up_to: int | None
    yuan: int


@dataclass(frozen=True, slots=True)
class FeeRule:
    """One way of counting (计收方式). `then_every`/`then_add_yuan`: after the last tier the rate grows by steps."""

    id: str
    version: int
    name: str
    unit: str
    counted_over: str
    tiers: tuple[Tier, ...]
    basis: tuple[str, ...]
    confidence: Confidence
    scope: str
    in_force_from: date | None = None
    in_force_to: date | None = None
    then_every: int | None = None
    then_add_yuan: int | None = None

    def __post_init__(self) -> None:
        ends = [tier.up_to for tier in self.tiers]
        if any(end is None for end in ends[:-1]) or ends[:-1] != sorted(
            e for e in ends[:-1] if e is not None
        ):
            raise ValueError("各档的上限须由小到大，只有最后一档可以没有上限")
        if (ends[-1] is None) == (self.then_every is not None):
            raise ValueError("最后一档有上限时须写 then_every，没有上限时不得写")


@dataclass(frozen=True, slots=True)
class FeeStep:
    """One line of the calculation (计算步骤): numbers `first` to `last` at this rate."""

    first: int
    last: int
    yuan_each: int
    yuan: int


@dataclass(frozen=True, slots=True)
class Fee:
    """The fee with its calculation."""

    rule_id: str
    rule_version: int
    count: int
    yuan: int
    steps: tuple[FeeStep, ...]


@lru_cache(maxsize=1)
def fee_rules() -> tuple[FeeRule, ...]:
    """Load the ways of counting."""
    return load_rules("fees", FeeRule, required=("tiers",))


def fee_rule(mode: str, on: date) -> FeeRule:
    """Return the rule for `per_item` or `per_page` in force on a day; LookupError when there is none."""
    for rule in in_force(fee_rules(), on):
        if rule.id == mode:
            return rule
    raise LookupError(f"{on.isoformat()} 没有有效的信息处理费计收方式“{mode}”；不能收费")


def fee_for(*, mode: str, count: int, on: date, already: int = 0) -> Fee:
    """Work out the fee for `count` more items or pages after `already` earlier ones of the same month (per item).

    Progressive: each number bears the rate of its own tier. Basis: 国办函〔2020〕109号 第4条、第5条.
    """
    if count < 0 or already < 0:
        raise ValueError("件数或页数不能为负")
    rule = fee_rule(mode, on)
    steps: list[FeeStep] = []
    number, end = already + 1, already + count
    for first, last, yuan in _tiers(rule, end):
        if last < number or number > end:
            continue
        begin, stop = max(number, first), min(last, end)
        steps.append(FeeStep(begin, stop, yuan, (stop - begin + 1) * yuan))
        number = stop + 1
    return Fee(rule.id, rule.version, count, sum(step.yuan for step in steps), tuple(steps))


def _tiers(rule: FeeRule, end: int) -> list[tuple[int, int, int]]:
    rows, first, rate = [], 1, 0
    for tier in rule.tiers:
        last = end if tier.up_to is None else tier.up_to
        rate = tier.yuan
        rows.append((first, max(last, first - 1), rate))
        first = last + 1
    while rule.then_every and first <= end:
        rate += rule.then_add_yuan or 0
        rows.append((first, first + rule.then_every - 1, rate))
        first += rule.then_every
    return rows
