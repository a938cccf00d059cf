"""Plain text files: every physical line is a paragraph."""

from __future__ import annotations

from gongkai.records.importing.decoding import decode_text
from gongkai.records.importing.pieces import Piece, Reading


def read_text(data: bytes, name: str) -> Reading:
    """This function will read a text file in UTF-8, UTF-16 or GB18030."""
    text, encoding = decode_text(data, name)
    reading = Reading()
    if encoding == "gb18030":
        reading.warn("gb18030", "文件是 GB18030 编码，已转换；请核对生僻字和人名。", name)
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            reading.pieces.append(Piece(text=line, where=f"第{number}行"))
    return reading
