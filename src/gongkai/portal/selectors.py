"""Reads for subscriptions: what can be subscribed to, what was released, what a wish fits. From the state of the public tree only."""

from __future__ import annotations

from contextlib import closing

from gongkai.portal.core.directory import Directory
from gongkai.portal.core.values import Board, Card, Site
from gongkai.portal.live import places
from gongkai.portal.search.results import Searcher
from gongkai.portal.search.suggesting import read_open
from gongkai.portal.state.schema import get_meta, open_for_reading


def _built(name: str) -> str:
    """Return what the state keeps under a name, empty before the first build."""
    if not places().state.is_file():
        return ""
    with closing(open_for_reading(places().state)) as db:
        return get_meta(db, name)


def public_site() -> Site | None:
    """Return the site as last built, None before the first build."""
    text = _built("site")
    return Site.from_json(text) if text else None


def public_name() -> str:
    """Return the name of the authority whose site this is, empty before the first build."""
    site = public_site()
    return next((o.name for o in site.organisations if o.kind == "authority"), "") if site else ""


def wishes() -> dict[str, dict[str, str]]:
    """Return what can be chosen: kind → code → name; the topics of emergencies are topics too."""
    site = public_site()
    directory = Directory(site) if site else None
    if directory is None:
        return {"column": {}, "topic": {}}
    events = {topic.code: topic.name for topic in Board.from_json(_built("board")).topics}
    return {
        "column": {c.code: c.name for c in directory.front_columns},
        "topic": {c.code: c.name for c in directory.topics} | events,
    }


def newest_release() -> int:
    """Return the newest release that the public tree shows."""
    if not places().state.is_file():
        return 0
    with closing(open_for_reading(places().state)) as db:
        return int(db.execute("SELECT coalesce(max(release_id), 0) FROM record").fetchone()[0])


def released_after(release_id: int) -> list[Card]:
    """Return the records whose newest release is later than this one and public, oldest release first."""
    if not places().state.is_file():
        return []
    with closing(open_for_reading(places().state)) as db:
        rows = db.execute(
            "SELECT card FROM record WHERE release_id>? AND withdrawn=0 ORDER BY release_id", (release_id,)
        )
        return [Card.from_json(row[0]) for row in rows]


def is_worth_telling(card: Card) -> bool:
    """Tell whether a record is public at this moment, and its newest release more than a mended slip of the pen."""
    payload = read_open(places().public, card.path.removesuffix(".html"))
    if payload is None:
        return False
    history = payload.get("history") or [{}]
    return history[-1].get("change") != "typo"


def holders(keyword: str) -> set[str]:
    """Return the paths of the newest public records that hold a keyword."""
    return Searcher(places()).paths(keyword)
