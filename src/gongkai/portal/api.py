"""The door of the portal (公开站点): releases in, public files and search out."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from gongkai.portal.builder import Applied
from gongkai.portal.core.blocks import plain_text
from gongkai.portal.core.charts import ChartRejected
from gongkai.portal.core.values import PayloadRejected
from gongkai.portal.full_build import BuildReport, Progress
from gongkai.portal.live import builder, builders, channel_builder, live_preview, places
from gongkai.portal.manifest import Manifest, read_manifest
from gongkai.portal.proof.proof import Leftover, prove
from gongkai.portal.search.results import Searcher, SearchPage
from gongkai.portal.tree import TreeNotWritable

__all__ = [
    "Applied",
    "BuildReport",
    "ChartRejected",
    "Leftover",
    "Manifest",
    "PayloadRejected",
    "SearchPage",
    "TreeNotWritable",
    "apply_release",
    "build",
    "build_channel",
    "manifest",
    "on_record_published",
    "on_record_withdrawn",
    "place_assets",
    "plain_text",
    "prove_withdrawn",
    "refresh_board",
    "refresh_site",
    "render_preview",
    "search",
]

_OFFICE_ZONE = ZoneInfo("Asia/Shanghai")


def office_day(now: datetime) -> date:
    """Return the day it is at the office."""
    return now.astimezone(_OFFICE_ZONE).date()


def apply_release(*, release_id: int, now: datetime) -> Applied:
    """Bring one release, publication or withdrawal, to the public side: files, lists, feeds, search. Doing it twice changes nothing.

    Raises PayloadRejected, TreeNotWritable (nothing half-written is left; the next call finishes the work).
    """
    applied = [found.apply(release_id, today=office_day(now)) for found in builders()]
    return applied[0]


def build(*, full: bool = False, today: date, progress: Progress | None = None) -> BuildReport:
    """Bring the tree up to the releases and snapshots; `full` compares every file with what is on disk and removes strays.

    `progress(done, of)` is called now and then. Also finishes what a crash interrupted and renders what depends on the date.
    """
    report = builder().build(full=full, today=today, progress=progress)
    build_channel(full=full, today=today)
    return report


def build_channel(*, full: bool = False, today: date, progress: Progress | None = None) -> BuildReport | None:
    """Bring the tree for another portal (频道, `<home>/channel/`) up to the releases; None when no address is set for it."""
    found = channel_builder()
    return found.build(full=full, today=today, progress=progress) if found else None


def refresh_site(*, today: date) -> int:
    """Build again when settings, catalogue, organisations, pins, event topics or the program changed since the last build; return the files written (0: nothing to do)."""
    return build(today=today).written if any(found.site_is_stale() for found in builders()) else 0


def place_assets() -> int:
    """Lay stylesheets and scripts of this program into a tree that an older one built; return how many were missing.

    Raises TreeNotWritable.
    """
    return sum(found.place_assets() for found in builders())


def refresh_board(*, today: date) -> Applied:
    """Bring pins and event topics, as they are now, to the public side: only what shows them is written again."""
    applied = [found.apply_board(today=today) for found in builders()]
    return applied[0]


def prove_withdrawn(*, release_id: int, quick: bool = False) -> list[Leftover]:
    """Look for anything left of a withdrawn record; an empty list is the proof. `release_id` is any release of the record.

    Reads every file of the tree, inside `.gz`, `.br`, zip, feeds and JSON, and asks the index. `quick` reads only the files that named the record
    or were written since, which holds as long as dependency records are right; the nightly job runs the whole walk.
    """
    return [
        left
        for found in builders()
        for left in prove(found.places, found.source, found.source.get(release_id).record_id, quick=quick)
    ]


def render_preview(*, payload: dict[str, Any]) -> str:
    """Return the page as it would be published, byte for byte, from the payload of a release that does not exist yet."""
    return live_preview(payload)


def search(*, query: str, page: int = 1, filters: dict[str, str] | None = None) -> SearchPage:
    """Search the published records. `filters`: column, year, org, kind, topic. Any text is a valid query."""
    return Searcher(places()).search(query, page=page, filters=filters or {})


def manifest() -> Manifest:
    """Return every page kind with an example path, and how many files of each there are (browser tests walk this)."""
    return read_manifest(places())


def on_record_published(entry: Any) -> None:
    """Handle the fact `records.RecordPublished`."""
    apply_release(release_id=int(entry.body["release_id"]), now=entry.at)


def on_record_withdrawn(entry: Any) -> None:
    """Handle the fact `records.RecordWithdrawn`."""
    apply_release(release_id=int(entry.body["release_id"]), now=entry.at)
