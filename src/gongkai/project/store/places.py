"""The two places where attachments may lie (附件存放处) behind one small door: names, reading, taking, deleting."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Protocol

from gongkai.kernel.attachment_errors import AttachmentDamaged, AttachmentsAway
from gongkai.project.environment import Environment
from gongkai.project.store.bucket import CHUNK_BYTES, Bucket
from gongkai.project.store.storage import ATTACHMENTS, content_address
from gongkai.project.store_address import FOLDER


class Place(Protocol):
    """Where attachments lie. `title` is Chinese. Reading and taking raise AttachmentsAway or AttachmentDamaged."""

    title: str

    def names(self) -> Iterator[tuple[str, int]]:
        """Yield name and size in bytes of every file."""

    def open(self, name: str) -> IO[bytes]:
        """Open a file for reading from its beginning."""

    def take(self, name: str, source: IO[bytes], *, sha256: str, size_bytes: int) -> None:
        """Keep a file under exactly this name; it is there whole, or not at all."""

    def delete(self, name: str) -> None:
        """Delete a file; none there is well too."""


class FolderPlace:
    """The folder `media/` of the home."""

    title = "运行目录的 media/"

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def names(self) -> Iterator[tuple[str, int]]:
        """Yield name and size; what begins with a dot is unfinished and left out."""
        for path in sorted(self.folder.rglob("*")):
            if path.is_file() and not path.name.startswith("."):
                yield path.relative_to(self.folder).as_posix(), path.stat().st_size

    def open(self, name: str) -> IO[bytes]:
        """Open a file; raises FileNotFoundError."""
        return (self.folder / name).open("rb")

    def take(self, name: str, source: IO[bytes], *, sha256: str, size_bytes: int) -> None:
        """Write beside, flush to the disk, compare, then rename."""
        target = self.folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_name(f".{target.name}.{os.getpid()}.partial")
        digest = hashlib.sha256()
        source.seek(0)
        try:
            with partial.open("wb") as stream:
                while chunk := source.read(CHUNK_BYTES):
                    digest.update(chunk)
                    stream.write(chunk)
                stream.flush()
                os.fsync(stream.fileno())
            if digest.hexdigest() != sha256:
                raise AttachmentDamaged(name)
            partial.rename(target)
        finally:
            partial.unlink(missing_ok=True)

    def delete(self, name: str) -> None:
        """Delete a file and the folders that it leaves empty."""
        path = self.folder / name
        path.unlink(missing_ok=True)
        for parent in path.relative_to(self.folder).parents:
            if (
                parent == Path()
                or not (self.folder / parent).is_dir()
                or any((self.folder / parent).iterdir())
            ):
                return
            (self.folder / parent).rmdir()


class BucketPlace:
    """The bucket of the object store."""

    title = "对象存储"

    def __init__(self, bucket: Bucket) -> None:
        self.bucket = bucket

    def names(self) -> Iterator[tuple[str, int]]:
        """Yield name and size of every attachment."""
        return self.bucket.names()

    def open(self, name: str) -> IO[bytes]:
        """Open a file, read whole and compared."""
        return self.bucket.get(name)

    def take(self, name: str, source: IO[bytes], *, sha256: str, size_bytes: int) -> None:
        """Store a file; one under this name with other bytes is replaced."""
        if not self.bucket.put(name, source, sha256=sha256, size_bytes=size_bytes) and not self.bucket.put(
            name, source, sha256=sha256, size_bytes=size_bytes, replace=True
        ):
            raise AttachmentDamaged(name)

    def delete(self, name: str) -> None:
        """Delete an object."""
        self.bucket.delete(name)


def place_named(environment: Environment, kind: str) -> Place:
    """Return the place `folder` or `s3`; raises AttachmentsAway when no store is configured."""
    if kind == FOLDER:
        return FolderPlace(environment.media_dir)
    if environment.object_store is None:
        raise AttachmentsAway("没有配置对象存储；请填写 GONGKAI_S3_ENDPOINT 与 GONGKAI_S3_BUCKET")
    return BucketPlace(Bucket(environment.object_store, below=ATTACHMENTS))


def place_in_use(environment: Environment) -> Place:
    """Return the place that GONGKAI_ATTACHMENTS names."""
    return place_named(environment, environment.attachments)


def copy_file(name: str, *, source: Place, target: Place) -> None:
    """Copy one file and see it whole at its target; raises AttachmentDamaged when the source is not what its name promises."""
    with source.open(name) as stream:
        digest, size = hashlib.sha256(), 0
        while chunk := stream.read(CHUNK_BYTES):
            digest.update(chunk)
            size += len(chunk)
        if (promised := content_address(name)) and promised != digest.hexdigest():
            raise AttachmentDamaged(name)
        target.take(name, stream, sha256=digest.hexdigest(), size_bytes=size)
