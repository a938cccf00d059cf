"""Web pages, and what Word and WPS put on the clipboard: visible text, lists, tables, headings."""

from __future__ import annotations

import re
from base64 import b64decode
from dataclasses import dataclass, replace

import lxml.html
from lxml import etree

from gongkai.importing.blocks import Block, Unreadable
from gongkai.importing.decoding import decode_text
from gongkai.importing.pieces import Piece, Reading
from gongkai.importing.recognise import structure_only
from gongkai.importing.web_tables import HIDDEN, has_hidden_cells, is_layout, place_cells, table_cells
from gongkai.importing.word_numbering import render_number

_SILENT = {
    "script",
    "style",
    "head",
    "template",
    "noscript",
    "xml",
    "object",
    "iframe",
    "svg",
    "math",
    "button",
    "select",
    "textarea",
    "nav",
}
_BLOCKS = {
    "address", "article", "aside", "blockquote", "body", "center", "dd", "details", "div", "dl", "dt", "figcaption", "figure", "footer",
    "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "li", "main", "ol", "p", "pre", "section", "summary", "ul",
}  # fmt: skip
_CENTRED = re.compile(r"text-align\s*:\s*center", re.I)
_RIGHT = re.compile(r"text-align\s*:\s*(?:right|end)", re.I)
_SIZE = re.compile(r"font-size\s*:\s*([\d.]+)\s*(pt|px)", re.I)
_OUTLINE = re.compile(r"mso-(?:outline-level|style-name)\s*:\s*\\?[\"']?(?:标题|heading)?\s*([1-9])", re.I)
_CONDITION = re.compile(r"<!\[(?:if|endif)[^\]<>]{0,200}\]>", re.I)
_DATA_IMAGE = re.compile(r"data:image/(?:png|jpeg|jpg|gif|webp|bmp);base64,", re.I)
_CHARSET = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([\w-]+)", re.I)
_LIST_FORMS = {"a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman", "1": "decimal"}
_FORMS_BY_STYLE = {
    "simp-chinese-informal": "chineseCounting",
    "cjk-ideographic": "chineseCounting",
    "trad-chinese-informal": "chineseCounting",
}


def read_html(data: bytes, name: str) -> Reading:
    """This function will read the visible text of a web page."""
    declared = _CHARSET.search(data[:4096])
    encoding = declared.group(1).decode("ascii").lower() if declared else ""
    if encoding in ("gb2312", "gbk", "gb18030") and not data.startswith(b"\xef\xbb\xbf"):
        try:
            text = data.decode("gb18030")
        except UnicodeDecodeError as error:
            remedy = "请用浏览器打开原网页，另存为 UTF-8 编码，再导入。"
            raise Unreadable(
                "encoding", f"网页标明编码是 {encoding}，但内容对不上。", name, remedy
            ) from error
    else:
        text, _ = decode_text(data, name)
    return read_fragment(text)


def import_html_fragment(html: str) -> tuple[Block, ...]:
    """This function will turn HTML from the clipboard (Word, WPS or a browser) into blocks, structure kept."""
    return structure_only(read_fragment(html).pieces)


def read_fragment(html: str) -> Reading:
    """This function will read HTML, whole page or piece of one, into lines, tables and notes of pictures."""
    html = _CONDITION.sub("", html)
    html = re.sub(r"^\s*<\?xml[^>]*\?>", "", html)
    walker = _Walker()
    if html.strip():
        parser = lxml.html.HTMLParser(no_network=True, huge_tree=False)
        try:
            root = lxml.html.document_fromstring(html, parser=parser)
        except (etree.ParserError, etree.XMLSyntaxError):
            return walker.reading
        if any("depth" in error.message.lower() for error in parser.error_log):
            remedy = "请把网页里的文字复制到 Word，保存后导入。"
            raise Unreadable("too_deep", "网页的层次套得太深，读不完整。", "网页", remedy)
        body = root.find("body")
        walker.walk(root if body is None else body, _Look())
        walker.flush(_Look())
    _several_first_headings(walker.reading.pieces)
    return walker.reading


def _several_first_headings(pieces: list[Piece]) -> None:
    """One <h1> is the title of the page; several are its parts, and <h2> stands below them."""
    if sum(piece.is_title for piece in pieces) < 2:
        return
    for piece in pieces:
        if piece.is_title:
            piece.is_title, piece.style_level = False, 1
        elif piece.style_level:
            piece.style_level = min(piece.style_level + 1, 4)


@dataclass(frozen=True)
class _Look:
    """How a block element is shown, handed down to what is inside it."""

    level: int | None = None
    title: bool = False
    centred: bool = False
    right: bool = False
    size_pt: float | None = None
    plain: bool = False
    quotation: bool = False
    preserve: bool = False


