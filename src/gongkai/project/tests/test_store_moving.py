"""Attachments moved between folder and store, and backups in a store: cut off anywhere, killed, damaged – nothing lost, nothing doubled."""

from __future__ import annotations

import hashlib
import random
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.kernel.attachment_errors import AttachmentsAway
from gongkai.project.archiving import bucket_backup
from gongkai.project.archiving.manifest import Manifest, list_files, write_manifest
from gongkai.project.commands import retention
from gongkai.project.environment import Environment, read_environment
from gongkai.project.failure import CommandFailed
from gongkai.project.store import client, large, moving
from gongkai.project.store.places import Place, place_named
from tools.testing.object_store import ObjectStoreServer

pytestmark = pytest.mark.once
Home = Callable[..., Environment]


def quiet(_: str) -> None:
    """Say nothing."""


@pytest.fixture
def home(object_store: ObjectStoreServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """Return how to read the surroundings of one home, with attachments here or there."""
    object_store.door.heal()
    monkeypatch.setattr(client, "READ_SECONDS", 2)

    def read(attachments: str = "folder") -> Environment:
        more = {"GONGKAI_HOME": str(tmp_path), "GONGKAI_S3_PREFIX": tmp_path.name.replace("_", "-")}
        return read_environment(object_store.environ(GONGKAI_ATTACHMENTS=attachments, **more))

    return read


def fill(folder: Path, *, files: int) -> dict[str, int]:
    """Write attachments as the rooms do: by digest, and sealed ones by case."""
    for number in range(files):
        data = random.Random(number).randbytes(500 + number)
        digest = hashlib.sha256(data).hexdigest()
        name = f"records/{digest[:2]}/{digest}" if number % 3 else f"requests/2026/{number}/{digest[::-1]}"
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return {p.relative_to(folder).as_posix(): p.stat().st_size for p in folder.rglob("*") if p.is_file()}


def contents(place: Place) -> dict[str, bytes]:
    """Return every file of a place."""
    found = {}
    for name, _ in list(place.names()):
        with place.open(name) as stream:
            found[name] = stream.read()
    return found


KILLED = """
import os, sys
from gongkai.project.environment import read_environment
from gongkai.project.store.moving import move
print("begun", flush=True)
move(read_environment(), to="s3", registered=(), say=print)
"""


def test_a_killed_move_goes_on_and_comes_back(
    home: Home, object_store: ObjectStoreServer, tmp_path: Path
) -> None:
    names = fill(tmp_path / "media", files=30)
    before = contents(place_named(home(), "folder"))
    object_store.door.fail("slow", "PUT", times=99, seconds=0.05)
    environ = object_store.environ(GONGKAI_HOME=str(tmp_path), GONGKAI_S3_PREFIX=home().object_store.prefix)  # type: ignore[union-attr]
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED], env={"PYTHONPATH": ":".join(sys.path), **environ}
    )
    while object_store.door.seen["PUT"] < 8 and process.poll() is None:
        time.sleep(0.02)
    process.kill()
    process.wait()
    object_store.door.heal()
    half = dict(place_named(home(), "s3").names())
    assert 0 < len(half) < 30

    done = moving.move(home(), to="s3", registered=names, say=quiet)
    assert (done.copied, done.held, done.left) == (30 - len(half), len(half), [])
    assert contents(place_named(home(), "s3")) == before == contents(place_named(home(), "folder"))

    gone = next(iter(names))
    (tmp_path / "media" / gone).unlink()  # erased between two runs
    assert moving.move(home(), to="s3", registered=(), say=quiet).removed == 1
    with pytest.raises(CommandFailed, match="现在就放在那里"):
        moving.move(home("s3"), to="s3", registered=(), say=quiet)

    cleared = moving.clear_old(home("s3"), registered=names.keys() - {gone})
    assert (cleared.removed, cleared.left) == (29, [])
    assert not [path for path in (tmp_path / "media").rglob("*") if path.is_file()]
    assert moving.move(home("s3"), to="folder", registered=(), say=quiet).copied == 29
    del before[gone]
    assert contents(place_named(home(), "folder")) == before


