"""Taking one release into the state: card, lists, pointers; says which keys changed and which pages are new."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field

from gongkai.portal.core import lists
from gongkai.portal.core.cards import list_keys, public_number, references
from gongkai.portal.core.plan import page_specs
from gongkai.portal.core.values import SITEMAP_SIZE, Card


@dataclass(slots=True)
class Change:
    """What one release moved: dependency keys, and specifications that no page depends on yet."""

    keys: set[str] = field(default_factory=set)
    specs: set[str] = field(default_factory=set)


class OutOfOrder(RuntimeError):
    """A first release arrived after a later one was already placed: the lists must be laid out anew."""


def take(db: sqlite3.Connection, card: Card) -> Change:
    """Take a card in (inside the caller's transaction). Lists keep the order of first releases."""
    change = Change(specs={f"record|{card.record_id}"})
    row = db.execute("SELECT place, card FROM record WHERE record_id=?", (card.record_id,)).fetchone()
    old = Card.from_json(row[1]) if row else None
    place = row[0] if row else db.execute("SELECT coalesce(max(place)+1, 0) FROM record").fetchone()[0]
    db.execute(
        "INSERT INTO record VALUES (?,?,?,?,?,?,?) ON CONFLICT (record_id) DO UPDATE SET release_id=excluded.release_id, "
        "index_number=excluded.index_number, path=excluded.path, withdrawn=excluded.withdrawn, card=excluded.card",
        (
            card.record_id,
            place,
            card.release_id,
            card.index_number,
            card.path,
            card.withdrawn,
            card.to_json(),
        ),
    )
    before = list_keys(old) if old else ()
    after = list_keys(card)
    for key in before:
        if key in after:
            _keep(db, key, card, old, change)
        else:
            _leave(db, key, card, old, change)
    for key in after:
        if key not in before:
            _join(db, key, card, place, change)
    _point(db, card, old, change)
    _number(db, card, old, change)
    _files(db, card, change)
    return change


def _total(db: sqlite3.Connection, key: str) -> tuple[int, int]:
    row = db.execute("SELECT places, live FROM list_total WHERE list=?", (key,)).fetchone()
    return (row[0], row[1]) if row else (0, 0)


def _set_total(db: sqlite3.Connection, key: str, places: int, live: int) -> None:
    db.execute(
        "INSERT INTO list_total VALUES (?,?,?) ON CONFLICT (list) DO UPDATE SET places=excluded.places, live=excluded.live",
        (key, places, live),
    )


def _keep(db: sqlite3.Connection, key: str, card: Card, old: Card | None, change: Change) -> None:
    place = db.execute(
        "SELECT place FROM listing WHERE list=? AND record_id=?", (key, card.record_id)
    ).fetchone()[0]
    places, live = _total(db, key)
    number = lists.page_of(place, places)
    change.keys.add(f"list:{key}:{number}")
    change.specs.update(page_specs(key, (number,)))
    if key == "all":
        change.keys.add(f"chunk:{place // SITEMAP_SIZE}")
    if old is not None and old.withdrawn != card.withdrawn:
        _set_total(db, key, places, live + (1 if old.withdrawn else -1))
        change.keys.add(f"list:{key}:0")
        change.specs.update(page_specs(key, (0,)))


def _join(db: sqlite3.Connection, key: str, card: Card, place_of_record: int, change: Change) -> None:
    places, live = _total(db, key)
    last = db.execute(
        "SELECT r.place FROM listing l JOIN record r USING (record_id) WHERE l.list=? ORDER BY l.place DESC LIMIT 1",
        (key,),
    ).fetchone()
    if last is None or last[0] < place_of_record:
        place, pages = places, lists.touched_by_append(places)
    else:
        place = db.execute(
            "SELECT min(l.place) FROM listing l JOIN record r USING (record_id) WHERE l.list=? AND r.place>?",
            (key, place_of_record),
        ).fetchone()[0]
        _shift(db, key, place, 1)
        pages = lists.touched_from(place, places, places + 1)
    db.execute("INSERT INTO listing VALUES (?,?,?)", (key, place, card.record_id))
    _set_total(db, key, places + 1, live + (not card.withdrawn))
    _mark(key, pages, place, places, places + 1, change)


def _leave(db: sqlite3.Connection, key: str, card: Card, old: Card | None, change: Change) -> None:
    place = db.execute(
        "SELECT place FROM listing WHERE list=? AND record_id=?", (key, card.record_id)
    ).fetchone()[0]
    places, live = _total(db, key)
    db.execute("DELETE FROM listing WHERE list=? AND place=?", (key, place))
    _shift(db, key, place + 1, -1)
    _set_total(db, key, places - 1, live - (old is not None and not old.withdrawn))
    _mark(key, lists.touched_from(place, places, places - 1), place, places, places - 1, change)


def _shift(db: sqlite3.Connection, key: str, first: int, by: int) -> None:
    """Move the places from `first` on by one; in two steps, since each place is unique while moving."""
    db.execute("UPDATE listing SET place=-1-(place+?) WHERE list=? AND place>=?", (by, key, first))
    db.execute("UPDATE listing SET place=-1-place WHERE list=? AND place<0", (key,))


def _mark(key: str, pages: tuple[int, ...], place: int, before: int, after: int, change: Change) -> None:
    change.keys.update(f"list:{key}:{n}" for n in pages)
    change.specs.update(page_specs(key, pages))
    if key == "all":
        chunks = (
            range(place // SITEMAP_SIZE, max(before, after) // SITEMAP_SIZE + 1)
            if after < before or place < before
            else (place // SITEMAP_SIZE,)
        )
        change.keys.update(f"chunk:{n}" for n in chunks)
        change.specs.update(f"sitemap|{n}" for n in chunks)
        if -(-before // SITEMAP_SIZE) != -(-after // SITEMAP_SIZE):
            change.keys.add("chunks")
    if (before == 0) != (after == 0):
        kind, _, rest = key.partition(":")
        change.keys.add(f"lists:{kind}:{rest.partition('/')[0]}/")


def _point(db: sqlite3.Connection, card: Card, old: Card | None, change: Change) -> None:
    change.keys.add(f"index:{card.index_number}")
    targets = set(references(card))
    gone = set(references(old)) if old else set()
    if targets != gone:
        db.execute("DELETE FROM pointer WHERE record_id=?", (card.record_id,))
        db.executemany("INSERT INTO pointer VALUES (?,?)", [(t, card.record_id) for t in sorted(targets)])
    change.keys.update(f"back:{t}" for t in targets | gone)
    if old and old.index_number != card.index_number:
        change.keys.add(f"index:{old.index_number}")


def _number(db: sqlite3.Connection, card: Card, old: Card | None, change: Change) -> None:
    """Keep which record bears a document number; pages that cite it are written again when that, or its address, changes."""
    before, after = public_number(old) if old else "", public_number(card)
    if before != after or (old and old.path != card.path):
        change.keys.update(f"number:{number}" for number in (before, after) if number)
    if before != after:
        db.execute("DELETE FROM numbered WHERE record_id=?", (card.record_id,))
        if after:
            db.execute("INSERT INTO numbered VALUES (?,?)", (after, card.record_id))


def _files(db: sqlite3.Connection, card: Card, change: Change) -> None:
    gone = [row[0] for row in db.execute("SELECT path FROM copied WHERE record_id=?", (card.record_id,))]
    change.specs.update(f"copy|{path}" for path in (*gone, *(path for path, _ in card.files)))
    db.execute("DELETE FROM copied WHERE record_id=?", (card.record_id,))
    db.executemany(
        "INSERT INTO copied VALUES (?,?,?)", [(path, card.record_id, sha) for path, sha in card.files]
    )
