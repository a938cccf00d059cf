"""The door of document import (公文导入): a file or a pasted fragment becomes blocks."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from gongkai.importing.blocks import Block, Imported, Limits, ReadingWarning, Unreadable, to_json
from gongkai.importing.hypertext import import_html_fragment, read_html
from gongkai.importing.pdf import read_pdf
from gongkai.importing.plain import read_text
from gongkai.importing.recognise import recognise
from gongkai.importing.sniffing import sniff
from gongkai.importing.table_values import CellValue, as_day, as_number
from gongkai.importing.tables import TableRead, TableRow, read_table
from gongkai.importing.word import read_word

__all__ = [
    "LIMITS",
    "Block",
    "CellValue",
    "Imported",
    "Limits",
    "ReadingWarning",
    "TableRead",
    "TableRow",
    "Unreadable",
    "as_day",
    "as_number",
    "import_bytes",
    "import_file",
    "import_html_fragment",
    "read_table",
    "to_json",
]

LIMITS = Limits()


def import_file(
    path: str | Path, *, name: str | None = None, limits: Limits = LIMITS, today: date | None = None
) -> Imported:
    """This function will read a Word, text, HTML or PDF file into blocks.

    `name` is shown to people and judged by its extension (default: the file's own). `today`, if given, is only used
    to warn of a future date.

    Raises:
        Unreadable: with code empty, too_large, macros, password, old_format, wrong_name, unknown_type, binary, encoding,
            broken, zip_bomb, too_deep, too_many_pages, no_text or missing; message, place and remedy are Chinese.
    """
    path = Path(path)
    name = name or path.name
    try:
        size = path.stat().st_size
        if size <= limits.size_bytes and path.is_file():
            return import_bytes(path.read_bytes(), name, limits=limits, today=today)
    except OSError as error:
        raise Unreadable("missing", "文件不存在或没有读取权限。", name, "请检查文件位置和权限。") from error
    if not path.is_file():
        raise Unreadable("missing", "这不是一个文件。", name, "请选择文件，而不是文件夹。")
    raise _too_large(size, name, limits.size_bytes)


def import_bytes(data: bytes, name: str, *, limits: Limits = LIMITS, today: date | None = None) -> Imported:
    """This function will read the content of an uploaded file; see import_file."""
    if len(data) > limits.size_bytes:
        raise _too_large(len(data), name, limits.size_bytes)
    kind = sniff(data, name)
    if kind in ("text", "html") and len(data) > limits.text_bytes:
        raise _too_large(len(data), name, limits.text_bytes)
    if kind == "docx":
        reading = read_word(data, name, limits)
    elif kind == "text":
        reading = read_text(data, name)
    elif kind == "html":
        reading = read_html(data, name)
    elif kind == "pdf":
        reading = read_pdf(data, name, limits)
    else:
        raise Unreadable("unknown_type", "这是表格，不是文档。", name, "表格请在台账里导入。")
    if not reading.pieces:
        raise Unreadable("no_text", "文件里没有任何文字、表格或图片。", name, "请检查是否选错了文件。")
    return recognise(reading, name, limits=limits, today=today)


def _too_large(size: int, name: str, limit: int) -> Unreadable:
    message = f"文件有{size / 1024 / 1024:.0f} MB，超过上限{limit // 1024 // 1024} MB。"
    return Unreadable("too_large", message, name, "请压缩图片或拆成几个文件再导入。")
