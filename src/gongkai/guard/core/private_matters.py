"""Whose care it is (谁在看病): names read by segmentation, and the frames in which people tell of care that somebody received.

The older readings start from a disease; these start from the frame (送医、术后、检测异常) and ask two questions of each name
in the sentence: does it belong to a private person, and is this person the one who received the care, not the one who gave it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import rjieba

from gongkai.guard.core.lexicon import Lexicon, alternation
from gongkai.guard.core.person_evidence import EXERCISE, is_at_work, is_led, names_nearby
from gongkai.guard.core.persons import NEVER_GIVEN, Name, find_names, rjieba_knows

ENOUGH = 6
_SURELY_ILL = 7
_COMMON_SURNAMES = 160  # the list of surnames begins with the commonest
_BEFORE, _BEHIND = 60, 22
# characters that lead on to what a person does: the second of a given name only where nothing else fits
_NO_SECOND = "为的了在是因被由于从到对向与和及等其已曾将经有无未不也又说称诉系患过去来住就请自病术后前现时年月日说因作做行发持突接受"
_HAN = r"[\u4e00-\u9fff]"


@dataclass(frozen=True, slots=True)
class Matter:
    """Care that somebody received: half-open span in the text, and how plainly it is told, 1 to 3."""

    start: int
    end: int
    weight: int


@dataclass(frozen=True, slots=True, eq=False)
class _Words:
    suffered: re.Pattern[str]
    cared: re.Pattern[str]
    frames: re.Pattern[str]
    not_ill: re.Pattern[str]
    births: re.Pattern[str]
    mothers: re.Pattern[str]
    called: re.Pattern[str]
    called_here: re.Pattern[str]
    giving: re.Pattern[str]
    family: re.Pattern[str]
    office: re.Pattern[str]
    no_names: frozenset[str]
    joined_one: re.Pattern[str]
    matter: re.Pattern[str]
    joined: re.Pattern[str]
    common: frozenset[str]
    doubtful: frozenset[str]
    given: frozenset[str]


_NO_MATTER = (
    r"(?<!节育手术)(?!医师|医生|部(?!分)|科室|科(?!住院|就诊|手术|治疗)|室(?!间隔)|率|合格|人[次数]|量|天数|流程|须知|指南|制度|办法|标准|知识|技术|能力|水平|体系|机制|服务|条例|机构|中心|门诊|专家|病房楼"
    r"|大楼|大厅|预约|挂号|质量|管理|培训|讲座|规范|演练|设备|器械|药品|药物|医疗|保险|报销|比例|政策|待遇|工作|志愿|车|站|网|点位|疫情|病例数|防控|控制|预防|源|风险|危险|楼|技能|竞赛|比武|台|量表|仪|试剂盒?|器|机(?!体))"
)
_ORGAN = "宫颈|宫腔|头|颅|脑|眼|耳|鼻|口|牙|舌|喉|颈|肩|背|腰|胸|腹|手|指|臂|肘|腕|腿|膝|踝|足|脚|趾|肢|髋|骨|肺|肝|肾|胃|肠|心|胆|脾|胰|膀胱|子宫|卵巢|乳|甲状腺|前列腺|输尿管|血管|神经|皮肤|关节|脊柱|脊髓|气管|食管|角膜|视网膜"
_FRAMES = (
    r"(?:行|做|作|接受|动|施)(?:了|过|完)?[\u4e00-\u9fffA-Z]{0,8}?(?:[手切除移植成形修补引流]术(?!语)|造影|活检|透析|[化放]疗|磁共振|手术)"
    r"|送(?:到|往|至|去|进|入)?[^，。；\n]{0,12}?(?:医院|卫生院|急诊|抢救|救治|ICU|重症)"
    r"|(?:转|收)(?:入|住|至|往|到|治)[^，。；\n]{0,10}?(?:医院|病房|ICU|重症|科)"
    r"|住(?:进|入|在)[^，。；\n]{0,8}?(?:医院|病房|ICU|重症|[内外儿产]科)"
    r"|(?:去|到|在|来)[^，。；\n]{0,12}?(?:医院|卫生院|诊所|门诊|急诊|美容院|美容店|卫生室|我院|你院|该院|本院)[^，。；\n]{0,8}?(?:就诊|看病|检查|治疗|住院|就医|打针|输液|手术|生产|分娩|拔牙|体检|注射|输血|抢救|死亡|去世)"
    r"|(?:自?诉|自述|主诉|出现|伴有?|反复|突发|突感|突然|感到|感觉)[^，。；\n]{0,6}?(?:痛|疼|晕|胀|麻|痒|咳|喘|吐|泻|血|肿|闷|慌|乏力|不适|无力|失眠|渗液|疾病)"
    r"|(?:检测|检验|化验|检查|筛查|核酸|抗体|抗原|尿检|试验|血检|体检|试纸|血液|复检)(?:结果)?[^，。；\n]{0,8}?(?:[阳阴]性|呈阳|异常|不合格|偏[高低]|升高|超标|未通过)"
    r"|(?:残疾|伤残|评残|视力|听力|肢体|智力|精神|言语)(?:残疾)?[^，。；\n]{0,4}?[一二三四五六七八九十1-4][级等]|[一二三四五六七八九十1-9][级等](?:[甲乙丙]级)?(?:残疾|伤残|工伤)|致残程度"
    r"|缝[了合]?[^，。；\n]{0,3}针"
    rf"|(?:{_ORGAN})[\u4e00-\u9fff]{{0,6}}?(?:缺失|截断|截除|切除|受限|受损|损伤|坏死|骨折|不适|疼|痛|肿|胀|麻|瘤|囊肿|结节|积水|积液|出血|破裂|断裂|脱落|萎缩|硬化|衰竭|功能不全|有问题|不好(?!转)|无力|失能|下降|感染|畸形|变形|错位|化脓|发炎|肥大|增生|穿孔|梗塞|梗死|狭窄|堵塞|杂音)"
)

# characters of which nearly every word tells of suffering; the words that do not are in the list `not_suffered`
_ILL_SIGNS = "病症癌瘤痛疼痒肿伤残疮疹瘫聋盲哑晕呕吐咳喘瘸痴傻疯癫痫痹疝痔疣癣疤溃疡瘀痰脓瘾亡死截炎毒"
_NO_BIRTH = r"(?!抑郁|率|数|服务(?!证)|政策|知识|管理|药具|门诊|科|工作|人[次数]|技术|指南|标准|制度|登记[^，。]{0,2}[0-9]|对象数|医师|护理)"


def _signs(lexicon: Lexicon, name: str) -> str:
    return "".join(str(lexicon.lists[name]).split())


@lru_cache(maxsize=8)
def _words(lexicon: Lexicon) -> _Words:
    surnames = _signs(lexicon, "surnames")
    every = "".join(sorted(set(surnames + _signs(lexicon, "rare_surnames"))))
    given = "".join(sorted(set(_signs(lexicon, "given_characters") + _signs(lexicon, "also_given"))))
    giving = [word for word in lexicon.words("giving") if "(" not in word]
    return _Words(
        suffered=re.compile(lexicon.pattern("suffered") + _NO_MATTER),
        cared=re.compile(lexicon.pattern("cared_for") + _NO_MATTER),
        frames=re.compile(f"(?:{_FRAMES})"),
        not_ill=re.compile(lexicon.pattern("not_suffered")),
        births=re.compile(lexicon.pattern("births") + _NO_BIRTH),
        mothers=re.compile(f"(?:{alternation(lexicon.words('called_mother'))})(?:姓名)?[：:“（( ]?$"),
        called_here=re.compile(
            f"(?:{alternation(lexicon.words('called_ill'))})(?:姓名)?[：:“（( ]?(?=[{every}])"
        ),
        called=re.compile(f"(?:{alternation(lexicon.words('called_ill'))})(?:姓名)?[：:“（( ]?$"),
        giving=re.compile(alternation(giving)),
        family=re.compile(f"(?:{alternation(lexicon.words('compound_surnames'))}|[{every}])"),
        office=re.compile(f"(?:{alternation(lexicon.words('staff_roles'))})[：:“（(”」]?$"),
        no_names=frozenset(lexicon.words("no_names")),
        joined_one=re.compile(lexicon.pattern("joined_names")),
        matter=re.compile(
            rf"{lexicon.pattern('suffered')}|{lexicon.pattern('cared_for')}|{lexicon.pattern('births')}|[{_ILL_SIGNS}]"
        ),
        joined=re.compile(
            f"(?:{lexicon.pattern('joined_names')}){{2,3}}|[{every}]某(?![某些个种项类处段{_NO_SECOND}])[{given}]"
        ),
        common=frozenset(surnames[:_COMMON_SURNAMES]),
        doubtful=frozenset(_signs(lexicon, "doubtful_surnames")),
        given=frozenset(given),
    )


def is_of_work(sentence: str) -> bool:
    """Tell whether a sentence speaks of licences or of people of the past, so that its names are no patients."""
    return _OF_LONG_AGO.search(sentence) is not None or _OF_LICENCES.search(sentence) is not None


def births(text: str, lexicon: Lexicon) -> list[Matter]:
    """Return the words in `text` that tell of pregnancy, birth, contraception or aid for having (lost) a child."""
    return [Matter(*match.span(), 3) for match in _words(lexicon).births.finditer(text)]


def treated_by_name(text: str, lexicon: Lexicon, start: int, end: int) -> Iterator[Matter]:
    """Yield the words before which a name alone tells of care (患者, 12床), where Chinese characters follow."""
    for match in _words(lexicon).called_here.finditer(text, start, end):
        yield Matter(*match.span(), 1)


# where a frame can begin: only there is the long pattern tried, which is many times faster than a search
_FRAME_LEADS = re.compile(
    "[行做作接动施送转收住去到在来自诉主出伴反突感检化筛核抗抗尿试体血复残伤评视听肢智精言一二三四五六七八九1-9致缝"
    + "".join(sorted(set(_ORGAN.replace("|", ""))))
    + "]"
)
_ILL_SIGN = re.compile(f"[{_ILL_SIGNS}]")
_LONGEST_STOP = 12


def matters(text: str, lexicon: Lexicon, start: int = 0, end: int | None = None) -> list[Matter]:
    """Return the words in `text[start:end]` that tell of care received, of suffering or of death, in order of place."""
    words = _words(lexicon)
    end = len(text) if end is None else end
    found = [Matter(*match.span(), 3) for match in words.suffered.finditer(text, start, end)]
    found += [Matter(*match.span(), 2) for match in words.cared.finditer(text, start, end)]
    passed = start
    for lead in _FRAME_LEADS.finditer(text, start, end):
        at = lead.start()
        if at >= passed and (match := words.frames.match(text, at, end)) is not None:
            found.append(Matter(*match.span(), 3))
            passed = match.end()
    for sign in _ILL_SIGN.finditer(text, start, end):
        near = text[max(start, sign.start() - 6) : sign.start() + 7]
        if not _lies_in(words.not_ill, text, sign.start(), start) and not ("·" in near and sign[0] in "吐毒"):
            found.append(Matter(*sign.span(), 2))
    return sorted(found, key=lambda one: (one.start, -one.weight))


def _lies_in(stop: re.Pattern[str], text: str, place: int, start: int) -> bool:
    """Tell whether a word of `stop` covers `place`."""
    for at in range(place, max(start, place - _LONGEST_STOP) - 1, -1):
        found = stop.match(text, at)
        if found is not None and found.end() > place:
            return True
    return False


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
_GIVEN_VERBS = ("v", "a", "d", "p", "c", "r", "m", "u", "f", "t", "i", "l", "z", "y")
_WEAK_TAIL = frozenset(_NO_SECOND)
_PLACE_AFTER = re.compile(
    r"大厦|大楼|[省市县区镇乡村路街巷桥山河湖]|社区|街道|小学|中学|幼儿园|医院|公司|药店|诊所|大道|小区|花园|新村|超市|酒店|广场|集团|学校|卫生[院室站]"
)


def _edges(chunk: str) -> set[int]:
    edges = {0}
    place = 0
    for word in rjieba.cut(chunk, False):
        place += len(word)
        edges.add(place)
    return edges


def _cut_names(text: str, lexicon: Lexicon, start: int, end: int) -> Iterator[Name]:
    """Yield each run of a surname and one or two characters that begins and ends where segmentation cuts."""
    words = _words(lexicon)
    chunk = text[start:end]
    edges = _edges(chunk)
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


def _ends_in_word(text: str, start: int, place: int) -> bool:
    """Tell whether the dictionary joins the characters on either side of `place` (儿|童)."""
    return place > start and rjieba_knows(text[place - 1 : place + 1])


# somebody by a role, then two to four characters up to a mark, a verb of suffering or the matter itself (徒工敖德贵检出…)
_ROLE = re.compile(
    rf"(?:{_HAN}(?:人员|对象|患者|病人|学员|考生|职工|村民|居民|市民|村妇|媳妇|司机|驾驶员|妇女|儿童|老人)|[者员工户民妇生汉军](?<!学生)(?<!医生)(?<!先生)(?<!卫生)(?<!发生))(?:姓名)?[：:“（( ]?"
)
_CLAUSE = re.compile(
    r"(?:^|(?<=[，,；;：:。、]))(?=[\u4e00-\u9fff]{2,5}(?:因(?![此为而])|患|确诊|查出|检出|尿检|血压))"
)
_AFTER_LED = re.compile(
    r"[，,、；;。（(：:”]|因(?!此)|患|系|被|经|于|在|已|曾|现|检出|检查|体检|确诊|诊断|感染|查出|身患|突发|不慎|服|吸食|注射|去世|死|初筛|核酸|尿检|血压|自述|反映|称|女|男|$"
)
# what can be said of a person only, so that even a word before it is a name (职工山水（本人患…）)
_SAID_OF_PERSON = re.compile(
    r"[（(](?:本人|男|女|配偶|其|患|[0-9]{1,3}岁)|[，,](?:男|女|[0-9]{1,3}岁)|因(?!此)|患|系|检出|确诊|已[放上取]环|，"
)
_BY_GIVEN = re.compile(
    r"(?:妇女|媳妇|孕妇|产妇|村民|居民|老人|儿子|女儿|妻子|丈夫|职工|学员|考生|女童|男童|从业人员|服务员)[：:“（(]?$"
)
_NEAR_MATTER = 5
_LED_LENGTHS = (3, 2, 4)


def _led_names(text: str, lexicon: Lexicon, start: int, end: int, told: list[Matter]) -> Iterator[Name]:
    """Yield what stands between a private role, or a clause's beginning, and a limit, though it may be a word (考生高兴因…)."""
    begins = {one.start for one in told}
    words = _words(lexicon)
    places = [role.end() for role in _ROLE.finditer(text, start, end)]
    clauses = {clause.end() for clause in _CLAUSE.finditer(text, start, end)}
    for at in sorted({*places, *clauses}):
        if words.office.search(text, max(start, at - 8), at):
            continue
        for length in (*_LED_LENGTHS, 6):
            stop = at + length
            written = text[at:stop]
            if stop > end or len(written) < length or not _is_han(written) or NEVER_GIVEN & set(written[1:]):
                continue
            if not (_AFTER_LED.match(text, stop, end) or stop in begins):
                continue
            sure = _SAID_OF_PERSON.match(text, stop, end) is not None and (
                at not in clauses or any(stop < place <= stop + _NEAR_MATTER for place in begins)
            )
            by_given = _BY_GIVEN.search(text, max(start, at - 6), at) is not None
            if _fits(written, words, sure=sure, by_given=by_given):
                yield Name(at, stop, "led")
                break


