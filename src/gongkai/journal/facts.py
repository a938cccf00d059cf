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
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
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


Check = Callable[[Any], bool]


def _is_code(value: Any) -> bool:
    return isinstance(value, str) and bool(_CODE.fullmatch(value)) and not holds_personal_number(value)


@lru_cache(maxsize=4096)
def _is_key(value: Any) -> bool:
    """Say whether a key of a mapping is a code: there are few, they come in every fact."""
    return _is_code(value)


def _is_sha256(value: Any) -> bool:
    return isinstance(value, str) and bool(_SHA256.fullmatch(value))


def _is_moment(value: Any) -> bool:
    return isinstance(value, datetime) and value.tzinfo is not None


def _is_finite(value: Any) -> bool:
    return isinstance(value, Decimal) and value.is_finite()


def _check_of(annotation: Any) -> Check:
    """Return what tells whether a value has exactly the declared type (a `bool` is no `int`, a `datetime` no `date`)."""
    if _is_union(annotation):
        inner = [_check_of(a) for a in get_args(annotation) if a is not type(None)]
        return lambda value: value is None or any(check(value) for check in inner)
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is tuple and len(arguments) == 2 and arguments[1] is Ellipsis:
        each = _check_of(arguments[0])
        return lambda value: isinstance(value, tuple) and all(map(each, value))
    if origin is tuple:
        checks = [_check_of(argument) for argument in arguments]
        return lambda value: (
            isinstance(value, tuple)
            and len(value) == len(checks)
            and all(check(v) for check, v in zip(checks, value, strict=True))
        )
    if origin is Mapping:
        held = _check_of(arguments[1])
        return lambda value: (
            isinstance(value, Mapping) and all(map(_is_key, value)) and all(map(held, value.values()))
        )
    for kind, check in (
        (Code, _is_code),
        (Sha256, _is_sha256),
        (datetime, _is_moment),
        (Decimal, _is_finite),
    ):
        if annotation == kind:
            return check
    return lambda value: type(value) is annotation


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
    field_checks: ClassVar[dict[str, Check]] = {}

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
        cls.field_checks = {key: _check_of(annotation) for key, annotation in fields.items()}
        FACTS[name] = dataclasses.dataclass(frozen=True, kw_only=True)(cls)

    def __post_init__(self) -> None:
        self.check_values()

    def check_values(self) -> None:
        """Raise FactInvalid when a value does not fit its field's type."""
        for key, check in self.field_checks.items():
            if not check(getattr(self, key)):
                raise FactInvalid(
                    f"事实 {self.fact_name} 的「{key}」不是 {self.field_types[key]!r} 允许的值（编码、数字或日期；不写文字，不含个人信息）"
                )

    def body(self) -> dict[str, Any]:
        """Return the fields beyond org, subject and day, as Python values."""
        return {key: getattr(self, key) for key in self.field_types if key not in ("org", "subject", "on")}
