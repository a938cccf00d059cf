"""Whose care it is (谁在看病): names read by segmentation, and the frames in which people tell of care that somebody received.

The older readings start from a disease; these start from the frame (送医、术后、检测异常) and ask two questions of each name
in the sentence: does it belong to a private person, and is this person the one who received the care, not the one who gave it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import rjieba

from gongkai.guard.core.care_matters import Matter, births, is_advice, is_of_work, matters
from gongkai.guard.core.lexicon import Lexicon
from gongkai.guard.core.name_places import ENOUGH as SURE_OF_PLACE
from gongkai.guard.core.name_places import cuts_a_role, is_phrase, placed_names
from gongkai.guard.core.person_evidence import EXERCISE, is_among_experts, is_at_work, is_led, names_nearby
from gongkai.guard.core.persons import Name, find_names
from gongkai.guard.core.private_names import (
    MASKED,
    OWN_ILLNESS,
    PLACE_AFTER,
    cut_names,
    edges_of,
    ends_in_word,
    given_weight,
    is_no_name,
    led_names,
)
from gongkai.guard.core.private_words import HAN, PrivateWords, private_words

ENOUGH = 6
_PLAIN = 5  # led by what the person is, or addressed, or described
_SURELY_ILL = 7
_BEFORE, _BEHIND = 60, 22


_MOST_BY_PLACE = 4
_NET_NAME = re.compile(r"(?:网民|网友|昵称|网名)[：:]?[“‘\"「]$")
_LISTED_WITH = ("、", "和", "与", "及", "，")
_SURE = ("subject", "masked", "gender")


@dataclass(frozen=True, slots=True)
class Person:
    """A name with how much speaks for a natural person who is not there in office."""

    name: Name
    weight: int
    is_ill: bool  # the word before the name says that the person is cared for (患者, 12床)
    is_recipient: bool  # something is done for or to the person (为晏小山施行…)


_OLD_OR_KIN = re.compile(
    r"[（(，,、 ]{0,2}(?:老人|大爷|大妈|大娘|大叔|大婶|大姐|大哥|阿姨|阿婆|奶奶|爷爷|婆婆|先生|女士|小朋友|同学|夫妇|夫妻|一家|家属|老汉|之[妻夫子女父母兄弟姐妹孙]"
    r"|的?(?:妻子|丈夫|爱人|老伴|母亲|父亲|妈妈|爸爸|儿子|女儿|孩子|孙子|孙女|家属|家人|遗体|遗属|病情|伤情|病历|家庭|亲属|女婿|儿媳))"
)
_AGE_OR_SEX = re.compile(
    r"(?:同志|本人)?[，,（(]男[，,]|(?:同志|本人)?[，,（(]女[，,]|[（(，,、 ]{0,2}(?:系|，)?(?:性别)?[男女](?![士儿孩子性生方职工])|[（(，,、 ]{0,2}(?:今年|现年|时年|年仅|年近|年)?[0-9]{1,3}(?:周)?岁|[（(，,、 ]{0,2}[12][09][0-9]{2}年[^，。]{0,6}生|（[^）]{0,8}[0-9]{1,3}岁"
)
_KNOWN_AS = re.compile(r"[（(](?:真名|真实姓名|本名|原名|又名)?$")
_LISTED = re.compile(r"(?:^|[：:；;、，,\n])[0-9一二三四五六七八九十]{0,3}[.、．)）]?\s*$")


def _people(
    text: str, lexicon: Lexicon, start: int, end: int, told: list[Matter] | None = None
) -> list[Person]:
    """Return the persons named in a sentence, those in office left out."""
    found = _candidates(text, lexicon, start, end, told or [])
    people: list[Person] = []
    at_work_until = 0
    for at in sorted(found):
        name, weight = found[at]
        if (people and at < people[-1].name.end) or _is_none(text, lexicon, start, end, name):
            continue
        listed = at_work_until > 0 and text[at_work_until:at] in _LISTED_WITH
        person = None if listed else _person(text, lexicon, start, end, name, weight)
        if person is not None:
            people.append(person)
        elif listed or is_at_work(text, lexicon, start, name):
            at_work_until = name.end  # 志愿者何某、丁某为失能老人理发
    return people


def _candidates(
    text: str, lexicon: Lexicon, start: int, end: int, told: list[Matter]
) -> dict[int, tuple[Name, int]]:
    """Return what may be a name, by place, each with the most that speaks for it; nothing inside the name of somebody in office."""
    words = private_words(lexicon)
    edges = {start + edge for edge in edges_of(text[start:end])}
    found: dict[int, tuple[Name, int]] = {}
    staff: list[Name] = []

    def take(name: Name, weight: int) -> None:
        known = found.get(name.start)
        if known is None or known[1] < weight:
            found[name.start] = (name, weight)

    for name in find_names(text, lexicon, start, end):
        if name.why == "staff":
            staff.append(name)
        else:
            found[name.start] = (name, 4 if name.is_strong else 2)
    for match in words.joined.finditer(text, start, end):
        found[match.start()] = (Name(*match.span(), "token"), 3)
    for name in led_names(text, lexicon, start, end, told):
        found.setdefault(name.start, (name, 1))
    for name, sure in placed_names(text, lexicon, start, end, [one.start for one in told]):
        take(name, min(_MOST_BY_PLACE, sure - SURE_OF_PLACE + 1))
    for name in names_nearby(text, lexicon, start, end):
        if name.start in edges or not ends_in_word(text, start, name.start):
            take(name, _by_its_signs(text, lexicon, name))
    for name in cut_names(text, lexicon, start, end):
        take(name, _by_its_signs(text, lexicon, name))
    return {at: one for at, one in found.items() if not any(who.start < at < who.end for who in staff)}


def _by_its_signs(text: str, lexicon: Lexicon, name: Name) -> int:
    """Return how much the characters of a name speak for one."""
    family = private_words(lexicon).family.match(text, name.start)
    if family is None or "·" in text[name.start : name.end]:
        return 3
    return given_weight(text[name.start : name.end], family.end() - family.start(), lexicon)


def _is_none(text: str, lexicon: Lexicon, start: int, end: int, name: Name) -> bool:
    """Tell whether a candidate is no name, or none of a private person: a word, an illness, a place, an expert in a list, a name of the net."""
    at, written = name.start, text[name.start : name.end]
    if is_among_experts(text, start, name) or written[-1] in "镇乡村" or PLACE_AFTER.match(text, name.end):
        return True
    if name.why not in _SURE and (
        cuts_a_role(text, at, lexicon)
        or _NET_NAME.search(text, max(0, at - 5), at)
        or is_phrase(written, lexicon)
        or MASKED.fullmatch(written)
        or any(
            ill.start() < name.end and at < ill.end()
            for ill in private_words(lexicon).named_diseases.finditer(text, start, end)
        )
    ):
        return True
    return name.why not in ("led", "placed") and is_no_name(text, lexicon, name)


def _person(text: str, lexicon: Lexicon, start: int, end: int, name: Name, weight: int) -> Person | None:
    words = private_words(lexicon)
    lead = text[max(start, name.start - 10) : name.start]
    is_ill = words.called.search(lead) is not None
    if FOR_ANOTHER.search(lead):
        return None
    spared = (
        is_ill
        or OWN_ILLNESS.match(text, name.end, end) is not None
        or words.mothers.search(lead) is not None
        or _NOT_AT_WORK.search(lead) is not None
    )
    if not spared and (
        is_at_work(text, lexicon, start, name) or _AMONG_STAFF.match(text, name.end) or _PRAISED.search(lead)
    ):
        return None
    if spared or is_led(text, name.start, lexicon):
        weight += 3
    described = _AGE_OR_SEX.match(text, name.end, end) is not None
    addressed = _OLD_OR_KIN.match(text, name.end, end) is not None
    weight += 2 * described + 3 * addressed
    if _KNOWN_AS.search(lead):
        weight += 1
    if name.start == start or _LISTED.search(lead):
        weight += 1
    recipient = _RECIPIENT.search(lead) is not None
    alone = name.end - name.start == _SHORT and len(rjieba.cut(text[name.start : name.end], False)) == 1
    if (
        alone
        and name.why not in ("led", "placed")
        and not described
        and not addressed
        and weight <= _UNSURE
        and not name.is_strong
    ):
        weight -= 3
    return Person(name, weight + 2 * recipient, is_ill and not _DEAD.search(lead), recipient)


# 徐华、陈刚等专家; 候选人事迹：茹海霞
_AMONG_STAFF = re.compile(
    rf"(?:(?:[、和与及]{HAN}{{2,4}}){{1,6}}{HAN}{{0,6}}?|(?:[、和与及]{HAN}{{2,4}}){{0,6}}(?:等[0-9一二三四五六七八九十]{{0,3}}[名位]?{HAN}{{0,6}}?|[0-9一二三四五六七八九十]{{1,3}}[名位]{HAN}{{0,6}}?)?)(?:专家|医生|医师|护士|教授|主任|医护|医务|队员|志愿者|干部|领导|同仁|委员|代表|团队|记者|工作人员|爱心人士|热心人|企业家|乡贤|校友)"
)
_SHORT, _UNSURE = 2, 4
_RECIPIENT = re.compile(
    rf"(?:为|给|替|对|将|把|救治|抢救|收治|护送|转运)(?:{HAN}{{1,4}}(?:者|人|户|员|民|工|女))?$"
)
FOR_ANOTHER = re.compile(
    r"(?:(?<!被)监护人|陪护人?|代理人|委托人|代领人|联系人|经手人|证明人|代办人|担保人)[：:（( ]?$"
)
_DEAD = re.compile(r"(?:患儿|死者|逝者|亡者|亡人)[：:“（(]?$")
# who is called by their office, but as somebody in need (因公负伤民警雷霆)
_NOT_AT_WORK = re.compile(
    rf"(?:负伤|受伤|患病|患癌|困难|生病|住院|病故|牺牲|退休|离休|离任|已故|特困|生活困难|大病|染病|怀孕|哺乳期)的?{HAN}{{0,4}}$"
)
_PRAISED = re.compile(
    r"(?:候选人|获奖者|先进个人|先进典型|人物|事迹|风采|标兵|模范|劳模|天使|楷模|之星)[：:”」]{1,2}$"
)
_SPEAKS = re.compile(r"[：:](?![^，。]{0,6}(?:因|患|查出|确诊|[0-9]))(?=.{4})")

_RECEIVED = re.compile(
    r"因|由于|患|突|不慎|不幸|被|遭|致|住|入|就|经|在[^，。；]{0,12}(?:医院|卫生院|诊所|店|室)|常年|长期|多年|[0-9一二三四五六七八九十]{1,2}(?:年|月|日|次|天)|其|本人|自己|家|妻|夫|父|母|子|女|儿|曾|已|后|仍|没|不|得|有|诉|服|用|吃|做|接受|出现|[：:（(]"
)
_OF = re.compile(
    rf"[^，。；\n]{{0,10}}的(?:{HAN}{{1,6}}?)?[：:“（(]?|{HAN}{{0,6}}?(?:患者|病人|者|老人|男子|女子|村民|居民|职工|孕妇|产妇|学生|儿童|家属|患儿|病友|女童|男童|女孩|男孩|同学|学子|教师|司机|农民|工人|妇女|少年|孤儿)[：:“（(]?"
)


_HEADING = re.compile(
    rf"{HAN}{{0,8}}[：:]|{HAN}{{0,6}}[，,]{HAN}{{1,4}}[人者员户][：:]?|{HAN}{{0,8}}[：:](?:{HAN}{{2,4}}[、，,]){{1,8}}"
)
_OF_WORK = re.compile(
    r"讲|培训|会议|宣|防治|工作|专家|义诊|课题|排班|值班|负责|管理人员|研究|主任|医师|团队|评审|竞赛|获奖|指导|编写|作者|组长|组员|成员"
)


def _link(text: str, lexicon: Lexicon, words: PrivateWords, person: Person, matter: Matter) -> int:
    """Return what the words between a name and a matter say of the person having it."""
    name = person.name
    if name.end <= matter.start:
        gap = text[name.end : matter.start]
        if "；" in gap or ";" in gap:
            return -9
        if words.of_trade.match(text, matter.end) and not person.is_ill:
            return -9
        if _FOR_SOMEBODY.search(gap) and _is_of_others(text, lexicon, matter.end):
            return -9
        gives = not person.is_recipient and words.giving.search(_since_anaphor(gap)) is not None
        if gives or (_SPEAKS.match(gap) and not person.is_ill):
            return -9
        weight = 2 if len(gap) <= 2 else 0
        weight += 2 if _RECEIVED.search(gap) else 0
        return weight + (1 if len(gap) <= 12 else -1 if len(gap) > 30 else 0)
    gap = text[matter.end : name.start]
    if words.giving.search(gap):
        return -9
    if _HEADING.fullmatch(gap):
        return -9 if _OF_WORK.search(text, 0, name.start) else 2
    return 2 if _OF.fullmatch(gap) else -1 if person.is_ill else -4


# 为大病患儿捐款: the illness is that of others, whom nobody names
_FOR_SOMEBODY = re.compile(r"(?<!因)[为向给对替帮][\u4e00-\u9fff]{0,4}$")
_OTHERS_ILL = re.compile(
    r"(?:等|的)?[\u4e00-\u9fff]{0,3}?(?:患者|患儿|病人|病友|群众|家庭|人群|儿童|老人|老年人|学生|妇女|产妇|孕妇|居民|村民)"
)


def _is_of_others(text: str, lexicon: Lexicon, place: int) -> bool:
    """Tell whether a word for the ill follows, and nobody's name behind it."""
    others = _OTHERS_ILL.match(text, place)
    if others is None:
        return False
    stop = min(len(text), others.end() + 6)
    return not any(name.start == others.end() for name in names_nearby(text, lexicon, others.end(), stop))


