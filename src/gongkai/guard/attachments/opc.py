"""The package inside docx, xlsx and pptx (OPC 包): content types, relationships, and which part is what."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from gongkai.guard.attachments.archive import SafeZip
from gongkai.guard.attachments.limits import Unreadable
from gongkai.guard.attachments.xml_tree import local, parse


@dataclass(frozen=True, slots=True)
class Relationship:
    """One arrow from a part to another part or to the outside; `target` of an inner one is a member name."""

    id: str
    type: str
    target: str
    external: bool

    @property
    def short_type(self) -> str:
        """Last word of the type address, for instance `hyperlink`."""
        return self.type.rsplit("/", 1)[-1]


def rels_name(part: str) -> str:
    """Return the member that holds the relationships of `part` (the package itself: an empty string)."""
    folder, base = posixpath.split(part)
    return posixpath.join(folder, "_rels", base + ".rels") if part else "_rels/.rels"


def parse_rels(data: bytes, part: str) -> list[Relationship]:
    """Read a relationships member of `part`."""
    found = []
    for element in parse(data, rels_name(part)):
        if local(element) != "Relationship":
            continue
        external = element.get("TargetMode") == "External"
        target = element.get("Target", "")
        if not external:
            target = resolved(part, target)
        found.append(Relationship(element.get("Id", ""), element.get("Type", ""), target, external))
    return found


def resolved(part: str, target: str) -> str:
    """Return the member name that `target`, written inside `part`, points to."""
    target = unquote(target.split("#", 1)[0])
    if target.startswith("/"):
        return posixpath.normpath(target[1:]) if target != "/" else ""
    return posixpath.normpath(posixpath.join(posixpath.dirname(part), target))


def parse_content_types(data: bytes) -> tuple[dict[str, str], dict[str, str]]:
    """Return (by suffix, by part name) from [Content_Types].xml."""
    defaults: dict[str, str] = {}
    overrides: dict[str, str] = {}
    for element in parse(data, "[Content_Types].xml"):
        if local(element) == "Default":
            defaults[element.get("Extension", "").lower()] = element.get("ContentType", "")
        elif local(element) == "Override":
            overrides[element.get("PartName", "").lstrip("/")] = element.get("ContentType", "")
    return defaults, overrides


class PackageReader:
    """Read access to an OPC package within a SafeZip."""

    def __init__(self, archive: SafeZip) -> None:
        self.zip = archive
        if "[Content_Types].xml" not in archive:
            raise Unreadable("缺少 [Content_Types].xml，不是完整的 Office 文件")
        self._defaults, self._overrides = parse_content_types(archive.read("[Content_Types].xml"))
        self._rels: dict[str, list[Relationship]] = {}

    @property
    def names(self) -> list[str]:
        """All members."""
        return self.zip.names

    def content_type(self, name: str) -> str:
        """Return the declared type of a part, or an empty string."""
        suffix = name.rsplit(".", 1)[-1].lower() if "." in name else ""
        return self._overrides.get(name) or self._defaults.get(suffix, "")

    def rels(self, part: str) -> list[Relationship]:
        """Return the relationships of a part, none when it has no such member."""
        if part not in self._rels:
            name = rels_name(part)
            self._rels[part] = parse_rels(self.zip.read(name), part) if name in self.zip else []
        return self._rels[part]

    def tree(self, name: str) -> Any:
        """Return the root element of an XML part."""
        return parse(self.zip.read(name), name)

    def main_part(self, fallback: str) -> str:
        """Return the part the package starts from."""
        for relationship in self.rels(""):
            if relationship.short_type == "officeDocument" and relationship.target in self.zip:
                return relationship.target
        if fallback in self.zip:
            return fallback
        raise Unreadable("找不到主要内容部分，文件不完整")

    def of_type(self, *words: str) -> list[str]:
        """Return the parts whose declared type contains one of the words, in stored order."""
        return [name for name in self.names if any(word in self.content_type(name) for word in words)]