@lru_cache(maxsize=20_000)
def _fits(written: str, words: _Words, *, sure: bool, by_given: bool) -> bool:
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
def _given_weight(name: str, family: int, lexicon: Lexicon) -> int:
    """Return how well the characters look like a name: a common surname, given characters, no other word."""
    words = _words(lexicon)
    given = name[family:]
    weight = 1 if name[0] in words.common or family > 1 else 0
    if name[:family] in words.doubtful:
        weight -= 2
    weight += 1 if words.given.issuperset(given) else 0
    if len(given) > 1:
        tags = rjieba.tag(given, False)
        if len(tags) == 1 and str(tags[0][1]).startswith(_GIVEN_VERBS):
            weight -= 2
        else:
            weight += 1
    return weight


def is_verb(name: str, lexicon: Lexicon) -> bool:
    """Tell whether a doubtful surname and a verb were read as a name (应坚持)."""
    words = _words(lexicon)
    family = words.family.match(name)
    return (
        family is not None and family[0] in words.doubtful and _given_weight(name, family.end(), lexicon) < 0
    )


def _people(
    text: str, lexicon: Lexicon, start: int, end: int, told: list[Matter] | None = None
) -> list[Person]:
    """Return the persons named in a sentence, those in office left out."""
    words = _words(lexicon)
    edges = {start + edge for edge in _edges(text[start:end])}
    found: dict[int, tuple[Name, int]] = {}
    for name in find_names(text, lexicon, start, end):
        if name.why != "staff":
            found[name.start] = (name, 4 if name.is_strong else 2)
    for match in words.joined.finditer(text, start, end):
        found[match.start()] = (Name(*match.span(), "token"), 3)
    for name in _led_names(text, lexicon, start, end, told or []):
        found.setdefault(name.start, (name, 1))
    nearby = (
        name
        for name in names_nearby(text, lexicon, start, end)
        if name.start in edges or not _ends_in_word(text, start, name.start)
    )
    for name in (*nearby, *_cut_names(text, lexicon, start, end)):
        family = words.family.match(text, name.start)
        weight = (
            _given_weight(text[name.start : name.end], family.end() - family.start(), lexicon)
            if family and "·" not in text[name.start : name.end]
            else 3
        )
        known = found.get(name.start)
        if known is None or known[1] < weight:
            found[name.start] = (name, weight)
    people: list[Person] = []
    for at in sorted(found):
        name, weight = found[at]
        if (people and at < people[-1].name.end) or (name.why != "led" and _is_no_name(text, lexicon, name)):
            continue
        person = _person(text, lexicon, start, end, name, weight)
        if person is not None:
            people.append(person)
    return people


