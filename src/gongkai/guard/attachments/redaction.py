"""Redaction of PDFs (涂黑): pages with boxes become pixels, so that nothing is left under a box.

A page with boxes is rendered, painted, and rebuilt from its pixels, with the words that stay laid invisibly over them; the
other pages stay; the document is then cleaned.
"""

from __future__ import annotations

import io
import re
import zlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pikepdf
import pypdfium2 as pdfium
from PIL import Image, ImageChops, ImageStat

from gongkai.guard.attachments.cleaners.pdf import clean_document
from gongkai.guard.attachments.limits import Budget, Unreadable
from gongkai.guard.attachments.redaction_label import paint_box
from gongkai.guard.attachments.redaction_text import Area, Glyph, add_text, glyphs, is_seen, overlaps
from gongkai.guard.attachments.removed import Removed

_DOTS_PER_POINT = 200 / 72
_MOST_PIXELS = 25_000_000
_SHORTEST = 2


@dataclass(frozen=True, slots=True)
class Box:
    """An area to destroy on one page.

    `page` counts from 1. `rect` is (left, top, right, bottom) as shares 0..1 of the page as it is displayed (turned and
    cropped). `ground` is the short reason printed on the box, for instance 个人隐私.
    """

    page: int
    rect: tuple[float, float, float, float]
    ground: str


@dataclass(slots=True)
class Redacted:
    """The new file and what the proof needs: words that must be gone, and pages that must look exactly so."""

    data: bytes
    words: list[str] = field(default_factory=list)
    painted: dict[int, Image.Image] = field(default_factory=dict)


def redact(data: bytes, boxes: Sequence[Box], budget: Budget) -> Redacted:
    """Destroy what is under the boxes; raises Unreadable for a file that cannot be opened or a box that is not on a page."""
    by_page = _checked(boxes)
    try:
        document = pdfium.PdfDocument(data)
        pdf = pikepdf.open(io.BytesIO(data))
    except (pdfium.PdfiumError, pikepdf.PdfError) as error:
        raise Unreadable("PDF 打不开，不能涂黑；请去掉口令或另存后再试") from error
    result = Redacted(b"")
    with pdf:
        document.init_forms()
        for number, items in by_page.items():
            if number > len(document):
                raise Unreadable(f"涂黑的位置在第 {number} 页，文件只有 {len(document)} 页")
            page = document[number - 1]
            characters, areas = glyphs(page), _areas(page, items)
            result.words += _words_under(characters, areas)
            picture = _painted(page, items)
            result.painted[number] = picture
            fresh = _replace_page(pdf, number - 1, picture, page.get_size())
            grey, size = picture.convert("L"), page.get_size()
            free = [glyph for glyph in characters if not any(overlaps(area, glyph.area) for area in areas)]
            staying = [glyph for glyph in free if is_seen(glyph, grey, size)]
            add_text(pdf, fresh, staying, page.get_height())
            budget.check_time()
        document.close()
        _drop_words_beside_pages(pdf, result.words)
        clean_document(pdf, budget, Removed())
        out = io.BytesIO()
        pdf.remove_unreferenced_resources()
        pdf.save(
            out,
            fix_metadata_version=False,
            deterministic_id=True,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
        )
    result.data = out.getvalue()
    return result


def _checked(boxes: Sequence[Box]) -> dict[int, list[Box]]:
    by_page: dict[int, list[Box]] = defaultdict(list)
    for box in boxes:
        left, top, right, bottom = box.rect
        if box.page < 1 or not (0 <= left < right <= 1 and 0 <= top < bottom <= 1):
            raise Unreadable(
                f"第 {box.page} 页的涂黑位置不对：左、上、右、下应是 0 到 1 之间、由小到大的比例"
            )
        if not box.ground.strip():
            raise Unreadable(f"第 {box.page} 页的涂黑没有写明理由")
        by_page[box.page].append(box)
    if not by_page:
        raise Unreadable("没有指明要涂黑的位置")
    return dict(sorted(by_page.items()))


def _areas(page: pdfium.PdfPage, boxes: Sequence[Box]) -> list[Area]:
    width, height = page.get_size()
    return [
        (left * width, top * height, right * width, bottom * height)
        for left, top, right, bottom in (box.rect for box in boxes)
    ]


def _words_under(characters: list[Glyph], areas: list[Area]) -> list[str]:
    """Return the runs of characters whose middle lies under a box, so that the proof can look for them."""
    words: list[str] = []
    run = ""
    for glyph in characters:
        if glyph.char.isalnum() and any(_holds(area, glyph) for area in areas):
            run += glyph.char
        else:
            words.append(run)
            run = ""
    words.append(run)
    return [word for word in dict.fromkeys(words) if len(word) >= _SHORTEST]


def _holds(area: Area, glyph: Glyph) -> bool:
    left, top, right, bottom = glyph.area
    return area[0] <= (left + right) / 2 <= area[2] and area[1] <= (top + bottom) / 2 <= area[3]


def _painted(page: pdfium.PdfPage, boxes: list[Box]) -> Image.Image:
    width, height = page.get_size()
    scale = min(_DOTS_PER_POINT, (_MOST_PIXELS / max(width * height, 1)) ** 0.5)
    picture: Image.Image = page.render(scale=scale, may_draw_forms=True).to_pil().convert("RGB")
    for box in boxes:
        paint_box(picture, pixels_of(box, picture.size), box.ground)
    return picture


