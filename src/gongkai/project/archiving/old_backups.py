"""Backups that are over their term (到期的备份): what was disposed of must not live on in them for ever."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from gongkai.project.archiving.manifest import MANIFEST, read_manifest
from gongkai.project.failure import CommandFailed


@dataclass(frozen=True, slots=True, order=True)
class MadeBackup:
    """One backup in a folder of backups."""

    made_at: datetime
    folder: Path


def list_backups(folder: Path) -> list[MadeBackup]:
    """Return the whole backups right below a folder, oldest first; anything else there is left alone."""
    found = []
    for path in folder.iterdir():
        if path.is_symlink() or not (path / MANIFEST).is_file():
            continue
        try:
            found.append(MadeBackup(datetime.fromisoformat(read_manifest(path).made_at), path))
        except (CommandFailed, ValueError):
            continue  # not readable as a backup: a person looks at it
    return sorted(found)


def over_term(backups: list[MadeBackup], *, days: int, now: datetime) -> list[MadeBackup]:
    """Return those older than so many days; the newest one always stays."""
    return [one for one in backups[:-1] if now - one.made_at > timedelta(days=days)]


def remove(backup: MadeBackup) -> None:
    """Remove one backup; the manifest goes first, so that a cut off removal leaves nothing that looks whole."""
    (backup.folder / MANIFEST).unlink()
    shutil.rmtree(backup.folder)
