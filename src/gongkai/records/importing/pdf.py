"""PDF files: lines from the page's geometry, joined to paragraphs by indent, length and punctuation."""

from __future__ import annotations

import ctypes
import re
from collections import Counter
from dataclasses import dataclass
from threading import Lock
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from gongkai.records.importing.blocks import Limits, Unreadable
from gongkai.records.importing.markers import parse_marker
from gongkai.records.importing.pieces import Piece, Reading
from gongkai.records.importing.sniffing import broken, password

#: the library must not be entered by two threads at once
_ONE_AT_A_TIME = Lock()
_PAGE_NUMBER = re.compile(
    r"[\s\-—–－_·]*(?:第\s*)?\d{1,4}(?:\s*[/／]\s*\d{1,4}|\s*页(?:[，,\s]*共\s*\d+\s*页)?)?[\s\-—–－_·]*"
)
_SENTENCE_END = re.compile(r"[。！？；：:;][”’）)》]?$")
_HYPHENS = {0x2: "-", 0xFFFE: "-", 0xAD: ""}
_REMEDY_SCAN = "请导入 Word 原稿；没有原稿的，先用文字识别软件（OCR）转成文字并校对，再导入。"


@dataclass
class _Line:
    text: str
    left: float
    right: float
    top: float
    bottom: float
    page: int
    size: float


def read_pdf(data: bytes, name: str, limits: Limits) -> Reading:
    """This function will read the text of a PDF; page numbers and running heads are left out with a warning."""
    with _ONE_AT_A_TIME:
        document = _open(data, name)
        try:
            if len(document) > limits.pages:
                message = f"有{len(document)}页，超过上限{limits.pages}页。"
                raise Unreadable("too_many_pages", message, name, "请拆成几个文件再导入。")
            pages = [_page_lines(document, number, name) for number in range(len(document))]
            pictures = sum(_pictures(document[number]) for number in range(len(document)))
        finally:
            document.close()
    reading = Reading()
    _warn_of_scans(pages, reading, name)
    _refuse_unmapped_fonts(pages, name)
    lines = _without_running_lines(pages, reading)
    reading.warn(
        "pdf_layout",
        "PDF 里没有段落和表格信息，分段是按版面推断的，表格成了文字行；有 Word 原稿的请导入原稿。",
        name,
    )
    if pictures:
        reading.warn("pdf_images", f"有{pictures}幅图片没有导入，请另行插入。", name)
    reading.pieces = _paragraphs(lines)
    return reading


def _open(data: bytes, name: str) -> Any:
    try:
        return pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower() or "security" in str(error).lower():
            raise password(name) from error
        raise broken(name) from error


def _pictures(page: Any) -> int:
    return sum(1 for _ in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE]))


def _page_lines(document: Any, number: int, name: str) -> list[_Line]:
    try:
        page = document[number]
        text = page.get_textpage()
    except pdfium.PdfiumError as error:
        raise broken(name) from error
    lines: list[_Line] = []
    characters: list[str] = []
    indexes: list[int] = []
    for index in range(text.count_chars()):
        code = raw.FPDFText_GetUnicode(text, index)
        if code in (10, 13):
            _close_line(lines, text, characters, indexes, number)
            characters, indexes = [], []
            continue
        if code == 32 and _is_invented(text, index):
            continue
        character = _HYPHENS.get(code, chr(code) if code else "")
        characters.append(character)
        if character and not character.isspace():
            indexes.append(index)
    _close_line(lines, text, characters, indexes, number)
    text.close()
    page.close()
    return lines


def _is_invented(text: Any, index: int) -> bool:
    """True for a blank that the library puts where Chinese and Latin letters meet; a gap of a character is a real one."""
    if raw.FPDFText_IsGenerated(text, index) != 1 or index + 1 >= text.count_chars():
        return False
    around = (index - 1, index + 1)
    if all(raw.FPDFText_GetUnicode(text, place) <= 0x2E80 for place in around):
        return False
    end, start = (text.get_charbox(place, loose=True) for place in around)
    size = end[3] - end[1]
    return bool(start[0] - end[2] < 0.8 * size)


def _close_line(
    lines: list[_Line], text: Any, characters: list[str], indexes: list[int], number: int
) -> None:
    if not indexes:
        return
    left, bottom, _, top = text.get_charbox(indexes[0], loose=True)
    _, low, right, high = text.get_charbox(indexes[-1], loose=True)
    size = raw.FPDFText_GetFontSize(text, indexes[0]) or (top - bottom)
    matrix = raw.FS_MATRIX()
    if raw.FPDFText_GetMatrix(text, indexes[0], ctypes.byref(matrix)):
        size *= max(abs(matrix.d), abs(matrix.b)) or 1.0
    line = _Line(
        "".join(characters).strip(), left, right, max(top, high), min(bottom, low), number, round(size, 1)
    )
    last = lines[-1] if lines else None
    if last and abs(last.bottom - line.bottom) < 0.3 * size and line.left >= last.right - 1:
        gap = "" if line.left - last.right < 0.5 * size else " "
        last.text, last.right = f"{last.text}{gap}{line.text}", line.right
    else:
        lines.append(line)


