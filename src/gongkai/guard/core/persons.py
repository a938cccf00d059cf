"""Names of natural persons (自然人姓名) in official prose and lists, with the reason why they are taken for names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import rjieba

from gongkai.guard.core.lexicon import Lexicon, alternation

_HAN = r"[\u4e00-\u9fff]"
_TWO = 2
# characters that no one is called by: of grammar, offices, illness, measures
NEVER_GIVEN = frozenset(
    "的了着过在是为被把将由从向对与及或而但且若如因所以之其此该这那个些每各另某谁何什么怎样也都就才只又还很更最太极不没未无非勿莫别已曾正会要想须必应当可能够请让使令给跟比叫说道讲问答看听写读做作干办搞打拿放取送交收发出入进退来去到达往返回上下左右前后内外里间旁边侧端部分种类型式样号码数量级别等第次遍趟批组队班届期年月日时分秒岁周季度元角万亿吨斤克米寸尺亩升人员者们男女老幼病症炎痛疼痒肿瘤癌疮疤伤残疾患疗医药诊治护理检查测验化疫苗针剂片丸胶囊粒血糖脂压尿便痰肝胃肠肺脑肾脾胆骨皮肤眼耳鼻喉口齿舌县市区省镇乡街道路巷弄村屯社局厅院所站科室处署委会馆店厂司企业户家机构单位款项费用价钱税险表单证卡册簿书信函件文号牌章条例规则法律案罪刑罚权责任务职岗薪"
)
# surnames that mostly are no surnames in running prose
_FUNCTION_WORDS = frozenset("和于时从及有为以对向同应能经全须")


@dataclass(frozen=True, slots=True)
class Name:
    """A name: half-open span, and how it was recognised: `subject`, `staff`, `masked`, `gender`, `token`."""

    start: int
    end: int
    why: str

    @property
    def is_strong(self) -> bool:
        """Tell whether the name surely is that of a private person."""
        return self.why in ("subject", "masked", "gender")


@dataclass(frozen=True, slots=True)
class _Patterns:
    labelled: re.Pattern[str]
    role: re.Pattern[str]
    masked: re.Pattern[str]
    token: re.Pattern[str]
    gendered: re.Pattern[str]
    described: re.Pattern[str]
    called: re.Pattern[str]
    title: re.Pattern[str]
    staff: frozenset[str]
    given: frozenset[str]
    surname: re.Pattern[str]


@lru_cache(maxsize=8)
def _patterns(lexicon: Lexicon) -> _Patterns:
    surnames = "".join(str(lexicon.lists["surnames"]).split())
    compound = alternation(lexicon.words("compound_surnames"))
    family = f"(?:{compound}|[{surnames}])"
    sounds = "".join(sorted(set("".join(str(lexicon.lists["transliteration"]).split()))))
    labels = lexicon.lists["name_labels"]
    words = alternation([*labels["subject"], *labels["staff"]])
    return _Patterns(
        labelled=re.compile(
            rf"({words})(?:姓名|名字|名单|本人)?[：:\s\t|（(]{{0,3}}(?:为|是|系|叫)?({family}{_HAN}{{1,3}}|{family}[某×xX*＊○]{{1,3}}|{_HAN}某{{1,2}})"
        ),
        # a role that ends in one of these and a colon names a person, whatever the role (鉴定对象：, 走失老人：)
        role=re.compile(
            rf"({_HAN}{{0,6}}(?:对象|人|者|员|户|名|童|儿|妻|夫|子|女|父|母|生|妇|民|工|姐|妹|弟|哥))(?:姓名)?[：:]\s?({family}{_HAN}{{1,2}})(?!{_HAN})"
            rf"|((?:救助|帮扶|扶助|慰问|走访|随访|补助|资助|补偿|强制医疗|监测|包保|服务|管理|签约|特困|低保)(?:对象|人员|户))({family}{_HAN}{{1,2}})(?!{_HAN})"
        ),
        masked=re.compile(
            rf"(?<![{surnames}有相无当攸]){family}(?:某{{1,3}}(?![些个种项类时日年月地处方段])|[×＊*○]{{1,2}}(?![×＊*○0-9]){_HAN}?(?![\u4e00-\u9fff]))"
        ),
        token=re.compile(
            rf"(?:^|(?<=[\s|｜,，、；;：:（(“·]))({family}{_HAN}{{1,2}})(?=$|[\s|｜,，、；;（(）)”。：:]|等(?![级]))",
            re.MULTILINE,
        ),
        gendered=re.compile(
            rf"({family}{_HAN}{{1,2}}|{family}[某×xX*＊]{{1,2}})[\s，,、|｜（(\t]{{1,2}}(?:性别[：:])?[男女](?=$|[\s，,、|｜）)\t性。；;])",
            re.MULTILINE,
        ),
        # a word of no dictionary, set off, with sex or age behind it, or two words joined by a dot (古丽·阿不都)
        described=re.compile(
            rf"(?:^|(?<=[：:，,。；;（(\s]))({_HAN}{{2,3}})(?=[，, ]?(?:[（(，, ])(?:[男女][，,、；;。）)]|[0-9]{{1,3}}(?:周)?岁))|([{sounds}]{{2,6}}·[{sounds}]{{2,7}})(?!{_HAN}{{0,2}}(?:公司|酒店))",
            re.MULTILINE,
        ),
        called=re.compile(
            rf"(?:{alternation(labels['subject'])}|被[\u4e00-\u9fff]{{2}}人)(?:姓名)?[：:\s为是系叫]{{0,2}}({_HAN}{{2,3}})(?=[，,、。；;（(\s]|$)",
            re.MULTILINE,
        ),
        title=re.compile(rf"[（(\s，,]{{0,1}}.{{0,2}}{alternation(lexicon.words('titles'))}"),
        staff=frozenset(labels["staff"]),
        given=frozenset("".join(str(lexicon.lists["given_characters"]).split())),
        surname=re.compile(family),
    )


def find_names(text: str, lexicon: Lexicon, start: int = 0, end: int | None = None) -> list[Name]:
    """Return the names in `text[start:end]`, surest reason first where several apply, in order of place.

    Official functions (王明院长) are left out: a doctor in the news is not a patient.
    """
    end = len(text) if end is None else end
    found: dict[int, Name] = {}
    for name in _all_names(text, lexicon, start, end):
        if name.start not in found and not any(
            other.start <= name.start < other.end for other in found.values()
        ):
            found[name.start] = name
    patterns = _patterns(lexicon)
    return sorted(
        (name for name in found.values() if not patterns.title.match(text, name.end, min(end, name.end + 9))),
        key=lambda name: name.start,
    )


def _all_names(text: str, lexicon: Lexicon, start: int, end: int) -> Iterator[Name]:
    patterns = _patterns(lexicon)
    for match in patterns.masked.finditer(text, start, end):
        yield Name(match.start(), match.end(), "masked")
    for match in patterns.gendered.finditer(text, start, end):
        if is_name(match[1], lexicon) or match[1][-1] in "某×xX*＊":
            yield Name(*match.span(1), "gender")
    for match in patterns.role.finditer(text, start, end):
        group = 2 if match[2] else 4
        named = is_name(match[group], lexicon) or _set_off(text, match.start(group), lexicon) == len(
            match[group]
        )
        if named and not _is_staff(match[group - 1], patterns.staff):
            yield Name(*match.span(group), "subject")
    for match in patterns.labelled.finditer(text, start, end):
        length = _name_length(match[2], lexicon) or _set_off(text, match.start(2), lexicon)
        if length:
            yield Name(
                match.start(2), match.start(2) + length, "staff" if match[1] in patterns.staff else "subject"
            )
    for match in patterns.described.finditer(text, start, end):
        if match[2] or _is_unknown_word(match[1]):
            yield Name(*match.span(match.lastindex or 0), "token")
    for match in patterns.called.finditer(text, start, end):
        if _is_unknown_word(match[1]) and not NEVER_GIVEN & set(match[1][1:]):
            yield Name(*match.span(1), "token")
    for match in patterns.token.finditer(text, start, end):
        if is_name(match[1], lexicon):
            yield Name(*match.span(1), "token")


def names_between_words(text: str, lexicon: Lexicon, start: int, end: int) -> list[Name]:
    """Return every run of a surname and a given name that cuts through no dictionary word; the weakest evidence of all."""
    patterns = _patterns(lexicon)
    chunk = text[start:end]
    title = patterns.title
    edges = {0}
    for word in rjieba.cut(chunk, False):
        edges.add(max(edges) + len(word))
    found: list[Name] = []
    for at in sorted(edges):
        family = patterns.surname.match(chunk, at)
        if not family or family[0] in _FUNCTION_WORDS:
            continue
        for given in (2, 1):
            stop = family.end() + given
            if (
                stop in edges
                and is_name(chunk[at:stop], lexicon)
                and not title.match(chunk, stop, stop + 9)
                and not _PLACE_AFTER.match(chunk, stop)
            ):
                found.append(Name(start + at, start + stop, "parsed"))
    return found


_NO_NAME = re.compile(
    r"[某该各每全本一二两三四五六七八九十人者员生工民户方童婴儿孩病例岁子女男性的有无为是在于和及与]"
)


@lru_cache(maxsize=20_000)
def _is_unknown_word(text: str) -> bool:
    """Tell whether no dictionary word covers the text: a name with a rare surname."""
    return _NO_NAME.search(text) is None and max(map(len, rjieba.cut(text, False))) < len(text) - (
        len(text) > _SHORT
    )


_SHORT = 2
_AFTER_NAME = re.compile(r"[，,。；;（(：:|\t]|$", re.MULTILINE)
_WHOLE = 3


def _set_off(text: str, start: int, lexicon: Lexicon) -> int:
    """Return the length of a name of three characters that a label leads in and a mark ends, though its first two are a word (东方明)."""
    patterns = _patterns(lexicon)
    name = text[start : start + _WHOLE]
    family = patterns.surname.match(name)
    if not family or len(name) < _WHOLE or not _AFTER_NAME.match(text, start + _WHOLE):
        return 0
    fits = all(char in patterns.given for char in name[family.end() :]) and len(rjieba.cut(name, False)) > 1
    return _WHOLE if fits else 0


def _is_staff(role: str, staff: frozenset[str]) -> bool:
    """Tell whether a role is held in office: 采购项目负责人 as 负责人."""
    return any(role.endswith(word) for word in staff)


def parsed_names(text: str, lexicon: Lexicon, start: int, end: int) -> list[Name]:
    """Return the names that word segmentation finds in running prose, where no label or comma sets them off.

    Weaker than `find_names`: the caller must ask that the words around tell something of a person.
    """
    title = _patterns(lexicon).title
    found: list[Name] = []
    place = start
    for word, tagged in _prose_words(text[start:end], lexicon):
        after = place + len(word)
        if (
            len(word) >= _TWO
            and (tagged or word[0] not in _FUNCTION_WORDS)
            and (is_name(word, lexicon) or (tagged and not NEVER_GIVEN & set(word[1:])))
            and not title.match(text, after, min(end, after + 9))
            and not _PLACE_AFTER.match(text, after)
        ):
            found.append(Name(place, after, "parsed"))
        place = after
    return found


_PLACE_AFTER = re.compile(
    r"[省市县区镇乡村路街巷桥山河湖]|社区|街道|小学|中学|幼儿园|医院|公司|药店|诊所|大道|小区|花园|新村|超市|酒店|广场|集团|学校"
)
_NO_GIVEN_NAME = ("x", "u", "p", "c", "m", "q", "r", "v", "d", "f")


@lru_cache(maxsize=4_000)
def _prose_words(text: str, lexicon: Lexicon) -> tuple[tuple[str, bool], ...]:
    """Cut prose into words, unknown names included, each with whether it reads as a name of a rare surname.

    A lone surname takes the free word behind it (孔 + 繁丽); any lone character takes a given name (库 + 小雨).
    """
    surname = _patterns(lexicon).surname
    words: list[tuple[str, bool]] = []
    for word, tag in rjieba.tag(text, True):
        previous = words[-1][0] if words else ""
        given = str(tag).startswith("nr") and len(word) == _TWO and "\u4e00" <= word[0] <= "\u9fff"
        if given and _may_lead(previous, surname):
            words[-1] = (previous + word, True)
        elif (
            len(previous) == 1
            and len(word) <= _TWO
            and surname.fullmatch(previous)
            and not str(tag).startswith(_NO_GIVEN_NAME)
        ):
            words[-1] = (previous + word, False)
        else:
            words.append((str(word), False))
    return tuple(words)


def _may_lead(char: str, surname: re.Pattern[str]) -> bool:
    """Tell whether a lone character before a given name may be its surname, listed or rare."""
    return (
        len(char) == 1
        and "\u4e00" <= char <= "\u9fff"
        and (char not in NEVER_GIVEN or surname.fullmatch(char) is not None)
    )


def leading_name(text: str, lexicon: Lexicon, start: int, end: int, *, surely: bool = False) -> Name | None:
    """Return the name that begins exactly at `start` though more characters follow (孙志强梅毒抗体阳性), if one does.

    `surely`: the place leaves nothing but a name, so that a given name of two characters need not fail the dictionary.
    """
    found = _patterns(lexicon).surname.match(text, start, end)
    if not found:
        return None
    for length in (found.end() - start + 2, found.end() - start + 1):
        if start + length <= end and is_name(text[start : start + length], lexicon):
            return Name(start, start + length, "token")
    given = text[found.end() : found.end() + 2]
    if (
        surely
        and found[0] not in _FUNCTION_WORDS
        and len(given) == 2
        and found.end() + 2 <= end
        and set(given) <= _patterns(lexicon).given
    ):
        return Name(start, found.end() + 2, "token")
    return None


def _name_length(text: str, lexicon: Lexicon) -> int:
    """Return how many characters of a labelled candidate belong to the name; 0 when it is no name."""
    masked = re.match(r".[某×xX*＊○]{1,3}|..[某×xX*＊○]{1,2}", text)
    if masked:
        return masked.end()
    patterns = _patterns(lexicon)
    family = patterns.surname.match(text)
    if (
        not family or family[0] in _FUNCTION_WORDS
    ):  # 患者应少吃盐; a 应 by name is found where a mark sets it off
        return 0
    for given in (2, 1):
        name = text[: family.end() + given]
        if (
            len(name) == family.end() + given
            and patterns.given.issuperset(name[family.end() :])
            and _may_be_name(name, family.end(), patterns)
        ):
            return len(name)
    return 0


def _may_be_name(name: str, family: int, patterns: _Patterns) -> bool:
    given = name[family:]
    if not all(char in patterns.given for char in given) and not _is_coined(given):
        return False
    return not _is_word(name, family)


def _is_coined(given: str) -> bool:
    """Tell whether two characters are no word and may be a given name though the list of characters lacks one (遥知)."""
    return len(given) == _TWO and not NEVER_GIVEN & set(given) and not rjieba_knows(given)


@lru_cache(maxsize=20_000)
def rjieba_knows(text: str) -> bool:
    """Tell whether the dictionary holds the text as one word that is no name."""
    pieces = rjieba.tag(text, False)
    return len(pieces) == 1 and not str(pieces[0][1]).startswith("nr")


@lru_cache(maxsize=20_000)
def _is_word(text: str, family: int) -> bool:
    pieces = rjieba.tag(text, False)
    if len(pieces) > 1 and family > 1 and pieces[0][0] == text[:family]:
        return False  # 欧阳 + 春华: the surname itself is the word
    if len(pieces) == 1:
        return not str(pieces[0][1]).startswith("nr")
    return len(pieces) == 2 and len(pieces[0][0]) == 2 and not str(pieces[0][1]).startswith("nr")


@lru_cache(maxsize=20_000)
def is_name(text: str, lexicon: Lexicon) -> bool:
    """Tell whether a whole token is a person's name by surname, characters and dictionary."""
    patterns = _patterns(lexicon)
    family = patterns.surname.match(text)
    if not family or not 1 <= len(text) - family.end() <= 2:
        return False
    return _may_be_name(text, family.end(), patterns)


def begins_with_surname(text: str, lexicon: Lexicon) -> bool:
    """Tell whether a cell is a surname with one or two characters, masked or not, whatever characters those are."""
    family = _any_family(lexicon).match(text)
    return family is not None and _GIVEN.fullmatch(text, family.end()) is not None


@lru_cache(maxsize=8)
def _any_family(lexicon: Lexicon) -> re.Pattern[str]:
    """Return the pattern of surnames, rare ones included: for cells that a heading already calls persons."""
    signs = "".join(f"{lexicon.lists['surnames']}{lexicon.lists['rare_surnames']}".split())
    return re.compile(f"(?:{alternation(lexicon.words('compound_surnames'))}|[{signs}])")


_GIVEN = re.compile(r"[\u4e00-\u9fff某×xX*＊○]{1,3}")
