"""Fold facts into figures (指标折算): as SQL, so that the database does the work; every figure can name its facts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils import timezone

from gongkai.journal.core.folding import COLUMNS, Condition, DefinitionInvalid, FoldDefinition
from gongkai.journal.sql import (
    Sql,
    as_number,
    body_text,
    bytewise,
    day_value,
    exact_sum,
    fresh_statistics,
    moment_value,
    number_value,
    one_of,
    stream,
)

Period = tuple[date, date]
"""First and last day, both included."""


@dataclass(frozen=True, slots=True)
class Folded:
    """A figure: its exact value, how many facts stand behind it, and what is needed to name them."""

    value: int | Decimal
    facts: int
    _ids: Sql

    def fact_ids(self) -> Iterator[int]:
        """Yield the ids of the facts behind the figure in order, in one streamed query."""
        return (int(row[0]) for row in stream(self._ids))


def _joined(parts: list[Sql], between: str) -> Sql:
    return Sql(between.join(p.text for p in parts), tuple(v for p in parts for v in p.params))


def _value_of(field: str) -> Sql:
    """Return the expression of a column of the entry, else of a field of its body."""
    if field == "on":
        return Sql('CAST(e."on" AS TEXT)')
    return Sql(f"e.{field}") if field in COLUMNS else body_text(field)


def _condition(condition: Condition) -> Sql:
    value = _value_of(condition.field)
    texts = [str(v) for v in condition.values]
    match condition.operator:
        case "eq" | "in":
            return one_of(value, texts)
        case "not_eq" | "not_in":
            inner = one_of(value, texts)
            return Sql(f"({value.text} IS NULL OR NOT ({inner.text}))", (*value.params, *inner.params))
        case "at_least" | "at_most":
            sign = ">=" if condition.operator == "at_least" else "<="
            limit = condition.values[0]
            side = bytewise(value) if isinstance(limit, str) else as_number(value)
            return Sql(
                f"{side.text} {sign} %s",
                (*side.params, limit if isinstance(limit, str) else number_value(limit)),
            )
        case "present" | "absent":
            return Sql(
                f"{value.text} IS {'NOT ' if condition.operator == 'present' else ''}NULL", value.params
            )
        case _:
            return one_of(value, [condition.operator])


def _days(definition: FoldDefinition, period: Period) -> list[Sql]:
    days = [Sql('e."on" <= %s', (day_value(period[1]),))]
    if definition.window == "period":
        days.append(Sql('e."on" >= %s', (day_value(period[0]),)))
    return days


def _window(definition: FoldDefinition, orgs: Sql, period: Period, as_of: datetime | None) -> Sql:
    """Return the conditions that choose the facts before `newest_per` and `where`."""
    parts = [one_of(Sql("e.name"), definition.names), orgs]
    if not definition.newest_anywhere:
        parts += _days(definition, period)
    if as_of is not None:
        parts.append(Sql("e.at <= %s", (moment_value(as_of),)))
    return _joined([p for p in parts if p.text], " AND ")


def _orgs(org_prefix: str | None, orgs: Collection[str] | None) -> Sql:
    parts = []
    if org_prefix:
        escaped = org_prefix.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        parts.append(
            Sql(
                "(e.org = %s OR e.org LIKE %s ESCAPE '\\' OR e.org LIKE %s ESCAPE '\\' OR e.org LIKE %s ESCAPE '\\' OR e.org LIKE %s ESCAPE '\\')",
                (org_prefix, *(f"{escaped}{sign}%" for sign in "-./:")),
            )
        )
    if orgs is not None:
        parts.append(one_of(Sql("e.org"), sorted(orgs)))
    return _joined(parts, " AND ")


@dataclass(frozen=True, slots=True)
class Shelf:
    """The part of a shelf table that a fold reads: the newest facts whose `part` field has this value (see `newest_shelf`)."""

    per: str
    names: tuple[str, ...]
    part: str


@contextmanager
def newest_shelf(
    *,
    names: Sequence[str],
    per: str,
    part_field: str,
    orgs: Collection[str],
    as_of: date | datetime | None = None,
) -> Iterator[Callable[[str], Shelf]]:
    """Lay the newest fact of each `per` aside once, sorted by a body field, for the many folds of one computation.

    Yields a function from a value of `part_field` to a `Shelf` for `fold(shelf=…)`, whose definitions must be `newest_anywhere`
    with the same names and `per`. Holds for this connection, until the block ends.
    """
    wanted = _joined([p for p in (one_of(Sql("e.name"), list(names)), _orgs(None, orgs)) if p.text], " AND ")
    end = _end_of(as_of)
    if end is not None:
        wanted = _joined([wanted, Sql("e.at <= %s", (moment_value(end),))], " AND ")
    key, part = _value_of(per), _value_of(part_field)
    newest = Sql(
        f"SELECT MAX(e.id) FROM journal_entry e WHERE {wanted.text} GROUP BY {key.text}",  # noqa: S608
        (*wanted.params, *key.params),
    )
    fresh_statistics()
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE journal_shelf (part TEXT, id BIGINT)")
        cursor.execute(
            f"INSERT INTO journal_shelf SELECT {part.text}, e.id FROM journal_entry e WHERE e.id IN ({newest.text})",  # noqa: S608
            (*part.params, *newest.params),
        )
        cursor.execute("CREATE INDEX journal_shelf_part ON journal_shelf (part, id)")
        cursor.execute("ANALYZE journal_shelf")
    try:
        yield lambda value: Shelf(per, tuple(names), value)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE journal_shelf")


def _source(definition: FoldDefinition, window: Sql, period: Period, shelf: Shelf | None = None) -> Sql:
    """Return FROM and WHERE of the facts that count."""
    conditions = [_condition(c) for c in definition.where]
    if definition.newest_anywhere:
        conditions = _days(definition, period) + conditions
    if shelf is not None:
        if not definition.newest_anywhere or (shelf.per, shelf.names) != (
            definition.newest_per,
            definition.names,
        ):
            raise DefinitionInvalid(f"指标「{definition.id}」与备好的最新事实不相配")
        laid = Sql(
            "FROM journal_entry e WHERE e.id IN (SELECT id FROM journal_shelf WHERE part = %s)", (shelf.part,)
        )
        return _joined([laid, *conditions], " AND ")
    if definition.newest_per is None:
        return _joined(
            [Sql(f"FROM journal_entry e WHERE {window.text}", window.params), *conditions], " AND "
        )
    per = _value_of(definition.newest_per)
    newest = Sql(
        f"FROM journal_entry e JOIN (SELECT MAX(e.id) AS id FROM journal_entry e WHERE {window.text} GROUP BY {per.text}) n"  # noqa: S608
        " ON n.id = e.id WHERE 1 = 1",
        (*window.params, *per.params),
    )
    return _joined([newest, *conditions], " AND ")


def _measure(definition: FoldDefinition) -> Sql:
    if definition.measure == "count":
        return Sql("COUNT(*)")
    value = _value_of(definition.field or "subject")
    if definition.measure == "sum":
        return exact_sum(value)
    return Sql(f"COUNT(DISTINCT {value.text})", value.params)


def _number(definition: FoldDefinition, value: Any) -> int | Decimal:
    if definition.measure != "sum":
        return int(value)
    exact = Decimal(str(value))
    return int(exact) if exact == exact.to_integral_value() and "." not in str(value) else exact


def _end_of(as_of: date | datetime | None) -> datetime | None:
    """Return the moment up to which facts are known: a day counts to its end in the authority's time zone."""
    if as_of is None or isinstance(as_of, datetime):
        return as_of
    return timezone.make_aware(datetime.combine(as_of, time.max))


