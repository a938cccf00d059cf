"""Illness of a person who can be recognised (可识别自然人的病情), and recognisable minors (未成年人)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from gongkai.guard.core.lexicon import Lexicon, alternation
from gongkai.guard.core.persons import Name, find_names, is_name, leading_name
from gongkai.guard.core.reading import PartReading, Reading
from gongkai.guard.core.registry import Hit, detector
from gongkai.guard.core.tables import Table

_TELLS = re.compile(
    r"确诊|诊断|患有?|身患|罹患|病种|病情|病因|疾病|残疾|阳性|感染|为|系|因|，|：|\s|（|\||、|死于|检出"
)
_REACH = 48
_CLASS = re.compile(
    r"(?:小学|中学|初中|高中|学校|幼儿园|实验|一中|二中|三中)[\u4e00-\u9fff（(]{0,6}?[一二三四五六七八九初高大中小0-9]{1,3}(?:年级|（[0-9一二三四五六七八九十]{1,3}）班|\([0-9]{1,3}\)班|班|级)"
    r"|[一二三四五六七八九初高0-9]{1,3}年级(?:[（(]?[0-9一二三四五六七八九十]{1,2}[)）]?班)?|[初高小大中][一二三]?[（(]?[0-9一二三四五六七八九十]{1,2}[)）]?班|幼儿园[小中大]班"
    r"|(?<![0-9])[一二三四五六七八九初高][一二三]?[（(][0-9一二三四五六七八九十]{1,2}[)）]班"
    r"|(?:小学|幼儿园|中学)[\u4e00-\u9fff]{0,4}[（(][0-9一二三四五六七八九十]{1,2}[)）]班"
)
_AGE = re.compile(
    r"(?<![0-9～~—\-至])([0-9]|1[0-7])(?:周)?岁(?:半)?(?![0-9]|以[下上内]|及|至|～|~|—|-|组|年龄|儿童|的?儿童|少年|学生)|(?<![0-9])[0-9]{1,2}(?:个)?月(?:龄|大)(?!儿)"
)
_AGE_LABEL = re.compile(r"年龄[：:\s]{0,2}([0-9]|1[0-7])(?![0-9])")
_GUARDIAN = re.compile(r"监护人|(?:父亲|母亲|家长|法定代理人)[：:]")
_CHILD_ROLE = re.compile(r"患儿|儿童|学生|幼儿|婴儿|新生儿|受种者|接种人|接种者|小朋友|男孩|女孩|男童|女童")
_SCHOOL = re.compile(
    r"(?:就读于|就读|就学于)[\u4e00-\u9fff]{2,16}(?:小学|中学|幼儿园|学校)|(?:小学|幼儿园)(?=[）)，,。\s|]|$)"
)


# endings that make a disease of what stands before them; a character of an organ must precede 病 and 症
_ENDINGS = (
    r"癌|肿瘤|瘤(?<=[\u4e00-\u9fff]瘤)|综合征|衰竭|硬化|骨折|结石|贫血|畸形|缺损|瘫痪|炎(?<=[肝肾肺胃肠膜腺囊髓节肌脉管鼻咽喉扁耳眼肤盆腔骨脑心]炎)"
    r"|病(?<=[肾肝心肺脑胃肠脏液肤眼骨血神胰胆尿友狂]病)|症(?<=[郁虑裂呆闭躁毒血力]症)"
)


@lru_cache(maxsize=8)
def _disease_patterns(lexicon: Lexicon) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return the patterns of listed diseases and of endings; apart, because each alone is found by its first character."""
    after = rf"(?!(?:症|病)?(?:的|等|及)?(?:[\u4e00-\u9fff]{{0,2}}){alternation(lexicon.words('disease_compounds'))})"
    return re.compile(lexicon.pattern("diseases") + after), re.compile(f"(?:{_ENDINGS}){after}")


def _diseases(text: str, lexicon: Lexicon) -> list[re.Match[str]]:
    """Return the diseases named in `text`, in order of place."""
    listed, ending = _disease_patterns(lexicon)
    return sorted((*listed.finditer(text), *ending.finditer(text)), key=lambda match: match.start())


@detector("pii.health_condition")
def health_of_persons(reading: Reading) -> Iterator[Hit]:
    """Find an illness, a disability or a test result told of a named person in one sentence or table row (个人病情)."""
    for part in reading.parts:
        yield from _in_tables(part)
        told = -1
        for match in _diseases(part.plain, part.lexicon):
            if match.start() < told or (part.table_at(match.start()) and _headed(part, match.start())):
                continue
            start, end = part.sentence_span(match.start())
            start = max(start, match.start() - 160)
            if part.plain.rfind("《", start, match.start()) > part.plain.rfind("》", start, match.start()):
                continue
            name = _patient(part, start, end, match.start(), match.end())
            if name is None or "化名" in part.plain[start:end]:
                continue
            told = end
            yield Hit(
                part,
                min(name.start, match.start()),
                max(name.end, match.end()),
                f"能认出的人与病情写在一起（{_gravity(match[0])}）",
                confidence=0.95 if name.is_strong else 0.85,
            )


_GRAVE = re.compile(r"HIV|艾滋|性病|梅毒|淋病|精神|抑郁|肝炎|乙肝|丙肝|吸毒")


