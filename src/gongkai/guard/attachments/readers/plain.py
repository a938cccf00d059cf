"""Reading plain text, tables in text, web pages and bare XML (读文本、CSV、网页)."""

from __future__ import annotations

import csv
import io
from pathlib import PurePath
from typing import Any

from lxml import etree, html

from gongkai.guard.attachments.limits import Overrun, Unreadable
from gongkai.guard.attachments.reading import Reading, sample
from gongkai.guard.attachments.text_decoding import decode
from gongkai.guard.attachments.xml_tree import local, parse

_ROWS_IN_A_PART = 1000
_TABLE_SUFFIXES = {".csv": None, ".tsv": "\t"}
_SILENT = frozenset({"script", "style", "noscript", "template", "head"})
_BREAKS = frozenset(
    [
        "p",
        "div",
        "br",
        "li",
        "tr",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "section",
        "article",
        "header",
        "footer",
        "table",
        "ul",
        "ol",
        "dl",
        "dt",
        "dd",
        "option",
        "pre",
        "blockquote",
        "td",
        "th",
    ]
)


def decoded(reading: Reading) -> str:
    """Return the text of the file; says when encodings are mixed and when bytes have no meaning. Raises Overrun, Unreadable."""
    data = reading.content()
    if len(data) > reading.budget.limits.tree_bytes:
        raise Overrun(f"文本超过 {reading.budget.limits.tree_bytes // (1024 * 1024)} MB")
    result = decode(data)
    if result.mixed:
        reading.finding(
            "file.mixed_encoding", "text", f"文本混用 {result.encoding.replace('+', ' 与 ')} 两种编码"
        )
    if result.lost:
        reading.finding("file.unreadable", "text", f"有 {result.lost} 处字节不成文字，编码不明，读不完整")
    return result.text


def read_text(reading: Reading) -> None:
    """Read a text file; `.csv` and `.tsv` become a table."""
    text = decoded(reading)
    suffix = PurePath(reading.label).suffix.lower()
    if suffix in _TABLE_SUFFIXES:
        _read_table(reading, text, _TABLE_SUFFIXES[suffix])
    else:
        reading.part("text", text)


def _read_table(reading: Reading, text: str, delimiter: str | None) -> None:
    if delimiter is None:
        head = text[:4096]
        delimiter = max(",;\t|", key=head.count)
    csv.field_size_limit(10_000_000)
    rows: list[list[str]] = []
    caption = ""
    heading: list[str] = []
    first = 1
    try:
        for number, row in enumerate(csv.reader(io.StringIO(text.replace("\0", "")), delimiter=delimiter), 1):
            if not rows:
                first = number
                if heading:
                    rows.append(heading)
            filled = [cell for cell in row if cell.strip()]
            if not heading and len(filled) > 1:
                heading = row
            elif not heading and not caption and filled:
                caption = filled[0]
            rows.append([cell.replace("\n", " ") for cell in row])
            if len(rows) >= _ROWS_IN_A_PART:
                reading.table(f"table:1!A{first}", rows, caption=caption)
                rows = []
    except csv.Error as error:
        raise Unreadable("表格文本的引号不成对，读不完整") from error
    if rows:
        reading.table(f"table:1!A{first}", rows, caption=caption)


def read_html(reading: Reading) -> None:
    """Read a web page: visible text, tables, hidden text, comments, addresses."""
    text = decoded(reading)
    if text.lstrip().startswith("<?xml"):
        text = text[text.index("?>") + 2 :] if "?>" in text else text
    try:
        root = html.document_fromstring(
            text, parser=html.HTMLParser(no_network=True, huge_tree=False, recover=True)
        )
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise Unreadable("网页没有可读的内容") from error
    page = _Page()
    page.walk(root, shown=True)
    title = root.findtext(".//title") or ""
    reading.part("text", (title.strip() + "\n" if title.strip() else "") + page.text())
    for number, rows in enumerate(page.tables, 1):
        reading.table(f"table:{number}", rows)
    if page.hidden:
        reading.part("hidden:1", "\n".join(page.hidden), kind="hidden")
    for number, comment in enumerate(page.comments, 1):
        reading.part(f"comment:{number}", comment, kind="comment")
    if page.urls:
        reading.part("url", "\n".join(dict.fromkeys(page.urls)), kind="url")


class _Page:
    """Collects what a page shows and what it keeps back."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.tables: list[list[list[str]]] = []
        self.hidden: list[str] = []
        self.comments: list[str] = []
        self.urls: list[str] = []

    def text(self) -> str:
        lines = (" ".join(line.split()) for line in "".join(self.pieces).split("\n"))
        return "\n".join(line for line in lines if line)

    def walk(self, element: Any, *, shown: bool) -> None:
        if not isinstance(element.tag, str):
            if isinstance(element, html.HtmlComment) and (element.text or "").strip():
                self.comments.append(element.text.strip())
            return
        self._addresses(element)
        if element.tag in _SILENT:
            return
        style = element.get("style", "").replace(" ", "").lower()
        if shown and (
            "display:none" in style or "visibility:hidden" in style or element.get("hidden") is not None
        ):
            self.hidden.append(" ".join(element.text_content().split()))
            return
        if element.tag == "input" and element.get("value"):
            (self.hidden if element.get("type") == "hidden" else self.pieces).append(
                element.get("value") + "\n"
            )
        if element.tag == "table" and self._take_table(element):
            for link in element.iter("a", "img"):
                self._addresses(link)
            return
        if element.tag in _BREAKS:
            self.pieces.append("\n")
        self.pieces.append(element.text or "")
        for child in element:
            self.walk(child, shown=shown)
            self.pieces.append(child.tail or "")
        if element.tag in _BREAKS:
            self.pieces.append("\n")

    def _take_table(self, table: Any) -> bool:
        if table.find(".//table") is not None:
            return False
        rows = [
            [" ".join(cell.text_content().split()) for cell in row if cell.tag in ("td", "th")]
            for row in table.iter("tr")
        ]
        if len(rows) < 2 or max(map(len, rows)) < 2:
            return False
        self.tables.append(rows)
        return True

    def _addresses(self, element: Any) -> None:
        for name in ("href", "src", "action"):
            value = element.get(name)
            if value and not value.startswith(("data:", "#", "javascript:")):
                self.urls.append(value)


def read_xml(reading: Reading) -> None:
    """Read bare XML or SVG as text; a script inside is dangerous."""
    root = parse(
        decoded(reading).encode("utf-8") if not reading.content().startswith(b"<?xml") else reading.content(),
        "XML",
    )
    scripts = [
        e
        for e in root.iter()
        if local(e) == "script" or any(str(key).rpartition("}")[2].startswith("on") for key in e.attrib)
    ]
    if scripts and reading.kind.kind == "svg":
        reading.finding(
            "file.dangerous",
            "text",
            f"SVG 图形里带有脚本 {len(scripts)} 处",
            matched=sample(local(scripts[0])),
        )
    reading.part("text", "\n".join(text.strip() for text in root.itertext() if text.strip()))
