"""Turning rule files (法规数据) into frozen dataclasses, with errors that name file, rule and field."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import Enum, StrEnum
from pathlib import Path
from typing import Any, Protocol, TypeVar

import yaml

from gongkai.kernel.regulations import RegulationMissing, read_yaml, regulations_dir


class Confidence(StrEnum):
    """How sure we are of a rule (把握程度); see regulations/README.md."""

    CONFIRMED = "confirmed"
    CONFIRMED_LOCAL = "confirmed_local"
    KNOWLEDGE = "knowledge"
    UNCONFIRMED = "unconfirmed"
    DESIGN = "design"


class RuleError(ValueError):
    """A rule file is wrong; `file`, `rule_id` and `field` say where, the message says what, in Chinese."""

    def __init__(self, *, file: str, rule_id: str, field: str, problem: str) -> None:
        self.file, self.rule_id, self.field, self.problem = file, rule_id, field, problem
        super().__init__(f"法规数据 {file} 的“{rule_id}”中，字段 {field}：{problem}；请改正该文件")


class InForce(Protocol):
    """Anything with a period of force; an open end is None."""

    @property
    def in_force_from(self) -> date | None: ...
    @property
    def in_force_to(self) -> date | None: ...


class Scoped(Protocol):
    """Anything with a scope: national, local, example or LEVEL:PLACE joined by |."""

    @property
    def scope(self) -> str: ...


RuleT = TypeVar("RuleT")
InForceT = TypeVar("InForceT", bound=InForce)
ScopedT = TypeVar("ScopedT", bound=Scoped)


def load_rules(
    kind: str,
    cls: type[RuleT],
    *,
    required: Collection[str] = (),
    key: str = "rules",
    skip: Collection[str] = (),
    only: Collection[str] = (),
    root: Path | None = None,
) -> tuple[RuleT, ...]:
    """Read every rule of one kind (某一类规则) as instances of the frozen dataclass `cls`.

    Each `*.yaml` under `regulations/<kind>/` (sub-folders too), except the file names in `skip` (or: only those in `only`), must hold a list of
    mappings under `key`. Dates are ISO, lists become tuples, enums are read by value, nested dataclasses by mapping.
    `required` names fields that may not be empty; a field called `basis` never may. An id may stand twice only when `cls`
    has a `version` field, the versions differ and their periods of force do not overlap.

    Raises:
        RuleError: unknown key, missing or ill-typed field, duplicate id, missing basis.
        RegulationMissing: no such folder.
    """
    folder = (root or regulations_dir()) / kind
    if not folder.is_dir():
        raise RegulationMissing(f"找不到法规数据目录 {folder}；请检查安装是否完整")
    names = {field.name for field in dataclasses.fields(cls)}  # type: ignore[arg-type]
    filled = {*required, *({"basis"} & names)}
    loaded: list[RuleT] = []
    seen: dict[str, list[tuple[RuleT, str]]] = {}
    for file, raw in _rows(folder, key=key, skip=skip, only=only):
        rule_id = str(raw.get("id", raw.get("date", raw.get("year", "（无编号）"))))
        rule = build(cls, raw, file=file, rule_id=rule_id)
        for name in sorted(filled):
            if getattr(rule, name) in (None, "", (), {}):
                raise RuleError(file=file, rule_id=rule_id, field=name, problem="不得为空")
        _check_period(rule, file=file, rule_id=rule_id)
        if "id" in names:
            for other, other_file in seen.setdefault(rule_id, []):
                _check_twin(rule, other, file=file, other_file=other_file, rule_id=rule_id)
            seen[rule_id].append((rule, file))
        loaded.append(rule)
    return tuple(loaded)


def in_force(rules: Iterable[InForceT], on: date) -> tuple[InForceT, ...]:
    """Keep the rules in force on a day (当日有效); an unrecorded start or end does not exclude."""
    return tuple(rule for rule in rules if is_in_force(rule, on))


def is_in_force(rule: InForce, on: date) -> bool:
    """Tell whether the rule was in force on that day, first and last day included."""
    begun = rule.in_force_from is None or rule.in_force_from <= on
    return begun and (rule.in_force_to is None or on <= rule.in_force_to)


def in_scope(rules: Iterable[ScopedT], places: Collection[str] = ()) -> tuple[ScopedT, ...]:
    """Keep national rules and those of the chosen `places` (such as 「province:山东」, 「local」 or 「example」)."""
    return tuple(
        rule for rule in rules if rule.scope == "national" or set(rule.scope.split("|")) & set(places)
    )


def build(cls: type[RuleT], raw: Mapping[str, Any], *, file: str, rule_id: str) -> RuleT:
    """Make one instance of the dataclass `cls` from a mapping, checking every key and type."""
    hints = typing.get_type_hints(cls)
    fields = {field.name: field for field in dataclasses.fields(cls)}  # type: ignore[arg-type]
    for key in raw:
        if key not in fields:
            raise RuleError(file=file, rule_id=rule_id, field=str(key), problem="不认识的字段")
    values: dict[str, Any] = {}
    for name, field in fields.items():
        if name in raw:
            values[name] = _convert(raw[name], hints[name], file=file, rule_id=rule_id, field=name)
        elif field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
            raise RuleError(file=file, rule_id=rule_id, field=name, problem="缺少该字段")
    try:
        return cls(**values)
    except ValueError as error:
        raise RuleError(file=file, rule_id=rule_id, field="（整条）", problem=str(error)) from error


def _rows(
    folder: Path, *, key: str, skip: Collection[str], only: Collection[str]
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for path in sorted(folder.rglob("*.yaml")):
        if path.name in skip or (only and path.name not in only):
            continue
        file = f"{folder.name}/{path.relative_to(folder).as_posix()}"
        try:
            content = read_yaml(path)
        except yaml.YAMLError as error:
            raise RuleError(
                file=file, rule_id="（整个文件）", field="（格式）", problem=f"不是合法的 YAML：{error}"
            ) from error
        rows = content.get(key) if isinstance(content, dict) else None
        if not isinstance(rows, list):
            raise RuleError(file=file, rule_id="（整个文件）", field=key, problem="应为规则列表")
        for position, row in enumerate(rows, start=1):
            if not isinstance(row, dict):
                raise RuleError(
                    file=file, rule_id=f"第{position}条", field=key, problem="应为“字段: 值”的形式"
                )
            yield file, row


def _check_period(rule: object, *, file: str, rule_id: str) -> None:
    begins, ends = getattr(rule, "in_force_from", None), getattr(rule, "in_force_to", None)
    if begins is not None and ends is not None and begins > ends:
        raise RuleError(file=file, rule_id=rule_id, field="in_force_to", problem="失效日期早于施行日期")


def _check_twin(rule: Any, other: Any, *, file: str, other_file: str, rule_id: str) -> None:
    if getattr(rule, "version", None) == getattr(other, "version", None):
        raise RuleError(file=file, rule_id=rule_id, field="id", problem=f"编号与 {other_file} 中的重复")
    one = (rule.in_force_from or date.min, rule.in_force_to or date.max)
    two = (other.in_force_from or date.min, other.in_force_to or date.max)
    if one[0] <= two[1] and two[0] <= one[1]:
        raise RuleError(
            file=file,
            rule_id=rule_id,
            field="in_force_from",
            problem=f"与 {other_file} 中另一版本的有效期重叠",
        )


def _convert(value: Any, hint: Any, *, file: str, rule_id: str, field: str) -> Any:
    def wrong(expected: str) -> RuleError:
        return RuleError(file=file, rule_id=rule_id, field=field, problem=f"应为{expected}，现为 {value!r}")

    def inner(item: Any, item_hint: Any) -> Any:
        return _convert(item, item_hint, file=file, rule_id=rule_id, field=field)

    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if hint is Any:
        return value
    if origin in (typing.Union, types.UnionType):
        if value is None and type(None) in arguments:
            return None
        choices = [choice for choice in arguments if choice is not type(None)]
        for choice in choices[:-1]:
            try:
                return inner(value, choice)
            except RuleError:
                continue
        return inner(value, choices[-1])
    if origin is typing.Literal:
        if value not in arguments:
            raise wrong("、".join(map(str, arguments)) + "之一")
        return value
    if origin in (tuple, list, frozenset):
        return _convert_list(value, origin, arguments, inner, wrong)
    if origin in (dict, Mapping) or hint is dict:
        if not isinstance(value, dict):
            raise wrong("“字段: 值”的形式")
        return (
            {inner(k, arguments[0]): inner(v, arguments[1]) for k, v in value.items()} if arguments else value
        )
    if dataclasses.is_dataclass(hint):
        if not isinstance(value, dict):
            raise wrong("“字段: 值”的形式")
        return build(typing.cast(type, hint), value, file=file, rule_id=f"{rule_id}.{field}")
    return _convert_scalar(value, hint, wrong)


def _convert_list(value: Any, origin: Any, arguments: tuple[Any, ...], inner: Any, wrong: Any) -> Any:
    if not isinstance(value, list):
        raise wrong("列表")
    if origin is tuple and not (len(arguments) == 2 and arguments[1] is Ellipsis):
        if len(value) != len(arguments):
            raise wrong(f"{len(arguments)} 项的列表")
        return tuple(inner(item, hint) for item, hint in zip(value, arguments, strict=True))
    return origin(inner(item, arguments[0]) for item in value)


def _convert_scalar(value: Any, hint: Any, wrong: Any) -> Any:
    if isinstance(hint, type) and issubclass(hint, Enum):
        try:
            return hint(value)
        except ValueError:
            raise wrong("、".join(str(member.value) for member in hint) + "之一") from None
    if hint is date:
        try:
            return value if isinstance(value, date) else date.fromisoformat(value)
        except (TypeError, ValueError):
            raise wrong("日期（如 2024-05-01）") from None
    if hint is Decimal:
        try:
            return Decimal(str(value))
        except InvalidOperation:
            raise wrong("数字") from None
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    names = {str: "文字", int: "整数", float: "数字", bool: "true 或 false"}
    if hint in names and (not isinstance(value, hint) or (isinstance(value, bool) and hint is not bool)):
        raise wrong(names[hint])
    return value
