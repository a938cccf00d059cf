"""Tables three and four of the annual report (报表三、报表四), folded from facts, with the equations that must hold.

Pure: facts come in as plain values. Each cell keeps the cases it counts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from gongkai.requests.core.outcomes import derivation
from gongkai.requests.core.rules import room_rules
from gongkai.requests.core.states import OPEN

ROWS_TOP = ("new_received", "carried_in", "total_processed", "carried_out")
REMEDY_KINDS = ("review", "suit_direct", "suit_after_review")
REMEDY_RESULTS = ("upheld", "corrected", "other")
TOTAL = "total"
REMEDY_RESULT_NAMES = {
    "upheld": "结果维持",
    "corrected": "结果纠正",
    "other": "其他结果",
    "pending": "尚未审结",
    TOTAL: "总计",
}


@dataclass(frozen=True, slots=True)
class CaseFact:
    """One fact of a case, as the fold needs it."""

    name: str
    case: str
    on: date
    seq: int
    state: str
    body: Mapping[str, object]


@dataclass(slots=True)
class Tables:
    """Cells with the cases behind them: `section3[row][column]`, `section4[kind][result]`; totals counted on their own."""

    since: date
    until: date
    section3: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    section4: dict[str, dict[str, list[str]]] = field(default_factory=dict)

    def numbers3(self) -> dict[str, dict[str, int]]:
        """Return the cells of table three as numbers."""
        return {
            row: {column: len(cases) for column, cases in cells.items()}
            for row, cells in self.section3.items()
        }

    def numbers4(self) -> dict[str, dict[str, int]]:
        """Return the cells of table four as numbers."""
        return {
            kind: {name: len(cases) for name, cases in cells.items()} for kind, cells in self.section4.items()
        }


def columns() -> tuple[str, ...]:
    """Return the applicant columns of table three in order, the total last."""
    return (*room_rules().applicant_kinds, TOTAL)


def rows() -> tuple[str, ...]:
    """Return the rows of table three: the four sums and every kind of result."""
    return (*ROWS_TOP, *derivation().order)


def empty_tables(since: date, until: date) -> Tables:
    """Return both tables with nothing in them; every cell is there (无则填 0)."""
    tables = Tables(since, until)
    tables.section3 = {row: {column: [] for column in columns()} for row in rows()}
    tables.section4 = {
        kind: {name: [] for name in (*REMEDY_RESULTS, "pending", TOTAL)} for kind in REMEDY_KINDS
    }
    return tables


@dataclass(slots=True)
class _Case:
    kind: str = ""
    received: date | None = None
    closed: date | None = None
    row: str = ""
    seen: date | None = None
    is_open: bool = False


def fold(facts: Iterable[CaseFact], *, since: date, until: date) -> Tables:
    """Fold facts into both tables for a period, both days included.

    新收 by the receipt day, 办理结果 by the closing day, 结转 by what the facts say was open; a remedy by how it stood on `until`.
    """
    cases: dict[str, _Case] = defaultdict(_Case)
    remedies: dict[str, dict[str, object]] = defaultdict(dict)
    tables = empty_tables(since, until)
    for fact in facts:
        if fact.on > until and fact.name not in ("RemedyEnded",):
            continue
        case = cases[fact.case]
        match fact.name:
            case "RequestRegistered":
                case.kind = str(fact.body["applicant_kind"])
            case "ReceiptConfirmed":
                case.kind, case.received = str(fact.body["applicant_kind"]), fact.on
            case "RequestClosed":
                case.kind = str(fact.body["applicant_kind"])
                case.closed, case.row = fact.on, str(fact.body["row"])
            case "RemedyLodged":
                remedies[f"{fact.case}/{fact.body['remedy']}"].update(kind=fact.body["kind"], lodged=fact.on)
            case "RemedyEnded" if fact.on <= until:
                remedies[f"{fact.case}/{fact.body['remedy']}"].update(
                    kind=fact.body["kind"], ended=fact.on, result=fact.body["result"]
                )
        if fact.state in OPEN and case.closed is None:  # a further round does not open the case a second time
            case.is_open = True
        elif fact.name == "RequestClosed":
            case.is_open = False
    for number, case in cases.items():
        _count_case(tables, number, case)
    for number, remedy in remedies.items():
        _count_remedy(tables, number, remedy)
    return tables


def _count_case(tables: Tables, number: str, case: _Case) -> None:
    def add(row: str) -> None:
        cells = tables.section3[row]
        if case.kind in cells:
            cells[case.kind].append(number)
        cells[TOTAL].append(number)

    if case.received is not None and case.received >= tables.since:
        add("new_received")
    elif case.received is not None and (case.closed is None or case.closed >= tables.since):
        add("carried_in")
    if case.closed is not None and case.closed >= tables.since:
        add(case.row)
        add("total_processed")
    elif case.is_open:
        add("carried_out")


def _count_remedy(tables: Tables, number: str, remedy: Mapping[str, object]) -> None:
    ended = remedy.get("ended")
    if isinstance(ended, date) and ended < tables.since:
        return
    cells = tables.section4[str(remedy["kind"])]
    result = str(remedy["result"]) if ended is not None else "pending"
    cells[result].append(number)
    if "lodged" in remedy:
        cells[TOTAL].append(number)


@dataclass(frozen=True, slots=True)
class Broken:
    """An equation that does not hold: its name, where, and both sides."""

    equation: str
    where: str
    left: object
    right: object


def check_equations(tables: Tables) -> list[Broken]:
    """Return the equations F1 to F4 that do not hold (勾稽)."""
    broken: list[Broken] = []
    cells = tables.numbers3()
    for column in columns():
        left = cells["new_received"][column] + cells["carried_in"][column]
        right = cells["total_processed"][column] + cells["carried_out"][column]
        if left != right:
            broken.append(Broken("F1", column, left, right))
        parts = sum(cells[row][column] for row in derivation().order)
        if parts != cells["total_processed"][column]:
            broken.append(Broken("F2", column, parts, cells["total_processed"][column]))
    for row in rows():
        parts = sum(cells[row][column] for column in columns() if column != TOTAL)
        if parts != cells[row][TOTAL]:
            broken.append(Broken("F3", row, parts, cells[row][TOTAL]))
    for kind, results in tables.numbers4().items():
        parts = sum(number for name, number in results.items() if name != TOTAL)
        if parts != results[TOTAL]:
            broken.append(Broken("F4", kind, parts, results[TOTAL]))
    return broken


def check_chain(facts: Sequence[CaseFact], *, lengths: Mapping[str, int]) -> list[Broken]:
    """Return the cases whose facts are not numbered 1 to the length the case itself remembers (S1 事实连续)."""
    numbers: dict[str, list[int]] = defaultdict(list)
    for fact in facts:
        numbers[fact.case].append(fact.seq)
    broken = []
    for case, length in lengths.items():
        if sorted(numbers.get(case, [])) != list(range(1, length + 1)):
            broken.append(Broken("S1", case, tuple(sorted(numbers.get(case, []))), length))
    return broken


def check_same(first: Tables, second: Tables) -> list[Broken]:
    """Return the cells on which two counts differ (S2 两次统计一致)."""
    broken = []
    for name, one, two in (("3", first.section3, second.section3), ("4", first.section4, second.section4)):
        for row, cells in one.items():
            for column, cases in cells.items():
                if sorted(cases) != sorted(two[row][column]):
                    broken.append(Broken("S2", f"{name}/{row}/{column}", len(cases), len(two[row][column])))
    return broken
