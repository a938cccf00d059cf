"""Lists of persons (名单): welfare lists with needless columns, birth and pregnancy lists, traces of patients, bundles of marks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from gongkai.guard.core.care_matters import births, is_of_work
from gongkai.guard.core.lexicon import Lexicon
from gongkai.guard.core.person_evidence import person_told_of
from gongkai.guard.core.persons import find_names
from gongkai.guard.core.private_matters import told_of
from gongkai.guard.core.reading import PartReading, Reading
from gongkai.guard.core.registry import Hit, detector, registry
from gongkai.guard.core.tables import Table
from gongkai.guard.detectors.name_columns import name_columns

_INLINE_HEADER = re.compile(
    r"(?:名单|公示|花名册|发放表|清册|名册|明细表|登记表)(?:（[^）]{0,12}）)?[：:]\s*((?:序号|姓名|户主)[^。\n]{4,120})"
)
_LIST_MARK = re.compile(r"[、,，|/\t ]")
_INTRODUCTION = 60
_MASKED_FIELD = re.compile(r"\s")


@lru_cache(maxsize=32)
def _pattern(lexicon: Lexicon, name: str) -> re.Pattern[str]:
    return re.compile(lexicon.pattern(name))


def _above(part: PartReading, reading: Reading, table: Table) -> str:
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
                and _pattern(part.lexicon, "welfare_words").search(before)
                and not _headed_at(part, match.start(1))
            ):
                yield Hit(
                    part,
                    *match.span(1),
                    f"救助、补贴名单带有公示不需要的列：{'、'.join(columns)}",
                    confidence=0.93,
                )


def _needless(part: PartReading, headings: list[str]) -> list[str]:
    pattern = _pattern(part.lexicon, "welfare_columns")
    allowed = part.context.field_whitelist
    return [text for text in headings if pattern.search(text) and text not in allowed]


def _welfare_table(part: PartReading, reading: Reading, table: Table) -> Hit | None:
    if table.header is None or not name_columns(table, part.lexicon):
        return None
    columns = _needless(part, [head.text for head in table.header])
    if not columns:
        return None
    open_columns = _needless(
        part, [head.text for place, head in enumerate(table.header) if not _is_masked(table, place)]
    )
    naming = _above(part, reading, table) + " ".join(
        head.text for head in table.header if "标准" in head.text or "金额" in head.text or "补" in head.text
    )
    if part.context.page_type != "welfare_list" and not _pattern(part.lexicon, "welfare_words").search(
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


@detector("pii.family_planning")
def birth_lists(reading: Reading) -> Iterator[Hit]:
    """Find lists of persons examined or registered for pregnancy, birth or contraception (孕检生育名单)."""
    for part in reading.parts:
        words = _pattern(part.lexicon, "birth_words")
        for table in part.tables:
            if table.header is None or not name_columns(table, part.lexicon):
                continue
            heads = " ".join(head.text for head in table.header)
            if words.search(_above(part, reading, table)) or _pattern(part.lexicon, "birth_columns").search(
                heads
            ):
                yield Hit(
                    part,
                    *table.rows_span(),
                    "孕检、生育、避孕名单不公开，改为统计数字",
                    confidence=0.95,
                )
        told = -1
        for match in words.finditer(part.plain):
            _start, end = part.line_span(match.start())
            if match.start() < told or part.table_at(match.start()):
                continue
            names = _names_after(part, match.end(), end)
            if names:
                told = end
                yield Hit(
                    part,
                    names[0][0],
                    names[-1][1],
                    "孕检、生育、避孕名单不公开，改为统计数字",
                    confidence=0.92,
                )

        for start, end in _birth_told(part):
            if start >= told:
                told = end
                yield Hit(part, start, end, "能认出的人与怀孕、生育、避孕写在一起", confidence=0.88)


_LONGEST_SENTENCE = 400
_POLICY_AFTER = r"(?!率|数|服务|政策|知识|登记(?:率|管理|制度)|药具|门诊|科)"
_WEEKS = re.compile(
    r"独生(?:子女|子|女)(?:已|因病|意外)?(?:病故|去世|死亡|夭折|伤残)|孕\s?[0-9]{1,2}(?:\+[0-9])?\s?周"
)


@lru_cache(maxsize=8)
def _reproduction(lexicon: Lexicon) -> re.Pattern[str]:
    return re.compile(lexicon.pattern("reproduction") + _POLICY_AFTER)


def _birth_told(part: PartReading) -> Iterator[tuple[int, int]]:
    """Yield name and words where pregnancy, birth or contraception is told of somebody in one sentence."""
    for match in (*_reproduction(part.lexicon).finditer(part.plain), *_WEEKS.finditer(part.plain)):
        if part.table_at(match.start()):
            continue
        start, end = part.sentence_span(match.start())
        name = person_told_of(part.plain, part.lexicon, start, end, match.span())
        if (
            name is not None
            and not is_of_work(part.plain[start:end], part.lexicon)
            and part.plain[name.end - 1] != "某"
        ):
            yield min(name.start, match.start()), max(name.end, match.end())
    seen: set[int] = set()
    for matter in births(part.plain, part.lexicon):
        start, end = part.sentence_span(matter.start)
        if start in seen or part.table_at(matter.start) or end - start > _LONGEST_SENTENCE:
            continue
        seen.add(start)
        for name, told in told_of(part.plain, part.lexicon, start, end, of_birth=True):
            yield min(name.start, told.start), max(name.end, told.end)


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


_CASE = re.compile(
    r"(?:(?:确诊|疑似)?病例|带菌者|排菌者|该患者|无症状感染者|感染者|密切接触者|密接者?|阳性人员)\s?[0-9一二三四五六七八九十]{0,3}\s?(?:[：:，,（(]|(?=[\u4e00-\u9fff][某×*])|(?=[男女][，,、])|(?=[为系是]))"
)
# of a patient only where the words speak of an outbreak
_PATIENT_CASE = re.compile(r"患者(?=[\u4e00-\u9fff·]{2,5}[，,（])|患[儿者](?=[，,：:])")
_OUTBREAK = re.compile(r"流调|疫情|密接|输入|风险提示|轨迹|活动史|传染源")
# somebody described without being called a case, where the paragraph speaks of an infection
_DESCRIBED_ONE = re.compile(
    r"(?:某)?[男女](?:性|子)?[，,、]\s?[0-9]{1,3}(?:周)?岁|[0-9]{1,3}(?:周)?岁[，,、的]?(?:男|女)(?![士儿])|(?:首发者?|个案|首例|死者|患儿|患者)(?:为|系|是|：)"
)
_INFECTION = re.compile(
    r"流调|流行病学|疫情|密接|密切接触|轨迹|活动史|传染源|个案|首发|本土|聚集性|输入性|登革热|麻疹|布病|布鲁氏|诺如|霍乱|鼠疫|疟疾|猴痘|百日咳|流感|新冠|结核|伤寒|痢疾|甲肝|戊肝|出血热|狂犬病|炭疽|手足口|水痘|流脑|乙脑|白喉|猩红热|钩体|血吸虫|恙虫病|基孔肯雅"
)
_MOVED = re.compile(
    r"全家住|父亲在|母亲在|乘坐|驾驶|骑|前往|返回|返|到过|曾到|曾在|去过|就诊|上班|上课|聚餐|就餐|参加|购|逛|逗留|帮|接触|居家|在家|发病|打工|[0-9]{1,2}月[0-9]{1,2}日|[0-9]{1,2}[日时]"
)
_TRADE = re.compile(
    r"(?<=[，,、为系是])[\u4e00-\u9fff]{0,12}(?:师|工|员|摊主|羊倌|者|老板|店主|店长|教练|司机|商贩|农民|渔民|牧民|个体户|养殖户|经营户|干部|学生|幼儿|老汉|村民|居民|老人)(?=[，,。；）)（(])"
)
_DWELLS = re.compile(
    r"(?:家住|现住|租住|居住|暂住|同住|住)[于在]?[\u4e00-\u9fff0-9]{3,16}|[为系是][\u4e00-\u9fff]{2,8}(?:村|社区|小区|屯|寨)(?!委|干部|书记)"
)
_CASE_WORDS = ("带菌者", "排菌者", "该患者", "病例", "感染者", "密接", "密切接触者", "阳性人员")
_TRACE = {
    "身份": re.compile(r"[男女](?=[，,、；。\s（(）)])|[\u4e00-\u9fff]某"),
    "年龄": re.compile(r"[0-9]{1,3}(?:周)?岁|[0-9]{1,2}月龄"),
    "职业": re.compile(
        r"(?:教师|司机|职工|收银员|店员|医生|分拣员|配送员|保育员|辅警|网格员|裁缝|木工|瓦工|电工|焊工|渔民|牧民|厨工|店长|主管|保安|工人|护士|医生|学生|会计|厨师|服务员|快递员|员工|干部|民警|老板|经营者|业主|从业人员|务工人员|售货员|销售员|保洁员|装卸工|驾驶员|摊主|摊贩|商户|店主|老板娘|外卖员|骑手|操作员|[\u4e00-\u9fff]{1,3}工|理发师|月嫂|家政|退休|农民|务农|营业员|护工|建筑工|技术员|经理|主播|中介)(?=[，,。；\s（(）)、]|$)"
    ),
    "住处": re.compile(
        r"(?:小区|家园|花园|公寓|新村|苑|村|社区|街道|路)[\u4e00-\u9fff0-9]{0,8}?[0-9一二三四五六七八九十]{1,4}(?:号楼|幢|栋|单元|室|组|号(?!线))|(?:住|居住|暂住)[于在]?[\u4e00-\u9fff]{2,14}(?:巷|弄|街|里|大道)[0-9]{1,4}号(?!线)"
    ),
    "车次座位": re.compile(
        r"[GDCKTZ][0-9]{1,4}次|[A-Z]{2}[0-9]{3,4}(?:次)?航班|[0-9]{1,2}车(?:厢)?\s?[0-9]{1,2}[A-F]|[0-9]{1,2}[A-F]座"
    ),
}
_FEWEST_TRACES = 3


@detector("pii.case_trajectory")
def case_traces(reading: Reading) -> Iterator[Hit]:
    """Find reports on a patient's movements that let people recognise the patient (流调细节)."""
    for part in reading.parts:
        outbreak = _OUTBREAK.search(part.plain) is not None
        told: list[tuple[int, int]] = []
        for match in (
            *(_CASE.finditer(part.plain) if part.has_any(_CASE_WORDS) else ()),
            *(_PATIENT_CASE.finditer(part.plain) if outbreak else ()),
        ):
            _, end = part.line_span(match.start())
            text = part.plain[match.start() : min(end, match.start() + 220)]
            stop = _CASE.search(text, len(match[0]))
            text = text[: stop.start()] if stop else text
            kinds = [kind for kind, pattern in _TRACE.items() if pattern.search(text)]
            if len(kinds) >= _FEWEST_TRACES and set(kinds) & {"职业", "住处", "车次座位"}:
                length = max(pattern.search(text).end() for kind, pattern in _TRACE.items() if kind in kinds)  # type: ignore[union-attr]
                told.append((match.start(), match.start() + length))
                yield Hit(
                    part,
                    match.start(),
                    match.start() + length,
                    f"流调信息能认到人：{'、'.join(kinds)}；只公布场所与时段",
                    confidence=0.92,
                )
        yield from (
            hit
            for hit in _described_cases(part)
            if not any(start < (hit.end or 0) and (hit.start or 0) < end for start, end in told)
        )


