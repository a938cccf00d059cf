"""The shared strings of a workbook (共享字符串): in memory while small, on disk when many."""

from __future__ import annotations

import mmap
import tempfile
from array import array
from typing import IO, Any

from gongkai.guard.attachments.xml_tree import local

_MEMORY_CHARS = 4_000_000


def string_text(element: Any) -> str:
    """Text of an `si` or `is` element, phonetic guides left out."""
    if len(element) == 1 and element[0].tag.endswith("}t"):
        return element[0].text or ""
    pieces: list[str] = []
    for child in element:
        name = local(child)
        if name == "t":
            pieces.append(child.text or "")
        elif name == "r":
            pieces += [t.text or "" for t in child if local(t) == "t"]
    return "".join(pieces)


class SharedStrings:
    """Append-only list of strings; beyond four million characters it lives in an unlinked temporary file."""

    def __init__(self) -> None:
        self._items: list[str] = []
        self._chars = 0
        self._file: IO[bytes] | None = None
        self._starts = array("Q", [0])
        self._map: mmap.mmap | None = None

    def append(self, text: str) -> None:
        """Add one string."""
        if self._file is None:
            self._items.append(text)
            self._chars += len(text) + 16
            if self._chars > _MEMORY_CHARS:
                self._spill()
            return
        self._write(text)

    def _spill(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  (lives as long as this object)
        items, self._items = self._items, []
        for item in items:
            self._write(item)

    def _write(self, text: str) -> None:
        data = text.encode("utf-8", "surrogatepass")
        assert self._file is not None  # noqa: S101
        self._file.write(data)
        self._starts.append(self._starts[-1] + len(data))

    def __len__(self) -> int:
        return len(self._items) if self._file is None else len(self._starts) - 1

    def __getitem__(self, index: int) -> str:
        if index < 0 or index >= len(self):
            raise IndexError("字符串序号越界")
        if self._file is None:
            return self._items[index]
        if self._map is None:
            self._file.flush()
            if not self._starts[-1]:
                return ""
            self._map = mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_READ)
        return self._map[self._starts[index] : self._starts[index + 1]].decode("utf-8", "surrogatepass")

    def close(self) -> None:
        """Give the temporary file back."""
        if self._map is not None:
            self._map.close()
        if self._file is not None:
            self._file.close()
