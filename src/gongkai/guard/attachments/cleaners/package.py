"""Rewriting an Office package (重写 OPC 包): only what the main part still points to is written again."""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO
from xml.sax.saxutils import quoteattr

from gongkai.guard.attachments.archive import SafeZip
from gongkai.guard.attachments.kinds import sniff
from gongkai.guard.attachments.limits import Budget, Unreadable
from gongkai.guard.attachments.opc import Relationship, parse_content_types, parse_rels, rels_name, resolved
from gongkai.guard.attachments.readers.ooxml_parts import MEDIA_SUFFIXES, PATH_LIKE
from gongkai.guard.attachments.removed import Removed
from gongkai.guard.attachments.xml_tree import A, R, W, drop, local, parse, serialise, unwrap

from .pictures import clean_picture, cropped

_CONTENT_NS = "http://schemas.openxmlformats.org/package/2006/content-types"
_RELS_NS = "http://schemas.openxmlformats.org/package/2006/relationships"
_DATE = (1980, 1, 1, 0, 0, 0)
# Relationship types (last word) that carry nothing a reader sees, with what they are counted as.
UNSEEN = {
    "comments": "comment", "commentsExtended": "", "commentsIds": "", "commentsExtensible": "", "people": "", "person": "",
    "threadedComment": "comment", "commentAuthors": "", "authors": "", "customXml": "att.office_props", "customXmlProps": "",
    "attachedTemplate": "att.office_props", "glossaryDocument": "", "vbaProject": "att.macro", "wordVbaData": "", "keyMapCustomizations": "",
    "thumbnail": "att.office_props", "core-properties": "att.office_props", "extended-properties": "att.office_props",
    "custom-properties": "att.office_props", "printerSettings": "att.office_props", "userCustomization": "", "extensibility": "att.macro",
    "webextensiontaskpanes": "", "origin": "", "control": "att.ole_embedded", "activeXControlBinary": "", "ctrlProp": "", "tags": "",
    "pivotCacheDefinition": "att.xlsx_pivot_cache", "pivotCacheRecords": "", "pivotTable": "", "slicer": "", "slicerCache": "", "timeline": "",
    "timelineCache": "", "externalLink": "att.xlsx_external_link", "connections": "att.xlsx_external_link", "queryTable": "att.xlsx_external_link",
    "powerPivotData": "att.xlsx_external_link", "calcChain": "", "revisionHeaders": "att.office_props", "usernames": "", "volatileDependencies": "",
    "notesSlide": "", "notesMaster": "", "handoutMaster": "", "oleObject": "att.ole_embedded", "package": "att.ole_embedded",
    "xlMacrosheet": "att.macro", "presProps": "", "cellWatches": "", "customProperty": "att.office_props", "classificationlabels": "", "stylesWithEffects": "",
}  # fmt: skip


