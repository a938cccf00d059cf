"""Word files (.docx): the XML is read directly, because python-docx drops automatic numbers, insertions and text boxes."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property

from lxml import etree

from gongkai.importing.archive import Package
from gongkai.importing.blocks import Limits, Unreadable, too_many_cells
from gongkai.importing.pieces import Piece, Reading
from gongkai.importing.references import document_number, issuer_mark
from gongkai.importing.sniffing import broken
from gongkai.importing.word_numbering import Numbering
from gongkai.importing.word_styles import (
    Styles,
    W,
    alignment,
    numbering_of,
    outline,
    whole,
    without_table_styles,
)
from gongkai.importing.word_text import CAME, GONE, MC, Paragraph, TextReader, choice, relations

_IMPRINT = re.compile(r"抄\s*[送报]\s*[:：]|日\s*印\s*发\s*$")
MAX_SPAN = 500
_PAGE_NUMBER = re.compile(r"[\s\-—–－第页共/\d]*")


def read_word(data: bytes, name: str, limits: Limits) -> Reading:
    """This function will read a .docx as it is finally shown, in reading order."""
    with Package(data, name, limits) as package:
        return _WordFile(package, limits).read()


class _WordFile:
    def __init__(self, package: Package, limits: Limits) -> None:
        self.package = package
        self.limits = limits
        self.reading = Reading()
        self.main = self._main_part()
        folder = self.main.rpartition("/")[0]
        self.folder = f"{folder}/" if folder else ""
        self.styles = Styles(self._optional("styles.xml", trim=without_table_styles))
        self.notes = {kind: self._notes(f"{kind}s.xml", kind) for kind in ("footnote", "endnote")}
        self.pending = ""

    @cached_property
    def numbering(self) -> Numbering:
        """Read only when a paragraph asks for a number."""
        return Numbering(self._optional("numbering.xml"), self.styles)

    def _main_part(self) -> str:
        for target, _ in relations(self.package, "").values() if "_rels/.rels" in self.package.names else ():
            if target.endswith("document.xml"):
                return target
        return "word/document.xml"

    def _optional(self, base: str, *, trim: Callable[[bytes], bytes] | None = None) -> etree._Element | None:
        part = self.folder + base
        return self.package.xml(part, trim=trim) if part in self.package.names else None

    def _notes(self, base: str, kind: str) -> dict[str, etree._Element]:
        root = self._optional(base)
        if root is None:
            return {}
        return {
            e.get(f"{W}id", ""): e
            for e in root.iterfind(f"{W}{kind}")
            if e.get(f"{W}type") in (None, "normal")
        }

    def read(self) -> Reading:
        root = self.package.xml(self.main)
        body = root.find(f"{W}body")
        if body is None:
            raise broken(self.package.name)
        self._running_text("header")
        self._running_text("footer")
        text = TextReader(self.package, self.main, self.styles, self.reading)
        self._walk(body, text, self.reading.pieces, 0)
        comments = self._optional("comments.xml")
        if comments is not None and comments.find(f"{W}comment") is not None:
            count = len(comments.findall(f"{W}comment"))
            self.reading.warn("comments", f"文件里有{count}条批注，没有导入；请确认批注意见已处理。", "批注")
        return self.reading

    def _walk(self, parent: etree._Element, text: TextReader, out: list[Piece], depth: int) -> None:
        if depth > self.limits.depth:
            raise Unreadable(
                "too_deep", "表格或文本框套了太多层。", self.package.name, "请简化版式后另存，再导入。"
            )
        for child in parent:
            tag = child.tag
            if tag == f"{W}p":
                self._paragraph(child, text, out, depth)
            elif tag == f"{W}tbl":
                self._table(child, text, out, depth)
            elif tag in GONE:
                self.reading.warn(
                    "tracked_changes", "文件里有未接受的修订，已按“最终状态”导入。请核对。", "正文"
                )
            elif tag == f"{W}altChunk":
                self.reading.warn(
                    "foreign_part",
                    "文件里夹带了其他格式的内容，没有导入；请在 Word 里另存一次再导入。",
                    "正文",
                )
            elif tag == f"{MC}AlternateContent":
                self._walk(choice(child), text, out, depth + 1)
            elif (
                tag == f"{W}sdt" or tag in CAME or tag in (f"{W}sdtContent", f"{W}customXml", f"{W}smartTag")
            ):
                self._walk(child, text, out, depth + 1)

    def _paragraph(self, element: etree._Element, text: TextReader, out: list[Piece], depth: int) -> None:
        properties = element.find(f"{W}pPr")
        named = properties.find(f"{W}pStyle") if properties is not None else None
        style = self.styles.get(named.get(f"{W}val") if named is not None else None)
        content = text.read(element)
        mark = properties.find(f"{W}rPr") if properties is not None else None
        line = self.pending + "".join(content.text)
        self.pending = ""
        if mark is not None and mark.find(f"{W}del") is not None:
            self.reading.warn("tracked_changes", "文件里有未接受的修订，已按“最终状态”导入。请核对。", "正文")
            self.pending = line
            self._aside(content, text, out, depth)
            return
        if style.hidden and line.strip():
            self.reading.warn("hidden_text", "文件里有隐藏文字，没有导入；需要公开的请先取消隐藏。", "正文")
            line = ""
        listed = numbering_of(properties, style.numbering)
        number = self.numbering.next(*listed) if listed and listed[0] != "0" else ""
        for box in content.boxes:
            self._walk(box, text, out, depth + 1)
        if line.strip():
            align = alignment(properties)
            out.append(
                Piece(
                    text=number + line.lstrip() if number else line,
                    style_level=min(style.heading or outline(properties) or 0, 4) or None,
                    is_title=style.title,
                    centred=align == "center" if align else bool(style.centred),
                    right=align == "right" if align else bool(style.right),
                    size_pt=content.size_pt or style.size_pt,
                    plain=style.contents,
                    quotation=style.quotation,
                )
            )
        out.extend(content.images)
        self._footnotes(content, out, depth)

    def _aside(self, content: Paragraph, text: TextReader, out: list[Piece], depth: int) -> None:
        for box in content.boxes:
            self._walk(box, text, out, depth + 1)
        out.extend(content.images)
        self._footnotes(content, out, depth)

    def _footnotes(self, content: Paragraph, out: list[Piece], depth: int) -> None:
        for kind, identity in content.footnotes:
            note = self.notes[kind].get(identity)
            if note is None:
                continue
            inner: list[Piece] = []
            self._walk(
                note,
                TextReader(self.package, f"{self.folder}{kind}s.xml", self.styles, self.reading),
                inner,
                depth + 1,
            )
            for piece in inner:
                piece.plain, piece.role = True, "footnote"
            out.extend(inner)

    def _table(self, table: etree._Element, text: TextReader, out: list[Piece], depth: int) -> None:
        rows: list[tuple[str, ...]] = []
        images: list[Piece] = []
        for row in _children(table, f"{W}tr"):
            if row.find(f"{W}trPr/{W}del") is not None:
                self.reading.warn(
                    "tracked_changes", "文件里有未接受的修订，已按“最终状态”导入。请核对。", "表格"
                )
                continue
            rows.append(self._row(row, text, images, depth))
        filled = [row for row in rows if any(cell.strip() for cell in row)]
        if len(filled) <= 4 and any(_IMPRINT.search(cell) for row in filled for cell in row):
            out.extend(Piece(text="\t".join(c for c in row if c)) for row in filled)
        elif filled:
            width = max(len(row) for row in rows)
            if width * len(rows) > self.limits.table_cells:
                raise too_many_cells(self.package.name)
            out.append(Piece("table", rows=tuple(row + ("",) * (width - len(row)) for row in rows)))
        out.extend(images)

    def _row(self, row: etree._Element, text: TextReader, images: list[Piece], depth: int) -> tuple[str, ...]:
        cells: list[str] = []
        before = row.find(f"{W}trPr/{W}gridBefore")
        cells += [""] * _span(before, 0)
        for cell in _children(row, f"{W}tc"):
            merged = cell.find(f"{W}tcPr/{W}vMerge")
            span = cell.find(f"{W}tcPr/{W}gridSpan")
            inner: list[Piece] = []
            self._walk(cell, text, inner, depth + 1)
            images += [piece for piece in inner if piece.kind == "image"]
            goes_on = merged is not None and merged.get(f"{W}val", "continue") == "continue"
            cells.append("" if goes_on else "\n".join(filter(None, map(_plain_text, inner))))
            cells += [""] * (_span(span, 1) - 1)
        return tuple(cells)

    def _running_text(self, kind: str) -> None:
        """Headers and footers: only an official head is taken in, other words are named in a warning."""
        for part in sorted(
            p for p in self.package.names if re.fullmatch(rf"{re.escape(self.folder)}{kind}\d*\.xml", p)
        ):
            lines: list[Piece] = []
            reader = TextReader(self.package, part, self.styles, Reading())
            self._walk(self.package.xml(part), reader, lines, 0)
            texts = [piece.text.strip() for piece in lines if piece.kind == "line" and piece.text.strip()]
            own = [t for t in texts if kind == "header" and (document_number(t) or issuer_mark(t))]
            seen = {piece.text for piece in self.reading.pieces}
            self.reading.pieces.extend(Piece(text=t, role="header") for t in own if t not in seen)
            rest = [t for t in texts if t not in own and not _PAGE_NUMBER.fullmatch(t)]
            if rest:
                where = "页眉" if kind == "header" else "页脚"
                self.reading.warn(
                    f"{kind}_left_out", f"{where}文字没有导入：“{'；'.join(rest)[:60]}”。", where
                )


def _children(parent: etree._Element, tag: str) -> list[etree._Element]:
    """Rows or cells, also inside content controls and insertions."""
    out: list[etree._Element] = []
    for child in parent:
        if child.tag == tag:
            out.append(child)
        elif child.tag in (
            f"{W}sdt",
            f"{W}sdtContent",
            f"{W}ins",
            f"{W}customXml",
            f"{W}smartTag",
            f"{W}moveTo",
        ):
            out.extend(_children(child, tag))
    return out


def _span(element: etree._Element | None, default: int) -> int:
    return max(0, min(whole(element, default), MAX_SPAN))


def _plain_text(piece: Piece) -> str:
    if piece.kind == "table":
        return "\n".join("\t".join(cell for cell in row if cell) for row in piece.rows)
    return piece.text.strip() if piece.kind == "line" else ""
