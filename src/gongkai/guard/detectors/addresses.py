"""Home addresses (自然人住址): finer than the township, and said to be where a person lives."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gongkai.guard.core.masking import mask
from gongkai.guard.core.person_evidence import is_at_work, names_nearby
from gongkai.guard.core.persons import find_names, parsed_names
from gongkai.guard.core.private_matters import private_people
from gongkai.guard.core.reading import PartReading, Reading
from gongkai.guard.core.registry import Hit, detector
from gongkai.guard.detectors.name_columns import name_columns

_NUMBER = r"(?:[0-9]{1,5}|[一二三四五六七八九十百]{1,4}|[A-Za-z][0-9]{0,3})"
_UNIT = r"(?:号楼|号院|号|幢|栋|座|单元|室|组|弄|户|层|门|排|队|屯|村民小组|社)"
_CHAR = r"[\u4e00-\u9fff0-9A-Za-z\-—、（）()#]"
_HOME = re.compile(
    r"家住|(?:迁居|迁往|搬迁至|搬到)(?=[\u4e00-\u9fff]{1,10}(?:镇|乡|街道|村|小区|路|街|巷|市|县|区))|接车地[址点]|接诊地址|出车地址|上门地址|家庭住址|家庭地址|现住址|居住址|经常住址|实际住址|户籍住址|户籍地址|户籍所在地|户籍地|通[讯信]地址|联系地址|送达地址|通讯住址|通信住址|住址|现居住?[于在地]?|现住[于在地]?|居住[于在]|居住地址?|暂住[于在地]?|租住[于在]?|收件地址|收货地址|寄送地址|户口所在地"
    r"|住所(?<=[人者]住所)(?<!法人住所)地?(?=[^。\n]{0,30}(?:室|单元|幢|栋|组|附[0-9]+号|住处))|住(?!所)(?<=[，,、；;\s某人者其均户系位一二三]住)[于在]?(?=[\u4e00-\u9fff]{1,10}(?:镇|乡|街道|村|小区|路|市|县|区|大?街|巷|弄|里|苑|家园|花园|公寓|宿舍|家属院|大院))"
    r"|(?:病|患|患者|病人|病例|死者|伤者|老人|当事人|产妇|孕妇|感染者|孩子|其|他|她|该)(?:家|户)(?:庭|中|里)?(?:位于|在|住址?|所在地?(?:为|是|在|的)?)"
    r"|住所地?[为是在：:]?(?=[\u4e00-\u9fff]{2,12}(?:镇|乡|街道|村|社区|路|街|巷)[^。\n]{0,10}号)"
)
_DETAIL = re.compile(
    rf"[0-9]{{1,3}}(?:-[0-9]{{1,4}}){{1,3}}(?![0-9.:])|{_NUMBER}\s?{_UNIT}|[\u4e00-\u9fff]{{1,6}}村民小组|(?<=村)[\u4e00-\u9fff]{{1,5}}组(?![长织成])|#\s?[0-9]+"
)
_PLACE = re.compile(
    r"[0-9](?:号楼|栋|幢|单元)|镇|乡|街道|村|社区|小区|新村|花园|家园|公寓|苑|路|街|巷|弄|里|庄|屯|园|城|坊|大院|宿舍"
)
_SEPARATOR = re.compile(r"^[\s：:|为是在于（(\t]{0,4}")
_ADDRESS = re.compile(rf"{_CHAR}(?:{_CHAR}| (?={_CHAR})){{3,60}}")
_BODY = re.compile(
    r"医院|卫生院|诊所|卫生室|卫生站|中心(?!村)|公司|门诊|窗口|局|厅|委员会(?!.{0,8}(?:小组|组))|大厅|学校|门诊部|药房|药店|[商门分面烤饭粮]店|办公|行政(?!村)|单位|机构|企业|工厂|厂区|酒店|宾馆|幼儿园|营业|经营|注册地址|住所[：:]|统一社会信用代码"
)
_UNIT_NUMBER = re.compile(
    rf"[0-9]{{1,3}}(?:-[0-9]{{1,4}}){{2,3}}(?![0-9.:])|[0-9一二三四五六七八九十百A-Za-z][0-9一二三四五六七八九十百]{{0,4}}(?:幢|栋|单元|室|组|号楼)(?:{_CHAR}{{0,10}}(?:室|单元|号|户))?"
)
_NAMED_PLACE = re.compile(
    r"(?:(?<![\u4e00-\u9fff])|(?<=[为在于住系是到从由往至中家]))[\u4e00-\u9fff]{2,12}(?:镇|乡|街道|村|小区|新村|花园|家园|公寓|苑)[\u4e00-\u9fff0-9]{0,14}$"
)
_POSTAL = re.compile(r"(?:收件人|收货人|寄件人|收信人|收|寄)[：:\s]{0,2}$")
_LIVES_IN_BODY = re.compile(r"(?:公司|医院|学校|厂|局)(?:宿舍|家属|职工)")


@detector("pii.home_address")
def home_addresses(reading: Reading) -> Iterator[Hit]:
    """Find addresses of natural persons down to house, unit or villagers' group (自然人详细住址)."""
    for part in reading.parts:
        taken: list[tuple[int, int]] = []
        for start, end in [
            *_labelled(part),
            *_after_name(part),
            *_in_columns(part),
            *_beside_name(part),
            *_before_name(part),
            *_behind_name(part),
            *_of_somebody(part),
        ]:
            if any(start < other_end and other < end for other, other_end in taken):
                continue
            taken.append((start, end))
            address = part.plain[start:end]
            yield Hit(
                part,
                start,
                end,
                "自然人住址细于乡镇（街道）",
                replacement=mask("address", address),
                confidence=0.93,
            )


