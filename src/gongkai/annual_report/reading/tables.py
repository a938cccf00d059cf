"""Finding the official tables of an annual report among grids, by their printed labels."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal, InvalidOperation

from gongkai.annual_report.core.formats import Applicant, ReportFormat, SectionTwoTable
from gongkai.annual_report.core.report import BLANK, Cell, Report
from gongkai.annual_report.reading.grids import Grid

_MISSING = {"/", "-", "—", "――", "——", "无", "\\"}
_PUNCTUATION = re.compile(r"[\s　:：,，、.．。;；()（）\[\]“”\"'‘’《》]+")
_NUMBER = re.compile(r"-?\d[\d,]*(?:\.\d+)?")


def plain(text: str) -> str:
    """Return a label without width, space and punctuation differences."""
    return _PUNCTUATION.sub("", unicodedata.normalize("NFKC", text))


def read_cell(text: str) -> tuple[Cell, bool]:
    """Read a printed cell: a number, BLANK for an empty one, None for a dash or words; the flag says it was readable."""
    inner = unicodedata.normalize("NFKC", text).strip().replace(" ", "")
    if not inner:
        return BLANK, True
    if inner in _MISSING:
        return None, False
    inner = inner.removesuffix("件").removesuffix("项").removesuffix("宗").removesuffix("万元")
    if _NUMBER.fullmatch(inner):
        try:
            return Decimal(inner.replace(",", "")), True
        except InvalidOperation:
            return None, False
    return None, False


def read_tables(report: Report, grids: list[Grid]) -> set[str]:
    """Fill `report.cells` from grids and return which sections (t2, t3, t4) were found."""
    found: set[str] = set()
    for grid in grids:
        if _read_requests(report, grid):
            found.add("t3")
        elif _read_remedies(report, grid):
            found.add("t4")
        elif _read_section2(report, grid):
            found.add("t2")
    return found


def guess_format(grids: list[Grid], formats: dict[str, ReportFormat]) -> ReportFormat:
    """Choose the format whose section 2 heads stand in the grids; the newest when nothing tells."""
    words = {plain(cell) for grid in grids for row in grid for cell in row}
    scores = {
        name: sum(plain(column.label) in words for table in form.section2 for column in table.columns)
        for name, form in formats.items()
    }
    return formats[max(sorted(scores), key=lambda name: scores[name])]


def _put(report: Report, address: str, text: str) -> None:
    cell, readable = read_cell(text)
    if not readable:
        report.unread.append(f"{address}：“{text.strip()[:20]}”")
    report.cells[address] = cell


def _row_labels(form: ReportFormat) -> dict[str, str]:
    labels: dict[str, str] = {}
    for row in form.section3:
        if not row.is_heading:
            for words in (row.label, *form.label_variants.get(row.id, ())):
                labels[plain(words)] = row.id
    return labels


def _read_requests(report: Report, grid: Grid) -> bool:
    labels = _row_labels(report.format)
    lacking = _lacking_columns(report.format, grid, labels)
    applicants = [a for a in report.format.applicants if a not in lacking]
    width, seen = len(applicants), 0
    last_parent = ""
    headings = {plain(row.label): row.id for row in report.format.section3 if row.is_heading}
    for cells in grid:
        if len(cells) <= width:
            continue
        names = [plain(cell) for cell in cells[:-width]]
        last_parent = next((headings[n] for n in reversed(names) if n in headings), last_parent)
        row_id = _match_row(report.format, labels, names, last_parent)
        if row_id is None:
            continue
        seen += 1
        for applicant, text in zip(applicants, cells[-width:], strict=True):
            _put(report, f"t3.{row_id}.{applicant.id}", text)
    if seen < 5:
        return False
    report.unread += [f"第三部分的表格没有“{one.label}”一列" for one in lacking]
    return True


def _lacking_columns(form: ReportFormat, grid: Grid, labels: dict[str, str]) -> list[Applicant]:
    """Return the kinds of applicants that no head names; with a column missing, the others must not slide into its place."""
    words: set[str] = set()
    for cells in grid:
        names = [plain(cell) for cell in cells]
        if any(name in labels for name in names if name):
            break
        words.update(names)
    lacking = [one for one in form.applicants if plain(one.label) not in words]
    return lacking if len(lacking) < len(form.applicants) - 1 else []


def _match_row(form: ReportFormat, labels: dict[str, str], names: list[str], parent: str) -> str | None:
    for name in reversed(names):
        if not name:
            continue
        if name in labels:
            return labels[name]
        # A label may carry notes, lose its number, or be shortened: then it must fit one row only.
        tight = name.lstrip("0123456789一二三四五六七")
        fitting = {
            row_id
            for label, row_id in labels.items()
            if len(tight) >= 4 and (label.startswith(name) or name.startswith(label) or tight in label)
        }
        if len(fitting) > 1:
            fitting = {row_id for row_id in fitting if row_id.startswith(f"{parent}.")}
        if len(fitting) == 1:
            return fitting.pop()
    return None


def _read_remedies(report: Report, grid: Grid) -> bool:
    columns, groups = report.format.section4_columns, report.format.value_groups
    words = {plain(cell) for row in grid for cell in row}
    if plain(columns[0].label) not in words or plain(columns[-2].label) not in words:
        return False
    expected = len(columns) * len(groups)
    for cells in reversed(grid):
        values = cells[-expected:]
        if len(values) == expected and any(read_cell(v)[1] and v.strip() for v in values):
            for i, text in enumerate(values):
                _put(report, f"t4.{groups[i // len(columns)]}.{columns[i % len(columns)].id}", text)
            return True
    return False


def _read_section2(report: Report, grid: Grid) -> bool:
    """Section 2 is printed as one table with captions, or as several: follow caption, head row, then rows."""
    current: SectionTwoTable | None = None
    positions: dict[str, int] = {}
    seen = 0
    for cells in grid:
        names = [plain(cell) for cell in cells]
        caption = next(
            (t for t in report.format.section2 if plain(t.caption) in "".join(dict.fromkeys(names))), None
        )
        if caption:
            current, positions = caption, {}
            continue
        for table in report.format.section2 if current is None else (current,):
            heads = {
                column.id: names.index(plain(column.label))
                for column in table.columns
                if plain(column.label) in names
            }
            if len(heads) == len(table.columns):
                current, positions = table, heads
                break
        else:
            row = (
                next((r for r in current.rows if plain(r.label) in names[:2]), None)
                if current and positions
                else None
            )
            if row and current:
                seen += 1
                for column_id, position in positions.items():
                    if position < len(cells):
                        _put(report, f"{current.id}.{row.id}.{column_id}", cells[position])
    return seen > 0
