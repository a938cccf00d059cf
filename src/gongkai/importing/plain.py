"""Plain text files: every physical line is a paragraph."""

from __future__ import annotations

from gongkai.importing.decoding import decode_text
from gongkai.importing.pieces import Piece, Reading

#: width of the blanks, in half characters, from which a line counts as set to the right
FAR = 16


def read_text(data: bytes, name: str) -> Reading:
    """This function will read a text file in UTF-8, UTF-16 or GB18030."""
    text, encoding = decode_text(data, name)
    reading = Reading()
    if encoding == "gb18030":
        reading.warn("gb18030", "文件是 GB18030 编码，已转换；请核对生僻字和人名。", name)
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            reading.pieces.append(Piece(text=line, right=_indent(line) >= FAR, where=f"第{number}行"))
    return reading


def _indent(line: str) -> int:
    blanks = line[: len(line) - len(line.lstrip())]
    return sum({"\t": 4, "　": 2}.get(blank, 1) for blank in blanks)
