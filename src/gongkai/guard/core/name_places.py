"""Names by their place (姓名的位置): where a sentence leaves room for nothing but somebody's name, whatever its characters.

Lists of surnames know most names, but not 高兴, 岩温 or 其美多吉. A place is a beginning (of the clause, behind a word for a
person, behind a verb that takes a person) and an end (words that are said of people only). Both are weighed together with
how much the characters look like a name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import rjieba

from gongkai.guard.core.lexicon import Lexicon, alternation
from gongkai.guard.core.persons import NEVER_GIVEN, Name, rjieba_knows
from gongkai.guard.core.private_words import PrivateWords, private_words

ENOUGH = 6
_LEAD = 8
_LENGTHS = (2, 3, 4, 5, 6)
_NONE = -9
_WHOLE = 3


@dataclass(frozen=True, slots=True, eq=False)
class _Places:
    ends: re.Pattern[str]
    label: re.Pattern[str]
    ill: re.Pattern[str]
    private: re.Pattern[str]
    staff: re.Pattern[str]
    leading: re.Pattern[str]
    roles: frozenset[str]
    role_first: re.Pattern[str]
    sounds: frozenset[str]


_DESCRIBED = (
    r"[，,](?:就读|身高|体重|家住|现住|户籍|籍贯|[\u4e00-\u9fff]{1,3}族[，,]|出生于|生于|身份证|务农|务工|无业|既往)|(?:同志|同学|先生|女士)[，,：:](?=[你您])|[（(](?:身份|未成年|住院号|病案号|病历号|门诊号|床号|化名|系|患|住|本人|已故|监护人)|说[，,：:“]|百岁|(?:同志|患者|老人|先生|女士|大爷|大妈)?[，,、（(] ?(?:性别)?[男女](?![士儿孩子性生方职工])[，,、）);；。 ]?"
    r"|[，,、（(] ?(?:今年|现年|时年|年仅|年近|年逾|年|约)?[0-9]{1,3}(?:周)?(?:岁|月龄|个月)|[（(，,] ?[12][09][0-9]{2}年[^，。（）]{0,6}生"
    r"|(?:今年)?[0-9]{1,3}(?:周)?岁"
)


@lru_cache(maxsize=8)
def _places(lexicon: Lexicon) -> _Places:
    only, addressed, often = (
        lexicon.words(name) for name in ("only_of_people", "addressed_as", "often_of_people")
    )
    roles = {*lexicon.words("private_roles"), *lexicon.words("staff_roles"), *lexicon.words("staff_titles")}
    return _Places(
        ends=re.compile(
            rf"(?P<described>{_DESCRIBED})|(?P<only>{alternation(only)})(?!的?(?:老人|人员|者|妇女|家庭|患者|病人|群众|儿童))"
            rf"|(?P<kin>{alternation(lexicon.words('kin_of_people'))})(?!们)|(?P<addressed>{alternation(addressed)})(?!们)"
            rf"|(?P<often>{alternation(often)})|(?P<mark>[，,、；;。）)（(\s]|$)"
        ),
        private=re.compile(
            f"(?:{alternation([word for word in lexicon.words('private_roles') if len(word) > 1 or word in '妻父母子女'])})(?:姓名)?[：:“（(”」]?$"
        ),
        staff=re.compile(f"(?:{alternation(lexicon.words('staff_roles'))})[：:“（(”」]?$"),
        ill=re.compile(
            f"(?:{alternation([*(word for word in lexicon.words('called_ill') if len(word) > 1 and word != '病例'), *lexicon.words('called_mother')])})(?:姓名)?[：:“（( ]?$"
        ),
        label=re.compile(f"(?:{alternation(lexicon.words('name_leads'))})[：:“（( ]{{1,2}}$"),
        leading=re.compile(f"(?:{alternation(lexicon.words('leading_to_person'))})$"),
        roles=frozenset(roles),
        role_first=re.compile(
            alternation([*(word for word in roles if len(word) > 1), *lexicon.words("kin_of_people")])
        ),
        sounds=frozenset("".join(str(lexicon.lists["transliteration"]).split())),
    )


_ROLE_END = re.compile(
    r"[\u4e00-\u9fff]{1,6}(?:人|者|户|对象|人员|军人|师傅|工|员|农|厨|匠|倌|贩|嫂|妇女|老人|儿童|女童|男童|孤儿|患儿)(?:姓名)?[：:“（(]?$"
)
_CARED_FOR = re.compile(
    r"(?:收治|救治|接诊|转诊|转来|护送|照料|确诊|死亡|住院|患病|受伤|去世|病故|居住|租住|独居|送医)的$"
)
_BY_THE_WAY = re.compile(
    r"(?:经|据|随|走访|入户|目前|近日|日前|其中|同时|此外|另|现|今|昨日|当日|获悉|悉)[\u4e00-\u9fff]{0,7}，$"
)
_NUMBERED = re.compile(
    r"(?:^|[：:；;。，,\n\s])[（(]?[0-9一二三四五六七八九十]{1,3}[.、．)）]\s?$|[0-9]{1,3}(?:号)?床[：:]?$"
)
_BODIES = frozenset("院局所站室科县市区省镇乡村校园店厂司部委会组队病症癌瘤炎")
_PEOPLE_END = frozenset("者人员户民师童妇娃婴伤友属们方名位性孩")
# words of grammar, that no name begins with and few contain
_GRAMMAR = frozenset(
    "仍愈渐略颇甚尤均仅亦尚乃即既虽但常频屡再先后乘如有无同我本他她它其咱您你各全某两几多少数约近逾超该此这那哪每何也都就才又还很更最太极不没未非勿莫别已曾正会要必可能请让使令是在到去来从对向由被把将给跟比与和及或而且若因以为于之的了着过吗呢啊吧第等所则却并较凡若"
)


def placed_names(
    text: str, lexicon: Lexicon, start: int, end: int, matters: Iterable[int] = ()
) -> list[tuple[Name, int]]:
    """Return the names in `text[start:end]` that their place gives away, each with how sure it is (from `ENOUGH` on).

    `matters`: where words of illness or birth begin; a name may end right before them.
    """
    shift = start
    chunk = text[start:end]
    return [
        (Name(at + shift, stop + shift, "placed"), weight)
        for at, stop, weight in _placed(chunk, lexicon, tuple(place - shift for place in matters))
    ]


@lru_cache(maxsize=20_000)
def _placed(chunk: str, lexicon: Lexicon, matters: tuple[int, ...]) -> tuple[tuple[int, int, int], ...]:
    found: list[tuple[int, int, int]] = []
    ill = [match.span() for match in private_words(lexicon).diseases.finditer(chunk)]
    for stop, right in _ends(chunk, lexicon, matters):
        if chunk[stop : stop + 1] in _ILLNESS_ENDS or rjieba_knows(chunk[stop - 1 : stop + 1]):
            continue
        best: tuple[int, int] | None = None
        for length in _LENGTHS:
            at = stop - length
            if at < 0 or not "\u4e00" <= chunk[at] <= "\u9fff" or _overlaps(ill, at, stop):
                break
            left = _begins(chunk, at, lexicon)
            if left <= _NONE:
                continue
            if any(
                rjieba_knows(chunk[at:longer]) for longer in range(stop + 1, min(stop + 3, len(chunk) + 1))
            ):
                continue  # 转危|为安
            weight = left + right + likeness(chunk[at:stop], lexicon)
            if weight >= ENOUGH and (best is None or weight > best[0]):
                best = (weight, at)
        if best is not None and not any(at < stop and best[1] < other for at, other, _ in found):
            found.append((best[1], stop, best[0]))
    return tuple(found)


_ILLNESS_ENDS = ("病", "症", "癌", "瘤", "炎")


def _overlaps(spans: list[tuple[int, int]], at: int, stop: int) -> bool:
    return any(left < stop and at < right for left, right in spans)


def _ends(chunk: str, lexicon: Lexicon, matters: tuple[int, ...]) -> Iterator[tuple[int, int]]:
    """Yield places where a name may end, with what they are worth."""
    worth: dict[int, int] = {}
    for place in matters:
        for at in (place, place - 1):
            if 1 < at < len(chunk) and (at == place or chunk[at] in "（(，,：:、的"):
                worth[at] = _BEFORE_MATTER[at != place and chunk[at] in "，,（("]
    for match in _places(lexicon).ends.finditer(chunk):
        value = _VALUES[str(match.lastgroup)]
        worth[match.start()] = max(worth.get(match.start(), 0), value)
    yield from sorted(worth.items())


_BEFORE_MATTER = (2, 3)  # right before it, or with a comma between as in lists
_VALUES = {"described": 5, "only": 4, "kin": 3, "addressed": 2, "often": 2, "mark": 1}


def cues_of_place(text: str, lexicon: Lexicon, name: Name, end: int) -> Iterator[str]:
    """Yield what the place of a name says: a label or an illness before it, a verb that takes a person, words of people behind it."""
    places = _places(lexicon)
    lead = text[max(0, name.start - _LEAD) : name.start]
    for cue, pattern in (
        ("label", places.label),
        ("ill", places.ill),
        ("leading", places.leading),
        ("cared", _CARED_FOR),
        ("numbered", _NUMBERED),
    ):
        if pattern.search(lead):
            yield cue
    behind = places.ends.match(text, name.end, end)
    if behind is not None:
        yield f"behind:{behind.lastgroup}"


@lru_cache(maxsize=50_000)
def _lead_worth(lead: str, lexicon: Lexicon) -> int:
    places = _places(lexicon)
    private, staff = places.private.search(lead), places.staff.search(lead)
    if places.label.search(lead):
        return 6
    if places.ill.search(lead):
        return 5
    if private and not (staff and len(staff[0]) > len(private[0])):
        return 4
    if _CARED_FOR.search(lead) or _BY_THE_WAY.search(lead):
        return 2
    if lead[-1:] == "的" and private_words(lexicon).matter.search(lead[-6:]):
        return 3
    if _NUMBERED.search(lead):
        return 2
    if staff:
        return 2
    if _ROLE_END.search(lead):
        return 3
    return 1 if places.leading.search(lead) else _NONE


_VERB_OFTEN = 100
_VERY_COMMON = 1500
_COMMON_WORD = 500  # how often the dictionary's own texts have a word that is hardly met elsewhere


def _begins(chunk: str, at: int, lexicon: Lexicon) -> int:
    if at == 0 or chunk[at - 1] in "。；;\n！？!?\u3000 ":
        return 2
    lead = _lead_worth(chunk[max(0, at - _LEAD) : at], lexicon)
    if lead > _NONE:
        return lead
    return 2 if chunk[at - 1] in "：:（(“" else 1 if chunk[at - 1] in "，,、" else _NONE


@lru_cache(maxsize=50_000)
def likeness(written: str, lexicon: Lexicon) -> int:
    """Return how much characters look like a name: 3 surely, 0 a word that might be one, negative hardly."""
    words, places = private_words(lexicon), _places(lexicon)
    if any(not "\u4e00" <= char <= "\u9fff" for char in written):
        return _NONE
    if words.joined.fullmatch(written) or words.joined_one.fullmatch(written):
        return 3
    if (
        written in words.no_names
        or written in places.roles
        or _GRAMMAR & set(written[:1])
        or _is_for_people(written)
        or is_phrase(written, lexicon)
        or written[-1] in _BODIES
        or places.role_first.match(written)
        or words.matter.search(written)
        or words.not_ill.search(written)
    ):
        return _NONE
    if len(written) == _SHORT and written[0] == written[1]:
        return _NONE if rjieba_knows(written) else 2  # 冉冉, 念念
    if len(written) > _WHOLE or not words.family.match(written):
        return _foreign(written, places)
    return _native(written, words)


def _is_for_people(written: str) -> bool:
    """Tell whether the characters are a word for people (男生, 患者) and no name."""
    return written[-1] in _PEOPLE_END and (rjieba_knows(written[-2:]) or rjieba_knows(written))


def _foreign(written: str, places: _Places) -> int:
    """Return the likeness of what begins with no surname: sounds of a people's language, or no word at all."""
    sounds = places.sounds.issuperset(written)
    if not (sounds and len(written) >= _WHOLE) and (NEVER_GIVEN | _GRAMMAR) & set(written):
        return _NONE
    tags = [(str(word), str(tag)) for word, tag in rjieba.tag(written, False)]
    ordinary = [
        word
        for word, tag in tags
        if len(word) > 1
        and (len(tags) == 1 or not tag.startswith(("ns", "nz")))
        and not tag.startswith(("nr", "x"))
    ]
    if len(tags) == 1 and tags[0][1].startswith((*_NEVER_A_NAME, "v", "nz", "m")):
        return _NONE
    if sounds:
        return 1 if ordinary else 2
    if len(written) == _SHORT:
        return -1 if ordinary else 1
    if len(written) > _WHOLE:
        return _NONE if ordinary or len(places.sounds & set(written)) < len(written) - 1 else 1
    return -3 if ordinary else 0


