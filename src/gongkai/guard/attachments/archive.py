"""Opening zip containers without being bombed (安全解包): names decoded, members read within a budget."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, BinaryIO

from gongkai.guard.attachments.limits import Budget, Overrun, Unreadable

CHUNK_BYTES = 256 * 1024
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    OSError,
    ValueError,
    KeyError,
    IndexError,
)


class BoundedMember(io.RawIOBase):
    """A member being read: stops with Overrun when it grows beyond the ratio or the budget."""

    def __init__(self, stream: IO[bytes], info: zipfile.ZipInfo, budget: Budget) -> None:
        super().__init__()
        self._stream = stream
        self._info = info
        self._budget = budget
        self._count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self._stream.read(len(buffer))
        self._count += len(data)
        self._budget.add_unpacked(len(data))
        limits = self._budget.limits
        if self._count > limits.free_bytes and self._count > limits.ratio * max(self._info.compress_size, 1):
            raise Overrun(f"“{self._info.filename}”压缩比超过 {limits.ratio} 倍，疑似压缩炸弹")
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._stream.close()
        super().close()


class SafeZip:
    """A zip container opened within a budget. Use as a context manager.

    Raises Unreadable for a broken container, Overrun beyond a limit.
    """

    def __init__(self, source: Path | BinaryIO, budget: Budget) -> None:
        self.budget = budget
        try:
            self._zip = zipfile.ZipFile(source)
            self.infos = {decoded_name(info): info for info in self._zip.infolist()}
        except BROKEN as error:
            raise Unreadable("压缩结构已损坏，打不开") from error
        self.duplicated = len(self.infos) != len(self._zip.infolist())
        budget.add_members(len(self._zip.infolist()))

    def __enter__(self) -> SafeZip:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def __contains__(self, name: str) -> bool:
        return name in self.infos

    @property
    def names(self) -> list[str]:
        """Decoded names of the members that are not folders, in stored order."""
        return [name for name in self.infos if not name.endswith("/")]

    @property
    def comment(self) -> bytes:
        """The archive comment."""
        return self._zip.comment

    def is_encrypted(self, name: str) -> bool:
        """Tell whether the member needs a password."""
        return bool(self.infos[name].flag_bits & 0x1)

    def open(self, name: str) -> IO[bytes]:
        """Open one member for bounded reading."""
        if self.is_encrypted(name):
            raise Unreadable(f"压缩包内“{name}”设有口令")
        try:
            stream = self._zip.open(self.infos[name])
        except BROKEN as error:
            raise Unreadable(f"压缩包内“{name}”已损坏") from error
        return io.BufferedReader(BoundedMember(stream, self.infos[name], self.budget), CHUNK_BYTES)

    def chunks(self, name: str) -> Iterator[bytes]:
        """Yield one member piece by piece."""
        try:
            with self.open(name) as stream:
                while chunk := stream.read(CHUNK_BYTES):
                    yield chunk
        except BROKEN as error:
            raise Unreadable(f"压缩包内“{name}”已损坏") from error

    def read(self, name: str, *, most_bytes: int | None = None) -> bytes:
        """Return one member whole; raises Overrun beyond `most_bytes` (default: the limit for trees in memory)."""
        most = self.budget.limits.tree_bytes if most_bytes is None else most_bytes
        pieces: list[bytes] = []
        size = 0
        for chunk in self.chunks(name):
            size += len(chunk)
            if size > most:
                raise Overrun(f"“{name}”解开后超过 {most // (1024 * 1024)} MB")
            pieces.append(chunk)
        return b"".join(pieces)


def decoded_name(info: zipfile.ZipInfo) -> str:
    """Return the member's name; names without the UTF-8 flag are tried as UTF-8 and GB18030, as Chinese tools write them."""
    if info.flag_bits & 0x800:
        return info.filename
    try:
        raw = info.filename.encode("cp437")
    except UnicodeEncodeError:
        return info.filename
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return info.filename
