"""Punctuation (标点): half-width marks between Chinese characters, doubled marks, unpaired brackets and quotes, GB/T 15834-2011."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from gongkai.guard.core.reading import PartReading, Reading
from gongkai.guard.core.registry import Hit, detector

_FULL_FORM = {",": "，", ";": "；", ":": "：", "?": "？", "!": "！", ".": "。"}
_HALF = re.compile(
    r"[,;!?:](?<=[\u4e00-\u9fff”》）].)(?=[\u4e00-\u9fff“《（])|[.](?<=[\u4e00-\u9fff]{2}.)(?=[\u4e00-\u9fff]{2}|[ \t]*$)|[,;](?<=[\u4e00-\u9fff]{2}.)(?=[ \t]*$)",
    re.MULTILINE,
)
_FULL = re.compile("[，；：]")
_DOUBLED = re.compile("[，、；：。]{2,}")
_PAUSE = re.compile(r"、(?<=[》”].)(?=[《“])")
_PAIRS = {"（": "）", "“": "”", "《": "》", "【": "】", "〔": "〕", "「": "」", "『": "』", "‘": "’"}
_CLOSERS = {close: opener for opener, close in _PAIRS.items()}
_BRACKET = re.compile("[（）()“”《》【】〔〕「」『』]")
_LIST_MARK = re.compile(r"(?:^|[\s，,；;。：:、])(?:[0-9一二三四五六七八九十]{1,3}|[a-zA-Z])$")
_MOST_SEPARATE = 5
_MOST_UNPAIRED = 20
_QUOTE_REACH = 600
_ROUND = str.maketrans("()", "（）")


@detector("txt.punct")
def wrong_punctuation(reading: Reading) -> Iterator[Hit]:
    """Find wrong punctuation; a text that uses half-width marks throughout gets one finding, not hundreds (标点错误)."""
    for part in reading.parts:
        if part.part.kind in ("filename", "url", "property"):
            continue
        yield from _half_width(part)
        for match in _DOUBLED.finditer(part.visible):
            if len(match[0]) == 2 or set(match[0]) != {"。"}:
                yield Hit(part, *match.span(), "标点连用", replacement=_strongest(match[0]), confidence=0.9)
        pauses = list(_PAUSE.finditer(part.visible))
        if pauses:
            message = "书名号、引号并列之间不用顿号" + (f"，全文{len(pauses)}处" if len(pauses) > 1 else "")
            yield Hit(part, *pauses[0].span(), message, replacement="", confidence=0.7)
        yield from _unpaired(part)


def _strongest(marks: str) -> str:
    return max(marks, key="、，：；。".index)


def _half_width(part: PartReading) -> Iterator[Hit]:
    text = part.visible
    found = [
        match
        for match in _HALF.finditer(text)
        if not part.in_url(match.start()) and not (match[0] == "," and _is_record(part, match.start()))
    ]
    if not found:
        return
    if len(found) > _MOST_SEPARATE:
        yield Hit(
            part,
            *found[0].span(),
            f"全文{len(found)}处用了半角标点，中文间应用全角",
            suggestion="整篇替换为全角标点",
            confidence=0.85,
        )
        return
    for match in found:
        yield Hit(part, *match.span(), "中文间应用全角标点", replacement=_FULL_FORM[match[0]], confidence=0.9)


_FEWEST_FIELDS = 4
_SENTENCE_MARK = re.compile(r"[，。；：！？]")


def _is_record(part: PartReading, position: int) -> bool:
    """Tell whether the line is a row of fields set off by commas, not a sentence."""
    start, end = part.line_span(position)
    line = part.visible[start:end]
    return line.count(",") >= _FEWEST_FIELDS - 1 and not _SENTENCE_MARK.search(line)


def _unpaired(part: PartReading) -> Iterator[Hit]:
    """Report brackets and quotes that find no partner within their paragraph; half- and full-width round ones pair."""
    text = part.visible
    if part.part.table is not None:
        return
    faults = sorted(place for place in _faults(text) if not _is_kept(text, place))
    for place in faults[:_MOST_UNPAIRED]:
        rest = f"，全文{len(faults)}处" if len(faults) > _MOST_UNPAIRED else ""
        yield Hit(part, place, place + 1, f"“{text[place]}”没有配对{rest}", confidence=0.8)


def _faults(text: str) -> Iterator[int]:
    """Yield the places of marks without a partner; a double quote may run on into the next paragraphs."""
    open_marks: list[tuple[str, int]] = []
    waiting: Counter[str] = Counter()
    previous = 0
    for match in _BRACKET.finditer(text):
        if open_marks and "\n" in text[previous : match.start()]:
            yield from (
                place
                for mark, place in open_marks
                if mark != "“" or "”" not in text[place : place + _QUOTE_REACH]
            )
            open_marks = [
                (mark, place)
                for mark, place in open_marks
                if mark == "“" and "”" in text[place : place + _QUOTE_REACH]
            ]
            waiting = Counter(mark for mark, _ in open_marks)
        previous = match.start()
        mark = match[0].translate(_ROUND)
        opener = _CLOSERS.get(mark)
        if opener is None:
            open_marks.append((mark, match.start()))
            waiting[mark] += 1
        elif waiting[opener]:
            while open_marks[-1][0] != opener:
                left, place = open_marks.pop()
                waiting[left] -= 1
                yield place
            open_marks.pop()
            waiting[opener] -= 1
        elif not (mark == "）" and _LIST_MARK.search(text, max(0, match.start() - 5), match.start())):
            yield match.start()
    yield from (place for _, place in open_marks)


_DOCUMENT_NUMBER = re.compile(r"[\[［【{〔〈<(（]\s?(?:19|20)[0-9]{2}\s?[\]］】}〕〉>)）]")


def _is_kept(text: str, place: int) -> bool:
    """Tell whether an unpaired mark is no error of its own: a face, a formula, a document number (judged by its own rule)."""
    around = text[max(0, place - 1) : place + 2]
    if any(mark in around for mark in (":)", ":(", "^(", "=(")):
        return True
    return any(
        match.start() <= place < match.end()
        for match in _DOCUMENT_NUMBER.finditer(text, max(0, place - 8), place + 8)
    )