def pixels_of(box: Box, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """Return the pixels that a box covers, rounded outwards."""
    left, top, right, bottom = box.rect
    width, height = size
    return (
        int(left * width),
        int(top * height),
        min(width, -int(-right * width // 1)),
        min(height, -int(-bottom * height // 1)),
    )


def _replace_page(
    pdf: pikepdf.Pdf, index: int, picture: Image.Image, size: tuple[float, float]
) -> pikepdf.Dictionary:
    grey = _is_grey(picture)
    pixels = picture.convert("L") if grey else picture
    image = pikepdf.Stream(pdf, zlib.compress(pixels.tobytes(), 6))
    image.stream_dict = pikepdf.Dictionary(
        Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=picture.width, Height=picture.height, BitsPerComponent=8,
        ColorSpace=pikepdf.Name.DeviceGray if grey else pikepdf.Name.DeviceRGB, Filter=pikepdf.Name.FlateDecode,
    )  # fmt: skip
    width, height = size
    page = pikepdf.Dictionary(
        Type=pikepdf.Name.Page,
        MediaBox=[0, 0, round(width, 3), round(height, 3)],
        Resources=pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=image)),
        Contents=pikepdf.Stream(pdf, f"q {width:.3f} 0 0 {height:.3f} 0 0 cm /Im0 Do Q".encode()),
    )
    old = pdf.pages[index].obj
    pdf.pages[index] = pikepdf.Page(pdf.make_indirect(page))
    for key in list(old.keys()):
        # Bookmarks may still point at the old page: nothing of it may stay behind them.
        del old[key]
    fresh: Any = pdf.pages[index].obj
    return fresh  # type: ignore[no-any-return]


def _is_grey(picture: Image.Image) -> bool:
    red, green, blue = picture.split()
    return (
        not ImageChops.difference(red, green).getbbox() and not ImageChops.difference(green, blue).getbbox()
    )


def _drop_words_beside_pages(pdf: pikepdf.Pdf, words: list[str]) -> None:
    """Drop what repeats the text beside the pages: the structure tree always, bookmarks when they hold a removed word."""
    for key in ("/StructTreeRoot", "/MarkInfo"):
        if key in pdf.Root:
            del pdf.Root[key]
    for page in pdf.pages:
        for key in ("/StructParents", "/Tabs"):
            if key in page.obj:
                del page.obj[key]
    if "/Outlines" in pdf.Root:
        with pdf.open_outline() as outline:
            titles = "".join(item.title for item in _walk(outline.root))
        if any(word in re.sub(r"\s", "", titles) for word in words) or len(titles) > 1_000_000:
            del pdf.Root["/Outlines"]


def _walk(items: Sequence[pikepdf.OutlineItem]) -> list[pikepdf.OutlineItem]:
    found: list[pikepdf.OutlineItem] = []
    for item in items:
        found += [item, *_walk(item.children)]
    return found


def proof(
    result: Redacted, boxes: Sequence[Box], budget: Budget, *, elsewhere_allowed: bool
) -> list[dict[str, object]]:
    """Open the new file again and return what is left that must not be: an empty list is the proof."""
    still: list[dict[str, object]] = []
    document = pdfium.PdfDocument(result.data)
    shown: set[str] = set()
    for number in range(1, len(document) + 1):
        page = document[number - 1]
        text = re.sub(r"\s", "", page.get_textpage().get_text_range())
        left = [word for word in result.words if word in text]
        if number in result.painted:
            own = [box for box in boxes if box.page == number]
            under = sum(_holds(area, glyph) for glyph in glyphs(page) for area in _areas(page, own))
            if under:
                still.append({"what": "text_layer", "page": number, "count": under})
            still += _wrong_pixels(page, number, result.painted[number], own)
        shown.update(left)
        if left and not elsewhere_allowed:
            still.append({"what": "text_elsewhere", "page": number, "count": len(left)})
        budget.check_time()
    document.close()
    still += _in_objects(result, [word for word in result.words if word not in shown], budget)
    return still


def _wrong_pixels(
    page: pdfium.PdfPage, number: int, painted: Image.Image, boxes: list[Box]
) -> list[dict[str, object]]:
    width, _ = page.get_size()
    shown = page.render(scale=painted.width / width).to_pil().convert("RGB").resize(painted.size)
    found: list[dict[str, object]] = []
    for box in boxes:
        area = pixels_of(box, painted.size)
        wanted = Image.new("RGB", (area[2] - area[0], area[3] - area[1]))
        paint_box(wanted, (0, 0, *wanted.size), box.ground)
        difference = ImageChops.difference(shown.crop(area), wanted)
        inner = difference.crop((2, 2, max(3, wanted.width - 2), max(3, wanted.height - 2)))
        if max(ImageStat.Stat(inner).mean) > 3:
            found.append({"what": "pixels", "page": number, "count": 1})
    return found


def _in_objects(result: Redacted, words: list[str], budget: Budget) -> list[dict[str, object]]:
    needles = [
        word.encode(code) for word in words if len(word) >= 4 for code in ("utf-8", "utf-16-be", "gb18030")
    ]
    count = 0
    with pikepdf.open(io.BytesIO(result.data)) as pdf:
        for item in pdf.objects:
            budget.check_time()
            is_picture = isinstance(item, pikepdf.Stream) and item.get("/Subtype") == "/Image"
            if isinstance(item, pikepdf.Stream) and not is_picture:
                body = bytes(item.read_bytes())
                count += any(needle in body for needle in needles)
            if not isinstance(item, pikepdf.Stream):
                body = item.unparse(resolved=True)
                texts = body + b"".join(_strings(item))
                count += any(needle in texts for needle in needles)
    return [{"what": "object", "page": 0, "count": count}] if count else []


def _strings(item: pikepdf.Object) -> list[bytes]:
    values = (
        list(dict(item).values())
        if isinstance(item, pikepdf.Dictionary)
        else list(item)
        if isinstance(item, pikepdf.Array)
        else [item]
    )
    return [bytes(value) for value in values if isinstance(value, pikepdf.String)]
