"""Recognisable minors (未成年人): a name with an age, a class, a school or a guardian; lists of pupils and children."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gongkai.guard.core.child_names import is_trade, name_before, name_behind
from gongkai.guard.core.name_reader import read_again
from gongkai.guard.core.person_evidence import EXERCISE, is_at_work, names_nearby
from gongkai.guard.core.persons import (
    Name,
    find_names,
    leading_name,
    names_between_words,
    parsed_names,
)
from gongkai.guard.core.private_matters import private_people
from gongkai.guard.core.private_words import private_words
from gongkai.guard.core.reading import PartReading, Reading
from gongkai.guard.core.registry import Hit, detector
from gongkai.guard.core.tables import Table
from gongkai.guard.core.time_frame import text_date
from gongkai.guard.detectors.children_read import children_read
from gongkai.guard.detectors.name_columns import holds_figures, name_columns

_CLASS = re.compile(
    r"(?:小学|中学|初中|高中|学校|幼儿园|实验|一中|二中|三中)[\u4e00-\u9fff（(]{0,6}?[一二三四五六七八九初高大中小0-9]{1,3}(?:年级|（[0-9一二三四五六七八九十]{1,3}）班|\([0-9]{1,3}\)班|班|级)"
    r"|[一二三四五六七八九初高0-9]{1,3}年级(?:[（(]?[0-9一二三四五六七八九十]{1,2}[)）]?班)?|[初高小大中][一二三]?[（(]?[0-9一二三四五六七八九十]{1,2}[)）]?班|幼儿园[小中大托][一二三四五六]?班|(?<![\u4e00-\u9fff])(?:托?[小中大]|托)[一二三四五六]?班"
    r"|(?<![0-9])[一二三四五六七八九初高][一二三]?[（(][0-9一二三四五六七八九十]{1,2}[)）]班"
    r"|(?:小学|幼儿园|中学)[\u4e00-\u9fff]{0,4}[（(][0-9一二三四五六七八九十]{1,2}[)）]班"
)
_AGE = re.compile(
    r"(?<![0-9～~—\-至])(?<![一二三四五六七八九十百两几])([0-9]|1[0-7]|[一二两三四五六七八九]|十[一二三四五六七]?)(?:周)?岁(?:半|(?:零)?[0-9]{1,2}个?月)?(?![0-9]|以[下上内]|及|至|～|~|—|-|组|年龄|儿童|的?儿童|少年|学生)|(?<![0-9])[0-9]{1,2}(?:个)?月(?:龄|大)(?!儿)|(?<=[，,、（( ：:])[0-9]{1,2}个月(?=[，,。）)、 ；;]|$)"
)
_AGE_LABEL = re.compile(r"年龄[：:\s]{0,2}([0-9]|1[0-7])(?![0-9])")
_GUARDIAN = re.compile(r"未成年[）)]|监护人|(?:父亲|母亲|家长|法定代理人)[：:]")
_CHILD_ROLE = re.compile(
    r"患儿|儿童|学生|幼儿|婴儿|新生儿|受种者|接种人|接种者|接种对象|小朋友|男孩|女孩|男童|女童"
)
_SCHOOL = re.compile(
    r"(?:就读于|就读|就学于)[\u4e00-\u9fff]{0,16}?(?:小学|中学|初中|高中|幼儿园|附小|附中)|(?:小学|幼儿园)(?=[）)，,。\s|]|$)"
)


@detector("pii.minor")
def minors(reading: Reading) -> Iterator[Hit]:
    """Find a named child with age below 18, school and class, or guardian (可识别的未成年人)."""
    yield from (hit for hit in _found(reading) if not _is_played(hit.part, hit.start or 0))


# an exercise tells of children who do not exist
_PLAYED = re.compile(r"演练|情景模拟|模拟[某一]|情景脚本|演练脚本|扮演|饰演|剧本|情景剧")


def _is_played(part: PartReading, place: int) -> bool:
    return _PLAYED.search(part.plain, *part.line_span(place)) is not None


def _found(reading: Reading) -> Iterator[Hit]:
    frame = text_date(reading)
    for part in reading.parts:
        yield from _pupil_tables(part, reading.title)
        for match in _CHILD_OF.finditer(part.plain) if "之子" in part.plain or "之女" in part.plain else ():
            yield Hit(part, *match.span(), "能认出的未成年人（以父母的姓名称呼）", confidence=0.85)
        for start, end in (
            *_by_their_parents(part),
            *_in_a_chain(part),
            *(
                _pet_names(part)
                if "妈妈" in part.plain or "爸爸" in part.plain or "小朋友" in part.plain
                else ()
            ),
            *_of_a_class(part),
            *_by_place(part),
        ):
            yield Hit(part, start, end, "能认出的未成年人（家长以孩子的姓名称呼）", confidence=0.85)
        told: list[Name] = []
        for start, end in sorted(_child_marks(part, frame.year if frame else None)):
            if _in_pupil_table(part, start):
                continue
            left, right = part.sentence_span(start)
            left, right = max(left, start - 120), min(right, end + 60)
            name = _child(part, left, right, start)
            if name is None or any(name.start < other.end and other.start < name.end for other in told):
                continue
            told.append(name)
            yield Hit(
                part,
                min(name.start, start),
                max(name.end, end),
                "能认出的未成年人（姓名加年龄、学校班级或监护人）",
                confidence=0.95,
            )
        for start, end, stop in children_read(part):
            if not any(start < other.end and other.start < end for other in told):
                yield Hit(
                    part, start, stop, "像是能认出的未成年人（姓名与年龄、班级写在一起）", confidence=0.8
                )


# 六岁的党国爱, 五（4）班的敖日格乐: an age or a class, then a name
_LEADS_TO_CHILD = re.compile(
    r"(?:男孩|女孩|男童|女童|患儿|孤儿|小学生|初中生|高中生|中学生|小患者|小姑娘|小选手|幼童|幼儿|孩子|小朋友|学生|同学|女儿|儿子|孙子|孙女|外孙女?|弟弟|妹妹|侄子|侄女|宝宝)[：:“（(]?"
)
_OF = re.compile(r"(?:零?[0-9一二三四五六七八九十]{1,2}个?月)?大?的")
_CLASS_BEFORE = re.compile(r"[）)]?班$|年级$")
_IN_BRACKETS = re.compile(
    r"[（(](?=[^（）()]{0,14}(?:[0-9一二三四五六七八九]年级|[）)]班|[小中大]班|[0-9一二三四五六七八九]班[）)]))"
)


def _by_place(part: PartReading) -> Iterator[tuple[int, int]]:
    """Yield children whose name stands right behind their age or class, or right before their class in brackets."""
    text = part.plain
    marks = [match for match in _AGE.finditer(text) if "岁" in match[0]] if "岁" in text else []
    marks += _CLASS.finditer(text) if "班" in text or "年级" in text else ()
    for mark in marks:
        of, at = _OF.match(text, mark.end()), mark.end()
        at = of.end() if of else at
        led = _LEADS_TO_CHILD.match(text, at)
        if not (of or led or _CLASS_BEFORE.search(mark[0])):
            continue
        start, end = part.sentence_span(mark.start())
        for place in {at, led.end() if led else at}:
            name = name_behind(text, part.lexicon, place, end)
            if name is not None and not _is_made_up(part, start, end) and not _is_teacher(text, name):
                yield mark.start(), name.end
    for bracket in _IN_BRACKETS.finditer(text) if "班" in text or "年级" in text else ():
        start, end = part.sentence_span(bracket.start())
        name = name_before(text, part.lexicon, max(start, bracket.start() - 5), bracket.start())
        if name is not None and not _is_made_up(part, start, end):
            yield name.start, bracket.end()


def _is_made_up(part: PartReading, start: int, end: int) -> bool:
    """Tell whether a sentence gives another name than the true one, or plays a case (化名, 演练)."""
    said = part.plain[start:end]
    return ("化名" in said and "真名" not in said) or EXERCISE.search(said) is not None


_PUPIL_HEADING = re.compile(r"^(?:班级|年级|所在班级|就读学校|就读幼儿园|监护人(?:姓名)?|家长姓名|月龄)$")


_CHILD_HEADING = re.compile(
    r"^(?:幼儿|儿童|婴儿|婴幼儿|学生|新生儿|宝宝|患儿|未成年人|孤儿|孩子|子女|小朋友|受助儿童|困境儿童)(?:姓名|名字)?$"
)


def _pupil_headings(table: Table) -> list[str]:
    return [head.text for head in table.header or [] if _PUPIL_HEADING.match(head.text)]


def _in_pupil_table(part: PartReading, position: int) -> bool:
    table = part.table_at(position)
    return table is not None and bool(_pupil_headings(table))


def _pupil_tables(part: PartReading, title: str) -> Iterator[Hit]:
    for table in part.tables:
        if table.header is None or not name_columns(table, part.lexicon):
            continue
        marks = [
            head.text
            for head in table.header
            if _CHILD_HEADING.match(head.text) and not holds_figures(table, head.column)
        ] or _pupil_headings(table)
        if not marks and _names_by_mother(part, table):
            marks = ["父母姓名之子女"]
        if marks and table.body and not _guards_adults(title, table, marks):
            message = f"名单列有姓名和{'、'.join(marks)}，能认出未成年人"
            yield Hit(part, *table.rows_span(), message, confidence=0.9)


_SON_OR_DAUGHTER = re.compile(r"[\u4e00-\u9fff·]{2,8}之[子女]")
_OF_NEWBORN = re.compile(r"新生儿|婴|出生|接种|儿童|幼儿")


def _names_by_mother(part: PartReading, table: Table) -> bool:
    """Tell whether a list of newborns calls them by their mothers (滕小兰之女)."""
    heads = table.caption + " ".join(head.text for head in table.header or [])
    return _OF_NEWBORN.search(heads + part.plain[: table.span[0]][-80:]) is not None and any(
        _SON_OR_DAUGHTER.fullmatch(cell.text) for row in table.body for cell in row
    )


def _guards_adults(title: str, table: Table, marks: list[str]) -> bool:
    """Tell whether the only mark is a guardian, and the list speaks of patients, who have guardians too."""
    words = title + table.caption + " ".join(head.text for head in table.header or [])
    return all("监护人" in mark for mark in marks) and re.search(r"患者|精神|残疾|病人", words) is not None


_CHILD_NAMED = re.compile(
    r"(?:弃婴|患病儿童|救助儿童|受助女童|受助男童|走失儿童|被拐儿童|未成年人|未成年女生|未成年被害人|儿童|幼儿|婴儿|婴幼儿|患儿|营员|被收养人|被监护人|受助学生|新生儿|女童|男童|萌宝|萌娃|宝贝|小患者|小选手|小学员|女婴|男婴|幼童|孤儿|小学生|初中生|中学生|高中生|宝宝|(?:小学|初中|中学|高中|初[一二三]|高[一二三]|[一二三四五六七八九]年级|未成年|留守|困境)(?:学生|女生|男生|儿童))(?:姓名|名字)?(?:名叫|叫|[：: ])?(?=[\u4e00-\u9fff]{2})"
)
_BORN = re.compile(
    r"(?P<before>20[0-9]{2})年(?:[0-9]{1,2}月)?(?:[0-9]{1,2}日)?(?:出?生(?![育产效]))|出生(?:日期|年月|时间|年月日)?[：:于为]\s?(?P<after>20[0-9]{2})[年\-./]"
)
_CHILD_OF = re.compile(
    r"[\u4e00-\u9fff某]{2,3}之[子女](?=[^。\n]{0,12}(?:出生|[0-9]{1,2}个?[天月]|[0-9]{1,2}岁|新生儿|筛查|接种|黄疸|早产))|新生儿[^。\n]{0,12}?[\u4e00-\u9fff某]{2,3}之[子女]"
)
_CHILD_SIGNS = (
    "被监护人",
    "未成年",
    "童",
    "弃婴",
    "儿",
    "婴",
    "宝",
    "萌娃",
    "小患者",
    "小选手",
    "小学员",
    "学生",
    "女生",
    "男生",
    "中生",
)
_PARENT = re.compile(
    r"妈妈|爸爸|家长(?!会|学校|代表|委员|群|课堂|们|朋友|开放|学堂)|奶奶|爷爷|外婆|外公|姥姥|姥爷|监护人"
)
_CALLED_BY = re.compile(r"(?:的|小朋友|同学|宝宝|宝贝)$")
_AT_SCHOOL = re.compile(
    r"孩子|幼儿园|来园|入园|离园|在园|学校|到校|上学|放学|老师|班主任|班级|家长会|作业|接种|疫苗|补种|宝宝|小朋友|(?<![0-9])[一二三四五六七八九]年级|托班|校车|接送"
)


def _by_their_parents(part: PartReading) -> Iterator[tuple[int, int]]:
    """Yield children named as somebody's parents are called (米多多妈妈), where the words speak of school or vaccination."""
    told = -1
    for match in _PARENT.finditer(part.plain):
        start, end = part.sentence_span(match.start())
        called = _CALLED_BY.search(part.plain, max(start, match.start() - 3), match.start())
        until = called.start() if called else match.start()
        left = max(start, until - 8)
        if match.start() < told or not _AT_SCHOOL.search(part.plain, start, end):
            continue
        for name in names_nearby(part.plain, part.lexicon, left, until):
            if name.end == until and not is_at_work(part.plain, part.lexicon, start, name):
                told = end
                yield name.start, match.end()


