"""One-click repair (一键改正): a sure replacement put into exactly its place of the body, nothing else touched."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from html import unescape
from typing import Any, Final

from gongkai.guard import api as guard
from gongkai.kernel.findings import Finding
from gongkai.records.core.canonical import clean_text
from gongkai.records.core.markup import from_text, paragraphs, text_of
from gongkai.records.core.stream import FileFacts, Raw, payload_blocks, payload_origins

_TOKEN: Final = re.compile(
    r'<(?:[^>"]|"[^"]*")*>|&(?:[A-Za-z][A-Za-z0-9]*|#[0-9]+|#[xX][0-9A-Fa-f]+);|.', re.DOTALL
)
_BREAK: Final = re.compile(r"<br\s*/?>")


class PlaceChanged(ValueError):
    """The place that a finding names is no longer there, or cannot be told apart."""


def repaired_text(text: str, finding: Finding) -> str:
    """Return plain text with the repair made. Raises PlaceChanged when the finding's span does not lie in it."""
    if finding.span is None or not 0 <= finding.span[0] <= finding.span[1] <= len(text):
        raise PlaceChanged(finding.part)
    return guard.apply_replacement(text, finding)


def repaired_markup(markup: str, finding: Finding) -> str:
    """Return inline markup whose reader's text has the repair made; marks and links around it stay.

    The span counts in `text_of(markup)`. Raises PlaceChanged when the result would not read exactly as it should.
    """
    wanted = repaired_text(text_of(markup), finding)
    start, end = finding.span or (0, 0)
    fresh, position, done = "", 0, False
    for token in _TOKEN.findall(markup):
        shown = _shown(token)
        inside = bool(shown) and start < position + len(shown) and position < end
        if not done and shown and (inside or (start == end == position)):
            fresh, done = fresh + from_text(finding.replacement or ""), True
        fresh += "" if inside else token
        position += len(shown)
    if not done:
        fresh += from_text(finding.replacement or "")
    if text_of(fresh) != wanted:
        raise PlaceChanged(finding.part)
    return fresh


def repaired_body(raw: Sequence[Raw], files: Mapping[str, FileFacts], finding: Finding) -> list[Raw]:
    """Return raw blocks with the repair made in the block, cell or file name that the finding's part names.

    Parts are those of `reading.body_lines`: `block:3`, `block:3:caption`, `attachment:1`. Raises PlaceChanged.
    """
    kind, _, rest = finding.part.partition(":")
    number, _, inner = rest.partition(":")
    if not number.isdigit() or kind not in {"block", "attachment"}:
        raise PlaceChanged(finding.part)
    fresh = list(raw)
    if kind == "attachment":
        places = [index for index, item in enumerate(raw) if item["type"] == "attachment"]
        index = _pick(places, int(number), finding)
        value: Any = {**raw[index]["value"], "name": repaired_text(raw[index]["value"]["name"], finding)}
    else:
        index, part = _pick(payload_origins(raw, files), int(number), finding)
        block = payload_blocks([raw[index]], files)[part]
        value = _repaired_value(raw[index], part, block, finding, inner == "caption")
    fresh[index] = {**raw[index], "value": value}
    return fresh


def _repaired_value(
    item: Raw, part: int, block: Mapping[str, Any], finding: Finding, is_caption: bool
) -> Any:
    kind, value = item["type"], item["value"]
    if kind == "paragraph":
        pieces = paragraphs(clean_text(value))
        pieces[part] = repaired_markup(pieces[part], finding)
        return "".join(f"<p>{piece}</p>" for piece in pieces)
    if kind == "quotation":
        return {**value, "text": f"<p>{repaired_markup(block['html'], finding)}</p>"}
    if kind == "table":
        if is_caption:
            return {**value, "caption": repaired_text(block["caption"], finding)}
        return {**value, "rows": _repaired_rows(block["rows"], finding)}
    if kind == "heading":
        return {**value, "text": repaired_text(block["text"], finding)}
    if kind in {"signature", "attachment_note"}:
        return repaired_text(block["text"], finding)
    if kind == "image":
        names = [name for name in ("alt", "caption") if block[name]]
        index, text = _within([block[name] for name in names], finding)
        return {**value, names[index]: text}
    if kind == "figure":
        return _repaired_figure(value, block, finding)
    raise PlaceChanged(finding.part)


def _repaired_rows(rows: Sequence[Sequence[str]], finding: Finding) -> list[list[str]]:
    width = len(rows[0]) if rows else 0
    index, text = _within([cell for row in rows for cell in row], finding)
    fresh = [list(row) for row in rows]
    fresh[index // width][index % width] = text
    return fresh


def _repaired_figure(value: Mapping[str, Any], block: Mapping[str, Any], finding: Finding) -> dict[str, Any]:
    labels, names = block["labels"], [series["name"] for series in block["series"]]
    index, text = _within([block["title"], *labels, *names], finding)
    if index == 0:
        return {**value, "title": text}
    rows = [list(row) for row in value["rows"]]
    if index <= len(labels):
        rows[index][0] = text
    else:
        rows[0][index - len(labels)] = text
    return {**value, "rows": rows}


def _within(pieces: Sequence[str], finding: Finding) -> tuple[int, str]:
    """Repair the one of several pieces, read with one character between them, that holds the whole span."""
    start, end = finding.span or (-1, -1)
    begins = 0
    for index, piece in enumerate(pieces):
        if begins <= start and end <= begins + len(piece):
            return index, repaired_text(piece, replace(finding, span=(start - begins, end - begins)))
        begins += len(piece) + 1
    raise PlaceChanged(finding.part)


def _pick(places: Sequence[Any], number: int, finding: Finding) -> Any:
    if not 1 <= number <= len(places):
        raise PlaceChanged(finding.part)
    return places[number - 1]


def _shown(token: str) -> str:
    if token.startswith("<") and len(token) > 1:
        return "\n" if _BREAK.fullmatch(token) else ""
    return unescape(token)