def _described_cases(part: PartReading) -> Iterator[Hit]:
    """Yield somebody with sex, age, trade or dwelling and where they went, in a line about an infection."""
    done = -1
    if not part.has_any(("岁", "首发", "首例", "个案", "死者", "患儿", "患者")):
        return
    for match in _DESCRIBED_ONE.finditer(part.plain):
        left, end = part.line_span(match.start())
        if match.start() < done or part.table_at(match.start()):
            continue
        if not _INFECTION.search(part.plain, left, end):
            continue
        text = part.plain[match.start() : min(end, match.start() + 200)]
        lives, works = _DWELLS.search(text) or _TRACE["住处"].search(text), _TRADE.search(text)
        aged = _TRACE["年龄"].search(text)
        if (
            aged
            and _MOVED.search(text)
            and (lives or _TRACE["车次座位"].search(text))
            and (works or (lives and _TRACE["身份"].search(text)))
        ):
            done = end
            last = max(found.end() for found in (lives, works, aged) if found)
            yield Hit(
                part,
                match.start(),
                match.start() + last,
                "流调信息能认到人：年龄、职业、住处和去向；只公布场所与时段",
                confidence=0.85,
            )


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
        or _pattern(part.lexicon, "personnel_words").search(reading.title + near) is not None
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
    if len(marks) < _FEWEST_MARKS or _is_lawful_notice(part, reading, _above(part, reading, table)):
        return None
    return Hit(
        part,
        table.header[0].start,
        table.header[-1].end,
        f"名单除姓名外还列{'、'.join(marks)}，合起来能认到人",
        confidence=0.85,
    )