def _native(written: str, words: PrivateWords) -> int:
    """Return the likeness of a surname with one or two characters."""
    family = words.family.match(written)
    given = written[family.end() :] if family else ""
    if family is None or not 1 <= len(given) <= _SHORT or written[-2:] in _ADDRESSES:
        return _NONE
    tags = [(str(word), str(tag)) for word, tag in rjieba.tag(written, False)]
    if len(tags) == 1 and not tags[0][1].startswith("nr"):
        return _word_likeness(written, tags[0][1]) - (family[0] in words.doubtful)
    lone = {word for word, _ in tags[1:] if len(word) == 1}
    if lone & _GRAMMAR:
        return _NONE
    if (NEVER_GIVEN | _GRAMMAR) & set(given) and (lone & NEVER_GIVEN or len(given) == 1):
        return 1 if family.end() > 1 else 0 if family[0] not in words.doubtful else -1
    weight = 1 + (written[0] in words.common or family.end() > 1) + words.given.issuperset(given)
    if family[0] in words.doubtful:
        weight -= 2
    first = tags[0]
    if family.end() < len(first[0]) < len(written) and not first[1].startswith("nr"):
        weight -= 2  # 江湖|海, 高血|压
    elif (
        len(given) > 1
        and tags[-1][0] == given
        and tags[-1][1].startswith(("v", "d", "p", "c", "t", "r"))
        and rjieba.suggest_freq(given) > _VERB_OFTEN
    ):
        weight -= 1
    return weight