@dataclass(slots=True)
class Package:
    """All members of an Office file in memory, with relationships that can be changed."""

    parts: dict[str, bytes]
    defaults: dict[str, str]
    overrides: dict[str, str]
    rels: dict[str, list[Relationship]]
    removed: Removed

    @classmethod
    def load(cls, source: Path | BinaryIO, budget: Budget, removed: Removed) -> Package:
        """Read the whole package; raises Unreadable or Overrun."""
        with SafeZip(source, budget) as archive:
            names = [name for name in archive.names if name != "[Content_Types].xml"]
            parts = {name: archive.read(name, most_bytes=budget.limits.file_bytes) for name in names}
            defaults, overrides = parse_content_types(archive.read("[Content_Types].xml"))
        rels: dict[str, list[Relationship]] = {}
        for name in list(parts):
            if name.endswith(".rels") and posixpath.basename(posixpath.dirname(name)) == "_rels":
                folder = posixpath.dirname(posixpath.dirname(name))
                owner = posixpath.join(folder, posixpath.basename(name)[:-5])
                rels[owner] = parse_rels(parts.pop(name), owner)
        return cls(parts, defaults, overrides, rels, removed)

    def content_type(self, name: str) -> str:
        """Return the declared type of a part, or an empty string."""
        return self.overrides.get(name) or self.defaults.get(name.rsplit(".", 1)[-1].lower(), "")

    def main_part(self) -> str:
        """Return the part the package starts from; raises Unreadable."""
        for relationship in self.rels.get("", []):
            if relationship.short_type == "officeDocument" and relationship.target in self.parts:
                return relationship.target
        raise Unreadable("找不到主要内容部分，文件不完整")

    def tree(self, name: str) -> Any:
        """Return the root element of a part."""
        return parse(self.parts[name], name)

    def put(self, name: str, root: Any) -> None:
        """Write a part back."""
        self.parts[name] = serialise(root)

    def of_type(self, *words: str) -> list[str]:
        """Return the XML parts whose declared type contains one of the words."""
        return [name for name in self.parts if any(word in self.content_type(name) for word in words)]

    def drop_rels(
        self, unwanted: Callable[[Relationship], bool], part: str | None = None
    ) -> list[Relationship]:
        """Drop the relationships that `unwanted` picks, of one part or of all; return them."""
        gone: list[Relationship] = []
        for owner in list(self.rels) if part is None else [part]:
            kept: list[Relationship] = []
            for relationship in self.rels.get(owner, []):
                (gone if unwanted(relationship) else kept).append(relationship)
            self.rels[owner] = kept
        return gone

    def drop_unseen(self, comment_id: str, *, keep: frozenset[str] = frozenset()) -> None:
        """Drop every relationship to what a reader does not see; comments are counted by the caller as `comment_id`."""
        for relationship in self.drop_rels(
            lambda item: item.short_type in UNSEEN and item.short_type not in keep
        ):
            what = UNSEEN[relationship.short_type]
            if what and what != "comment" and what != comment_id:
                self.removed.add(what)

    def add_part(self, name: str, data: bytes, owner: str, like: Relationship) -> str:
        """Add a part of the same kind as the one `like` points to and return the new relationship id."""
        used = {item.id for item in self.rels[owner]}
        new = next(f"rIdg{number}" for number in range(1, 100_000) if f"rIdg{number}" not in used)
        self.parts[name] = data
        self.rels[owner].append(Relationship(new, like.type, name, external=False))
        return new

    def clean_media(self) -> None:
        """Strip the metadata of every picture that is still used."""
        for name in sorted(self.reachable()):
            suffix = name.rsplit(".", 1)[-1].lower()
            kind = sniff(self.parts[name][:65536]).kind if suffix in MEDIA_SUFFIXES else ""
            if kind in ("jpeg", "png", "gif", "webp", "tiff"):
                self.parts[name] = clean_picture(self.parts[name], kind, self.removed, upright=False)

    def reachable(self) -> set[str]:
        """Return the parts that can be reached from the package."""
        found: set[str] = set()
        todo = [""]
        while todo:
            for relationship in self.rels.get(todo.pop(), []):
                if (
                    not relationship.external
                    and relationship.target in self.parts
                    and relationship.target not in found
                ):
                    found.add(relationship.target)
                    todo.append(relationship.target)
        return found

    def to_bytes(self) -> bytes:
        """Write the package: reachable parts only, no times, no extra fields, no comment."""
        names = sorted(self.reachable())
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            _write(archive, "[Content_Types].xml", self._content_types(names))
            for owner in ["", *names]:
                rows = [item for item in self.rels.get(owner, []) if item.external or item.target in names]
                if rows:
                    _write(archive, rels_name(owner), _rels_xml(owner, rows))
            for name in names:
                _write(archive, name, self.parts[name])
        return out.getvalue()

    def _content_types(self, names: list[str]) -> bytes:
        suffixes = {name.rsplit(".", 1)[-1].lower() for name in names} | {"rels", "xml"}
        defaults = {key: value for key, value in self.defaults.items() if key in suffixes}
        defaults.setdefault("rels", "application/vnd.openxmlformats-package.relationships+xml")
        defaults.setdefault("xml", "application/xml")
        rows = [
            f"<Default Extension={quoteattr(key)} ContentType={quoteattr(value)}/>"
            for key, value in sorted(defaults.items())
        ]
        rows += [
            f"<Override PartName={quoteattr('/' + name)} ContentType={quoteattr(self.overrides[name])}/>"
            for name in names
            if name in self.overrides
        ]
        return f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Types xmlns="{_CONTENT_NS}">{"".join(rows)}</Types>'.encode()


