"""Pregnancy, birth and contraception (孕检、生育、避孕): lists of those examined, and what is told of somebody by name."""

from __future__ import annotations

import re
from collections.abc import Iterator

import rjieba

from gongkai.guard.core.birth_frames import BIRTH_CLUES, OWN_BIRTH, own_births
from gongkai.guard.core.care_matters import births, is_of_work
from gongkai.guard.core.person_evidence import person_told_of
from gongkai.guard.core.persons import Name, begins_with_surname, find_names, is_name, rjieba_knows
from gongkai.guard.core.private_matters import told_of
from gongkai.guard.core.private_names import ends_in_word
from gongkai.guard.core.reading import PartReading, Reading
from gongkai.guard.core.registry import Hit, detector
from gongkai.guard.core.tables import Cell, Table
from gongkai.guard.detectors.name_columns import name_columns
from gongkai.guard.detectors.person_lists import above, pattern_of
from gongkai.guard.detectors.told_reader import reproduction
from gongkai.guard.detectors.told_weighing import birth_told


@detector("pii.family_planning")
def birth_lists(reading: Reading) -> Iterator[Hit]:
    """Find lists of persons examined or registered for pregnancy, birth or contraception (孕检生育名单)."""
    for part in reading.parts:
        words = pattern_of(part.lexicon, "birth_words")
        for table in part.tables:
            if table.header is None:
                continue
            if not name_columns(table, part.lexicon) or not _is_birth_list(part, reading, table):
                yield from _remarked(part, table)
                continue
            yield Hit(part, *table.rows_span(), "孕检、生育、避孕名单不公开，改为统计数字", confidence=0.95)
        lists: list[tuple[int, int]] = []
        for match in words.finditer(part.plain):
            start, end = part.line_span(match.start())
            if (lists and match.start() < lists[-1][1]) or part.table_at(match.start()):
                continue
            names = _names_after(part, match.end(), end)
            if names:
                lists.append((start, end))
                yield Hit(
                    part,
                    names[0][0],
                    names[-1][1],
                    "孕检、生育、避孕名单不公开，改为统计数字",
                    confidence=0.92,
                )
        told = list(_once_each(part))
        for start, end in told:
            if not any(left <= start < right for left, right in lists):
                yield Hit(part, start, end, "能认出的人与怀孕、生育、避孕写在一起", confidence=0.88)
        yield from birth_told(part, reading.title, [*lists, *told])


_OF_AID = re.compile(r"救助|扶助|补助|帮扶|特扶|奖扶|慰问")
_OF_WOMEN = re.compile(r"两癌|宫颈癌筛查|乳腺癌筛查|妇科检查|再生育")


def _is_birth_list(part: PartReading, reading: Reading, table: Table) -> bool:
    """Tell whether what names a list, or its columns, speak of pregnancy, birth or contraception; aid for the ill does not."""
    heads = " ".join(head.text for head in table.header or [])
    if pattern_of(part.lexicon, "birth_columns").search(heads):
        return True
    naming = above(part, reading, table)
    found = pattern_of(part.lexicon, "birth_words").search(naming)
    if found is None:
        return False
    return not (_OF_WOMEN.search(found[0]) and _OF_AID.search(reading.title + table.caption))


_REMARK_HEADING = re.compile(r"原因|备注|说明|情况|事由|理由|诊断|结论|结果|处置|病情|转归|症状|去向")
_REMARKED = re.compile(
    r"怀孕|已孕|早孕|孕\s?[0-9]{1,2}(?:\+[0-9])?\s?周|孕[早中晚]期|妊娠(?!期糖尿病知识)|产后出血|前置胎盘|胎盘早剥|子痫|羊水栓塞|剖宫产|顺产|待产|临产|产假|保胎|先兆流产|流产|引产|人流|宫外孕|上环|取环|放环|结扎|哺乳期|产检"
)


_OF_TRADE = re.compile(
    r"专家|骨干|培训|讲[课座解]|课题|技术|救治能力|防治|管理|门诊|科研|演练|质控|工作|服务"
)