# 朵朵妈妈: a child's pet name
_PET_NAME = re.compile(
    r"(?<![\u4e00-\u9fff])(?!宝宝|孩孩|爸爸|妈妈|奶奶|爷爷|姥姥|哥哥|姐姐|弟弟|妹妹|人人|家家|常常|刚刚|每每|个个|天天)([\u4e00-\u9fff])\1(?=妈妈|爸爸|小朋友|宝宝|同学|的(?:妈妈|爸爸|家长))|(?<=[：:，,。；])(?!宝宝|妈妈|爸爸|奶奶|爷爷|哥哥|姐姐|弟弟|妹妹)([\u4e00-\u9fff])\2(?=妈妈|爸爸|小朋友|宝宝)"
)


def _pet_names(part: PartReading) -> Iterator[tuple[int, int]]:
    """Yield pet names before 妈妈 or 小朋友, where the words speak of school or vaccination."""
    for match in _PET_NAME.finditer(part.plain):
        start, end = part.sentence_span(match.start())
        if _AT_SCHOOL.search(part.plain, start, end) is not None:
            yield match.span()


_OF_A_CHILD = re.compile(r"住院|治疗|患|手术|岁|生日")
_ADDRESSED_AS_CHILD = re.compile(r"(?:宝宝|小朋友|宝贝)(?!们)")