_MASKED = re.compile(r".{1,3}(?:某{1,3}|[×＊*○xX]{1,3})")


def _is_no_name(text: str, lexicon: Lexicon, name: Name) -> bool:
    """Tell whether a name is masked to its surname or is none."""
    written = text[name.start : name.end]
    return _MASKED.fullmatch(written) is not None or is_word(text, lexicon, name)


def _is_said_of(text: str, lexicon: Lexicon, name: Name) -> bool:
    """Tell whether a word stands where only a name can: between the beginning of a clause or a role, and a mark (祁连山，矽肺叁期)."""
    family = _words(lexicon).family.match(text, name.start, name.end)
    if family is None or family[0] in _words(lexicon).doubtful or name.end - name.start < _WHOLE:
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
    words, written = _words(lexicon), text[name.start : name.end]
    if (
        _ADDRESSED.fullmatch(written)
        or (rjieba_knows(written) and not _is_said_of(text, lexicon, name))
        or written in words.no_names
        or _PLACE_AFTER.match(text, name.end)
    ):
        return True
    if words.joined.fullmatch(written):
        return False
    family = words.family.match(written)
    if family is None or "·" in written:
        return False
    doubtful = family[0] in words.doubtful
    return _given_weight(written, family.end(), lexicon) < (0 if doubtful else -1)


