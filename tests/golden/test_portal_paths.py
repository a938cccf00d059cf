"""The addresses of the public site are a promise: a small generated site has exactly the files of `portal_paths.txt`."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from gongkai.portal.builder import Builder
from gongkai.portal.places import places_under
from gongkai.portal.testing.payloads import GeneratedSource, generated_site

GOLDEN = Path(__file__).with_name("portal_paths.txt")


def paths_of(public: Path) -> list[str]:
    """Return every file without variants; hashes in names are replaced."""
    found = [
        p.relative_to(public).as_posix()
        for p in public.rglob("*")
        if p.is_file() and p.suffix not in {".gz", ".br"}
    ]
    return sorted(re.sub(r"(?<=[./])[0-9a-f]{12}(?=\.)", "HASH", path) for path in found)


def test_addresses_stay(tmp_path: Path) -> None:
    source = GeneratedSource(45)
    builder = Builder(places_under(tmp_path), source, generated_site)
    builder.build(today=date(2026, 11, 22))
    builder.apply(source.withdraw(20), today=date(2026, 11, 22))
    assert paths_of(tmp_path / "public") == GOLDEN.read_text(encoding="utf-8").splitlines()


def test_two_builds_in_two_places_are_equal_byte_for_byte(tmp_path: Path) -> None:
    trees = []
    for name in ("one", "two"):
        Builder(places_under(tmp_path / name), GeneratedSource(30), generated_site).build(
            today=date(2026, 11, 22)
        )
        public = tmp_path / name / "public"
        trees.append({p.relative_to(public): p.read_bytes() for p in public.rglob("*") if p.is_file()})
    assert trees[0] == trees[1]
