"""Scores of a satisfaction survey (满意度计分): items, dimensions, person, stratified weighted mean with its interval."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from gongkai.kernel.rules import Confidence, load_rules

NOT_APPLICABLE = 0
MARKS = (5, 4, 3, 2, 1, NOT_APPLICABLE)
MARK_WORDS = {5: "很满意", 4: "满意", 3: "一般", 2: "不满意", 1: "很不满意", 0: "不适用"}


@dataclass(frozen=True, slots=True)
class Dimension:
    """One dimension of a questionnaire; `weight` is its share in the index."""

    id: str
    name: str
    weight: int
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """The questions for one service; `at_work` when those asked answer inside the institution, as its staff does."""

    id: str
    name: str
    dimensions: tuple[Dimension, ...]
    basis: tuple[str, ...]
    confidence: Confidence
    scope: str
    at_work: bool = False

    def questions(self) -> list[tuple[str, str, str]]:
        """Return (code, dimension, words) of every question; the code is `dimension.number`."""
        return [
            (f"{d.id}.{n}", d.name, words)
            for d in self.dimensions
            for n, words in enumerate(d.items, start=1)
        ]


@dataclass(frozen=True, slots=True)
class ServiceShare:
    """What a service counts in the total of an institution."""

    id: str
    share: float


@dataclass(frozen=True, slots=True)
class Method:
    """Parameters; see the head of `regulations/supervision/survey.yaml`."""

    id: str
    z: float
    p: float
    margin: float
    sample_floor: int
    weight_cap: float
    rank_from: int
    hide_below: int
    half_answered: float
    speed_share: float
    burst: int
    perfect_share: float
    straight_from: int
    services: tuple[ServiceShare, ...]
    tries_an_hour: int
    basis: tuple[str, ...]
    confidence: Confidence
    scope: str
    fuller_services: tuple[ServiceShare, ...] = ()


@lru_cache(maxsize=1)
def questionnaires() -> tuple[Questionnaire, ...]:
    """Return the shipped questionnaires."""
    return load_rules("supervision", Questionnaire, only=("questionnaires.yaml",))


@lru_cache(maxsize=1)
def method() -> Method:
    """Return the shipped parameters."""
    return load_rules("supervision", Method, only=("survey.yaml",))[0]


def sample_size(population: int, *, rule: Method) -> int:
    """Return how many answers one service of an institution needs (样本量): never more than there are patients.

    n = z²p(1−p)/e², corrected by n/(1 + (n−1)/N), not under the floor.
    """
    if population <= 0:
        return 0
    infinite = rule.z**2 * rule.p * (1 - rule.p) / rule.margin**2
    corrected = infinite / (1 + (infinite - 1) / population)
    return min(population, max(rule.sample_floor, math.ceil(corrected - 1e-9)))


def quotas(volumes: Mapping[str, int], total: int) -> dict[str, int]:
    """Share a sample out over departments by volume (配额), at least one each, by largest remainders."""
    everyone = sum(volumes.values())
    if not everyone:
        return dict.fromkeys(volumes, 0)
    exact = {name: total * volume / everyone for name, volume in volumes.items()}
    found = {name: int(value) for name, value in exact.items()}
    left = total - sum(found.values())
    for name in sorted(exact, key=lambda n: (found[n] - exact[n], n))[:left]:
        found[name] += 1
    return {name: min(volumes[name], max(1, n)) if volumes[name] else 0 for name, n in found.items()}


def dimension_scores(
    questionnaire: Questionnaire, marks: Mapping[str, int], *, rule: Method
) -> dict[str, float]:
    """Return dimension → 0..100 of one person: (x − 1) × 25, mean over answered items; too few answered = left out."""
    found = {}
    for dimension in questionnaire.dimensions:
        given = [marks.get(f"{dimension.id}.{n}", 0) for n in range(1, len(dimension.items) + 1)]
        answered = [(mark - 1) * 25.0 for mark in given if mark]
        if answered and len(answered) >= rule.half_answered * len(given):
            found[dimension.id] = sum(answered) / len(answered)
    return found


def person_index(questionnaire: Questionnaire, scores: Mapping[str, float]) -> float | None:
    """Return the index of one person: Σ w·dimension / Σ w over the dimensions with data."""
    weights = {d.id: d.weight for d in questionnaire.dimensions if d.id in scores}
    total = sum(weights.values())
    return sum(weights[d] * scores[d] for d in weights) / total if total else None


@dataclass(frozen=True, slots=True)
class Stratum:
    """The answers of one department: its volume of the year and one index (0..100) a person."""

    volume: int
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A weighted mean with its confidence interval; `answers` is the plain number of people."""

    mean: float
    low: float
    high: float
    error: float
    answers: int
    is_capped: bool


