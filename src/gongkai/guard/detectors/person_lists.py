"""Lists of persons (名单): welfare lists with needless columns, birth and pregnancy lists, traces of patients, bundles of marks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from gongkai.guard.core.lexicon import Lexicon
from gongkai.guard.core.persons import find_names
from gongkai.guard.core.reading import PartReading, Reading
from gongkai.guard.core.registry import Hit, detector, registry
from gongkai.guard.core.tables import Table
from gongkai.guard.detectors.name_columns import name_columns

_INLINE_HEADER = re.compile(
    r"(?:名单|公示|花名册|发放表|清册|名册|明细表|登记表)(?:（[^）]{0,12}）)?[：:]\s*((?:序号|姓名|户主)[^。\n]{4,120})"
)
_LIST_MARK = re.compile(r"[、,，|/\t ]")
_INTRODUCTION = 60


@lru_cache(maxsize=32)
def pattern_of(lexicon: Lexicon, name: str) -> re.Pattern[str]:
    return re.compile(lexicon.pattern(name))


def above(part: PartReading, reading: Reading, table: Table) -> str:
    """Return what names the list: title, caption, first cells, the line above."""
    start = table.span[0]
    head = " ".join(
        cell.text
        for row in table.rows[:2]
        for cell in row
        if table.header is None or row[0].start < table.header[0].start
    )
    above = part.plain[max(0, start - 80) : start].strip().rsplit("\n", 1)[-1]
    said = next((one.plain[:_INTRODUCTION] for one in reading.parts if one.part.kind == "text"), "")
    return " ".join((reading.title, said, table.caption, above, part.part.name, head[:120]))


@detector("pii.welfare_list")
def welfare_lists(reading: Reading) -> Iterator[Hit]:
    """Find lists of aid receivers with columns that publicity does not need (救助补贴名单多列)."""
    for part in reading.parts:
        for table in part.tables:
            hit = _welfare_table(part, reading, table)
            if hit is not None:
                yield hit
        for match in _INLINE_HEADER.finditer(part.plain):
            before = part.before(match.start(1), 60) + reading.title
            columns = _needless(part, [word for word in _LIST_MARK.split(match[1]) if word])
            if (
                columns
                and pattern_of(part.lexicon, "welfare_words").search(before)
                and not _headed_at(part, match.start(1))
            ):
                yield Hit(
                    part,
                    *match.span(1),
                    f"救助、补贴名单带有公示不需要的列：{'、'.join(columns)}",
                    confidence=0.93,
                )


def _needless(part: PartReading, headings: list[str]) -> list[str]:
    pattern = pattern_of(part.lexicon, "welfare_columns")
    allowed = part.context.field_whitelist
    return [text for text in headings if pattern.search(text) and text not in allowed]


_OF_AID = re.compile(r"标准|金额|补|失独|特扶|低保|五保|特困|扶助|救助|帮扶")


def _welfare_table(part: PartReading, reading: Reading, table: Table) -> Hit | None:
    if table.header is None or not name_columns(table, part.lexicon):
        return None
    columns = _needless(part, [head.text for head in table.header])
    if not columns:
        return None
    open_columns = _needless(
        part, [head.text for place, head in enumerate(table.header) if not _is_masked(table, place)]
    )
    naming = above(part, reading, table) + " ".join(
        head.text for head in table.header if _OF_AID.search(head.text)
    )
    if part.context.page_type != "welfare_list" and not pattern_of(part.lexicon, "welfare_words").search(
        naming
    ):
        return None
    first, last = table.header[0], table.header[-1]
    if not open_columns:
        message = f"{'、'.join(columns)}已全部遮挡，公示仍不需要这些列，建议删去"
        masked = registry()["pii.welfare_list"].variants["masked"]
        return Hit(part, first.start, last.end, message, confidence=0.95, severity=masked)
    message = f"救助、补贴名单带有公示不需要的列：{'、'.join(open_columns)}；只留姓名、乡镇、金额"
    return Hit(part, first.start, last.end, message, confidence=0.95)


def _is_masked(table: Table, place: int) -> bool:
    """Tell whether every filled cell of a column is masked: then nobody can be told apart by it any more."""
    cells = [row[place].text.strip() for row in table.body if place < len(row)]
    filled = [text for text in cells if text and text not in ("—", "-", "/", "无")]
    return bool(filled) and all("*" in text or "＊" in text for text in filled)


_BUNDLE = {
    "性别": re.compile(r"(?:^|[\s|｜，,、；（(\t：:])[男女](?=[\s|｜，,、；）)\t。]|$)"),
    "出生日期": re.compile(
        r"(?:19|20)[0-9]{2}(?:年|[-./])[0-9]{1,2}(?:月|[-./])?(?:[0-9]{1,2}日?)?(?:出?生)?"
    ),
    "村组": re.compile(
        r"[\u4e00-\u9fff]{1,8}(?:村|社区|居委会)[\u4e00-\u9fff]{0,4}?[0-9一二三四五六七八九十]{1,3}(?:组|队|社|村民小组)"
    ),
    "工作单位": re.compile(
        r"工作单位|就职于|供职于|(?<=[\s|｜，,、\t])[\u4e00-\u9fff]{2,14}(?:公司|小学|中学|医院|厂|卫生院|幼儿园|集团)(?=[\s|｜，,、；\t。]|职工|员工|工人|教师|$)"
    ),
}
_BUNDLE_HEADINGS = {
    "性别": re.compile(r"^性别$"),
    "出生日期": re.compile(r"出生"),
    "村组": re.compile(r"村组|所在村|村民小组|村（?居）?"),
    "工作单位": re.compile(r"工作单位|现工作单位|就业单位"),
}
_CAREER = re.compile(r"现任|历任|曾任|任命|党员|大学学历|研究生学历|参加工作|兼任")
_FEWEST_MARKS = 3


@detector("pii.person_bundle")
def person_bundles(reading: Reading) -> Iterator[Hit]:
    """Find a name with three or more of sex, birth date, village group, employer (弱标识组合)."""
    for part in reading.parts:
        for table in part.tables:
            hit = _bundle_table(part, reading, table)
            if hit is not None:
                yield hit
        done = -1
        for match in _BUNDLE["性别"].finditer(part.plain):
            start, end = part.line_span(match.end() - 1)
            if match.end() <= done or _headed_at(part, match.end() - 1):
                continue
            start, end = max(start, match.start() - 60), min(end, match.end() + 120)
            done = end
            hit = _bundle_line(part, reading, start, end)
            if hit is not None:
                yield hit


def _headed_at(part: PartReading, position: int) -> bool:
    table = part.table_at(position)
    return table is not None and table.header is not None


def _is_lawful_notice(part: PartReading, reading: Reading, near: str) -> bool:
    return (
        part.context.page_type == "personnel"
        or pattern_of(part.lexicon, "personnel_words").search(reading.title + near) is not None
    )


def _bundle_line(part: PartReading, reading: Reading, start: int, end: int) -> Hit | None:
    text = part.plain[start:end]
    marks = {kind: found for kind, pattern in _BUNDLE.items() if (found := pattern.search(text))}
    if len(marks) < _FEWEST_MARKS or _CAREER.search(text) or _is_lawful_notice(part, reading, text):
        return None
    names = [name for name in find_names(part.plain, part.lexicon, start, end) if name.why != "staff"]
    if not names:
        return None
    last = max(found.end() for found in marks.values())
    return Hit(
        part,
        names[0].start,
        max(names[0].end, start + last),
        f"姓名之外还有{'、'.join(marks)}，合起来能认到人",
        confidence=0.85,
    )


def _bundle_table(part: PartReading, reading: Reading, table: Table) -> Hit | None:
    if table.header is None or not name_columns(table, part.lexicon):
        return None
    headings = [head.text for head in table.header if head.text not in part.context.field_whitelist]
    marks = [
        kind for kind, pattern in _BUNDLE_HEADINGS.items() if any(pattern.search(text) for text in headings)
    ]
    if len(marks) < _FEWEST_MARKS or _is_lawful_notice(part, reading, above(part, reading, table)):
        return None
    return Hit(
        part,
        table.header[0].start,
        table.header[-1].end,
        f"名单除姓名外还列{'、'.join(marks)}，合起来能认到人",
        confidence=0.85,
    )