def fold_cells(
    *,
    definition: FoldDefinition,
    period: Period,
    org_prefix: str | None = None,
    orgs: Collection[str] | None = None,
    as_of: date | datetime | None = None,
    shelf: Shelf | None = None,
) -> dict[tuple[str | None, ...], Folded]:
    """Fold the facts into one figure for each combination of the `group_by` values, in one pass.

    `as_of` leaves out what was written later (a day counts to its end), so that a figure stays what it was. Without
    `group_by` the only key is `()`, present even when no fact fits; else combinations without facts are absent. With a `shelf`
    the newest facts laid aside there are read, whatever `orgs` and `as_of` say here.
    """
    window = _window(definition, _orgs(org_prefix, orgs), period, _end_of(as_of))
    source, measure = _source(definition, window, period, shelf), _measure(definition)
    groups = [_value_of(field) for field in definition.group_by]
    heads = _joined([*groups, measure, Sql("COUNT(*)")], ", ")
    tail = f" GROUP BY {', '.join(str(n + 1) for n in range(len(groups)))}" if groups else ""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {heads.text} {source.text}{tail}", (*heads.params, *source.params))
        rows = cursor.fetchall()
    cells = {}
    for *key, value, facts in rows:
        chosen = [
            Sql(f"{g.text} IS NULL", g.params) if k is None else one_of(g, [str(k)])
            for g, k in zip(groups, key, strict=True)
        ]
        ids = _joined([source, *chosen], " AND ")
        cells[tuple(None if k is None else str(k) for k in key)] = Folded(
            _number(definition, value), int(facts), Sql(f"SELECT e.id {ids.text} ORDER BY e.id", ids.params)
        )
    return cells


def fold(
    *,
    definition: FoldDefinition,
    period: Period,
    org_prefix: str | None = None,
    orgs: Collection[str] | None = None,
    as_of: date | datetime | None = None,
    shelf: Shelf | None = None,
) -> Folded:
    """Fold the facts into one figure, `group_by` left aside; conditions as `fold_cells`."""
    whole = replace(definition, group_by=())
    return fold_cells(
        definition=whole, period=period, org_prefix=org_prefix, orgs=orgs, as_of=as_of, shelf=shelf
    )[()]


def fold_members(
    *,
    definition: FoldDefinition,
    period: Period,
    org_prefix: str | None = None,
    orgs: Collection[str] | None = None,
    as_of: date | datetime | None = None,
) -> Iterator[tuple[tuple[str | None, ...], int]]:
    """Yield for every fact that counts the values of `group_by` and its id, in order of id, in one streamed pass.

    For tables with many cells, whose facts `Folded.fact_ids` would look up one cell at a time; conditions as `fold_cells`.
    """
    window = _window(definition, _orgs(org_prefix, orgs), period, _end_of(as_of))
    source = _source(definition, window, period)
    heads = _joined([*map(_value_of, definition.group_by), Sql("e.id")], ", ")
    query = Sql(f"SELECT {heads.text} {source.text} ORDER BY e.id", (*heads.params, *source.params))
    for *key, number in stream(query):
        yield tuple(None if k is None else str(k) for k in key), int(number)