def _person(text: str, lexicon: Lexicon, start: int, end: int, name: Name, weight: int) -> Person | None:
    words = _words(lexicon)
    lead = text[max(start, name.start - 10) : name.start]
    is_ill = words.called.search(lead) is not None
    if FOR_ANOTHER.search(lead):
        return None
    spared = is_ill or words.mothers.search(lead) is not None or _NOT_AT_WORK.search(lead) is not None
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
        and name.why != "led"
        and not described
        and not addressed
        and weight <= _UNSURE
        and not name.is_strong
    ):
        weight -= 3
    return Person(name, weight + 2 * recipient, is_ill and not _DEAD.search(lead), recipient)


# 徐华、陈刚等专家; 候选人事迹：茹海霞
_AMONG_STAFF = re.compile(
    rf"(?:[、和与及]{_HAN}{{2,4}}){{0,6}}等?[0-9一二三四五六七八九十]?[名位]?{_HAN}{{0,6}}?(?:专家|医生|医师|护士|教授|主任|医护|医务|队员|志愿者|干部|领导|同仁|委员|代表|团队|记者|工作人员)"
)
_SHORT, _UNSURE = 2, 4
_RECIPIENT = re.compile(
    rf"(?:为|给|替|对|将|把|救治|抢救|收治|护送|转运)(?:{_HAN}{{1,4}}(?:者|人|户|员|民|工|女))?$"
)
FOR_ANOTHER = re.compile(
    r"(?:(?<!被)监护人|陪护人?|代理人|委托人|代领人|联系人|经手人|证明人|代办人|担保人)[：:（( ]?$"
)
_DEAD = re.compile(r"(?:患儿|死者|逝者|亡者|亡人)[：:“（(]?$")
# who is called by their office, but as somebody in need (因公负伤民警雷霆)
_NOT_AT_WORK = re.compile(
    rf"(?:负伤|受伤|患病|患癌|困难|生病|住院|病故|牺牲|退休|离休|离任|已故|特困|生活困难|大病|染病|怀孕|哺乳期)的?{_HAN}{{0,4}}$"
)
_PRAISED = re.compile(
    r"(?:候选人|获奖者|先进个人|先进典型|人物|事迹|风采|标兵|模范|劳模|天使|楷模|之星)[：:”」]{1,2}$"
)
_SPEAKS = re.compile(r"[：:](?=.{7})")