class _Walker:
    def __init__(self) -> None:
        self.reading = Reading()
        self._text: list[str] = []
        self._prefix = ""

    def walk(self, element: lxml.html.HtmlElement, look: _Look) -> None:
        self._add(element.text, look)
        for child in element:
            if isinstance(child.tag, str):
                self._element(child, look)
            self._add(child.tail, look)

    def _add(self, text: str | None, look: _Look) -> None:
        if text:
            self._text.append(text if look.preserve else re.sub(r"[ \t\r\n\f]+", " ", text))

    def _element(self, element: lxml.html.HtmlElement, look: _Look) -> None:
        tag = element.tag.lower()
        style = element.get("style", "")
        if tag in _SILENT:
            return
        if HIDDEN.search(style) or element.get("hidden") is not None:
            if element.text_content().strip():
                self.reading.warn("hidden_text", "网页里有隐藏文字，没有导入。", "正文")
            return
        if tag == "del" or "msoDel" in element.get("class", ""):
            self.reading.warn(
                "tracked_changes", "有未接受的修订，已按“最终状态”导入：删除的去掉。请核对。", "正文"
            )
            return
        if "mso-element:comment" in style.replace(" ", "") or "MsoCommentReference" in element.get(
            "class", ""
        ):
            self.reading.warn("comments", "有批注，没有导入；请确认批注意见已处理。", "批注")
            return
        if "mso-list:ignore" in style.replace(" ", "").lower():
            self._text.append(element.text_content().replace("\xa0", " ").strip())
        elif tag == "br":
            self._text.append("\n")
        elif tag == "img":
            self._image(element, look)
        elif tag == "table":
            self.flush(look)
            self._table(element, look)
        elif tag in _BLOCKS:
            self.flush(look)
            inner = self._look(element, tag, style, look)
            if tag == "li":
                self._prefix = _list_number(element)
            self.walk(element, inner)
            self.flush(inner)
        else:
            size = _SIZE.search(style)
            self.walk(element, replace(look, size_pt=_points(size)) if size and not look.size_pt else look)

    def _look(self, element: lxml.html.HtmlElement, tag: str, style: str, look: _Look) -> _Look:
        outline = _OUTLINE.search(style)
        named = re.fullmatch(r"MsoHeading(\d)|heading(\d)", element.get("class", ""), re.I)
        heading = re.fullmatch(r"h([1-6])", tag)
        level = look.level
        title = look.title or "MsoTitle" in element.get("class", "").split()
        if heading:
            depth = int(heading.group(1))
            title = title or depth == 1
            level = None if depth == 1 else min(depth - 1, 4)
        elif outline or named:
            value = outline.group(1) if outline else next(filter(None, named.groups())) if named else "1"
            level = min(int(value), 4)
        align = element.get("align", "").lower()
        size = _SIZE.search(style)
        return replace(
            look,
            level=level,
            title=title,
            centred=look.centred or tag == "center" or align == "center" or bool(_CENTRED.search(style)),
            right=look.right or align == "right" or bool(_RIGHT.search(style)),
            size_pt=_points(size) if size else look.size_pt,
            plain=look.plain or tag in ("li", "dd"),
            quotation=look.quotation or tag == "blockquote",
            preserve=look.preserve or tag == "pre",
        )

    def flush(self, look: _Look) -> None:
        """End the paragraph under way."""
        text = "".join(self._text).replace("\xa0", " ").strip()
        text = text if look.preserve else re.sub(r" {2,}", " ", text)
        self._text = []
        if not text:
            return
        text = self._prefix + re.sub(r" *\n *", "\n", text)
        self._prefix = ""
        self.reading.pieces.append(
            Piece(
                text=text,
                style_level=look.level,
                is_title=look.title,
                centred=look.centred,
                right=look.right,
                size_pt=look.size_pt,
                plain=look.plain,
                quotation=look.quotation,
            )
        )

    def _image(self, element: lxml.html.HtmlElement, look: _Look) -> None:
        alt = element.get("alt", "").strip()
        found = _DATA_IMAGE.match(element.get("src", "")[:64])
        try:
            data = b64decode(element.get("src", "")[found.end() :], validate=False) if found else b""
        except ValueError:
            data = b""
        if data:
            self.flush(look)
            self.reading.pieces.append(Piece("image", image=data, alt=alt or None))
        else:
            named = f"“{alt[:40]}”" if alt else ""
            self.reading.warn("linked_image", f"网页里的图片{named}没有导入，请另行插入。", "正文")

    def _table(self, table: lxml.html.HtmlElement, look: _Look) -> None:
        for caption in table.findall("caption"):
            self.walk(caption, look)
            self.flush(look)
        if has_hidden_cells(table):
            self.reading.warn("hidden_text", "网页里有隐藏文字，没有导入。", "表格")
        cells = table_cells(table)
        if is_layout(cells):
            for cell in (cell for row in cells for cell in row):
                self.walk(cell, look)
                self.flush(look)
            return
        grid = place_cells(cells, self._cell_text)
        if any(text for row in grid for text in row):
            self.reading.pieces.append(Piece("table", rows=grid))

    def _cell_text(self, cell: lxml.html.HtmlElement) -> str:
        inner = _Walker()
        inner.walk(cell, _Look())
        inner.flush(_Look())
        for warning in inner.reading.warnings:
            self.reading.warn(warning.code, warning.message, warning.where)
        parts = (
            "\n".join("\t".join(filter(None, row)) for row in p.rows) if p.kind == "table" else p.text
            for p in inner.reading.pieces
        )
        return "\n".join(parts)


def _points(size: re.Match[str]) -> float:
    value = float(size.group(1).strip(".") or 0) if size.group(1).count(".") <= 1 else 0.0
    return value if size.group(2).lower() == "pt" else value * 0.75


def _list_number(item: lxml.html.HtmlElement) -> str:
    """The number a browser shows before an item of <ol>; "" for <ul>."""
    parent = item.getparent()
    if parent is None or parent.tag != "ol":
        return ""
    style = parent.get("style", "") + item.get("style", "")
    if re.search(r"list-style(?:-type)?\s*:\s*none", style):
        return ""
    start = parent.get("start", "1")
    number = int(start) if re.fullmatch(r"-?\d{1,6}", start) else 1
    for sibling in parent.iterchildren("li"):
        value = sibling.get("value", "")
        number = int(value) if re.fullmatch(r"\d{1,6}", value) else number
        if sibling is item:
            break
        number += 1
    for name, form in _FORMS_BY_STYLE.items():
        if name in style:
            return f"{render_number(number, form)}、"
    return f"{render_number(number, _LIST_FORMS.get(parent.get('type', '1'), 'decimal'))}."
