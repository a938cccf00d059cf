"""Asking the index and dressing the hits. Ids come from the index, everything shown from the open JSON of the public tree."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any

import tantivy
from markupsafe import Markup

from gongkai.portal.core.blocks import plain_text
from gongkai.portal.core.cards import card_of
from gongkai.portal.core.values import Card, Release
from gongkai.portal.places import Places
from gongkai.portal.search import text
from gongkai.portal.search.bounds import Bounds
from gongkai.portal.search.context import excerpt, marked
from gongkai.portal.search.querying import ANYWHERE, Term, loose_query, terms_of, title_query, ways_of
from gongkai.portal.search.schema import FACETS, current_folder
from gongkai.portal.search.suggesting import read_open, suggest

PAGE_SIZE = 10
MAX_PAGE = 50
ENOUGH = PAGE_SIZE * MAX_PAGE
_FACET_SHOWN = 8
_DENSE = 20_000


@dataclass(frozen=True, slots=True)
class Hit:
    """One result. `path` of the page; title and context as safe HTML with marks."""

    path: str
    title: Markup
    context: Markup
    document_number: str
    issuer: str
    date: str
    columns: tuple[str, ...]
    kind: str
    validity: str


@dataclass(frozen=True, slots=True)
class SearchPage:
    """One page of results. `facets`: name → (value, count) pairs; `loose` when only some of the words were found,
    `mended` when these are the results of `suggestion`, since nothing holds what was typed."""

    query: str
    hits: tuple[Hit, ...] = ()
    total: int = 0
    searched: int = 0
    page: int = 1
    pages: int = 0
    loose: bool = False
    suggestion: str = ""
    filters: dict[str, str] = field(default_factory=dict)
    facets: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    sort: str = "rank"
    in_titles: bool = False
    mended: bool = False
    bounds: Bounds = ANYWHERE


class Searcher:
    """Searches the index in use; notices by itself when it was committed to or replaced. Safe among threads."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._lock = threading.Lock()
        self._index: tantivy.Index | None = None
        self._seen: tuple[str, int] = ("", 0)

    def index(self) -> tantivy.Index | None:
        """Return the index as last committed, or None when there is none yet."""
        folder = current_folder(self._places.index)
        if folder is None:
            return None
        seen = (folder.name, (folder / "meta.json").stat().st_mtime_ns)
        with self._lock:
            if self._index is None or self._seen[0] != seen[0]:
                self._index = tantivy.Index.open(str(folder))
                self._index.config_reader(reload_policy="manual")
                self._index.reload()
            elif self._seen != seen:
                self._index.reload()
            self._seen = seen
            return self._index

    def search(
        self,
        query: str,
        *,
        page: int = 1,
        filters: dict[str, str] | None = None,
        sort: str = "rank",
        bounds: Bounds = ANYWHERE,
    ) -> SearchPage:
        """Return one page of what matches; any text is a query."""
        chosen = {name: value for name, value in (filters or {}).items() if name in FACETS and value}
        terms = terms_of(query)
        index = self.index()
        if index is None or not (terms or chosen or bounds):
            searched = index.searcher().num_docs if index else 0
            return SearchPage(query, filters=chosen, searched=searched, sort=sort, bounds=bounds)
        searcher = index.searcher()
        page = min(max(1, page), MAX_PAGE)
        by_date = sort == "date" or not terms
        built, found, in_titles = self.ask(searcher, terms, chosen, page, by_date=by_date, bounds=bounds)
        loose, mended = False, False
        suggestion = ""
        if found.count == 0 and terms:
            suggestion = suggest(searcher, self._places.public, terms)
            if suggestion:
                meant = terms_of(suggestion)
                again = self.ask(searcher, meant, chosen, page, by_date=by_date, bounds=bounds)
                if again[1].count:
                    (built, found, in_titles), terms, mended = again, meant, True
            relaxed = None if mended else loose_query(terms, chosen, bounds)
            if relaxed is not None:
                built, loose = relaxed, True
                found = _run(searcher, built, page, by_date)
        needles = _needles(terms, loose=loose)
        ids = [searcher.doc(address).get_first("id") for _, address in found.hits]
        hits = tuple(hit for name in ids if (hit := self._hit(str(name), needles)))
        total = int(found.count or 0)
        return SearchPage(
            query, hits, total, searcher.num_docs, page, min(MAX_PAGE, -(-total // PAGE_SIZE)), loose and total > 0, suggestion,
            chosen, _facets(searcher, built, total) if total else {}, "date" if by_date else "rank", in_titles and not bounds.within, mended, bounds,
        )  # fmt: skip

    def newest(self, query: str, filters: dict[str, str], limit: int) -> list[Card]:
        """Return the newest records that hold the query and fit the filters, newest first; nothing guessed, mended or taken apart."""
        terms = terms_of(query)
        index = self.index()
        if index is None or not (terms or filters):
            return []
        searcher = index.searcher()
        _, found, _ = self.ask(searcher, terms, filters, 1, by_date=True, limit=limit)
        names = [str(searcher.doc(address).get_first("id")) for _, address in found.hits]
        return [card for name in names if (card := self._card(name))]

    def paths(self, query: str, limit: int = 1000) -> set[str]:
        """Return the paths of the newest records that hold a query word for word."""
        terms, index = terms_of(query), self.index()
        if index is None or not terms:
            return set()
        searcher = index.searcher()
        _, found, _ = self.ask(searcher, terms, {}, 1, by_date=True, limit=limit)
        return {f"{searcher.doc(address).get_first('id')}.html" for _, address in found.hits}

    def _card(self, name: str) -> Card | None:
        payload = read_open(self._places.public, name)
        if payload is None:
            return None
        return card_of(Release(0, 0, "publish", "", str(payload["published_at"]), payload))

    def ask(
        self,
        searcher: tantivy.Searcher,
        terms: list[Term],
        filters: dict[str, str],
        page: int,
        *,
        by_date: bool = False,
        limit: int = PAGE_SIZE,
        bounds: Bounds = ANYWHERE,
    ) -> tuple[Any, Any, bool]:
        """Return (query, result, whether only titles were counted): titles first; words and then any text while there is less than can be paged through."""
        dense = (
            frozenset(
                t.text for t in terms if len(t.text) > 1 and _count(searcher, title_query(t.text)) > _DENSE
            )
            if searcher.num_docs > _DENSE
            else frozenset()
        )
        ways = ways_of(terms, filters, dense=dense, bounds=bounds)
        for query, enough in ((ways.title, ENOUGH), (ways.words, PAGE_SIZE * 2), (ways.everything, 0)):
            found = _run(searcher, query, page, by_date, limit)
            if found.count >= enough or not terms:
                break
        return query, found, query is ways.title and bool(terms)

    def _hit(self, name: str, needles: list[str]) -> Hit | None:
        payload = read_open(self._places.public, name)
        if payload is None:
            return None
        title = str(payload.get("title") or "")
        body = "\n".join(
            [
                *plain_text(payload).split("\n")[1:],
                *(str(a.get("text") or "") for a in payload.get("attachments") or ()),
            ]
        )
        return Hit(
            path=name + ".html", title=marked(title, needles), context=excerpt(body or str(payload.get("summary") or ""), needles),
            document_number=str(payload.get("document_number") or ""), issuer=str(payload.get("issuer") or ""),
            date=str(payload.get("first_published_at") or "")[:10], columns=tuple(payload.get("columns") or ()),
            kind=str(payload.get("kind") or ""), validity=str((payload.get("validity") or {}).get("state") or "valid"),
        )  # fmt: skip


def _count(searcher: tantivy.Searcher, query: tantivy.Query) -> int:
    return int(searcher.search(query, 1, count=True).count)


def _run(
    searcher: tantivy.Searcher, query: tantivy.Query, page: int, by_date: bool, limit: int = PAGE_SIZE
) -> Any:
    offset = (page - 1) * PAGE_SIZE
    if by_date:
        return searcher.search(query, limit, count=True, order_by_field="day", offset=offset)
    return searcher.search(query, limit, count=True, offset=offset)


def _facets(searcher: tantivy.Searcher, query: tantivy.Query, total: int) -> dict[str, list[tuple[str, int]]]:
    names = ("column", "year", "org", "kind") if total <= _DENSE else ("column",)
    asked = {name: {"terms": {"field": name, "size": _FACET_SHOWN}} for name in names}
    answer = searcher.aggregate(query, asked)
    return {
        name: [(str(b["key"]), int(b["doc_count"])) for b in answer[name]["buckets"]]
        for name in asked
        if answer.get(name, {}).get("buckets")
    }


def _needles(terms: list[Term], *, loose: bool) -> list[str]:
    found = [t.text for t in terms] if not loose else []
    for term in terms:
        if not term.exact:
            found += [w for w in text.word_list(term.text) if len(w) > 1 or len(term.text) == 1]
    return list(dict.fromkeys(found))
