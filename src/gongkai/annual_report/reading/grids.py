"""Tables of docx and html files as grids (表格): merged cells repeat their text in every place they cover."""

from __future__ import annotations

import io
import zipfile

import docx
import lxml.html
from docx.opc.exceptions import PackageNotFoundError

from gongkai.annual_report.core.report import ReportUnreadable

Grid = list[list[str]]
MAX_SPAN = 200
_INLINE = frozenset(
    [
        "a",
        "abbr",
        "b",
        "bdi",
        "bdo",
        "cite",
        "code",
        "data",
        "em",
        "font",
        "i",
        "ins",
        "mark",
        "q",
        "s",
        "small",
        "span",
        "strong",
        "sub",
        "sup",
        "time",
        "u",
        "var",
    ]
)


def read_grids(*, name: str, data: bytes) -> tuple[list[Grid], str]:
    """Return the tables of a file and its text outside tables; raises ReportUnreadable."""
    if data[:4] == b"PK\x03\x04":
        return _docx(name, data)
    head = data[:2048].lstrip().lower()
    if b"<" in head and (b"<table" in data.lower() or b"<html" in head or b"<!doctype" in head):
        return _html(name, data)
    if b"\t" in data and b"\0" not in data:
        return _pasted(data)
    raise ReportUnreadable(
        "不是 docx、html、年报 JSON 或带表格的粘贴文字；请另存为其中一种再检查", where=name
    )


def _docx(name: str, data: bytes) -> tuple[list[Grid], str]:
    try:
        document = docx.Document(io.BytesIO(data))
    except (PackageNotFoundError, zipfile.BadZipFile, KeyError, ValueError) as error:
        raise ReportUnreadable(
            "打不开这个 docx 文件（可能已损坏或加密）；请用文字处理软件另存后再试", where=name
        ) from error
    grids = [[[cell.text for cell in row.cells] for row in table.rows] for table in document.tables]
    return grids, "\n".join(paragraph.text for paragraph in document.paragraphs)


def _html(name: str, data: bytes) -> tuple[list[Grid], str]:
    try:
        root = lxml.html.document_fromstring(
            _decoded(data).encode(), parser=lxml.html.HTMLParser(encoding="utf-8")
        )
    except (lxml.etree.ParserError, ValueError) as error:
        raise ReportUnreadable("这个网页文件里没有内容", where=name) from error
    for hidden in root.xpath("//script|//style|//template|//noscript"):
        hidden.drop_tree()
    tables = [table for table in root.iter("table") if not table.xpath(".//table")]
    grids = [_expand(table) for table in tables]
    for table in tables:
        if table.getparent() is not None:
            table.drop_tree()
    return grids, _running_text(root)


def _pasted(data: bytes) -> tuple[list[Grid], str]:
    """Read what a browser pastes of tables: cells apart by tabs, rows by lines, blank lines between tables.

    A line without a tab beside rows is a cell merged over the whole width (a caption); it counts as text too.
    """
    grids: list[Grid] = []
    lines: list[str] = []
    block: Grid = []
    for line in [*_decoded(data).splitlines(), ""]:
        if line.strip():
            block.append([cell.strip() for cell in line.split("\t")])
            if "\t" not in line:
                lines.append(line.strip())
            continue
        if any(len(row) > 1 for row in block):
            grids.append(block)
        block = []
    return grids, "\n".join(lines)


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030", errors="replace")


def _running_text(root: lxml.html.HtmlElement) -> str:
    """Return the text with a line for each block; marks inside a sentence do not break it."""
    for element in root.iter():
        if isinstance(element.tag, str) and element.tag not in _INLINE:
            element.tail = "\n" + (element.tail or "")
    return "\n".join(line.strip() for line in root.text_content().splitlines() if line.strip())


def _expand(table: lxml.html.HtmlElement) -> Grid:
    grid: Grid = []
    hanging: dict[int, tuple[int, str]] = {}
    for row in table.iter("tr"):
        cells: list[str] = []
        below: dict[int, tuple[int, str]] = {}
        for cell in row.iterchildren("td", "th"):
            _take_hanging(cells, hanging, below)
            text = "".join(cell.itertext())
            for _ in range(_span(cell, "colspan")):
                if (rows := _span(cell, "rowspan")) > 1:
                    below[len(cells)] = (rows - 1, text)
                cells.append(text)
        _take_hanging(cells, hanging, below)
        hanging = below
        grid.append(cells)
    return grid


def _take_hanging(
    cells: list[str], hanging: dict[int, tuple[int, str]], below: dict[int, tuple[int, str]]
) -> None:
    """Append the cells that hang down from the row above at this place, and let them hang on while rows are left."""
    while len(cells) in hanging:
        left, text = hanging[len(cells)]
        if left > 1:
            below[len(cells)] = (left - 1, text)
        cells.append(text)


def _span(cell: lxml.html.HtmlElement, name: str) -> int:
    value = (cell.get(name) or "1").strip()
    return min(max(int(value), 1), MAX_SPAN) if value.isdigit() else 1
