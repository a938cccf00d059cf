"""How much is done in a demonstration year (演示年度的工作量): the shipped year, or another one drawn from a seed, consistent in itself."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any

from gongkai.kernel.regulations import read_yaml

CONTENT = Path(__file__).parent / "content"
SHIPPED_SEED = 2020


@dataclass(frozen=True, slots=True, kw_only=True)
class YearPlan:
    """The quantities of a year; money in 分. What each means: the register whose rows it becomes (see `year_rows`)."""

    year: int
    campaign_posts: int
    campaign_messages: int
    wechat_posts: int
    epidemic_posts: int
    place_categories: int
    videos: int
    epidemic_printed: int
    place_posters: int
    place_leaflets: int
    school_leaflets: int
    school_videos: int
    devices: int
    bookings: int
    guidance: int
    consultations: int
    answered_in_time: int
    waiver_threshold: int
    teams: int
    agreements: int
    spaces_built: int
    spaces_building: int
    courses: int
    lectures: int
    clinics: int
    served: int
    practice: int
    trained: int
    power_permits: int
    power_penalties: int
    power_services: int
    power_coercion: int
    power_inspections: int
    power_levies: int
    service_items: int
    instant_items: int
    full_online_items: int
    legal_days: int
    promise_days: int
    bundle_days_before: int
    bundle_days_after: int
    bundle_materials_before: int
    bundle_materials_after: int
    bundle_licences: int
    companies: int
    last_resumed_day: int
    proposals: int
    reward_documents: int
    reward_times: int
    reward_amount_fen: int
    families_lost: int
    families_disabled: int
    special_support_fen: int
    emergency_aid_fen: int
    penalties: int
    occupational_penalties: int
    medical_complaints: int
    employers: int
    dust_poison_employers: int
    inspections: int
    inspectors: int
    vaccine_visits: int
    permit_decisions: int
    other_service_decisions: int
    coercion_decisions: int
    normative_made: int
    normative_standing: int
    procurement_projects: int
    procurement_amount_fen: int


@lru_cache(maxsize=1)
def shipped_plan() -> YearPlan:
    """Return the year that is shipped."""
    return YearPlan(**read_yaml(CONTENT / "year.yaml"))


def plan_of(seed: int) -> YearPlan:
    """Return the shipped year for its own seed, another consistent year for any other."""
    plan = shipped_plan()
    return plan if seed == SHIPPED_SEED else _another(plan, Random(f"year-{seed}"))  # noqa: S311  (made-up figures)


# What may not change freely: counts that are few by nature, and numbers tied to others.
_FIXED = {
    "year",
    "place_categories",
    "bundle_licences",
    "power_levies",
    "reward_documents",
    "coercion_decisions",
}


def _another(plan: YearPlan, rng: Random) -> YearPlan:
    """Draw every quantity between three quarters and five quarters of the shipped one, then mend what must agree."""
    drawn: dict[str, Any] = {}
    for field in dataclasses.fields(plan):
        value = getattr(plan, field.name)
        drawn[field.name] = value if field.name in _FIXED else max(1, round(value * rng.uniform(0.75, 1.25)))
    drawn["place_categories"] = rng.randint(4, 7)
    drawn["waiver_threshold"] = rng.randrange(600, 750, 10)
    drawn["answered_in_time"] = drawn["consultations"] - rng.randint(0, drawn["consultations"] // 20)
    drawn["campaign_posts"] = min(drawn["campaign_posts"], drawn["wechat_posts"] // 4)
    drawn["epidemic_posts"] = min(drawn["epidemic_posts"], drawn["wechat_posts"])
    drawn["school_leaflets"] = min(drawn["school_leaflets"], drawn["place_leaflets"] // 2)
    drawn["epidemic_printed"] = max(
        drawn["epidemic_printed"], drawn["place_posters"] + drawn["place_leaflets"] + 40_000
    )
    drawn["instant_items"] = min(drawn["instant_items"], drawn["service_items"])
    # The shipped year cuts the decimals of this share; a year where rounding gave the same would hide which rule is in force.
    while not (cut := _cut_shares(drawn["service_items"])):
        drawn["service_items"] += 1
    items = drawn["service_items"]
    drawn["full_online_items"] = min(cut, key=lambda n: abs(n - drawn["full_online_items"]))
    drawn["promise_days"] = max(items // 4, drawn["promise_days"])
    drawn["legal_days"] = max(drawn["legal_days"], drawn["promise_days"] + 10 * items)
    drawn["bundle_days_after"] = min(drawn["bundle_days_after"], drawn["bundle_days_before"] - 1)
    drawn["bundle_materials_after"] = min(
        drawn["bundle_materials_after"], drawn["bundle_materials_before"] - 1
    )
    drawn["occupational_penalties"] = min(drawn["occupational_penalties"], drawn["penalties"])
    drawn["dust_poison_employers"] = min(
        drawn["dust_poison_employers"], drawn["employers"] // 2, drawn["inspections"] // 2
    )
    drawn["inspectors"] = max(drawn["inspectors"], 2 * drawn["inspections"])
    drawn["normative_made"] = min(drawn["normative_made"], drawn["normative_standing"])
    return YearPlan(**drawn)


def _cut_shares(items: int) -> list[int]:
    """Return the numbers of items whose share in a hundred rounds up, so that cutting and rounding differ."""
    return [n for n in range(1, items) if 2 * (100 * n % items) > items]
