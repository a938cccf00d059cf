"""Document numbers that a text cites (引用的发文字号), turned into links where this site holds the document."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from html import unescape

from markupsafe import Markup, escape

from gongkai.portal.core.values import Card

Find = Callable[[str], Card | None]
_OPEN, _CLOSE = "〔[［（(【﹝", "〕]］）)】﹞"
_CITED = re.compile(
    rf"(?P<code>[\u4e00-\u9fff·A-Za-z]{{2,20}})[{re.escape(_OPEN)}](?P<year>\d{{4}})[{re.escape(_CLOSE)}](?P<serial>\d{{1,5}})号"
)
_PIECE = re.compile(r"(<[^>]*>)")
_SHORTEST, _LONGEST = 2, 10  # letters of the office's mark before the year


def normal_number(number: str) -> str:
    """Return a document number as it is looked up: one width, brackets as 〔〕; empty when it is none."""
    plain = "".join(unicodedata.normalize("NFKC", number).split())
    found = _CITED.fullmatch(plain)
    return _written(found["code"], found) if found else ""


def cited_numbers(text: str) -> Iterator[tuple[int, tuple[tuple[int, str], ...]]]:
    """Yield where each cited number ends and what it may be with its beginning, longest first: `根据国办发〔2016〕80号` is no one word."""
    for found in _CITED.finditer(text):
        code, ends = found["code"], found.end("code")
        longest = min(len(code), _LONGEST)
        yield (
            found.end(),
            tuple(
                (ends - length, _written(code[-length:], found))
                for length in range(longest, _SHORTEST - 1, -1)
            ),
        )


def with_links(html: str, find: Find, address: Callable[[str], str]) -> Markup:
    """Return cleaned inline HTML with a link at each number that `find` knows; what is a link already stays as it is."""
    if "号" not in html:
        return Markup(html)  # noqa: S704  (cleaned by the caller)
    parts, inside = [], 0
    for piece in _PIECE.split(html):
        if piece.startswith("<"):
            inside += piece.startswith(("<a ", "<a>")) - piece.startswith("</a")
            parts.append(piece)
        else:
            parts.append(piece if inside else _linked(piece, find, address))
    return Markup("".join(parts))  # noqa: S704  (pieces of cleaned HTML and escaped text)


def _linked(piece: str, find: Find, address: Callable[[str], str]) -> str:
    if not _CITED.search(piece):
        return piece
    text, done, parts = unescape(piece), 0, []
    for end, candidates in cited_numbers(text):
        known = ((begin, card) for begin, number in candidates if (card := find(number)) is not None)
        for begin, card in known:
            link = f'<a href="{address(card.path)}">{escape(text[begin:end])}</a>'
            parts += [str(escape(text[done:begin])), link]
            done = end
            break
    parts.append(str(escape(text[done:])))
    return "".join(parts)


def _written(code: str, found: re.Match[str]) -> str:
    return f"{code}〔{found['year']}〕{int(found['serial'])}号"
