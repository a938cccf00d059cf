"""Facts (事实): what was done, in ids, codes, numbers and dates. Never prose, never personal data.

A fact class is declared once and checks its own field types while it is being defined::

    class RecordPublished(Fact, name="records.RecordPublished"):
        release: int
        sha256: Sha256
        classes: tuple[Code, ...] = ()

No decorator is needed (and none may be given): every subclass becomes a frozen, keyword-only dataclass.
"""

from __future__ import annotations

import dataclasses
import re
import types
import typing
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, ClassVar, dataclass_transform, get_args, get_origin

from gongkai.kernel.scrubbing import holds_personal_number

_CODE = re.compile(r"[A-Za-z0-9_.:/-]{1,120}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_NAME = re.compile(r"[a-z][a-z_]*\.[A-Z][A-Za-z0-9]*")

Code = Annotated[str, "code"]
"""ASCII identifier of at most 120 signs out of `A-Za-z0-9_.:/-`, holding no mobile or identity number."""

Sha256 = Annotated[str, "sha256"]
"""64 lower-case hexadecimal digits."""

_SCALARS = (int, bool, Decimal, date, datetime)
FACTS: dict[str, type[Fact]] = {}


class FactInvalid(ValueError):
    """A value does not fit the declared type of its field; the message names fact and field, never the value."""


def _is_union(annotation: Any) -> bool:
    return get_origin(annotation) in (typing.Union, types.UnionType)


def _refuse_type(annotation: Any, where: str) -> None:
    """Raise TypeError unless a field of this type can hold no prose."""
    if annotation in _SCALARS or annotation in (Code, Sha256):
        return
    if _is_union(annotation):
        inner = [a for a in get_args(annotation) if a is not type(None)]
        if len(inner) == 1:
            return _refuse_type(inner[0], where)
    if get_origin(annotation) is tuple:
        for inner in get_args(annotation):
            if inner is not Ellipsis:
                _refuse_type(inner, where)
        return None
    if get_origin(annotation) is Mapping and get_args(annotation)[0] == Code:
        return _refuse_type(get_args(annotation)[1], where)
    raise TypeError(
        f"{where}：事实只能用 Code、Sha256、int、bool、Decimal、date、datetime 及其可空、元组、Mapping[Code, …] 形式，不能用 {annotation!r}"
    )


def _scalar_fits(annotation: Any, value: Any) -> bool:
    if annotation == Code:
        return isinstance(value, str) and bool(_CODE.fullmatch(value)) and not holds_personal_number(value)
    if annotation == Sha256:
        return isinstance(value, str) and bool(_SHA256.fullmatch(value))
    if annotation is datetime:
        return isinstance(value, datetime) and value.tzinfo is not None
    if annotation is Decimal:
        return isinstance(value, Decimal) and value.is_finite()
    return type(value) is annotation


def _fits(annotation: Any, value: Any) -> bool:
    """Tell whether a value has exactly the declared type (a `bool` is no `int`, a `datetime` no `date`)."""
    if _is_union(annotation):
        return any(value is None if a is type(None) else _fits(a, value) for a in get_args(annotation))
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is tuple:
        if not isinstance(value, tuple):
            return False
        if len(inner) == 2 and inner[1] is Ellipsis:
            return all(_fits(inner[0], v) for v in value)
        return len(inner) == len(value) and all(map(_fits, inner, value))
    if origin is Mapping:
        return isinstance(value, Mapping) and all(
            _fits(Code, k) and _fits(inner[1], v) for k, v in value.items()
        )
    return _scalar_fits(annotation, value)


@dataclass_transform(kw_only_default=True, frozen_default=True)
@dataclasses.dataclass(frozen=True, kw_only=True)
class Fact:
    """Base of every fact: whose it is, what it is about (as `record:12`), and the day it counts for.

    Raises TypeError while a subclass is defined when its name or a field type is not allowed, and FactInvalid
    while a fact is made when a value does not fit.
    """

    org: Code
    subject: Code
    on: date

    fact_name: ClassVar[str] = ""
    field_types: ClassVar[dict[str, Any]] = {}

    def __init_subclass__(cls, *, name: str, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if not _NAME.fullmatch(name):
            raise TypeError(
                f"{cls.__qualname__}：事实名应写成「room.Fact」，如 records.RecordPublished，现在是「{name}」"
            )
        known = FACTS.get(name)
        if known is not None and (known.__module__, known.__qualname__) != (cls.__module__, cls.__qualname__):
            raise TypeError(f"事实名「{name}」已由 {known.__module__}.{known.__qualname__} 使用")
        hints = typing.get_type_hints(cls, include_extras=True)
        fields = {key: kind for key, kind in hints.items() if get_origin(kind) is not ClassVar}
        for key, annotation in fields.items():
            _refuse_type(annotation, f"{name}.{key}")
        cls.fact_name, cls.field_types = name, fields
        FACTS[name] = dataclasses.dataclass(frozen=True, kw_only=True)(cls)

    def __post_init__(self) -> None:
        self.check_values()

    def check_values(self) -> None:
        """Raise FactInvalid when a value does not fit its field's type."""
        for key, annotation in self.field_types.items():
            if not _fits(annotation, getattr(self, key)):
                raise FactInvalid(
                    f"事实 {self.fact_name} 的「{key}」不是 {annotation!r} 允许的值（编码、数字或日期；不写文字，不含个人信息）"
                )

    def body(self) -> dict[str, Any]:
        """Return the fields beyond org, subject and day, as Python values."""
        return {key: getattr(self, key) for key in self.field_types if key not in ("org", "subject", "on")}
