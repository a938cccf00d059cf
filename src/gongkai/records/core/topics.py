"""Topic classification (主题分类): 22 majors and the minors in use, from `regulations/topics/`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from gongkai.kernel.rules import Confidence, load_rules


@dataclass(frozen=True, slots=True)
class Topic:
    """One major with its minors, in official order."""

    id: str
    major: str
    minors: tuple[str, ...]
    basis: tuple[str, ...]
    confidence: Confidence
    scope: str = "national"


@lru_cache(maxsize=1)
def topics() -> tuple[Topic, ...]:
    """Return all majors in official order."""
    return load_rules("topics", Topic)


def is_topic(major: str, minor: str) -> bool:
    """Tell whether the pair stands in the classification; an empty minor goes with any major."""
    return any(topic.major == major and (not minor or minor in topic.minors) for topic in topics())
