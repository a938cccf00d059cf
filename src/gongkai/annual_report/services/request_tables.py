"""Sections 3 and 4 from the facts of the requests room (第三、四部分): each cell with the facts behind it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain
from typing import Any

from gongkai.annual_report.core.fact_ids import Packer
from gongkai.annual_report.core.formats import ReportFormat
from gongkai.annual_report.core.report import TOTAL
from gongkai.journal import api as journal

VERSION = "1"
RECEIVED, CLOSED = "requests.ReceiptConfirmed", "requests.RequestClosed"
LODGED, ENDED = "requests.RemedyLodged", "requests.RemedyEnded"
PENDING = "pending"
Period = tuple[date, date]


@dataclass(frozen=True, slots=True)
class TableCell:
    """A cell of sections 3 and 4: its number, packed facts with their count, or the cells it adds up."""

    address: str
    value: int
    facts: bytes = b""
    fact_count: int = 0
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RequestTables:
    """All cells in the order of the format; `unplaced` are facts whose row or column the format does not have."""

    cells: tuple[TableCell, ...]
    unplaced: tuple[str, ...]


def request_tables(
    form: ReportFormat, *, period: Period, orgs: Collection[str], as_of: datetime | None = None
) -> RequestTables:
    """Fold both tables. New: by the day of receipt; results: by the day of closing; carried over: received and not closed by the
    last day; reviews and suits: by their state on the last day (尚未审结) or the result of the year."""
    packers: dict[str, Packer] = {}
    for address, number in chain(_requests(form, period, orgs, as_of), _remedies(period, orgs, as_of)):
        packer = packers.get(address)
        if packer is None:
            packer = packers[address] = Packer()
        packer.add(number)
    known = set(_leaf_addresses(form))
    unplaced = [f"{address}：{p.count} 件" for address, p in packers.items() if address not in known]
    cells: dict[str, TableCell] = {}
    for address in _leaf_addresses(form):
        packer = packers.get(address, Packer())
        cells[address] = TableCell(address, packer.count, packer.packed(), packer.count)
    for address, parts in _sums(form):
        cells[address] = TableCell(address, sum(cells[p].value for p in parts), parts=parts)
    order = [*_t3(form), *_t4(form)]
    return RequestTables(tuple(cells[address] for address in order), tuple(unplaced))


def _t3(form: ReportFormat) -> Iterator[str]:
    for row in form.value_rows:
        yield from (f"t3.{row}.{applicant.id}" for applicant in form.applicants)


def _t4(form: ReportFormat) -> Iterator[str]:
    for group in form.value_groups:
        yield from (f"t4.{group}.{column.id}" for column in form.section4_columns)


def _leaf_addresses(form: ReportFormat) -> Iterator[str]:
    for row in form.value_rows:
        if row != "total_processed":
            yield from (f"t3.{row}.{a.id}" for a in form.applicants if a.id != TOTAL)
    yield from (address for address in _t4(form) if not address.endswith(f".{TOTAL}"))


def _sums(form: ReportFormat) -> Iterator[tuple[str, tuple[str, ...]]]:
    kinds = [a.id for a in form.applicants if a.id != TOTAL]
    for kind in kinds:
        yield f"t3.total_processed.{kind}", tuple(f"t3.{leaf}.{kind}" for leaf in form.leaves)
    for row in form.value_rows:
        yield f"t3.{row}.{TOTAL}", tuple(f"t3.{row}.{kind}" for kind in kinds)
    for group in form.value_groups:
        parts = tuple(f"t4.{group}.{c.id}" for c in form.section4_columns if c.id != TOTAL)
        yield f"t4.{group}.{TOTAL}", parts


Member = tuple[str, int]
"""The address of a cell and the id of a fact that counts in it."""


def _members(
    raw: dict[str, Any], period: Period, orgs: Collection[str], as_of: datetime | None
) -> Iterator[tuple[tuple[str | None, ...], int]]:
    definition = journal.read_definition({"id": "annual_report.requests", "version": VERSION} | raw)
    return journal.fold_members(definition=definition, period=period, orgs=orgs, as_of=as_of)


def _requests(
    form: ReportFormat, period: Period, orgs: Collection[str], as_of: datetime | None
) -> Iterator[Member]:
    received = {"facts": RECEIVED, "group_by": ["applicant_kind"]}
    for (kind,), number in _members(received, period, orgs, as_of):
        yield f"t3.new_received.{kind}", number
    standing = {
        "facts": [RECEIVED, CLOSED],
        "newest_per": "subject",
        "window": "until_end",
        "where": [{"field": "name", "eq": RECEIVED}],
        "group_by": ["applicant_kind"],
    }
    eve = (date.min, period[0] - timedelta(days=1))
    for row, span in (("carried_in", eve), ("carried_out", period)):
        for (kind,), number in _members(standing, span, orgs, as_of):
            yield f"t3.{row}.{kind}", number
    whole = {leaf for leaf in form.leaves if "." not in leaf}
    for (row_id, kind), number in _members(
        {"facts": CLOSED, "group_by": ["row", "applicant_kind"]}, period, orgs, as_of
    ):
        above = (row_id or "").partition(".")[0]
        yield f"t3.{above if above in whole else row_id}.{kind}", number


def _remedies(period: Period, orgs: Collection[str], as_of: datetime | None) -> Iterator[Member]:
    pending = {
        "facts": [LODGED, ENDED],
        "newest_per": "remedy",
        "window": "until_end",
        "where": [{"field": "name", "eq": LODGED}],
        "group_by": ["kind"],
    }
    for (group,), number in _members(pending, period, orgs, as_of):
        yield f"t4.{group}.{PENDING}", number
    ended = {"facts": ENDED, "newest_per": "remedy", "group_by": ["kind", "result"]}
    for (group, result), number in _members(ended, period, orgs, as_of):
        yield f"t4.{group}.{result}", number