def _addressed_as_child(part: PartReading) -> Iterator[tuple[int, int]]:
    """Yield names with 宝宝 or 小朋友 behind them, where the words speak of school or vaccination."""
    for match in _ADDRESSED_AS_CHILD.finditer(part.plain):
        start, end = part.sentence_span(match.start())
        if (_AT_SCHOOL.search(part.plain, start, end) or _OF_A_CHILD.search(part.plain, start, end)) is None:
            continue
        for name in names_nearby(part.plain, part.lexicon, max(start, match.start() - 8), match.end()):
            if name.end == match.start():
                yield name.start, match.end()


_NUMBERED = re.compile(r"(?<![0-9])[0-9]{1,2}[.、．)）]\s?(?=[\u4e00-\u9fff]{2})")
_FEWEST_IN_CHAIN = 2


def _in_a_chain(part: PartReading) -> Iterator[tuple[int, int]]:
    """Yield numbered names in a sentence that speaks to parents about their children (群接龙)."""
    told = -1
    for match in _NUMBERED.finditer(part.plain) if "家长" in part.plain else ():
        start, end = part.sentence_span(match.start())
        if match.start() < told or "家长" not in part.plain[start:end]:
            continue
        told = end
        named = [
            name
            for number in _NUMBERED.finditer(part.plain, start, end)
            for name in names_nearby(part.plain, part.lexicon, number.end(), min(end, number.end() + 6))
            if name.start == number.end()
        ]
        if len(named) >= _FEWEST_IN_CHAIN and _AT_SCHOOL.search(part.plain, start, end):
            yield named[0].start, named[-1].end