def _write(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    info = zipfile.ZipInfo(name, _DATE)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o600 << 16
    archive.writestr(info, data)


def _rels_xml(owner: str, rows: list[Relationship]) -> bytes:
    lines = []
    for item in rows:
        target = (
            item.target if item.external else posixpath.relpath(item.target, posixpath.dirname(owner) or ".")
        )
        mode = ' TargetMode="External"' if item.external else ""
        lines.append(
            f"<Relationship Id={quoteattr(item.id)} Type={quoteattr(item.type)} Target={quoteattr(target)}{mode}/>"
        )
    return f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Relationships xmlns="{_RELS_NS}">{"".join(lines)}</Relationships>'.encode()


def cut_pictures(package: Package, owner: str, root: Any) -> None:
    """Replace pictures that are shown cropped by the part that is shown."""
    for rect in list(root.iter(f"{A}srcRect")):
        sides = [int(rect.get(side, "0").rstrip("%") or 0) / 100_000 for side in "ltrb"]
        if not any(side > 0 for side in sides):
            continue
        blip = next((child for child in rect.getparent() if local(child) == "blip"), None)
        if blip is not None and _cut(package, owner, blip, f"{R}embed", sides):
            for side, share in zip("ltrb", sides, strict=True):
                if share > 0:
                    del rect.attrib[side]
            for extension in [e for e in blip.iter() if local(e) == "svgBlip"]:
                drop(extension.getparent())
    for image in [e for e in root.iter() if local(e) == "imagedata"]:
        sides = [_vml_share(image.get(f"crop{side}")) for side in ("left", "top", "right", "bottom")]
        if any(side > 0 for side in sides) and _cut(package, owner, image, f"{R}id", sides):
            for side in ("left", "top", "right", "bottom"):
                image.attrib.pop(f"crop{side}", None)


def _cut(package: Package, owner: str, element: Any, attribute: str, sides: list[float]) -> bool:
    used = next(
        (
            item
            for item in package.rels.get(owner, [])
            if item.id == element.get(attribute) and not item.external
        ),
        None,
    )
    if used is None or used.target not in package.parts:
        return False
    try:
        data = cropped(package.parts[used.target], *sides)
    except Unreadable:
        return False
    stem, _, suffix = used.target.rpartition(".")
    name = next(
        f"{stem}_shown{n}.{suffix}"
        for n in range(1, 100_000)
        if f"{stem}_shown{n}.{suffix}" not in package.parts
    )
    element.set(attribute, package.add_part(name, data, owner, used))
    package.removed.add("att.cropped_image")
    return True


def _vml_share(value: str | None) -> float:
    if not value:
        return 0.0
    try:
        return (
            float(value[:-1]) / 65536
            if value.endswith("f")
            else float(value.rstrip("%")) / (100 if value.endswith("%") else 1)
        )
    except ValueError:
        return 0.0


def cut_inside_links(package: Package, owner: str, root: Any) -> None:
    """Unhook links to files of the author's computer or network; their words stay."""

    def unwanted(item: Relationship) -> bool:
        return item.external and (item.short_type != "hyperlink" or bool(PATH_LIKE.search(item.target) and "://" not in item.target[:8])
                                  or item.target.lower().startswith("file:"))  # fmt: skip

    gone = {item.id for item in package.drop_rels(unwanted, owner)}
    if not gone:
        return
    package.removed.add("att.office_props", len(gone))
    for element in list(root.iter()):
        for key in [key for key, value in element.attrib.items() if key.startswith(R) and value in gone]:
            if element.tag == f"{W}hyperlink":
                unwrap(element)
            elif local(element) in ("hlinkClick", "hlinkHover", "subDoc", "externalData"):
                drop(element)
            else:
                del element.attrib[key]


def drop_unused_rels(package: Package, owner: str, root: Any) -> None:
    """Drop relationships to pictures, links and objects that the part does not mention any more."""
    used = {value for element in root.iter() for key, value in element.attrib.items() if key.startswith(R)}
    loose = ("image", "hyperlink", "oleObject", "package", "chart", "diagramData", "media", "video", "audio")
    package.drop_rels(lambda item: item.short_type in loose and item.id not in used, owner)


def anonymous_drawings(package: Package, root: Any) -> None:
    """Take paths and file names out of the descriptions of pictures."""
    for element in root.iter():
        if local(element) in ("docPr", "cNvPr"):
            for key in ("descr", "title", "name"):
                if PATH_LIKE.search(element.get(key, "")):
                    element.set(key, "图片" if key == "name" else "")
                    package.removed.add("att.office_props")


def freeze_charts(package: Package) -> None:
    """Cut charts off the workbook behind them; what they draw is kept in the chart itself."""
    for name in package.of_type("drawingml.chart+xml", "drawingml.chartex+xml", "ms-office.chartex+xml"):
        root = package.tree(name)
        links = [element for element in root.iter() if local(element) == "externalData"]
        for element in links:
            drop(element)
        if links:
            package.put(name, root)
        gone = package.drop_rels(
            lambda item: item.short_type in ("package", "oleObject") or item.external, name
        )
        package.removed.add("att.ole_embedded", len(gone))


__all__ = [
    "Package",
    "anonymous_drawings",
    "cut_inside_links",
    "cut_pictures",
    "drop_unused_rels",
    "freeze_charts",
    "resolved",
]
