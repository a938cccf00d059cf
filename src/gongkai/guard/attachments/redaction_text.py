"""The words that stay on a redacted page (涂黑页的文字层): laid invisibly over its picture, for search and screen readers."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import pikepdf
import pypdfium2 as pdfium
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib.tables._g_l_y_f import Glyph as Glyf
from PIL import Image

from gongkai.guard.attachments.readers.pdf_pages import PageMap

_UNIFORM = 6

Area = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Glyph:
    """One character of the displayed page: `area` is (left, top, right, bottom) in points from the top left corner."""

    char: str
    area: Area


def glyphs(page: pdfium.PdfPage) -> list[Glyph]:
    """Return the characters of a page that mean something, in reading order, where they are displayed."""
    textpage = page.get_textpage()
    width, height = page.get_size()
    mapping = PageMap.of(page, max(1, round(width)), max(1, round(height)))
    across, down = width / max(1, round(width)), height / max(1, round(height))
    found: list[Glyph] = []
    for index in range(textpage.count_chars()):
        char = textpage.get_text_range(index, 1)
        if not char or char.isspace() or char[0] in "\ufffe\x02\ufffd":
            continue
        left, top, right, bottom = mapping.box(*textpage.get_charbox(index, loose=True))
        found.append(Glyph(char[0], (left * across, top * down, right * across, bottom * down)))
    textpage.close()
    return found


def overlaps(box: Area, glyph: Area) -> bool:
    """Tell whether a box reaches into the inner part of a character (without a fifth at each side, which is mostly blank)."""
    across, down = 0.2 * (glyph[2] - glyph[0]), 0.2 * (glyph[3] - glyph[1])
    inner = (glyph[0] + across, glyph[1] + down, glyph[2] - across, glyph[3] - down)
    return box[0] < inner[2] and inner[0] < box[2] and box[1] < inner[3] and inner[1] < box[3]


def is_seen(glyph: Glyph, grey: Image.Image, points: tuple[float, float]) -> bool:
    """Tell whether the picture of the page shows something where the character stands; marks other than letters count as seen."""
    if not glyph.char.isalnum():
        return True
    left, top, right, bottom = glyph.area
    across, down = grey.width / points[0], grey.height / points[1]
    area = (int(left * across), int(top * down), int(right * across) + 1, int(bottom * down) + 1)
    area = (max(0, area[0]), max(0, area[1]), min(grey.width, area[2]), min(grey.height, area[3]))
    if area[2] <= area[0] or area[3] <= area[1]:
        return False
    shades: Any = grey.crop(area).getextrema()
    return bool(shades[1] - shades[0] > _UNIFORM)


def add_text(pdf: pikepdf.Pdf, page: pikepdf.Dictionary, staying: Sequence[Glyph], height: float) -> None:
    """Write the characters invisibly (rendering mode 3) over the picture of the page."""
    if not staying:
        return
    numbers = {char: number for number, char in enumerate(sorted({glyph.char for glyph in staying}), 1)}
    lines = ["q 3 Tr BT"]
    for glyph in staying:
        left, top, right, bottom = glyph.area
        size = max(bottom - top, 1.0)
        lines.append(
            f"/F0 {size:.2f} Tf {max(1.0, 100 * (right - left) / size):.1f} Tz 1 0 0 1 {left:.2f} {height - bottom + 0.2 * size:.2f} Tm <{numbers[glyph.char]:04X}> Tj"
        )
    lines.append("ET Q")
    page.Resources.Font = pikepdf.Dictionary(F0=_font(pdf, numbers))
    page.Contents = pikepdf.Array(
        [page.Contents, pdf.make_indirect(pikepdf.Stream(pdf, "\n".join(lines).encode()))]
    )


def _font(pdf: pikepdf.Pdf, numbers: dict[str, int]) -> pikepdf.Object:
    """Return a font that is never drawn and only says which number means which character."""
    descriptor = pikepdf.Dictionary(
        Type=pikepdf.Name.FontDescriptor, FontName=pikepdf.Name.Invisible, Flags=5, FontBBox=[0, -200, 1000, 800], ItalicAngle=0,
        Ascent=800, Descent=-200, CapHeight=800, StemV=80, FontFile2=pdf.make_indirect(pikepdf.Stream(pdf, _square_font())),
    )  # fmt: skip
    shapes = bytes([0, 0]) + bytes([0, 1]) * len(numbers)
    inner = pikepdf.Dictionary(
        Type=pikepdf.Name.Font, Subtype=pikepdf.Name.CIDFontType2, BaseFont=pikepdf.Name.Invisible, DW=1000,
        CIDSystemInfo=pikepdf.Dictionary(Registry="Adobe", Ordering="Identity", Supplement=0), FontDescriptor=pdf.make_indirect(descriptor),
        CIDToGIDMap=pdf.make_indirect(pikepdf.Stream(pdf, shapes)),
    )  # fmt: skip
    whole = pikepdf.Dictionary(
        Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type0, BaseFont=pikepdf.Name.Invisible, Encoding=pikepdf.Name("/Identity-H"),
        DescendantFonts=[pdf.make_indirect(inner)], ToUnicode=pdf.make_indirect(pikepdf.Stream(pdf, _meaning(numbers))),
    )  # fmt: skip
    return pdf.make_indirect(whole)


@lru_cache(maxsize=1)
def _square_font() -> bytes:
    """Return a TrueType font with one shape as wide as it is high."""
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder([".notdef", "g"])
    builder.setupCharacterMap({})
    builder.setupGlyf({".notdef": Glyf(), "g": _square()})
    builder.setupHorizontalMetrics({".notdef": (1000, 0), "g": (1000, 0)})
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": "Invisible", "styleName": "Regular"})
    builder.setupOS2(sTypoAscender=800, sTypoDescender=-200)
    builder.setupPost()
    out = io.BytesIO()
    builder.font["head"].created = builder.font["head"].modified = 0
    builder.font.recalcTimestamp = False
    builder.save(out)
    return out.getvalue()


def _square() -> Any:
    """A shape as large as a character: some readers leave out text whose shapes are empty. It is never drawn."""
    pen = TTGlyphPen(None)
    pen.moveTo((0, -200))
    for corner in ((0, 800), (1000, 800), (1000, -200)):
        pen.lineTo(corner)
    pen.closePath()
    return pen.glyph()


def _meaning(numbers: dict[str, int]) -> bytes:
    rows = [f"<{number:04X}> <{char.encode('utf-16-be').hex().upper()}>" for char, number in numbers.items()]
    blocks = [rows[at : at + 100] for at in range(0, len(rows), 100)]
    body = "\n".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks)
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CMapName /Meaning def\n/CMapType 2 def\n"
        f"1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n{body}\nendcmap\nend\nend"
    ).encode()
