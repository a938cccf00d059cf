"""Backups in an object store (备份到对象存储): a finished backup folder, file by file under its digest, its manifest last."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO

from gongkai.kernel.attachment_errors import AttachmentDamaged, AttachmentsAway
from gongkai.project.archiving.manifest import (
    MANIFEST,
    Manifest,
    StoredFile,
    digest,
    read_manifest,
    verified_manifest,
)
from gongkai.project.environment import Environment
from gongkai.project.failure import CommandFailed
from gongkai.project.store.bucket import CHUNK_BYTES, Bucket
from gongkai.project.store.large import put_path
from gongkai.project.store.places import FolderPlace

BACKUPS = "backups"
_LISTS = "lists/"
_NAMED = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pushed:
    """What a push did: the name of the backup in the store, files sent, files that were there, bytes sent."""

    name: str
    sent: int
    held: int
    bytes: int


def backup_bucket(environment: Environment) -> Bucket:
    """Return the bucket of backups; raises CommandFailed when no store is configured."""
    if environment.object_store is None:
        raise CommandFailed(
            "no_store",
            "没有配置对象存储",
            where="GONGKAI_S3_ENDPOINT",
            remedy="请填写 GONGKAI_S3_ENDPOINT、GONGKAI_S3_BUCKET 和密钥文件",
        )
    return Bucket(environment.object_store, below=BACKUPS, bucket=environment.object_store.backup_bucket)


def push(bucket: Bucket, folder: Path, *, say: Callable[[str], None]) -> Pushed:
    """Send a backup folder that is whole; what the store holds under the same digest is not sent again. A cut push is simply repeated.

    The manifest goes last, so a backup that is listed has every file. Raises CommandFailed for a damaged folder, AttachmentsAway.
    """
    manifest = verified_manifest(folder)
    name, there = backup_name(manifest), dict(bucket.names("files/"))
    sent = held = size = 0
    for entry in manifest.files:
        if there.get(_object(entry)) == entry.size_bytes:
            held += 1
            continue
        put_path(
            bucket, _object(entry), folder / entry.path, sha256=entry.sha256, size_bytes=entry.size_bytes
        )
        there[_object(entry)] = entry.size_bytes
        sent, size = sent + 1, size + entry.size_bytes
        if sent % 500 == 0:
            say(f"已送出 {sent} 个文件，{size / 1024**2:.0f} MB")
    there = dict(bucket.names("files/"))
    if lost := [entry.path for entry in manifest.files if there.get(_object(entry)) != entry.size_bytes]:
        raise AttachmentsAway(f"送出之后对象存储里找不到 {lost[0]}")
    path = folder / MANIFEST
    put_path(bucket, f"{_LISTS}{name}.json", path, sha256=digest(path), size_bytes=path.stat().st_size)
    return Pushed(name=name, sent=sent, held=held, bytes=size)


def backup_name(manifest: Manifest) -> str:
    """Return the name of a backup in the store: the moment when it was made."""
    return datetime.fromisoformat(manifest.made_at).astimezone(UTC).strftime(_NAMED)


def list_backups(bucket: Bucket) -> list[str]:
    """Return the names of the backups in the store, oldest first."""
    return [name[len(_LISTS) : -len(".json")] for name, _ in bucket.names(_LISTS)]


def fetch(bucket: Bucket, name: str, folder: Path, *, say: Callable[[str], None]) -> Manifest:
    """Bring a backup back into a folder, where `gongkai restore` takes it; files that are there whole are not fetched again.

    Raises CommandFailed when there is no such backup, or a file of it is missing or damaged in the store.
    """
    folder.mkdir(parents=True, exist_ok=True)
    manifest = _manifest(bucket, name, folder)
    place = FolderPlace(folder)
    for number, entry in enumerate(manifest.files, 1):
        path = folder / entry.path
        if path.is_file() and path.stat().st_size == entry.size_bytes and digest(path) == entry.sha256:
            continue
        with _whole(bucket, entry, folder=folder) as stream:
            place.take(entry.path, stream, sha256=entry.sha256, size_bytes=entry.size_bytes)
        if number % 500 == 0:
            say(f"已取回 {number} 个文件，共 {len(manifest.files)} 个")
    (folder / f".{MANIFEST}").rename(folder / MANIFEST)
    return verified_manifest(folder)


def check(bucket: Bucket, name: str, folder: Path, *, read: bool) -> list[str]:
    """Return what of a backup in the store is missing or wrong, in Chinese; with `read` every byte is read, else sizes are compared."""
    manifest = _manifest(bucket, name, folder)
    there = dict(bucket.names("files/"))
    wrong = [
        f"{entry.path} 缺失或大小不符"
        for entry in manifest.files
        if there.get(_object(entry)) != entry.size_bytes
    ]
    if read and not wrong:
        for entry in manifest.files:
            try:
                _whole(bucket, entry, folder=folder).close()
            except CommandFailed as failure:
                wrong.append(failure.message)
    return wrong


def over_term(names: list[str], *, days: int, now: datetime) -> list[str]:
    """Return the backups of the store that are older than so many days; the newest one always stays, and so does what is not named by its moment."""
    made = sorted((moment, name) for name in names if (moment := _made_at(name)) is not None)
    return [name for moment, name in made[:-1] if now - moment > timedelta(days=days)]


def _made_at(name: str) -> datetime | None:
    try:
        return datetime.strptime(name, _NAMED).replace(tzinfo=UTC)
    except ValueError:
        return None


def drop(bucket: Bucket, name: str, folder: Path) -> int:
    """Remove a backup and the files that no other backup needs; returns how many files went. The list goes first: none is left half."""
    names = list_backups(bucket)
    if name not in names:
        raise _unknown(name)
    needed = {
        _object(entry) for other in names if other != name for entry in _manifest(bucket, other, folder).files
    }
    going = {_object(entry) for entry in _manifest(bucket, name, folder).files} - needed
    bucket.delete(f"{_LISTS}{name}.json")
    for one in sorted(going):
        bucket.delete(one)
    return len(going)


def _object(entry: StoredFile) -> str:
    return f"files/{entry.sha256[:2]}/{entry.sha256}"


def _manifest(bucket: Bucket, name: str, folder: Path) -> Manifest:
    """Read the manifest of a backup in the store; the folder gets it under a hidden name until every file is there."""
    try:
        with bucket.get(f"{_LISTS}{name}.json") as stream:
            data = stream.read()
    except FileNotFoundError:
        raise _unknown(name) from None
    hidden = folder / f".{MANIFEST}"
    hidden.write_bytes(data)
    return read_manifest(folder, name=hidden.name)


def _whole(bucket: Bucket, entry: StoredFile, *, folder: Path) -> IO[bytes]:
    """Return the bytes of a file of a backup, compared with the manifest."""
    try:
        stream = bucket.get(_object(entry), folder=folder)
    except (FileNotFoundError, AttachmentDamaged):
        raise _damaged(entry) from None
    state = hashlib.sha256()
    while chunk := stream.read(CHUNK_BYTES):
        state.update(chunk)
    if state.hexdigest() != entry.sha256:
        stream.close()
        raise _damaged(entry)
    stream.seek(0)
    return stream


def _damaged(entry: StoredFile) -> CommandFailed:
    return CommandFailed(
        "damaged_backup",
        f"对象存储里的备份缺少或损坏了 {entry.path}",
        where=_object(entry),
        remedy="请改用另一份备份",
    )


def _unknown(name: str) -> CommandFailed:
    return CommandFailed(
        "no_backup", f"对象存储里没有备份 {name}", where=name, remedy="用 gongkai store backups 看有哪些"
    )
