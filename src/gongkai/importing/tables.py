"""Spreadsheets (xlsx, csv) as headers and a stream of rows, for ledgers and registers (台账)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from gongkai.importing.blocks import Limits, ReadingWarning, Unreadable
from gongkai.importing.sniffing import sniff
from gongkai.importing.table_sources import Merge, Source, open_csv, open_xlsx
from gongkai.importing.table_values import (
    ERRORS,
    EXACT_BELOW,
    CellValue,
    column_letters,
    is_formula_text,
    plain_value,
)

LOOK_AHEAD_ROWS = 40
MAX_HEADER_ROWS = 5
#: findings of one kind are listed one by one up to this number, then only counted
MAX_NAMED = 50
_LABEL = re.compile(r"[^:：]{1,12}[:：]")
_TOTALS = re.compile(r"(?:合\s*计|总\s*计|小\s*计|累\s*计)[:：]?")


@dataclass(frozen=True)
class TableRow:
    """One row of data: `number` is the physical row in the file (from 1), `cells` are as many as the headers."""

    number: int
    cells: tuple[CellValue, ...]


@dataclass
class TableRead:
    """A table being read. `rows` may be walked once; `warnings` is complete when it has been walked to its end.

    `title` holds the lines above the header (标题、单位), None if there are none.
    """

    headers: tuple[str, ...]
    rows: Iterator[TableRow]
    warnings: list[ReadingWarning]
    title: str | None = None


def read_table(
    path: str | Path | bytes,
    *,
    name: str | None = None,
    sheet: str | None = None,
    limits: Limits | None = None,
) -> TableRead:
    """This function will open an .xlsx or .csv (path or content with `name`) as headers and a stream of rows.

    Headers over several rows are joined top down with “/”. A merged area gives its value to each of its rows. Blank
    rows and repeated headers are skipped. Days come as `date`, figures as `int` or `Decimal`, text trimmed.

    Raises:
        Unreadable: as import_file does, and no_sheet.
    """
    limits = limits or Limits()
    data, name = _load(path, name, limits)
    kind = sniff(data, name)
    if kind == "xlsx":
        source = open_xlsx(data, name, limits, sheet)
    elif kind == "text":
        source = open_csv(data, name)
    else:
        raise Unreadable("unknown_type", "这是文档，不是表格。", name, "表格请用 .xlsx 或 .csv 文件。")
    return _Reader(source).open()


def _load(path: str | Path | bytes, name: str | None, limits: Limits) -> tuple[bytes, str]:
    if isinstance(path, bytes):
        size, shown = len(path), name or "表格"
    else:
        shown = name or Path(path).name
        try:
            size = Path(path).stat().st_size
        except OSError as error:
            raise Unreadable(
                "missing", "文件不存在或没有读取权限。", shown, "请检查文件位置和权限。"
            ) from error
    if size > limits.size_bytes:
        message = f"文件有{size // 1024 // 1024} MB，超过上限{limits.size_bytes // 1024 // 1024} MB。"
        raise Unreadable("too_large", message, shown, "请拆成几个文件再导入。")
    try:
        return (path if isinstance(path, bytes) else Path(path).read_bytes()), shown
    except OSError as error:
        raise Unreadable(
            "missing", "文件不存在或没有读取权限。", shown, "请选择一个能读取的文件。"
        ) from error


_Row = tuple[int, list[Any]]


class _Reader:
    def __init__(self, source: Source) -> None:
        self.source = source
        self._counts: Counter[str] = Counter()

    def open(self) -> TableRead:
        looked: list[_Row] = []
        ahead: list[_Row] = []
        for number, cells in self.source.rows:
            looked.append((number, cells))
            if any(_text(cell) for cell in cells):
                ahead.append((number, cells))
            if len(ahead) >= LOOK_AHEAD_ROWS:
                break
        if not ahead:
            raise Unreadable(
                "no_text", "表格里没有内容。", self.source.name, "请检查是否选错了文件或工作表。"
            )
        start = _header_start(ahead)
        title = "\n".join(_text(cell) for _, cells in ahead[:start] for cell in cells if _text(cell)) or None
        first = ahead[start][0]
        depth = self._header_depth(first, ahead[start][1])
        header_rows = {number: cells for number, cells in ahead if first <= number < first + depth}
        headers, width = self._headers(header_rows, first, depth, ahead)
        rest = [row for row in looked if row[0] >= first + depth]
        rows = self._rows(chain(rest, self.source.rows), headers, width)
        return TableRead(headers, rows, self.source.warnings, title)

    def _header_depth(self, first: int, cells: list[Any]) -> int:
        """Rows that the header takes: merged areas that start in its first row say how many."""
        starting = [m for m in self.source.merges if m.top == first and m.left < len(cells)]
        down = max((m.bottom - first + 1 for m in starting), default=1)
        grouped = any(m.right > m.left and m.bottom == first for m in starting)
        return min(max(down, 2 if grouped else 1), MAX_HEADER_ROWS)

    def _headers(
        self, rows: dict[int, list[Any]], first: int, depth: int, ahead: list[_Row]
    ) -> tuple[tuple[str, ...], int]:
        filled = (place + 1 for _, cells in ahead for place, cell in enumerate(cells) if _text(cell))
        width = max(filled, default=0)
        grid = [[_text(cell) for cell in rows.get(first + down, [])] for down in range(depth)]
        grid = [(line + [""] * width)[:width] for line in grid]
        for merge in self.source.merges:
            if first <= merge.top < first + depth:
                _fill(grid, merge, first, width)
        names: list[str] = []
        for place in range(width):
            parts: list[str] = []
            for line in grid:
                if line[place] and line[place] not in parts[-1:]:
                    parts.append(line[place])
            names.append("/".join(parts))
        return tuple(self._distinct(names, first)), width

    def _distinct(self, names: list[str], first: int) -> list[str]:
        seen: Counter[str] = Counter()
        out: list[str] = []
        for place, name in enumerate(names):
            if not name:
                name = f"{column_letters(place)}列"
                self.source.warn("no_header", f"{name}没有表头，暂用列号代替。", f"第{first}行")
            seen[name] += 1
            if seen[name] > 1:
                self.source.warn(
                    "same_header", f"表头“{name}”重复，后一列记为“{name}({seen[name]})”。", f"第{first}行"
                )
                name = f"{name}({seen[name]})"
            out.append(name)
        return out

    def _rows(self, rows: Iterator[_Row], headers: tuple[str, ...], width: int) -> Iterator[TableRow]:
        spread = _Spread(self.source.merges)
        blank = 0
        for number, raw in rows:
            raw = spread.apply(number, raw)
            if not any(_text(cell) for cell in raw):
                blank += 1
                continue
            if len(raw) > width and any(_text(cell) for cell in raw[width:]):
                self._note("extra_cells", "表头以外还有内容，没有导入。", f"第{number}行")
            cells = tuple(
                self._cell(cell, number, place) for place, cell in enumerate((raw + [None] * width)[:width])
            )
            if width > 1 and tuple(_text(cell) for cell in cells) == headers:
                self._note("repeated_header", "与表头相同，已跳过。", f"第{number}行")
                continue
            if isinstance(cells[0], str) and _TOTALS.fullmatch(cells[0]):
                self._note("total_row", "像是合计行，请确认是否应当导入。", f"第{number}行")
            yield TableRow(number, cells)
        if blank:
            self.source.warn("blank_rows", f"跳过了{blank}个空行。", self.source.name)
        for code, count in self._counts.items():
            if count > MAX_NAMED:
                self.source.warn(code, f"同类问题共{count}处，只列出前{MAX_NAMED}处。", self.source.name)

    def _cell(self, raw: Any, number: int, place: int) -> CellValue:
        value = plain_value(raw)
        if value is None or isinstance(value, bool):
            return value
        where = f"{column_letters(place)}{number}"
        if isinstance(value, str):
            if value in ERRORS:
                self._note("cell_error", f"公式出错（{value}），按空白导入。", where)
                return None
            if is_formula_text(value):
                self._note(
                    "formula_text", "文字以 =、+、-、@ 开头，导出后会被表格软件当成公式，请核对。", where
                )
        elif isinstance(value, int) and abs(value) >= EXACT_BELOW:
            self._note(
                "long_number", "超过15位的号码存成了数值，末尾几位已不准，请改为文本格式重新填写。", where
            )
        return value

    def _note(self, code: str, message: str, where: str) -> None:
        self._counts[code] += 1
        if self._counts[code] <= MAX_NAMED:
            self.source.warn(code, message, where)


class _Spread:
    """Gives the value of a merged area to each of its cells while rows go by."""

    def __init__(self, merges: tuple[Merge, ...]) -> None:
        self._starting: dict[int, list[Merge]] = {}
        for merge in merges:
            self._starting.setdefault(merge.top, []).append(merge)
        self._open: list[tuple[Merge, Any]] = []

    def apply(self, number: int, raw: list[Any]) -> list[Any]:
        for merge in self._starting.get(number, ()):
            if merge.left < len(raw):
                self._open.append((merge, raw[merge.left]))
        if not self._open:
            return raw
        self._open = [(merge, value) for merge, value in self._open if merge.bottom >= number]
        out = list(raw)
        for merge, value in self._open:
            out += [None] * (merge.left + 1 - len(out))
            out[merge.left] = value
        return out


def _fill(grid: list[list[str]], merge: Merge, first: int, width: int) -> None:
    """Write the value of a merged header cell into all its cells."""
    value = grid[merge.top - first][merge.left] if merge.left < width else ""
    for row in range(merge.top - first, min(merge.bottom - first + 1, len(grid))):
        for column in range(merge.left, min(merge.right + 1, width)):
            grid[row][column] = value


def _header_start(ahead: list[_Row]) -> int:
    """The first row at least half as full as the fullest; titles above are less so, 填报单位：… names what it gives."""
    filled = [0 if _is_note(cells) else sum(1 for cell in cells if _text(cell)) for _, cells in ahead]
    return next(
        place
        for place, count in enumerate(filled)
        if 2 * count >= max(filled) and count >= min(2, max(filled))
    )


def _is_note(cells: list[Any]) -> bool:
    texts = [text for text in map(_text, cells) if text]
    return all(_LABEL.match(text) for text in texts)


def _text(cell: Any) -> str:
    """A cell on one line; blanks go where Chinese characters stand (姓　名), between Latin words one stays."""
    if cell is None:
        return ""
    text = " ".join(str(cell).split())
    return re.sub(r"(?<=[^\x00-\x7f]) | (?=[^\x00-\x7f])", "", text)
