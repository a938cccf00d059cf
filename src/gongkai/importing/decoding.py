"""Text files: bytes to text, strictly, or a clear no."""

from __future__ import annotations

import codecs
import re

from gongkai.importing.blocks import Unreadable

_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ufffd\ufffe\uffff]")
_REMEDY = "请用记事本或 WPS 打开原文件，核对后另存为 UTF-8 编码的文本，再导入。"


def decode_text(data: bytes, where: str) -> tuple[str, str]:
    """This function will decode a text file: byte order mark, UTF-8, UTF-16 without mark, then GB18030.

    Returns the text and the name of the encoding. Raises Unreadable when no encoding fits without a single doubt.
    """
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF32_LE, "utf-32"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(mark):
            return _strict(data, encoding, where), encoding
    wide = _wide_encoding(data)
    if wide:
        return _strict(data, wide, where), wide
    for encoding in ("utf-8", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding == "gb18030" and not _reads_as_chinese(text):
            break
        return _clean(text, where), encoding
    raise Unreadable("encoding", "文字编码不是 UTF-8、UTF-16 或 GB18030，或者有损坏的字节。", where, _REMEDY)


def _strict(data: bytes, encoding: str, where: str) -> str:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        message = f"文件开头标明的编码是 {encoding}，但第 {error.start + 1} 个字节起对不上。"
        raise Unreadable("encoding", message, where, _REMEDY) from error
    return _clean(text, where)


def _clean(text: str, where: str) -> str:
    found = _CONTROL.search(text)
    if found:
        line = text.count("\n", 0, found.start()) + 1
        raise Unreadable(
            "binary", f"第 {line} 行有文本里不应有的控制字符，可能不是文本文件。", where, _REMEDY
        )
    return text


def _wide_encoding(data: bytes) -> str | None:
    """UTF-16 without a mark shows by its line feeds, blanks and digits: one byte of the pair is zero."""
    if len(data) % 2 or b"\x00" not in data:
        return None
    sample = data[:4096]
    low, high = sample[0::2].count(0), sample[1::2].count(0)
    encoding = "utf-16-le" if high > low else "utf-16-be"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return None
    usual = sum(
        1
        for c in text
        if "\u4e00" <= c <= "\u9fff" or c.isspace() or c.isascii() or c in "，。、：；“”（）《》"
    )
    return encoding if not _CONTROL.search(text) and usual >= 0.9 * len(text) else None


def _reads_as_chinese(text: str) -> bool:
    """GB18030 accepts nearly every byte pair; a real text keeps to the characters of everyday use."""
    wide = [c for c in text if not c.isascii()]
    if not wide:
        return True
    usual = 0
    for character in wide:
        try:
            usual += len(character.encode("gb2312")) == 2
        except UnicodeEncodeError:
            continue
    return usual >= 0.8 * len(wide)
