"""Pages of a PDF for the redaction screen (涂黑页面): pictures to draw boxes on, and boxes around given words."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence

import pypdfium2 as pdfium

from gongkai.guard.attachments.limits import Budget, Unreadable
from gongkai.guard.attachments.readers.pdf_pages import PageMap
from gongkai.guard.attachments.redaction import Box

MOST_WIDTH = 2400
_MARGIN = 0.08


def open_pdf(data: bytes) -> pdfium.PdfDocument:
    """Open a PDF; raises Unreadable."""
    try:
        return pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        raise Unreadable("PDF 打不开；请去掉口令或另存后再试") from error


def page_picture(data: bytes, page: int, width: int) -> bytes:
    """Return page `page` (from 1) as a PNG `width` pixels wide, marks and forms drawn; raises Unreadable."""
    document = open_pdf(data)
    if not 1 <= page <= len(document):
        raise Unreadable(f"文件只有 {len(document)} 页，没有第 {page} 页")
    document.init_forms()
    shown = document[page - 1]
    scale = min(max(width, 16), MOST_WIDTH) / max(shown.get_width(), 1)
    out = io.BytesIO()
    shown.render(scale=scale, may_draw_forms=True).to_pil().convert("RGB").save(out, "PNG")
    return out.getvalue()


def boxes_around(data: bytes, words: Sequence[str], ground: str, budget: Budget) -> list[Box]:
    """Return a box around each place where one of the words stands, blanks and line breaks between its characters ignored.

    A word that runs over two lines gets two boxes. Raises Unreadable.
    """
    document = open_pdf(data)
    wanted = [re.sub(r"\s", "", word) for word in words if re.sub(r"\s", "", word)]
    boxes: list[Box] = []
    for number in range(1, len(document) + 1):
        page = document[number - 1]
        boxes += _on_page(page, number, wanted, ground)
        budget.check_time()
    return boxes


def _on_page(page: pdfium.PdfPage, number: int, words: list[str], ground: str) -> list[Box]:
    textpage = page.get_textpage()
    width, height = page.get_size()
    mapping = PageMap.of(page, max(1, round(width)), max(1, round(height)))
    text = textpage.get_text_range()
    if len(text) != textpage.count_chars():
        text = "".join(
            (textpage.get_text_range(index, 1) or "\ufffd")[0] for index in range(textpage.count_chars())
        )
    places = [index for index, char in enumerate(text) if not char.isspace() and char not in "\ufffe\x02"]
    bare = "".join(text[index] for index in places)
    boxes: list[Box] = []
    for word in words:
        at = bare.find(word)
        while at >= 0:
            corners = [
                mapping.box(*textpage.get_charbox(places[at + step], loose=True)) for step in range(len(word))
            ]
            boxes += [_box(number, line, width, height, ground) for line in _lines(corners)]
            at = bare.find(word, at + len(word))
    textpage.close()
    return boxes


Corners = tuple[float, float, float, float]


def _lines(corners: list[Corners]) -> list[list[Corners]]:
    """Group character boxes that stand side by side, along whichever way the line runs."""
    lines: list[list[Corners]] = []
    for corner in corners:
        size = max(corner[2] - corner[0], corner[3] - corner[1], 1)
        if (
            lines
            and abs(corner[0] - lines[-1][-1][0]) < 3 * size
            and abs(corner[1] - lines[-1][-1][1]) < 3 * size
        ):
            lines[-1].append(corner)
        else:
            lines.append([corner])
    return lines


def _box(page: int, line: list[Corners], width: float, height: float, ground: str) -> Box:
    left, top = min(c[0] for c in line), min(c[1] for c in line)
    right, bottom = max(c[2] for c in line), max(c[3] for c in line)
    room = _MARGIN * min(right - left, bottom - top) + 0.5
    return Box(
        page,
        (
            max(0.0, (left - room) / width),
            max(0.0, (top - room) / height),
            min(1.0, (right + room) / width),
            min(1.0, (bottom + room) / height),
        ),
        ground,
    )
