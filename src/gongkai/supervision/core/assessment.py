"""Assessment (考核评分): indicators as data over named values; every score says from which values it came."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from gongkai.kernel.rules import Confidence, load_rules

METHODS = ("binary", "share", "tier", "deduct", "sum")
_ZERO, _HUNDRED = Decimal(0), Decimal(100)
#: a value is a number, or None where it does not apply; a name that is absent has not been measured
Values = Mapping[str, Decimal | int | bool | None]


@dataclass(frozen=True, slots=True)
class Tier:
    """One step of a tier: its conditions and points; `also` names a value that must hold besides."""

    points: Decimal
    at_least: Decimal | None = None
    more_than: Decimal | None = None
    at_most: Decimal | None = None
    also: str = ""

    def fits(self, value: Decimal) -> bool:
        """Tell whether a value falls in this step."""
        return (
            (self.at_least is None or value >= self.at_least)
            and (self.more_than is None or value > self.more_than)
            and (self.at_most is None or value <= self.at_most)
        )


@dataclass(frozen=True, slots=True)
class Deduction:
    """Points lost for each case that the value counts; `at_most` cases count."""

    value: str
    points: Decimal
    at_most: int | None = None


@dataclass(frozen=True, slots=True)
class SumPart:
    """A part of a sum: points × min(1, numerator / denominator)."""

    points: Decimal
    numerator: str
    denominator: str


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator; see the head of `regulations/assessment/indicators.yaml`."""

    id: str
    name: str
    part: str
    part_name: str
    group: str
    weight: Decimal
    method: str
    basis: tuple[str, ...]
    confidence: Confidence
    scope: str
    value: str = ""
    numerator: str = ""
    denominator: str = ""
    tiers: tuple[Tier, ...] = ()
    deductions: tuple[Deduction, ...] = ()
    parts: tuple[SumPart, ...] = ()
    levels: tuple[str, ...] = ("authority",)

    def __post_init__(self) -> None:
        """Refuse an indicator that its method cannot score."""
        needed = {
            "binary": bool(self.value), "share": bool(self.numerator and self.denominator),
            "tier": bool(self.value and self.tiers), "deduct": bool(self.deductions), "sum": bool(self.parts),
        }  # fmt: skip
        if self.method not in METHODS or not needed[self.method]:
            raise ValueError(f"指标的计分方法“{self.method}”缺少所需的数")
        if self.weight <= 0:
            raise ValueError("分值应大于 0")

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the values it needs."""
        own = [self.value, self.numerator, self.denominator, *(d.value for d in self.deductions)]
        own += [n for p in self.parts for n in (p.numerator, p.denominator)] + [t.also for t in self.tiers]
        return tuple(dict.fromkeys(name for name in own if name))


@dataclass(frozen=True, slots=True)
class Grade:
    """A grade by its lowest score, which belongs to it."""

    at_least: Decimal
    grade: str


@dataclass(frozen=True, slots=True)
class PartDeduction:
    """Points lost directly under a level-1 indicator for each case of a value; never below zero of that part."""

    part: str
    name: str
    value: str
    points: Decimal


@dataclass(frozen=True, slots=True)
class Bonus:
    """A ground for extra points."""

    code: str
    name: str
    points: Decimal


@dataclass(frozen=True, slots=True)
class Scoring:
    """Rules of the whole: grades, bonus, veto, outside and routine scores, share of the satisfaction survey."""

    id: str
    grades: tuple[Grade, ...]
    bonus_max: Decimal
    bonus_only_over: Decimal
    veto_at_most: Decimal
    third_party_share: Decimal
    vetoes: tuple[str, ...]
    basis: tuple[str, ...]
    confidence: Confidence
    scope: str
    bonuses: tuple[Bonus, ...] = ()
    veto_names: tuple[str, ...] = ()
    third_party_parts: tuple[str, ...] = ()
    satisfaction_share: Decimal = _ZERO
    part_deductions: tuple[PartDeduction, ...] = ()
    least_weight: Decimal = _ZERO

    def __post_init__(self) -> None:
        """Refuse shares outside 0 to 1 and vetoes without a name for each."""
        if not all(0 <= share <= 1 for share in (self.third_party_share, self.satisfaction_share)):
            raise ValueError("份额应在 0 与 1 之间")
        if self.veto_names and len(self.veto_names) != len(self.vetoes):
            raise ValueError("一票否决的名称与代码数目不同")

    def veto_name(self, code: str) -> str:
        """Return the printed name of a veto."""
        return dict(zip(self.vetoes, self.veto_names, strict=False)).get(code, code)


@dataclass(frozen=True, slots=True)
class Score:
    """The score of one indicator: `points` None = not applicable; `unmeasured` names values that are missing."""

    indicator: Indicator
    points: Decimal | None
    used: tuple[tuple[str, Decimal | None], ...]
    unmeasured: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PartScore:
    """The score of a level-1 indicator: its applicable weight and the points in it, never below 0."""

    part: str
    name: str
    weight: Decimal
    points: Decimal


@dataclass(frozen=True, slots=True)
class Assessed:
    """A whole assessment; `total` is rounded half up to two decimals, None while anything is unmeasured or too little applies."""

    scores: tuple[Score, ...]
    parts: tuple[PartScore, ...]
    base: Decimal | None
    bonus: Decimal
    vetoes: tuple[str, ...]
    total: Decimal | None
    grade: str | None
    unmeasured: tuple[str, ...]


@lru_cache(maxsize=1)
def indicators() -> tuple[Indicator, ...]:
    """Return the shipped indicators of every level."""
    return load_rules("assessment", Indicator, only=("indicators.yaml",))


def indicators_of(level: str) -> tuple[Indicator, ...]:
    """Return the shipped indicators for one level: authority, section or institution."""
    return tuple(rule for rule in indicators() if level in rule.levels)


@lru_cache(maxsize=1)
def scoring() -> Scoring:
    """Return the shipped rules of the whole."""
    return load_rules("assessment", Scoring, only=("scoring.yaml",))[0]


class UnknownVeto(LookupError):
    """A veto that the rules do not know."""


def assess(
    *,
    values: Values,
    bonus: Decimal = _ZERO,
    vetoes: tuple[str, ...] = (),
    rules: tuple[Indicator, ...] | None = None,
    whole: Scoring | None = None,
) -> Assessed:
    """Score every indicator and the whole (考核计分).

    Without a value that an indicator needs there is no total: an unmeasured indicator is never scored as zero or full.
    Raises UnknownVeto.
    """
    rules, whole = rules or indicators_of("authority"), whole or scoring()
    if unknown := set(vetoes) - set(whole.vetoes):
        raise UnknownVeto(f"不认识的一票否决项：{'、'.join(sorted(unknown))}")
    scores = tuple(score(indicator, values) for indicator in rules)
    missing = tuple(dict.fromkeys(name for s in scores for name in s.unmeasured))
    parts = _parts(scores, whole.part_deductions, values)
    weight, points = sum((p.weight for p in parts), _ZERO), sum((p.points for p in parts), _ZERO)
    if missing or not weight or weight < whole.least_weight:
        return Assessed(scores, parts, None, _ZERO, vetoes, None, None, missing)
    base = points * _HUNDRED / weight
    extra = min(max(bonus, _ZERO), whole.bonus_max) if base > whole.bonus_only_over else _ZERO
    total = (base + extra).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    if vetoes:
        total = min(total, whole.veto_at_most)
    return Assessed(scores, parts, base, extra, vetoes, total, grade_of(total, whole), ())


def combine(*, third_party: Decimal, routine: Decimal, whole: Scoring | None = None) -> Decimal:
    """Combine the outside and the routine score by their shares (合成), two decimals half up."""
    share = (whole or scoring()).third_party_share
    return (third_party * share + routine * (1 - share)).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def blend(*, base: Decimal, share: Decimal, satisfaction: Decimal | None) -> Decimal:
    """Let the satisfaction index count with its share (满意度计入份额); without an index the score stays as it is."""
    if satisfaction is None or not share:
        return base
    return (base * (1 - share) + satisfaction * share).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def grade_of(total: Decimal, whole: Scoring) -> str:
    """Return the grade of a score."""
    grades = sorted(whole.grades, key=lambda g: g.at_least, reverse=True)
    return next((g.grade for g in grades if total >= g.at_least), grades[-1].grade)


def share_of_parts(assessed: Assessed, parts: tuple[str, ...]) -> tuple[Decimal | None, Decimal | None]:
    """Return the scores out of 100 of these level-1 indicators and of the others; None where nothing applies."""

    def out_of_hundred(found: list[PartScore]) -> Decimal | None:
        weight = sum((p.weight for p in found), _ZERO)
        return sum((p.points for p in found), _ZERO) * _HUNDRED / weight if weight else None

    inside = [p for p in assessed.parts if p.part in parts]
    return out_of_hundred(inside), out_of_hundred([p for p in assessed.parts if p.part not in parts])


def _parts(
    scores: tuple[Score, ...], direct: tuple[PartDeduction, ...], values: Values
) -> tuple[PartScore, ...]:
    """Sum by level-1 indicator: what is lost in one never exceeds its weight."""
    found: dict[str, PartScore] = {}
    for one in scores:
        if one.points is None:
            continue
        rule = one.indicator
        before = found.get(rule.part, PartScore(rule.part, rule.part_name, _ZERO, _ZERO))
        found[rule.part] = PartScore(
            rule.part, rule.part_name, before.weight + rule.weight, before.points + one.points
        )
    for deduction in direct:
        if deduction.part in found:
            p = found[deduction.part]
            lost = deduction.points * max(_decimal(values.get(deduction.value)) or _ZERO, _ZERO)
            found[deduction.part] = PartScore(p.part, p.name, p.weight, p.points - lost)
    return tuple(PartScore(p.part, p.name, p.weight, max(p.points, _ZERO)) for p in found.values())


def score(indicator: Indicator, values: Values) -> Score:
    """Score one indicator from the values it needs; a deduction beside another method may take it below zero."""
    missing = tuple(name for name in indicator.names if name not in values)
    used = tuple((name, _decimal(values[name])) for name in indicator.names if name in values)
    if missing:
        return Score(indicator, None, used, missing)
    known = dict(used)
    if indicator.method != "sum" and any(value is None for value in known.values()):
        return Score(indicator, None, used)
    numbers = {name: value for name, value in known.items() if value is not None}
    points = _points(indicator, numbers)
    if points is None:
        return Score(indicator, None, used)
    lost = sum((_lost(d, numbers) for d in indicator.deductions if d.value in numbers), _ZERO)
    if indicator.method == "deduct":
        return Score(indicator, max(indicator.weight - lost, _ZERO), used)
    return Score(indicator, min(points, indicator.weight) - lost, used)


def _decimal(value: Decimal | int | bool | None) -> Decimal | None:
    return None if value is None else Decimal(value)


def _lost(deduction: Deduction, numbers: Mapping[str, Decimal]) -> Decimal:
    cases = max(numbers[deduction.value], _ZERO)
    return deduction.points * (cases if deduction.at_most is None else min(cases, Decimal(deduction.at_most)))


def _points(indicator: Indicator, numbers: Mapping[str, Decimal]) -> Decimal | None:
    """Return the points before deductions, None when the base is empty."""
    match indicator.method:
        case "binary":
            return indicator.weight if numbers[indicator.value] else _ZERO
        case "share":
            return _share(indicator.weight, numbers[indicator.numerator], numbers[indicator.denominator])
        case "tier":
            for tier in indicator.tiers:
                if tier.fits(numbers[indicator.value]) and (not tier.also or numbers[tier.also]):
                    return tier.points
            return _ZERO
        case "sum":
            shares = [
                _share(p.points, numbers.get(p.numerator), numbers.get(p.denominator))
                for p in indicator.parts
            ]
            kept = [(p.points, s) for p, s in zip(indicator.parts, shares, strict=True) if s is not None]
            # A part that does not apply leaves both sides, as an indicator does.
            out_of = sum((points for points, _ in kept), _ZERO)
            return sum((s for _, s in kept), _ZERO) * indicator.weight / out_of if out_of else None
        case _:
            return indicator.weight


def _share(points: Decimal, numerator: Decimal | None, denominator: Decimal | None) -> Decimal | None:
    if numerator is None or denominator is None or denominator <= 0:
        return None
    return points * min(Decimal(1), max(numerator, _ZERO) / denominator)
