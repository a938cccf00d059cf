"""Attachments into a backup and back (附件的备份与恢复), wherever they lie: in the folder of the home or in an object store."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from gongkai.kernel.attachment_errors import AttachmentDamaged
from gongkai.project.archiving.manifest import StoredFile
from gongkai.project.environment import Environment
from gongkai.project.store.places import FolderPlace, copy_file, place_in_use
from gongkai.project.store_address import FOLDER


def copy_out(
    environment: Environment,
    target: Path,
    *,
    since: Path | None = None,
    known: Mapping[str, StoredFile] | None = None,
) -> list[str]:
    """Copy every attachment below `target`; one that an earlier backup holds with the same size, under its hash as its name, is linked.

    Returns the names of those that the store gave back damaged (they are left out). Raises AttachmentsAway, OSError of the disk.
    """
    if environment.attachments == FOLDER:
        if environment.media_dir.is_dir():
            _copy_folder(environment.media_dir, target, since=since, known=known or {})
        return []
    source, kept, damaged = place_in_use(environment), FolderPlace(target), []
    for name, size in source.names():
        if _link(since, known or {}, name, size, target / name):
            continue
        try:
            copy_file(name, source=source, target=kept)
        except FileNotFoundError:
            continue  # erased while this ran
        except AttachmentDamaged:
            damaged.append(name)
    return damaged


def _copy_folder(source: Path, target: Path, *, since: Path | None, known: Mapping[str, StoredFile]) -> None:
    def copy(path: str, to: str) -> None:
        name = Path(path).relative_to(source).as_posix()
        if not _link(since, known, name, os.path.getsize(path), Path(to)):
            shutil.copy2(path, to)

    shutil.copytree(source, target, ignore=shutil.ignore_patterns(".*"), copy_function=copy)


def _link(since: Path | None, known: Mapping[str, StoredFile], name: str, size: int, to: Path) -> bool:
    """Link the file of the earlier backup; False when it holds no such file, lost it, or lies on another file system."""
    held = known.get(f"media/{name}")
    if since is None or held is None or held.size_bytes != size or held.sha256 not in name.replace("/", ""):
        return False
    try:
        to.parent.mkdir(parents=True, exist_ok=True)
        os.link(since / "media" / name, to)
    except OSError:
        return False
    return True


def copy_in(environment: Environment, source: Path) -> None:
    """Put the attachments of a backup where this home keeps them; what an object store holds already stays as it is."""
    if not source.is_dir():
        return
    if environment.attachments == FOLDER:
        shutil.copytree(source, environment.media_dir, dirs_exist_ok=True)
        return
    folder, target = FolderPlace(source), place_in_use(environment)
    there = dict(target.names())
    for name, size in folder.names():
        if there.get(name) != size:
            copy_file(name, source=folder, target=target)


def has_attachments(environment: Environment) -> bool:
    """Say whether the folder of the home holds attachments; a store may, since only what it lacks is put back."""
    return environment.media_dir.is_dir() and any(environment.media_dir.iterdir())