_CLASS_LIST = re.compile(r"班[：:]\s?(?=[\u4e00-\u9fff]{2,4}[、，,])")


def _of_a_class(part: PartReading) -> Iterator[tuple[int, int]]:
    """Yield names listed behind a class and a colon (一班：鹿呦呦、谷雨)."""
    for match in _CLASS_LIST.finditer(part.plain):
        start, end = part.sentence_span(match.start())
        names = list(names_nearby(part.plain, part.lexicon, match.end(), min(end, match.end() + 20)))
        if (
            len(names) >= _FEWEST_IN_CHAIN
            and names[0].start == match.end()
            and _YOUNG_SCHOOL.search(part.plain, start, match.end()) is not None
        ):
            yield match.start(), names[-1].end


_OF_AGE = 14
_SURELY_YOUNG = 2014  # year of birth of whom a paper without a date may be about, and who is of age in 2032 at the earliest


# 一群小学生来慰问: several, and so none by name
_CROWD = re.compile(
    r"(?:群|批|些|们|全体|部分|许多|众多|广大|(?:[2-9两三四五六七八九十几数百千余多]|[0-9]{2,})[名位个])[大中小]?$"
)


def _named_children(part: PartReading, year: int | None) -> Iterator[tuple[int, int]]:
    """Yield role and name of children called by name (幼儿葛某某), and birth years of less than fourteen years ago."""
    text = part.plain
    for match in _CHILD_NAMED.finditer(text) if part.has_any(_CHILD_SIGNS) else ():
        if is_trade(text, part.lexicon, match.end()) or _CROWD.search(
            text, max(0, match.start() - 4), match.start()
        ):
            continue
        stop = min(len(text), match.end() + 10)
        found = (
            *parsed_names(text, part.lexicon, match.end(), stop),
            *names_between_words(text, part.lexicon, match.end(), stop),
            *names_nearby(text, part.lexicon, match.end(), stop),
        )
        name = next((one for one in found if one.start == match.end()), None)
        if name is not None:
            yield match.start(), name.end
    yield from _pupils_by_name(part)
    yield from _addressed_as_child(part)
    if "生" in text:
        yield from (
            match.span()
            for match in _BORN.finditer(part.plain)
            if _is_child(int(match["before"] or match["after"]), year)
        )