_RECEIVED = re.compile(
    r"因|由于|患|突|不慎|不幸|被|遭|致|住|入|就|经|在[^，。；]{0,12}(?:医院|卫生院|诊所|店|室)|常年|长期|多年|[0-9一二三四五六七八九十]{1,2}(?:年|月|日|次|天)|其|本人|自己|家|妻|夫|父|母|子|女|儿|曾|已|后|仍|没|不|得|有|诉|服|用|吃|做|接受|出现|[：:（(]"
)
_OF = re.compile(
    rf"[^，。；\n]{{0,10}}的(?:{_HAN}{{1,6}}?)?[：:“（(]?|{_HAN}{{0,6}}?(?:患者|病人|者|老人|男子|女子|村民|居民|职工|孕妇|产妇|学生|儿童|家属)[：:“（(]?"
)


_HEADING = re.compile(
    rf"{_HAN}{{0,8}}[：:]|{_HAN}{{0,6}}[，,]{_HAN}{{1,4}}[人者员户][：:]?|{_HAN}{{0,8}}[：:](?:{_HAN}{{2,4}}[、，,]){{1,8}}"
)
_OF_WORK = re.compile(
    r"讲|培训|会议|宣|防治|工作|专家|义诊|课题|排班|值班|负责|管理人员|研究|主任|医师|团队|评审|竞赛|获奖|指导|编写|作者|组长|组员|成员"
)


