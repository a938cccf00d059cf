"""Wrong characters (错别字): fixed phrases, common words, doubled characters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

import rjieba

from gongkai.guard.core.phrases import Slip, phrase_book
from gongkai.guard.core.reading import PartReading, Reading
from gongkai.guard.core.registry import Hit, detector


def _slips(part: PartReading) -> list[Slip]:
    """Return the slips of a part, found once for both detectors."""
    return part.remember("slips", lambda: phrase_book(part.lexicon).slips(part.plain))


@detector("txt.fixed_phrase_typo")
def wrong_fixed_phrases(reading: Reading) -> Iterator[Hit]:
    """Find a wrong character in names and phrases that are never written otherwise (固定说法错字)."""
    for part in reading.parts:
        taken = -1
        for slip in _slips(part):
            if slip.book != "fixed" or slip.start < taken or _OF_A_FIRM.match(part.plain, slip.end):
                continue
            if not _own_name(part, slip.start, slip.end) and _is_slip(part.plain, slip):
                taken = slip.end
                yield _typo(part, slip.start, slip.end, slip.right, slip.why, 0.94)


def _is_slip(text: str, slip: Slip) -> bool:
    """Tell whether a short run is no seam of two words (捍卫 | 牛羊) and, unless it is a known slip, no word (人名); a longer one speaks for itself."""
    if slip.end - slip.start > _SHORT:
        return True
    is_known = slip.why == "常见错写" or len(_pieces(text[slip.start : slip.end])) > 1
    return is_known and _stands_alone(text, slip.start, slip.end)


_SHORT = 2


_OF_A_FIRM = re.compile(
    r"[\u4e00-\u9fff（()）]{0,10}?(?:有限|股份)(?:责任)?公司|[\u4e00-\u9fff]{0,6}?(?:集团|药业|药房|诊所)"
)


def _typo(part: PartReading, start: int, end: int, right: str, why: str, confidence: float) -> Hit:
    written = part.visible[start:end]
    return Hit(
        part,
        start,
        end,
        f"“{written}”疑为{f'“{right}”' if right else '错字'}（{why}）",
        suggestion=f"核对后改为“{right}”" if right else "核对后改正",
        replacement=right or None,
        confidence=confidence,
    )


def _own_name(part: PartReading, start: int, end: int) -> bool:
    """Tell whether the span lies inside a name that the office gave as its own or a related one."""
    for name in part.context.org_names:
        at = part.plain.find(name, max(0, start - len(name)), end + len(name))
        if 0 <= at <= start and end <= at + len(name):
            return True
    return False


_DOUBLED_END = re.compile(
    r"(?:做好|落实|加强|推进|完成|开展|保障|完善|规范|提升|强化|组织|建立|健全|检查|管理|服务|医疗|卫生|健康|部门|单位|人员|机构|政府|情况|进行|按照|根据|关于|通知|报告|公开|信息|项目|资金|方案|措施|要求|责任|问题|整改|监督|治疗|患者|已经|正在|以及|或者|并且|但是|因此|为了|通过|依法|及时|认真|切实|确保|实现|取得)(?<=([\u4e00-\u9fff]))\1(?![\u4e00-\u9fff]?\1)"
)


@detector("txt.general_typo")
def wrong_words(reading: Reading) -> Iterator[Hit]:
    """Find common misspellings, a character too many, a character missing (一般错别字、多字少字)."""
    for part in reading.parts:
        taken = -1
        for slip in _slips(part):
            if slip.book != "common" or slip.start < taken or _own_name(part, slip.start, slip.end):
                continue
            if slip.why != "常见错写" or _stands_alone(part.plain, slip.start, slip.end):
                taken = slip.end
                yield _typo(part, slip.start, slip.end, slip.right, slip.why, 0.82)
        for match in _DOUBLED_END.finditer(part.plain):
            if _is_extra(part.plain, match.end() - 1):
                yield _typo(part, match.start(), match.end(), match[0][:-1], "多字", 0.8)


@lru_cache(maxsize=20_000)
def _pieces(text: str) -> tuple[str, ...]:
    return tuple(rjieba.cut(text, False))


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Tell whether no dictionary word reaches over the edges of the span: 保障章程 does not hold 障章."""
    if end - start > 2:
        return True
    left = max(0, start - 3)
    position = left
    for piece in _pieces(text[left : end + 3]):
        piece_end = position + len(piece)
        if len(piece) > 1 and (position < start < piece_end or position < end < piece_end):
            return False
        position = piece_end
    return True


def _is_extra(text: str, place: int) -> bool:
    """Tell whether the character at `place` belongs to no word with what follows it."""
    left = max(0, place - 4)
    position = left
    for piece in _pieces(text[left : place + 5]):
        if position <= place < position + len(piece):
            return len(piece) == 1 and position == place
        position += len(piece)
    return False


_DOUBLED_WORD = re.compile(r"([\u4e00-\u9fff])([\u4e00-\u9fff]{1,3})\1\2")
_DOUBLED_CHAR = re.compile(r"([的了在是和与及对将为由向把被于已并应该各按从其使且或至以而就也需须无])\1")


@detector("txt.dup_char")
def doubled_words(reading: Reading) -> Iterator[Hit]:
    """Find a word or a function word written twice (重复字词)."""
    for part in reading.parts:
        allowed = set(part.lexicon.words("doubled_allowed"))
        text = part.plain
        for match in _DOUBLED_WORD.finditer(text):
            word = match[1] + match[2]
            if (
                word in allowed
                or match[1] == match[2][-1:]
                or word[0] in "其很最极太老好越一逐每零〇○二三四五六七八九十百千万"
                or word[-1] in "着了"
                or (
                    len(word) == 2 and text[match.end() : match.end() + 1] in ("的", "地")
                )  # 雪白雪白的, 大口大口地
            ):
                continue
            if not _is_unit_twice(text, match.start(), len(word)):
                continue
            yield _typo(
                part,
                match.start(),
                match.end(),
                part.visible[match.start() : match.start() + len(word)],
                "重复",
                0.85,
            )
        for match in _DOUBLED_CHAR.finditer(text):
            if _is_doubled_alone(text, match.start()):
                yield _typo(part, match.start(), match.end(), match[1], "重复", 0.85)


def _is_unit_twice(text: str, start: int, length: int) -> bool:
    """Tell whether both halves are words of their own, not the seam of two longer words (信息公开公开指南 is a seam)."""
    left = max(0, start - 3)
    position = left
    cuts = {left}
    for piece in _pieces(text[left : start + 2 * length + 3]):
        position += len(piece)
        cuts.add(position)
    return {start, start + length, start + 2 * length} <= cuts


def _is_doubled_alone(text: str, start: int) -> bool:
    char = text[start]
    if (
        text[start + 2 : start + 3] == char
        or text[start : start + 4] == "的的确确"
        or text[start : start + 3] == "其其格"
        or (char == "的" and text[max(0, start - 1) : start] in ("目", "有"))
    ):
        return False
    if text[max(0, start - 1) : start] == text[start + 2 : start + 3] and text[start + 2 : start + 3]:
        return False
    left = max(0, start - 4)
    position = left
    first_alone = second_free = False
    for piece in _pieces(text[left : start + 6]):
        if position == start and (len(piece) == 1 or (char == "已" and piece == "已已")):
            first_alone = True
        if position == start + 1 and (len(piece) == 1 or char == "已" or piece == "的确"):
            second_free = True
        if position == start and piece[:2] == char * 2:
            return False
        position += len(piece)
    return first_alone and second_free
