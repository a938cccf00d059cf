"""A full build: the whole state laid out anew, every page rendered and compared with what is on disk, strays removed, search rebuilt.

Files are staged by several processes, synced once, then renamed in. Until the last transaction the state says `must_rebuild`.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from gongkai.portal import tree
from gongkai.portal.copies import copy_file
from gongkai.portal.core.cards import card_of
from gongkai.portal.core.plan import all_specs
from gongkai.portal.core.press import source_fingerprint
from gongkai.portal.core.values import Board, Card, Site
from gongkai.portal.places import Places
from gongkai.portal.search.writing import rebuild_index
from gongkai.portal.sources import ReleaseSource, Spool
from gongkai.portal.state.layout import lay_out
from gongkai.portal.state.results import insert_results, transaction
from gongkai.portal.state.schema import set_meta
from gongkai.portal.workers import Job, Rendered, render_all

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did: files in the tree, files written, files removed, bytes of all files without variants, seconds.

    `seconds` is the whole build, `search_seconds` the part of it that the search index took.
    """

    pages: int
    written: int
    removed: int
    bytes: int
    seconds: float
    full: bool
    search_seconds: float = 0.0


def full_build(
    db: sqlite3.Connection,
    places: Places,
    source: ReleaseSource,
    site: Site,
    board: Board,
    *,
    today: date,
    progress: Progress | None = None,
    searchable: bool = True,
) -> BuildReport:
    """Build everything; the caller holds the building lock. A tree that is not `searchable` has no index."""
    begun = time.perf_counter()
    stage_root = tree.stage_folder(places.public)
    shutil.rmtree(stage_root, ignore_errors=True)
    try:
        stage_root.mkdir(parents=True)
        places.public.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise tree.TreeNotWritable(places.public, error) from error
    spool = Spool(stage_root / "payloads")
    try:
        specs = _take_all(db, source, spool, site, board, today)
        job = Job(site.to_json(), places.state, places.public, spool.path, spool.index, today)
        done = _render(job, specs, progress)
        done += _copies(db, source, places.public)
        staged = [item for result in done for item in result.staged]
        tree.make_durable(staged, each=False)
        tree.move_in(places.public, staged)
        gone = strays(places.public, {path for result in done for path, _, _ in result.files})
        tree.remove(places.public, gone)
        tree.sync_everything()
        search_begun = time.perf_counter()
        if searchable:
            rebuild_index(places.index, ((card, spool.get(card.record_id)) for card in _live(db)))
        search_seconds = time.perf_counter() - search_begun
        _settle(db, done)
        write_site_file(places, site)
    finally:
        spool.close()
        shutil.rmtree(stage_root, ignore_errors=True)
    size = sum(n for result in done for _, _, n in result.files)
    files = sum(len(result.files) for result in done)
    return BuildReport(files, len(staged), len(gone), size, time.perf_counter() - begun, True, search_seconds)


def _take_all(
    db: sqlite3.Connection, source: ReleaseSource, spool: Spool, site: Site, board: Board, today: date
) -> list[str]:
    """Lay out the state from all current releases, payloads spooled for the workers. Returns every specification."""
    newest = 0

    def cards() -> Iterator[Card]:
        nonlocal newest
        for release in source.current():
            newest = max(newest, release.id)
            card = card_of(release)
            if not card.withdrawn:
                spool.put(release.record_id, release.payload or {})
            yield card

    with transaction(db):
        set_meta(db, "must_rebuild", "1")
        lay_out(db, cards())
        set_meta(db, "site", site.to_json())
        set_meta(db, "board", board.to_json())
        set_meta(db, "today", today.isoformat())
        set_meta(db, "last_first_release", str(newest))
    totals = db.execute("SELECT list, places FROM list_total ORDER BY list").fetchall()
    return list(
        all_specs(site, totals, (row[0] for row in db.execute("SELECT record_id FROM record ORDER BY place")))
    )


def _render(job: Job, specs: list[str], progress: Progress | None) -> list[Rendered]:
    done: list[Rendered] = []
    for result in render_all(job, specs, processes=os.cpu_count() or 1):
        done.append(result)
        if progress and (len(done) % 200 == 0 or len(done) == len(specs)):
            progress(len(done), len(specs))
    return done


def _copies(db: sqlite3.Connection, source: ReleaseSource, public: Path) -> list[Rendered]:
    stage = tree.Stage(public, "copies")
    paths = [row[0] for row in db.execute("SELECT DISTINCT path FROM copied ORDER BY path")]
    return [copy_file(db, source, public, f"copy|{path}", stage) for path in paths]


def _live(db: sqlite3.Connection) -> Iterator[Card]:
    for row in db.execute("SELECT card FROM record WHERE withdrawn=0 ORDER BY place"):
        yield Card.from_json(row[0])


def _settle(db: sqlite3.Connection, done: list[Rendered]) -> None:
    with transaction(db):
        for table in ("output", "depends", "pending", "pending_search"):
            db.execute(f"DELETE FROM {table}")  # noqa: S608  (fixed names)
        insert_results(db, done)
        db.execute("DELETE FROM meta WHERE name='must_rebuild'")
        set_meta(db, "source", source_fingerprint())


def strays(public: Path, known: set[str]) -> list[str]:
    """Return the files of the tree that no specification gave; variants go with their file, folders of other rooms are left alone."""
    found: set[str] = set()
    stack = [""]
    while stack:
        folder = stack.pop()
        with os.scandir(public / folder) as entries:
            for entry in entries:
                path = f"{folder}{entry.name}"
                if entry.is_dir(follow_symlinks=False):
                    if path not in tree.KEPT:
                        stack.append(path + "/")
                    continue
                plain = (
                    path[:-3]
                    if path.endswith(tree.VARIANTS)
                    and path[:-3].endswith(tree.COMPRESSED)
                    and path not in known
                    else path
                )
                if plain not in known:
                    found.add(path)
    return sorted(found)


def write_site_file(places: Places, site: Site) -> None:
    """Write the snapshot that the search page reads, whole or not at all."""
    temp = places.site_file.with_suffix(".new")
    temp.write_text(site.to_json(), encoding="utf-8")
    os.replace(temp, places.site_file)