def _labelled(part: PartReading) -> Iterator[tuple[int, int]]:
    if not part.has_any(
        ("住", "址", "户籍", "户口", "现居", "居住", "迁", "搬", "接车", "家位于", "家在", "家所在", "户位于")
    ):
        return
    for label in _HOME.finditer(part.plain):
        gap = _SEPARATOR.match(part.plain[label.end() : label.end() + 6])
        start = label.end() + (gap.end() if gap else 0)
        found = _ADDRESS.match(part.plain, start)
        if not found:
            continue
        end = _detail_end(found[0])
        if (
            end is None
            or _is_body(found[0][:end])
            or _OFFICE_HOUSE.match(part.plain, start + end)
            or _is_of_body(part, label)
        ):
            continue
        yield start, start + end


_OFFICE_HOUSE = re.compile(r"[\u4e00-\u9fff]{0,10}?(?:大楼|大厦|写字楼|办公|健康局|委员会|公司|医院)")
_MOVES = ("迁", "搬")
_OF_A_PERSON = re.compile(r"身份证|公民身份|[，,（(][男女][，,、）)]|出生|[0-9]岁|族[，,]")
_CONTACT = ("通", "联系")
_BODY_NEAR = 40


def _is_of_body(part: PartReading, label: re.Match[str]) -> bool:
    """Tell whether a label of dwelling is said of no person: a body moves, is written to, has its seat there; a case has a number."""
    text, at = part.plain, label.start()
    start, _ = part.sentence_span(at)
    near = text[max(start, at - _BODY_NEAR) : at]
    if _NUMBERED_CASE.search(near):
        return True  # nobody is named: what can be recognised of a case is for the report on its movements
    if label[0].startswith("住所") and not _PARTY.search(near):
        return _OF_A_PERSON.search(near) is None
    if label[0].startswith(_MOVES):
        return _BODY.search(near) is not None or "我院" in near or "院区" in near
    if label[0].startswith(_CONTACT) and _SOCIETY.search(near):
        return True
    return text[at - 1 : at] not in _OPENS and _is_body(text[max(0, at - 6) : at])


_NUMBERED_CASE = re.compile(r"病例\s?[0-9一二三四五六七八九十]{1,3}[：:，,（(]")
_PARTY = re.compile(r"(?<!法)(?<!负责)[人者]$")
_SOCIETY = re.compile(r"(?:单位|机构|部门)[：:]|慈善会|基金会|协会|学会|红十字会|残联|工会")


