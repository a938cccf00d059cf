"""From what somebody typed to a query of the index. Every text is valid; nothing typed is ever parsed as query language.

Blanks separate terms, all of which must be found; "…" keeps a phrase together. A term is found as a substring (character pairs), as its words, as a
document number in any brackets, as an index number, or, in Latin letters, as pinyin.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from tantivy import Occur, Query

from gongkai.portal.search import text
from gongkai.portal.search.bounds import Bounds
from gongkai.portal.search.schema import FACETS, schema
from gongkai.portal.search.vocabulary import concepts_of, in_figures, meant_by

MAX_LENGTH = 100
MAX_TERMS = 8
_YEAR = re.compile(r"[\[(【〔{]((?:19|20)\d\d)[\])】〕}](?:第(?=\d))?")
_PHRASE = re.compile(r'"([^"]+)"|(\S+)')
_LATIN = re.compile(r"[a-z]{2,40}")
ANYWHERE = Bounds()
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


def title_query(value: str) -> Query:
    """Return the query for a substring of a title: its runs of two to four characters, all of them."""
    if len(value) == 1:
        first = "\\" + value if value in _SPECIAL else value
        return Query.regex_query(schema(), "title_grams", f"{first}.?")
    return _all([_term("title_grams", run) for run in text.title_gram_list(value)])


def _body_query(value: str) -> Query:
    pairs = text.gram_list(value)
    return (
        _term("body_grams", pairs[0])
        if len(pairs) == 1
        else Query.phrase_query(schema(), "body_grams", list(pairs))
    )


def _named(value: str) -> list[Query]:
    """Return the queries for a document number, an index number or pinyin."""
    numbers = text.document_numbers(value)
    ways = [
        Query.boost_query(_term("number", n), 50.0) for n in (numbers or ([value] if len(value) > 3 else []))
    ]
    return [*ways, _term("pinyin", value)] if _LATIN.fullmatch(value) else ways


def _in_title(term: Term) -> list[Query]:
    """Return the queries for a term in titles: as typed, with figures as titles write them, and under what is meant by it."""
    ways = [Query.boost_query(title_query(term.text), 6.0)]
    if term.exact:
        return ways
    figures = in_figures(term.text)
    if figures != term.text:
        ways.append(Query.boost_query(title_query(figures), 6.0))
    return ways + [Query.boost_query(title_query(form), 3.0) for form in meant_by(term.text)]


def _by_title(term: Term) -> Query:
    return _any([*_in_title(term), *_named(term.text)])


def _about(word: str, meant: tuple[str, ...]) -> Query:
    if any(c.isdigit() for c in word):  # words of the index end where figures end
        ways = (
            [Query.boost_query(title_query(word), 2.0), _body_query(word)]
            if len(word) > 1
            else [_term("body_words", word)]
        )
    else:
        ways = [Query.boost_query(_term("title_words", word), 2.0), _term("body_words", word)]
    ways += [Query.boost_query(title_query(form), 2.0) for form in meant]
    return _any(ways)


def _by_words(term: Term) -> Query:
    ways = [*_in_title(term), *_named(term.text)]
    concepts = [] if term.exact else concepts_of(in_figures(term.text))
    # A lone sign among words is a slip or a rest: as a condition of its own it would find anything.
    if concepts and (len(term.text) == 1 or all(len(c.word) > 1 for c in concepts)):
        ways.append(_all([_about(c.word, c.meant) for c in concepts]))
    elif len(term.text) > 1:
        ways.append(_body_query(term.text))
    return _any(ways)


def _by_everything(term: Term) -> Query:
    ways = [_by_words(term)]
    if len(term.text) > 1:
        ways.append(_body_query(term.text))
    official = _YEAR.sub(r"〔\1〕", term.text)
    if official != term.text:
        ways.append(_body_query(official))
    return _any(ways)


@dataclass(frozen=True, slots=True)
class Ways:
    """The same question asked ever more widely. Whoever asks stops at the first that gives more than can be paged through."""

    title: Query
    words: Query
    everything: Query


def ways_of(
    terms: list[Term],
    filters: dict[str, str],
    *,
    dense: frozenset[str] = frozenset(),
    bounds: Bounds = ANYWHERE,
) -> Ways:
    """Return the queries: every term, within every filter and the bounds. `dense` names terms that stand in so many titles that they
    choose nothing: they are looked for in titles only."""
    kept = _filters(filters, bounds)

    def joined(one: Callable[[Term], Query]) -> Query:
        parts = [
            (
                Occur.Must,
                Query.const_score_query(_by_title(t), 1.0)
                if t.text in dense and one not in _BOUND
                else one(t),
            )
            for t in terms
        ]
        return Query.boolean_query([*(parts or [(Occur.Must, Query.all_query())]), *kept])

    if bounds.within:
        return Ways(*[joined(_WITHIN[bounds.within])] * 3)
    return Ways(joined(_by_title), joined(_by_words), joined(_by_everything))


def _titles_only(term: Term) -> Query:
    return _any(_in_title(term))


def _text_only(term: Term) -> Query:
    return _body_query(term.text) if len(term.text) > 1 else _term("body_words", term.text)


def _numbers_only(term: Term) -> Query:
    return _any([_term("number", n) for n in text.document_numbers(term.text) or [term.text]])


_WITHIN: dict[str, Callable[[Term], Query]] = {
    "title": _titles_only,
    "text": _text_only,
    "number": _numbers_only,
}
_BOUND = frozenset(_WITHIN.values())


def _filters(filters: dict[str, str], bounds: Bounds) -> list[tuple[Occur, Query]]:
    chosen = [_term(name, filters[name][:200]) for name in FACETS if filters.get(name)]
    if (days := bounds.days()) is not None:
        chosen.append(days)
    return [(Occur.Must, Query.const_score_query(query, 0.0)) for query in chosen]


def loose_query(terms: list[Term], filters: dict[str, str], bounds: Bounds = ANYWHERE) -> Query | None:
    """Return a query that is content with some of what is asked, for when nothing holds all of it: words, what is meant by them, and,
    faintly, pairs of characters."""
    ways: dict[str, Query] = {}
    for term in terms:
        if named := _named(term.text):
            ways[f"={term.text}"] = _any(named)
        for concept in concepts_of(in_figures(term.text)):
            if len(concept.word) < 2:
                continue
            ways[concept.word] = _about(concept.word, concept.meant)
            for pair in text.gram_list(concept.word) if not concept.meant else ():
                faint = [
                    Query.boost_query(_term("title_grams", pair), 0.6),
                    Query.boost_query(_term("body_grams", pair), 0.2),
                ]
                ways.setdefault(f"{pair}?", _any(faint))
    if not ways or bounds.within:
        return None
    return Query.boolean_query([(Occur.Must, _any(list(ways.values()))), *_filters(filters, bounds)])


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
    "Ways",
    "loose_query",
    "sounding_queries",
    "terms_of",
    "title_query",
    "ways_of",
]