def _word_likeness(written: str, tag: str) -> int:
    """Return the likeness of a word of the dictionary that begins with a surname: nouns and rare words are names at times."""
    often = rjieba.suggest_freq(written)
    if tag.startswith(_NEVER_A_NAME) and not (often < _COMMON_WORD and tag.startswith(("t", "c"))):
        return _NONE
    return -1 if tag.startswith("v") or often > _VERY_COMMON else int(often < _COMMON_WORD)


_SHORT = 2


@lru_cache(maxsize=20_000)
def is_phrase(written: str, lexicon: Lexicon) -> bool:
    """Tell whether a run of characters is a word of grammar and a verb (不带病, 应定期, 须隔离), or a road."""
    words = private_words(lexicon)
    if "·" in written or "某" in written:
        return False
    if len(written) == _WHOLE and written[-1] in _ROADS:
        return True
    family = words.family.match(written)
    if family is None:
        return written[0] in _NEVER_FIRST
    if family[0] not in _NEVER_FIRST:
        return False
    given = written[family.end() :]
    tags = rjieba.tag(given, False)
    if any(str(word) in _GRAMMAR | _NEVER_FIRST for word, _ in tags):
        return True
    return (
        len(tags) == 1
        and len(given) > 1
        and not str(tags[0][1]).startswith(("n", "x"))
        and rjieba.suggest_freq(given) > _VERB_OFTEN
    )


def cuts_a_role(text: str, at: int, lexicon: Lexicon) -> bool:
    """Tell whether the character at `at` ends a word for somebody's office or role (康复师|田野 read as 师田野)."""
    return text[at] in "师员长" and any(
        text[at - length : at + 1] in _places(lexicon).roles for length in (2, 3) if at >= length
    )


_ROADS = frozenset("路街巷弄镇乡村素酶苷碱醇菌")
_NEVER_FIRST = frozenset(
    "仍愈渐较略颇尤时不未没无非勿莫别须应常经能会可要请让使令在是的了着过也都就才又还很更最太极均仅亦已曾正再先其此该这那有被将把给为对向从由与和及或而且但若如因以所"
)


_NEVER_A_NAME = ("d", "t", "p", "c", "r", "u", "f", "q", "y")
_ADDRESSES = frozenset(
    (
        "女士",
        "先生",
        "老师",
        "同学",
        "大爷",
        "大妈",
        "大姐",
        "大哥",
        "大叔",
        "大婶",
        "大娘",
        "阿姨",
        "阿婆",
        "奶奶",
        "爷爷",
        "师傅",
        "老汉",
        "老太",
        "医生",
        "护士",
        "主任",
        "某某",
    )
)