_AGAIN = re.compile(r"其(?![中他它实次余间])|[他她](?!们|人)|本人|该(?:户|患者|老人|同志|对象)")


def _since_anaphor(gap: str) -> str:
    """Return what follows the last 其 or 他, which makes the person before the subject again (到侯某家走访，得知其…)."""
    again = list(_AGAIN.finditer(gap))
    return gap[again[-1].end() :] if again else gap


def private_people(text: str, lexicon: Lexicon, start: int, end: int) -> list[Name]:
    """Return the names in `text[start:end]` that are surely those of private persons."""
    return [
        person.name
        for person in _people(text, lexicon, start, end)
        if person.weight >= _SURELY_PRIVATE
        and not MASKED.fullmatch(text[person.name.start : person.name.end])
    ]


_SURELY_PRIVATE = 4


def told_of(
    text: str, lexicon: Lexicon, start: int, end: int, *, of_birth: bool = False
) -> list[tuple[Name, Matter]]:
    """Return each private person in `text[start:end]`, one sentence, with the care (or birth) clearly told of them."""
    return [
        (
            Name(name.start + start, name.end + start, name.why),
            Matter(matter.start + start, matter.end + start, matter.weight),
        )
        for name, matter in _told_of(text[start:end], lexicon, of_birth)
    ]


