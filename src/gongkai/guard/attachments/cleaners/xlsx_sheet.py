"""Clean copy of one worksheet (清洗工作表): hidden rows and columns out, formulas to values, leftovers gone."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from gongkai.guard.attachments.readers.cell_formats import CellFormats, column_index
from gongkai.guard.attachments.removed import Removed
from gongkai.guard.attachments.xml_tree import R, S, drop, local

from .xlsx_grid import Grid

_TRUE = frozenset({"1", "true"})
_NARROW = 0.1
_LEFTOVERS = frozenset(
    [
        "autoFilter",
        "sortState",
        "dataValidations",
        "scenarios",
        "customSheetViews",
        "legacyDrawing",
        "oleObjects",
        "controls",
        "customProperties",
        "webPublishItems",
        "dimension",
        "dataConsolidate",
        "protectedRanges",
        "cellWatches",
        "smartTags",
        "AlternateContent",
    ]
)
_COUNTED = {
    "oleObjects": "att.ole_embedded",
    "autoFilter": "xlsx.rule",
    "dataValidations": "xlsx.rule",
    "scenarios": "xlsx.rule",
}
_ONLY_WITHOUT_CHANGE = frozenset({"rowBreaks", "colBreaks", "tableParts", "ignoredErrors"})


@dataclass(slots=True)
class SheetResult:
    """What came of one sheet: how it was rearranged, formulas without a stored value, strings still used."""

    grid: Grid
    without_value: list[str] = field(default_factory=list)


def clean_sheet(root: Any, formats: CellFormats, removed: Removed, *, gone_sheets: set[str]) -> SheetResult:
    """Clean the tree of a worksheet in place."""
    data = root.find(f"{S}sheetData")
    if data is None:
        _drop_leftovers(root, removed, Grid(), gone_sheets)
        return SheetResult(Grid())
    grid = _hidden_grid(root, data)
    removed.add("att.xlsx_hidden_rowcol", len(grid.rows) + len(grid.columns))
    result = SheetResult(grid)
    gone_rows, gone_columns = set(grid.rows), set(grid.columns)
    number = 0
    for row in list(data):
        number = int(row.get("r", "0") or 0) or number + 1
        if number in gone_rows:
            data.remove(row)
            continue
        _clean_row(row, number, gone_columns, formats, removed, result)
    _columns(root, grid)
    if not grid.is_unchanged:
        _rearrange(root, grid)
    _drop_leftovers(root, removed, grid, gone_sheets)
    return result


def _hidden_grid(root: Any, data: Any) -> Grid:
    """Find hidden rows, and hidden columns up to the last one in use (empty ones behind it hide nothing)."""
    rows: list[int] = []
    last_column = -1
    number = 0
    for row in data:
        number = int(row.get("r", "0") or 0) or number + 1
        if row.get("hidden") in _TRUE or _float(row.get("ht")) < _NARROW:
            rows.append(number)
        for place, cell in enumerate(row):
            index = column_index(cell.get("r", ""))
            last_column = max(last_column, place if index is None else index)
    columns: set[int] = set()
    for group in root.iter(f"{S}cols"):
        for column in group:
            if column.get("hidden") in _TRUE or _float(column.get("width")) < _NARROW:
                low, high = int(column.get("min", "1")) - 1, int(column.get("max", "1")) - 1
                columns.update(range(low, min(high, last_column) + 1))
    return Grid(tuple(sorted(rows)), tuple(sorted(columns)))


def _float(text: str | None) -> float:
    try:
        return float(text) if text is not None else 1.0
    except ValueError:
        return 1.0


def _clean_row(
    row: Any, number: int, gone: set[int], formats: CellFormats, removed: Removed, result: SheetResult
) -> None:
    grid = result.grid
    for name in ("spans", "outlineLevel", "collapsed", "hidden"):
        row.attrib.pop(name, None)
    row.set("r", str(grid.row(number)))
    position = -1
    for cell in list(row):
        if local(cell) != "c":
            row.remove(cell)
            continue
        index = column_index(cell.get("r", ""))
        position = position + 1 if index is None else index
        if position in gone:
            row.remove(cell)
            continue
        style = cell.get("s", "0")
        if style.isdigit() and int(style) in formats.invisible and len(cell):
            _empty(cell)
            removed.add("att.xlsx_hidden_rowcol")
        for name in ("cm", "vm", "ph"):
            cell.attrib.pop(name, None)
        formula = cell.find(f"{S}f")
        if formula is not None:
            value = cell.find(f"{S}v")
            if value is None or not value.text:
                result.without_value.append(cell.get("r", ""))
            else:
                cell.remove(formula)
                removed.add("xlsx.formula")
        if cell.get("r"):
            cell.set("r", grid.cell(cell.get("r")))


def _empty(cell: Any) -> None:
    for child in list(cell):
        cell.remove(child)
    cell.attrib.pop("t", None)


def _columns(root: Any, grid: Grid) -> None:
    for group in list(root.iter(f"{S}cols")):
        for column in list(group):
            low, high = int(column.get("min", "1")) - 1, int(column.get("max", "1")) - 1
            new_low, new_high = grid.column(low), grid.column(high + 1) - 1
            if new_high < new_low:
                group.remove(column)
                continue
            column.set("min", str(new_low + 1))
            column.set("max", str(new_high + 1))
            for name in ("outlineLevel", "collapsed"):
                column.attrib.pop(name, None)
        if not len(group):
            drop(group)


def _rearrange(root: Any, grid: Grid) -> None:
    """Move merged cells, links, colouring rules and the frozen pane to where their cells went."""
    for element in list(root.iter(f"{S}mergeCell", f"{S}hyperlink")):
        _move(element, "ref", grid)
    for element in list(root.iter(f"{S}mergeCells")):
        element.attrib.pop("count", None)
        if not len(element):
            drop(element)
    for element in list(root.iter(f"{S}conditionalFormatting")):
        for rule in list(element):
            if any(
                any(char.isalpha() for char in formula.text or "") for formula in rule.iter(f"{S}formula")
            ):
                element.remove(rule)
        if not len(element):
            drop(element)
        else:
            _move(element, "sqref", grid)
    for view in root.iter(f"{S}sheetView"):
        view.attrib.pop("topLeftCell", None)
        for element in list(view):
            if local(element) == "selection":
                view.remove(element)
            elif local(element) == "pane":
                element.attrib.pop("topLeftCell", None)
                for name, moved in (("ySplit", lambda n: grid.row(n + 1) - 1), ("xSplit", grid.column)):
                    if element.get("state", "").startswith("frozen") and element.get(name, "").isdigit():
                        element.set(name, str(moved(int(element.get(name)))))


def _move(element: Any, attribute: str, grid: Grid) -> None:
    moved = grid.areas(element.get(attribute, ""))
    if moved is None:
        drop(element)
    else:
        element.set(attribute, moved)


def _drop_leftovers(root: Any, removed: Removed, grid: Grid, gone_sheets: set[str]) -> None:
    for child in list(root):
        name = local(child)
        if (
            name in _LEFTOVERS
            or (name in _ONLY_WITHOUT_CHANGE and not grid.is_unchanged)
            or (name == "extLst" and not _harmless(child, grid, gone_sheets))
        ):
            if name in _COUNTED:
                removed.add(_COUNTED[name])
            drop(child)
        elif name == "sheetPr":
            for key in ("codeName", "filterMode"):
                child.attrib.pop(key, None)
        elif name == "pageSetup":
            child.attrib.pop(f"{R}id", None)
    for link in list(root.iter(f"{S}hyperlink")):
        if link.get("location", "").rpartition("!")[0].strip("'") in gone_sheets:
            drop(link)
    for rule in list(root.iter(f"{S}cfRule")):
        if any("!" in (formula.text or "") for formula in rule.iter(f"{S}formula")):
            drop(rule)
    for element in list(root.iter(f"{S}conditionalFormatting", f"{S}hyperlinks", f"{S}mergeCells")):
        if not len(element):
            drop(element)


def _harmless(extensions: Any, grid: Grid, gone_sheets: set[str]) -> bool:
    """Tell whether the extensions only draw (small charts, colours) and point at nothing that is gone."""
    if not grid.is_unchanged or gone_sheets:
        return False
    return all(
        local(child) in ("sparklineGroups", "conditionalFormattings")
        for extension in extensions
        for child in extension
    )
