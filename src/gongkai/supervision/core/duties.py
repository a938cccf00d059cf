"""The usual duties of a plan (常见职责) with what proves each, and their match to a plan's sentences by keywords."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from gongkai.kernel import periods
from gongkai.kernel.rules import Confidence, load_rules
from gongkai.supervision.core.plan_words import plain

PROOFS = ("item", "register", "fact", "person")
CADENCES = (
    "yearly", "at_least_yearly", "quarterly", "monthly", "daily", "continuous", "on_change", "each_batch", "each_decision",
    "each_document", "each_event", "each_filing", "each_proposal", "each_release", "each_request", "each_standard",
)  # fmt: skip
#: a duty is offered for a task when at least this share of its keyword groups stands in the task
OFFER_FROM = 0.75
HEADING_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Proof:
    """What proves a duty: `code` is a catalogue item, register or fact name; `why` says why a person is needed."""

    kind: str
    code: str = ""
    where: Mapping[str, str] = field(default_factory=dict)
    why: str = ""

    def __post_init__(self) -> None:
        """Refuse a proof without what it needs."""
        if self.kind not in PROOFS:
            raise ValueError(f"证明方式应为{'、'.join(PROOFS)}之一，现为“{self.kind}”")
        if (self.kind == "person") != bool(self.why) or (self.kind == "person") == bool(self.code):
            raise ValueError("需要人的写 why，其他写 code")


@dataclass(frozen=True, slots=True)
class Duty:
    """One duty; see the head of `regulations/plan/duties.yaml`."""

    id: str
    section: str
    name: str
    cadence: str
    keywords: tuple[str, ...]
    proof: Proof
    basis: tuple[str, ...]
    confidence: Confidence
    scope: str

    def __post_init__(self) -> None:
        """Refuse an unknown rhythm or a duty that nothing can match."""
        if self.cadence not in CADENCES:
            raise ValueError(f"频次不认识：{self.cadence}")
        if not self.keywords:
            raise ValueError("没有关键词")

    @property
    def is_provable(self) -> bool:
        """Tell whether the system can show it by itself."""
        return self.proof.kind != "person"


@dataclass(frozen=True, slots=True)
class Offer:
    """A duty offered for a task with how sure the match is, 0 to 1; a person confirms it."""

    duty: Duty
    confidence: float


@lru_cache(maxsize=1)
def duties() -> tuple[Duty, ...]:
    """Return the shipped duties in the order of the file."""
    return load_rules("plan", Duty, only=("duties.yaml",))


def offers_for(*, text: str, heading: str = "", among: Iterable[Duty] | None = None) -> tuple[Offer, ...]:
    """Offer duties for a task (职责匹配), surest first: keyword groups found in its words count whole, in its heading half."""
    words, title = plain(text), plain(heading)
    found = []
    for duty in duties() if among is None else among:
        score = sum(_score(group, words, title) for group in duty.keywords) / len(duty.keywords)
        own = any(_holds(group, words) for group in duty.keywords)
        if own and score >= OFFER_FROM:
            found.append(Offer(duty, round(score, 2)))
    return tuple(
        sorted(found, key=lambda offer: (-offer.confidence, -len(offer.duty.keywords), offer.duty.id))
    )


def _holds(group: str, words: str) -> bool:
    return any(word in words for word in group.split("/"))


def _score(group: str, words: str, title: str) -> float:
    if _holds(group, words):
        return 1.0
    return HEADING_SHARE if _holds(group, title) else 0.0


def expected_periods(*, cadence: str, year: int) -> tuple[periods.Period, ...]:
    """Return the periods of a year each of which needs evidence: four quarters for `quarterly` and `continuous`, else the year."""
    if cadence in ("quarterly", "continuous"):
        return tuple(periods.quarter(year, which) for which in range(1, 5))
    if cadence in ("monthly", "daily"):
        return tuple(periods.month(year, which) for which in range(1, 13))
    return (periods.year(year),)


def share_met(*, days: Iterable[date], expected: Iterable[periods.Period]) -> float:
    """Return the share of periods that hold at least one day with evidence, 0 to 1."""
    wanted, seen = tuple(expected), tuple(days)
    met = sum(1 for period in wanted if any(day in period for day in seen))
    return met / len(wanted) if wanted else 0.0