_TRUE_NAME = re.compile("真名|本名|原名|真实姓名")


@lru_cache(maxsize=20_000)
def _told_of(text: str, lexicon: Lexicon, of_birth: bool) -> tuple[tuple[Name, Matter], ...]:
    if EXERCISE.search(text) or is_of_work(text, lexicon) or ("化名" in text and not _TRUE_NAME.search(text)):
        return ()
    words = private_words(lexicon)
    told = births(text, lexicon) if of_birth else matters(text, lexicon)
    named_ill = not of_birth and words.called_here.search(text) is not None
    people = _people(text, lexicon, 0, len(text), told) if told or named_ill else []
    if is_advice(text):
        people = [person for person in people if person.is_ill or person.weight >= _PLAIN]
    told = [
        one for one in told if not any(one.start < at.name.end and at.name.start < one.end for at in people)
    ]
    found: list[tuple[Name, Matter]] = []
    for number, person in enumerate(people):
        left = people[number - 1].name.end if number else 0
        right = people[number + 1].name.start if number + 1 < len(people) else len(text)
        own = [one for one in told if left <= one.start and one.end <= right]
        pair = _best(text, lexicon, words, person, own, of_birth=of_birth)
        if pair is not None:
            found.append(pair)
    if not found:
        pairs = (_best(text, lexicon, words, person, told, of_birth=of_birth) for person in people)
        found = [pair for pair in pairs if pair is not None][:1]
    return tuple(found)


def _best(
    text: str, lexicon: Lexicon, words: PrivateWords, person: Person, told: list[Matter], *, of_birth: bool
) -> tuple[Name, Matter] | None:
    """Return the person with the matter most surely told of them, when it is sure enough."""
    best: tuple[int, Matter] | None = None
    for matter in told:
        gap = max(person.name.start - matter.end, matter.start - person.name.end)
        if gap > _BEFORE or (person.name.start >= matter.end and gap > _BEHIND):
            continue
        weight = person.weight + _link(text, lexicon, words, person, matter) + matter.weight
        if weight >= ENOUGH and (best is None or weight > best[0]):
            best = (weight, matter)
    if best is not None:
        return person.name, best[1]
    if person.is_ill and person.weight >= _SURELY_ILL and not of_birth:
        return person.name, Matter(max(0, person.name.start - 2), person.name.start, 1)
    return None