_PUPIL = re.compile(
    r"(?:学生|同学|考生)(?<![大医研究规培].生)(?<!大同学)(?:姓名)?[：:“]?(?=[\u4e00-\u9fff]{2})"
)
_YOUNG_SCHOOL = re.compile(
    r"特校|特教|特殊教育|中职|职校|职高|初[一二三]|高[一二三]新生|新生分班|小学|初中|高中|中学|幼儿园|年级|到校|返校|班主任|[一二三四五六七八九初高][一二三]?[（(]"
)
_GROWN_STUDENT = re.compile(r"大学|学院|研究生|规培|实习|本科|毕业|硕士|博士|高校|卫校")


def _pupils_by_name(part: PartReading) -> Iterator[tuple[int, int]]:
    """Yield role and name of pupils in a sentence that speaks of a school for the young."""
    for match in _PUPIL.finditer(part.plain):
        start, end = part.sentence_span(match.start())
        if _CROWD.search(part.plain, max(start, match.start() - 5), match.start()):
            continue
        if not _YOUNG_SCHOOL.search(part.plain, start, end) or _GROWN_STUDENT.search(part.plain, start, end):
            continue
        stop = min(end, match.end() + 10)
        for name in names_nearby(part.plain, part.lexicon, match.end(), stop):
            if name.start == match.end():
                yield match.start(), name.end
                break


def _is_child(born: int, year: int | None) -> bool:
    """Tell whether someone born in `born` is a child in `year`; without a year, whether anyone born then still is one for years to come."""
    return 0 <= year - born < _OF_AGE if year is not None else born >= _SURELY_YOUNG


def _child_marks(part: PartReading, year: int | None) -> Iterator[tuple[int, int]]:
    text = part.plain
    yield from _named_children(part, year)
    if "岁" in text or "月龄" in text or "个月" in text or "年龄" in text:
        for pattern in (_AGE, _AGE_LABEL):
            yield from (match.span() for match in pattern.finditer(text))
    if "班" in text or "年级" in text:
        yield from (match.span() for match in _CLASS.finditer(text))
    if "未成年）" in text or "监护人" in text or "父亲" in text or "母亲" in text or "家长" in text:
        yield from (
            match.span()
            for match in _GUARDIAN.finditer(text)
            if match[0].startswith("未成年") or _CHILD_ROLE.search(part.before(match.start(), 30))
        )
    if "小学" in text or "幼儿园" in text or "就读" in text:
        yield from (
            match.span()
            for match in _SCHOOL.finditer(text)
            if match[0].startswith("就") or _CHILD_ROLE.search(part.before(match.start(), 40))
        )


