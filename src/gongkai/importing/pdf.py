"""PDF files: lines from the page's geometry, joined to paragraphs by indent, length and punctuation."""

from __future__ import annotations

import re
from collections import Counter
from threading import Lock
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from gongkai.importing.blocks import Limits, Unreadable
from gongkai.importing.markers import parse_marker
from gongkai.importing.pdf_lines import Line, page_lines, table_length
from gongkai.importing.pieces import Piece, Reading
from gongkai.importing.sniffing import broken, password

#: the library must not be entered by two threads at once
_ONE_AT_A_TIME = Lock()
_PAGE_NUMBER = re.compile(
    r"[\s\-—–－_·]*(?:第\s*)?\d{1,4}(?:\s*[/／]\s*\d{1,4}|\s*页(?:[，,\s]*共\s*\d+\s*页)?)?[\s\-—–－_·]*"
)
_SENTENCE_END = re.compile(r"[。！？；：:;][”’）)》]?$")
_REMEDY_SCAN = "请导入 Word 原稿；没有原稿的，先用文字识别软件（OCR）转成文字并校对，再导入。"


def read_pdf(data: bytes, name: str, limits: Limits) -> Reading:
    """This function will read the text of a PDF; page numbers and running heads are left out with a warning."""
    with _ONE_AT_A_TIME:
        document = _open(data, name)
        try:
            if len(document) > limits.pages:
                message = f"有{len(document)}页，超过上限{limits.pages}页。"
                raise Unreadable("too_many_pages", message, name, "请拆成几个文件再导入。")
            pages = [page_lines(document, number, name) for number in range(len(document))]
            pictures = sum(_pictures(document[number]) for number in range(len(document)))
        finally:
            document.close()
    reading = Reading()
    _warn_of_scans(pages, reading, name)
    _refuse_unmapped_fonts(pages, name)
    lines = _without_running_lines(pages, reading)
    reading.warn(
        "pdf_layout",
        "PDF 里没有段落和表格信息，分段和表格是按版面推断的，请逐段核对；有 Word 原稿的请导入原稿。",
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


def _warn_of_scans(pages: list[list[Line]], reading: Reading, name: str) -> None:
    empty = [str(number) for number, lines in enumerate(pages, start=1) if not lines]
    if len(empty) == len(pages):
        raise Unreadable("scan", "PDF 里只有图像，没有文字（扫描件）。", name, _REMEDY_SCAN)
    if empty:
        reading.warn(
            "scanned_pages",
            f"第{'、'.join(empty[:20])}页没有文字（可能是扫描页），没有导入。",
            f"第{empty[0]}页",
        )


def _refuse_unmapped_fonts(pages: list[list[Line]], name: str) -> None:
    text = "".join(line.text for lines in pages for line in lines)
    odd = sum(1 for c in text if c == "\ufffd" or "\ue000" <= c <= "\uf8ff" or (ord(c) < 32 and c != "\t"))
    if odd > 0.05 * len(text):
        raise Unreadable("scan", "PDF 的字体没有文字对应表，读出来是乱码。", name, _REMEDY_SCAN)


def _without_running_lines(pages: list[list[Line]], reading: Reading) -> list[Line]:
    """Leave out page numbers and what stands at the edge of most pages alike."""
    edges = Counter(key for lines in pages for key in {_key(line) for line in (*lines[:2], *lines[-2:])})
    running = {
        key for key, count in edges.items() if len(pages) >= 3 and count >= max(3, 0.6 * len(pages)) and key
    }
    out: list[Line] = []
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


def _key(line: Line) -> str:
    return re.sub(r"[\d\s]", "", line.text)


def _paragraphs(lines: list[Line]) -> list[Piece]:
    if not lines:
        return []
    body_size = Counter(line.size for line in lines for _ in line.text).most_common(1)[0][0]
    left = min(line.left for line in lines)
    right = max(line.right for line in lines)
    pieces: list[Piece] = []
    last: Line | None = None
    table_until = 0
    for place, line in enumerate(lines):
        if place < table_until:
            continue
        length = table_length(lines, place)
        if length:
            table_until = place + length
            rows = tuple(tuple(cell.text for cell in row.cells) for row in lines[place:table_until])
            pieces.append(Piece("table", rows=rows, where=f"第{line.page + 1}页"))
            last = None
            continue
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


def _is_centred(line: Line, left: float, right: float) -> bool:
    before, after = line.left - left, right - line.right
    return before > 2.5 * line.size and abs(before - after) < 2 * line.size


def _continues(last: Line, line: Line, left: float, right: float) -> bool:
    """True if `line` is the next line of the same paragraph."""
    if abs(last.size - line.size) > 1.5 or line.left > left + 1.2 * line.size:
        return False
    if last.right < right - _room_left(last, line):
        return False
    starts_anew = parse_marker(line.text) is not None and bool(_SENTENCE_END.search(last.text))
    far_below = last.page == line.page and last.bottom - line.top > 1.6 * line.size
    return not (starts_anew or far_below)


def _room_left(last: Line, line: Line) -> float:
    """How far a full line may end before the edge: the next word did not fit, or a closing sign took its neighbour along."""
    if _SENTENCE_END.search(last.text):
        return 2.2 * line.size
    word = re.match(r"[!-~]*", line.text)
    return max(3.2, 0.6 * len(word.group() if word else "") + 1.2) * line.size


def _glue(before: str, after: str) -> str:
    """A blank between two words of Latin letters, nothing between Chinese characters."""
    latin = before[-1:].isascii() and before[-1:].isalnum() and after[:1].isascii() and after[:1].isalpha()
    return " " if latin else ""
