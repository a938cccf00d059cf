"""Clean copies of Word documents (清洗 docx): changes as shown, no comments, no hidden text, no traces."""

from __future__ import annotations

from pathlib import Path
from typing import Any, BinaryIO

from gongkai.guard.attachments.docx_visibility import Visibility
from gongkai.guard.attachments.limits import Budget
from gongkai.guard.attachments.readers.docx import TRACKED, is_hidden_drawing
from gongkai.guard.attachments.removed import Removed
from gongkai.guard.attachments.xml_tree import W, drop, local, unwrap

from .package import (
    Package,
    anonymous_drawings,
    cut_inside_links,
    cut_pictures,
    drop_unused_rels,
    freeze_charts,
)

_STORIES = ("document.main+xml", "macroEnabled.main+xml", "header+xml", "footer+xml", "footnotes+xml", "endnotes+xml", "template.main+xml",
            "macroEnabledTemplate.main+xml", "styles+xml", "numbering+xml")  # fmt: skip
_MAIN_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_RANGE_MARKS = ("RangeStart", "RangeEnd")
_SETTINGS = frozenset(
    {
        "rsids",
        "attachedTemplate",
        "docVars",
        "mailMerge",
        "trackRevisions",
        "documentType",
        "stylePaneFormatFilter",
    }
)


def clean_docx(source: Path | BinaryIO, budget: Budget, removed: Removed) -> bytes:
    """Return a docx (never docm) that shows the same and hides nothing; raises Unreadable or Overrun."""
    package = Package.load(source, budget, removed)
    main = package.main_part()
    styles = next(iter(package.of_type("wordprocessingml.styles+xml")), None)
    visibility = Visibility.from_styles(package.tree(styles) if styles else None, package.tree(main))
    _count_comments(package)
    package.drop_unseen("att.docx_comment", keep=frozenset({"oleObject", "package"}))
    for name in package.of_type(
        *(f"wordprocessingml.{word}" for word in _STORIES), *(f"word.document.{word}" for word in _STORIES)
    ):
        _clean_story(package, name, visibility)
    for name in package.of_type("wordprocessingml.settings+xml"):
        _clean_settings(package, name)
    freeze_charts(package)
    package.overrides[main] = _MAIN_TYPE
    package.clean_media()
    return package.to_bytes()


def _count_comments(package: Package) -> None:
    for name in package.of_type("wordprocessingml.comments+xml"):
        package.removed.add("att.docx_comment", sum(1 for _ in package.tree(name).iter(f"{W}comment")))


def _clean_story(package: Package, name: str, visibility: Visibility) -> None:
    root = package.tree(name)
    package.removed.add("att.docx_tracked_change", accept_changes(root))
    _drop_comment_marks(root)
    package.removed.add("att.docx_hidden_text", drop_hidden(root, visibility))
    _drop_objects(package, name, root)
    for element in [
        e
        for e in root.iter()
        if local(e) in ("dataBinding", "placeholder") and local(e.getparent()) == "sdtPr"
    ]:
        drop(element)
    for element in root.iter():
        for key in [key for key in element.attrib if key.startswith(f"{W}rsid")]:
            del element.attrib[key]
    for element in list(root.iter(f"{W}rsid", f"{W}proofErr")):
        drop(element)
    cut_pictures(package, name, root)
    cut_inside_links(package, name, root)
    anonymous_drawings(package, root)
    drop_unused_rels(package, name, root)
    package.put(name, root)


