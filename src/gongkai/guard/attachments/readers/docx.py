"""Reading a Word document (读 docx): what the reader sees, and comments, tracked changes and hidden text beside it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from gongkai.guard.attachments.archive import SafeZip
from gongkai.guard.attachments.docx_visibility import Visibility
from gongkai.guard.attachments.opc import PackageReader
from gongkai.guard.attachments.readers.ooxml_parts import read_common
from gongkai.guard.attachments.reading import Reading, sample
from gongkai.guard.attachments.xml_tree import MC, W, local

TRACKED = frozenset(
    [
        "ins",
        "del",
        "moveFrom",
        "moveTo",
        "rPrChange",
        "pPrChange",
        "sectPrChange",
        "tblPrChange",
        "tblGridChange",
        "tcPrChange",
        "trPrChange",
        "tblPrExChange",
        "numberingChange",
        "cellIns",
        "cellDel",
        "cellMerge",
    ]
)
_TEXT = {"t": None, "delText": None, "tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_STORIES = (
    ("wordprocessingml.header+xml", "header"),
    ("wordprocessingml.footer+xml", "footer"),
    ("wordprocessingml.footnotes+xml", "footnote"),
    ("wordprocessingml.endnotes+xml", "endnote"),
    ("wordprocessingml.document.glossary+xml", "glossary"),
)


@dataclass(slots=True)
class Story:
    """The text of one part of the document, sorted by who sees it."""

    lines: list[str] = field(default_factory=list)
    tables: list[tuple[str, list[list[str]]]] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    hidden: dict[str, list[str]] = field(default_factory=dict)
    tracked: int = 0
    fields: list[str] = field(default_factory=list)


def read_story(root: Any, visibility: Visibility) -> Story:
    """Walk one part; text boxes follow their paragraph, tables are kept apart with the line above them as caption."""
    story = Story()
    walker = _Walker(story, visibility)
    walker.blocks(root)
    for element in root.iter():
        if local(element) in TRACKED and element.tag.startswith(W):
            story.tracked += 1
    return story


class _Walker:
    def __init__(self, story: Story, visibility: Visibility) -> None:
        self.story = story
        self.visibility = visibility
        self.boxes: list[Any] = []

    def blocks(self, parent: Any, *, shown: bool = True) -> None:
        for child in parent:
            name = local(child)
            if name == "p":
                text = self.paragraph(child, shown=shown)
                if shown:
                    self.story.lines.append(text)
                self._flush_boxes(shown)
            elif name == "tbl" and shown:
                caption = next((line.strip() for line in reversed(self.story.lines) if line.strip()), "")
                rows = self.table(child)
                if rows:
                    self.story.tables.append((caption, rows))
                self._flush_boxes(shown)
            elif name == "tbl":
                self.table(child, shown=False)
            elif name in ("del", "moveFrom"):
                self.blocks(child, shown=False)
            elif name == "AlternateContent":
                self.blocks(_choice(child), shown=shown)
            elif isinstance(child.tag, str) and name not in ("sectPr", "sdtPr", "tblPr", "docPartPr"):
                self.blocks(child, shown=shown)

    def table(self, table: Any, *, shown: bool = True) -> list[list[str]]:
        rows: list[list[str]] = []
        for row in _inside(table, "tr"):
            properties = row.find(f"{W}trPr")
            hidden = properties is not None and properties.find(f"{W}hidden") is not None
            deleted = properties is not None and properties.find(f"{W}del") is not None
            cells = [
                self._cell(cell, shown=shown and not deleted and not hidden) for cell in _inside(row, "tc")
            ]
            if hidden:
                self.story.hidden.setdefault("隐藏的表格行", []).append("\t".join(cells))
            elif deleted or not shown:
                self.story.deleted.append("\t".join(cells))
            else:
                rows.append(cells)
        return rows

    def _cell(self, cell: Any, *, shown: bool) -> str:
        texts: list[str] = []
        for element in cell:
            name = local(element)
            if name == "p":
                texts.append(self.paragraph(element, shown=True))
            elif name == "tbl":
                texts += ["\t".join(row) for row in self.table(element, shown=shown)]
            elif name in ("sdt", "sdtContent", "customXml", "ins"):
                texts.append(self._cell(element, shown=shown))
        return " ".join(text.replace("\n", " ").strip() for text in texts if text.strip())

    def paragraph(self, paragraph: Any, *, shown: bool = True) -> str:
        pieces: list[str] = []
        removed: list[str] = []
        hidden: dict[str, list[str]] = {}
        self._runs(paragraph, pieces, removed, hidden, shown=shown)
        if removed:
            self.story.deleted.append("".join(removed))
        for reason, texts in hidden.items():
            self.story.hidden.setdefault(reason, []).append("".join(texts))
        return "".join(pieces)

    def _runs(
        self, parent: Any, pieces: list[str], removed: list[str], hidden: dict[str, list[str]], *, shown: bool
    ) -> None:
        for child in parent:
            name = local(child)
            if name == "r":
                text = self._run_text(child)
                if not text:
                    continue
                if not shown:
                    removed.append(text)
                elif text.strip() and (reason := self.visibility.hidden_reason(child)):
                    hidden.setdefault(reason, []).append(text)
                else:
                    pieces.append(text)
            elif name in ("del", "moveFrom"):
                self._runs(child, pieces, removed, hidden, shown=False)
            elif name == "AlternateContent":
                self._runs(_choice(child), pieces, removed, hidden, shown=shown)
            elif name == "oMath" or name == "oMathPara":
                pieces.append("".join(t.text or "" for t in child.iter() if local(t) == "t"))
            elif isinstance(child.tag, str) and name not in ("pPr", "rPr", "sdtPr"):
                self._runs(child, pieces, removed, hidden, shown=shown)

    def _run_text(self, run: Any) -> str:
        pieces: list[str] = []
        for child in run:
            name = local(child)
            if name in _TEXT:
                pieces.append(_TEXT[name] or child.text or "")
            elif name in ("instrText", "delInstrText"):
                self.story.fields.append(child.text or "")
            elif name == "AlternateContent":
                pieces.append(self._run_text(_choice(child)))
            elif name in ("drawing", "pict", "object") and not is_hidden_drawing(child):
                self._collect_boxes(child)
            elif name == "drawing":
                words = "".join(t.text or "" for t in child.iter(f"{W}t"))
                self.story.hidden.setdefault("隐藏的图形", []).append(words)
            elif name == "ruby":
                pieces.append(
                    "".join(t.text or "" for base in child.iter(f"{W}rubyBase") for t in base.iter(f"{W}t"))
                )
        return "".join(pieces)

    def _collect_boxes(self, element: Any) -> None:
        if element.tag == f"{W}txbxContent":
            self.boxes.append(element)
            return
        for child in element:
            if isinstance(child.tag, str):
                self._collect_boxes(_choice(child) if local(child) == "AlternateContent" else child)

    def _flush_boxes(self, shown: bool) -> None:
        boxes, self.boxes = self.boxes, []
        for box in boxes:
            self.blocks(box, shown=shown)


def is_hidden_drawing(drawing: Any) -> bool:
    """Tell whether a drawing is switched off in the selection pane."""
    return any(local(e) == "docPr" and e.get("hidden") in ("1", "true") for e in drawing.iter())


def _choice(alternate: Any) -> Any:
    choice = alternate.find(f"{MC}Choice")
    if choice is not None:
        return choice
    fallback = alternate.find(f"{MC}Fallback")
    return fallback if fallback is not None else ()


def _inside(parent: Any, name: str) -> list[Any]:
    """Children called `name`, also through content controls and insertion marks."""
    found = []
    for child in parent:
        if local(child) == name:
            found.append(child)
        elif local(child) in ("sdt", "sdtContent", "ins", "customXml", "moveTo"):
            found += _inside(child, name)
    return found


def visibility_of(package: PackageReader, document: Any) -> Visibility:
    """Build the judge of visibility from the styles of the package."""
    names = package.of_type("wordprocessingml.styles+xml") or [
        name for name in package.names if name == "word/styles.xml"
    ]
    return Visibility.from_styles(package.tree(names[0]) if names else None, document)


def read_docx(reading: Reading) -> None:
    """Read a docx, docm or dotx; raises Unreadable or Overrun."""
    with SafeZip(reading.source, reading.budget) as archive:
        package = PackageReader(archive)
        main = package.main_part("word/document.xml")
        document = package.tree(main)
        visibility = visibility_of(package, document)
        story = read_story(document, visibility)
        _report(reading, story, "text", 0)
        counter: dict[str, int] = {}
        tracked = story.tracked
        for name in package.names:
            label = _story_label(package, name)
            if label is None:
                continue
            counter[label] = counter.get(label, 0) + 1
            other = read_story(package.tree(name), visibility)
            tracked += other.tracked
            _report(reading, other, f"{label}:{counter[label]}", sum(counter.values()) * 1000)
            story.deleted += other.deleted
        _report_tracked(reading, tracked, story.deleted)
        _comments(reading, package, visibility)
        _settings(reading, package)
        _black_shapes(reading, document)
        read_common(reading, package)


def _story_label(package: PackageReader, name: str) -> str | None:
    if not name.endswith(".xml"):
        return None
    content_type = package.content_type(name)
    for word, label in _STORIES:
        if word in content_type:
            return label
    return None


def _report(reading: Reading, story: Story, label: str, base: int) -> None:
    unseen = label.startswith("glossary")
    reading.part(label, "\n".join(story.lines), kind="hidden" if unseen else "text")
    for number, (caption, rows) in enumerate(story.tables, base + 1):
        reading.table(f"table:{number}", rows, caption=caption, kind="hidden" if unseen else "table")
    for number, (reason, texts) in enumerate(story.hidden.items(), base + 1):
        name = f"hidden:{number}"
        reading.part(name, "\n".join(texts), kind="hidden")
        reading.finding(
            "att.docx_hidden_text",
            name,
            f"{reason} {len(texts)} 处，读者看不见但复制得出来",
            matched=sample("".join(texts)),
        )
    links = [text for text in story.fields if "HYPERLINK" in text or "INCLUDE" in text or "\\\\" in text]
    if links:
        reading.part("url", "\n".join(links), kind="url")


def _report_tracked(reading: Reading, count: int, deleted: list[str]) -> None:
    if not count:
        return
    if deleted:
        reading.part("deleted:1", "\n".join(deleted), kind="hidden")
    part = "deleted:1" if deleted else "text"
    reading.finding(
        "att.docx_tracked_change",
        part,
        f"修订痕迹 {count} 处没有接受或拒绝，删去的文字仍在文件里",
        matched=sample("".join(deleted)),
    )


def _comments(reading: Reading, package: PackageReader, visibility: Visibility) -> None:
    names = [
        name for name in package.names
        if name.endswith(".xml") and ("wordprocessingml.comments+xml" in package.content_type(name) or name == "word/comments.xml")
    ]  # fmt: skip
    number = 0
    first = ""
    for name in names:
        for comment in package.tree(name).iter(f"{W}comment"):
            number += 1
            story = read_story(comment, visibility)
            author = comment.get(f"{W}author", "")
            text = f"{author}：" + "\n".join(story.lines) if author else "\n".join(story.lines)
            first = first or text
            reading.part(f"comment:{number}", text, kind="comment")
    if number:
        reading.finding("att.docx_comment", "comment:1", f"批注 {number} 条仍在文件里", matched=sample(first))


def _black_shapes(reading: Reading, document: Any) -> None:
    """Report black bars laid over the page: the words under them, if any, are still there."""
    count = 0
    for anchor in document.iter():
        if local(anchor) != "anchor" or anchor.get("behindDoc") in ("1", "true"):
            continue
        extent = next((e for e in anchor if local(e) == "extent"), None)
        shape = next((e for e in anchor.iter() if local(e) == "wsp"), None)
        if extent is None or shape is None or next(shape.iter(f"{W}t"), None) is not None:
            continue
        sizes = [int(extent.get(name, "0")) for name in ("cx", "cy") if extent.get(name, "0").isdigit()]
        colours = [
            e.get("val", "").lower()
            for p in shape
            if local(p) == "spPr"
            for f in p
            if local(f) == "solidFill"
            for e in f
        ]
        count += (
            len(sizes) == 2
            and sizes[0] > 180_000
            and 72_000 < sizes[1] < 1_800_000
            and bool({"000000", "tx1", "black"} & set(colours))
        )
    if count:
        reading.finding(
            "att.docx_hidden_text", "text", f"黑色图形 {count} 个盖在页面上，移开就能看到下面的文字", variant="covered",
            suggestion="确认图形下面没有文字；要涂黑的文字请直接删去，或转成 PDF 后涂黑",
        )  # fmt: skip


def _settings(reading: Reading, package: PackageReader) -> None:
    names = package.of_type("wordprocessingml.settings+xml") or [
        name for name in package.names if name == "word/settings.xml"
    ]
    for name in names:
        root = package.tree(name)
        variables = [f"{item.get(f'{W}name')}：{item.get(f'{W}val')}" for item in root.iter(f"{W}docVar")]
        if variables:
            reading.part("property", "\n".join(variables), kind="property")
            reading.finding(
                "att.office_props",
                "property",
                f"文档变量 {len(variables)} 个",
                matched=sample("；".join(variables)),
            )