def test_a_wrong_source_deletes_nothing(home: Home, tmp_path: Path) -> None:
    """Somebody sets the variable before moving anything: the folder must not be emptied to match an empty store."""
    names = fill(tmp_path / "media", files=4)
    for act in (
        lambda: moving.move(home("s3"), to="folder", registered=(), say=quiet),
        lambda: moving.clear_old(home("s3"), registered=()),
        lambda: moving.clear_old(home("s3"), registered=names, everything=True),
    ):
        with pytest.raises(CommandFailed, match="缺少登记过的附件"):
            act()
    assert dict(place_named(home(), "folder").names()) == names


def test_damaged_files_stay_behind_and_are_named(home: Home, tmp_path: Path) -> None:
    names = fill(tmp_path / "media", files=5)
    victim = next(name for name in names if name.startswith("records/"))
    (tmp_path / "media" / victim).write_bytes(b"x" * names[victim])
    done = moving.move(home(), to="s3", registered=names, say=quiet)
    assert done.left == [victim]
    assert victim not in dict(place_named(home(), "s3").names())
    cleared = moving.clear_old(home("s3"), registered=names.keys() - {victim})
    assert cleared.left == [victim]
    assert (tmp_path / "media" / victim).is_file()


def test_an_outage_stops_a_move_with_its_reason(
    home: Home, object_store: ObjectStoreServer, tmp_path: Path
) -> None:
    names = fill(tmp_path / "media", files=6)
    object_store.door.fail("busy", "PUT", times=99)
    with pytest.raises(AttachmentsAway, match="503"):
        moving.move(home(), to="s3", registered=names, say=quiet)
    object_store.door.heal()
    assert moving.move(home(), to="s3", registered=names, say=quiet).copied == 6


def make_backup(folder: Path, *, day: int, files: int, database: int = 1000) -> Manifest:
    """Write a backup folder as `gongkai backup` does."""
    folder.mkdir()
    fill(folder / "media", files=files)
    (folder / "database.sqlite3").write_bytes(random.Random(day).randbytes(database))
    manifest = Manifest(
        made_at=datetime(2026, 3, day, tzinfo=UTC).isoformat(),
        program="0",
        database="sqlite",
        production=False,
        files=tuple(list_files(folder)),
    )
    write_manifest(folder, manifest)
    return manifest


def test_backups_are_pushed_once_fetched_whole_and_dropped(
    home: Home, object_store: ObjectStoreServer, tmp_path: Path
) -> None:
    bucket = bucket_backup.backup_bucket(home())
    make_backup(tmp_path / "one", day=1, files=6)
    manifest = make_backup(tmp_path / "two", day=2, files=8)
    first = bucket_backup.push(bucket, tmp_path / "one", say=quiet)
    second = bucket_backup.push(bucket, tmp_path / "two", say=quiet)
    assert (first.name, first.sent, second.sent, second.held) == ("20260301T000000Z", 7, 3, 6)
    assert bucket_backup.list_backups(bucket) == [first.name, second.name]

    object_store.door.fail("half", "GET", times=2)
    assert bucket_backup.fetch(bucket, second.name, tmp_path / "back", say=quiet) == manifest
    assert bucket_backup.check(bucket, second.name, tmp_path, read=True) == []

    assert bucket_backup.drop(bucket, first.name, tmp_path) == 1
    assert bucket_backup.check(bucket, second.name, tmp_path, read=True) == []
    with pytest.raises(CommandFailed, match="没有备份"):
        bucket_backup.fetch(bucket, first.name, tmp_path / "none", say=quiet)
    victim = manifest.files[0]
    bucket.delete(f"files/{victim.sha256[:2]}/{victim.sha256}")
    assert bucket_backup.check(bucket, second.name, tmp_path, read=False) == [f"{victim.path} 缺失或大小不符"]
    with pytest.raises(CommandFailed, match="缺少或损坏"):
        bucket_backup.fetch(bucket, second.name, tmp_path / "again", say=quiet)
    assert not (tmp_path / "again" / "manifest.json").exists()


