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


def read_grids(*, name: str, data: bytes) -> tuple[list[Grid], str]:
    """Return the tables of a file and its text outside tables; raises ReportUnreadable."""
    if data[:4] == b"PK\x03\x04":
        return _docx(name, data)
    head = data[:2048].lstrip().lower()
    if b"<" in head and (b"<table" in data.lower() or b"<html" in head or b"<!doctype" in head):
        return _html(name, data)
    raise ReportUnreadable("不是 docx、html 或年报 JSON；请另存为其中一种再检查", where=name)


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
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("gb18030", errors="replace")
    try:
        root = lxml.html.document_fromstring(text.encode(), parser=lxml.html.HTMLParser(encoding="utf-8"))
    except (lxml.etree.ParserError, ValueError) as error:
        raise ReportUnreadable("这个网页文件里没有内容", where=name) from error
    for hidden in root.xpath("//script|//style|//template|//noscript"):
        hidden.drop_tree()
    tables = [table for table in root.iter("table") if not table.xpath(".//table")]
    grids = [_expand(table) for table in tables]
    for table in tables:
        if table.getparent() is not None:
            table.drop_tree()
    return grids, "\n".join(part.strip() for part in root.itertext() if part.strip())


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
