"""From what somebody typed to a query of the index. Every text is valid; nothing typed is ever parsed as query language.

Blanks separate terms, all of which must be found; "…" keeps a phrase together. A term is found as a substring (character pairs), as its words, as a
document number in any brackets, as an index number, or, in Latin letters, as pinyin.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tantivy import Occur, Query

from gongkai.portal.search import text
from gongkai.portal.search.schema import FACETS, schema

MAX_LENGTH = 100
MAX_TERMS = 8
_YEAR = re.compile(r"[\[(【〔{]((?:19|20)\d\d)[\])】〕}](?:第(?=\d))?")
_PHRASE = re.compile(r'"([^"]+)"|(\S+)')
_LATIN = re.compile(r"[a-z]{2,40}")
_SPECIAL = set("\\.+*?()|[]{}^$#&-~")


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that must be found; `exact` as typed between quotation marks."""

    text: str
    exact: bool = False


def terms_of(typed: str) -> list[Term]:
    """Return the terms of a query, normalised; at most eight, from at most a hundred characters."""
    plain = typed[:MAX_LENGTH].strip()
    if plain[:1] == "“" and plain[-1:] == "”" and len(plain) > 2:
        plain = f'"{plain[1:-1]}"'
    found = []
    for quoted, bare in _PHRASE.findall(text.normalise(plain)):
        value = (quoted or bare).replace(" ", "") if quoted else bare
        if value:
            found.append(Term(value, bool(quoted)))
    return list(dict.fromkeys(found))[:MAX_TERMS]


def _term(field: str, value: str) -> Query:
    return Query.term_query(schema(), field, value)


def _any(queries: list[Query]) -> Query:
    return queries[0] if len(queries) == 1 else Query.boolean_query([(Occur.Should, q) for q in queries])


def _all(queries: list[Query]) -> Query:
    return queries[0] if len(queries) == 1 else Query.boolean_query([(Occur.Must, q) for q in queries])


def substring_query(field: str, value: str) -> Query:
    """Return the query for a substring of a field of character pairs."""
    pairs = text.gram_list(value)
    if len(value) == 1:
        first = "\\" + value if value in _SPECIAL else value
        return Query.regex_query(schema(), field, f"{first}.?")
    return _term(field, pairs[0]) if len(pairs) == 1 else Query.phrase_query(schema(), field, list(pairs))


def _one(term: Term) -> Query:
    value = term.text
    ways = [
        Query.boost_query(substring_query("title_grams", value), 6.0),
        substring_query("body_grams", value),
    ]
    if not term.exact:
        words = text.word_list(value)
        if words and (len(words) > 1 or words[0] != value or len(value) > 1):
            ways.append(
                _all(
                    [
                        _any([Query.boost_query(_term("title_words", w), 2.0), _term("body_words", w)])
                        for w in words
                    ]
                )
            )
        if _LATIN.fullmatch(value):
            ways.append(_term("pinyin", value))
    numbers = text.document_numbers(value)
    ways += [
        Query.boost_query(_term("number", n), 50.0) for n in (numbers or ([value] if len(value) > 3 else []))
    ]
    return _any(ways)


def build_query(terms: list[Term], filters: dict[str, str]) -> Query:
    """Return the query: every term, within every filter; without terms everything within the filters."""
    parts = [(Occur.Must, _one(term)) for term in terms] or [(Occur.Must, Query.all_query())]
    for name in FACETS:
        if filters.get(name):
            parts.append((Occur.Must, Query.const_score_query(_term(name, filters[name][:200]), 0.0)))
    return Query.boolean_query(parts)


def loose_query(terms: list[Term], filters: dict[str, str]) -> Query | None:
    """Return a query that is content with some of the words, for when nothing holds all of them."""
    words = [w for term in terms for w in text.word_list(term.text) if len(w) > 1]
    if not words:
        return None
    some = _any(
        [
            _any([Query.boost_query(_term("title_words", w), 2.0), _term("body_words", w)])
            for w in dict.fromkeys(words)
        ]
    )
    parts = [(Occur.Must, some)]
    for name in FACETS:
        if filters.get(name):
            parts.append((Occur.Must, Query.const_score_query(_term(name, filters[name][:200]), 0.0)))
    return Query.boolean_query(parts)


def sounding_queries(term: Term) -> list[tuple[int | None, str, Query]]:
    """Return (place, pinyin, query) for titles with words that sound like a Chinese term: the whole (place None), then each pair."""
    if not re.fullmatch(r"[\u4e00-\u9fff]{2,8}", term.text):
        return []
    pieces: list[tuple[int | None, str]] = [(None, term.text)]
    if len(term.text) > 2:
        pieces += [(i, term.text[i : i + 2]) for i in range(len(term.text) - 1)]
    return [
        (place, sound, _term("pinyin", sound))
        for place, piece in pieces
        for sound in [text.word_pinyin(piece)[0]]
    ]


__all__ = [
    "MAX_LENGTH",
    "Term",
    "build_query",
    "loose_query",
    "sounding_queries",
    "substring_query",
    "terms_of",
]
