"""The proof of a withdrawal: every file and every stored field is looked at; what is recognised and cannot be explained is a leftover.

A file that holds a piece of the withdrawn text is innocent only when rendering it now, from releases that are still public, gives the same bytes:
another published document may quote the same sentence.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import tantivy

from gongkai.portal import tree
from gongkai.portal.core.cards import list_keys
from gongkai.portal.core.press import Press
from gongkai.portal.core.values import SITEMAP_SIZE, Card, Site
from gongkai.portal.places import Places, building
from gongkai.portal.proof.fingerprints import Fingerprint, Sieve, recall
from gongkai.portal.proof.reading import TooLarge, blobs, text_of
from gongkai.portal.search.schema import current_folder, schema
from gongkai.portal.sources import ReleaseSource
from gongkai.portal.state.schema import get_meta, open_for_reading
from gongkai.portal.state.store import SqliteStore
from gongkai.portal.workers import fresh


class NotWithdrawn(ValueError):
    """The record is public; there is nothing to prove."""

    def __init__(self, record_id: int) -> None:
        super().__init__(f"第 {record_id} 号信息没有撤回，无从查证")
        self.code, self.where, self.remedy = "portal.not_withdrawn", f"record:{record_id}", "请先撤回再查证"


@dataclass(frozen=True, slots=True)
class Leftover:
    """Something that is still there: which file or index, what was recognised, how many pieces."""

    where: str
    what: str
    pieces: int = 0

    def __str__(self) -> str:
        """Return one line for people."""
        return f"{self.where}：{self.what}" + (f"（{self.pieces} 处）" if self.pieces else "")


def prove(places: Places, source: ReleaseSource, record_id: int, *, quick: bool = False) -> list[Leftover]:
    """Return what is left of a withdrawn record. Waits for a build in progress. Raises NotWithdrawn."""
    with building(places), closing(open_for_reading(places.state)) as db:
        row = db.execute("SELECT card FROM record WHERE record_id=?", (record_id,)).fetchone()
        card = Card.from_json(row[0]) if row else None
        if card is None or not card.withdrawn:
            raise NotWithdrawn(record_id)
        search = _Search(places, source, db, card)
        found = list(_must_be_gone(places, search.known, card))
        for path, shown in search.suspects() if quick else _everything(places):
            found += search.look(path, shown)
        found += search.verdict()
        found += _index(places, db, card, quick=quick)
    return list(dict.fromkeys(found))


class _Search:
    """Looks into files for one fingerprint."""

    def __init__(self, places: Places, source: ReleaseSource, db: sqlite3.Connection, card: Card) -> None:
        self._places, self._db, self._card = places, db, card
        self.known = recall(db, card.record_id) or Fingerprint(card.record_id, card.path, frozenset(), ())
        self._shas = {sha for _, sha in self.known.files} - {
            row[0] for row in db.execute("SELECT sha256 FROM copied")
        }
        self._press = Press(Site.from_json(get_meta(db, "site")))
        self._store = SqliteStore(db, lambda _, release_id: source.get(release_id).payload or {})
        self._today = date.fromisoformat(get_meta(db, "today"))
        self._sieve = Sieve(self.known.prints)
        self._suspected: list[tuple[str, set[int]]] = []
        self._clean: tuple[str, bytes] = ("", b"")

    def suspects(self) -> Iterator[tuple[Path, str]]:
        """Return the files whose specifications named the record or its lists, and everything in its own folder."""
        keys = {f"index:{self._card.index_number}", f"back:{self._card.index_number}"}
        for key in list_keys(self._card):
            row = self._db.execute(
                "SELECT place FROM listing WHERE list=? AND record_id=?", (key, self._card.record_id)
            ).fetchone()
            keys |= {f"list:{key}:0", *(f"list:{key}:{n}" for n in ((row[0] // 20 + 1,) if row else ()))}
            if key == "all" and row:
                keys.add(f"chunk:{row[0] // SITEMAP_SIZE}")
        specs = {f"record|{self._card.record_id}"}
        for key in keys:
            specs.update(r[0] for r in self._db.execute("SELECT spec FROM depends WHERE key=?", (key,)))
        for spec in sorted(specs):
            for (path,) in self._db.execute("SELECT path FROM output WHERE spec=?", (spec,)):
                for suffix in ("", *tree.VARIANTS):
                    if os.path.isfile(f"{self._places.public}/{path}{suffix}"):
                        yield self._places.public / (path + suffix), path + suffix

    def look(self, path: Path, shown: str) -> Iterator[Leftover]:
        """Return the originals recognised in one file; text is judged at the end."""
        try:
            data = path.read_bytes()
            parts = list(blobs(data, shown))
        except OSError:
            return
        except TooLarge as error:
            yield Leftover(shown, str(error))
            return
        for where, blob in parts:
            if self._shas and hashlib.sha256(blob).hexdigest() in self._shas:
                yield Leftover(where, "撤回信息的附件或图片原件")
                return
        if shown.endswith(tree.VARIANTS) and self._clean == (shown[:-3], parts[-1][1]) and len(parts) == 2:
            return
        texts = [text_of(blob) for _, blob in parts]
        hits = set().union(*(self._sieve.hits(text) for text in texts))
        if not hits:
            self._clean = (shown, data)
        elif self._innocent(shown, parts):
            for text in texts:
                self._sieve.forgive(text)
        else:
            self._suspected.append((shown, hits))

    def verdict(self) -> Iterator[Leftover]:
        """Return the suspected files that hold something which is public nowhere else by right."""
        for shown, hits in self._suspected:
            left = hits & self._sieve.evidence
            if left:
                yield Leftover(shown, "含有撤回信息的文字", len(left))

    def _innocent(self, shown: str, parts: list[tuple[str, bytes]]) -> bool:
        """Return whether the file is what is rendered now, or an attachment of a record that is still public."""
        row = self._db.execute("SELECT sha256 FROM copied WHERE path=?", (shown,)).fetchone()
        if row is not None:
            return bool(hashlib.sha256(parts[0][1]).hexdigest() == row[0])
        plain = shown[:-3] if shown.endswith(tree.VARIANTS) else shown
        owner = self._db.execute("SELECT spec FROM output WHERE path=?", (plain,)).fetchone()
        if owner is None:
            return False
        return (
            fresh(self._press, self._store, self._today, owner[0]).get(plain)
            == parts[0 if plain == shown else -1][1]
        )


def _everything(places: Places) -> Iterator[tuple[Path, str]]:
    """Return every file of the tree and of the staging folder beside it."""
    for root, label in ((places.public, ""), (tree.stage_folder(places.public), "（暂存）")):
        for folder, _, names in os.walk(root):
            for name in sorted(names):
                path = Path(folder, name)
                yield path, label + path.relative_to(root).as_posix()


def _must_be_gone(places: Places, known: Fingerprint, card: Card) -> Iterator[Leftover]:
    """Return files that must not exist whatever they hold: open JSON, the record's folder, attachments nobody else has."""
    stem = card.path.removesuffix(".html")
    for path in (f"open/{stem}.json", stem, f"elder/{stem}"):
        if (places.public / path).exists():
            yield Leftover(path, "撤回信息自己的文件还在")
    with closing(open_for_reading(places.state)) as db:
        for path, _ in known.files:
            held = db.execute("SELECT 1 FROM copied WHERE path=?", (path,)).fetchone()
            if held is None and (places.public / path).exists():
                yield Leftover(path, "撤回信息的附件或图片还在")


def _index(places: Places, db: sqlite3.Connection, card: Card, *, quick: bool) -> Iterator[Leftover]:
    """Ask the index for the id; in the whole proof read every stored field: only ids of public records may be there."""
    folder = current_folder(places.index)
    if folder is None:
        return
    searcher = tantivy.Index.open(str(folder)).searcher()
    name = card.path.removesuffix(".html")
    if searcher.search(tantivy.Query.term_query(schema(), "id", name), 1).count:
        yield Leftover("搜索索引", "还能搜到撤回的信息")
    if quick:
        return
    live = {row[0].removesuffix(".html") for row in db.execute("SELECT path FROM record WHERE withdrawn=0")}
    everything: Any = searcher.search(tantivy.Query.all_query(), max(1, searcher.num_docs), count=False)
    for _, address in everything.hits:
        stored = searcher.doc(address).to_dict()
        if set(stored) != {"id"} or stored["id"][0] not in live:
            yield Leftover("搜索索引", f"存有不该有的内容：{', '.join(sorted(stored))} {stored.get('id')}")
    for other in places.index.iterdir():
        if other.is_dir() and other.name != folder.name:
            yield Leftover(f"index/{other.name}", "旧的索引目录还在")
