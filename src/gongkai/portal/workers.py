"""Rendering many specifications at once, in this process or in several; each worker stages its own files."""

from __future__ import annotations

import hashlib
import multiprocessing
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from gongkai.portal.core.press import Press
from gongkai.portal.core.shelf import Shelf, Store
from gongkai.portal.core.values import Site
from gongkai.portal.sources import Spool
from gongkai.portal.state.schema import open_for_reading
from gongkai.portal.state.store import SqliteStore
from gongkai.portal.tree import Stage, Staged, is_intact

CHUNK = 64
PARALLEL_FROM = 1500


@dataclass(frozen=True, slots=True)
class Rendered:
    """What a specification gave: all its files, which of them were staged anew, and the keys it depends on."""

    spec: str
    files: tuple[tuple[str, str, int], ...]
    staged: tuple[Staged, ...]
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Job:
    """What a worker process needs to know; plain values only."""

    site_json: str
    state: Path
    public: Path
    spool: Path
    index: dict[int, tuple[int, int]]
    today: date


def render_one(
    press: Press,
    store: Store,
    today: date,
    spec: str,
    stage: Stage,
    unchanged: Callable[[str, bytes, str], bool],
) -> Rendered:
    """Render a specification and stage the files that `unchanged(path, body, sha256)` does not already know."""
    shelf = Shelf(store, today)
    files, staged = [], []
    for output in press.render(shelf, spec):
        digest = hashlib.sha256(output.body).hexdigest()
        files.append((output.path, digest, len(output.body)))
        if not unchanged(output.path, output.body, digest):
            staged.append(stage.add(output.path, output.body))
    return Rendered(spec, tuple(files), tuple(staged), tuple(sorted(shelf.keys)))


def fresh(press: Press, store: Store, today: date, spec: str) -> dict[str, bytes]:
    """Return the files of a specification as rendered now, by path."""
    return {output.path: output.body for output in press.render(Shelf(store, today), spec)}


_worker: tuple[Press, SqliteStore, Job, Stage] | None = None


def _begin(job: Job) -> None:
    global _worker
    spool = Spool(job.spool, job.index)
    store = SqliteStore(open_for_reading(job.state), spool.get, remember=20_000)
    stage = Stage(job.public, multiprocessing.current_process().name)
    _worker = (Press(Site.from_json(job.site_json)), store, job, stage)


def _render_chunk(specs: list[str]) -> list[Rendered]:
    if _worker is None:
        raise RuntimeError("render process was not begun")
    press, store, job, stage = _worker

    def unchanged(path: str, body: bytes, digest: str) -> bool:
        return is_intact(job.public, path, body)

    return [render_one(press, store, job.today, spec, stage, unchanged) for spec in specs]


def render_all(job: Job, specs: Iterable[str], *, processes: int) -> Iterator[Rendered]:
    """Render specifications against what is on disk, in `processes` processes (1: here); results come as they are done."""
    specs = list(specs)
    if processes < 2 or len(specs) < PARALLEL_FROM:
        _begin(job)
        for spec in specs:
            yield from _render_chunk([spec])
        return
    chunks = [specs[i : i + CHUNK] for i in range(0, len(specs), CHUNK)]
    with multiprocessing.get_context("spawn").Pool(processes, initializer=_begin, initargs=(job,)) as pool:
        for done in pool.imap_unordered(_render_chunk, chunks):
            yield from done
