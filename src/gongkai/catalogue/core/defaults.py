"""Item classes and default columns (事项类别、缺省栏目) as loaded from `regulations/catalogue/`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from gongkai.kernel.rules import Confidence, load_rules

OPENINGS = ("决策", "执行", "管理", "服务", "结果")


@dataclass(frozen=True, slots=True)
class ItemClass:
    """One class of catalogue items; `openings` are the default five-openings tags (五公开)."""

    id: str
    name: str
    aliases: tuple[str, ...]
    openings: tuple[str, ...]
    column: str
    basis: tuple[str, ...]
    confidence: Confidence
    scope: str

    def __post_init__(self) -> None:
        """Refuse a tag that is not one of the five."""
        wrong = set(self.openings) - set(OPENINGS)
        if wrong:
            raise ValueError(f"五公开标签只能是{'、'.join(OPENINGS)}，不认识：{'、'.join(sorted(wrong))}")


@dataclass(frozen=True, slots=True)
class ColumnDefault:
    """A column of the public site as shipped; `cadence_days` are calendar days, None = no fixed rhythm."""

    id: str
    name: str
    block: str
    column_type: str
    keywords: tuple[str, ...]
    description: str
    cadence_days: int | None
    basis: tuple[str, ...]
    confidence: Confidence
    scope: str


@lru_cache(maxsize=1)
def item_classes() -> dict[str, ItemClass]:
    """Return the item classes by code."""
    return {rule.id: rule for rule in load_rules("catalogue/classes", ItemClass)}


@lru_cache(maxsize=1)
def column_defaults() -> dict[str, ColumnDefault]:
    """Return the shipped columns by code, in the order of the file."""
    return {rule.id: rule for rule in load_rules("catalogue/columns", ColumnDefault)}


def class_code(text: str) -> str | None:
    """Return the class code for a code, a class name or one of its other names; None when unknown."""
    wanted = text.strip()
    for code, rule in item_classes().items():
        if wanted in (code, rule.name, *rule.aliases):
            return code
    return None
