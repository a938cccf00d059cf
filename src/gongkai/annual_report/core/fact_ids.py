"""Fact ids behind a cell, kept small (事实编号的压缩存放): gaps between ids in order, as variable-length numbers, deflated."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator


class Packer:
    """Takes ids one at a time, rising; memory does not grow with their number beyond the packed bytes."""

    def __init__(self) -> None:
        self.count = 0
        self._last = 0
        self._buffer = bytearray()
        self._press = zlib.compressobj(6)
        self._out: list[bytes] = []

    def add(self, number: int) -> None:
        """Take the next id; raises ValueError unless it is greater than the one before."""
        gap = number - self._last
        if gap <= 0:
            raise ValueError("事实编号必须由小到大，不重复")
        self._last = number
        self.count += 1
        buffer = self._buffer
        while gap > 0x7F:
            buffer.append(gap & 0x7F | 0x80)
            gap >>= 7
        buffer.append(gap)
        if len(buffer) > 65536:
            self._out.append(self._press.compress(bytes(buffer)))
            buffer.clear()

    def packed(self) -> bytes:
        """Return the packed ids; nothing can be added after."""
        self._out += [self._press.compress(bytes(self._buffer)), self._press.flush()]
        return b"".join(self._out)


def pack(ids: Iterable[int]) -> tuple[bytes, int]:
    """Return the packed ids and how many they are; ids must be positive and rise. Raises ValueError."""
    packer = Packer()
    for number in ids:
        packer.add(number)
    return packer.packed(), packer.count


def unpack(packed: bytes) -> Iterator[int]:
    """Yield the ids in order."""
    last = gap = shift = 0
    for byte in zlib.decompress(packed):
        gap |= (byte & 0x7F) << shift
        if byte & 0x80:
            shift += 7
            continue
        last += gap
        yield last
        gap = shift = 0