def _remarked(part: PartReading, table: Table) -> Iterator[Hit]:
    """Yield rows that name somebody and remark that she is pregnant or gave birth (请假原因：孕晚期)."""
    columns = {head.column for head in table.header or [] if _REMARK_HEADING.search(head.text)}
    known = name_columns(table, part.lexicon)
    for row in table.body if columns else ():
        told = next(
            (
                cell
                for cell in row
                if cell.column in columns and _REMARKED.search(cell.text) and not _OF_TRADE.search(cell.text)
            ),
            None,
        )
        if told is None:
            continue
        who = next((cell for cell in row if cell.column in known and cell.text), None) or _named(
            part, row, told
        )
        if who is not None and who.start < told.start:
            yield Hit(part, who.start, told.end, "能认出的人与怀孕、生育、避孕写在一起", confidence=0.85)


def _named(part: PartReading, row: list[Cell], told: Cell) -> Cell | None:
    return next((cell for cell in row if cell.start < told.start and is_name(cell.text, part.lexicon)), None)


def _once_each(part: PartReading) -> Iterator[tuple[int, int]]:
    """Yield what is told of each person once, in order of place."""
    told: list[tuple[int, int, int]] = []
    for name, start, end in (*_birth_told(part), *_told_in_letter(part)):
        if not any(name == other or (start < stop and begin < end) for other, begin, stop in told):
            told.append((name, start, end))
    yield from sorted((start, end) for _, start, end in told)


_LONGEST_SENTENCE = 400
_WEEKS = re.compile(
    r"独生(?:子女|子|女)(?:已|因病|意外)?(?:病故|去世|死亡|夭折|伤残)|孕\s?[0-9]{1,2}(?:\+[0-9])?\s?周"
)


# of animals, and the titles of papers
_OF_ANIMALS = re.compile(r"[羔畜犊驹]|(?:母|的)[羊牛猪狗猫犬兔马]|[羊牛猪狗猫犬兔马](?:群|只|流产|早产|怀)")
_TITLE = re.compile(r"《[^《》\n]{1,80}》")


def _is_none(part: PartReading, start: int, end: int, place: int) -> bool:
    """Tell whether what is told stands in the title of a paper, or tells of animals."""
    return _OF_ANIMALS.search(part.plain, max(start, place - 6), min(end, place + 8)) is not None or any(
        title.start() < place < title.end() for title in _TITLE.finditer(part.plain, start, end)
    )


def _birth_told(part: PartReading) -> Iterator[tuple[int, int, int]]:
    """Yield where the name begins, and the span of name and words, where birth or contraception is told of somebody in one sentence."""
    text, lexicon = part.plain, part.lexicon
    sentences: dict[int, int] = {}
    for match in OWN_BIRTH.finditer(text) if part.has_any(BIRTH_CLUES) else ():
        sentences.setdefault(*part.sentence_span(match.start()))
    for role in _HER.finditer(text) if part.has_any(BIRTH_CLUES) else ():
        sentences.setdefault(*part.sentence_span(role.start()))
    for start, end in sentences.items():
        if end - start > _LONGEST_SENTENCE or part.table_at(start) or is_of_work(text[start:end], lexicon):
            continue
        for name_at, begin, stop in own_births(text, lexicon, start, end):
            if not _is_none(part, start, end, begin):
                yield name_at, min(name_at, begin), stop
    for match in (*reproduction(lexicon).finditer(text), *_WEEKS.finditer(text)):
        start, end = part.sentence_span(match.start())
        if part.table_at(match.start()) or _is_none(part, start, end, match.start()):
            continue
        name = person_told_of(text, lexicon, start, end, match.span())
        if (
            name is not None
            and not is_of_work(text[start:end], lexicon)
            and _may_be_person(text, start, name)
            and not _is_of_another(text, name, *match.span())
        ):
            yield name.start, min(name.start, match.start()), max(name.end, match.end())
    seen: set[int] = set()
    for matter in births(text, lexicon):
        start, end = part.sentence_span(matter.start)
        if start in seen or part.table_at(matter.start) or end - start > _LONGEST_SENTENCE:
            continue
        seen.add(start)
        for name, told in told_of(text, lexicon, start, end, of_birth=True):
            if (
                not _is_none(part, start, end, told.start)
                and _may_be_person(text, start, name)
                and not _is_of_another(text, name, told.start, told.end)
            ):
                yield name.start, min(name.start, told.start), max(name.end, told.end)


