"""Compute the values of an assessment (折算计分的数) from the facts of an organisation, each with the facts behind it."""

from __future__ import annotations

import zlib
from array import array
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from gongkai.journal import api as journal
from gongkai.kernel.calendar import WorkCalendar, load_calendar
from gongkai.supervision.core.bindings import Binding, derived
from gongkai.supervision.services import bind_rows

ROW_FACTS = ("registers.RowRecorded", "registers.RowRemoved")
CHUNK = 500
ShelfOf = Callable[[str], journal.Shelf]


@dataclass(frozen=True, slots=True)
class Bound:
    """A value with the ids of the facts it rests on; `value` None = does not apply."""

    value: Decimal | None
    facts: tuple[int, ...] = ()
    is_derived: bool = False


def pack_ids(ids: Iterable[int]) -> bytes:
    """Return fact ids as compact bytes."""
    return zlib.compress(array("Q", ids).tobytes())


def unpack_ids(packed: bytes) -> list[int]:
    """Return what `pack_ids` packed."""
    found = array("Q")
    if packed:
        found.frombytes(zlib.decompress(bytes(packed)))
    return found.tolist()


@dataclass(frozen=True, slots=True)
class Binder:
    """Computes values for one organisation: `own` are its codes, `wide` those of its authority, facts written up to `as_of`."""

    year: int
    own: frozenset[str]
    wide: frozenset[str]
    as_of: datetime
    today: date
    settings: Mapping[str, Any]
    calendar: WorkCalendar
    cadences: Mapping[str, int]

    def bind(self, bindings: Iterable[Binding], *, given: Mapping[str, Decimal | None]) -> dict[str, Bound]:
        """Compute everything that is not `given`; parts must come before what is derived from them.

        What is derived from something that nobody gave yet is left out: it is not measured.
        """
        wanted = [b for b in bindings if b.kind != "given" and b.id not in given]
        if not any(binding.register for binding in wanted):
            return self._all(wanted, given, None)
        with journal.newest_shelf(
            names=ROW_FACTS, per="subject", part_field="register", orgs=self.own, as_of=self.as_of
        ) as shelf_of:
            return self._all(wanted, given, shelf_of)

    def _all(
        self, wanted: list[Binding], given: Mapping[str, Decimal | None], shelf_of: ShelfOf | None
    ) -> dict[str, Bound]:
        known = {name: Bound(value) for name, value in given.items()}
        found: dict[str, Bound] = {}
        for binding in wanted:
            if any(part not in known for part in binding.of):
                continue
            shelf = shelf_of(binding.register) if shelf_of and binding.register else None
            known[binding.id] = found[binding.id] = self._one(binding, known, shelf)
        return found

    def _one(self, binding: Binding, before: Mapping[str, Bound], shelf: journal.Shelf | None) -> Bound:
        match binding.kind:
            case "fold":
                return self._fold(binding, shelf)
            case "without":
                return self._without(binding)
            case "within":
                return self._within(binding, shelf)
            case "quarters":
                return self._quarters(binding, shelf)
            case "codes":
                return self._codes(binding)
            case "newest":
                return self._newest(binding)
            case "beyond" | "complete" | "lag" | "idle" | "gaps":
                return self._grouped(binding, shelf)
            case "setting":
                return Bound(Decimal(str(self.settings.get(binding.field, 0))), is_derived=True)
            case "quarters_passed":
                return Bound(Decimal(quarters_passed(self.year, self.today)), is_derived=True)
        parts = [before[part].value for part in binding.of]
        return Bound(derived(binding, parts), is_derived=True)

    @property
    def period(self) -> tuple[date, date]:
        """Return the days of the year."""
        return date(self.year, 1, 1), date(self.year, 12, 31)

    def _orgs(self, binding: Binding) -> frozenset[str]:
        return self.wide if binding.reach == "authority" else self.own

    def _definition(self, binding: Binding, **changes: Any) -> journal.FoldDefinition:
        where = binding.where_for(year=self.year, orgs=self.own)
        raw: dict[str, Any] = {
            "id": binding.id, "facts": binding.facts, "measure": binding.measure, "field": binding.field or None,
            "where": where, "newest_per": binding.newest_per or None, "window": binding.window,
        }  # fmt: skip
        if binding.register:
            raw |= {
                "facts": ROW_FACTS,
                "newest_per": "subject",
                "newest_anywhere": True,
                "where": [*_rows_of(binding), *where],
            }
        return journal.read_definition(raw | changes)

    def _folded(self, binding: Binding, shelf: journal.Shelf | None = None, **changes: Any) -> journal.Folded:
        return journal.fold(
            definition=self._definition(binding, **changes), period=self.period, orgs=self._orgs(binding),
            as_of=self.as_of, shelf=shelf,
        )  # fmt: skip

    def _fold(self, binding: Binding, shelf: journal.Shelf | None) -> Bound:
        folded = self._folded(binding, shelf)
        return Bound(Decimal(folded.value), tuple(folded.fact_ids()) if folded.facts else ())

    def _entries(
        self,
        binding: Binding,
        shelf: journal.Shelf | None = None,
        where: list[dict[str, Any]] | None = None,
    ) -> Iterator[journal.Entry]:
        changes = {} if where is None else {"where": [*_rows_of(binding), *where]}
        folded = self._folded(binding, shelf, measure="count", field=None, **changes)
        ids = list(folded.fact_ids()) if folded.facts else []
        for start in range(0, len(ids), CHUNK):
            yield from journal.entries_with(ids=ids[start : start + CHUNK])

    def _without(self, binding: Binding) -> Bound:
        """Count the facts whose subject has none of the other facts up to the end of the year."""
        rows = list(self._entries(binding))
        if not rows:
            return Bound(Decimal(0))
        others = journal.entries(names=binding.other, orgs=self._orgs(binding), until=self.period[1])
        there = {entry.subject for entry in others if entry.at <= self.as_of}
        left = [entry.id for entry in rows if entry.subject not in there]
        return Bound(Decimal(len(left)), tuple(left))

    def _within(self, binding: Binding, shelf: journal.Shelf | None) -> Bound:
        """Count the rows whose second day came within so many days (or working days) of the first."""
        kept = [
            entry.id for entry in self._entries(binding, shelf) if self._in_time(binding, entry.body["dates"])
        ]
        return Bound(Decimal(len(kept)), tuple(kept))

    def _in_time(self, binding: Binding, dates: Mapping[str, str]) -> bool:
        if binding.from_field not in dates or binding.to_field not in dates:
            return False
        start, end = (date.fromisoformat(dates[name]) for name in (binding.from_field, binding.to_field))
        return end <= bind_rows.limit_day(binding, start, self.calendar)

    def _grouped(self, binding: Binding, shelf: journal.Shelf | None) -> Bound:
        """Work out what looks at several facts together; see `bind_rows`."""
        rows = self._entries(binding, shelf)
        end = min(self.today, self.period[1])
        match binding.kind:
            case "beyond":
                ids = bind_rows.beyond(binding, rows, calendar=self.calendar, today=end)
                return Bound(Decimal(len(ids)), tuple(ids))
            case "complete":
                good = binding.where_for(year=self.year, orgs=self.own, with_good=True)
                ids = bind_rows.complete(binding, rows, self._entries(binding, shelf, where=good))
                return Bound(Decimal(len(ids)), tuple(ids))
            case "lag":
                known = journal.entries(names=binding.other, orgs=self._orgs(binding), until=end)
                there = (entry for entry in known if entry.at <= self.as_of)
                worst = bind_rows.longest_lag(binding, rows, there, calendar=self.calendar)
                return Bound(None) if worst is None else Bound(Decimal(worst[0]), worst[1])
            case "idle":
                over = quarter_ends(self.year)[: quarters_passed(self.year, self.today)]
                count, ids_behind = bind_rows.idle(binding, rows, cadences=self.cadences, quarters=over)
                return Bound(Decimal(count), ids_behind) if self.cadences else Bound(None)
        count, ids_behind = bind_rows.gaps(
            binding,
            rows,
            year=self.year,
            today=end,
            group=lambda e: str(e.body["codes"].get(binding.field, "")),
        )
        return Bound(Decimal(count), ids_behind)

    def _quarters(self, binding: Binding, shelf: journal.Shelf | None) -> Bound:
        first: dict[int, int] = {}
        for entry in self._entries(binding, shelf):
            first.setdefault((entry.on.month - 1) // 3, entry.id)
        return Bound(Decimal(len(first)), tuple(sorted(first.values())))

    def _codes(self, binding: Binding) -> Bound:
        """Count the codes that the facts name in a field that holds several."""
        first: dict[str, int] = {}
        for entry in self._entries(binding):
            for code in entry.body.get(binding.field) or ():
                if not binding.among or code in binding.among:
                    first.setdefault(code, entry.id)
        return Bound(Decimal(len(first)), tuple(sorted(set(first.values()))))

    def _newest(self, binding: Binding) -> Bound:
        newest = None
        for entry in self._entries(binding):
            newest = entry
        if newest is None:
            return Bound(None)
        return Bound(Decimal(str(newest.body[binding.field])), (newest.id,))


def _rows_of(binding: Binding) -> list[dict[str, Any]]:
    """Return the conditions that keep the rows of the register that still stand."""
    if not binding.register:
        return []
    return [{"field": "name", "eq": ROW_FACTS[0]}, {"field": "register", "eq": binding.register}]


def quarter_ends(year: int) -> tuple[date, ...]:
    """Return the last days of the four quarters."""
    return (date(year, 3, 31), date(year, 6, 30), date(year, 9, 30), date(year, 12, 31))


def quarters_passed(year: int, today: date) -> int:
    """Return how many quarters of a year are over."""
    return sum(end < today for end in quarter_ends(year))


def binder(
    *,
    year: int,
    own: Collection[str],
    wide: Collection[str],
    as_of: datetime,
    today: date,
    settings: Mapping[str, Any],
    cadences: Mapping[str, int],
) -> Binder:
    """Return what computes the values of one organisation; `cadences` are the days its columns promise."""
    return Binder(year, frozenset(own), frozenset(wide), as_of, today, settings, load_calendar(), cadences)