def _link(text: str, words: _Words, person: Person, matter: Matter) -> int:
    """Return what the words between a name and a matter say of the person having it."""
    name = person.name
    if name.end <= matter.start:
        gap = text[name.end : matter.start]
        if (words.giving.search(gap) and not person.is_recipient) or (
            _SPEAKS.match(gap) and not person.is_ill
        ):
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


def private_people(text: str, lexicon: Lexicon, start: int, end: int) -> list[Name]:
    """Return the names in `text[start:end]` that are surely those of private persons."""
    return [
        person.name
        for person in _people(text, lexicon, start, end)
        if person.weight >= _SURELY_PRIVATE
        and not _MASKED.fullmatch(text[person.name.start : person.name.end])
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


_OF_LONG_AGO = re.compile(
    r"史载|史书|古代|历代|[清明元宋唐隋汉晋魏]代|[东西]汉|三国时|著有|撰成|医家|药王|医圣"
)
_OF_LICENCES = re.compile(
    r"证书编号|考核合格证|执业证书|执业注册|技术服务资质|(?:准予|予以)(?:换发|注册|延续|变更)|资格证书"
)
_TRUE_NAME = re.compile("真名|本名|原名|真实姓名")


@lru_cache(maxsize=20_000)
def _told_of(text: str, lexicon: Lexicon, of_birth: bool) -> tuple[tuple[Name, Matter], ...]:
    if (
        EXERCISE.search(text)
        or _OF_LONG_AGO.search(text)
        or _OF_LICENCES.search(text)
        or ("化名" in text and not _TRUE_NAME.search(text))
    ):
        return ()
    words = _words(lexicon)
    told = births(text, lexicon) if of_birth else matters(text, lexicon)
    named_ill = not of_birth and words.called_here.search(text) is not None
    people = _people(text, lexicon, 0, len(text), told) if told or named_ill else []
    told = [
        one for one in told if not any(one.start < at.name.end and at.name.start < one.end for at in people)
    ]
    found: list[tuple[Name, Matter]] = []
    for number, person in enumerate(people):
        left = people[number - 1].name.end if number else 0
        right = people[number + 1].name.start if number + 1 < len(people) else len(text)
        own = [one for one in told if left <= one.start and one.end <= right]
        pair = _best(text, words, person, own, of_birth=of_birth)
        if pair is not None:
            found.append(pair)
    if not found:
        pairs = (_best(text, words, person, told, of_birth=of_birth) for person in people)
        found = [pair for pair in pairs if pair is not None][:1]
    return tuple(found)


def _best(
    text: str, words: _Words, person: Person, told: list[Matter], *, of_birth: bool
) -> tuple[Name, Matter] | None:
    """Return the person with the matter most surely told of them, when it is sure enough."""
    best: tuple[int, Matter] | None = None
    for matter in told:
        gap = max(person.name.start - matter.end, matter.start - person.name.end)
        if gap > _BEFORE or (person.name.start >= matter.end and gap > _BEHIND):
            continue
        weight = person.weight + _link(text, words, person, matter) + matter.weight
        if weight >= ENOUGH and (best is None or weight > best[0]):
            best = (weight, matter)
    if best is not None:
        return person.name, best[1]
    if person.is_ill and person.weight >= _SURELY_ILL and not of_birth:
        return person.name, Matter(max(0, person.name.start - 2), person.name.start, 1)
    return None
