"""A folder that nobody trusts (镜像文件夹): every name is walked by file descriptors, and nothing outside is ever opened."""

from __future__ import annotations

import os
import stat
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gongkai.project.moving.core.problems import Problem, SourceRefused

DEEPEST = 40
_OPEN = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_PARTS_MOST = 200


@dataclass(frozen=True, slots=True)
class Entry:
    """A plain file inside: `place` as shown (parts joined by a slash, NFC), `parts` the names on disk, and its size."""

    place: str
    parts: tuple[bytes, ...]
    size: int


class NotRead(Exception):
    """A file was not read; the problem says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


class Folder:
    """The files of one folder. Links, devices, other mounts and files that also live elsewhere are told, never opened."""

    def __init__(self, root: Path) -> None:
        try:
            self._root = os.open(
                os.fspath(root.resolve(strict=True)), os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
            )
        except OSError as error:
            raise SourceRefused(
                "folder", "打不开这个文件夹", where=str(root), remedy="请核对位置和读取权限"
            ) from error
        self._device = os.fstat(self._root).st_dev
        self._shared: dict[tuple[int, int], int] = {}

    def close(self) -> None:
        """Let go of the folder."""
        os.close(self._root)

    def walk(self) -> Iterator[Entry | Problem]:
        """Yield every file and everything that is none, folder by folder in order of names; each shared file once."""
        self._shared = self._count_shared()
        seen: set[tuple[int, int]] = set()
        for parts, info in self._walk(tell=True):
            if isinstance(info, Problem):
                yield info
                continue
            place = shown(parts)
            if problem := self._fault(parts, place, info):
                yield problem
                continue
            if info.st_nlink > 1:
                if (info.st_dev, info.st_ino) in seen:
                    yield Problem(place, "hard_link_again")
                    continue
                seen.add((info.st_dev, info.st_ino))
            yield Entry(place, parts, info.st_size)

    def read(self, parts: tuple[bytes, ...], *, most: int) -> bytes:
        """Return the bytes of a file. Raises NotRead."""
        place = shown(parts)
        opened = self._descend(parts, place)
        with os.fdopen(opened, "rb") as stream:
            info = os.fstat(opened)
            if problem := self._fault(parts, place, info):
                raise NotRead(problem)
            if info.st_size > most:
                raise NotRead(Problem(place, "too_large", f"{info.st_size // 1024 // 1024} MB"))
            data = stream.read(most + 1)
        if len(data) != info.st_size:
            raise NotRead(Problem(place, "changed_meanwhile"))
        if not data:
            raise NotRead(Problem(place, "empty"))
        return data

    def find(self, place: str) -> tuple[bytes, ...]:
        """Return the names on disk of a place that a link or manifest gives. Raises NotRead when it leads outside or nowhere."""
        plain = place.replace("\\", "/")
        pieces = [piece for piece in plain.split("/") if piece not in ("", ".")]
        if plain.startswith("/") or ".." in pieces or len(pieces) > DEEPEST or not pieces or "\x00" in plain:
            raise NotRead(Problem(display(place), "outside"))
        for encoding in ("utf-8", "gb18030"):
            for form in ("NFC", "NFD"):
                try:
                    parts = tuple(unicodedata.normalize(form, piece).encode(encoding) for piece in pieces)
                except UnicodeEncodeError:
                    continue
                if self._is_there(parts):
                    return parts
        raise NotRead(Problem(display(place), "file_missing"))

    def _fault(self, parts: tuple[bytes, ...], place: str, info: os.stat_result) -> Problem | None:
        if not stat.S_ISREG(info.st_mode):
            return Problem(place, "special_file")
        if info.st_dev != self._device:
            return Problem(place, "other_device")
        if info.st_nlink > 1 and info.st_nlink > self._shared_names(info):
            return Problem(place, "hard_link_outside")
        return None

    def _shared_names(self, info: os.stat_result) -> int:
        if not self._shared:
            self._shared = self._count_shared()
        return self._shared.get((info.st_dev, info.st_ino), 0)

    def _count_shared(self) -> dict[tuple[int, int], int]:
        """Return, for files with several names, how many of them are inside."""
        found: dict[tuple[int, int], int] = {}
        for _, info in self._walk(tell=False):
            if not isinstance(info, Problem) and info.st_nlink > 1:
                key = (info.st_dev, info.st_ino)
                found[key] = found.get(key, 0) + 1
        return found

    def _walk(self, *, tell: bool) -> Iterator[tuple[tuple[bytes, ...], os.stat_result | Problem]]:
        waiting: list[tuple[bytes, ...]] = [()]
        while waiting:
            parts = waiting.pop()
            try:
                here = self._descend(parts, shown(parts), folder=True) if parts else os.dup(self._root)
            except NotRead as refused:
                yield parts, refused.problem
                continue
            try:
                names = sorted(os.fsencode(name) for name in os.listdir(here))
                below = []
                for name in names:
                    inner = (*parts, name)
                    info = os.stat(name, dir_fd=here, follow_symlinks=False)
                    if problem := name_fault(inner) or self._door_fault(inner, info):
                        if tell:
                            yield inner, problem
                    elif stat.S_ISDIR(info.st_mode):
                        below.append(inner)
                    else:
                        yield inner, info
                waiting += reversed(below)
            except OSError as error:
                yield parts, Problem(shown(parts), "unreadable", os.strerror(error.errno or 0))
            finally:
                os.close(here)

    def _door_fault(self, parts: tuple[bytes, ...], info: os.stat_result) -> Problem | None:
        if stat.S_ISLNK(info.st_mode):
            return Problem(shown(parts), "symlink")
        if stat.S_ISDIR(info.st_mode):
            if info.st_dev != self._device:
                return Problem(shown(parts), "other_device")
            if len(parts) > DEEPEST:
                return Problem(shown(parts), "too_deep")
        return None

    def _descend(self, parts: tuple[bytes, ...], place: str, *, folder: bool = False) -> int:
        """Open name after name from the root, never through a link, and return the descriptor. Raises NotRead."""
        if not parts or len(parts) > _PARTS_MOST or any(p in (b"", b".", b"..") or b"/" in p for p in parts):
            raise NotRead(Problem(place, "outside"))
        here = os.dup(self._root)
        try:
            for number, name in enumerate(parts, 1):
                inner = number < len(parts) or folder
                following = os.open(name, _OPEN | (os.O_DIRECTORY if inner else 0), dir_fd=here)
                os.close(here)
                here = following
        except OSError as error:
            os.close(here)
            raise NotRead(_os_problem(place, error)) from None
        return here

    def _is_there(self, parts: tuple[bytes, ...]) -> bool:
        try:
            os.close(self._descend(parts, ""))
        except NotRead as refused:
            return refused.problem.code in ("no_permission", "special_file", "symlink")
        return True


def shown(parts: tuple[bytes, ...]) -> str:
    """Return the place of a file as people read it and as keys are made of it: UTF-8, else GB18030, else escaped."""
    return display("/".join(_text(part) for part in parts))


def display(text: str) -> str:
    """Return a text for screens and reports: one line, control and direction signs written out, at most 400 characters."""
    plain = unicodedata.normalize("NFC", text)
    clean = "".join(
        c if unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Zl", "Zp"} else f"\\u{ord(c):04x}"
        for c in plain
    )
    return clean if len(clean) <= 400 else clean[:399] + "…"


def name_fault(parts: tuple[bytes, ...]) -> Problem | None:
    """Return what is wrong with a name on disk, None when nothing is."""
    name = parts[-1]
    text = _text(name)
    if any(unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for c in text):
        return Problem(shown(parts), "name_control")
    if not _decodable(name):
        return Problem(shown(parts), "name_undecodable")
    if len("/".join(_text(part) for part in parts)) > 400:
        return Problem(shown(parts), "name_too_long")
    return None


def _decodable(name: bytes) -> bool:
    for encoding in ("utf-8", "gb18030"):
        try:
            name.decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False


def _text(name: bytes) -> str:
    for encoding in ("utf-8", "gb18030"):
        try:
            return name.decode(encoding)
        except UnicodeDecodeError:
            continue
    return name.decode("ascii", "backslashreplace")


def _os_problem(place: str, error: OSError) -> Problem:
    codes = {
        13: "no_permission",
        1: "no_permission",
        36: "name_too_long",
        40: "symlink",
        2: "file_missing",
        20: "symlink",
        6: "special_file",
    }
    return Problem(
        place,
        codes.get(error.errno or 0, "unreadable"),
        "" if error.errno in codes else os.strerror(error.errno or 0),
    )
