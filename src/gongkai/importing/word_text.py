"""One Word paragraph as finally shown: insertions in, deletions and hidden text out, text boxes and pictures aside."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from gongkai.importing.archive import Package
from gongkai.importing.pieces import Piece, Reading
from gongkai.importing.word_styles import Styles, W, half_points, is_on

R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
V = "{urn:schemas-microsoft-com:vml}"
WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
RELATIONS = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
GONE = frozenset({f"{W}del", f"{W}moveFrom"})
CAME = frozenset({f"{W}ins", f"{W}moveTo"})
_RUN_PROPERTIES, _TEXT, _VANISH, _SIZE = f"{W}rPr", f"{W}t", f"{W}vanish", f"{W}sz"
_RUN_STYLE, _FIELD_CHARACTER = f"{W}rStyle", f"{W}fldChar"
_SIGNS = {f"{W}tab": "\t", f"{W}ptab": "\t", f"{W}br": "\n", f"{W}cr": "\n", f"{W}noBreakHyphen": "-"}
_DRAWINGS = frozenset({f"{W}drawing", f"{W}pict", f"{W}object"})
_SYMBOLS = {
    0xA8: "□",
    0xFE: "☑",
    0xFD: "☒",
    0xFC: "✓",
    0xFB: "✗",
    0x52: "☑",
    0x54: "☒",
    0xA3: "□",
    0x6F: "□",
    0xB7: "·",
}


def relations(package: Package, part: str) -> dict[str, tuple[str, bool]]:
    """Targets of one part by relation id: (part name or address, is it outside the file)."""
    folder, base = posixpath.split(part)
    name = f"{folder}/_rels/{base}.rels"
    if name not in package.names:
        return {}
    out: dict[str, tuple[str, bool]] = {}
    for element in package.xml(name).iterfind(RELATIONS):
        target, outside = element.get("Target", ""), element.get("TargetMode") == "External"
        path = (
            target.lstrip("/")
            if target.startswith("/")
            else posixpath.normpath(posixpath.join(folder, target))
        )
        out[element.get("Id", "")] = (target if outside else path, outside)
    return out


@dataclass
class Paragraph:
    """Text of a paragraph with what hangs on it."""

    text: list[str] = field(default_factory=list)
    boxes: list[etree._Element] = field(default_factory=list)
    images: list[Piece] = field(default_factory=list)
    footnotes: list[tuple[str, str]] = field(default_factory=list)
    size_pt: float | None = None


class TextReader:
    """Reads the runs of paragraphs of one part; warnings go to `reading`."""

    def __init__(self, package: Package, part: str, styles: Styles, reading: Reading) -> None:
        self.package = package
        self.part = part
        self.styles = styles
        self.reading = reading
        self._relations = relations(package, part)

    def read(self, element: etree._Element) -> Paragraph:
        """Everything visible in a w:p."""
        out = Paragraph()
        self._fields: list[bool] = []
        self._walk(element, out)
        return out

    def _walk(self, element: etree._Element, out: Paragraph) -> None:
        for child in element:
            tag = child.tag
            if tag == f"{W}r":
                self._run(child, out)
            elif tag in GONE:
                self._tracked()
            elif tag == f"{MC}AlternateContent":
                self._walk(choice(child), out)
            elif tag == f"{M}t":
                out.text.append(child.text or "")
            elif tag in (f"{W}pPr", f"{W}rPr", f"{W}sdtPr") or not isinstance(tag, str):
                continue
            else:
                if tag in CAME:
                    self._tracked()
                self._walk(child, out)

    def _run(self, run: etree._Element, out: Paragraph) -> None:
        properties = run[0] if len(run) and run[0].tag == _RUN_PROPERTIES else None
        if properties is not None:
            if self._is_hidden(properties) and run.find(_FIELD_CHARACTER) is None:
                if run.find(_TEXT) is not None:
                    self.reading.warn(
                        "hidden_text", "文件里有隐藏文字，没有导入；需要公开的请先取消隐藏。", "正文"
                    )
                return
            if out.size_pt is None and run.find(_TEXT) is not None:
                out.size_pt = half_points(properties.find(_SIZE))
        for child in run:
            self._content(child, out)

    def _is_hidden(self, properties: etree._Element) -> bool:
        style = None
        for element in properties:
            if element.tag == _VANISH:
                return is_on(element)
            if element.tag == _RUN_STYLE:
                style = element
        return style is not None and self.styles.get(style.get(f"{W}val")).hidden

    def _content(self, child: etree._Element, out: Paragraph) -> None:
        tag = child.tag
        if tag == _FIELD_CHARACTER:
            self._field(child.get(f"{W}fldCharType", ""))
        elif True in self._fields:
            return
        elif tag == _TEXT:
            out.text.append(child.text or "")
        elif tag in _SIGNS:
            out.text.append(_SIGNS[tag])
        elif tag in _DRAWINGS:
            self._drawing(child, out)
        elif tag != _RUN_PROPERTIES:
            self._rare_content(child, out)

    def _rare_content(self, child: etree._Element, out: Paragraph) -> None:
        tag = child.tag
        if tag == f"{W}sym":
            out.text.append(_symbol(child))
        elif tag == f"{W}ruby":
            base = child.find(f"{W}rubyBase")
            if base is not None:
                self._walk(base, out)
            self.reading.warn("ruby", "文字上方的拼音没有导入，只保留了文字本身。", "正文")
        elif tag in (f"{W}footnoteReference", f"{W}endnoteReference"):
            kind = "footnote" if tag == f"{W}footnoteReference" else "endnote"
            out.footnotes.append((kind, child.get(f"{W}id", "")))
        elif tag == f"{MC}AlternateContent":
            for inner in choice(child):
                self._content(inner, out)

    def _field(self, kind: str) -> None:
        """The code of a field is not shown, its result is: True while inside the code."""
        if kind == "begin":
            self._fields.append(True)
        elif kind == "separate" and self._fields:
            self._fields[-1] = False
        elif kind == "end" and self._fields:
            self._fields.pop()

    def _drawing(self, element: etree._Element, out: Paragraph) -> None:
        boxes = list(_boxes(element))
        out.boxes.extend(boxes)
        described = element.find(f".//{WP}docPr")
        alt = (described.get("descr") or described.get("title")) if described is not None else None
        found = False
        for picture in element.iter(f"{A}blip", f"{V}imagedata"):
            if any(picture is inner for box in boxes for inner in box.iter(picture.tag)):
                continue
            found = True
            identity = picture.get(f"{R}embed") or picture.get(f"{R}id") or picture.get(f"{R}link") or ""
            self._image(identity, alt, out)
        if element.tag == f"{W}object":
            self.reading.warn(
                "embedded_object",
                "文件里嵌有其他文件（如 Excel 表），只导入了它的图样；需要时请另作附件。",
                "正文",
            )
        elif not found and not boxes:
            graphic = element.find(f".//{A}graphicData")
            uri = graphic.get("uri", "") if graphic is not None else ""
            if "chart" in uri or "diagram" in uri:
                self.reading.warn("chart", "图表或 SmartArt 没有导入，请截图插入，并附数据表。", "正文")

    def _image(self, identity: str, alt: str | None, out: Paragraph) -> None:
        target, outside = self._relations.get(identity, ("", False))
        if outside or target not in self.package.names:
            self.reading.warn(
                "linked_image", "有图片没有存在文件里（只是链接），没有导入，请另行插入。", "正文"
            )
            return
        out.images.append(Piece("image", image=self.package.read(target), alt=alt, where=target))

    def _tracked(self) -> None:
        self.reading.warn(
            "tracked_changes",
            "文件里有未接受的修订，已按“最终状态”导入：增加的保留，删除的去掉。请核对。",
            "正文",
        )


def choice(element: etree._Element) -> etree._Element:
    chosen = element.find(f"{MC}Choice")
    if chosen is None:
        chosen = element.find(f"{MC}Fallback")
    return chosen if chosen is not None else element


def _boxes(element: etree._Element) -> Iterator[etree._Element]:
    """Outermost text boxes; the fallback copy for old programs is left aside."""
    for child in element:
        if child.tag == f"{W}txbxContent":
            yield child
        elif child.tag == f"{MC}AlternateContent":
            yield from _boxes(choice(child))
        elif isinstance(child.tag, str):
            yield from _boxes(child)


def _symbol(element: etree._Element) -> str:
    try:
        code = int(element.get(f"{W}char", ""), 16)
    except ValueError:
        return ""
    if 0xF000 <= code <= 0xF0FF:
        return _SYMBOLS.get(code - 0xF000, chr(code))
    return chr(code)
