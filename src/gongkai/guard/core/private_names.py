"""Names of private persons by segmentation, role and limit (自然人姓名的辨认), where lists of surnames and given names do not suffice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

import rjieba

from gongkai.guard.core.care_matters import Matter
from gongkai.guard.core.lexicon import Lexicon
from gongkai.guard.core.name_places import is_phrase
from gongkai.guard.core.person_evidence import is_led
from gongkai.guard.core.persons import NEVER_GIVEN, Name, rjieba_knows
from gongkai.guard.core.private_words import HAN, NO_SECOND, ORGAN, PrivateWords, private_words

_SHORT = 2
_GIVEN_VERBS = ("v", "a", "d", "p", "c", "r", "m", "u", "f", "t", "i", "l", "z", "y")
_WEAK_TAIL = frozenset(NO_SECOND)
PLACE_AFTER = re.compile(
    r"大厦|大楼|[省市县区镇乡村路街巷桥山河湖]|社区|街道|小学|中学|幼儿园|医院|公司|药店|诊所|计划|行动|工程|项目|工作室|基金|热线|品牌|课堂|杯|大道|小区|花园|新村|超市|酒店|广场|集团|学校|卫生[院室站]"
)


def edges_of(chunk: str) -> set[int]:
    edges = {0}
    place = 0
    for word in rjieba.cut(chunk, False):
        place += len(word)
        edges.add(place)
    return edges


def cut_names(text: str, lexicon: Lexicon, start: int, end: int) -> Iterator[Name]:
    """Yield each run of a surname and one or two characters that begins and ends where segmentation cuts."""
    words = private_words(lexicon)
    chunk = text[start:end]
    edges = edges_of(chunk)
    for family in words.family.finditer(chunk):
        if family.start() not in edges:
            continue
        for length in (2, 1):
            stop = family.end() + length
            given = chunk[family.end() : stop]
            if len(given) < length or stop not in edges or NEVER_GIVEN & set(given) or not _is_han(given):
                continue
            if length == 2 and given[1] in _WEAK_TAIL and family.end() + 1 in edges:
                continue
            if family.end() not in edges and not _is_one_word(chunk, family.start(), stop, edges):
                continue
            name = Name(start + family.start(), start + stop, "parsed")
            if not is_word(text, lexicon, name):
                yield name
                break


def ends_in_word(text: str, start: int, place: int) -> bool:
    """Tell whether the dictionary joins the characters on either side of `place` (儿|童)."""
    return place > start and rjieba_knows(text[place - 1 : place + 1])


# somebody by a role, then two to four characters up to a mark, a verb of suffering or the matter itself (徒工敖德贵检出…)
_ROLE = re.compile(
    rf"(?:{HAN}(?:人员|对象|患者|病人|学员|考生|职工|村民|居民|市民|村妇|媳妇|司机|驾驶员|妇女|儿童|老人)|[0-9]床|[者员工户民妇生汉军](?<!学生)(?<!医生)(?<!先生)(?<!卫生)(?<!发生))(?:姓名)?[：:“（( ]?"
)
_CLAUSE = re.compile(
    r"(?:^|(?<=[，,；;：:。、]))(?=[\u4e00-\u9fff]{2,5}(?:因(?![此为而])|患|确诊|查出|检出|尿检|血压))"
)
_AFTER_LED = re.compile(
    r"[，,、；;。（(：:”]|因(?!此)|患|系|被|经|于|在|已|曾|现|检出|检查|体检|确诊|诊断|感染|查出|身患|突发|不慎|服|吸食|注射|去世|死|初筛|核酸|尿检|血压|自述|反映|称|女|男|$"
)
# of somebody at work too: the illness is their own (医师罗盘因患双相情感障碍)
OWN_ILLNESS = re.compile(
    rf"(?:{ORGAN}|[急慢恶良])[\u4e00-\u9fff]{{0,8}}?(?:术后|晚期|复发)|"
    r"(?:同志|本人)?(?:近日|近期|去年|今年)?(?:因患|因病|身患|罹患|患有|患上|被?确诊|被查出|查出患)(?!者)"
)
# what can be said of a person only, so that even a word before it is a name (职工山水（本人患…）)
_SAID_OF_PERSON = re.compile(
    r"[（(](?:本人|男|女|配偶|其|患|[0-9]{1,3}岁)|[，,](?:男|女|[0-9]{1,3}岁)|因(?!此)|患|系|检出|确诊|已[放上取]环|，"
)
_BY_GIVEN = re.compile(
    r"(?:妇女|媳妇|孕妇|产妇|村民|居民|老人|儿子|女儿|妻子|丈夫|职工|学员|考生|女童|男童|从业人员|服务员)[：:“（(]?$"
)
_NEAR_MATTER = 5
_GRAMMAR = frozenset("的了着过在是为被把将由从向对与及或而但且若如因所以之其此该这那有无未不也又都均者人员")
_LED_LENGTHS = (3, 2, 4)


def led_names(text: str, lexicon: Lexicon, start: int, end: int, told: list[Matter]) -> Iterator[Name]:
    """Yield what stands between a private role, or a clause's beginning, and a limit, though it may be a word (考生高兴因…)."""
    begins = {one.start for one in told}
    words = private_words(lexicon)
    places = [role.end() for role in _ROLE.finditer(text, start, end)]
    clauses = {clause.end() for clause in _CLAUSE.finditer(text, start, end)}
    for at in sorted({*places, *clauses}):
        at_work = words.office.search(text, max(start, at - 8), at) is not None
        for length in (*_LED_LENGTHS, 6):
            stop = at + length
            written = text[at:stop]
            if stop > end or len(written) < length or not _is_han(written):
                continue
            near = any(stop < place <= stop + _NEAR_MATTER for place in begins)
            limited = (
                _AFTER_LED.match(text, stop, end)
                or stop in begins
                or (text[stop : stop + 1] == "的" and near)
            )
            if not limited or (at_work and not OWN_ILLNESS.match(text, stop, end)):
                continue
            sure = (_SAID_OF_PERSON.match(text, stop, end) is not None and (at not in clauses or near)) or (
                at not in clauses and near and text[stop : stop + 1] in ("的", "（", "(", "、")
            )
            if NEVER_GIVEN & set(written[1:]) and not (
                sure and length == _SHORT and written[1] not in _GRAMMAR
            ):
                continue
            by_given = _BY_GIVEN.search(text, max(start, at - 6), at) is not None
            if _fits(written, words, sure=sure, by_given=by_given):
                yield Name(at, stop, "led")
                break


