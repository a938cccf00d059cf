"""Checking one document (检查): runs every detector, settles overlaps, masks what is personal, sorts."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable

import gongkai.guard.detectors  # noqa: F401  (registers the detectors)
from gongkai.guard.attachments.api import as_attachment_finding
from gongkai.guard.core.document import Context, Document
from gongkai.guard.core.lexicon import Lexicon, base_lexicon, lexicon_for
from gongkai.guard.core.masking import mask, scrub
from gongkai.guard.core.reading import Reading
from gongkai.guard.core.registry import Detector, Hit, registry
from gongkai.kernel.findings import Finding

_NUMBER_RANK = (
    "pii.cn_id18",
    "pii.cn_id18_suspect",
    "pii.id_weak_mask",
    "pii.bank_card",
    "pii.cn_id15",
    "pii.medical_no",
    "pii.passport_permit",
    "pii.mobile",
    "pii.landline_home",
)
_MATCHED_LIMIT = 120


def detectors() -> dict[str, Detector]:
    """Return the registry of text detectors, id → Detector, in the order of the rule file."""
    return dict(registry())


def rule_version(context: Context | None = None) -> str:
    """Return the version of lists and severities that findings carry; derived from the contents of the rule files."""
    return (lexicon_for(context.extra) if context else base_lexicon()).version


def check(document: Document, context: Context | None = None, *, show_matched: bool = False) -> list[Finding]:
    """Return the findings of all text detectors over `document`, sorted by part, then place.

    Spans are half-open, in code points of the text of their part. `matched` of personal data is masked unless
    `show_matched`. Never raises on any text.
    """
    context = context or Context()
    lexicon = lexicon_for(context.extra)
    reading = Reading(document, context, lexicon)
    hits = [(item, hit) for item in registry().values() for hit in item.run(reading)]
    order = {id(part): number for number, part in enumerate(reading.parts)}
    hits = _settled(hits)
    private = _private_spans(hits)
    hits.sort(key=lambda pair: (order[id(pair[1].part)], pair[1].start or 0, pair[1].end or 0, pair[0].id))
    return [_finding(item, hit, lexicon, private, show_matched) for item, hit in hits]


def check_text(
    text: str, context: Context | None = None, *, title: str = "", show_matched: bool = False
) -> list[Finding]:
    """Return the findings over one text (part `text`), with its title (part `title`) when given."""
    return check(Document.of_text(text, title), context, show_matched=show_matched)


def apply_replacement(text: str, finding: Finding) -> str:
    """Return the text of the finding's part with the repair made. Raises ValueError when the finding has no sure repair."""
    if finding.replacement is None or finding.span is None:
        raise ValueError(f"检查项 {finding.detector} 没有可以直接套用的改法；请人工修改")
    start, end = finding.span
    return text[:start] + finding.replacement + text[end:]


_Pair = tuple[Detector, Hit]


def _settled(pairs: Iterable[_Pair]) -> list[_Pair]:
    """Drop doubles, and of overlapping numbers keep the one with the surest meaning."""
    kept: list[_Pair] = []
    taken: dict[int, list[tuple[int, int]]] = {}
    rank = {name: number for number, name in enumerate(_NUMBER_RANK)}
    seen: set[tuple[str, int, int | None, int | None]] = set()
    ranked = sorted(pairs, key=lambda pair: rank.get(pair[0].id, len(rank)))
    for item, hit in ranked:
        key = (item.id, id(hit.part), hit.start, hit.end)
        if key in seen:
            continue
        seen.add(key)
        if item.id in _WEAKER_WORDING and any(
            other.id == "txt.fixed_phrase_typo" and told.part is hit.part and _same_words(told, hit)
            for other, told in ranked
        ):
            continue
        if item.id in rank and hit.start is not None and hit.end is not None:
            spans = taken.setdefault(id(hit.part), [])
            if _overlaps(spans, hit.start, hit.end):
                continue
            insort(spans, (hit.start, hit.end))
        kept.append((item, hit))
    return kept


_WEAKER_WORDING = ("txt.org_name_variant", "txt.general_typo")


def _same_words(one: Hit, other: Hit) -> bool:
    return (
        None not in (one.start, one.end, other.start, other.end)
        and one.start < other.end  # type: ignore[operator]
        and other.start < one.end  # type: ignore[operator]
    )


def _overlaps(spans: list[tuple[int, int]], start: int, end: int) -> bool:
    """Tell whether `start:end` meets one of the sorted spans."""
    place = bisect_left(spans, (start, end))
    return any(
        spans[near][0] < end and start < spans[near][1]
        for near in (place - 1, place)
        if 0 <= near < len(spans)
    )


def _meets(spans: list[tuple[int, int]], start: int, end: int) -> bool:
    """Tell whether `start:end` meets one of the spans, which are sorted by their start but may overlap each other."""
    last = bisect_left(spans, (end, 0))
    return any(start < other_end for _, other_end in spans[max(0, last - 64) : last])


def _private_spans(pairs: Iterable[_Pair]) -> dict[int, list[tuple[int, int]]]:
    spans: dict[int, list[tuple[int, int]]] = {}
    for item, hit in pairs:
        if item.mask and hit.start is not None and hit.end is not None:
            spans.setdefault(id(hit.part), []).append((hit.start, hit.end))
    for found in spans.values():
        found.sort()
    return spans


def _finding(
    item: Detector, hit: Hit, lexicon: Lexicon, private: dict[int, list[tuple[int, int]]], show_matched: bool
) -> Finding:
    severity = hit.severity or item.severity
    finding = Finding(
        detector=item.id,
        rule_version=lexicon.version,
        part=hit.part.part.name,
        span=None
        if hit.start is None or hit.end is None
        else hit.part.folded.original_span(hit.start, hit.end),
        matched=_matched(item, hit, private.get(id(hit.part), []), show_matched),
        severity=severity,
        confidence=hit.confidence,
        suggestion=hit.suggestion or (f"改为“{hit.replacement}”" if hit.replacement else item.remedy),
        basis=item.basis,
        replacement=hit.replacement,
        message=hit.message,
    )
    return as_attachment_finding(finding, hit.part.part.kind)


def _matched(item: Detector, hit: Hit, private: list[tuple[int, int]], show_matched: bool) -> str:
    if hit.start is None or hit.end is None:
        return ""
    text = hit.part.visible[hit.start : hit.end]
    if not show_matched:
        if item.mask:
            text = hit.replacement or mask(item.mask, text, "strict")
        elif private and _meets(private, hit.start, hit.end):
            text = scrub(text)
    return text if len(text) <= _MATCHED_LIMIT else text[: _MATCHED_LIMIT - 1] + "…"
