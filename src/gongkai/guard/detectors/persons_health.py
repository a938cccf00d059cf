"""Illness of a person who can be recognised (可识别自然人的病情)."""

from __future__ import annotations

import re
from collections.abc import Iterator

import rjieba

from gongkai.guard.core.care_matters import is_advice, is_of_work
from gongkai.guard.core.name_places import is_phrase
from gongkai.guard.core.person_evidence import (
    ENOUGH,
    EXERCISE,
    is_among_experts,
    is_at_work,
    names_nearby,
    person_told_of,
)
from gongkai.guard.core.persons import (
    Name,
    find_names,
    is_name,
    leading_name,
    names_between_words,
    parsed_names,
    rjieba_knows,
)
from gongkai.guard.core.private_matters import FOR_ANOTHER
from gongkai.guard.core.private_names import PLACE_AFTER, is_verb
from gongkai.guard.core.reading import PartReading, Reading
from gongkai.guard.core.registry import Hit, detector
from gongkai.guard.detectors.care_told import cared_for
from gongkai.guard.detectors.illness_tables import in_tables
from gongkai.guard.detectors.illness_words import (
    findings,
    gravity,
    ill_title,
    ill_words,
    illness_matches,
    treatments,
)
from gongkai.guard.detectors.told_weighing import illness_told

_TELLS = re.compile(
    r"确诊|诊断|患有?|身患|罹患|病种|病情|病因|疾病|残疾|阳性|感染|为|系|因|，|：|\s|（|\||、|死于|检出"
)
_REACH = 48


@detector("pii.health_condition")
def health_of_persons(reading: Reading) -> Iterator[Hit]:
    """Find an illness, a disability or a test result told of a named person in one sentence or table row (个人病情)."""
    for part in reading.parts:
        yield from in_tables(part, reading.title)
        named = [*_led_in_by_illness(part), *_told_by_illness(part)]
        named += cared_for(
            part, [(hit.start, hit.end) for hit in named if hit.start is not None and hit.end is not None]
        )
        yield from illness_told(part, reading.title, named)


def _told_by_illness(part: PartReading) -> Iterator[Hit]:
    """Yield persons of whom a sentence names an illness, a treatment or a finding."""
    told: set[int] = set()
    titled, treated = ill_title(part.lexicon), treatments(part.lexicon)
    told_by = findings(part.lexicon)
    told_apart = (titled, treated, *told_by)
    for match in sorted(
        (
            *illness_matches(part),
            *titled.finditer(part.plain),
        ),
        key=lambda found: found.start(),
    ):
        if part.table_at(match.start()) and _headed(part, match.start()):
            continue
        start, end = part.sentence_span(match.start())
        start = max(start, match.start() - 160)
        if _FOR_THE_ILL.search(part.plain, start, match.start()) and _ILL_FOLLOW.match(
            part.plain, match.end()
        ):
            continue
        if part.plain.rfind("《", start, match.start()) > part.plain.rfind("》", start, match.start()):
            continue
        ones = _ILL_ONES.match(part.plain, match.end()) if match.re not in told_apart else None
        if ones:
            name = _called_patient(part, start, end, match.start(), ones.end())
        elif match.re is titled:
            name = _called_patient(part, start, end, match.start(), match.end())
        elif match.re in told_apart:
            name = _weighed(part, start, end, match.start(), match.end(), enough=_SURER)
        else:
            name = _patient(part, start, end, match.start(), match.end())
        if (
            name is None
            or name.start in told
            or (name.start < match.end() and match.start() < name.end and match.re not in told_apart)
            or (name.why == "masked" and any(start <= place < end for place in told))
            or (match.re is treated and _ONLY_MASKED.fullmatch(part.plain, name.start, name.end))
            or _is_no_surname(part, name)
            or is_among_experts(part.plain, start, name)
            or EXERCISE.search(part.plain, start, end)
            or is_of_work(part.plain[start:end], part.lexicon)
            or (_runs_on(part.plain, name) and is_advice(part.plain[start:end]))
            or ("化名" in part.plain[start:end] and not _TRUE_NAME.search(part.plain, start, end))
        ):
            continue
        told.add(name.start)
        yield Hit(
            part,
            min(name.start, match.start()),
            max(name.end, match.end()),
            f"能认出的人与病情写在一起（{gravity(match[0])}）",
            confidence=0.95 if name.is_strong else 0.85,
            person=(name.start, name.end),
        )


