"""Is a survey independent and are its answers genuine (独立性核查)? Suspicions are reported, never silently removed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from gongkai.supervision.core.survey import Method

FLAG_WORDS = {
    "fast": "用时过短", "straight": "各题同一分数", "burst": "同一来源同一天过多", "inside": "来自本机构网络", "perfect": "满分卷过多",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Answer:
    """What is looked at in one answer; `place` is a digest of where it came from, `day` an ISO day."""

    marks: Mapping[str, int]
    seconds: int
    place: str
    day: str
    is_inside: bool


def conductor_faults(
    *, conductor: str, contract: str, surveyed_names: Sequence[str], own_names: Sequence[str]
) -> list[str]:
    """Say why whoever runs a survey is not independent of whom it asks about; empty when nothing speaks against it."""
    found = []
    name = conductor.strip()
    if not name:
        found.append("没有写明由哪家第三方机构调查")
    if not contract.strip():
        found.append("没有写明委托文件")
    for other in surveyed_names:
        if name and (name in other or other in name):
            found.append(f"调查机构“{name}”就是被调查机构“{other}”或属于它")
    for other in own_names:
        if name and name == other:
            found.append(f"调查机构“{name}”是本机关或其科室，不是第三方")
    return found


def flags_of(answers: Sequence[Answer], *, rule: Method, at_work: bool = False) -> list[list[str]]:
    """Return the flags of every answer to one questionnaire of one institution, in their order.

    Whoever answers `at_work` comes from the institution's own network and shares its address: that is no suspicion.
    """
    if not answers:
        return []
    middle = median(a.seconds for a in answers)
    places = Counter((a.place, a.day) for a in answers if a.place)
    found = []
    for one in answers:
        given = [mark for mark in one.marks.values() if mark]
        flags = []
        if one.seconds < middle * rule.speed_share:
            flags.append("fast")
        if len(given) >= rule.straight_from and len(set(given)) == 1:
            flags.append("straight")
        if not at_work and one.place and places[(one.place, one.day)] > rule.burst:
            flags.append("burst")
        if one.is_inside and not at_work:
            flags.append("inside")
        found.append(flags)
    return found


def perfect_share(answers: Sequence[Answer]) -> float:
    """Return the share of answers that give the best mark everywhere, 0 to 1."""
    perfect = sum(1 for a in answers if (given := [m for m in a.marks.values() if m]) and set(given) == {5})
    return perfect / len(answers) if answers else 0.0
