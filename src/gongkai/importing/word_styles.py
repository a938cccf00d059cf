"""Word styles: heading levels, titles, hidden text, numbering and alignment through the chain of basedOn."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_HEADING_NAME = re.compile(r"(?:heading|标题)\s*([1-9])", re.I)
_TITLE_NAMES = {"title", "标题", "文档标题", "公文标题", "大标题"}
_TOC_NAME = re.compile(r"(?:toc|目录)\s*(?:\d|heading)?", re.I)


def is_on(element: etree._Element | None) -> bool:
    """True for a Word switch that is present and not set to 0, false or off."""
    return element is not None and element.get(f"{W}val", "1").lower() not in ("0", "false", "off", "none")


def whole(element: etree._Element | None, default: int, attribute: str = "val") -> int:
    """The number in an attribute; `default` where it is missing or no number."""
    value = (element.get(f"{W}{attribute}") or "").strip() if element is not None else ""
    return int(value) if re.fullmatch(r"-?[0-9]{1,9}", value) else default


def without_table_styles(data: bytes) -> bytes:
    """This function will cut table styles out of a style sheet: nine tenths of many, and nothing the import needs."""
    first, *rest = data.split(b"<w:style ")
    if data.count(b"</w:style>") != len(rest):
        return data
    kept = [first]
    for style in rest:
        tag, _, _ = style.partition(b">")
        is_table = b'w:type="table"' in tag
        kept.append(style.partition(b"</w:style>")[2] if is_table else b"<w:style " + style)
    return b"".join(kept)


@dataclass(frozen=True)
class Style:
    """What the import needs to know of one paragraph or character style."""

    heading: int | None = None
    title: bool = False
    contents: bool = False
    quotation: bool = False
    hidden: bool = False
    centred: bool | None = None
    right: bool | None = None
    size_pt: float | None = None
    numbering: tuple[str, int] | None = None


PLAIN = Style()


class Styles:
    """Styles of one file, resolved on demand."""

    def __init__(self, root: etree._Element | None) -> None:
        self._elements: dict[str, etree._Element] = {}
        self._resolved: dict[str, Style] = {}
        self.default = ""
        if root is None:
            return
        for element in root.iterfind(f"{W}style"):
            identity = element.get(f"{W}styleId", "")
            self._elements[identity] = element
            if element.get(f"{W}type") == "paragraph" and element.get(f"{W}default") in ("1", "true", "on"):
                self.default = identity

    def get(self, identity: str | None) -> Style:
        identity = identity or self.default
        if identity not in self._resolved:
            self._resolved[identity] = self._resolve(identity, set())
        return self._resolved[identity]

    def _resolve(self, identity: str, seen: set[str]) -> Style:
        element = self._elements.get(identity)
        if element is None or identity in seen:
            return PLAIN
        seen.add(identity)
        based = element.find(f"{W}basedOn")
        parent = self._resolve(based.get(f"{W}val", ""), seen) if based is not None else PLAIN
        named = element.find(f"{W}name")
        name = (named.get(f"{W}val", "") if named is not None else identity).strip().lower()
        heading = _HEADING_NAME.fullmatch(name)
        align = alignment(element.find(f"{W}pPr"))
        size = element.find(f"{W}rPr/{W}sz")
        hidden = element.find(f"{W}rPr/{W}vanish")
        return Style(
            heading=int(heading.group(1))
            if heading
            else (outline(element.find(f"{W}pPr")) or parent.heading),
            title=name in _TITLE_NAMES or parent.title,
            contents=bool(_TOC_NAME.fullmatch(name)) or parent.contents,
            quotation=name in ("quote", "intense quote", "引用", "明显引用") or parent.quotation,
            hidden=is_on(hidden) if hidden is not None else parent.hidden,
            centred=parent.centred if align is None else align == "center",
            right=parent.right if align is None else align == "right",
            size_pt=half_points(size) or parent.size_pt,
            numbering=numbering_of(element.find(f"{W}pPr"), parent.numbering),
        )


def outline(properties: etree._Element | None) -> int | None:
    level = properties.find(f"{W}outlineLvl") if properties is not None else None
    value = whole(level, 9)
    return value + 1 if 0 <= value < 9 else None


def alignment(properties: etree._Element | None) -> str | None:
    element = properties.find(f"{W}jc") if properties is not None else None
    if element is None:
        return None
    return {"end": "right"}.get(element.get(f"{W}val", ""), element.get(f"{W}val", ""))


def half_points(element: etree._Element | None) -> float | None:
    return whole(element, 0) / 2 or None


def numbering_of(
    properties: etree._Element | None, inherited: tuple[str, int] | None
) -> tuple[str, int] | None:
    """The (numId, level) of a paragraph or style; numId 0 switches numbering off."""
    element = properties.find(f"{W}numPr") if properties is not None else None
    if element is None:
        return inherited
    number, level = element.find(f"{W}numId"), element.find(f"{W}ilvl")
    identity = number.get(f"{W}val", "0") if number is not None else (inherited[0] if inherited else "")
    depth = whole(level, inherited[1] if inherited else 0)
    return (identity, depth) if identity else None
