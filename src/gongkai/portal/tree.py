"""Writing the public tree. A file is staged whole beside the tree with its `.gz` and `.br`, made durable, then renamed into place.

One publication syncs each file; a full build syncs once. Whatever happens in between, a reader sees the old file or the new one.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import zlib
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import brotli

VARIANTS = (".gz", ".br")
COMPRESSED = (".html", ".xml", ".json", ".css", ".js", ".svg", ".txt", ".csv")
_SYNC_THREADS = 16
KEPT = ("heads",)
"""Folders of the tree that other rooms write (published heads of the journal)."""


class TreeNotWritable(OSError):
    """The tree could not be written; nothing half-written was left."""

    def __init__(self, path: Path, cause: OSError) -> None:
        what = {
            errno.ENOSPC: "磁盘已满",
            errno.EACCES: "没有写权限",
            errno.EXDEV: "暂存目录与公开目录不在同一文件系统",
        }
        reason = what.get(cause.errno or 0, cause.strerror or str(cause))
        super().__init__(
            cause.errno,
            f"写公开目录树失败：{path}（{reason}）；已写好的页面不受影响，处理后再次运行 gongkai build 会接着做完",
        )
        self.code, self.where, self.remedy = (
            "portal.tree_not_writable",
            str(path),
            "腾出空间或改正权限后运行 gongkai build",
        )


@dataclass(frozen=True, slots=True)
class Staged:
    """A file waiting to be moved to `path`; `size` without the compressed variants."""

    path: str
    temp: str
    sha256: str
    size: int
    variants: bool


class Stage:
    """A folder of finished files that are not in the tree yet; `name` keeps processes apart."""

    def __init__(self, public: Path, name: str) -> None:
        self.public = public
        self.folder = stage_folder(public) / name
        self._count = 0
        self.folder.mkdir(parents=True, exist_ok=True)

    def add(self, path: str, body: bytes) -> Staged:
        """Stage one text file with its variants."""
        temp = self._next()
        try:
            _write(temp, body)
            variants = path.endswith(COMPRESSED)
            if variants:
                _write(temp + ".gz", gzipped(body))
                _write(temp + ".br", brotli.compress(body, quality=5, lgwin=_window(body)))
        except OSError as error:
            raise TreeNotWritable(self.public / path, error) from error
        return Staged(path, temp, hashlib.sha256(body).hexdigest(), len(body), variants)

    def copy(self, path: str, source: BinaryIO, sha256: str) -> Staged:
        """Stage a copy of an attachment; raises ValueError when its content is not what the release names."""
        temp = self._next()
        digest, size = hashlib.sha256(), 0
        try:
            with open(temp, "wb") as target:
                while chunk := source.read(1 << 20):
                    digest.update(chunk)
                    size += len(chunk)
                    target.write(chunk)
        except OSError as error:
            raise TreeNotWritable(self.public / path, error) from error
        if digest.hexdigest() != sha256:
            os.unlink(temp)
            raise ValueError(f"附件 {path} 的内容与发布时的 SHA-256 不符，未上网；请在业务端重新上传并发布")
        return Staged(path, temp, sha256, size, False)

    def _next(self) -> str:
        self._count += 1
        return f"{self.folder}/{self._count:07d}"

    def clear(self) -> None:
        """Remove the folder and what is left in it."""
        shutil.rmtree(self.folder, ignore_errors=True)


def stage_folder(public: Path) -> Path:
    """Return the staging folder: beside the tree, hence on the same file system and never served."""
    return public.with_name(public.name + ".stage")


def _write(path: str, body: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    try:
        view = memoryview(body)
        while view:
            view = view[os.write(handle, view) :]
    finally:
        os.close(handle)


def _window(body: bytes) -> int:
    """Return the window (bits) that sees the whole of a usual page; a larger one costs a sixth of the time and saves nothing."""
    return 16 if len(body) <= 1 << 16 else 18


def gzipped(body: bytes) -> bytes:
    """Return a gzip member that depends on the body only (no time, no name)."""
    packer = zlib.compressobj(6, zlib.DEFLATED, 31)
    return packer.compress(body) + packer.flush()


durable = True
"""Whether writes are forced to disk; tests that do not pull the plug switch it off."""


def sync_everything() -> None:
    """Force all file systems to disk once."""
    if durable:
        os.sync()


def make_durable(staged: Iterable[Staged], *, each: bool) -> None:
    """Force staged files to disk: one by one, or the whole file system once."""
    if not each:
        sync_everything()
        return
    if not durable:
        return
    paths = [
        item.temp + suffix for item in staged for suffix in (("", *VARIANTS) if item.variants else ("",))
    ]
    _sync_paths(paths)


def _sync_paths(paths: Iterable[str]) -> None:
    """Force files or folders to disk, many at once: the file system then writes its journal once for several of them."""
    with ThreadPoolExecutor(_SYNC_THREADS) as pool:
        list(pool.map(_sync_path, paths))


def _sync_path(path: str) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def move_in(public: Path, staged: Iterable[Staged]) -> set[str]:
    """Rename staged files into the tree, variants first gone, then the file, then the variants. Returns the folders touched."""
    made: set[str] = set()
    for item in staged:
        target = f"{public}/{item.path}"
        folder = os.path.dirname(target)
        try:
            if folder not in made:
                os.makedirs(folder, exist_ok=True)
                made.add(folder)
            if item.variants:
                for suffix in VARIANTS:
                    os.replace(item.temp + suffix, target + suffix)
            os.replace(item.temp, target)
        except OSError as error:
            raise TreeNotWritable(Path(target), error) from error
    return made


def remove(public: Path, paths: Iterable[str]) -> set[str]:
    """Delete files with their variants, and folders that became empty. Returns the folders touched."""
    touched: set[str] = set()
    for path in paths:
        target = f"{public}/{path}"
        for suffix in ("", *VARIANTS):
            try:
                os.unlink(target + suffix)
            except FileNotFoundError:
                continue
        folder = os.path.dirname(target)
        touched.add(folder)
        while folder != str(public):
            try:
                os.rmdir(folder)
            except OSError:
                break
            folder = os.path.dirname(folder)
            touched.add(folder)
    return {folder for folder in touched if os.path.isdir(folder)}


def sync_folders(folders: Iterable[str]) -> None:
    """Force renames and deletions in these folders to disk."""
    if durable:
        _sync_paths(folders)


def is_intact(public: Path, path: str, body: bytes) -> bool:
    """Return whether file and variants on disk are exactly this body."""
    target = f"{public}/{path}"
    try:
        if Path(target).read_bytes() != body:
            return False
        if not path.endswith(COMPRESSED):
            return True
        if zlib.decompress(Path(target + ".gz").read_bytes(), 31) != body:
            return False
        return bool(brotli.decompress(Path(target + ".br").read_bytes()) == body)
    except (OSError, zlib.error, brotli.error):
        return False
