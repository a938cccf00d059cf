"""What the applicant may do against a reply (救济途径): by the kind of outcome and the date of the letter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal

from gongkai.kernel.clocks import clock
from gongkai.kernel.rules import Confidence, in_force, load_rules
from gongkai.requests.core.outcomes import outcomes


@dataclass(frozen=True, slots=True)
class RemedyRule:
    """One paragraph on remedies and when it holds."""

    id: str
    remedy: Literal["either", "review_first"]
    text: str
    plain: str
    review_bodies: Literal["same_level_government", "either_level"]
    suit_direct: bool
    basis: tuple[str, ...]
    confidence: Confidence
    scope: str
    in_force_from: date | None = None
    in_force_to: date | None = None


@dataclass(frozen=True, slots=True)
class RemedyAdvice:
    """What a letter says about remedies, and the same in plain words."""

    rule_id: str
    remedy: str
    text: str
    plain: str
    suit_direct: bool
    basis: tuple[str, ...]


@lru_cache(maxsize=1)
def remedy_rules() -> tuple[RemedyRule, ...]:
    """Load the paragraphs."""
    return load_rules("remedies", RemedyRule)


def remedy_kind(chosen: Sequence[str]) -> str:
    """Return `review_first` when any part is, else `either`: the stricter way serves for the whole letter."""
    return "review_first" if any(outcomes()[c].remedy == "review_first" for c in chosen) else "either"


def advice(
    *,
    chosen: Sequence[str],
    letter_date: date,
    government: str,
    higher_department: str = "",
    court: str = "人民法院",
) -> RemedyAdvice:
    """Return the paragraph for a reply dated `letter_date` with these outcomes.

    `government` is the people's government of the same level; `higher_department` matters for letters before 2024 only;
    `court` is the one that the authority names.
    """
    kind = remedy_kind(chosen)
    (rule,) = [r for r in in_force(remedy_rules(), letter_date) if r.remedy == kind]
    body = government
    if rule.review_bodies == "either_level" and higher_department:
        body = f"{government}或者{higher_department}"
    review_clock = clock("review.apply")
    text = rule.text.format(
        review_body=body,
        court=court,
        review_days=review_clock.length,
        suit_months=clock("litigation.sue").length,
    )
    return RemedyAdvice(rule.id, kind, text, rule.plain, rule.suit_direct, rule.basis)
