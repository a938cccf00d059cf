"""Marking what was found: title with marks, two lines of context; original text in, escaped HTML out."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from markupsafe import Markup, escape

from gongkai.portal.search import text

CONTEXT = 96
_LEAD = 24
_SEARCHED = 20_000


@lru_cache(maxsize=30_000)
def _normal(character: str) -> str:
    """Return one character as the index sees it; white space vanishes."""
    return text.normalise(unicodedata.normalize("NFKC", character))


def normal_form(original: str) -> tuple[str, list[int]]:
    """Return the normal form and, for each of its characters, where it stands in the original."""
    parts: list[str] = []
    where: list[int] = []
    for i, character in enumerate(original):
        normal = _normal(character)
        parts.append(normal)
        where.extend([i] * len(normal))
    return "".join(parts), where


def spans(original: str, needles: list[str]) -> list[tuple[int, int]]:
    """Return where any needle (in normal form) stands in the original, merged and in order."""
    normal, where = normal_form(original)
    found = []
    for needle in needles:
        start = normal.find(needle)
        while start >= 0 and len(found) < 200:
            found.append((where[start], where[start + len(needle) - 1] + 1))
            start = normal.find(needle, start + len(needle))
    merged: list[tuple[int, int]] = []
    for first, end in sorted(found):
        if merged and first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((first, end))
    return merged


def marked(original: str, needles: list[str]) -> Markup:
    """Return the text with what was found between `<mark>`."""
    out, last = [], 0
    for first, end in spans(original, needles):
        out += [
            escape(original[last:first]),
            Markup("<mark>"),
            escape(original[first:end]),
            Markup("</mark>"),
        ]
        last = end
    return Markup("").join([*out, escape(original[last:])])


def excerpt(body: str, needles: list[str]) -> Markup:
    """Return about two lines around the first place found, or the beginning."""
    body = " ".join(body[:_SEARCHED].split())
    hits = spans(body, needles)
    start = max(0, hits[0][0] - _LEAD) if hits else 0
    piece = body[start : start + CONTEXT]
    before, after = "…" if start else "", "…" if start + CONTEXT < len(body) else ""
    return escape(before) + marked(piece, needles) + escape(after)
