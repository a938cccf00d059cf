"""Small PDF files for tests: lines of text at given places, with a right or a useless table of characters."""

from __future__ import annotations

import io

import pikepdf
from pikepdf import Array, Dictionary, Name

Placed = tuple[float, float, float, str]


def pdf(
    pages: list[list[Placed]], *, password: str = "", mapped: bool = True, picture: bool = False
) -> bytes:
    """Pages of (x, y from below, size, text) in points on A4; `mapped` False maps all to private characters; `picture` puts one on each page."""
    document = pikepdf.Pdf.new()
    used = sorted({character for page in pages for _, _, _, text in page for character in text})
    font = _font(document, used, mapped=mapped)
    for lines in pages:
        content = "".join(
            f"BT /F1 {size} Tf {x} {y} Td <{text.encode('utf-16-be').hex()}> Tj ET\n"
            for x, y, size, text in lines
        )
        page = document.add_blank_page(page_size=(595, 842))
        page.Contents = document.make_stream(content.encode())
        page.Resources = Dictionary(Font=Dictionary(F1=font))
        if picture:
            dot = Dictionary(
                Type=Name.XObject,
                Subtype=Name.Image,
                Width=1,
                Height=1,
                BitsPerComponent=8,
                ColorSpace=Name.DeviceGray,
            )
            page.Resources.XObject = Dictionary(I1=document.make_stream(b"\x80", dot))
            page.Contents = document.make_stream(f"{content}q 50 0 0 50 80 200 cm /I1 Do Q".encode())
    out = io.BytesIO()
    locked = pikepdf.Encryption(user=password, owner=password) if password else False
    document.save(out, encryption=locked)
    return out.getvalue()


def _font(document: pikepdf.Pdf, used: list[str], *, mapped: bool) -> pikepdf.Object:
    inside = Dictionary(
        Type=Name.Font,
        Subtype=Name.CIDFontType2,
        BaseFont=Name.TestFont,
        CIDSystemInfo=Dictionary(Registry=b"Adobe", Ordering=b"Identity", Supplement=0),
        DW=1000,
        FontDescriptor=document.make_indirect(
            Dictionary(
                Type=Name.FontDescriptor,
                FontName=Name.TestFont,
                Flags=4,
                FontBBox=Array([0, -200, 1000, 900]),
                ItalicAngle=0,
                Ascent=880,
                Descent=-120,
                CapHeight=700,
                StemV=80,
            )
        ),
    )
    font = Dictionary(
        Type=Name.Font,
        Subtype=Name.Type0,
        BaseFont=Name.TestFont,
        Encoding=Name("/Identity-H"),
        DescendantFonts=Array([document.make_indirect(inside)]),
    )
    font.ToUnicode = document.make_stream(_map(used, shift=0 if mapped else 0xE000 - ord(used[0])))
    return document.make_indirect(font)


def _map(used: list[str], shift: int) -> bytes:
    pairs = "".join(f"<{ord(c):04x}> <{ord(c) + shift & 0xE0FF if shift else ord(c):04x}>\n" for c in used)
    return (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def\n"
        "1 begincodespacerange <0000> <ffff> endcodespacerange\n"
        f"{len(used)} beginbfchar\n{pairs}endbfchar endcmap end end"
    ).encode()


def typeset(lines: list[tuple[str, str]], *, size: float = 16, width: int = 28) -> list[list[Placed]]:
    """Lay out (kind, text) with kinds title, indent, flush, right as an official letter is: 28 characters, 22 lines."""
    left, top = 79.0, 720.0
    placed: list[Placed] = []
    for kind, text in lines:
        if kind in ("title", "right"):
            scale = 22 if kind == "title" else size
            room = width * size - len(text) * scale
            placed.append((left + (room / 2 if kind == "title" else room - 2 * size), 0, scale, text))
            continue
        first = width - 2 if kind == "indent" else width
        placed.append((left + (width - first) * size, 0, size, text[:first]))
        for start in range(first, len(text), width):
            placed.append((left, 0, size, text[start : start + width]))
    pages: list[list[Placed]] = []
    for number, (x, _, scale, text) in enumerate(placed):
        if number % 22 == 0:
            pages.append([])
        pages[-1].append((x, top - (number % 22) * 29, scale, text))
    for number, page in enumerate(pages, start=1):
        page.append((290, 50, 14, f"— {number} —"))
    return pages
