"""Care told of a private person (就医情形): in one sentence, in the next one by 他 or 患者, or in a letter that the person signs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gongkai.guard.core.care_matters import Matter, matters, treated_by_name
from gongkai.guard.core.person_evidence import names_nearby
from gongkai.guard.core.persons import Name
from gongkai.guard.core.private_matters import told_of
from gongkai.guard.core.reading import PartReading
from gongkai.guard.core.registry import Hit
from gongkai.guard.detectors.illness_words import prose_matters

_MESSAGE = "能认出的人与就医、伤病情形写在一起（健康信息）"
_LONGEST_SENTENCE = 400


def cared_for(part: PartReading, known: list[tuple[int, int]]) -> Iterator[Hit]:
    """Yield private persons of whom a sentence tells that they received care, and who stands in none of the spans `known`."""
    seen: set[int] = set()
    text, lexicon = part.plain, part.lexicon
    by_name = (
        matter for left, right in part.prose_spans for matter in treated_by_name(text, lexicon, left, right)
    )
    for matter in (*by_name, *prose_matters(part)):
        start, end = part.sentence_span(matter.start)
        if start in seen:
            continue
        seen.add(start)
        if end - start > _LONGEST_SENTENCE:
            continue
        here = any(start <= place < end for place, _ in known)
        found = told_of(text, lexicon, start, end)
        if not found and not here:
            found = _told_next(part, start, end) or _told_by_writer(part, start, end)
        for name, told in found:
            if any(left < name.end and name.start < right for left, right in known) or (
                here and _KNOWN_AS.search(text, max(start, name.start - 6), name.start)
            ):
                continue
            yield Hit(
                part,
                min(name.start, told.start),
                max(name.end, told.end),
                _MESSAGE,
                confidence=0.8,
                person=(name.start, name.end),
            )


_KNOWN_AS = re.compile(r"[（(](?:真名|真实姓名|本名|原名|又名)?$")
_ANAPHOR = re.compile(
    r"[^，。；：]{0,8}?(?:他(?!人|们|日|乡|县|市)|她(?!们)|其(?![他中它实次])|该(?:患者|病人|同志|男子|女子|老人|户|职工|村民|学生|员工|参保人)|老人|患者|伤者|男子|女子|老两口|孩子)"
)


# of a person at work too: 她查出甲状腺癌
_OWN_ILLNESS = re.compile(
    r"(?:他|她|自己)(?![们人])[^，。；]{0,6}?(?:查出|确诊|患上?(?!者)|罹患|身患|得了|被诊断|检出|感染)[^，。；]{0,10}[癌病症瘤炎疾核]"
)
_SUBJECT = 40


def _told_next(part: PartReading, start: int, end: int) -> list[tuple[Name, Matter]]:
    """Return who is meant by 他, 她, 其 or 老人 at the beginning of a sentence: somebody named in the one before."""
    if start < 2 or part.plain[start - 1] == "\n":
        return []
    own = _OWN_ILLNESS.search(part.plain, start, end)
    if own is not None:
        before, _ = part.sentence_span(start - 2)
        stop = min(start, before + _SUBJECT)
        for name in names_nearby(part.plain, part.lexicon, before, stop):
            return [(name, Matter(own.start(), own.end(), _MOST_WEIGHT))]
    if not _ANAPHOR.match(part.plain, start, end):
        return []
    before, _ = part.sentence_span(start - 2)
    return told_of(part.plain, part.lexicon, before, end) if end - before <= _LONGEST_SENTENCE else []


_FIRST_PERSON = re.compile(
    r"本人|俺|我(?![局委院县市区们国省镇乡科校办馆所站处厅部司社公党军]|单位|中心|机关|公司|妈|爸|母|父|爷|奶|儿|女|爱|老|丈|妻|家|孩)|我家|我本人"
)
_SIGNED = re.compile(
    r"(?:申请人|请假人|反映人|来信人|来访人|来电人|投诉人|信访人|求助人|写信人|举报人|申诉人|咨询人|留言人|诉求人|起诉人|原告|签名|署名|此致[\s]{0,3}敬礼|我叫|我是|我名叫|本人)[：:“（( \n]{0,2}(?=[\u4e00-\u9fff])"
)
_MOST_WEIGHT = 3


def _told_by_writer(part: PartReading, start: int, end: int) -> list[tuple[Name, Matter]]:
    """Return who tells of their own illness in a paper signed by name (本人因病… 申请人：何晓敏)."""
    own = _FIRST_PERSON.search(part.plain, start, end)
    if own is None:
        return []
    plain = [
        matter
        for matter in matters(part.plain, part.lexicon, own.end(), end)
        if matter.weight == _MOST_WEIGHT
    ]
    if not plain:
        return []
    for signed in _SIGNED.finditer(part.plain):
        stop = min(len(part.plain), signed.end() + 4)
        for name in names_nearby(part.plain, part.lexicon, signed.end(), stop):
            if name.start == signed.end():
                return [(name, plain[0])]
    return []
