"""Pregnancy told of somebody (谁怀孕): the frames in which people say that a named woman is pregnant or had birth control.

Who is at work may be pregnant too (怀孕五个月的护士温婷婷), so that a role is no excuse here; but what is done for another
(为怀孕五个月的产妇) is not told of whoever does it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

import rjieba

from gongkai.guard.core.child_names import name_behind
from gongkai.guard.core.lexicon import Lexicon, alternation
from gongkai.guard.core.person_evidence import names_nearby
from gongkai.guard.core.persons import NEVER_GIVEN, Name, find_names

_HAN = "\u4e00-\u9fff"
_SPAN = r"(?:已|有|近|快|约|满)?[约近]?[0-9一二三四五六七八九十半多几两]{1,4}(?:\+[0-9])?(?:个)?(?:多|半)?(?:个)?(?:月|周)(?:多)?"
# what is said only of the woman herself
OWN_BIRTH = re.compile(
    rf"(?:刚|才|已经?|又|也)?(?:[上取放戴]了环|取环了|[上取放]环(?=[，,。；（(两一二三四五六七八九十0-9]|$)|结了?扎(?=[，,。；]|了|$)|做(?:了|过|完)?(?:[无痛]{{0,2}}人流|引产|流产|结扎|药流|清宫|试管)|怀(?:了|着|上)(?:[一二三头]胎|孩子|双胞胎|身孕|宝宝)?|怀[一二三头]胎"
    rf"|有了?身孕|有喜了|身怀六甲|(?:大|挺)着(?:个|大)?肚子|怀孕{_SPAN}|怀孕(?=[，,。；后了]|$)|孕\s?[0-9]{{1,2}}(?:\+[0-9])?\s?周|胎龄\s?[0-9]{{1,2}}(?:\+[0-9])?\s?周|(?:处于|处|系|为|正值|已|进入|在)?孕(?:早|中|晚)期(?!保健|管理|妇女|女职工)|预产期(?:在|为|是)?(?=[0-9])"
    rf"|先兆流产|自然流产|流产了|小产|胎停|宫外孕|(?:在|休|正休|正在休)产假|坐月子|哺乳期)"
)
BIRTH_CLUES = (
    "环",
    "孕",
    "胎",
    "扎",
    "人流",
    "引产",
    "流产",
    "怀",
    "肚子",
    "产假",
    "月子",
    "哺乳",
    "试管",
    "清宫",
    "有喜",
    "小产",
    "预产",
)
_OF_HER = re.compile(
    rf"(?:怀孕(?:已|近|快)?(?:{_SPAN})?|身怀六甲|怀有身孕|有孕在身|怀着[{_HAN}]{{0,4}}|挺着(?:大)?肚子|孕[0-9]{{1,2}}周|哺乳期)的(?:[{_HAN}]{{0,8}}?(?:护士长?|医生|医师|队员|职工|干部|教师|老师|妻子|媳妇|儿媳|女工|妇女|村民|居民|同志|民警|志愿者|工作人员|司机|主任|科长|专干|检验师|药师))?"
)
_HER_ROLE = re.compile(
    r"(?:新媳妇|媳妇|儿媳|新娘|孕妇|产妇|准妈妈|宝妈|孕妈妈|育龄妇女|待产妇|女职工|女方|妻子|爱人)(?:姓名)?[：:]?"
)
_HER_MATTER = re.compile(
    r"怀孕|再怀|备孕|受孕|孕前|产检|预产|临产|分娩|生产|生下|流产|引产|上环|取环|放环|结扎|早孕|胎儿|胎心|剖宫产|顺产"
)
# words of somebody who acts for another, or of another person, between a name and what is told
_ANOTHER = re.compile(
    r"为|给|对|帮|替|劝|动员|告诉|提醒|接诊|护送|抢救|照顾|陪|接到|遇到|发现|收治|检查了?|随访|上门|服务|指导|宣传|孕妇|产妇|患者|病人|妇女|妻子|媳妇|女儿|母亲|群众|对象|家属|说|介绍|讲|主任|负责"
)
_ATTRIBUTES = re.compile(
    rf"(?:[（(][^（）()]{{0,40}}[）)])?(?:[，,、 ](?:[{_HAN}]{{1,14}}|[0-9]{{1,2}}岁|[0-9]{{4}}年[0-9月日]{{0,6}}生)){{0,3}}[，,、 ]?(?:目前|现|今年|已经?|正|刚|才|又|都|也|因|自|时值)?"
)
_AFTER_POST = re.compile(
    rf"(?<=[岗位组员])(?P<name>[{_HAN}]{{2,3}})(?=[（(](?:准考证|身份证|考号|工号|[男女0-9]))"
)
_REACH = 44


@lru_cache(maxsize=8)
def _no_names(lexicon: Lexicon) -> re.Pattern[str]:
    return re.compile(alternation(lexicon.words("no_names")))


def own_births(text: str, lexicon: Lexicon, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Yield where the name begins, where the told begins and where it ends, in the sentence `text[start:end]`."""
    for match in _OF_HER.finditer(text, start, end):
        name = name_behind(text, lexicon, match.end(), end) or _known_at(text, lexicon, match.end(), end)
        if name is not None and not _ANOTHER.search(text, max(start, match.start() - 3), match.start()):
            yield name.start, match.start(), name.end
    for match in OWN_BIRTH.finditer(text, start, end):
        name = _of_whom(text, lexicon, max(start, match.start() - _REACH), match.start())
        if name is not None:
            yield name.start, name.start, match.end()
    for role in _HER_ROLE.finditer(text, start, end):
        name = name_behind(text, lexicon, role.end(), end) or _set_before(text, role.end(), end)
        matter = _HER_MATTER.search(text, name.end, min(end, name.end + _REACH)) if name else None
        if name is not None and matter is not None:
            yield name.start, role.start(), matter.end()


