"""Clean copies of presentations (清洗 pptx): the shown slides only, without notes, comments, hidden shapes and objects."""

from __future__ import annotations

from pathlib import Path
from typing import Any, BinaryIO

from gongkai.guard.attachments.limits import Budget
from gongkai.guard.attachments.readers.pptx import hidden_shapes, slide_size
from gongkai.guard.attachments.removed import Removed
from gongkai.guard.attachments.xml_tree import P, R, drop, local

from .package import (
    Package,
    anonymous_drawings,
    cut_inside_links,
    cut_pictures,
    drop_unused_rels,
    freeze_charts,
)

_MAIN_TYPE = "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"
_LISTS = ("notesMasterIdLst", "handoutMasterIdLst", "custShowLst", "custDataLst", "extLst", "modifyVerifier")


def clean_pptx(source: Path | BinaryIO, budget: Budget, removed: Removed) -> bytes:
    """Return a pptx that shows the same slides and hides nothing; raises Unreadable or Overrun."""
    package = Package.load(source, budget, removed)
    main = package.main_part()
    _count_notes(package)
    gone = _drop_hidden_slides(package, main)
    size = slide_size(package.tree(main))
    package.drop_unseen("att.pptx_notes", keep=frozenset({"oleObject", "package", "presProps"}))
    for name in package.of_type(
        "presentationml.slide+xml", "presentationml.slideLayout+xml", "presentationml.slideMaster+xml"
    ):
        if name not in gone:
            _clean_slide(package, name, gone, size)
    freeze_charts(package)
    package.overrides[main] = _MAIN_TYPE
    package.clean_media()
    return package.to_bytes()


def _count_notes(package: Package) -> None:
    kinds = ("notesSlide", "comments")
    reachable = package.reachable()
    for relationships in package.rels.values():
        for item in relationships:
            if item.short_type in kinds and item.target in reachable and not item.external:
                package.removed.add("att.pptx_notes")


def _drop_hidden_slides(package: Package, main: str) -> set[str]:
    gone: set[str] = set()
    root = package.tree(main)
    targets = {item.id: item.target for item in package.rels[main]}
    for entry in list(root.iter(f"{P}sldId")):
        name = targets.get(entry.get(f"{R}id", ""), "")
        if name in package.parts and package.tree(name).get("show") in ("0", "false"):
            identifier = entry.get(f"{R}id")
            drop(entry)
            package.drop_rels(lambda item, identifier=identifier: item.id == identifier, main)  # type: ignore[misc]
            package.removed.add("att.pptx_notes")
            gone.add(name)
    for element in [child for child in root if local(child) in _LISTS]:
        drop(element)
    package.put(main, root)
    return gone


def _clean_slide(package: Package, name: str, gone: set[str], size: tuple[int, int]) -> None:
    root = package.tree(name)
    for shape in hidden_shapes(root, size):
        drop(shape)
        package.removed.add("att.pptx_notes")
    for element in [e for e in root.iter() if local(e) in ("custDataLst", "controls")]:
        drop(element)
    _objects_to_pictures(package, root)
    package.drop_rels(lambda item: item.short_type in ("oleObject", "package"), name)
    cut_pictures(package, name, root)
    cut_inside_links(package, name, root)
    _drop_links_to_gone_slides(package, name, root, gone)
    anonymous_drawings(package, root)
    drop_unused_rels(package, name, root)
    package.put(name, root)


def _objects_to_pictures(package: Package, root: Any) -> None:
    """Replace the frame of an embedded object by the picture that stood for it."""
    for frame in list(root.iter(f"{P}graphicFrame")):
        objects = list(frame.iter(f"{P}oleObj"))
        if not objects:
            continue
        package.removed.add("att.ole_embedded")
        picture = next((picture for item in reversed(objects) for picture in item.iter(f"{P}pic")), None)
        parent = frame.getparent()
        if picture is not None and parent is not None:
            parent.replace(frame, picture)
        else:
            drop(frame)


def _drop_links_to_gone_slides(package: Package, name: str, root: Any, slides: set[str]) -> None:
    gone = {item.id for item in package.drop_rels(lambda item: item.target in slides, name)}
    for element in list(root.iter()):
        if local(element) in ("hlinkClick", "hlinkHover") and element.get(f"{R}id") in gone:
            drop(element)
