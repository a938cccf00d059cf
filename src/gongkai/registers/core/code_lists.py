"""Code lists that are law (代码表): water indicators and notifiable diseases, shared by registers and their checks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from gongkai.kernel.rules import Confidence, load_rules
from gongkai.registers.core.water import limits


@dataclass(frozen=True, slots=True)
class CodeValue:
    """One value of a code list: `id` is ASCII and stays, `name` is what people see, `aliases` what imports may say.

    `parent` is the value that this one is part of: where both are given, only the parent counts in totals.
    """

    id: str
    name: str
    aliases: tuple[str, ...] = ()
    parent: str = ""


@dataclass(frozen=True, slots=True)
class Disease:
    """A notifiable disease (法定传染病): `group` a, b or c; `parent` the row of the bulletin it is part of."""

    id: str
    name: str
    group: str
    basis: tuple[str, ...]
    confidence: Confidence
    scope: str
    parent: str = ""
    in_force_from: date | None = None
    in_force_to: date | None = None


@lru_cache(maxsize=1)
def diseases() -> dict[str, Disease]:
    """Return the diseases by id, in the order of the law."""
    return {rule.id: rule for rule in load_rules("notifiable_diseases", Disease)}


def _disease_codes() -> tuple[CodeValue, ...]:
    return tuple(CodeValue(one.id, one.name, parent=one.parent) for one in diseases().values())


def _indicator_codes() -> tuple[CodeValue, ...]:
    found: dict[str, CodeValue] = {}
    for limit in limits():
        found.setdefault(limit.indicator, CodeValue(limit.indicator, limit.name, limit.aliases))
    return tuple(found.values())


LISTS: dict[str, Callable[[], tuple[CodeValue, ...]]] = {
    "notifiable_diseases": _disease_codes,
    "water_indicators": _indicator_codes,
}


def code_list(name: str) -> tuple[CodeValue, ...]:
    """Return the values of a list. Raises ValueError for an unknown one."""
    if name not in LISTS:
        raise ValueError(f"没有代码表“{name}”；可用：{'、'.join(LISTS)}")
    return LISTS[name]()
