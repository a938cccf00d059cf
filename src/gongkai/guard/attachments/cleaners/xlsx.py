"""Clean copies of workbooks (清洗 xlsx): visible sheets, rows and columns with the values shown, and nothing behind them."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, BinaryIO

import openpyxl
from openpyxl.utils.datetime import to_excel

from gongkai.guard.attachments.conversion import convert, converter
from gongkai.guard.attachments.limits import Budget, Unreadable
from gongkai.guard.attachments.readers.cell_formats import CellFormats
from gongkai.guard.attachments.readers.xlsx_extras import user_names
from gongkai.guard.attachments.removed import Removed
from gongkai.guard.attachments.xml_tree import R, S, drop, local

from .package import (
    Package,
    anonymous_drawings,
    cut_inside_links,
    cut_pictures,
    drop_unused_rels,
    freeze_charts,
)
from .xlsx_drawings import clean_drawing, literal_charts
from .xlsx_grid import Grid
from .xlsx_sheet import clean_sheet

_MAIN_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_LEFTOVERS = frozenset(
    [
        "externalReferences",
        "pivotCaches",
        "extLst",
        "AlternateContent",
        "fileRecoveryPr",
        "customWorkbookViews",
        "fileSharing",
        "revisionPtr",
        "smartTagPr",
        "smartTagTypes",
        "webPublishing",
        "webPublishObjects",
        "functionGroups",
        "oleSize",
        "fileVersion",
    ]
)
_HIDDEN = frozenset({"hidden", "veryHidden"})
_KEPT_NAMES = ("_xlnm.Print_Area", "_xlnm.Print_Titles")


@dataclass(slots=True)
class _Sheet:
    name: str
    part: str
    old_index: int
    grid: Grid = field(default_factory=Grid)


def clean_xlsx(source: Path | BinaryIO, budget: Budget, removed: Removed) -> bytes:
    """Return an xlsx (never xlsm) that shows the same and hides nothing; raises Unreadable or Overrun."""
    package = Package.load(source, budget, removed)
    main = package.main_part()
    workbook = package.tree(main)
    _count_comments(package)
    sheets, gone = _visible_sheets(package, main, workbook)
    package.drop_unseen("att.xlsx_comment")
    styles = next(iter(package.of_type("spreadsheetml.styles+xml")), None)
    formats = CellFormats.from_styles(package.tree(styles) if styles else None)
    used: set[int] = set()
    recalculated = _Recalculated(source)
    for sheet in sheets:
        _clean_one(package, sheet, formats, gone, used, recalculated, is_rearranged=bool(gone))
        budget.check_time()
    changed = bool(gone) or any(not sheet.grid.is_unchanged for sheet in sheets)
    _workbook(package, main, workbook, sheets, changed=changed)
    _prune_strings(package, used)
    if changed:
        literal_charts(package)
    freeze_charts(package)
    package.overrides[main] = _MAIN_TYPE
    package.clean_media()
    return package.to_bytes()


def _count_comments(package: Package) -> None:
    for name in package.of_type("spreadsheetml.comments+xml"):
        package.removed.add(
            "att.xlsx_comment", sum(local(element) == "comment" for element in package.tree(name).iter())
        )


def _visible_sheets(package: Package, main: str, workbook: Any) -> tuple[list[_Sheet], set[str]]:
    """Take the hidden sheets out of the workbook; return the others and the names of those gone."""
    targets = {item.id: item for item in package.rels[main]}
    sheets: list[_Sheet] = []
    gone: set[str] = set()
    for index, element in enumerate(list(workbook.iter(f"{S}sheet"))):
        relationship = targets.get(element.get(f"{R}id", ""))
        name = element.get("name", "")
        is_macro = relationship is not None and relationship.short_type in (
            "xlMacrosheet",
            "xlIntlMacrosheet",
            "dialogsheet",
        )
        if (
            element.get("state") in _HIDDEN
            or relationship is None
            or is_macro
            or relationship.target not in package.parts
        ):
            gone.add(name)
            drop(element)
            identifier = element.get(f"{R}id")
            package.drop_rels(lambda item, identifier=identifier: item.id == identifier, main)  # type: ignore[misc]
            package.removed.add("att.xlsx_hidden_sheet")
        else:
            sheets.append(_Sheet(name, relationship.target, index))
    if not sheets:
        raise Unreadable("工作簿没有一张看得见的工作表")
    return sheets, gone


def _clean_one(
    package: Package,
    sheet: _Sheet,
    formats: CellFormats,
    gone: set[str],
    used: set[int],
    recalculated: _Recalculated,
    *,
    is_rearranged: bool,
) -> None:
    root = package.tree(sheet.part)
    before = {
        cell.get("r"): None
        for cell in root.iter(f"{S}c")
        if cell.find(f"{S}f") is not None and not _stored(cell)
    }
    if before:
        package.removed.add("xlsx.recalculated", recalculated.fill(root, sheet.name, must=is_rearranged))
    result = clean_sheet(root, formats, package.removed, gone_sheets=gone)
    sheet.grid = result.grid
    if result.without_value and (is_rearranged or not result.grid.is_unchanged):
        raise Unreadable(
            f"工作表“{sheet.name}”的公式没有保存计算结果；请用 Excel 或 WPS 打开后保存一次，再清洗"
        )
    for cell in root.iter(f"{S}c"):
        value = cell.find(f"{S}v")
        if cell.get("t") == "s" and value is not None and (value.text or "").strip().isdigit():
            used.add(int(value.text))
    for relationship in package.rels.get(sheet.part, []):
        if relationship.short_type == "drawing" and relationship.target in package.parts:
            drawing = package.tree(relationship.target)
            package.removed.add("att.xlsx_hidden_rowcol", clean_drawing(drawing, result.grid))
            cut_pictures(package, relationship.target, drawing)
            cut_inside_links(package, relationship.target, drawing)
            anonymous_drawings(package, drawing)
            drop_unused_rels(package, relationship.target, drawing)
            package.put(relationship.target, drawing)
        elif relationship.short_type == "table" and relationship.target in package.parts:
            _clean_table(package, relationship.target)
    cut_inside_links(package, sheet.part, root)
    used_ids = {
        value for element in root.iter() for key, value in element.attrib.items() if key.startswith(R)
    }
    package.drop_rels(lambda item: item.id not in used_ids, sheet.part)
    package.put(sheet.part, root)


def _stored(cell: Any) -> bool:
    value = cell.find(f"{S}v")
    return value is not None and bool(value.text)


def _clean_table(package: Package, name: str) -> None:
    root = package.tree(name)
    for element in list(
        root.iter(f"{S}filterColumn", f"{S}sortState", f"{S}calculatedColumnFormula", f"{S}totalsRowFormula")
    ):
        drop(element)
    package.drop_rels(lambda item: True, name)
    package.put(name, root)


def _workbook(package: Package, main: str, root: Any, sheets: list[_Sheet], *, changed: bool) -> None:
    package.removed.add("att.xlsx_external_link", len(user_names(root)))
    order = {sheet.old_index: new for new, sheet in enumerate(sheets)}
    for element in list(root):
        if local(element) in _LEFTOVERS:
            drop(element)
    for element in list(root.iter(f"{S}definedName")):
        index = element.get("localSheetId", "")
        if (
            element.get("name") not in _KEPT_NAMES
            or changed
            or not index.isdigit()
            or int(index) not in order
            or "#REF" in (element.text or "")
        ):
            drop(element)
        else:
            element.set("localSheetId", str(order[int(index)]))
    for element in list(root.iter(f"{S}definedNames")):
        if not len(element):
            drop(element)
    for view in root.iter(f"{S}workbookView"):
        active = int(view.get("activeTab", "0")) if view.get("activeTab", "0").isdigit() else 0
        view.set("activeTab", str(order.get(active, 0)))
        view.attrib.pop("firstSheet", None)
    for element in root.iter(f"{S}workbookPr"):
        element.attrib.pop("codeName", None)
    package.put(main, root)


def _prune_strings(package: Package, used: set[int]) -> None:
    """Empty the shared strings that no cell shows any more; their numbers stay."""
    for name in package.of_type("spreadsheetml.sharedStrings+xml"):
        root = package.tree(name)
        for index, element in enumerate(root.iter(f"{S}si")):
            for guide in list(element.iter(f"{S}rPh", f"{S}phoneticPr")):
                drop(guide)
            if index not in used:
                for child in list(element):
                    element.remove(child)
                element.append(element.makeelement(f"{S}t", {}, None))
        for key in ("count", "uniqueCount"):
            root.attrib.pop(key, None)
        package.put(name, root)


class _Recalculated:
    """Values of formulas that were saved without a result, worked out by the converter once when needed."""

    def __init__(self, source: Path | BinaryIO) -> None:
        self._source = source
        self._book: Any = None

    def fill(self, root: Any, sheet: str, *, must: bool) -> int:
        """Write the missing values into the cells and return how many; without a converter the formulas stay as they are."""
        if converter() is None:
            if must:
                raise Unreadable("公式没有保存计算结果；请用 Excel 或 WPS 打开后保存一次，再清洗")
            return 0
        if self._book is None:
            data = (
                self._source.read_bytes()
                if isinstance(self._source, Path)
                else self._read_stream(self._source)
            )
            self._book = openpyxl.load_workbook(io.BytesIO(convert(data, "xlsx", "xlsx")), data_only=True)
        if sheet not in self._book.sheetnames:
            return 0
        values = self._book[sheet]
        count = 0
        for cell in root.iter(f"{S}c"):
            if cell.find(f"{S}f") is None or _stored(cell) or not cell.get("r"):
                continue
            _store(cell, values[cell.get("r")].value)
            count += 1
        return count

    @staticmethod
    def _read_stream(stream: BinaryIO) -> bytes:
        stream.seek(0)
        return stream.read()


def _store(cell: Any, value: object) -> None:
    if value is None:
        cell.remove(cell.find(f"{S}f"))
        return
    for old in cell.findall(f"{S}v"):
        cell.remove(old)
    element = cell.makeelement(f"{S}v", {}, None)
    cell.append(element)
    if isinstance(value, bool):
        cell.set("t", "b")
        element.text = "1" if value else "0"
    elif isinstance(value, (int, float, datetime, date, time, timedelta)):
        if not isinstance(value, (int, float)):
            value = to_excel(value)
        cell.attrib.pop("t", None)
        element.text = repr(value)
    else:
        cell.set("t", "str")
        element.text = str(value)