@lru_cache(maxsize=20_000)
def _fits(written: str, words: PrivateWords, *, sure: bool, by_given: bool) -> bool:
    """Tell whether characters may be a name: a surname and no phrase of office, a name without one, or no words at all."""
    pieces = [(str(piece), str(tag)) for piece, tag in rjieba.tag(written, False)]
    if written in words.no_names or words.matter.search(written):
        return False
    if words.joined_one.fullmatch(written) or words.joined.fullmatch(written):
        return True
    family = words.family.match(written)
    if family is None and (NEVER_GIVEN & set(written) or not (by_given or len(written) > _SHORT)):
        return False
    if len(pieces) == 1 and not pieces[0][1].startswith("nr"):
        return sure and len(written) <= _WHOLE and (family is not None or words.given.issuperset(written))
    if family is not None and len(written) <= _WHOLE:
        return (sure or family[0] not in words.doubtful) and not any(
            len(piece) > 1 and tag.startswith(("v", "p", "c", "d")) for piece, tag in pieces[1:]
        )
    if len(written) == _SHORT:
        return words.given.issuperset(written)
    return len(written) > _SHORT and all(
        len(piece) == 1 or tag.startswith(("nr", "ns", "nz", "x")) for piece, tag in pieces
    )


def _is_one_word(chunk: str, start: int, stop: int, edges: set[int]) -> bool:
    return not any(place in edges for place in range(start + 1, stop))


def _is_han(text: str) -> bool:
    return all("\u4e00" <= char <= "\u9fff" for char in text)


@lru_cache(maxsize=20_000)
def given_weight(name: str, family: int, lexicon: Lexicon) -> int:
    """Return how well the characters look like a name: a common surname, given characters, no other word."""
    words = private_words(lexicon)
    given = name[family:]
    weight = 1 if name[0] in words.common or family > 1 else 0
    if name[:family] in words.doubtful:
        weight -= 2
    weight += 1 if words.given.issuperset(given) else 0
    if len(given) > 1:
        tags = rjieba.tag(given, False)
        if len(tags) == 1 and str(tags[0][1]).startswith(_GIVEN_VERBS):
            weight -= 3 if rjieba.suggest_freq(given) > _OFTEN else 2
        else:
            weight += 1
    return weight


def is_verb(name: str, lexicon: Lexicon) -> bool:
    """Tell whether a doubtful surname and a verb were read as a name (应坚持)."""
    words = private_words(lexicon)
    family = words.family.match(name)
    return (
        family is not None and family[0] in words.doubtful and given_weight(name, family.end(), lexicon) < 0
    )


_OFTEN = 1000
MASKED = re.compile(r".{1,3}(?:某{1,3}|[×＊*○xX]{1,3})")


def is_no_name(text: str, lexicon: Lexicon, name: Name) -> bool:
    """Tell whether a name is masked to its surname or is none."""
    written = text[name.start : name.end]
    return MASKED.fullmatch(written) is not None or is_word(text, lexicon, name)


def _is_said_of(text: str, lexicon: Lexicon, name: Name) -> bool:
    """Tell whether a word stands where only a name can: between the beginning of a clause or a role, and a mark (祁连山，矽肺叁期)."""
    family = private_words(lexicon).family.match(text, name.start, name.end)
    if family is None or family[0] in private_words(lexicon).doubtful or name.end - name.start < _WHOLE:
        return False
    begins = name.start == 0 or text[name.start - 1] in "：:；;。\n" or is_led(text, name.start, lexicon)
    return begins and _SET_OFF.match(text, name.end) is not None


_WHOLE = 3
_SET_OFF = re.compile(r"[，,（(；;]|反映|自述|自诉|称|诉|因|患")
_ADDRESSED = re.compile(
    r".{1,2}(?:阿[婆公姨叔]|大[爷妈娘叔婶哥姐]|老[人汉太师]|女士|先生|奶奶|爷爷|师傅|同学|医生|护士|主任|家)"
)


def is_word(text: str, lexicon: Lexicon, name: Name) -> bool:
    """Tell whether what was read as a name is a word, a form of address, or part of the name of a place."""
    words, written = private_words(lexicon), text[name.start : name.end]
    if is_phrase(written, lexicon):
        return True
    if (
        _ADDRESSED.fullmatch(written)
        or (rjieba_knows(written) and not _is_said_of(text, lexicon, name))
        or written in words.no_names
        or PLACE_AFTER.match(text, name.end)
    ):
        return True
    if words.joined.fullmatch(written):
        return False
    family = words.family.match(written)
    if family is None or "·" in written:
        return False
    doubtful = family[0] in words.doubtful
    return given_weight(written, family.end(), lexicon) < (0 if doubtful else -1)
