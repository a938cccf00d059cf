"""What a reader of one file format hands to the recognition: lines, tables and images with layout hints."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from gongkai.importing.blocks import ReadingWarning, Rows


@dataclass
class Piece:
    """One line, table or image in reading order.

    Hints come from the layout: `style_level` from a heading style (1 to 4), `is_title` from a title style or <h1>,
    `centred`, `size_pt` (font size), `plain` = never a heading (table of contents, footnote, list of a web page).
    """

    kind: Literal["line", "table", "image"] = "line"
    text: str = ""
    rows: Rows = ()
    image: bytes = b""
    alt: str | None = None
    style_level: int | None = None
    is_title: bool = False
    centred: bool = False
    right: bool = False
    size_pt: float | None = None
    plain: bool = False
    quotation: bool = False
    role: str | None = None
    where: str = ""


@dataclass
class Reading:
    """All pieces of a file with the warnings its reader gave."""

    pieces: list[Piece] = field(default_factory=list)
    warnings: list[ReadingWarning] = field(default_factory=list)

    def warn(self, code: str, message: str, where: str) -> None:
        if not any(w.code == code and w.where == where for w in self.warnings):
            self.warnings.append(ReadingWarning(code, message, where))