_OPENS = ("（", "(", "，", ",")
_LIVES = re.compile(
    r"(?<![入常居安暂借寄同会])(?:家?住|家[中里]?)[于在（(：:]?(?=[\u4e00-\u9fff]{1,12}(?:镇|乡|街道|村|社区|小区|路|街|巷|苑|花园|家园|公寓))"
)


def _after_name(part: PartReading) -> Iterator[tuple[int, int]]:
    """Yield addresses told of a person by 住 or 家在, the name standing right before (叶大勇住城北街道…)."""
    for match in _LIVES.finditer(part.plain) if "住" in part.plain or "家" in part.plain else ():
        left = max(part.line_span(match.start())[0], match.start() - 14)
        until = match.start() - (part.plain[match.start() - 1 : match.start()] in _OPENS)
        if not any(
            name.end == until
            for name in (
                *find_names(part.plain, part.lexicon, left, match.start()),
                *parsed_names(part.plain, part.lexicon, left, match.start()),
                *names_nearby(part.plain, part.lexicon, left, match.start()),
            )
        ):
            continue
        found = _ADDRESS.match(part.plain, match.end())
        end = _detail_end(found[0]) if found else None
        if found and end is not None and not _is_body(found[0][:end]):
            yield match.end(), match.end() + end


def _detail_end(text: str) -> int | None:
    """Return where the address ends: after its last detail that follows a place word; None when it has no detail."""
    place = _PLACE.search(text)
    if not place:
        return None
    ends = [match.end() for match in _DETAIL.finditer(text, place.start() + 1)]
    if not ends:
        return None
    last = ends[0]
    for match in _DETAIL.finditer(text, last):
        if match.start() - last <= 8:
            last = match.end()
    tail = re.match(r"[0-9]{2,4}(?![0-9年月日号])", text[last:])
    return last + (tail.end() if tail else 0)


def _is_body(text: str) -> bool:
    return _BODY.search(text) is not None and _LIVES_IN_BODY.search(text) is None


_PERSON_HEADING = re.compile(
    r"^(?:现|家庭|居|户籍|详细)?(?:住址|居住地|家庭地址|户籍地址?|居住地址|详细住址|家庭详细地址)"
)


_PLAIN_HEADING = re.compile(
    r"^(?:详细|所在|具体|通讯|联系|服务|上门)?地址$|^(?:所在)?村组$|^(?:所[在属])?(?:村|居)民小?组$|^村[（(]?(?:社区|居)?[）)]?[、/]?组$"
)


def _in_columns(part: PartReading) -> Iterator[tuple[int, int]]:
    for table in part.tables:
        if table.header is None:
            continue
        columns = {head.column for head in table.header if _PERSON_HEADING.search(head.text)}
        if name_columns(table, part.lexicon):
            columns |= {head.column for head in table.header if _PLAIN_HEADING.match(head.text)}
        for row in table.body if columns else []:
            for cell in row:
                end = _detail_end(cell.text) if cell.column in columns else None
                if end is not None and not _is_body(cell.text):
                    yield cell.start, cell.start + end


_TWO_DASHES = re.compile(r"[0-9]-[0-9]{1,4}-[0-9]")


def _beside_name(part: PartReading) -> Iterator[tuple[int, int]]:
    last = -1
    if not part.has_any(("幢", "栋", "单元", "室", "组", "号楼")) and not _TWO_DASHES.search(part.plain):
        return
    for match in _UNIT_NUMBER.finditer(part.plain):
        if match.start() < last:
            continue
        place = _NAMED_PLACE.search(part.plain, max(0, match.start() - 34), match.start())
        start, end = part.sentence_span(match.start())
        if (
            not place
            or place.start() < start
            or part.table_at(match.start())
            or _is_body(part.plain[max(start, match.start() - 200) : min(end, match.end() + 200)])
        ):
            continue
        names = find_names(
            part.plain, part.lexicon, max(start, place.start() - 60), min(end, match.end() + 60)
        )
        if any(name.is_strong and abs(name.end - place.start()) <= 30 for name in names) or any(
            place.start() - name.end <= 4 and _POSTAL.search(part.plain, max(0, name.start - 5), name.start)
            for name in names
        ):
            last = match.end()
            yield place.start(), match.end()


