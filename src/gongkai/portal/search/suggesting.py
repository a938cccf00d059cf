"""Did you mean (您要找的是不是): a stretch of a title that sounds like what was typed, or differs from it by one sign."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import tantivy
from tantivy import Occur, Query

from gongkai.portal.search import text
from gongkai.portal.search.querying import Term, sounding_queries, title_query
from gongkai.portal.search.schema import schema

_TITLES = 20
_SHORTEST, _LONGEST = 3, 16


def read_open(public: Path, name: str) -> dict[str, Any] | None:
    """Return the open JSON of a record, or None when it is not public (any more)."""
    try:
        found = json.loads((public / "open" / f"{name}.json").read_bytes())
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def suggest(searcher: tantivy.Searcher, public: Path, terms: list[Term]) -> str:
    """Return the query with a term replaced by a stretch of a title that sounds the same, else by one that differs by one sign
    (another, one too many, one too few); empty when no title has such a stretch."""
    for way in (_by_sound, _by_sign):
        for term in terms:
            mended = "" if term.exact else way(searcher, public, term)
            if mended:
                return " ".join(mended if t is term else t.text for t in terms)
    return ""


def _titles(searcher: tantivy.Searcher, public: Path, query: Query, limit: int) -> list[str]:
    names = (searcher.doc(address).get_first("id") for _, address in searcher.search(query, limit).hits)
    payloads = (read_open(public, str(name)) for name in names)
    return [text.normalise(str((payload or {}).get("title") or "")).replace(" ", "") for payload in payloads]


def _by_sound(searcher: tantivy.Searcher, public: Path, term: Term) -> str:
    for first, sound, query in sounding_queries(term):
        size = min(2, len(term.text))
        if first is not None and searcher.search(title_query(term.text[first : first + size]), 1).count:
            continue
        start, end = (first, first + 2) if first is not None else (0, len(term.text))
        for title in _titles(searcher, public, query, 1):
            if like := _sounding_like(title, term.text[start:end], sound):
                return term.text[:start] + like + term.text[end:]
    return ""


def _sounding_like(title: str, wrong: str, sound: str) -> str:
    """Return the stretch of a title that sounds like `wrong` and is not it."""
    for i in range(len(title) - len(wrong) + 1):
        piece = title[i : i + len(wrong)]
        if piece != wrong and text.word_pinyin(piece)[0] == sound:
            return piece
    return ""


def _by_sign(searcher: tantivy.Searcher, public: Path, term: Term) -> str:
    wanted = term.text
    if not _SHORTEST <= len(wanted) <= _LONGEST:
        return ""
    pairs = [
        (Occur.Should, Query.term_query(schema(), "title_grams", pair)) for pair in text.gram_list(wanted)
    ]
    for title in _titles(searcher, public, Query.boolean_query(pairs), _TITLES):
        for size in (len(wanted), len(wanted) - 1, len(wanted) + 1):
            for i in range(len(title) - size + 1):
                piece = title[i : i + size]
                if piece[0] == wanted[0] and piece[-1] == wanted[-1] and one_sign_apart(piece, wanted):
                    return piece
    return ""


def one_sign_apart(one: str, other: str) -> bool:
    """Say whether two texts differ by exactly one sign: another, one more or one less."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    same = next(
        (i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
    return one[same + (len(one) >= len(other)) :] == other[same + (len(other) >= len(one)) :]