def _gravity(disease: str) -> str:
    return "高危：法律特别保护的病情" if _GRAVE.search(disease) else "健康信息"


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
    if strong:
        return strong[-1]
    for name in names:
        gap = part.plain[name.end : disease_start]
        if (
            0 <= disease_start - name.end <= 8
            and _tells(gap)
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
    return (
        leading_name(part.plain, part.lexicon, max(start, disease_start - 16) + role.end(), disease_start)
        if role
        else None
    )


_VERB = re.compile(
    r"(?:身患|患有|罹患|患|被?确诊(?:为|患)?|被?诊断(?:为|患有)?|因患?|感染|查出|检出|得了?|系|为)[\u4e00-\u9fff]{0,4}$"
)
_ROLES = "驾驶员|司机|职工|居民|村民|工人|劳动者|学生|患者|病人|民警|考生|老人|从业人员|工作人员|服务员|厨师|员工|教师|务工人员|党员|团员|官兵|战士|妇女|同志|儿童|乘客|旅客|队员|会员|社员|学员"
_ROLE_BEFORE = re.compile(rf"(?:{_ROLES})$")


_ILLNESS_HEADING = re.compile(
    r"病种|疾病|诊断|病情|病名|病史|残疾(?:类别|等级|级别|类型)|致贫原因|健康状况|患病|检测结果|检验结果|化验结果"
)
_WORK_HEADING = re.compile(
    r"专长|擅长|科室|职称|职务|专业|研究|课题|讲座|主讲|执业范围|工作单位|医师|医生|岗位|题目|项目"
)


def _in_tables(part: PartReading) -> Iterator[Hit]:
    for table in part.tables:
        if table.header is None:
            continue
        names = _name_columns(table, part.lexicon)
        if not names or any(_WORK_HEADING.search(head.text) for head in table.header):
            continue
        ill = {head.column for head in table.header if _ILLNESS_HEADING.search(head.text)}
        rows = [row for row in table.body if _row_tells(part, row, names, ill)]
        if rows:
            first = rows[0]
            yield Hit(
                part,
                first[0].start,
                first[-1].end,
                f"名单里能认出的人与病情同列一行，共{len(rows)}行",
                confidence=0.96,
            )


def _row_tells(part: PartReading, row: list, names: set[int], ill: set[int]) -> bool:  # type: ignore[type-arg]
    named = any(
        cell.column in names
        and cell.text
        and (is_name(cell.text, part.lexicon) or re.search(r"[某*×]", cell.text))
        for cell in row
    )
    return named and any(
        (cell.column in ill and cell.text and cell.text not in ("无", "良好", "健康", "/", "—", "-"))
        or _diseases(cell.text, part.lexicon)
        for cell in row
        if cell.column not in names
    )


def _name_columns(table: Table, lexicon: Lexicon) -> set[int]:
    headings = set(lexicon.words("name_headings"))
    return {head.column for head in table.header or [] if re.sub(r"\s", "", head.text) in headings}


@detector("pii.minor")
def minors(reading: Reading) -> Iterator[Hit]:
    """Find a named child with age below 18, school and class, or guardian (可识别的未成年人)."""
    for part in reading.parts:
        yield from _pupil_tables(part)
        told = -1
        for start, end in _child_marks(part):
            if start < told or _in_pupil_table(part, start):
                continue
            left, right = part.sentence_span(start)
            left, right = max(left, start - 120), min(right, end + 60)
            name = _child(part, left, right, start)
            if name is None:
                continue
            told = right
            yield Hit(
                part,
                min(name.start, start),
                max(name.end, end),
                "能认出的未成年人（姓名加年龄、学校班级或监护人）",
                confidence=0.95,
            )


_PUPIL_HEADING = re.compile(r"^(?:班级|年级|所在班级|就读学校|就读幼儿园|监护人(?:姓名)?|家长姓名|月龄)$")


def _pupil_headings(table: Table) -> list[str]:
    return [head.text for head in table.header or [] if _PUPIL_HEADING.match(head.text)]


def _in_pupil_table(part: PartReading, position: int) -> bool:
    table = part.table_at(position)
    return table is not None and bool(_pupil_headings(table))


def _pupil_tables(part: PartReading) -> Iterator[Hit]:
    for table in part.tables:
        if table.header is None or not _name_columns(table, part.lexicon):
            continue
        marks = _pupil_headings(table)
        if marks and table.body:
            message = f"名单列有姓名和{'、'.join(marks)}，能认出未成年人"
            yield Hit(part, table.header[0].start, table.header[-1].end, message, confidence=0.9)


def _child_marks(part: PartReading) -> Iterator[tuple[int, int]]:
    text = part.plain
    if "岁" in text or "月龄" in text or "个月大" in text or "年龄" in text:
        for pattern in (_AGE, _AGE_LABEL):
            yield from (match.span() for match in pattern.finditer(text))
    if "班" in text or "年级" in text:
        yield from (match.span() for match in _CLASS.finditer(text))
    if "监护人" in text or "父亲" in text or "母亲" in text or "家长" in text:
        yield from (
            match.span()
            for match in _GUARDIAN.finditer(text)
            if _CHILD_ROLE.search(part.before(match.start(), 30))
        )
    if "小学" in text or "幼儿园" in text or "就读" in text:
        yield from (
            match.span()
            for match in _SCHOOL.finditer(text)
            if _CHILD_ROLE.search(part.before(match.start(), 40))
        )


def _child(part: PartReading, left: int, right: int, mark: int) -> Name | None:
    if re.search(r"化名|老师|教师|校长|班主任|园长|医生|护士", part.plain[left:right]):
        return None
    names = [name for name in find_names(part.plain, part.lexicon, left, right) if name.why != "staff"]
    near = [name for name in names if -50 <= name.start - mark <= 6]
    for name in reversed(near):
        if name.is_strong or mark - name.end <= 14:
            return name
    after_class = _CLASS.match(part.plain, mark)
    if after_class and part.plain[after_class.end() - 1] == "班":
        follow = after_class.end() + (
            1 if part.plain[after_class.end() : after_class.end() + 1] in (" ", "：", ":") else 0
        )
        return leading_name(part.plain, part.lexicon, follow, min(right, follow + 4))
    return None
