"""Where cells go when hidden rows and columns are taken out (行列重排)."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass

from gongkai.guard.attachments.readers.cell_formats import column_index, column_letters

_CELL = re.compile(r"\$?([A-Z]{1,3})\$?(\d+)")
_RANGE_PART = re.compile(r"\$?([A-Z]{1,3})\$?(\d+)(?::\$?([A-Z]{1,3})\$?(\d+))?")


@dataclass(frozen=True, slots=True)
class Grid:
    """The rows (from 1) and columns (from 0) that are taken out of one sheet, each sorted."""

    rows: tuple[int, ...] = ()
    columns: tuple[int, ...] = ()

    @property
    def is_unchanged(self) -> bool:
        """Tell whether nothing is taken out."""
        return not self.rows and not self.columns

    def row(self, number: int) -> int:
        """Return the new number of a row; a removed row gives the place where it was."""
        return number - bisect_left(self.rows, number)

    def column(self, index: int) -> int:
        """Return the new index of a column."""
        return index - bisect_left(self.columns, index)

    def cell(self, reference: str) -> str:
        """Return the new reference of a cell that stays."""
        match = _CELL.fullmatch(reference)
        if match is None:
            return reference
        column = column_index(match.group(1) + "1") or 0
        return f"{column_letters(self.column(column))}{self.row(int(match.group(2)))}"

    def area(self, reference: str) -> str | None:
        """Return the new reference of `A1` or `A1:C9`, None when nothing of it is left."""
        match = _RANGE_PART.fullmatch(reference)
        if match is None:
            return None
        left, top = column_index(match.group(1) + "1") or 0, int(match.group(2))
        right = (column_index(match.group(3) + "1") or 0) if match.group(3) else left
        bottom = int(match.group(4)) if match.group(4) else top
        new_left, new_right = self.column(left), self.column(right + 1) - 1
        new_top, new_bottom = self.row(top), self.row(bottom + 1) - 1
        if new_right < new_left or new_bottom < new_top:
            return None
        start = f"{column_letters(new_left)}{new_top}"
        end = f"{column_letters(new_right)}{new_bottom}"
        return start if start == end and match.group(3) is None else f"{start}:{end}"

    def areas(self, references: str) -> str | None:
        """Return the new form of a list of areas separated by blanks."""
        kept = [new for new in (self.area(item) for item in references.split()) if new]
        return " ".join(kept) or None