def _set_before(text: str, at: int, end: int) -> Name | None:
    """Return two or three characters right before what is told, though they may be a word (新媳妇云朵已放环)."""
    for stop in (at + 2, at + 3):
        written = text[at:stop]
        tags = rjieba.tag(written, False)
        if stop < end and OWN_BIRTH.match(text, stop, end) and not NEVER_GIVEN & set(written):
            return Name(at, stop, "placed") if all(str(tag)[:1] == "n" for _, tag in tags) else None
    return None


def _known_at(text: str, lexicon: Lexicon, at: int, end: int) -> Name | None:
    """Return the name read at `at` by its surname and given characters."""
    stop = min(end, at + 6)
    return next((name for name in names_nearby(text, lexicon, at, stop) if name.start == at), None)


def _of_whom(text: str, lexicon: Lexicon, left: int, told: int) -> Name | None:
    """Return the last name before what is told, when only what she is stands between."""
    names = [
        *find_names(text, lexicon, left, told),
        *names_nearby(text, lexicon, left, told),
        *(Name(*match.span("name"), "placed") for match in _AFTER_POST.finditer(text, left, told)),
    ]
    for lead in re.finditer(r"(?:^|[，,；;：:、。\n\"“（(])", text[left:told]):
        name = name_behind(text, lexicon, left + lead.end(), told + 2)
        if name is not None and name.end <= told:
            names.append(name)
    names = [
        name
        for name in names
        if name.end <= told
        and "某" not in text[name.start : name.end]
        and text[name.end - 1] not in "为给对帮替向"
    ]
    for name in sorted(names, key=lambda one: (-one.end, one.start)):
        gap = text[name.end : told]
        if (
            _ATTRIBUTES.fullmatch(gap)
            and not _ANOTHER.search(gap)
            and not _no_names(lexicon).fullmatch(text[name.start : name.end])
        ):
            return name
    return None