def accept_changes(root: Any) -> int:
    """Make the text what its reader saw: insertions stay, deletions go; return how many marks were there."""
    marks = [element for element in root.iter() if element.tag.startswith(W) and local(element) in TRACKED]
    for row in list(root.iter(f"{W}tr")):
        properties = row.find(f"{W}trPr")
        if properties is not None and properties.find(f"{W}del") is not None:
            drop(row)
    for cell in list(root.iter(f"{W}tc")):
        properties = cell.find(f"{W}tcPr")
        if properties is not None and properties.find(f"{W}cellDel") is not None:
            drop(cell)
    merging = [p for p in root.iter(f"{W}p") if _mark_is_deleted(p)]
    for element in marks:
        name = local(element)
        if element.getparent() is None:
            continue
        if name in ("ins", "moveTo") and len(element):
            unwrap(element)
        else:
            drop(element)
    for element in [
        e
        for e in root.iter()
        if local(e).startswith(("moveFrom", "moveTo", "customXmlIns", "customXmlDel"))
        and local(e).endswith(_RANGE_MARKS)
    ]:
        drop(element)
    for paragraph in merging:
        _merge_with_next(paragraph)
    for table in [t for t in root.iter(f"{W}tbl") if t.find(f".//{W}tr") is None]:
        drop(table)
    for cell in root.iter(f"{W}tc"):
        if len(cell) == 0 or local(cell[-1]) not in ("p", "sdt"):
            cell.append(cell.makeelement(f"{W}p", {}, None))
    return len(marks)


def _mark_is_deleted(paragraph: Any) -> bool:
    return (
        paragraph.find(f"{W}pPr/{W}rPr/{W}del") is not None
        or paragraph.find(f"{W}pPr/{W}rPr/{W}moveFrom") is not None
    )


def _merge_with_next(paragraph: Any) -> None:
    """Join a paragraph whose end mark was deleted with the one that follows, as Word does."""
    content = [child for child in paragraph if local(child) != "pPr"]
    following = paragraph.getnext()
    if following is None or local(following) != "p":
        if not content and paragraph.getnext() is not None and len(paragraph.getparent()) > 1:
            drop(paragraph)
        return
    place = 1 if len(following) and local(following[0]) == "pPr" else 0
    for child in content:
        following.insert(place, child)
        place += 1
    drop(paragraph)


def _drop_comment_marks(root: Any) -> None:
    for element in list(root.iter(f"{W}commentRangeStart", f"{W}commentRangeEnd", f"{W}annotationRef")):
        drop(element)
    for element in list(root.iter(f"{W}commentReference")):
        run = element.getparent()
        drop(element)
        if all(local(child) == "rPr" for child in run):
            drop(run)


def drop_hidden(root: Any, visibility: Visibility) -> int:
    """Drop runs and table rows that the reader does not see; return how many."""
    count = 0
    for row in list(root.iter(f"{W}tr")):
        properties = row.find(f"{W}trPr")
        if properties is not None and properties.find(f"{W}hidden") is not None:
            drop(row)
            count += 1
    for drawing in [e for e in root.iter(f"{W}drawing") if is_hidden_drawing(e)]:
        holder = next((e for e in drawing.iterancestors() if local(e) == "AlternateContent"), drawing)
        drop(holder)
        count += 1
    for run in list(root.iter(f"{W}r")):
        text = "".join(child.text or "" for child in run if local(child) in ("t", "delText"))
        if not text.strip() or run.find(f"{W}fldChar") is not None or not visibility.hidden_reason(run):
            continue
        if run.find(f"{W}rPr/{W}highlight") is not None and run.find(f"{W}rPr/{W}vanish") is None:
            _black_out(run)
        else:
            drop(run)
        count += 1
    return count


def _black_out(run: Any) -> None:
    """Keep the bar that the reader saw, with blanks in the place of the letters."""
    for element in run.iter(f"{W}t"):
        element.text = "\u3000" * len(element.text or "")
        element.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")


def _drop_objects(package: Package, name: str, root: Any) -> None:
    """Keep the picture of an embedded object and drop the object."""
    gone = [e for e in root.iter() if local(e) in ("OLEObject", "objectEmbed", "objectLink", "control")]
    for element in gone:
        drop(element)
    package.removed.add("att.ole_embedded", len(gone))
    package.drop_rels(lambda item: item.short_type in ("oleObject", "package"), name)


def _clean_settings(package: Package, name: str) -> None:
    root = package.tree(name)
    unwanted = [child for child in root if local(child) in _SETTINGS]
    for element in unwanted:
        drop(element)
    package.removed.add(
        "att.office_props",
        sum(local(element) in ("rsids", "attachedTemplate", "docVars") for element in unwanted),
    )
    gone = package.drop_rels(lambda item: item.external, name)
    package.removed.add("att.office_props", len(gone))
    package.put(name, root)
