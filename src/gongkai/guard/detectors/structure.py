"""Structure (结构): numbering of levels, attachments, title against body, traces of another site."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from gongkai.guard.core.reading import PartReading, Reading
from gongkai.guard.core.registry import Hit, detector
from gongkai.kernel.numerals import NumeralError, from_chinese, to_chinese

_HEADING = re.compile(
    r"^[ \t]*(?:(?P<one>[一二三四五六七八九十]{1,3})、|[（(](?P<two>[一二三四五六七八九十]{1,3})[）)]|(?P<three>[0-9]{1,2})[.．、](?![0-9])|[（(](?P<four>[0-9]{1,2})[）)])",
    re.MULTILINE,
)
_INLINE_HEADING = re.compile(
    r"(?:^|(?<=[。；…：]))[ \t]*(?:(?P<one>[一二三四五六七八九十]{1,3})、|[（(](?P<two>[一二三四五六七八九十]{1,3})[）)])"
)
_LEVELS = ("one", "two", "three", "four")
_RESET = re.compile(
    r"^[ \t]*(?:附件|附表|附录|第[一二三四五六七八九十百]+[章节编部分条]|【|表[0-9一二三]|目\s*录)",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class _Mark:
    level: int
    number: int
    start: int
    end: int


@detector("txt.seq_gap")
def gaps_in_numbering(reading: Reading) -> Iterator[Hit]:
    """Find numbers skipped or repeated within one level of 一、（一）1.（1） (层次序号跳号、重号)."""
    for part in reading.parts:
        if part.part.table is not None:
            continue
        lines = list(_marks(part.plain, _HEADING))
        marks = lines if len(lines) >= 2 else list(_marks(part.plain, _INLINE_HEADING))
        resets = [match.start() for match in _RESET.finditer(part.plain)]
        yield from _gaps(part, marks, resets)


def _marks(text: str, pattern: re.Pattern[str]) -> Iterator[_Mark]:
    for match in pattern.finditer(text):
        for level, name in enumerate(_LEVELS):
            written = match.groupdict().get(name)
            if written:
                number = _number(written)
                if number:
                    begin = match.start() + len(match[0]) - len(match[0].lstrip())
                    yield _Mark(level, number, begin, match.end())


def _number(text: str) -> int:
    try:
        return int(text) if text.isdigit() else from_chinese(text)
    except NumeralError:
        return 0


def _gaps(part: PartReading, marks: list[_Mark], resets: list[int]) -> Iterator[Hit]:
    last: list[int] = [0, 0, 0, 0]
    seen_at: list[int] = [0, 0, 0, 0]
    for mark in marks:
        previous, where = last[mark.level], seen_at[mark.level]
        was_reset = any(where <= reset <= mark.start for reset in resets)
        last[mark.level], seen_at[mark.level] = mark.number, mark.start
        for lower in range(mark.level + 1, 4):
            last[lower] = 0
        if mark.number == 1 or previous == 0 or was_reset or mark.number == previous + 1:
            if mark.number == 1 and previous == 1 and not was_reset and mark.level < 2:
                yield Hit(part, mark.start, mark.end, "序号重复", suggestion="核对层次序号", confidence=0.7)
            continue
        if mark.number > previous and _stands_between(part.plain[where : mark.start], mark, previous):
            continue
        said = "重复" if mark.number == previous else f"从{previous}跳到{mark.number}"
        yield Hit(part, mark.start, mark.end, f"序号{said}", suggestion="核对层次序号", confidence=0.75)


_FORMS = ("{0}、", "[（(]{0}[）)]", "(?<![0-9]){1}[.．、]", "[（(]{1}[）)]")


def _stands_between(text: str, mark: _Mark, previous: int) -> bool:
    """Tell whether the numbers skipped stand within the lines between, as run-in headings do."""
    skipped = range(previous + 1, mark.number)
    return all(re.search(_FORMS[mark.level].format(to_chinese(number), number), text) for number in skipped)


_NOTE = re.compile(
    r"^[ \t]*附件[：:]\s*(?P<first>[^\n]+)(?P<rest>(?:\n[ \t]*[0-9]{1,2}[.．、][^\n]+)*)", re.MULTILINE
)
_NOTE_ITEM = re.compile(r"(?:^|(?<=[\s\n；;]))([0-9]{1,2})[.．、]\s?([^\n]+?)(?=\s+[0-9]{1,2}[.．、]|\n|$)")
_MENTION = re.compile(r"附件\s?([0-9]{1,2}|[一二三四五六七八九十])(?![0-9个份])")
_ANY_MENTION = re.compile(r"(?:详?见|参照|填写|按照)附件(?![0-9一二三四五六七八九十])")
_HEAD = re.compile(r"^[ \t]*附件\s?[0-9一二三四五六七八九十]{0,2}[ \t]*$", re.MULTILINE)
_FOREIGN = re.compile(r"》[^。\n]{0,12}附件|附件[^。\n]{0,4}《")


@detector("txt.attachment_ref")
def attachment_references(reading: Reading) -> Iterator[Hit]:
    """Find attachments spoken of that are neither listed nor sent along (附件引用与实附不符)."""
    names = reading.context.attachment_names
    for part in reading.parts:
        if part.part.kind not in ("text", "ocr") or "附件" not in part.plain:
            continue
        note = _NOTE.search(part.plain)
        listed = _listed(note) if note else 0
        if note and names is not None and listed > len(names):
            yield Hit(
                part,
                note.start(),
                note.end(),
                f"附件说明列{listed}件，实附{len(names)}件",
                suggestion="补齐附件或改附件说明",
                confidence=0.9,
            )
        bodies = len(_HEAD.findall(part.plain))
        available = max(listed, len(names) if names is not None else 0, bodies)
        for match in _MENTION.finditer(part.plain):
            number = _number(match[1])
            start, end = part.sentence_span(match.start())
            if (
                not note
                or (note.start() <= match.start() < note.end())
                or number <= available
                or _FOREIGN.search(part.plain[start:end])
            ):
                continue
            yield Hit(
                part,
                *match.span(),
                f"提到附件{number}，附件说明只有{available}件",
                suggestion="补附件或改编号",
                confidence=0.85,
            )
        if names is not None and not names and not note and not bodies:
            for match in _ANY_MENTION.finditer(part.plain):
                yield Hit(
                    part,
                    *match.span(),
                    "文中提到附件，没有随附文件",
                    suggestion="补附件或删去",
                    confidence=0.85,
                )


def _listed(note: re.Match[str]) -> int:
    items = [int(match[1]) for match in _NOTE_ITEM.finditer(note["first"] + note["rest"])]
    return len(items) if items and items == list(range(1, len(items) + 1)) else 1


_TRACE = re.compile(
    r"[（(【\[]?本(?:网|报|站|台|刊)(?:讯|记者|消息|[\u4e00-\u9fff]{2,6}[0-9]{1,2}月[0-9]{1,2}日(?:电|讯))[）)】\]]?|(?:新华社|中新社|人民网|新华网|中新网|央视网|光明网|澎湃新闻)[\u4e00-\u9fff]{0,6}(?:[0-9]{1,2}月)?[0-9]{1,2}日(?:电|讯|消息)"
    r"|[（(\[【]?(?:责任编辑|责编|（编辑)[：:]\s?[\u4e00-\u9fff]{2,4}[）)\]】]?|原标题[：:]|点击(?:上方|下方|蓝字)[^。\n]{0,8}关注|扫码关注|转自[：:]|阅读原文|(?:版权归|版权所有)[^。\n]{0,12}(?:作者|原作者|网)"
)
_TRACE_WORDS = (
    "本网",
    "本报",
    "本站",
    "本台",
    "本刊",
    "日电",
    "日讯",
    "日消息",
    "责任编辑",
    "责编",
    "（编辑",
    "原标题",
    "点击",
    "扫码",
    "转自",
    "阅读原文",
    "版权",
)
_SOURCE = re.compile(
    r"(?:稿件|信息|文章)?来\s?源\s?[：:]\s?[\u4e00-\u9fffA-Za-z]{2,}|转载自|据[\u4e00-\u9fff]{2,8}(?:报道|消息)|（来源"
)


@detector("txt.copy_source")
def copied_without_source(reading: Reading) -> Iterator[Hit]:
    """Find traces of another site in a text that names no source (转载未注明来源)."""
    if reading.context.source:
        return
    for part in reading.parts:
        found = _TRACE.search(part.plain) if part.has_any(_TRACE_WORDS) else None
        if found:
            yield Hit(
                part,
                *found.span(),
                "像是转载，没有写明来源",
                suggestion="补来源，删去他站的署名与编辑",
                confidence=0.7,
            )