_HOUSE = re.compile(
    rf"[\u4e00-\u9fff]{{2,12}}(?:镇|乡|街道|村|社区|小区|新村|花园|家园|公寓|苑|路|街|巷|弄|里|庄|屯|园|城|坊|大院|宿舍)(?:[\u4e00-\u9fff]{{0,8}}?{_NUMBER}\s?{_UNIT}){{1,4}}|[\u4e00-\u9fff]{{2,12}}(?:小区|新村|花园|家园|公寓|苑|园|城|坊|宿舍)[0-9]{{1,3}}(?:-[0-9]{{1,4}}){{1,3}}"
)
_DWELLER = re.compile(
    r"[，,、：: （(]?的?(?:[\u4e00-\u9fff]{0,6}(?:村民|居民|住户|业主|户主|租户|老人|老汉|对象|户|人员|群众|党员|职工|患者|病人|母子|夫妇))?[：:（( ]?"
)
_SOMEONE = re.compile(
    r"(?<=[室户层号])[，, ]?的?(?:一?[名位])?(?:[0-9]{1,3}岁)?(?:独居|孤寡|高龄)?(?:[\u4e00-\u9fff](?:女士|先生|小姐|阿婆|大爷|大妈|奶奶|师傅)|老人|老太|老汉|男子|女子|孕妇|产妇|患者|病人|住户|儿童|小孩|居民|业主|租客)"
)
_RECEIVES = re.compile(
    r"(?:收件人|收货人|寄件人|住户|业主|服务对象|被访人|投递对象|呼救人|求助人)[：:\s]?[\u4e00-\u9fff]{2,5}"
)
_ON_THE_WAY = re.compile(
    r"^[\u4e00-\u9fff]{0,8}?(?:走访|探访|慰问|探望|看望|来到|前往|位于|到|在|往|至|赴|为|给)"
)


_HOUSE_MARK = re.compile(r"号|幢|栋|座|单元|室|组|弄|户|层|社")
_COUNTING = frozenset("0123456789一二三四五六七八九十")
_HOUSE_REACH = 34
_DASHED = re.compile(r"(?:小区|新村|花园|家园|公寓|苑|园|城|坊|宿舍)[0-9]{1,3}-[0-9]")


_THEN = ("的", "，", ",", "（", "(", " ")
_FLAT = re.compile(r"[0-9]{2,4}(?![0-9年月日号元人%])")


def _houses(text: str) -> Iterator[re.Match[str]]:
    """Yield the houses of a text: looked for only where a house number stands, once each."""
    passed = 0
    marks = [mark.start() for mark in _HOUSE_MARK.finditer(text) if _is_counted(text, mark.start())]
    marks += [dashed.end() for dashed in _DASHED.finditer(text)]
    for place in sorted(marks):
        if place < passed:
            continue
        found = _HOUSE.search(text, max(passed, place - _HOUSE_REACH), min(len(text), place + _HOUSE_REACH))
        if found is not None and found.start() <= place:
            passed = found.end()
            yield found


_AND_ADDRESS = re.compile(r"[，,、：: （(]{1,2}(?:家?住[在于]?)?")


def _behind_name(part: PartReading) -> Iterator[tuple[int, int]]:
    """Yield house addresses set right behind a private person's name (车前子，竹林村二组15号)."""
    for match in _houses(part.plain):
        start, end = part.sentence_span(match.start())
        if part.table_at(match.start()) or _is_body(part.plain[start:end]):
            continue
        left = max(start, match.start() - 12)
        for name in names_nearby(part.plain, part.lexicon, left, match.start()):
            if _AND_ADDRESS.fullmatch(part.plain, name.end, match.start()) and not is_at_work(
                part.plain, part.lexicon, start, name
            ):
                yield match.span()


