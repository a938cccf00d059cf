"""Reading a workbook (读 xlsx) as a stream: visible cells as tables, hidden ones apart, and what else it carries."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from gongkai.guard.attachments.archive import SafeZip
from gongkai.guard.attachments.limits import Overrun, Unreadable
from gongkai.guard.attachments.opc import PackageReader
from gongkai.guard.attachments.readers.cell_formats import CellFormats, column_index, column_letters
from gongkai.guard.attachments.readers.ooxml_parts import read_common
from gongkai.guard.attachments.readers.shared_strings import SharedStrings, string_text
from gongkai.guard.attachments.readers.xlsx_extras import read_extras
from gongkai.guard.attachments.reading import Reading, sample
from gongkai.guard.attachments.xml_tree import R, local, stream

ROWS_IN_A_PART = 1000
_DENSE_COLUMNS = 256
_TRUE = frozenset({"1", "true"})
_NARROW = 0.1


@dataclass(slots=True)
class SheetEntry:
    """One sheet of the workbook: its name, the part that holds it, and whether it is hidden or very hidden."""

    name: str
    part: str
    state: str

    @property
    def is_hidden(self) -> bool:
        """Tell whether the reader does not see the sheet."""
        return self.state in ("hidden", "veryHidden")


def sheet_entries(package: PackageReader, main: str, workbook: Any) -> list[SheetEntry]:
    """Return the sheets in order; a sheet whose part is missing has an empty `part`."""
    targets = {relationship.id: relationship.target for relationship in package.rels(main)}
    entries = []
    for element in workbook.iter():
        if local(element) == "sheet":
            part = targets.get(element.get(f"{R}id", ""), "")
            entries.append(
                SheetEntry(
                    element.get("name", ""),
                    part if part in package.zip else "",
                    element.get("state", "visible"),
                )
            )
    return entries


def read_xlsx(reading: Reading) -> None:
    """Read an xlsx, xlsm or xltx in bounded memory; raises Unreadable or Overrun."""
    with SafeZip(reading.source, reading.budget) as archive:
        package = PackageReader(archive)
        main = package.main_part("xl/workbook.xml")
        if "sheet.binary" in package.content_type(main) or main.endswith(".bin"):
            raise Unreadable("是二进制工作簿（xlsb），不能检查；请另存为 xlsx")
        workbook = package.tree(main)
        entries = sheet_entries(package, main, workbook)
        if len(entries) > reading.budget.limits.sheets:
            raise Overrun(f"工作表超过 {reading.budget.limits.sheets} 张")
        formats = _formats(package, workbook)
        strings = _strings(package)
        try:
            for entry in entries:
                _read_sheet(reading, package, entry, strings, formats)
        finally:
            strings.close()
        read_extras(reading, package, workbook)
        read_common(reading, package)


def _formats(package: PackageReader, workbook: Any) -> CellFormats:
    names = package.of_type("spreadsheetml.styles+xml")
    formats = CellFormats.from_styles(package.tree(names[0]) if names else None)
    formats.since_1904 = any(local(e) == "workbookPr" and e.get("date1904") in _TRUE for e in workbook)
    return formats


def _strings(package: PackageReader) -> SharedStrings:
    strings = SharedStrings()
    for name in package.of_type("spreadsheetml.sharedStrings+xml"):
        with package.zip.open(name) as source:
            for element in stream(source, ("si",), name):
                strings.append(string_text(element))
    return strings


@dataclass(slots=True)
class _Hidden:
    rows: int = 0
    columns: set[int] = field(default_factory=set)
    cells: int = 0
    lines: list[list[str]] = field(default_factory=list)
    chars: int = 0

    def add(self, row: int, column: int, text: str) -> None:
        if self.chars < 2_000_000:
            self.lines.append([f"{column_letters(column)}{row}", text])
            self.chars += len(text)


class _SheetReader:
    """Turns the rows of one sheet into parts of at most ROWS_IN_A_PART rows; later parts repeat the heading row."""

    def __init__(
        self, reading: Reading, entry: SheetEntry, strings: SharedStrings, formats: CellFormats
    ) -> None:
        self.reading = reading
        self.entry = entry
        self.strings = strings
        self.formats = formats
        self.hidden_columns: list[tuple[int, int]] = []
        self.hidden = _Hidden()
        self.rows: list[list[str]] = []
        self.first_row = 1
        self.caption = ""
        self.heading: list[str] = []
        self.row_number = 0
        self.filtered = False
        self.row_tag = ""
        self.tags: tuple[str, ...] = ("", "", "")

    def column(self, element: Any) -> None:
        width = element.get("width")
        narrow = width is not None and _number(width) < _NARROW
        if element.get("hidden") in _TRUE or narrow:
            low, high = _number(element.get("min", "1")), _number(element.get("max", "1"))
            self.hidden_columns.append((int(low) - 1, int(high) - 1))

    def row(self, element: Any) -> None:
        number = element.get("r", "")
        self.row_number = int(number) if number.isdigit() else self.row_number + 1
        height = element.get("ht")
        hidden = element.get("hidden") in _TRUE or (height is not None and _number(height) < _NARROW)
        values: list[str] = []
        found_hidden = False
        position = -1
        if element.tag != self.row_tag:
            self.row_tag = element.tag
            self.tags = tuple(element.tag[:-3] + name for name in ("c", "v", "is"))
        cell_tag = self.tags[0]
        for cell in element:
            if cell.tag != cell_tag:
                continue
            index = column_index(cell.get("r", ""))
            position = position + 1 if index is None else index
            text = self._value(cell)
            if not text:
                continue
            style = cell.get("s", "0")
            if hidden:
                found_hidden = True
                self.hidden.add(self.row_number, position, text)
            elif self.hidden_columns and self._is_hidden_column(position):
                self.hidden.columns.add(position)
                self.hidden.add(self.row_number, position, text)
            elif style.isdigit() and int(style) in self.formats.invisible:
                self.hidden.cells += 1
                self.hidden.add(self.row_number, position, text)
            else:
                while len(values) < min(position, _DENSE_COLUMNS):
                    values.append("")
                values.append(text)
        self.hidden.rows += found_hidden
        if values:
            self._take(values)
        self.reading.budget.check_time()

    def _take(self, values: list[str]) -> None:
        if not self.rows:
            self.first_row = self.row_number
            if self.heading:
                self.rows.append(self.heading)
        filled = [value for value in values if value]
        if not self.heading:
            if len(filled) == 1 and not self.caption:
                self.caption = filled[0]
            elif len(filled) > 1:
                self.heading = values
        self.rows.append(values)
        if len(self.rows) >= ROWS_IN_A_PART:
            self.flush()

    def flush(self) -> None:
        if self.rows:
            kind = "hidden" if self.entry.is_hidden else "table"
            self.reading.table(
                f"sheet:{self.entry.name}!A{self.first_row}", self.rows, kind=kind, caption=self.caption
            )
        self.rows = []

    def _is_hidden_column(self, position: int) -> bool:
        return any(low <= position <= high for low, high in self.hidden_columns)

    def _value(self, cell: Any) -> str:
        kind = cell.get("t", "n")
        raw = ""
        _, value_tag, inline_tag = self.tags
        for child in cell:
            if child.tag == value_tag:
                raw = child.text or ""
            elif child.tag == inline_tag and kind == "inlineStr":
                return string_text(child)
        if not raw:
            return ""
        if kind == "s":
            if not raw.strip().isdigit():
                raise Unreadable(f"工作表“{self.entry.name}”的字符串序号不对")
            try:
                return self.strings[int(raw)]
            except IndexError:
                raise Unreadable(f"工作表“{self.entry.name}”引用了不存在的字符串") from None
        if kind == "b":
            return "TRUE" if raw == "1" else "FALSE"
        if kind == "n":
            style = cell.get("s", "0")
            return self.formats.shown(raw, int(style) if style.isdigit() else 0)
        return str(raw)


def _read_sheet(
    reading: Reading, package: PackageReader, entry: SheetEntry, strings: SharedStrings, formats: CellFormats
) -> None:
    where = f"sheet:{entry.name}!A1"
    if not entry.part:
        reading.finding("file.unreadable", where, f"工作表“{entry.name}”的内容缺失，读不到")
        return
    sheet = _SheetReader(reading, entry, strings, formats)
    heads: list[str] = []
    with package.zip.open(entry.part) as source:
        for element in stream(
            source, ("col", "row", "filters", "customFilters", "oddHeader", "oddFooter"), entry.part
        ):
            name = local(element)
            if name == "row":
                sheet.row(element)
            elif name == "col":
                sheet.column(element)
            elif name in ("filters", "customFilters"):
                sheet.filtered = True
            elif element.text:
                heads.append(element.text)
    sheet.flush()
    if heads:
        reading.part(
            f"sheet:{entry.name}!header", "\n".join(heads), kind="hidden" if entry.is_hidden else "text"
        )
    if entry.is_hidden:
        how = "深度隐藏（菜单里也看不到）" if entry.state == "veryHidden" else "隐藏"
        reading.finding("att.xlsx_hidden_sheet", where, f"工作表“{entry.name}”是{how}的")
    _report_hidden(reading, entry, sheet)


def _report_hidden(reading: Reading, entry: SheetEntry, sheet: _SheetReader) -> None:
    hidden = sheet.hidden
    said = []
    if hidden.rows:
        said.append(f"{'筛选或' if sheet.filtered else ''}隐藏的行 {hidden.rows} 行")
    if hidden.columns:
        said.append(
            "隐藏或零宽的列 " + "、".join(column_letters(index) for index in sorted(hidden.columns)[:20])
        )
    if hidden.cells:
        said.append(f"看不见的单元格 {hidden.cells} 个")
    if not said:
        return
    name = f"sheet:{entry.name}!hidden"
    reading.table(name, hidden.lines, kind="hidden")
    first = f"sheet:{entry.name}!{hidden.lines[0][0]}"
    reading.finding(
        "att.xlsx_hidden_rowcol",
        first,
        f"工作表“{entry.name}”有" + "，".join(said),
        matched=sample(hidden.lines[0][1]),
    )


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 1.0