# 为失能老人理发: somebody does it for them
_FOR_THE_ILL = re.compile(r"(?<![定诊断估确系均是认因])[为给替帮向对]$")
_ILL_FOLLOW = re.compile(
    r"(?:的|等)?[\u4e00-\u9fff]{0,2}?(?:老人|患者|病人|人员|家庭|群众|儿童|居民|村民|同胞|人(?![\u4e00-\u9fff]{2}[，。]))"
)
# a heading that leads in those who have what it names (美沙酮门诊服药登记：), and what it may not speak of
_LIST_LEAD = re.compile(
    r"(?:登记|名单|名册|随访|服药|领药|取药|对象|者|记录|台账|阳性|发放|管理)[：:]\s?(?=[\u4e00-\u9fff]{2})"
)
_OF_WORK = re.compile(r"讲|培训|会议|宣|防治|工作|专家|义诊|课题|排班|值班|负责|管理人员")
_HEADING_REACH = 24


def _led_in_by_illness(part: PartReading) -> Iterator[Hit]:
    """Yield those whose name follows a heading that names an illness or treatment and keeps a list of who has it."""
    for lead in _LIST_LEAD.finditer(part.plain):
        begin = max(part.sentence_span(lead.start())[0], lead.start() - _HEADING_REACH)
        found = [pattern.search(part.plain, begin, lead.end()) for pattern in ill_words(part.lexicon)]
        match = next((one for one in found if one), None)
        if match is None or part.table_at(lead.start()) or _OF_WORK.search(part.plain, begin, lead.end()):
            continue
        stop = min(len(part.plain), lead.end() + 14)
        for name in names_nearby(part.plain, part.lexicon, lead.end(), stop):
            if name.start == lead.end() and not is_at_work(part.plain, part.lexicon, lead.end(), name):
                message = f"能认出的人列在病名之下（{gravity(match[0])}）"
                yield Hit(
                    part, match.start(), name.end, message, confidence=0.85, person=(name.start, name.end)
                )


_ONLY_MASKED = re.compile(r"[\u4e00-\u9fff]某{1,2}")


def _cuts_a_word(before: str, name: str) -> bool:
    """Tell whether segmentation joins the first character of a name to what stands before it (儿童|康复 as 童康复)."""
    place = 0
    for word in rjieba.cut(before + name, False) if before else ():
        place += len(word)
        if place >= len(before):
            return place > len(before)
    return False


def _runs_into_word(text: str, length: int) -> bool:
    """Tell whether the dictionary reads a word of two first and joins the last character to what follows (关怀 | 项目)."""
    first, *rest = rjieba.cut(text, False)
    return len(first) == length - 1 == 2 and bool(rest) and len(rest[0]) > 1 and rjieba_knows(first)


def _is_no_surname(part: PartReading, name: Name) -> bool:
    """Tell whether a name found by its role or place alone is a verb with a doubtful surname before it (患者应坚持)."""
    text = part.plain
    written = text[name.start : name.end]
    if written in part.lexicon.words("no_names"):
        return True
    if name.why == "parsed" and any(
        longer.start < name.start < longer.end
        for longer in names_nearby(text, part.lexicon, max(0, name.start - 8), min(len(text), name.end + 4))
    ):
        return True
    if not name.is_strong and (is_phrase(written, part.lexicon) or PLACE_AFTER.match(text, name.end)):
        return True
    if (
        not name.is_strong
        and name.why != "masked"
        and _runs_into_word(text[name.start : name.end + 3], name.end - name.start)
    ):
        return True
    if FOR_ANOTHER.search(text, max(0, name.start - 8), name.start) or _cuts_a_word(
        text[max(0, name.start - 6) : name.start], text[name.start : name.start + 3]
    ):
        return True
    return not name.is_strong and is_verb(part.plain[name.start : name.end], part.lexicon)


def _runs_on(text: str, name: Name) -> bool:
    """Tell whether a word of the dictionary is followed by words, not by a mark that would set it off (白露时节宜润肺)."""
    return rjieba_knows(text[name.start : name.end]) and "\u4e00" <= text[name.end : name.end + 1] <= "\u9fff"


_ILL_ONES = re.compile(r"(?:症|病)?的?[\u4e00-\u9fff]{0,2}(?:患者|病人|病例)")
_SURER = 4  # a treatment says less than a disease: the person must be surer
_TRUE_NAME = re.compile("真名|本名|原名|真实姓名")


