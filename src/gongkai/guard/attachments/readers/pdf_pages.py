"""The pages of a PDF as the reader sees them (PDF 页面): text, and text whose pixels show nothing."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as raw
from PIL import Image

from gongkai.guard.attachments.ocr import read_picture
from gongkai.guard.attachments.reading import Reading, sample

_PRECISION = 64
_UNIFORM = 6
_LIGHT = 128
_MOST_PIXELS = 4_000_000


@dataclass(frozen=True, slots=True)
class PageMap:
    """Maps page space to pixels of a rendering; rotation and crop box are in it."""

    a: float
    b: float
    c: float
    d: float
    e: float
    f: float

    @classmethod
    def of(cls, page: pdfium.PdfPage, width: int, height: int) -> PageMap:
        """Build for a rendering of the whole page of the given size."""

        def at(x: float, y: float) -> tuple[float, float]:
            left, top = ctypes.c_int(), ctypes.c_int()
            raw.FPDF_PageToDevice(page.raw, 0, 0, width * _PRECISION, height * _PRECISION, 0, x, y, left, top)
            return left.value / _PRECISION, top.value / _PRECISION

        x0, y0 = at(0, 0)
        x1, y1 = at(100, 0)
        x2, y2 = at(0, 100)
        return cls((x1 - x0) / 100, (y1 - y0) / 100, (x2 - x0) / 100, (y2 - y0) / 100, x0, y0)

    def box(self, left: float, bottom: float, right: float, top: float) -> tuple[float, float, float, float]:
        """Return (left, top, right, bottom) in pixels."""
        xs, ys = [], []
        for x, y in ((left, bottom), (right, top)):
            xs.append(self.a * x + self.c * y + self.e)
            ys.append(self.b * x + self.d * y + self.f)
        return min(xs), min(ys), max(xs), max(ys)


@dataclass(slots=True)
class PageText:
    """What a page says: all text, the runs that cannot be seen, and how many characters have no meaning."""

    text: str
    unseen: list[str]
    covered: bool = False
    unmapped: int = 0


def read_pages(reading: Reading, document: pdfium.PdfDocument) -> str:
    """Report every page; return all text."""
    texts: list[str] = []
    for number in range(len(document)):
        page = document[number]
        try:
            texts.append(_read_page(reading, page, number + 1))
        finally:
            page.close()
        reading.budget.check_time()
    if not any(text.strip() for text in texts) and all(
        _is_blank(document[number]) for number in range(len(document))
    ):
        reading.finding("file.unreadable", "text", "PDF 的每一页都是空白，读不到内容")
    return "\n".join(texts)


def render_scale(page: pdfium.PdfPage, wanted: float) -> float:
    """Return the scale for a rendering that stays within the pixel limit."""
    width, height = page.get_size()
    area = max(width * height, 1.0)
    return float(min(wanted, (_MOST_PIXELS / area) ** 0.5))


def _read_page(reading: Reading, page: pdfium.PdfPage, number: int) -> str:
    textpage = page.get_textpage()
    try:
        count = textpage.count_chars()
        found = page_text(page, textpage) if count else PageText("", [])
        where = f"page:{number}"
        reading.part(where, found.text)
        if found.unseen:
            _report_unseen(reading, where, number, found)
        if _has_light_mask(page, textpage):
            reading.finding(
                "att.light_mask", where, f"第 {number} 页有半透明的深色块盖在文字上，文字仍能看出"
            )
    finally:
        textpage.close()
    letters = sum(char.isalnum() for char in found.text)
    if found.unmapped * 5 > max(count, 1) and found.unmapped >= 8:
        reading.finding(
            "att.image_text_pii",
            where,
            f"第 {number} 页的字体没有文字对照，机器读不出内容，须由人看过",
            variant="not_recognised",
        )
    elif (letters == 0 and not _is_blank(page)) or (letters < 4 and _image_share(page) > 0.25):
        _scanned_page(reading, page, number, where)
    return found.text


def _report_unseen(reading: Reading, where: str, number: int, found: PageText) -> None:
    name = f"hidden:page:{number}"
    reading.part(name, "\n".join(found.unseen), kind="hidden")
    how = "色块盖住的文字仍可复制" if found.covered else "有看不见的文字（白字、页边外或被遮住）"
    reading.finding(
        "att.pdf_text_under_box",
        where,
        f"第 {number} 页{how}，{len(found.unseen)} 处",
        matched=sample(found.unseen[0]),
    )


def page_text(page: pdfium.PdfPage, textpage: pdfium.PdfTextPage) -> PageText:
    """Read the characters and look under each: where the pixels are all alike, nobody can see it."""
    scale = render_scale(page, 1.5)
    bitmap = page.render(scale=scale, grayscale=True)
    image = bitmap.to_pil()
    mapping = PageMap.of(page, image.width, image.height)
    pixels = image.tobytes()
    chars: list[str] = []
    runs: list[list[int]] = [[]]
    covered = False
    unmapped = 0
    for index in range(textpage.count_chars()):
        code = raw.FPDFText_GetUnicode(textpage.raw, index)
        char = chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"
        chars.append("\n" if char == "\r" else "" if char in "\n\x02\ufffe" else char)
        if (
            char == "\ufffd"
            or 0xE000 <= code <= 0xF8FF
            or raw.FPDFText_HasUnicodeMapError(textpage.raw, index) == 1
        ):
            unmapped += 1
        if not char.isalnum():
            if char not in "\r\n" and runs[-1]:
                runs[-1].append(index)
            continue
        shade = _shade(pixels, image.size, mapping, textpage, index)
        if shade is None:
            if runs[-1]:
                runs.append([])
            continue
        covered = covered or shade < _LIGHT
        runs[-1].append(index)
    bitmap.close()
    unseen = _take_unseen(chars, runs)
    return PageText("".join(chars), unseen, covered, unmapped)


def _take_unseen(chars: list[str], runs: list[list[int]]) -> list[str]:
    """Take the runs that cannot be seen out of the text; a single such character may be a stray glyph and stays."""
    unseen: list[str] = []
    for run in runs:
        if sum(chars[index].isalnum() for index in run) < 2:
            continue
        unseen.append("".join(chars[index] for index in run).strip())
        for index in run:
            chars[index] = ""
    return unseen


def _shade(
    pixels: bytes, size: tuple[int, int], mapping: PageMap, textpage: pdfium.PdfTextPage, index: int
) -> int | None:
    """Return the even shade (0..255) over a character that cannot be seen, None for one that can."""
    try:
        box = textpage.get_charbox(index, loose=True)
    except pdfium.PdfiumError:
        return None
    left, top, right, bottom = mapping.box(*box)
    width, height = right - left, bottom - top
    if width < 0.5 or height < 0.5:
        return None
    left, right = left + 0.1 * width, right - 0.1 * width
    top, bottom = top + 0.15 * height, bottom - 0.15 * height
    area = (
        max(0, int(left)),
        max(0, int(top)),
        min(size[0], int(right) + 1),
        min(size[1], int(bottom) + 1),
    )
    if area[2] <= area[0] or area[3] <= area[1]:
        return 255
    low, high = _extremes(pixels, size[0], area)
    if high - low > _UNIFORM:
        return None
    if low >= _LIGHT and _is_recognised_layer(textpage, index):
        return None
    return low


def _extremes(pixels: bytes, width: int, area: tuple[int, int, int, int]) -> tuple[int, int]:
    """Return the darkest and the lightest pixel of an area; the first rows that differ enough settle it."""
    left, top, right, bottom = area
    low, high = 255, 0
    middle = (top + bottom) // 2
    for y in (*range(middle, bottom), *range(top, middle)):
        row = pixels[y * width + left : y * width + right]
        low, high = min(low, *row), max(high, *row)
        if high - low > _UNIFORM:
            break
    return low, high


def _is_recognised_layer(textpage: pdfium.PdfTextPage, index: int) -> bool:
    """Tell whether the character is the invisible text that a scanner puts over its picture."""
    item = raw.FPDFText_GetTextObject(textpage.raw, index)
    return bool(item) and raw.FPDFTextObj_GetTextRenderMode(item) == raw.FPDF_TEXTRENDERMODE_INVISIBLE


def _objects(page: pdfium.PdfPage, kind: int) -> list[Any]:
    return list(page.get_objects(filter=[kind], max_depth=4))


def _has_light_mask(page: pdfium.PdfPage, textpage: pdfium.PdfTextPage) -> bool:
    for item in _objects(page, raw.FPDF_PAGEOBJ_PATH):
        values = [ctypes.c_uint() for _ in range(4)]
        if not raw.FPDFPageObj_GetFillColor(item.raw, *values):
            continue
        red, green, blue, alpha = (value.value for value in values)
        if not 8 < alpha < 250 or red + green + blue > 330:
            continue
        left, bottom, right, top = item.get_bounds()
        if (
            right - left > 8
            and top - bottom > 4
            and textpage.get_text_bounded(left, bottom, right, top).strip()
        ):
            return True
    return False


def _is_blank(page: pdfium.PdfPage) -> bool:
    picture: Any = page.render(scale=render_scale(page, 1.0), grayscale=True).to_pil()
    low, high = picture.getextrema()
    return bool(high - low <= _UNIFORM)


def _image_share(page: pdfium.PdfPage) -> float:
    width, height = page.get_size()
    area = 0.0
    for item in _objects(page, raw.FPDF_PAGEOBJ_IMAGE):
        left, bottom, right, top = item.get_bounds()
        area += max(0.0, right - left) * max(0.0, top - bottom)
    return float(area / max(width * height, 1.0))


def _scanned_page(reading: Reading, page: pdfium.PdfPage, number: int, where: str) -> None:
    def picture() -> Image.Image:
        shown: Image.Image = page.render(scale=render_scale(page, 2.5), grayscale=True).to_pil()
        return shown

    read_picture(
        reading, picture, where, f"第 {number} 页是扫描图片或没有文字的图形，没有识别文字，须由人看过"
    )
