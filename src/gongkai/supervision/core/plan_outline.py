"""Lines to a tree of numbered points (层次): front matter, points with their paragraphs, tail."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from gongkai.kernel.numerals import heading_level, normalise_width
from gongkai.supervision.core.plan_sentences import ENDS, has_words, split_items
from gongkai.supervision.core.plan_values import SourceLine
from gongkai.supervision.core.plan_words import plain, words

WRAP_AT = 20
_CHAPTER = re.compile(r"第[一二三四五六七八九十]{1,3}(?:部分|章|篇)[、:\s]*")
_DATE_LINE = re.compile(
    r"(?:19|20)\d\d年\d{1,2}月\d{1,2}日|[一二三四五六七八九〇○零]{4}年[一二三四五六七八九十]{1,2}月[一二三四五六七八九十]{1,3}日"
)


@dataclass
class Paragraph:
    """Lines that belong together: (line number, text) in order."""

    lines: list[tuple[int, str]] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Return the lines joined as they run on."""
        return "".join(text for _, text in self.lines)

    def lines_of(self, start: int, end: int) -> tuple[int, ...]:
        """Return the numbers of the lines that a stretch of `text` stands on."""
        found, at = [], 0
        for number, text in self.lines:
            if at < end and start < at + len(text):
                found.append(number)
            at += len(text)
        return tuple(dict.fromkeys(found))


@dataclass
class Point:
    """One numbered point (条目): `level` 1 for 一、 to 4 for (1), 0 for the whole plan; `marker` as printed."""

    level: int
    marker: str
    text: str
    line: int
    paragraphs: list[Paragraph] = field(default_factory=list)
    children: list[Point] = field(default_factory=list)


@dataclass
class Outline:
    """The plan as read by its marks: front matter, the root of the points, tail, and what holds no words."""

    front: list[SourceLine]
    root: Point
    tail: list[SourceLine]
    wordless: list[SourceLine]
    numbered: bool


def read_outline(
    lines: Sequence[SourceLine], *, title: str | None, furniture: Collection[str] = ()
) -> Outline:
    """Build the tree of points; `furniture` are texts known to be head or foot of the document."""
    kept = [line for line in lines if line.text.strip()]
    body_end = _tail_start(kept, furniture)
    tail = kept[body_end:]
    kept = kept[:body_end]
    first = next((i for i, line in enumerate(kept) if _marked(line.text) is not None), None)
    begin = first if first is not None else _preamble_length(kept, title, furniture)
    outline = Outline(kept[:begin], Point(0, "", "", 0), tail, [], first is not None)
    stack = [outline.root]
    for line in kept[begin:]:
        for item in split_items(line.text):
            _place(SourceLine(line.number, item), stack, outline)
    return outline


def _marked(text: str) -> tuple[int, str, str] | None:
    chapter = _CHAPTER.match(text.strip())
    if chapter:
        return 1, chapter.group().strip(), text.strip()[chapter.end() :].strip()
    return heading_level(text)


def _place(item: SourceLine, stack: list[Point], outline: Outline) -> None:
    marked = _marked(item.text)
    if marked is not None and has_words(marked[2]):
        level, marker, rest = marked
        while stack[-1].level >= level:
            stack.pop()
        point = Point(level, marker, rest.strip(), item.number)
        stack[-1].children.append(point)
        stack.append(point)
        return
    here = stack[-1]
    if _continues(here, item):
        _last_paragraph(here).lines.append((item.number, item.text.strip()))
    elif has_words(item.text):
        here.paragraphs.append(Paragraph([(item.number, item.text.strip())]))
    else:
        outline.wordless.append(item)


def _continues(here: Point, item: SourceLine) -> bool:
    """A line goes on where the one before is long and stops without a sign (硬换行)."""
    if not here.paragraphs or here.children:
        return False
    before = here.paragraphs[-1].lines[-1][1]
    return len(before) >= WRAP_AT and before[-1] not in ENDS + "：:）)”" and has_words(before + item.text)


def _last_paragraph(here: Point) -> Paragraph:
    return here.paragraphs[-1]


def _preamble_length(kept: Sequence[SourceLine], title: str | None, furniture: Collection[str]) -> int:
    """Return how many first lines of a plan without numbers are title, addressee or preamble."""
    squeezed_title = "".join((title or "").split())
    length = 0
    for place, line in enumerate(kept):
        text = line.text.strip()
        bare = "".join(text.split())
        is_head = (
            (squeezed_title and bare in squeezed_title)
            or text in furniture
            or (len(text) <= 40 and plain(text).endswith(":"))
            or any(word in plain(text)[-24:] for word in words("preamble.end"))
        )
        if not is_head:
            break
        length = place + 1
    return length


def _tail_start(kept: Sequence[SourceLine], furniture: Collection[str]) -> int:
    """Return where signature, date, attachments and the like begin; never before the first numbered line."""
    end = len(kept)
    while end > 1 and _is_tail(
        kept[end - 1].text, below_is_date=end < len(kept) and _is_date(kept[end].text), furniture=furniture
    ):
        end -= 1
    return end


def _is_date(text: str) -> bool:
    return _DATE_LINE.fullmatch("".join(normalise_width(text).split())) is not None


def _is_tail(text: str, *, below_is_date: bool, furniture: Collection[str]) -> bool:
    formed = plain(text).strip()
    if _marked(text) is not None:
        return False
    if _is_date(text) or formed.startswith(words("tail.start")):
        return True
    if below_is_date and len(formed) <= 40 and formed.endswith(words("issuer.suffix")):
        return True
    return text.strip() in furniture