@given(ages=st.lists(st.integers(0, 900), max_size=12, unique=True), days=st.integers(0, 900))
def test_backups_over_their_term_never_include_the_newest(ages: list[int], days: int) -> None:
    now = datetime(2026, 11, 20, 3, tzinfo=UTC)
    names = [f"{now - timedelta(days=age, minutes=1):%Y%m%dT%H%M%SZ}" for age in ages]
    over = bucket_backup.over_term([*names, "by-hand"], days=days, now=now)
    assert set(over) == {
        name for name, age in zip(names, ages, strict=True) if age >= days and age != min(ages)
    }


def test_backups_in_the_store_end_with_their_term(
    home: Home, object_store: ObjectStoreServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = home()
    bucket = bucket_backup.backup_bucket(environment)
    for day in (1, 2, 3):
        make_backup(tmp_path / str(day), day=day, files=4 + day)
        bucket_backup.push(bucket, tmp_path / str(day), say=quiet)
    monkeypatch.setattr(retention.timezone, "now", lambda: datetime(2026, 3, 12, tzinfo=UTC))
    names = bucket_backup.list_backups(bucket)
    assert retention._in_store(environment, days=9, remove=False) == (3, names[:2])
    assert bucket_backup.list_backups(bucket) == names, "looked at, not touched"
    assert retention._in_store(environment, days=9, remove=True) == (3, names[:2])
    assert bucket_backup.list_backups(bucket) == names[2:]
    assert bucket_backup.check(bucket, names[2], tmp_path, read=True) == []
    assert retention._in_store(environment, days=0, remove=True) == (1, []), "the newest stays"


def test_a_large_file_goes_on_with_the_parts_that_arrived(
    home: Home, object_store: ObjectStoreServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(large, "PART_BYTES", 5 * 1024 * 1024)
    manifest = make_backup(tmp_path / "one", day=3, files=0, database=12_000_000)
    bucket, door = bucket_backup.backup_bucket(home()), object_store.door
    uploads = []
    plain = bucket.client.upload_part

    def cut_after_one(**named: object) -> object:
        uploads.append(named["PartNumber"])
        if len(uploads) == 2:
            door.fail("cut", "PUT", times=99)
        return plain(**named)

    monkeypatch.setattr(bucket.client, "upload_part", cut_after_one)
    with pytest.raises(AttachmentsAway):
        bucket_backup.push(bucket, tmp_path / "one", say=quiet)
    assert bucket_backup.list_backups(bucket) == []
    door.heal()
    name = bucket_backup.push(bucket, tmp_path / "one", say=quiet).name
    assert uploads == [1, 2, 2, 3]  # the first part was not sent again
    assert bucket_backup.fetch(bucket, name, tmp_path / "back", say=quiet) == manifest


def test_parts_are_never_more_than_a_store_takes() -> None:
    assert large.part_size(1) == large.PART_BYTES
    huge = 5 * 1024**4
    assert -(-huge // large.part_size(huge)) <= large.MOST_PARTS


def test_a_damaged_backup_is_not_pushed(home: Home, tmp_path: Path) -> None:
    make_backup(tmp_path / "one", day=4, files=3)
    (tmp_path / "one" / "database.sqlite3").write_bytes(b"other")
    bucket = bucket_backup.backup_bucket(home())
    with pytest.raises(CommandFailed, match="备份已损坏"):
        bucket_backup.push(bucket, tmp_path / "one", say=quiet)
    assert list(bucket.names()) == []