_DWELLING = re.compile(
    r"住户|户主|业主|租客|租户|收件|收货|签收|（收）|[（(]收[）)]|[\u4e00-\u9fff]收$|出诊|上门|送餐|换药|家访|建床|病床|投递|送达|独居|孤寡|配送|户籍|接人|家中|家里|该户"
    r"|(?<![\u4e00-\u9fff])[\u4e00-\u9fff](?:大爷|大妈|大娘|奶奶|爷爷|阿婆|婆婆|先生|女士|师傅|叔|婶)"
)
_GROUP_OF_VILLAGE = re.compile(
    r"[\u4e00-\u9fff]{2,12}(?:村|社区|居委会)(?:第?[一二三四五六七八九十0-9]{1,3}(?:村民)?小?[组社队]|[\u4e00-\u9fff]{2,4}(?<!工作)(?<!领导)(?<!检查)(?<!帮扶)(?<!服务)组(?![长员织合]))(?:[\u4e00-\u9fff]{1,4}院子)?(?:[0-9]{1,4}号)?"
)
_NEAR_NAME = 24


def _of_somebody(part: PartReading) -> Iterator[tuple[int, int]]:
    """Yield house addresses in a sentence that names a private person near them, or speaks of who lives or receives there."""
    text = part.plain
    groups = _GROUP_OF_VILLAGE.finditer(text) if "组" in text or "队" in text or "社" in text else ()
    for match in (*_houses(text), *groups):
        start, end = part.sentence_span(match.start())
        around = text[max(start, match.start() - 14) : min(end, match.end() + 4)]
        if part.table_at(match.start()) or _is_body(around) or end - start > _LONGEST_SENTENCE:
            continue
        flat = _FLAT.match(text, match.end())
        stop = flat.end() if flat else match.end()
        near = [
            name
            for name in private_people(text, part.lexicon, start, end)
            if -_NEAR_NAME <= name.start - stop <= _NEAR_NAME // 2
            and not match.start() <= name.start < match.end()
            and "、" not in text[min(name.end, stop) : max(name.start, match.start())]
        ]
        if near or (
            _DWELLING.search(text, start, end) and match.re is _HOUSE and _UNIT_NUMBER.search(match[0])
        ):
            yield match.start(), stop


_LONGEST_SENTENCE = 200


def _is_counted(text: str, place: int) -> bool:
    """Tell whether a number, or a letter, stands right before `place`."""
    before = text[max(0, place - 2) : place].rstrip(" ")[-1:]
    return before in _COUNTING or (before.isascii() and before.isalpha())


def _before_name(part: PartReading) -> Iterator[tuple[int, int]]:
    """Yield house addresses directly followed by who lives there (上坪村6组14号谷长顺, …501室的独居老人闵秀珍)."""
    for match in _houses(part.plain):
        if part.table_at(match.start()) or _is_body(match[0]):
            continue
        flat = _FLAT.match(part.plain, match.end())
        link = _DWELLER.match(part.plain, flat.end() if flat else match.end())
        places = {match.end(), link.end()} if link else {match.end()}
        stop = min(len(part.plain), match.end() + 20)
        names = parsed_names(part.plain, part.lexicon, match.end(), stop) + find_names(
            part.plain, part.lexicon, match.end(), stop
        )
        ends = flat.end() if flat else match.end()
        for place in sorted(places | {ends, ends + (part.plain[ends : ends + 1] in _THEN)}):
            names += [
                name
                for name in names_nearby(part.plain, part.lexicon, place, min(stop, place + 8))
                if name.start == place
            ]
            places = places | {place}
        told_of = part.plain[max(part.sentence_span(match.start())[0], match.start() - 40) : match.start()]
        if (
            _SOMEONE.match(part.plain, match.end())
            or _RECEIVES.search(told_of)
            or any(name.start in places and name.why != "staff" for name in names)
        ):
            way = _ON_THE_WAY.match(match[0])
            yield match.start() + (way.end() if way and len(match[0]) - way.end() >= 5 else 0), match.end()
