"""Search over 200,000 generated documents: latency of the query, of a whole answer, and whether every substring of a title is found."""

from __future__ import annotations

import os
import random
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import tantivy

from gongkai.portal.core.cards import card_of
from gongkai.portal.core.values import Card
from gongkai.portal.places import Places, places_under
from gongkai.portal.search.querying import terms_of
from gongkai.portal.search.results import Searcher
from gongkai.portal.search.schema import schema
from gongkai.portal.search.writing import rebuild_index
from gongkai.portal.sources import ReleaseSource
from gongkai.portal.testing.payloads import GeneratedSource, payload

DOCUMENTS = 200_000
QUERIES = 400


def _documents(source: ReleaseSource, places: Places) -> Iterator[tuple[Card, dict[str, Any]]]:
    for release in source.current():
        content = release.payload or {}
        yield card_of(release), content


def measure_search(documents: int = DOCUMENTS) -> Iterator[dict[str, Any]]:
    """Yield build time, p95 of queries and recall; substrings of two to six characters of titles, one to three terms."""
    folder = Path(tempfile.mkdtemp(prefix="gongkai-bench-search-", dir=os.environ.get("GONGKAI_BENCH_DIR")))
    try:
        places = places_under(folder)
        begun = time.perf_counter()
        rebuild_index(places.index, _documents(GeneratedSource(documents, paragraphs=3), places))
        yield _row("portal.search.build", round(time.perf_counter() - begun, 1), "秒", n=documents)
        yield from _ask(Searcher(places), documents)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _ask(searcher: Searcher, documents: int) -> Iterator[dict[str, Any]]:
    rng = random.Random(11)  # noqa: S311  (choosing queries)
    index = searcher.index()
    if index is None:
        raise RuntimeError("没有索引")
    seconds, whole, missed = [], [], 0
    for _ in range(QUERIES):
        number = rng.randint(1, documents)
        title = payload(number)["title"]
        pieces = []
        for _ in range(rng.randint(1, 3)):
            length = rng.randint(2, 6)
            start = rng.randint(0, len(title) - length)
            pieces.append(title[start : start + length])
        begun = time.perf_counter()
        query, _, _ = searcher.ask(index.searcher(), terms_of(" ".join(pieces)), {}, 1, limit=20)
        seconds.append(time.perf_counter() - begun)
        begun = time.perf_counter()
        searcher.search(" ".join(pieces))
        whole.append(time.perf_counter() - begun)
        missed += _missing(index, number, query)
    p95, p95_whole = (sorted(s)[int(len(s) * 0.95)] * 1000 for s in (seconds, whole))
    yield _row(
        "portal.search.p95",
        round(p95, 2),
        "毫秒（前 20 条与总数）",
        budget="≤ 20",
        met=p95 <= 20,
        n=documents,
    )
    yield _row("portal.search.answer_p95", round(p95_whole, 2), "毫秒（含分面）", n=documents)
    yield _row(
        "portal.search.missed",
        missed,
        f"条（{QUERIES} 次标题子串查询）",
        budget="0",
        met=missed == 0,
        n=documents,
    )


def _missing(index: tantivy.Index, number: int, query: tantivy.Query) -> int:
    """Return 1 when the record whose title holds all pieces is not among the hits."""
    wanted = tantivy.Query.term_query(schema(), "id", payload(number)["path"].removesuffix(".html"))
    both = tantivy.Query.boolean_query([(tantivy.Occur.Must, query), (tantivy.Occur.Must, wanted)])
    return int(index.searcher().search(both, 1, count=True).count == 0)


def _row(name: str, value: float, unit: str, **rest: Any) -> dict[str, Any]:
    return {
        "name": name,
        "value": value,
        "unit": unit,
        "ratio_to": None,
        "ratio": None,
        "budget": None,
        "met": None,
        "n": None,
    } | rest
