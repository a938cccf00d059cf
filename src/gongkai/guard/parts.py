"""A readable piece of a document (文档片段): what every text detector is given, whatever the file was."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Part:
    """One readable piece of a document.

    `name` says where it stands: `text`, `filename`, `sheet:NAME!A1`, `page:3`, `table:1`, `comment:1`, `header:1`,
    `footnote`, `slide:2`, `notes:2`, `hidden:1`, `deleted:1`, `property`, `url`, `ocr:1`; a member of an archive has
    its path before it, as in `附件.zip/名单.xlsx>sheet:名单!A1` (without the outer file name).
    `table`, when given, holds the rows; `text` is then those rows joined by a line feed and the cells by a tab, and
    `caption` the line that stands above the table, if any.
    `kind` is one of `text`, `table`, `filename`, `comment`, `hidden` (not visible to the reader), `property`, `url`,
    `ocr` (recognised from pixels).
    """

    name: str
    text: str
    table: tuple[tuple[str, ...], ...] | None = None
    kind: str = "text"
    caption: str = ""
