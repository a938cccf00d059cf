"""Cross-checks of an annual report (勾稽): F1 to F8 and F11 over cells, reminders F10, F12, F13; F9 is in `narrative`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from gongkai.annual_report.core.formats import formulas
from gongkai.annual_report.core.report import TOTAL, Report, label_of

RULE_MAKING_KINDS = (
    "national_department",
    "province_government",
    "city_government",
    "国务院部门",
    "省级政府",
    "设区的市政府",
)


@dataclass(frozen=True, slots=True)
class Failure:
    """A cross-check that does not hold, or a reminder; `left` and `right` are the two sides, None for reminders."""

    formula: str
    severity: str
    where: str
    left: Decimal | None
    right: Decimal | None
    message: str


@dataclass(slots=True)
class Outcome:
    """How many instances of each formula were checked, and what failed."""

    checked: dict[str, int] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)

    @property
    def has_errors(self) -> bool:
        """Tell whether a formula of severity error fails."""
        return any(failure.severity == "error" for failure in self.failures)


Instance = tuple[str, str, Decimal | None, Decimal | None, bool]
"""Formula id, place, left, right, holds. A side that is None means that a term is missing: not checked."""


def check_equations(report: Report) -> Outcome:
    """Check every cross-check whose terms are all given; a missing term leaves its instance unchecked."""
    outcome = Outcome(checked=dict.fromkeys((f"F{n}" for n in (1, 2, 3, 4, 5, 6, 7, 8, 9, 11)), 0))
    for formula_id, where, left, right, holds in instances(report):
        if left is None or right is None:
            continue
        outcome.checked[formula_id] += 1
        if not holds:
            outcome.failures.append(_failure(report, formula_id, where, left, right))
    for address in report.blanks():
        rule = formulas()["F11"]
        message = f"{label_of(report.format, address)}：留了空白；没有的请填 0"
        outcome.failures.append(Failure("F11", rule.severity, address, None, None, message))
    outcome.checked["F11"] = sum(cell is not None for cell in report.cells.values())
    return outcome


def instances(report: Report) -> Iterator[Instance]:
    """Yield every instance of F1 to F8, those with a missing term too."""
    for check in _CHECKS:
        yield from check(report)


def reminders(report: Report) -> list[Failure]:
    """Return the reminders that no arithmetic can check: F10, F12, F13; F12 falls away when section 6 names the fee."""
    text = report.narrative if isinstance(report.narrative, str) else ""
    chosen = ["F10", "F12", "F13"] if "信息处理费" not in text else ["F10", "F13"]
    return [
        Failure(i, formulas()[i].severity, "全文", None, None, f"提示：{formulas()[i].name}") for i in chosen
    ]


def _failure(report: Report, formula_id: str, where: str, left: Decimal, right: Decimal) -> Failure:
    rule = formulas()[formula_id]
    place = label_of(report.format, where) if where.count(".") >= 2 else where
    return Failure(
        formula_id,
        rule.severity,
        where,
        left,
        right,
        f"{place}：{rule.name}；左边 {left}，右边 {right}，差 {left - right}",
    )


def _total(*terms: Decimal | None) -> Decimal | None:
    known = [term for term in terms if term is not None]
    return sum(known, Decimal(0)) if len(known) == len(terms) else None


def _equal(formula: str, where: str, left: Decimal | None, right: Decimal | None) -> Instance:
    return formula, where, left, right, left == right


def _f1(report: Report) -> Iterator[Instance]:
    for applicant in report.format.applicants:
        left = _total(
            report.number(f"t3.new_received.{applicant.id}"), report.number(f"t3.carried_in.{applicant.id}")
        )
        right = _total(
            report.number(f"t3.total_processed.{applicant.id}"),
            report.number(f"t3.carried_out.{applicant.id}"),
        )
        yield _equal("F1", f"t3.new_received.{applicant.id}", left, right)


def _f2(report: Report) -> Iterator[Instance]:
    for applicant in report.format.applicants:
        parts = _total(*(report.number(f"t3.{leaf}.{applicant.id}") for leaf in report.format.leaves))
        where = f"t3.total_processed.{applicant.id}"
        yield _equal("F2", where, report.number(where), parts)


def _f3(report: Report) -> Iterator[Instance]:
    parts = [applicant.id for applicant in report.format.applicants if applicant.id != TOTAL]
    for row in report.format.value_rows:
        where = f"t3.{row}.{TOTAL}"
        yield _equal(
            "F3", where, report.number(where), _total(*(report.number(f"t3.{row}.{p}") for p in parts))
        )


def _f4(report: Report) -> Iterator[Instance]:
    parts = [column.id for column in report.format.section4_columns if column.id != TOTAL]
    for group in report.format.value_groups:
        where = f"t4.{group}.{TOTAL}"
        yield _equal(
            "F4", where, report.number(where), _total(*(report.number(f"t4.{group}.{p}") for p in parts))
        )


def _f5(report: Report) -> Iterator[Instance]:
    if report.previous is None or report.previous.year != report.year - 1:
        return
    for applicant in report.format.applicants:
        where = f"t3.carried_in.{applicant.id}"
        yield _equal(
            "F5", where, report.number(where), report.previous.number(f"t3.carried_out.{applicant.id}")
        )


def _documents(report: Report) -> Iterator[str]:
    table = next((t for t in report.format.section2 if t.id == "t2.art20_1"), None)
    if table and {"made", "repealed", "in_force"} <= {column.id for column in table.columns}:
        yield from (f"{table.id}.{row.id}" for row in table.rows)


def _f6(report: Report) -> Iterator[Instance]:
    if report.previous is None or report.previous.year != report.year - 1:
        return
    for row in _documents(report):
        made, repealed = report.number(f"{row}.made"), report.number(f"{row}.repealed")
        expected = _total(
            report.previous.number(f"{row}.in_force"), made, None if repealed is None else -repealed
        )
        yield _equal("F6", f"{row}.in_force", report.number(f"{row}.in_force"), expected)


def _f7(report: Report) -> Iterator[Instance]:
    for row in _documents(report):
        made, in_force = report.number(f"{row}.made"), report.number(f"{row}.in_force")
        if report.number(f"{row}.repealed") != 0 or made is None or in_force is None:
            continue
        yield "F7", f"{row}.in_force", in_force, made, in_force >= made


def _f8(report: Report) -> Iterator[Instance]:
    if not _may_not_make_rules(report):
        return
    for table in report.format.section2:
        if any(row.id == "regulations" for row in table.rows):
            for column in table.columns:
                where = f"{table.id}.regulations.{column.id}"
                yield _equal("F8", where, report.number(where), Decimal(0))


def _may_not_make_rules(report: Report) -> bool:
    """Departments under a local government make no 规章; a government itself, or an unknown body, is not judged."""
    if report.agency_kind:
        return report.agency_kind not in RULE_MAKING_KINDS
    name = report.agency.strip()
    return (
        bool(name)
        and not name.startswith(("国家", "中华人民共和国"))
        and not name.endswith(("人民政府", "政府"))
    )


_CHECKS: tuple[Callable[[Report], Iterator[Instance]], ...] = (_f1, _f2, _f3, _f4, _f5, _f6, _f7, _f8)