def _headed(part: PartReading, position: int) -> bool:
    table = part.table_at(position)
    return table is not None and table.header is not None


def _tells(gap: str) -> bool:
    """Tell whether the words between a name and a disease say that the person has it."""
    return not gap or _TELLS.match(gap) is not None


def _patient(part: PartReading, start: int, end: int, disease_start: int, disease_end: int) -> Name | None:
    """Return the name that the disease is told of: strong and near, or directly before it."""
    names = [name for name in find_names(part.plain, part.lexicon, start, end) if name.why != "staff"]
    strong = [name for name in names if name.is_strong and abs(disease_start - name.end) <= _REACH]
    if strong and not (strong[-1].why == "masked" and _at_work(part.plain, start, strong[-1], disease_start)):
        return strong[-1]
    for name in names:
        gap = part.plain[name.end : disease_start]
        if (
            0 <= disease_start - name.end <= 8
            and _tells(gap)
            and not _OTHERS.search(gap)
            and part.plain[disease_end : disease_end + 1] != "、"
        ):
            return name
    clause = max(part.plain.rfind(mark, start, disease_start) for mark in "，,、；;：: 。\n\t|") + 1
    lead = leading_name(part.plain, part.lexicon, max(clause, start), disease_start)
    if lead and disease_start - lead.end <= 6 and _tells(part.plain[lead.end : disease_start]):
        return lead
    told = _VERB.search(part.plain, max(start, disease_start - 8), disease_start)
    name_end = told.start() if told else disease_start
    for length in (3, 2, 4):
        at = name_end - length
        if (
            at > start
            and _ROLE_BEFORE.search(part.plain, max(start, at - 5), at)
            and is_name(part.plain[at:name_end], part.lexicon)
        ):
            return Name(at, name_end, "token")
    role = re.search(
        rf"(?:{_ROLES})(?=[\u4e00-\u9fff])", part.plain[max(start, disease_start - 16) : disease_start]
    )
    led = (
        leading_name(part.plain, part.lexicon, max(start, disease_start - 16) + role.end(), disease_start)
        if role
        else None
    )
    return led or _told_of(part, start, end, disease_start, disease_end)


def _at_work(text: str, start: int, name: Name, disease_start: int) -> bool:
    """Tell whether an official or expert with a masked name speaks or works on the disease (专家竺某提醒)."""
    gap = text[name.end : disease_start]
    return (
        _OFFICIAL_BEFORE.search(text, max(start, name.start - 8), name.start) is not None
        and _OTHERS.search(gap) is not None
        and not _HAS_IT.search(gap)
    )


_DESCRIBED = re.compile(
    r"(?:同志|夫妇|夫妻|本人|一家)?[，,、（(]?(?:(?:[男女]|[0-9]{1,3}周?岁|均?系|均?为|是|已?确诊为|[\u4e00-\u9fff]{1,4}族|农民|务农|无业|退休|工人|学生)[，,、]?){0,5}(?:系统性|恶性|良性|急性|慢性|重度|轻度|中度|先天性|早期|晚期|严重|原发性|继发性|复发性|疑似)?"
)


_INTRODUCED = re.compile(
    r"[：:（(，,]?(?:均?为|是|系)?(?:一名)?(?:[0-9]{1,3}周?岁)?的?(?:男子|女子|男性|女性|男孩|女孩|男|女)?(?:村民|居民|职工|学生|工人|司机)?(?:[老小][\u4e00-\u9fff][（(])?"
)


def _called_patient(part: PartReading, start: int, end: int, ill_start: int, ill_end: int) -> Name | None:
    """Return the name of whom the words say “is a patient of …”: right behind (艾滋病患者贾某某), or before (…，37岁，红斑狼疮患者)."""
    text, lexicon = part.plain, part.lexicon
    for name in (
        *find_names(text, lexicon, ill_start, min(end, ill_end + 20)),
        *parsed_names(text, lexicon, ill_end, min(end, ill_end + 20)),
    ):
        if name.start >= ill_end and _INTRODUCED.fullmatch(text[ill_end : name.start]):
            return name
    for name in (
        *find_names(text, lexicon, start, ill_start),
        *parsed_names(text, lexicon, max(start, ill_start - 40), ill_start),
    ):
        gap = text[name.end : ill_start]
        if name.why != "staff" and gap and _DESCRIBED.fullmatch(gap):
            return name
    return _weighed(part, start, end, ill_start, ill_end)


