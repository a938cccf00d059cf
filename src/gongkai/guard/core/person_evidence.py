"""Whose circumstance is it (情形说的是谁): names read generously, each weighed by what stands before, between and behind.

The other readings ask for a known form of words. This one asks how much speaks for a private person and how much for
somebody at work, and answers only where the private side is clearly heavier.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import rjieba

from gongkai.guard.core.lexicon import Lexicon, alternation
from gongkai.guard.core.name_places import is_phrase, placed_names
from gongkai.guard.core.persons import NEVER_GIVEN, Name, rjieba_knows

ENOUGH = 3
_BEFORE, _BEHIND = 70, 24
_LEAD = 8
_HAN = r"[\u4e00-\u9fff]"


@dataclass(frozen=True, slots=True)
class _Words:
    name: re.Pattern[str]
    dotted: re.Pattern[str]
    given: frozenset[str]
    doubtful: frozenset[str]
    private: re.Pattern[str]
    staff: re.Pattern[str]
    title: re.Pattern[str]
    follows: re.Pattern[str]
    having: re.Pattern[str]
    suffering: re.Pattern[str]
    working: re.Pattern[str]


def _signs(lexicon: Lexicon, *names: str) -> str:
    return "".join(sorted({sign for name in names for sign in "".join(str(lexicon.lists[name]).split())}))


@lru_cache(maxsize=8)
def _words(lexicon: Lexicon) -> _Words:
    family = f"(?:{alternation(lexicon.words('compound_surnames'))}|[{_signs(lexicon, 'surnames', 'rare_surnames')}])"
    sounds = _signs(lexicon, "transliteration")
    return _Words(
        name=re.compile(rf"(?=({family})({_HAN}{{1,2}}|某{{1,2}}))"),
        dotted=re.compile(rf"[{sounds}]{{2,5}}[·•・‧][{sounds}]{{2,6}}"),
        given=frozenset(_signs(lexicon, "given_characters", "also_given")),
        doubtful=frozenset(_signs(lexicon, "doubtful_surnames")),
        private=re.compile(f"(?:{alternation(lexicon.words('private_roles'))})[：:“（(”」]?$"),
        staff=re.compile(f"(?:{alternation(lexicon.words('staff_roles'))})[：:“（(”」]?$"),
        title=re.compile(
            rf"[（(，, ]?(?:(?![着给对向与和把找请让叫为被握])[\u4e00-\u9fff]){{0,2}}?{alternation(lexicon.words('staff_titles'))}"
        ),
        follows=re.compile(alternation(lexicon.words("person_follows"))),
        having=re.compile(alternation(lexicon.words("having"))),
        suffering=re.compile(alternation(lexicon.words("suffering"))),
        working=re.compile(alternation(lexicon.words("working"))),
    )


_WEAK_LEAD = re.compile(
    r"(?:给予|同意|联系|通知|鉴于|由于|考虑到|查实|查清|帮|替|关心|关于|的|了|据|对|向|给|为|将|把|由|和|与|及|跟|让|请|刚才|刚刚|昨天|今天|今日|上午|下午|听说|得知|原来|因为|因|叫|称|以及|其中|还有|如|即|于|在|查|审理|研究|讨论|听取|办理|受理|核实|核查|确认|批准|同意|陪|接|送|[0-9]床|[0-9]号|村|组|社区)$"
)
EXERCISE = re.compile(r"演练|模拟|情景|脚本|示例|样例|例如|假如|虚拟|扮演|饰演")
# any word for somebody, as trades and papers make them without end (受访人, 养鸡户, 拟录用人员), and those of offices among them
_ROLE_END = re.compile(
    r"[\u4e00-\u9fff]{1,6}(?:人|者|户|对象|人员|军人|师傅|工|员|户主|之[妻子女父母夫])[：:“（(]?$"
)
_FORMER = re.compile(r"(?:老|原|前任|退休|离休|离任|已故|先父|先母)[\u4e00-\u9fff]{0,5}$")
_OFFICE_END = re.compile(
    r"(?:负责|联系|主讲|主持|经办|承办|审核|签发|发言|评审|代理|鉴定|代表|撰稿|起草|记录|管理|牵头|带头|领头|召集|发起|创始|法)人[：:]?$"
    r"|(?:记|作|讲|学|编|译|读|志愿|研究|管理|组织|领导|工作|参与|主办|获奖)者[：:]?$"
    r"|(?:工作|医务|医护|执法|管理|检查|科研|技术|专业|公职|办案|采样|督导|监督|护理|陪同|参会|出席|参加|列席|参训|带队|值班|巡查|管护|防疫|疾控|评审|获奖|授课)人员[：:]?$"
    r"|(?:指导|检验|监督|协管|管理|督导|辅导|宣传|调解|通讯|播音|讲解|联络|审判|书记|研究|评审|采样|巡查|安全|档案|公务|委|教|议|队|社)[员工][：:]?$|社工[：:]?$"
)
_AGE_OR_SEX = re.compile(
    r"[（(，,、 ]{0,2}(?:性别)?[男女](?![士儿孩子性生方职工])|[（(，,、 ]{0,2}(?:今年|现年|时年|年仅)?[0-9]{1,3}(?:周)?岁|[（(，,、 ]{0,2}[12][09][0-9]{2}年[^，。]{0,6}生"
)
_NO_SPEAKER = re.compile(r"患者|病人")


def names_nearby(text: str, lexicon: Lexicon, start: int, end: int) -> Iterator[Name]:
    """Yield what may be a name in `text[start:end]`: a surname and a given name with a limit of words on either side."""
    words = _words(lexicon)
    taken: list[tuple[int, int]] = []
    for match in words.dotted.finditer(text, start, end):
        taken.append(match.span())
        yield Name(match.start(), match.end(), "token")
    passed = start
    for match in words.name.finditer(text, start, end):
        at = match.start()
        if at < passed or (match[1] == "班" and _CLASS_BEFORE.search(text, start, at)):
            continue
        if (at > start and text[at - 1].isdigit()) or not _begins(text, at, start, words):
            continue
        for length in (2, 1):
            given = match[2][:length]
            stop = at + len(match[1]) + len(given)
            if len(given) != length or stop > end or (length == 2 and _is_cut_short(text, at, stop, end)):
                continue
            if _is_given(given, words.given) or _is_set_off(text, at, stop, given, words):
                limited = given[-1] == "某" or _ends(
                    text, stop, end, words, match[1] not in words.doubtful and _is_led(text, at, words)
                )
                if (
                    limited
                    and not is_phrase(text[at:stop], lexicon)
                    and not _is_of_words(text, at, stop, end, words)
                ):
                    passed = stop
                    taken.append((at, stop))
                    yield Name(at, stop, "token")
                    break
    for name, _ in placed_names(text, lexicon, start, end):
        if not any(at < name.end and name.start < stop for at, stop in taken):
            yield name


_NO_SECOND = frozenset("为因被在由从将把向对与及")


def _is_cut_short(text: str, at: int, stop: int, end: int) -> bool:
    """Tell whether the last character is a word of its own that leads on (张丽 | 为失能老人)."""
    if text[stop - 1] not in _NO_SECOND or stop >= end or not "\u4e00" <= text[stop] <= "\u9fff":
        return False
    return rjieba.cut(text[at : min(end, stop + 3)], False)[-2:][0] != text[at:stop]


def _is_set_off(text: str, at: int, stop: int, given: str, words: _Words) -> bool:
    """Tell whether a role before and a mark behind leave nothing but a name of three characters (原告郁离子，)."""
    return (
        stop - at == _WHOLE
        and text[at] not in words.doubtful
        and not NEVER_GIVEN & set(given)
        and _FORM_OF_ADDRESS.fullmatch(given) is None
        and _is_led(text, at, words)
        and _MARK.match(text, stop) is not None
    )


_MARK = re.compile(r"[，,、。；;（(：:|\s]|$")


def _is_of_words(text: str, at: int, stop: int, end: int, words: _Words) -> bool:
    """Tell whether the dictionary reads `text[at:stop]` as a word, or, where no role leads in, as part of words."""
    if rjieba_knows(text[at:stop]):
        # 车前子, 郁离子: a word too, but said of somebody by a role and set off
        sure = stop - at == _WHOLE and text[at] not in words.doubtful
        return not (sure and _is_led(text, at, words) and _SET_OFF.match(text, stop))
    family = words.name.match(text, at)
    if _is_led(text, at, words) and not (family and family[1] in words.doubtful):
        return False
    first, *rest = rjieba.cut(text[at : min(end, stop + 4)], False)
    if len(first) > 1 and first != (family and family[1]) and len(first) < stop - at and rjieba_knows(first):
        return True
    place = at + len(first)
    for word in rest:
        if place >= stop:
            break
        if place < stop < place + len(word) and rjieba_knows(word):
            return True
        place += len(word)
    return place > stop and rjieba_knows(first)


_CLASS_BEFORE = re.compile(r"[0-9一二三四五六七八九十）)级大中小托全学同各本每值上下]$")
_WHOLE = 3
_SET_OFF = re.compile(r"[，,、。；;（(：:|\s]|$|自述|反映|患|因|住|，")
_FORM_OF_ADDRESS = re.compile(
    r"女士|先生|老师|同学|大[爷妈姐哥叔婶娘]|阿[姨婆公叔]|师傅|老[汉太师]|奶奶|爷爷|小姐|医生|护士|主任|[某家]?[男女]"
)


def _is_given(given: str, known: frozenset[str]) -> bool:
    if _FORM_OF_ADDRESS.fullmatch(given):
        return False
    if given.strip("某") == "" or known.issuperset(given):
        return True
    return len(given) == 2 and not NEVER_GIVEN & set(given) and not rjieba_knows(given)


def _is_led(text: str, at: int, words: _Words) -> bool:
    """Tell whether a private role stands right before `at`."""
    lead = text[max(0, at - _LEAD) : at]
    return words.private.search(lead) is not None or (
        _ROLE_END.search(lead) is not None and words.staff.search(lead) is None
    )


def is_led(text: str, at: int, lexicon: Lexicon) -> bool:
    """Tell whether a word for a private person (村民, 申请人, 鉴定对象) stands right before `at`."""
    return _is_led(text, at, _words(lexicon))


def _begins(text: str, at: int, start: int, words: _Words) -> bool:
    if at == start or not "\u4e00" <= text[at - 1] <= "\u9fff":
        return True
    lead = text[max(0, at - _LEAD) : at]
    return bool(
        _ROLE_END.search(lead)
        or words.private.search(lead)
        or words.staff.search(lead)
        or _WEAK_LEAD.search(lead)
    )


def _ends(text: str, stop: int, end: int, words: _Words, led: bool) -> bool:
    if stop >= end or not "\u4e00" <= text[stop] <= "\u9fff":
        return True
    if led and len(rjieba.cut(text[stop - 1 : stop + 1], False)) > 1:
        return True
    return words.follows.match(text, stop) is not None or words.title.match(text, stop) is not None


def weigh(text: str, lexicon: Lexicon, name: Name, start: int, end: int, told: tuple[int, int]) -> int:
    """Return how much speaks for `text[told]` being a private matter of `name`; negative for somebody at work."""
    words = _words(lexicon)
    lead = text[max(0, name.start - _LEAD) : name.start]
    behind = text[told[1] : min(end, told[1] + 12)]
    weight = 0
    private, staff = words.private.search(lead), words.staff.search(lead)
    if (private and (not staff or len(private[0]) >= len(staff[0]))) or _FORMER.search(lead):
        weight += 3
    elif staff or _OFFICE_END.search(lead):
        weight -= 4
    elif _ROLE_END.search(lead):
        weight += 2
    elif name.start == start or not "\u4e00" <= text[name.start - 1] <= "\u9fff":
        weight += 1
    if words.title.match(text, name.end, min(end, name.end + 9)):
        weight -= 4
    if _AGE_OR_SEX.match(text, name.end, end):
        weight += 2
    weight += _link(text, words, name, told)
    if EXERCISE.search(text, start, end):
        weight -= 4
    return weight + bool(words.suffering.search(behind))


_STRONG_LINK = re.compile(
    r"病假|病退|听说|据说|吃药|患(?!者)|确诊|诊断为|查出|检出|得了|身患|突发|病史|死于|自己|(?<!其)[他她](?![们人乡日])|因病|感染|残疾|鉴定为"
)
_KIN = re.compile(
    r"的?(?:[大小二三长次独])?(?:妻|老婆|丈夫|爱人|老伴|配偶|母亲|父亲|妈妈|爸爸|儿子|女儿|孩子|小孩|孙[子女]|儿媳|女婿|婆婆|公公|岳[父母]|哥哥|弟弟|姐姐|妹妹|家中?的?(?:老|孩|儿|女|妻|母|父|大|小))"
)
_NEAR = 3
_FAR = 34


def _link(text: str, words: _Words, name: Name, told: tuple[int, int]) -> int:
    """Return what the words between a name and a circumstance are worth."""
    if name.start >= told[1]:
        gap = text[told[1] : name.start]
        if _WHO_HAS.search(text, max(0, told[0] - 3), told[0]) and _AT_PLACE.fullmatch(gap):
            return 8
        return 3 if _CALLED.fullmatch(gap) else -9
    gap = text[name.end : told[0]]
    weight = 0
    if words.working.search(gap) or _NO_SPEAKER.search(gap.removeprefix("患者")):
        weight -= 6
    if len(gap) <= _NEAR:
        weight += 2
    elif len(gap) > _FAR:
        weight -= 2
    if _STRONG_LINK.search(gap) or _KIN.match(gap):
        weight += 3
    elif words.having.search(gap):
        weight += 2
    return weight


# 罹患白血病的检验科田静: said to have it, so that the ward behind is where they work
_WHO_HAS = re.compile(r"(?:患有?|确诊|感染|得了|查出)$")
_AT_PLACE = re.compile(r"(?:症|病)?的[\u4e00-\u9fff]{0,8}")
_CALLED = re.compile(
    r"(?:症|病)?的?(?:患者|病人|者|感染者|携带者|病例|病友|人员|儿童|患儿|老人|女孩|男孩|男子|女子|妇女|学生|职工|村民|母亲|父亲|孕妇|产妇|对象|[\u4e00-\u9fff]{1,3}[户人者员工])?(?:姓名|化名[“\"]?[\u4e00-\u9fff]{1,4}[”\"]?)?[（(：: “]{0,2}(?:真名|本名|名叫|为|是)?[：: ]?"
)


def cues(text: str, lexicon: Lexicon, name: Name, end: int) -> Iterator[str]:
    """Yield what the words right before and behind a name say of the person: `private`, `staff`, `title` and so on."""
    words = _words(lexicon)
    lead = text[max(0, name.start - _LEAD) : name.start]
    for cue, pattern in (
        ("private", words.private),
        ("staff", words.staff),
        ("role", _ROLE_END),
        ("office", _OFFICE_END),
        ("former", _FORMER),
        ("weak", _WEAK_LEAD),
    ):
        if pattern.search(lead):
            yield cue
    if words.title.match(text, name.end, min(end, name.end + 9)):
        yield "title"
    if _AGE_OR_SEX.match(text, name.end, end):
        yield "age"
    if words.follows.match(text, name.end, end):
        yield "follows"


def is_at_work(text: str, lexicon: Lexicon, start: int, name: Name) -> bool:
    """Tell whether words of office stand right before or behind a name, and no private role before it is longer."""
    words = _words(lexicon)
    lead = text[max(0, name.start - _LEAD) : name.start]
    private, staff = words.private.search(lead), words.staff.search(lead) or _OFFICE_END.search(lead)
    if staff and not (private and len(private[0]) >= len(staff[0])):
        return True
    return words.title.match(text, name.end, name.end + 9) is not None


# 参加专家：县人民医院呼吸科左宗海（慢阻肺、哮喘）、肾内科仲夏（慢性肾炎）: what stands in brackets is what they treat
_EXPERTS = re.compile(
    r"(?:专家|坐诊|出诊|义诊|授课|主讲|讲者|志愿者|医师|医生|护士|负责人及题目)[^。；：:\n]{0,6}[：:]((?:[\u4e00-\u9fff· ]{2,24}(?:[（(《][^）)》\n]{0,30}[）)》][\u4e00-\u9fff]{0,12})?[、，；])*[\u4e00-\u9fff ]{0,16}?)$"
)


def is_among_experts(text: str, start: int, name: Name) -> bool:
    """Tell whether a name stands in a list that its heading says is one of experts, doctors or volunteers."""
    return _EXPERTS.search(text[start : name.start]) is not None


def person_told_of(
    text: str, lexicon: Lexicon, start: int, end: int, told: tuple[int, int], *, enough: int = ENOUGH
) -> Name | None:
    """Return the name of whom `text[told]` is told in the sentence `text[start:end]`, when private evidence weighs `enough`.

    Of the names before the circumstance the last that is not at work counts, then the first behind it.
    """
    left, right = max(start, told[0] - _BEFORE), min(end, told[1] + _BEHIND)
    ahead = [name for name in names_nearby(text, lexicon, left, told[0]) if name.end <= told[0]]
    behind = [name for name in names_nearby(text, lexicon, told[1], right) if name.start >= told[1]]
    for name in (*reversed(ahead), *behind[:1]):
        if weigh(text, lexicon, name, left, end, told) >= enough:
            return name
    return None