def _warn_of_scans(pages: list[list[_Line]], reading: Reading, name: str) -> None:
    empty = [str(number) for number, lines in enumerate(pages, start=1) if not lines]
    if len(empty) == len(pages):
        raise Unreadable("scan", "PDF 里只有图像，没有文字（扫描件）。", name, _REMEDY_SCAN)
    if empty:
        reading.warn(
            "scanned_pages",
            f"第{'、'.join(empty[:20])}页没有文字（可能是扫描页），没有导入。",
            f"第{empty[0]}页",
        )


def _refuse_unmapped_fonts(pages: list[list[_Line]], name: str) -> None:
    text = "".join(line.text for lines in pages for line in lines)
    odd = sum(1 for c in text if c == "\ufffd" or "\ue000" <= c <= "\uf8ff" or (ord(c) < 32 and c != "\t"))
    if odd > 0.05 * len(text):
        raise Unreadable("scan", "PDF 的字体没有文字对应表，读出来是乱码。", name, _REMEDY_SCAN)


def _without_running_lines(pages: list[list[_Line]], reading: Reading) -> list[_Line]:
    """Leave out page numbers and what stands at the edge of most pages alike."""
    edges = Counter(key for lines in pages for key in {_key(line) for line in (*lines[:2], *lines[-2:])})
    running = {
        key for key, count in edges.items() if len(pages) >= 3 and count >= max(3, 0.6 * len(pages)) and key
    }
    out: list[_Line] = []
    for lines in pages:
        for place, line in enumerate(lines):
            at_edge = place < 2 or place >= len(lines) - 2
            if place in (0, len(lines) - 1) and _PAGE_NUMBER.fullmatch(line.text):
                reading.warn("page_numbers", "页码没有导入。", "页边")
            elif at_edge and _key(line) in running:
                reading.warn("running_lines", f"每页重复的“{line.text[:30]}”没有导入。", "页边")
            else:
                out.append(line)
    return out


def _key(line: _Line) -> str:
    return re.sub(r"[\d\s]", "", line.text)


def _paragraphs(lines: list[_Line]) -> list[Piece]:
    if not lines:
        return []
    body_size = Counter(line.size for line in lines for _ in line.text).most_common(1)[0][0]
    left = min(line.left for line in lines)
    right = max(line.right for line in lines)
    pieces: list[Piece] = []
    last: _Line | None = None
    for line in lines:
        centred = _is_centred(line, left, right)
        if (
            last is not None
            and not centred
            and pieces
            and not pieces[-1].centred
            and _continues(last, line, left, right)
        ):
            pieces[-1].text += _glue(pieces[-1].text, line.text) + line.text
        else:
            flush_right = line.left > left + 0.4 * (right - left) and line.right > right - 8 * body_size
            pieces.append(
                Piece(
                    text=line.text,
                    centred=centred,
                    right=flush_right and not centred,
                    size_pt=line.size,
                    where=f"第{line.page + 1}页",
                )
            )
        last = line
    return pieces


def _is_centred(line: _Line, left: float, right: float) -> bool:
    before, after = line.left - left, right - line.right
    return before > 2.5 * line.size and abs(before - after) < 2 * line.size


def _continues(last: _Line, line: _Line, left: float, right: float) -> bool:
    """True if `line` is the next line of the same paragraph."""
    if abs(last.size - line.size) > 1.5 or line.left > left + 1.2 * line.size:
        return False
    if last.right < right - _room_left(last, line):
        return False
    starts_anew = parse_marker(line.text) is not None and bool(_SENTENCE_END.search(last.text))
    far_below = last.page == line.page and last.bottom - line.top > 1.6 * line.size
    return not (starts_anew or far_below)


def _room_left(last: _Line, line: _Line) -> float:
    """How far a full line may end before the edge: the next word did not fit, or a closing sign took its neighbour along."""
    if _SENTENCE_END.search(last.text):
        return 2.2 * line.size
    word = re.match(r"[!-~]*", line.text)
    return max(3.2, 0.6 * len(word.group() if word else "") + 1.2) * line.size


def _glue(before: str, after: str) -> str:
    """A blank between two words of Latin letters, nothing between Chinese characters."""
    latin = before[-1:].isascii() and before[-1:].isalnum() and after[:1].isascii() and after[:1].isalpha()
    return " " if latin else ""
