"""Backup and restore: what comes back is what was there; a damaged backup is named and nothing is written."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.project.archiving.manifest import (
    MANIFEST,
    Manifest,
    StoredFile,
    differences,
    list_files,
    read_manifest,
    verified_manifest,
    write_manifest,
)
from gongkai.project.failure import CommandFailed
from tools.testing.live import LiveSite, make_site

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def make_backup_folder(folder: Path, *, files: int = 5) -> Manifest:
    """Write a folder of files with a manifest."""
    for number in range(files):
        path = folder / ("media" if number % 2 else "heads") / f"{number}.bin"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(bytes([number]) * (100 + number))
    manifest = Manifest(
        made_at=NOW.isoformat(),
        program="0",
        database="sqlite",
        production=False,
        files=tuple(list_files(folder)),
    )
    write_manifest(folder, manifest)
    return manifest


def test_manifest_comes_back_as_written(tmp_path: Path) -> None:
    manifest = make_backup_folder(tmp_path)
    assert read_manifest(tmp_path) == manifest
    assert differences(tmp_path, manifest) == []


@pytest.mark.parametrize("seed", range(12))
def test_any_single_damage_is_named(tmp_path: Path, seed: int) -> None:
    make_backup_folder(tmp_path)
    rng = random.Random(seed)
    victim = rng.choice([tmp_path / entry.path for entry in list_files(tmp_path)])
    match seed % 4:
        case 0:
            victim.unlink()
        case 1:
            data = bytearray(victim.read_bytes())
            data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
            victim.write_bytes(data)
        case 2:
            (victim.parent / "stray.bin").write_bytes(b"x")
            victim = victim.parent / "stray.bin"
        case 3:
            victim.write_bytes(victim.read_bytes()[:-1])
    with pytest.raises(CommandFailed, match="备份已损坏") as caught:
        verified_manifest(tmp_path)
    assert victim.name in caught.value.message


@pytest.mark.parametrize("text", [None, "", "{}", "[]", '{"files": 3}', '{"files": [{"path": "a"}]}'])
def test_folder_without_a_whole_manifest_is_no_backup(tmp_path: Path, text: str | None) -> None:
    make_backup_folder(tmp_path)
    if text is None:
        (tmp_path / MANIFEST).unlink()
    else:
        (tmp_path / MANIFEST).write_text(text, encoding="utf-8")
    with pytest.raises(CommandFailed):
        read_manifest(tmp_path)


def test_other_format_is_refused(tmp_path: Path) -> None:
    make_backup_folder(tmp_path)
    raw = json.loads((tmp_path / MANIFEST).read_text(encoding="utf-8"))
    (tmp_path / MANIFEST).write_text(json.dumps({**raw, "format": 99}), encoding="utf-8")
    with pytest.raises(CommandFailed, match="备份格式"):
        read_manifest(tmp_path)


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 9)), unique_by=lambda pair: pair[0]))
def test_differences_are_symmetric_in_names(pairs: list[tuple[str, int]]) -> None:
    files = tuple(StoredFile(name, size, "0" * 64) for name, size in pairs)
    manifest = Manifest(made_at="", program="", database="sqlite", production=False, files=files)
    missing = differences(Path("/nonexistent-folder-of-a-test"), manifest)
    assert missing == sorted(f"缺少文件 {name}" for name, _ in pairs)


SET_UP = """
from gongkai.project.django_setup import start_django; start_django()
import io
from django.utils import timezone
from gongkai.organisations import api as organisations
from gongkai.records import api as records
now, today = timezone.now(), timezone.localdate()
organisations.create_organisation(code="demo", name="示范局", kind="authority", parent_code=None, today=today, now=now)
records.store_file(stream=io.BytesIO("附件内容".encode()), name="附件.txt", now=now)
"""


@pytest.fixture
def filled_home() -> LiveSite:
    """Return a home with an authority, a stored file and sealed facts; no server runs."""
    import subprocess
    import sys

    site = make_site()
    done = subprocess.run(
        [sys.executable, "-c", SET_UP], env=site.environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return site


@pytest.mark.slow
@pytest.mark.database
def test_backup_and_restore_bring_back_everything_but_the_keys(filled_home: LiveSite, tmp_path: Path) -> None:
    target = tmp_path / "backup"
    made = filled_home.run("backup", str(target), "--json")
    assert made.returncode == 0, made.stderr
    names = {entry.path for entry in read_manifest(target).files}
    assert any(name.startswith("media/") for name in names)
    assert not [name for name in names if "key" in name]
    secret = (filled_home.home / "keys" / "django.key").read_bytes()
    assert not [name for name in names if secret in (target / name).read_bytes()]

    later = filled_home.run("backup", str(tmp_path / "later"), "--since", str(target))
    assert later.returncode == 0, later.stderr
    held = [name for name in names if name.startswith("media/")]
    assert all((tmp_path / "later" / name).samefile(target / name) for name in held)
    assert verified_manifest(tmp_path / "later").media

    again = filled_home.run("backup", str(target))
    assert again.returncode == 1
    assert "已经存在" in again.stderr

    fresh = make_site(prepared="")
    restored = fresh.run("restore", str(target), "--json")
    assert restored.returncode == 0, restored.stderr
    verified = fresh.run("journal", "verify", "--json")
    assert json.loads(verified.stdout)["ok"] is True
    assert (
        json.loads(verified.stdout)["entries"]
        == json.loads(filled_home.run("journal", "verify", "--json").stdout)["entries"]
    )
    media = {
        p.relative_to(fresh.home): p.read_bytes() for p in (fresh.home / "media").rglob("*") if p.is_file()
    }
    assert media == {
        p.relative_to(filled_home.home): p.read_bytes()
        for p in (filled_home.home / "media").rglob("*")
        if p.is_file()
    }

    twice = fresh.run("restore", str(target))
    assert twice.returncode == 1
    assert "空" in twice.stderr