def estimate(strata: Sequence[Stratum], *, rule: Method) -> Estimate | None:
    """Return the post-stratified mean and its interval (加权均值与置信区间), None without an answer.

    Weight of a person in stratum h: (N_h/N)/(n_h/n), at most `weight_cap`. Variance of the weighted mean by linearisation
    under stratified sampling with finite correction: Σ_h (1 − n_h/N_h)·n_h/(n_h − 1)·Σ_i (u_i − ū_h)² with
    u_i = w_i(y_i − ȳ)/Σw (Cochran, Sampling Techniques, 3rd ed., ch. 5; Särndal et al., Model Assisted Survey Sampling, 5.7).
    A stratum with one answer takes the deviation from the mean itself, which is not too small.
    """
    used = [s for s in strata if s.values and s.volume > 0]
    people = sum(len(s.values) for s in used)
    volume = sum(s.volume for s in used)
    if not people:
        return None
    weights = [(s.volume / volume) / (len(s.values) / people) for s in used]
    capped = [min(weight, rule.weight_cap) for weight in weights]
    total = sum(w * len(s.values) for w, s in zip(capped, used, strict=True))
    mean = sum(w * sum(s.values) for w, s in zip(capped, used, strict=True)) / total
    variance = 0.0
    for weight, stratum in zip(capped, used, strict=True):
        n = len(stratum.values)
        scores = [weight * (y - mean) / total for y in stratum.values]
        centre = sum(scores) / n if n > 1 else 0.0
        spread = sum((u - centre) ** 2 for u in scores) * (n / (n - 1) if n > 1 else 1.0)
        variance += max(0.0, 1 - n / stratum.volume) * spread
    half = rule.z * math.sqrt(variance)
    return Estimate(
        mean, max(0.0, mean - half), min(100.0, mean + half), math.sqrt(variance), people, capped != weights
    )


def shares_for(found: Collection[str], *, rule: Method) -> dict[str, float]:
    """Return what each service counts in the total (各类占比), together 1, empty without any.

    Where every service of the fuller set was asked, that set holds; else the plain one, and what is missing is spread.
    """
    fuller = {s.id: s.share for s in rule.fuller_services}
    chosen = fuller if fuller and set(fuller) <= set(found) else {s.id: s.share for s in rule.services}
    shares = {name: share for name, share in chosen.items() if name in found}
    total = sum(shares.values())
    return {name: share / total for name, share in shares.items()} if total else {}


def institution_total(found: Mapping[str, Estimate], *, rule: Method) -> Estimate | None:
    """Combine the services of an institution by their shares (机构总分); None when no service counts."""
    parts = [(share, found[name]) for name, share in shares_for(found, rule=rule).items()]
    if not parts:
        return None
    mean = sum(share * e.mean for share, e in parts)
    error = math.sqrt(sum((share * e.error) ** 2 for share, e in parts))
    half = rule.z * error
    return Estimate(
        mean, max(0.0, mean - half), min(100.0, mean + half), error, sum(e.answers for _, e in parts),
        any(e.is_capped for _, e in parts),
    )  # fmt: skip
