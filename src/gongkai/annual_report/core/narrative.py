"""Numbers said in the text of a report against its tables (F9), with rounding, cutting and lower bounds understood."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from functools import lru_cache

from gongkai.annual_report.core.equations import Failure, Outcome
from gongkai.annual_report.core.formats import formulas
from gongkai.annual_report.core.report import Report
from gongkai.kernel.rules import Confidence, load_rules

_SCALE = {
    "": Decimal(1),
    "十": Decimal(10),
    "百": Decimal(100),
    "千": Decimal(1000),
    "万": Decimal(10_000),
    "亿": Decimal(100_000_000),
}
NUMBER = r"(?P<number>\d[\d,]*(?:\.\d+)?)\s*(?P<scale>[万亿]?)\s*(?P<bound>余|多|以上)?"
LOWER_BOUND_BEFORE = re.compile(r"(超过|逾|达到?以上|不少于)\s*$")


@dataclass(frozen=True, slots=True)
class SaidRule:
    """How a number is said: `patterns` hold `#` where the number stands; `zero` patterns mean 0; `cells` are added up.
    With `context`, the sentence must also match that pattern: 办结12件 alone may speak of letters or proposals."""

    id: str
    name: str
    cells: tuple[str, ...]
    patterns: tuple[str, ...]
    zero: tuple[str, ...]
    aliases: tuple[str, ...]
    basis: tuple[str, ...]
    confidence: Confidence
    scope: str
    context: str | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """A number found in the text: the rule it answers, value, whether it is a lower bound, its unit in last place, place."""

    rule: str
    value: Decimal
    is_lower_bound: bool
    quantum: Decimal
    span: tuple[int, int]
    words: str


@lru_cache(maxsize=1)
def said_rules() -> dict[str, SaidRule]:
    """Return how numbers are said, by id."""
    return {rule.id: rule for rule in load_rules("annual_report/narrative", SaidRule)}


@lru_cache(maxsize=1)
def _compiled() -> tuple[tuple[str, re.Pattern[str] | None, re.Pattern[str] | None], ...]:
    compiled = []
    for rule in said_rules().values():
        said = re.compile(
            "|".join(f"(?:{p.replace('#', _named(NUMBER, i))})" for i, p in enumerate(rule.patterns))
        )
        zero = re.compile("|".join(f"(?:{p})" for p in rule.zero)) if rule.zero else None
        compiled.append((rule.id, said if rule.patterns else None, zero))
    return tuple(compiled)


def _named(pattern: str, index: int) -> str:
    return re.sub(r"\(\?P<(\w+)>", rf"(?P<\g<1>{index}>", pattern)


def find_said(text: str) -> Iterator[Said]:
    """Find the numbers of the tables that a text says; spans are in the text as given (full-width digits allowed)."""
    plain = "".join(
        unicodedata.normalize("NFKC", c) if len(unicodedata.normalize("NFKC", c)) == 1 else c for c in text
    )
    for rule_id, said, zero in _compiled():
        context = said_rules()[rule_id].context
        for match in said.finditer(plain) if said else ():
            if context and not re.search(context, _sentence(plain, match.span())):
                continue
            groups = {k.rstrip("0123456789"): v for k, v in match.groupdict().items() if v is not None}
            scale = _SCALE[groups.get("scale", "")]
            digits = groups["number"].replace(",", "")
            decimals = len(digits.partition(".")[2])
            bound = bool(groups.get("bound")) or bool(LOWER_BOUND_BEFORE.search(plain[: _start(match)]))
            yield Said(
                rule_id,
                Decimal(digits) * scale,
                bound,
                scale / (10**decimals),
                match.span(),
                text[slice(*match.span())],
            )
        for match in zero.finditer(plain) if zero else ():
            yield Said(rule_id, Decimal(0), False, Decimal(1), match.span(), text[slice(*match.span())])


def _sentence(text: str, span: tuple[int, int]) -> str:
    begin = max(text.rfind(mark, 0, span[0]) for mark in "。;\n") + 1
    ends = [found for mark in "。;\n" if (found := text.find(mark, span[1])) >= 0]
    return text[begin : min(ends, default=len(text))]


def _start(match: re.Match[str]) -> int:
    return min(
        match.start(name)
        for name, value in match.groupdict().items()
        if value is not None and name.startswith("number")
    )


def table_value(report: Report, rule: SaidRule) -> Decimal | None:
    """Return the sum of the cells a said number stands for; None when one is not given."""
    numbers = [report.number(address) for address in rule.cells]
    known = [number for number in numbers if number is not None]
    return sum(known, Decimal(0)) if known and len(known) == len(numbers) else None


def agrees(said: Said, exact: Decimal) -> str | None:
    """Name how a said number agrees with the exact one: exact, half_up, floor, lower_bound; None = it does not."""
    if said.is_lower_bound:
        return "lower_bound" if said.value <= exact < said.value + _last_place(said.value) else None
    if said.value == exact:
        return "exact"
    if said.quantum > 1:
        if (exact / said.quantum).quantize(Decimal(1), ROUND_HALF_UP) * said.quantum == said.value:
            return "half_up"
        if (exact / said.quantum).quantize(Decimal(1), ROUND_DOWN) * said.quantum == said.value:
            return "floor"
    return None


def _last_place(value: Decimal) -> Decimal:
    """Return the worth of the last digit that is not 0: 300 → 100, 4.7 万 → 1000; a bound reaches to the next step."""
    exponent = value.normalize().as_tuple().exponent
    return Decimal(1).scaleb(exponent if isinstance(exponent, int) else 0) if value else Decimal(1)


def check_narrative(report: Report, outcome: Outcome) -> None:
    """Check F9 into `outcome`: every number that the text says, or that is given by name, against the tables."""
    rule = formulas()["F9"]
    said_numbers = (
        _by_name(report.narrative) if isinstance(report.narrative, Mapping) else find_said(report.narrative)
    )
    for said in said_numbers:
        exact = table_value(report, said_rules()[said.rule])
        if exact is None:
            continue
        outcome.checked["F9"] += 1
        if agrees(said, exact) is None:
            name = said_rules()[said.rule].name
            message = f"正文“{said.words}”说{name}为 {said.value}，表格中为 {exact}；请核对后改正一处"
            where = (
                f"narrative[{said.span[0]}:{said.span[1]}]"
                if said.span != (0, 0)
                else f"narrative.{said.words}"
            )
            outcome.failures.append(Failure("F9", rule.severity, where, said.value, exact, message))


def _by_name(numbers: Mapping[str, Decimal]) -> Iterator[Said]:
    names = {
        alias: rule.id
        for rule in said_rules().values()
        for alias in (rule.id, rule.name, *rule.cells, *rule.aliases)
    }
    for name, value in numbers.items():
        rule_id = names.get(name) or names.get(name.replace(" ", ""))
        if rule_id:
            yield Said(rule_id, value, False, Decimal(1), (0, 0), name)
