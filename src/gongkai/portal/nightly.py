"""Which withdrawals the nightly walk proves again."""

from __future__ import annotations

from contextlib import closing

from gongkai.portal.places import Places
from gongkai.portal.state.schema import open_for_reading

LIMIT = 50


def recently_withdrawn(places: Places, *, limit: int = LIMIT) -> list[int]:
    """Return the records withdrawn last, newest first, at most `limit`; each proof walks the whole tree."""
    with closing(open_for_reading(places.state)) as db:
        rows = db.execute(
            "SELECT record_id FROM record WHERE withdrawn=1 ORDER BY release_id DESC LIMIT ?", (limit,)
        )
        return [row[0] for row in rows]