_SAID_OF = re.compile(
    r"(?:同志|本人|[（(][^）)]{0,12}[）)])?[，,、：:（( ]?[\u4e00-\u9fff0-9，]{0,10}?(?:身?患有?|罹患|患|确诊(?:为|患)?|诊断(?:为|患有|出)?|感染|查出|检出|查见|发现|得了?|因患?|系|为|死于|并发|合并|伴有?|[（(：:])[\u4e00-\u9fff]{0,6}$"
)
_RESULT_AFTER = re.compile(
    r"[\u4e00-\u9fff]{0,10}(?:阳性|确诊|诊断|病情|病历|病史|报告单|检验单|化验单|结果|复查|晚期|早期|中期|住院|手术|发作|去世|死亡|逝世)"
)


def _told_of(part: PartReading, start: int, end: int, disease_start: int, disease_end: int) -> Name | None:
    """Return a name in running prose of which the disease is said by a verb, a bracket, or a possessive with a result behind."""
    for name in reversed(
        parsed_names(part.plain, part.lexicon, max(start, disease_start - 60), disease_start)
    ):
        gap = part.plain[name.end : disease_start]
        if len(gap) > 24 or _OTHERS.search(gap):
            continue
        if _SAID_OF.fullmatch(gap) or (
            gap in ("的", "") and _RESULT_AFTER.match(part.plain[disease_end : min(end, disease_end + 14)])
        ):
            return name
    for name in names_between_words(part.plain, part.lexicon, max(start, disease_start - 24), disease_start):
        if _DIRECTLY.fullmatch(part.plain[name.end : disease_start]):
            return name
    return (
        _plainly_told(part, start, end, disease_start, disease_end)
        or _named_behind(part, disease_start, disease_end, end)
        or _weighed(part, start, end, disease_start, disease_end)
    )


def _weighed(
    part: PartReading, start: int, end: int, disease_start: int, disease_end: int, *, enough: int = ENOUGH
) -> Name | None:
    if _IN_GENERAL.match(part.plain, disease_end, min(end, disease_end + 30)):
        return None
    told = (disease_start, disease_end)
    return person_told_of(part.plain, part.lexicon, start, end, told, enough=enough)


_ILL_ONE = re.compile(
    r"[”’」]?的?[\u4e00-\u9fff]{0,3}?(?:教师|职工|工人|农民|母亲|父亲|妈妈|爸爸|女孩|男孩|女童|男童|少年|青年|学生|老人|村民|居民|妇女|男子|女子|小伙|姑娘|战士|民警|考生|司机|女教师|产妇)[：:“]?"
)
_BY_NAME = re.compile(r"(?<=[人娃])[”’」]")


def _named_behind(part: PartReading, disease_start: int, disease_end: int, end: int) -> Name | None:
    """Return the name right behind an ill person's role (患癌教师令狐…), or behind a word for the ill in quotes (“渐冻人”蔡…)."""
    text = part.plain
    link = _ILL_ONE.match(text, disease_end, end) or _BY_NAME.match(text, disease_end, end)
    if link is None:
        return None
    stop = min(end, link.end() + 8)
    return next(
        (
            name
            for name in (
                *find_names(text, part.lexicon, link.end(), stop),
                *parsed_names(text, part.lexicon, link.end(), stop),
                *names_between_words(text, part.lexicon, link.end(), stop),
            )
            if name.start == link.end()
        ),
        None,
    )


def _plainly_told(
    part: PartReading, start: int, end: int, disease_start: int, disease_end: int
) -> Name | None:
    """Return the last name before a disease in one sentence, unless the words say that the person works on diseases.

    Officials and staff (a title stands before or after the name) count only when a verb says that they have it.
    """
    text, lexicon = part.plain, part.lexicon
    if _IN_GENERAL.match(text, disease_end, min(end, disease_end + 30)):
        return None
    left = max(start, disease_start - _REACH)
    names = {
        name.start: name
        for name in (
            *names_between_words(text, lexicon, left, disease_start),
            *parsed_names(text, lexicon, left, disease_start),
            *find_names(text, lexicon, left, disease_start),
        )
    }
    for at in sorted(names, reverse=True):
        name = names[at]
        gap = text[name.end : disease_start]
        official = name.why == "staff" or (
            _OFFICIAL_BEFORE.search(text, max(start, at - 8), at)
            and not _RETIRED.search(text, max(start, at - 12), at)
        )
        if _OTHERS.search(gap) or (official and not _HAS_IT.search(gap)):
            continue
        return name
    return None