def _child(part: PartReading, left: int, right: int, mark: int) -> Name | None:
    own = _CLASS.match(part.plain, mark)
    inside = (mark, own.end()) if own else (mark, mark)
    if "化名" in part.plain[left:right] and "真名" not in part.plain[left:right]:
        return None
    names = [name for name in find_names(part.plain, part.lexicon, left, right) if name.why != "staff"]
    names += [
        name
        for name in parsed_names(part.plain, part.lexicon, max(left, mark - 16), min(right, mark + 16))
        if not any(other.start <= name.start < other.end for other in names)
    ]
    names += [
        name
        for name in names_nearby(part.plain, part.lexicon, max(left, mark - 30), min(right, mark + 20))
        if not any(other.start <= name.start < other.end for other in names)
    ]
    names += [
        name
        for name in private_people(part.plain, part.lexicon, left, right)
        if not any(other.start < name.end and name.start < other.end for other in names)
    ]
    names = read_again(part.plain, left, right, names)
    no_names = private_words(part.lexicon).no_names
    names = [
        name
        for name in names
        if part.plain[name.start : name.end] not in no_names and part.plain[name.end - 1] not in "犬猫狗"
    ]
    names.sort(key=lambda name: name.start)
    near = [
        name
        for name in names
        if -50 <= name.start - mark <= (26 if _SAID_PUPIL.search(part.plain, left, name.start) else 10)
        and not inside[0] < name.start < inside[1]
        and not _is_grown_up(part, left, name, mark)
    ]
    for name in reversed(near):
        if name.is_strong or mark - name.end <= 14:
            return name
    after_class = own
    if after_class and (
        part.plain[after_class.end() - 1] == "班" or _PUPIL_NEXT.match(part.plain, after_class.end())
    ):
        link = _PUPIL_LINK.match(part.plain, after_class.end())
        follow = link.end() if link else after_class.end()
        name = leading_name(part.plain, part.lexicon, follow, min(right, follow + 4), surely=True)
        if name is not None and part.plain[name.start : name.end] in _NO_PUPIL:
            return None
        return None if name is None or _is_teacher(part.plain, name) else name
    return None


_SAID_PUPIL = re.compile(r"(?:学生|同学|我班|本班|班上的?|该班|幼儿|小朋友|孩子)$")
_NO_PUPIL = ("课堂", "语文", "数学", "英语", "全体", "干部", "活动", "成绩")
_PUPIL_NEXT = re.compile(r"(?:学生|同学|女生|男生)(?=[\u4e00-\u9fff]{2})")
_TEACHER = re.compile(
    r"保育|生活老师|育儿|厨|保洁|保安|司机|宿管|后勤|职工|员工|老师|教师|校长|班主任|园长|医生|护士|校医|辅导员|教练"
)


_TEACHES = re.compile(
    r"看望|慰问|走进|走访|来到|讲解|任教|教(?![室育练])|授课|上课|宣讲|捐|示范|[向为给对](?=[^，。]{0,8}$)|接待|开展|检查|督导|调研|主持|强调|要求|组织"
)


_IN_CHARGE = re.compile(
    r"(?:(?<!被)监护人|父亲|母亲|父|母|家长|家属|奶奶|爷爷|祖父|祖母|外公|外婆|医生|接种人员)(?:为|是|系)?[：:（( ]?$"
)


def _is_grown_up(part: PartReading, left: int, name: Name, mark: int) -> bool:
    """Tell whether a name is that of a teacher, an official or somebody who does something for the class or the child."""
    if _IN_CHARGE.search(part.plain, max(left, name.start - 6), name.start):
        return True
    if _is_teacher(part.plain, name):
        return True
    if name.why == "gender" and not _TEACHES.search(part.plain, name.end, mark):
        return False
    return is_at_work(part.plain, part.lexicon, left, name) or (
        name.end <= mark and _TEACHES.search(part.plain, name.end, mark) is not None
    )


def _is_teacher(text: str, name: Name) -> bool:
    """Tell whether the words right before or after a name make it that of a grown-up at school."""
    return (
        _TEACHER.search(text, max(0, name.start - 4), name.start) is not None
        or _TEACHER.search(text, name.end, min(len(text), name.end + 4)) is not None
    )


_PUPIL_LINK = re.compile(r"[ ：:（(]?的?(?:学生|同学|女生|男生|幼儿|小朋友|孩子|班长|男孩|女孩)?[ ：:（(]?")
