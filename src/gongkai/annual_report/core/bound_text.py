"""Text with bound figures (绑定数字的正文): `{{figure}}` prints a cell; any other number is listed until somebody answers for it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

MARK = re.compile(r"\{\{\s*([A-Za-z][A-Za-z0-9_.]*)\s*\}\}")
NOT_APPLICABLE = "不适用"
_MEASURES = "个件次项起家户人场篇条份张台支名批所类处例"
_DIGITS = re.compile(r"\d[\d,]*(?:\.\d+)?\s*[%万亿余]?")
_WORDS = re.compile(
    rf"(?<![第十百千〇零一二三四五六七八九])[两一二三四五六七八九十百千万]+(?:余)?(?=[{_MEASURES}])"
)
# What is no figure: years, document numbers, articles, quoted names, ordinals and the numbers of headings.
_PASSED_OVER = re.compile(
    r"(?:19|20)\d\d年(?:度)?(?!\d)|〔\d{4}〕\d+号|第[\d一二三四五六七八九十百]+[条款项号次届批章]|“[^”]{0,30}”|《[^》]{0,60}》|"
    r"(?m:^\s*(?:\d+[.、]|[（(][\d一二三四五六七八九十]+[）)]|[一二三四五六七八九十]+、))|一是|二是|三是|四是|一个(?!月)|一次性|一步|一批"
)


class FigureUnknown(LookupError):
    """The text binds figures that the run does not have; `names` lists them."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names
        super().__init__(f"正文绑定了没有的数字：{'、'.join(names)}；请从列表中选择")


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a rendered text; `cell` names the figure it prints, None for plain words."""

    text: str
    cell: str | None = None


@dataclass(frozen=True, slots=True)
class Unbound:
    """A number in the text that is bound to no figure: its place in the template, its words, figures that print alike."""

    span: tuple[int, int]
    words: str
    candidates: tuple[str, ...]


def bound_names(text: str) -> list[str]:
    """Return the figures a text binds, each once, in order."""
    return list(dict.fromkeys(match[1] for match in MARK.finditer(text)))


def pieces(text: str, printed: Mapping[str, str]) -> Iterator[Piece]:
    """Yield the text with its figures printed. Raises FigureUnknown before the first piece."""
    if missing := tuple(name for name in bound_names(text) if name not in printed):
        raise FigureUnknown(missing)
    at = 0
    for match in MARK.finditer(text):
        if match.start() > at:
            yield Piece(text[at : match.start()])
        yield Piece(printed[match[1]], match[1])
        at = match.end()
    if at < len(text):
        yield Piece(text[at:])


def render(text: str, printed: Mapping[str, str]) -> str:
    """Return the text with its figures printed. Raises FigureUnknown."""
    return "".join(piece.text for piece in pieces(text, printed))


def unbound_numbers(text: str, printed: Mapping[str, str]) -> list[Unbound]:
    """List the numbers in a text that no figure stands behind, with the figures that print the same."""
    plain = "".join(_narrow(character) for character in text)
    plain = MARK.sub(lambda match: "\0" * len(match[0]), plain)
    plain = _PASSED_OVER.sub(lambda match: "\0" * len(match[0]), plain)
    found = sorted(
        (match.span() for pattern in (_DIGITS, _WORDS) for match in pattern.finditer(plain)),
        key=lambda span: span[0],
    )
    by_print: dict[str, list[str]] = {}
    for name, words in printed.items():
        by_print.setdefault(words.rstrip("%"), []).append(name)
    return [
        Unbound(span, text[slice(*span)].strip(), tuple(by_print.get(_bare(plain[slice(*span)]), ())[:8]))
        for span in found
    ]


def _narrow(character: str) -> str:
    folded = unicodedata.normalize("NFKC", character)
    return folded if len(folded) == 1 and folded.isdigit() else character


def _bare(words: str) -> str:
    return words.strip().replace(",", "").rstrip("%")