_IN_GENERAL = re.compile(
    r"(?:、[^，。；\n]{1,12}){0,6}等?(?:[\u4e00-\u9fff]{0,4})的?(?:饮食|护理|危害|症状识别|治疗方法|新进展|新技术|论文|课题|讲解|常识|发病率|患病率|流行特征|流行情况|质控|规范诊疗|诊断试剂|检测试剂|微创|特色|经验|典型案例|科普|义诊|(?:手术)?[0-9.]+[万千余多]{0,2}[例人台])"
)
_OFFICIAL_BEFORE = re.compile(
    r"(?:局长|书记|主任|院长|所长|站长|科长|处长|县长|区长|市长|镇长|乡长|部长|会长|校长|医师|医生|村医|护士|护士长|药师|技师|教授|专家|院士|博士|研究员|委员|代表|同志们|队长|组长|股长|团队|党员干部|干部|记者|作者|主播|志愿者|调解员|监督员)$"
)
_RETIRED = re.compile(r"退休|离休|离任|原|老(?=[\u4e00-\u9fff]{2}$)|已故|患病")
_HAS_IT = re.compile(
    r"身患|患有|罹患|患上|确诊|诊断为|查出|检出|经检测|经诊断|感染|病逝|病故|因病|(?<=[，、年月日后])患"
)


_DIRECTLY = re.compile(
    r"(?:同志|本人)?(?:现|曾|已|仍|常年|长年|长期|多年|去年|今年|近期|日前|早年|自幼|从小|突发|不幸|因|经|被|于[0-9年月日]{2,11}|的(?:残疾等级|残疾类别|病情|诊断|病种|伤情|疾病)|因[\u4e00-\u9fff]{1,6}?)?(?:鉴定|诊断|检查|检测|化验|确认|医院)?(?:身?患有?|罹患|确诊(?:为|患)?|诊断(?:为|患有|出)?|感染|查出|检出|得了|因患?|系|为|死于|并发)(?:[\u4e00-\u9fff]{0,3})"
)
# words between name and disease that make the disease a matter of work, not of that person
_OTHERS = re.compile(
    r"为[^，。]{0,12}(?:患者|病人|群众|居民|老人)|(?<![（(系])(?:患者|病人)(?!本人|家属)|从事|负责|研究|介绍|讲解|表示|指出|诊治|救治|防治|防控|筛查|预防|分管|主持|擅长|擅治|强调|宣传|提醒|提示(?=[：:，])|建议|呼吁|支招|告诫|团队|督导|调研|检查了|为了|关于|捐"
    r"|多种|各种|特色|技术[：:]|名医|(?<![医救])治$|用[^，。；]{0,8}治疗?$|^等[：:]|(?:担任|就任|[^责]任)$|报道|质控|开设|出诊|诊室|课题|题目|题为|导师|[生究治业]方向|记载|《|论文|著作|专著|荣获|参加[\u4e00-\u9fff]{0,4}$|验收|要求|出席|主讲|授课|讲授|坐诊|会诊|主刀|牵头|发表|撰写|编写|科普|解读|带队|带领|组织(?!学|病)|开展|部署|听取|培训|工作室|(?<![到在去于])门诊(?!就诊|看病|检查|治疗)|从医|从业|行医|完成|实施|施行|汇报|报告了|作了?题为|分享|交流|演讲|阐述|点评|摸索|攻克|探索|见证|参与"
)


_VERB = re.compile(
    r"(?:身患|患有|罹患|患|被?确诊(?:为|患)?|被?诊断(?:为|患有)?|因患?|感染|查出|检出|得了?|系|为)[\u4e00-\u9fff]{0,4}$"
)
_ROLES = "驾驶员|司机|职工|居民|村民|工人|劳动者|学生|患者|病人|民警|考生|老人|从业人员|工作人员|服务员|厨师|员工|教师|务工人员|党员|团员|官兵|战士|妇女|同志|儿童|乘客|旅客|队员|会员|社员|学员|女儿|儿子|丈夫|妻子|爱人|配偶|孙女|孙子|父亲|母亲|老伴|弟弟|哥哥|姐姐|妹妹|婆婆|公公|外甥|侄子|侄女|家属|租户|住户|低保户|贫困户|五保户|服刑人员|献血者|感染者|病员|伤者|死者"
_ROLE_BEFORE = re.compile(rf"(?:{_ROLES})$")
