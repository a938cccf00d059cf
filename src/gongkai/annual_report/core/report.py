"""The numbers of one annual report (年度报告的数): cells by address, with what is missing and what was left blank."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from gongkai.annual_report.core.formats import ReportFormat, format_named, format_of_year

TOTAL = "total"


class Blank:
    """A cell that was printed empty: counts as 0 and is reported."""

    def __repr__(self) -> str:
        return "BLANK"


BLANK = Blank()
Cell = Decimal | Blank | None
"""A number, BLANK (printed empty), or None (not given)."""


class ReportUnreadable(ValueError):
    """The report cannot be read; `where` names the place in the input, the message says what is wrong and the remedy."""

    def __init__(self, problem: str, *, where: str = "") -> None:
        self.where = where
        super().__init__(f"{where}：{problem}" if where else problem)


@dataclass(slots=True)
class Report:
    """One report as numbers. `cells` maps addresses such as `t2.art20_1.regulations.made`, `t3.granted.total`,
    `t4.review.upheld` to cells; `narrative` is text, or said numbers by name."""

    agency: str
    agency_kind: str | None
    year: int
    format: ReportFormat
    cells: dict[str, Cell] = field(default_factory=dict)
    narrative: str | Mapping[str, Decimal] = ""
    previous: Report | None = None
    unread: list[str] = field(default_factory=list)

    def number(self, address: str) -> Decimal | None:
        """Return a cell as a number; blank counts as 0, missing is None."""
        cell = self.cells.get(address)
        return Decimal(0) if isinstance(cell, Blank) else cell

    def blanks(self) -> Iterator[str]:
        """Yield the addresses of cells printed empty, in the order of the format."""
        return (address for address, cell in self.cells.items() if isinstance(cell, Blank))


def addresses(form: ReportFormat) -> Iterator[str]:
    """Yield every cell address of a format, in printed order."""
    for table in form.section2:
        for row in table.rows:
            yield from (f"{table.id}.{row.id}.{column.id}" for column in table.columns)
    for row_id in form.value_rows:
        yield from (f"t3.{row_id}.{applicant.id}" for applicant in form.applicants)
    for group in form.value_groups:
        yield from (f"t4.{group}.{column.id}" for column in form.section4_columns)


def label_of(form: ReportFormat, address: str) -> str:
    """Return the printed words for a cell address, for messages."""
    head, _, rest = address.partition(".")
    if head == "t2":
        for table in form.section2:
            if address.startswith(f"{table.id}."):
                row_id, column_id = address.removeprefix(f"{table.id}.").split(".")
                row = next(r.label for r in table.rows if r.id == row_id)
                column = next(c.label for c in table.columns if c.id == column_id)
                return f"{table.caption}“{row}”{column}"
    if head == "t3":
        row_id, _, applicant = rest.rpartition(".")
        row = next(r.label for r in form.section3 if r.id == row_id)
        return f"申请情况表“{row}”{next(a.label for a in form.applicants if a.id == applicant)}"
    if head == "t4":
        group_id, _, column_id = rest.partition(".")
        group = next(g for g in form.section4_groups if g.id == group_id)
        column = next(c.label for c in form.section4_columns if c.id == column_id)
        prefix = "行政诉讼" if group.parent else ""
        return f"复议诉讼表“{prefix}{group.label}”{column}"
    return address


def cell_from(value: Any, *, where: str) -> Cell:
    """Read one JSON value as a cell: number, numeric text, "" (blank) or null; raises ReportUnreadable."""
    if value is None:
        return None
    if isinstance(value, (bool, list, dict)):
        raise ReportUnreadable(f"应为数字、空字符串或 null，现为 {value!r}", where=where)
    if isinstance(value, str) and not value.strip():
        return BLANK
    try:
        number = Decimal(str(value).replace(",", "").strip())
    except InvalidOperation:
        raise ReportUnreadable(f"应为数字，现为“{str(value)[:40]}”", where=where) from None
    if not number.is_finite():
        raise ReportUnreadable("不是有限的数", where=where)
    return number


def report_from_json(data: Any) -> Report:
    """Read the JSON form of a report (see docs); unknown rows and columns are named in `unread`, never dropped silently."""
    if not isinstance(data, dict):
        raise ReportUnreadable("年报 JSON 的最外层应为对象（{…}）")
    year = data.get("year")
    if not isinstance(year, int) or isinstance(year, bool):
        raise ReportUnreadable("应为整数年份，例如 2023", where="year")
    form = format_named(str(data["format"])) if data.get("format") else format_of_year(year)
    report = Report(
        agency=str(data.get("agency") or ""), agency_kind=data.get("agency_kind"), year=year, format=form,
        narrative=_narrative(data.get("narrative")),
    )  # fmt: skip
    _read_section2(report, _given(data, "section2"))
    _read_section3(report, _given(data, "section3"))
    _read_section4(report, _given(data, "section4"))
    known = list(addresses(form))
    report.cells = {address: report.cells[address] for address in known if address in report.cells}
    if data.get("previous") is not None:
        report.previous = report_from_json(data["previous"])
    return report


def _narrative(value: Any) -> str | dict[str, Decimal]:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if not isinstance(value, dict):
        raise ReportUnreadable("应为文字，或“名称: 数字”的对象", where="narrative")
    said: dict[str, Decimal] = {}
    for name, number in value.items():
        cell = cell_from(number, where=f"narrative.{name}")
        if isinstance(cell, Decimal):
            said[str(name)] = cell
    return said


def _given(data: dict[str, Any], key: str) -> Any:
    return {} if data.get(key) is None else data[key]


def _mapping(value: Any, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ReportUnreadable("应为“名称: 值”的对象", where=where)
    return value


def _read_section2(report: Report, data: Any) -> None:
    tables = {table.id: table for table in report.format.section2}
    for table_id, rows in _mapping(data, "section2").items():
        table = tables.get(table_id if table_id.startswith("t2.") else f"t2.{table_id}")
        if table is None:
            report.unread.append(f"section2.{table_id}")
            continue
        for row_id, cells in _mapping(rows, f"section2.{table_id}").items():
            for column_id, value in _mapping(cells, f"section2.{table_id}.{row_id}").items():
                where = f"section2.{table_id}.{row_id}.{column_id}"
                column = next((c for c in table.columns if c.id == column_id), None)
                if (
                    column is None
                    or row_id not in {r.id for r in table.rows}
                    or (column.type == "money_text" and isinstance(value, str) and not _is_number(value))
                ):
                    report.unread.append(where)
                else:
                    report.cells[f"{table.id}.{row_id}.{column_id}"] = cell_from(value, where=where)


def _is_number(text: str) -> bool:
    try:
        return not text.strip() or Decimal(text.replace(",", "").strip()).is_finite()
    except InvalidOperation:
        return False


def _read_section3(report: Report, data: Any) -> None:
    data = _mapping(data, "section3")
    columns = data.get("columns") or [applicant.id for applicant in report.format.applicants]
    known = {applicant.id for applicant in report.format.applicants}
    report.unread += [f"section3.columns.{c}" for c in columns if c not in known]
    for row_id, values in _mapping(_given(data, "rows"), "section3.rows").items():
        where = f"section3.rows.{row_id}"
        if row_id not in report.format.value_rows:
            report.unread.append(where)
            continue
        if not isinstance(values, list) or len(values) != len(columns):
            raise ReportUnreadable(f"应为 {len(columns)} 个数的列表（与 columns 对应）", where=where)
        for column, value in zip(columns, values, strict=True):
            if column in known:
                report.cells[f"t3.{row_id}.{column}"] = cell_from(value, where=f"{where}[{column}]")


def _read_section4(report: Report, data: Any) -> None:
    known = {column.id for column in report.format.section4_columns}
    for group, cells in _mapping(data, "section4").items():
        if group not in report.format.value_groups:
            report.unread.append(f"section4.{group}")
            continue
        for column, value in _mapping(cells, f"section4.{group}").items():
            where = f"section4.{group}.{column}"
            if column in known:
                report.cells[f"t4.{group}.{column}"] = cell_from(value, where=where)
            else:
                report.unread.append(where)
