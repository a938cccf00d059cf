"""How much of a hostile file may be taken in (读取上限): time, memory, depth, ratio and size, counted while reading."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

MEGABYTE = 1024 * 1024


class Overrun(Exception):
    """The file needs more than the limits allow; the message is Chinese and names the limit."""


class Unreadable(Exception):
    """The file, or one member of it, cannot be read; the message is Chinese: what, where, remedy."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Upper bounds for one file; sizes in bytes unless the name says otherwise."""

    wall_seconds: float = 120.0
    memory_bytes: int = 1536 * MEGABYTE
    file_bytes: int = 256 * MEGABYTE
    total_bytes: int = 2048 * MEGABYTE
    tree_bytes: int = 64 * MEGABYTE
    free_bytes: int = 32 * MEGABYTE
    ratio: int = 300
    depth: int = 4
    members: int = 20_000
    pages: int = 5_000
    sheets: int = 1_000
    pixels: int = 120_000_000
    text_chars: int = 200_000_000


DEFAULT_LIMITS = Limits()


@dataclass(slots=True)
class Budget:
    """What one reading has used so far, across nested members."""

    limits: Limits = DEFAULT_LIMITS
    started: float = field(default_factory=time.monotonic)
    unpacked_bytes: int = 0
    members: int = 0
    text_chars: int = 0

    def check_time(self) -> None:
        """Raise Overrun when the wall time is used up."""
        if self.seconds_left < 0:
            raise Overrun(f"读取超过 {self.limits.wall_seconds:g} 秒")

    @property
    def seconds_left(self) -> float:
        """Wall seconds that remain; negative when overrun."""
        return self.limits.wall_seconds - (time.monotonic() - self.started)

    @property
    def is_half_spent(self) -> bool:
        """Tell whether half the wall time is used: optional work is left out from then on."""
        return self.seconds_left < self.limits.wall_seconds / 2

    def add_unpacked(self, count: int) -> None:
        """Count decompressed bytes; raise Overrun beyond the total."""
        self.unpacked_bytes += count
        if self.unpacked_bytes > self.limits.total_bytes:
            raise Overrun(f"解开后超过 {self.limits.total_bytes // MEGABYTE} MB")
        self.check_time()

    def add_members(self, count: int) -> None:
        """Count archive members over all levels; raise Overrun beyond the limit."""
        self.members += count
        if self.members > self.limits.members:
            raise Overrun(f"压缩包内文件超过 {self.limits.members} 个")

    def add_text(self, count: int) -> None:
        """Count characters handed out; raise Overrun beyond the limit."""
        self.text_chars += count
        if self.text_chars > self.limits.text_chars:
            raise Overrun(f"文字超过 {self.limits.text_chars} 字")
