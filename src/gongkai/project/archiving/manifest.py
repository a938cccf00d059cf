"""The manifest of a backup (备份清单): every file with size and SHA-256, and what the backup is of."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from gongkai.project.failure import CommandFailed

MANIFEST = "manifest.json"
FORMAT = 1
CHUNK_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One file of a backup; `path` is relative to its folder."""

    path: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a backup holds and of which program, database and kind of home it is; `damaged` names attachments that came damaged from their store."""

    made_at: str
    program: str
    database: str
    production: bool
    files: tuple[StoredFile, ...] = field(default=())
    media: bool = True
    damaged: tuple[str, ...] = ()
    format: int = FORMAT


def digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    state = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK_BYTES):
            state.update(chunk)
    return state.hexdigest()


def list_files(folder: Path, *, known: Mapping[str, StoredFile] | None = None) -> Iterator[StoredFile]:
    """Yield every file of a backup folder but the manifest, in order; those in `known` are not read again."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path != folder / MANIFEST:
            if known and (entry := known.get(path.relative_to(folder).as_posix())):
                yield entry
                continue
            yield StoredFile(path.relative_to(folder).as_posix(), path.stat().st_size, digest(path))


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest; it comes last, so a folder without one is an unfinished backup."""
    text = json.dumps(asdict(manifest), ensure_ascii=False, indent=1)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")


def read_manifest(folder: Path, *, name: str = MANIFEST) -> Manifest:
    """Read the manifest of a backup (`name` while the rest of it is still being fetched); raises CommandFailed when there is none or it is of another format."""
    path = folder / name
    try:
        raw: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        files = tuple(StoredFile(**entry) for entry in raw.pop("files"))
        damaged = tuple(raw.pop("damaged", ()))
        manifest = Manifest(**raw, files=files, damaged=damaged)
    except FileNotFoundError as error:
        raise CommandFailed(
            "no_manifest", "这个目录不是完整的备份：没有清单", where=str(path), remedy="请选用另一份备份"
        ) from error
    except (ValueError, TypeError, KeyError) as error:
        raise CommandFailed(
            "bad_manifest", "备份清单读不懂", where=str(path), remedy="请选用另一份备份"
        ) from error
    if manifest.format != FORMAT:
        raise CommandFailed(
            "bad_manifest",
            f"备份格式 {manifest.format} 与程序不符",
            where=str(path),
            remedy="请用同版本的程序恢复",
        )
    return manifest


def differences(folder: Path, manifest: Manifest) -> list[str]:
    """Compare a backup folder with its manifest; return what differs, in Chinese, empty when all is well."""
    found = {entry.path: entry for entry in list_files(folder)}
    expected = {entry.path: entry for entry in manifest.files}
    lines = [f"缺少文件 {path}" for path in expected.keys() - found.keys()]
    lines += [f"多出文件 {path}" for path in found.keys() - expected.keys()]
    lines += [
        f"文件被改动 {path}" for path in expected.keys() & found.keys() if expected[path] != found[path]
    ]
    return sorted(lines)


def verified_manifest(folder: Path) -> Manifest:
    """Return the manifest of a backup whose every file is as it was; raises CommandFailed naming the first that is not."""
    manifest = read_manifest(folder)
    if wrong := differences(folder, manifest):
        more = f" 等 {len(wrong)} 处" if len(wrong) > 1 else ""
        raise CommandFailed(
            "damaged_backup", f"备份已损坏：{wrong[0]}{more}", where=str(folder), remedy="请选用另一份备份"
        )
    return manifest
