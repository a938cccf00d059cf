"""Which text of a Word document its reader does not see (Word 看不见的文字): hidden, white on white, tiny."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from gongkai.guard.attachments.xml_tree import W

_OFF = frozenset({"0", "false", "off", "none"})
_THEME_WHITE = frozenset({"background1", "light1"})
_HIGHLIGHTS = {
    "black": "000000", "blue": "0000FF", "cyan": "00FFFF", "green": "00FF00", "magenta": "FF00FF", "red": "FF0000", "yellow": "FFFF00",
    "white": "FFFFFF", "darkBlue": "00008B", "darkCyan": "008B8B", "darkGreen": "006400", "darkMagenta": "800080", "darkRed": "8B0000",
    "darkYellow": "808000", "darkGray": "A9A9A9", "lightGray": "D3D3D3",
}  # fmt: skip
UNKNOWN = "?"
TINY_HALF_POINTS = 4
_SAME_COLOUR = 12


@dataclass(slots=True)
class _Style:
    based_on: str | None
    run: Any
    paragraph: Any


@dataclass(slots=True)
class Visibility:
    """Judges runs with the styles of one document."""

    styles: dict[str, _Style] = field(default_factory=dict)
    default_run: Any = None
    shaded_tables: frozenset[str] = frozenset()
    page_colour: str = "FFFFFF"

    @classmethod
    def from_styles(cls, root: Any | None, document: Any | None = None) -> Visibility:
        """Build from word/styles.xml (None: no styles) and the document root, for its page colour."""
        made = cls()
        if document is not None and (page := document.find(f"{W}background")) is not None:
            made.page_colour = page.get(f"{W}color", "FFFFFF")
        if root is None:
            return made
        default = root.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr")
        made.default_run = default
        shaded = set()
        for style in root.findall(f"{W}style"):
            name = style.get(f"{W}styleId", "")
            base = style.find(f"{W}basedOn")
            based_on = base.get(f"{W}val") if base is not None else None
            made.styles[name] = _Style(based_on, style.find(f"{W}rPr"), style.find(f"{W}pPr"))
            if style.get(f"{W}type") == "table" and style.find(f".//{W}shd") is not None:
                shaded.add(name)
        made.shaded_tables = frozenset(shaded)
        return made

    def hidden_reason(self, run: Any) -> str | None:
        """Return why the reader does not see the run (隐藏文字, 白字, 极小字), or None."""
        chain = self._run_chain(run)
        if _flag(chain, "vanish") or _flag(chain, "specVanish"):
            return "隐藏文字"
        size = _value(chain, "sz")
        if size is not None and size.isdigit() and int(size) < TINY_HALF_POINTS:
            return "极小字"
        colour = self._colour(chain)
        if colour is None:
            # Letters of automatic colour stay black on a black highlighter: what looks blacked out can be copied.
            return "黑色突出显示盖住的字" if _value(chain, "highlight") == "black" else None
        background = self._background(run, chain)
        if background != UNKNOWN and _close(colour, background):
            return "与底色同色的字"
        return None

    def _chain(self, name: str | None) -> list[_Style]:
        found: list[_Style] = []
        seen: set[str] = set()
        while name and name in self.styles and name not in seen:
            seen.add(name)
            found.append(self.styles[name])
            name = self.styles[name].based_on
        return found

    def _run_chain(self, run: Any) -> list[Any]:
        """All run properties that apply, the nearest first."""
        own = run.find(f"{W}rPr")
        chain = [own]
        if own is not None:
            chain += [style.run for style in self._chain(_attribute(own, "rStyle"))]
        paragraph = next(run.iterancestors(f"{W}p"), None)
        if paragraph is not None:
            properties = paragraph.find(f"{W}pPr")
            name = _attribute(properties, "pStyle") if properties is not None else None
            chain += [style.run for style in self._chain(name)]
        chain.append(self.default_run)
        return [item for item in chain if item is not None]

    @staticmethod
    def _colour(chain: list[Any]) -> str | None:
        for properties in chain:
            element = properties.find(f"{W}color")
            if element is None:
                continue
            value = element.get(f"{W}val", "auto")
            if element.get(f"{W}themeColor") in _THEME_WHITE and not element.get(f"{W}themeShade"):
                return "FFFFFF"
            return None if value == "auto" else str(value)
        return None

    def _background(self, run: Any, chain: list[Any]) -> str:
        """Colour behind the run, or UNKNOWN when a shape or table style decides it."""
        for properties in chain:
            highlight = _attribute(properties, "highlight")
            if highlight and highlight != "none":
                return _HIGHLIGHTS.get(highlight, UNKNOWN)
            if (fill := _fill(properties)) is not None:
                return fill
        for ancestor in run.iterancestors():
            if ancestor.tag == f"{W}p":
                fill = self._paragraph_fill(ancestor)
            elif ancestor.tag == f"{W}tc":
                fill = _fill(ancestor.find(f"{W}tcPr"))
            elif ancestor.tag == f"{W}tbl":
                fill = self._table_fill(ancestor)
            elif ancestor.tag == f"{W}txbxContent":
                return _shape_fill(ancestor)
            else:
                continue
            if fill is not None:
                return fill
        return self.page_colour

    def _paragraph_fill(self, paragraph: Any) -> str | None:
        properties = paragraph.find(f"{W}pPr")
        if properties is None:
            return None
        if (fill := _fill(properties)) is not None:
            return fill
        for style in self._chain(_attribute(properties, "pStyle")):
            if style.paragraph is not None and (fill := _fill(style.paragraph)) is not None:
                return fill
        return None

    def _table_fill(self, table: Any) -> str | None:
        properties = table.find(f"{W}tblPr")
        if properties is None:
            return None
        if (fill := _fill(properties)) is not None:
            return fill
        name = _attribute(properties, "tblStyle")
        seen: set[str] = set()
        while name and name not in seen:
            if name in self.shaded_tables:
                return UNKNOWN
            seen.add(name)
            name = self.styles[name].based_on if name in self.styles else None
        return None


def _shape_fill(content: Any) -> str:
    """Colour of the shape around a text box: white when it says it has none, unknown when a picture or theme fills it."""
    for ancestor in content.iterancestors():
        if not isinstance(ancestor.tag, str) or not ancestor.tag.endswith("}wsp"):
            continue
        for child in ancestor:
            if child.tag.endswith("}spPr"):
                for fill in child:
                    if fill.tag.endswith("}noFill"):
                        return "FFFFFF"
                    if fill.tag.endswith("}solidFill") and len(fill) and fill[0].tag.endswith("}srgbClr"):
                        return str(fill[0].get("val", UNKNOWN))
        return UNKNOWN
    return UNKNOWN


def _attribute(properties: Any, name: str) -> str | None:
    element = properties.find(f"{W}{name}")
    return None if element is None else element.get(f"{W}val")


def _value(chain: list[Any], name: str) -> str | None:
    for properties in chain:
        if (value := _attribute(properties, name)) is not None:
            return value
    return None


def _flag(chain: list[Any], name: str) -> bool:
    for properties in chain:
        element = properties.find(f"{W}{name}")
        if element is not None:
            return element.get(f"{W}val", "true") not in _OFF
    return False


def _fill(properties: Any) -> str | None:
    """Fill colour of a w:shd child; None when there is no fill, UNKNOWN when a pattern or theme makes it."""
    if properties is None or (shading := properties.find(f"{W}shd")) is None:
        return None
    fill = shading.get(f"{W}fill", "auto")
    if shading.get(f"{W}val", "clear") not in ("clear", "nil"):
        return UNKNOWN
    if fill == "auto":
        return UNKNOWN if shading.get(f"{W}themeFill") else None
    return str(fill)


def _close(one: str, other: str) -> bool:
    try:
        first, second = bytes.fromhex(one), bytes.fromhex(other)
    except ValueError:
        return False
    return len(first) == len(second) == 3 and all(
        abs(a - b) <= _SAME_COLOUR for a, b in zip(first, second, strict=True)
    )
