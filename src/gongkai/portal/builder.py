"""The builder: one release, or all of them, become files of the public tree, its state and its search documents.

Order of every step, so that a crash at any point is finished by the next start: (1) one transaction takes the releases into the state and writes down
which specifications are pending; (2) their files are staged, made durable and renamed in; (3) one transaction stores hashes and dependencies and
clears what was pending. Rendering is a pure function of the state, so doing (2) again gives the same bytes.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from typing import Any

from gongkai.portal import tree
from gongkai.portal.copies import copy_file
from gongkai.portal.core.cards import card_of
from gongkai.portal.core.press import Press, source_fingerprint
from gongkai.portal.core.values import Board, Card, Release, Site
from gongkai.portal.full_build import BuildReport, Progress, full_build
from gongkai.portal.places import Places, building
from gongkai.portal.proof.fingerprints import remember
from gongkai.portal.search.writing import update_index
from gongkai.portal.sources import ReleaseSource
from gongkai.portal.state.changes import take
from gongkai.portal.state.results import store_results, transaction, vanished
from gongkai.portal.state.schema import get_meta, open_for_reading, open_state, set_meta
from gongkai.portal.state.store import SqliteStore
from gongkai.portal.workers import render_one


@dataclass(frozen=True, slots=True)
class Applied:
    """What one release caused: pages (specifications) and files written, files removed, seconds."""

    pages_written: int
    files_written: int
    files_removed: int
    seconds: float


class Builder:
    """Builds one public tree.

    `site_of` gives the present settings and snapshots and is asked by `build` only; `board_of` the pins and event topics, asked
    each time, since what changes there is written like a release: what depends on it and nothing else.
    """

    def __init__(
        self,
        places: Places,
        source: ReleaseSource,
        site_of: Callable[[], Site],
        board_of: Callable[[], Board] = Board,
        *,
        searchable: bool = True,
    ) -> None:
        self.places, self.source, self._site_of, self._board_of = places, source, site_of, board_of
        self._searchable = searchable
        self._press: Press | None = None

    # -- one release ------------------------------------------------------------------------------------------------

    def apply(self, release_id: int, *, today: date) -> Applied:
        """Publish or withdraw what a release says; doing it twice changes nothing."""
        begun = time.perf_counter()
        with building(self.places):
            db = open_state(self.places.state)
            try:
                if self._must_rebuild(db):
                    report = self._full(db, today)
                    return Applied(
                        report.written, report.written, report.removed, time.perf_counter() - begun
                    )
                release = self.source.get(release_id)
                if self._out_of_order(db, release):
                    report = self._full(db, today)
                    return Applied(
                        report.written, report.written, report.removed, time.perf_counter() - begun
                    )
                self._take(db, [release], today)
                pages, written, removed = self._finish(db, today)
                return Applied(pages, written, removed, time.perf_counter() - begun)
            finally:
                db.close()

    def apply_board(self, *, today: date) -> Applied:
        """Write what shows pins and event topics, when they changed; doing it twice changes nothing."""
        begun = time.perf_counter()
        with building(self.places), closing(open_state(self.places.state)) as db:
            if self._must_rebuild(db):
                report = self._full(db, today)
                return Applied(report.written, report.written, report.removed, time.perf_counter() - begun)
            self._take(db, [], today)
            pages, written, removed = self._finish(db, today)
            return Applied(pages, written, removed, time.perf_counter() - begun)

    def _out_of_order(self, db: sqlite3.Connection, release: Release) -> bool:
        known = db.execute("SELECT 1 FROM record WHERE record_id=?", (release.record_id,)).fetchone()
        return known is None and release.id < int(get_meta(db, "last_first_release") or 0)

    def _take(self, db: sqlite3.Connection, releases: Iterable[Release], today: date) -> None:
        """Take releases into the state and write down what is pending, in one transaction."""
        with transaction(db):
            specs, keys = set(), self._days(db, today) | self._take_board(db)
            for release in releases:
                row = db.execute(
                    "SELECT release_id, card FROM record WHERE record_id=?", (release.record_id,)
                ).fetchone()
                if row and row[0] >= release.id:
                    continue
                card = card_of(release)
                if card.withdrawn and row:
                    remember(db, Card.from_json(row[1]), self._old_payload(Card.from_json(row[1])))
                if row is None:
                    set_meta(
                        db,
                        "last_first_release",
                        str(max(release.id, int(get_meta(db, "last_first_release") or 0))),
                    )
                change = take(db, card)
                specs |= change.specs
                keys |= change.keys
                db.execute("INSERT OR IGNORE INTO pending_search VALUES (?)", (release.record_id,))
            for key in keys:
                specs.update(row[0] for row in db.execute("SELECT spec FROM depends WHERE key=?", (key,)))
            db.executemany("INSERT OR IGNORE INTO pending VALUES (?)", [(s,) for s in specs])
            set_meta(db, "today", today.isoformat())

    def _take_board(self, db: sqlite3.Connection) -> set[str]:
        """Take pins and event topics into the state; return the keys of what changed."""
        old, new = Board.from_json(get_meta(db, "board")), self._board_of()
        if new != old:
            set_meta(db, "board", new.to_json())
        return old.differences(new)

    def _old_payload(self, card: Card) -> dict[str, Any]:
        return self.source.get(card.release_id).payload or {}

    def _days(self, db: sqlite3.Connection, today: date) -> set[str]:
        """Return the day keys that have come since the last build."""
        last = get_meta(db, "today")
        rows = db.execute(
            "SELECT DISTINCT key FROM depends WHERE key>? AND key<=?",
            (f"day:{last}", f"day:{today.isoformat()}"),
        )
        if last > today.isoformat():  # a clock set back: every page that looks at a day is asked again
            rows = db.execute("SELECT DISTINCT key FROM depends WHERE key>='day:' AND key<'day;'")
            db.execute("UPDATE meta SET value='1' WHERE name='must_rebuild'")
        return {row[0] for row in rows}

    def _finish(self, db: sqlite3.Connection, today: date) -> tuple[int, int, int]:
        """Write everything that is pending. Returns (specifications, files written, files removed)."""
        shutil.rmtree(tree.stage_folder(self.places.public), ignore_errors=True)
        specs = [row[0] for row in db.execute("SELECT spec FROM pending ORDER BY spec")]
        press = self._press_of(db)
        store = SqliteStore(db, self._payload, remember=5000)

        def unchanged(path: str, body: bytes, digest: str) -> bool:
            row = db.execute("SELECT sha256 FROM output WHERE path=?", (path,)).fetchone()
            return row is not None and row[0] == digest and os.path.exists(f"{self.places.public}/{path}")

        stage = tree.Stage(self.places.public, "apply")
        try:
            done = [
                copy_file(db, self.source, self.places.public, spec, stage)
                if spec.startswith("copy|")
                else render_one(press, store, today, spec, stage, unchanged)
                for spec in specs
            ]
            staged = [item for result in done for item in result.staged]
            gone = vanished(db, done)
            tree.make_durable(staged, each=len(staged) <= 400)
            folders = tree.move_in(self.places.public, staged) | tree.remove(self.places.public, gone)
            tree.sync_folders(folders)
        finally:
            stage.clear()
        with transaction(db):
            store_results(db, done)
            db.execute("DELETE FROM pending")
        self._finish_search(db)
        pages = {result.spec for result in done if result.staged}
        return len(pages), len(staged), len(gone)

    def _finish_search(self, db: sqlite3.Connection) -> None:
        ids = [row[0] for row in db.execute("SELECT record_id FROM pending_search ORDER BY record_id")]
        if not ids:
            return
        if self._searchable:
            store = SqliteStore(db, self._payload)
            cards = [card for i in ids if (card := store.card_by_id(i))]
            update_index(
                self.places.index, [(c, {} if c.withdrawn else store.payload(c.record_id)) for c in cards]
            )
        with transaction(db):
            db.execute("DELETE FROM pending_search")

    def _payload(self, record_id: int, release_id: int) -> dict[str, Any]:
        payload = self.source.get(release_id).payload
        if payload is None:
            raise LookupError(f"第 {release_id} 号发布件的内容已擦除")
        return payload

    def _press_of(self, db: sqlite3.Connection) -> Press:
        text = get_meta(db, "site")
        if self._press is None or self._press.site.to_json() != text:
            self._press = Press(Site.from_json(text))
        return self._press

    # -- everything -------------------------------------------------------------------------------------------------

    def build(self, *, full: bool = False, today: date, progress: Progress | None = None) -> BuildReport:
        """Bring the tree up to the releases: what changed only, or (`full`) every file compared with what is on disk."""
        begun = time.perf_counter()
        with building(self.places):
            db = open_state(self.places.state)
            try:
                if full or self._must_rebuild(db) or self._site_changed(db):
                    return self._full(db, today, progress)
                changed = self._changed(db)
                if changed is None:
                    return self._full(db, today, progress)
                self._take(db, changed, today)
                if self._must_rebuild(db):
                    return self._full(db, today, progress)
                _, written, removed = self._finish(db, today)
                pages, size = db.execute("SELECT count(*), coalesce(sum(size),0) FROM output").fetchone()
                return BuildReport(pages, written, removed, size, time.perf_counter() - begun, False)
            finally:
                db.close()

    def site_is_stale(self) -> bool:
        """Tell whether settings, catalogue, organisations, the board or this program differ from what the tree was built with; builds nothing."""
        if not self.places.state.is_file():
            return True
        with closing(open_for_reading(self.places.state)) as db:
            moved = Board.from_json(get_meta(db, "board")) != self._board_of()
            return moved or self._must_rebuild(db) or self._site_changed(db)

    def place_assets(self) -> int:
        """Lay this program's stylesheets and scripts into a tree that an older one built; return how many were missing.

        Pages made per request ask for them at once, the pages on disk when the tree is built again.
        """
        if not self.places.state.is_file():
            return 0
        with building(self.places), closing(open_for_reading(self.places.state)) as db:
            stage = tree.Stage(self.places.public, "assets")
            try:
                staged = [
                    stage.add(output.path, output.body)
                    for output in self._press_of(db).assets()
                    if not (self.places.public / output.path).is_file()
                ]
                tree.make_durable(staged, each=True)
                tree.sync_folders(tree.move_in(self.places.public, staged))
            finally:
                stage.clear()
        return len(staged)

    def _must_rebuild(self, db: sqlite3.Connection) -> bool:
        return get_meta(db, "must_rebuild") != "" or get_meta(db, "source") != source_fingerprint()

    def _site_changed(self, db: sqlite3.Connection) -> bool:
        return get_meta(db, "site") != self._site_of().to_json()

    def _changed(self, db: sqlite3.Connection) -> list[Release] | None:
        """Return the releases the state does not know, or None when their order asks for a new layout."""
        known = dict(db.execute("SELECT record_id, release_id FROM record ORDER BY place"))
        order = iter(list(known))
        changed, behind = [], False
        seen = 0
        for release in self.source.current():
            if release.record_id not in known:
                behind = True
            elif behind or next(order, None) != release.record_id:
                return None
            seen += release.record_id in known
            if known.get(release.record_id) != release.id:
                changed.append(release)
        if seen != len(known) or len(changed) > max(50, len(known) // 4):
            return None
        return changed

    def _full(self, db: sqlite3.Connection, today: date, progress: Progress | None = None) -> BuildReport:
        return full_build(
            db, self.places, self.source, self._site_of(), self._board_of(), today=today, progress=progress,
            searchable=self._searchable,
        )  # fmt: skip
