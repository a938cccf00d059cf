"""Measuring over one filled home (造库测量): filled once, backed up, exported, restored and taken in; the restored home is then worked in.

`GONGKAI_BENCH_SIZE` names how many records (1,000), `GONGKAI_BENCH_HOME` a folder where the homes stay for the next time, and
`GONGKAI_BENCH_DATABASE` an empty PostgreSQL database whose user may make others; without it every home has its embedded one.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from gongkai.kernel.measuring import measured_in
from gongkai.project.filled.marker import filled_with, mark_filled

NAMES = (
    "project.fill",
    "project.backup",
    "project.export",
    "project.restore",
    "project.desk",
    "project.search",
    "project.publish",
    "project.withdraw",
    "project.back_scan",
    "project.import_export",
)
SMALL, LARGE = 1_000, 100_000
IN_RESTORED = {
    "project.desk": ("lists", "requests"),
    "project.search": ("search",),
    "project.publish": ("publish",),
    "project.withdraw": ("withdraw",),
    "project.back_scan": ("back_scan",),
}
COMPARED = "project.publish."
BESIDE = ("small", "restored", "imported")


@dataclass(frozen=True, slots=True)
class Place:
    """A home and its database; an empty `database_url` is the embedded one."""

    home: Path
    database_url: str

    def run(self, step: str, *arguments: object) -> Iterator[dict[str, Any]]:
        """Run a step here and yield its rows, each with the kind of database."""
        self.home.mkdir(parents=True, exist_ok=True)
        words = ["gongkai.project.filled.step", step, *map(str, arguments)]
        for row in measured_in(
            home=str(self.home), database_url=self.database_url, arguments=words, what=step
        ):
            yield {**row, "database": "postgresql" if self.database_url else "sqlite"}

    def empty(self) -> None:
        """Take away what an earlier run left, and make the database where it is not the embedded one."""
        shutil.rmtree(self.home, ignore_errors=True)
        if self.database_url:
            _drop_database(self.database_url, make=True)


def measure(only: str | None = None) -> Iterator[dict[str, Any]]:
    """Yield the rows that begin as `only` says (None: all); every step that they rest on is run, or found done in a kept folder."""
    large = os.environ.get("GONGKAI_BENCH_LARGE") == "1"
    size = int(os.environ.get("GONGKAI_BENCH_SIZE") or (LARGE if large else SMALL))
    said = only or "project"
    wanted = {name for name in NAMES if name.startswith(said) or said.startswith(name)}
    with _folder() as folder:
        yield from _Run(folder, size, wanted).rows()


class _Run:
    """The steps of one measurement, in the order in which each rests on those before."""

    def __init__(self, folder: Path, size: int, wanted: set[str]) -> None:
        self.folder, self.size, self.wanted = folder, size, wanted
        self.office = self._place("office")

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield the rows that are wanted."""
        small = list(self._small()) if self.size > SMALL and "project.publish" in self.wanted else []
        if filled_with(self.office.home) != self.size:
            yield from self.office.run("fill", self.size)
        restored = self._place("restored")
        if "project.backup" in self.wanted or self._must_restore(restored):
            yield from self.office.run("backup", self.folder)
        if {"project.export", "project.import_export"} & self.wanted:
            yield from self.office.run("export", self.folder)
        if self._must_restore(restored):
            yield from self._into(restored, "restore")
        for name, steps in IN_RESTORED.items():
            for step in steps if name in self.wanted else ():
                yield from (_compared(row, small) for row in restored.run(step))
        if "project.import_export" in self.wanted:
            yield from self._into(self._place("imported"), "import_export")

    def _must_restore(self, restored: Place) -> bool:
        needed = bool(self.wanted & IN_RESTORED.keys())
        return "project.restore" in self.wanted or (needed and filled_with(restored.home) != self.size)

    def _into(self, place: Place, step: str) -> Iterator[dict[str, Any]]:
        """Fill an empty home by this step; the keys are put there first, as an operator does."""
        place.empty()
        shutil.copytree(self.office.home / "keys", place.home / "keys")
        yield from place.run(step, self.folder)
        mark_filled(place.home, self.size)

    def _small(self) -> Iterator[dict[str, Any]]:
        """Yield what one publication costs with few records: it must not grow with the site."""
        place = self._place("small")
        place.empty()
        for step, *arguments in (("fill", SMALL), ("build",), ("publish",)):
            yield from place.run(str(step), *arguments)

    def _place(self, name: str) -> Place:
        url = os.environ.get("GONGKAI_BENCH_DATABASE", "")
        return Place(self.folder / name, _beside(name) if url and name != "office" else url)


def _compared(row: dict[str, Any], small: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a row of a publication with its ratio to the same with few records."""
    before = [one for one in small if one["name"] == row["name"] and row["name"].startswith(COMPARED)]
    if not before:
        return row
    ratio = row["value"] / before[0]["value"]
    budget = " 且 ".join(filter(None, (row["budget"], "比值 ≤ 1.5")))
    met = ratio <= 1.5 and row["met"] is not False
    return row | {"ratio_to": f"{SMALL} 条时", "ratio": round(ratio, 2), "budget": budget, "met": met}


@contextmanager
def _folder() -> Iterator[Path]:
    """Give the folder of the homes: the one that was named, which stays, or one that goes with its databases."""
    if kept := os.environ.get("GONGKAI_BENCH_HOME"):
        yield Path(kept)
        return
    folder = tempfile.mkdtemp(prefix="gongkai-bench-", dir=os.environ.get("GONGKAI_BENCH_DIR"))
    try:
        yield Path(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if os.environ.get("GONGKAI_BENCH_DATABASE"):
            for name in BESIDE:
                _drop_database(_beside(name))


def _beside(name: str) -> str:
    """Return the address of the database that stands beside the named one for this home."""
    parts = urlsplit(os.environ["GONGKAI_BENCH_DATABASE"])
    return urlunsplit(parts._replace(path=f"{parts.path}_{name}"))


def _drop_database(url: str, *, make: bool = False) -> None:
    """Take away the database of this address, of an earlier run or of this one, and `make` an empty one in its place."""
    import psycopg
    from psycopg import sql

    name = sql.Identifier(urlsplit(url).path.removeprefix("/"))
    with psycopg.connect(os.environ["GONGKAI_BENCH_DATABASE"], autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(name))
        if make:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(name))
