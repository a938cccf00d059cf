"""Reading a presentation (读 pptx): slides, and the notes, comments and hidden slides behind them."""

from __future__ import annotations

from typing import Any

from gongkai.guard.attachments.archive import SafeZip
from gongkai.guard.attachments.opc import PackageReader
from gongkai.guard.attachments.readers.ooxml_parts import read_common
from gongkai.guard.attachments.reading import Reading, sample
from gongkai.guard.attachments.xml_tree import A, P, R, local

_FALSE = frozenset({"0", "false"})
_TRUE = frozenset({"1", "true"})


def slide_parts(package: PackageReader, main: str) -> list[str]:
    """Return the slides in the order they are shown."""
    targets = {relationship.id: relationship.target for relationship in package.rels(main)}
    ids = [element.get(f"{R}id", "") for element in package.tree(main).iter(f"{P}sldId")]
    return [targets[name] for name in ids if targets.get(name, "") in package.zip]


def paragraphs(root: Any) -> list[str]:
    """Return the text of all paragraphs outside tables, in order."""
    lines = []
    for paragraph in root.iter(f"{A}p"):
        if next(paragraph.iterancestors(f"{A}tc"), None) is None:
            lines.append(
                "".join(
                    (t.text or "") if local(t) == "t" else "\n" for t in paragraph.iter(f"{A}t", f"{A}br")
                )
            )
    return [line for line in lines if line.strip()]


def tables(root: Any) -> list[list[list[str]]]:
    """Return the tables as rows of cells."""
    return [
        [
            ["".join(t.text or "" for t in cell.iter(f"{A}t")) for cell in row.iter(f"{A}tc")]
            for row in table.iter(f"{A}tr")
        ]
        for table in root.iter(f"{A}tbl")
    ]


def slide_size(presentation: Any) -> tuple[int, int]:
    """Return width and height of the slides in English metric units; the usual 4:3 size when not given."""
    size = next(presentation.iter(f"{P}sldSz"), None)
    if size is None or not size.get("cx", "").isdigit() or not size.get("cy", "").isdigit():
        return 9_144_000, 6_858_000
    return int(size.get("cx")), int(size.get("cy"))


def hidden_shapes(root: Any, size: tuple[int, int]) -> list[Any]:
    """Return the shapes switched off in the selection pane, and shapes with words that lie wholly outside the slide."""
    found = _outside(root, size)
    for properties in root.iter(f"{P}cNvPr"):
        if properties.get("hidden") in _TRUE:
            holder = properties.getparent()
            shape = None if holder is None else holder.getparent()
            if shape is not None and shape not in found:
                found.append(shape)
    return found


def _outside(root: Any, size: tuple[int, int]) -> list[Any]:
    tree = next(root.iter(f"{P}spTree"), None)
    found = []
    for shape in tree if tree is not None else ():
        place = next((e for e in shape.iter(f"{A}xfrm", f"{P}xfrm")), None)
        offset = None if place is None else place.find(f"{A}off")
        extent = None if place is None else place.find(f"{A}ext")
        if offset is None or extent is None or next(shape.iter(f"{A}t"), None) is None:
            continue
        try:
            left, top = int(offset.get("x")), int(offset.get("y"))
            right, bottom = left + int(extent.get("cx")), top + int(extent.get("cy"))
        except (TypeError, ValueError):
            continue
        if right <= 0 or bottom <= 0 or left >= size[0] or top >= size[1]:
            found.append(shape)
    return found


def notes_text(root: Any) -> str:
    """Return what the speaker wrote, without page number and date fields."""
    lines = []
    for shape in root.iter(f"{P}sp"):
        place = next(shape.iter(f"{P}ph"), None)
        if place is not None and place.get("type") in ("sldNum", "dt", "hdr", "ftr", "sldImg"):
            continue
        lines += paragraphs(shape)
    return "\n".join(lines)


def read_pptx(reading: Reading) -> None:
    """Read a pptx, pptm or ppsx; raises Unreadable or Overrun."""
    with SafeZip(reading.source, reading.budget) as archive:
        package = PackageReader(archive)
        main = package.main_part("ppt/presentation.xml")
        hidden_slides: list[int] = []
        size = slide_size(package.tree(main))
        for number, name in enumerate(slide_parts(package, main), 1):
            _slide(reading, package, name, number, hidden_slides, size)
            reading.budget.check_time()
        if hidden_slides:
            pages = "、".join(map(str, hidden_slides))
            reading.finding("att.pptx_notes", f"slide:{hidden_slides[0]}", f"隐藏的页：第 {pages} 页")
        _notes_and_comments(reading, package)
        read_common(reading, package)


def _slide(
    reading: Reading,
    package: PackageReader,
    name: str,
    number: int,
    hidden_slides: list[int],
    size: tuple[int, int],
) -> None:
    root = package.tree(name)
    is_hidden = root.get("show") in _FALSE
    if is_hidden:
        hidden_slides.append(number)
    kind = "hidden" if is_hidden else "text"
    concealed = hidden_shapes(root, size)
    text = "\n".join(line for shape in concealed for line in paragraphs(shape))
    for shape in concealed:
        parent = shape.getparent()
        if parent is not None:
            parent.remove(shape)
    if concealed:
        reading.part(f"hidden:{number}", text, kind="hidden")
        reading.finding(
            "att.pptx_notes",
            f"slide:{number}",
            f"第 {number} 页有隐藏或放在页外的图形 {len(concealed)} 个",
            matched=sample(text),
            variant="hidden_shape",
        )
    lines = paragraphs(root)
    reading.part(f"slide:{number}", "\n".join(lines), kind=kind)
    for order, rows in enumerate(tables(root), 1):
        reading.table(
            f"slide:{number}/table:{order}",
            rows,
            kind="hidden" if is_hidden else "table",
            caption=lines[0] if lines else "",
        )


def _notes_and_comments(reading: Reading, package: PackageReader) -> None:
    notes: list[str] = []
    comments: list[str] = []
    for name in package.names:
        declared = package.content_type(name)
        if not name.endswith(".xml"):
            continue
        if "notesSlide+xml" in declared or "/notesSlides/" in name:
            text = notes_text(package.tree(name))
            if text.strip():
                notes.append(text)
                reading.part(f"notes:{len(notes)}", text, kind="hidden")
        elif (
            "presentationml.comments" in declared or "powerpoint.comments" in declared or "/comments/" in name
        ):
            for element in package.tree(name).iter():
                if local(element) == "cm":
                    comments.append(
                        "".join(e.text or "" for e in element.iter() if local(e) in ("text", "t"))
                    )
                    reading.part(f"comment:{len(comments)}", comments[-1], kind="comment")
    if notes:
        reading.finding(
            "att.pptx_notes", "notes:1", f"备注 {len(notes)} 页仍在文件里", matched=sample(notes[0])
        )
    if comments:
        reading.finding(
            "att.pptx_notes",
            "comment:1",
            f"批注 {len(comments)} 条仍在文件里",
            matched=sample(comments[0]),
            variant="comment",
        )