_HER = re.compile(
    r"(?:新媳妇|媳妇|儿媳|新娘|准妈妈|宝妈|孕妈妈|待产妇|女职工|怀孕[^，。]{0,8}的)(?=[\u4e00-\u9fff])"
)
_NO_PERSON = ("d", "v", "c", "p", "ad")
_MEASURES = frozenset("满近仅逾约超足至")


# 王芳为怀孕8个月的产妇…: done for another
_FOR_ANOTHER = re.compile(
    r"[^，。；]{0,4}(?:为|给|对|帮|替|陪|护送|抢救|照顾|接诊|看望|慰问)(?!其|自己|她)[^，。；]{0,10}"
)


def _is_of_another(text: str, name: Name, start: int, end: int) -> bool:
    """Tell whether what is told covers the name itself, or is told of somebody for whom it acts."""
    if name.start < end and start < name.end:
        return True
    if name.start == end and rjieba_knows(text[name.start : name.end]):
        return True  # 孕期|保健
    return name.end <= start and _FOR_ANOTHER.fullmatch(text, name.end, start) is not None


def _may_be_person(text: str, start: int, name: Name) -> bool:
    """Tell whether a name is no adverb or verb (产妇|突然), no end of a word (父|母实行) and not masked."""
    written = text[name.start : name.end]
    if (
        "某" in text[name.end - 1 : name.end + 1]
        or written[-1] in _MEASURES
        or (not name.is_strong and ends_in_word(text, start, name.start))
    ):
        return False
    tags = rjieba.tag(written, False)
    return not (len(tags) == 1 and str(tags[0][1]).startswith(_NO_PERSON) and rjieba_knows(written))


# a letter to somebody: what is told of 你 is told of whom it is addressed to
_ADDRESSED = re.compile(
    r"^[ \u3000]*(?P<name>[\u4e00-\u9fff·]{2,8}?)(?:同志|女士|先生|老师|您好)?[：:][ \t]*$", re.MULTILINE
)
_TOLD_YOU = re.compile(
    r"(?:你|您|本人|其)[^。；\n]{0,30}?(?:(?:做|行|接受|施行|实施|进行)[^。；，\n]{0,12}?(?:结扎|绝育|上环|取环|放环|人流|人工流产|引产|节育|流产|剖宫产)(?:手?术)?|怀孕|流产|引产|结扎|上环|取环|分娩|剖宫产)"
)
_LETTER_HEAD = 80


def _told_in_letter(part: PartReading) -> Iterator[tuple[int, int, int]]:
    """Yield what a letter tells of her whom it addresses."""
    if not part.has_any(("你", "您")):
        return
    head = _ADDRESSED.search(part.plain, 0, _LETTER_HEAD)
    if head is None or not begins_with_surname(head["name"], part.lexicon):
        return
    for told in _TOLD_YOU.finditer(part.plain, head.end()):
        yield told.start(), *told.span()


_LIST_COLON = re.compile(
    r"[^。；\n]{0,24}?(?:名单|人员|名册|对象|公示|妇女|夫妇|夫妻|家庭)[^。；\n：:]{0,10}[：:]"
)


_ANY_COLON = re.compile(r"[^。；\n：:]{0,14}[：:]")


def _names_after(part: PartReading, start: int, end: int) -> list[tuple[int, int]]:
    colon = _LIST_COLON.match(part.plain, start, end) or _ANY_COLON.match(part.plain, start, end)
    if not colon:
        return []
    reach = min(len(part.plain), colon.end() + 200)
    names = [
        (name.start, name.end)
        for name in find_names(part.plain, part.lexicon, colon.end(), reach)
        if name.why != "staff"
    ]
    if colon.re is _ANY_COLON and (
        len(names) < 2 or names[0][0] - colon.end() > 1 or names[1][0] - names[0][1] > 2
    ):
        return []
    return names
