"""Figures (数字): sums, shares, counted items, amounts in words, tables; and units that cannot be."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from gongkai.guard.core.quantities import QUANTITY, Quantity, read_quantity
from gongkai.guard.core.reading import PartReading, Reading
from gongkai.guard.core.registry import Hit, detector
from gongkai.guard.detectors.magnitudes import magnitude_jumps
from gongkai.guard.detectors.table_figures import table_sums, text_against_tables
from gongkai.kernel.numerals import NumeralError, from_chinese

_BREAKDOWN = re.compile(
    r"[，,；;：:（(]\s?(?:其中|包括|分别为|分别是|构成为)[：:，,]?|[（(](?=[\u4e00-\u9fff]{1,8}[0-9])"
)
_OPEN_LIST = re.compile(
    r"等(?:[^级等]|$)|主要|含|以及其他|有的|部分|之一|另有|此外|还有|同比|增长|比上年|较上年|占|率|平均|最高|最低|人均|每"
)
_CLAUSE_END = re.compile(r"[。；;！？\n）)]")
_FEWEST_PARTS = 2


@detector("txt.number_inconsistent")
def disagreeing_numbers(reading: Reading) -> Iterator[Hit]:
    """Find totals that are not the sum of their parts, shares that are not the ratio, wrong counts (数字前后不符)."""
    for part in reading.parts:
        yield from _sums(part)
        yield from _shares(part)
        yield from _counts(part)
        yield from _amounts_in_words(part)
        for table in part.tables:
            yield from table_sums(part, table)
    yield from text_against_tables(reading)


def _sums(part: PartReading) -> Iterator[Hit]:
    text = part.plain
    for mark in _BREAKDOWN.finditer(text):
        before = [
            match
            for match in QUANTITY.finditer(text, max(0, mark.start() - 24), mark.start())
            if match.end() == mark.start()
        ]
        if not before:
            continue
        total = read_quantity(before[-1])
        stop = _CLAUSE_END.search(text, mark.end())
        end = stop.start() if stop else len(text)
        clause = text[mark.end() : min(end, mark.end() + 300)]
        parts = _parts(text, mark.end(), mark.end() + len(clause), total, mark[0])
        if parts is None or total.is_bound:
            continue
        summed = sum((item.value for item in parts), Decimal(0))
        if _agrees(total, parts) or _is_partial(total.value, summed, clause):
            continue
        yield Hit(
            part,
            total.start,
            parts[-1].end,
            f"各项相加为{_shown(summed, total)}，总数写作{_shown(total.value, total)}",
            suggestion="核对总数与分项；四舍五入或截尾造成的差，写明“因四舍五入”",
            confidence=0.85,
        )


def _agrees(total: Quantity, parts: list[Quantity]) -> str:
    """Say how parts and total agree: `exact`, `rounded`, `cut`, or empty when no way of shortening explains the gap."""
    summed = sum((item.value for item in parts), Decimal(0))
    if summed == total.value:
        return "exact"
    own = _slack(total)
    theirs = sum((_slack(item) for item in parts), Decimal(0))
    if not own + theirs:
        return ""
    if abs(total.value - summed) * 2 <= own + theirs:
        return "rounded"
    return "cut" if summed < total.value + own and total.value < summed + theirs else ""


def _slack(quantity: Quantity) -> Decimal:
    """Return the size of the last written digit when the figure was shortened (1.2亿, 35.6), zero when it counts exactly."""
    return quantity.grain if quantity.grain != 1 else Decimal(0)


_COMPLEMENTS = re.compile(
    r"公立.*民营|民营.*公立|男.*女|城[市镇].*[农乡]|线上.*线下|线下.*线上|网络.*信函|当面.*网络|中央.*[省县市地]|死亡.*伤残|失独.*伤残|同意.*不同意|公办.*民办|初次.*再次|境内.*境外|本地.*外"
)
_MOST_MISSING = Decimal("0.1")


def _is_partial(total: Decimal, summed: Decimal, clause: str) -> bool:
    """Tell whether the parts may be only some of the whole: they sum to clearly less, or overlap and sum to clearly more, and are no natural opposites."""
    return abs(summed - total) > total * _MOST_MISSING and _COMPLEMENTS.search(clause) is None


def _shown(value: Decimal, like: Quantity) -> str:
    scale = (
        Decimal(100_000_000)
        if like.value >= 100_000_000 and like.grain > 1
        else Decimal(10_000)
        if like.grain > 1 or like.value != like.value.to_integral()
        else Decimal(1)
    )
    unit = {Decimal(1): "", Decimal(10_000): "万", Decimal(100_000_000): "亿"}[scale]
    return f"{(value / scale).normalize():f}{unit}{like.unit}"


def _parts(text: str, start: int, end: int, total: Quantity, mark: str) -> list[Quantity] | None:
    """Return the parts of a breakdown that claims to be complete, None when it does not look like one."""
    clause = text[start:end]
    if _OPEN_LIST.search(clause) or (
        ("（" in mark or "(" in mark) and "、" not in clause and "，" not in clause
    ):
        return None
    pieces = re.split(r"[、，,；;和及与]", clause)
    parts: list[Quantity] = []
    position = start
    for piece in pieces:
        found = list(QUANTITY.finditer(text, position, position + len(piece)))
        if (
            len(found) != 1
            or found[0].end() != position + len(piece.rstrip())
            or not re.match(r"\s?[\u4e00-\u9fffA-Za-z“”（）]", piece)
        ):
            return None
        quantity = read_quantity(found[0])
        if quantity.is_bound or quantity.unit != total.unit or quantity.value > total.value:
            return None
        parts.append(quantity)
        position += len(piece) + 1
    return parts if len(parts) >= _FEWEST_PARTS else None


_PERCENT = r"([0-9]+(?:\.[0-9]+)?)\s?[%％]"
_NUMBER = r"([0-9]+(?:\.[0-9]+)?)\s?(万)?\s?[\u4e00-\u9fff]{0,3}"
_RATE_WORD = r"(?:完成|办结|合格|达标|覆盖|参保|接种|检出|整改|抽检|签约|管理|答复|回复|治愈|报到|到岗|及时|规范|建档|体检|筛查|随访|参与|满意|处置|执行)率"
_SHOULD = r"(?:应(?:完成|检|办|接种|答复|整改|管|到|参加|报|种|随访|处置|筛查|体检|建档)|计划(?:完成)?|任务(?:数)?|受理|收到|抽检|总数|共有)"
_DONE = r"(?:(?:已|实际?)(?:完成|检|办结|接种|答复|整改|管|到|参加|报|种|随访|处置|筛查|体检|建档)|办结|按时办结|合格|完成)"
_SHARE_FORMS = (
    (
        re.compile(
            rf"{_RATE_WORD}(?:为|达到?|是)?\s?{_PERCENT}\s?[（(]{_SHOULD}\s?{_NUMBER}[，,、]\s?{_DONE}\s?{_NUMBER}[）)]"
        ),
        (1, 2, 4),
    ),
    (
        re.compile(
            rf"{_SHOULD}\s?{_NUMBER}[，,、；]\s?{_DONE}\s?{_NUMBER}[，,、；]?\s?[\u4e00-\u9fff]{{0,4}}{_RATE_WORD}(?:为|达到?|是)?\s?{_PERCENT}"
        ),
        (5, 1, 3),
    ),
    (
        re.compile(
            rf"(?:完成|办结|实到|合格)?([0-9]+)\s?/\s?([0-9]+)[，,、（(]\s?[\u4e00-\u9fff]{{0,4}}{_RATE_WORD}(?:为|达到?)?\s?{_PERCENT}"
        ),
        (3, 2, 1),
    ),
)
_TOLERANCE = Decimal("0.1")


def _shares(part: PartReading) -> Iterator[Hit]:
    if "%" not in part.plain and "％" not in part.plain:
        return
    for pattern, (percent_at, whole_at, share_at) in _SHARE_FORMS:
        for match in pattern.finditer(part.plain):
            percent, whole, share = (
                Decimal(match[percent_at]),
                _value(match, whole_at),
                _value(match, share_at),
            )
            if not whole or share > whole * 5:
                continue
            ratio = share / whole * 100
            grain = Decimal(1).scaleb(-len(match[percent_at].partition(".")[2]))
            if abs(ratio - percent) > max(_TOLERANCE, grain):
                yield Hit(
                    part,
                    *match.span(),
                    f"按文中数字算得{ratio:.2f}%，写作{percent}%",
                    suggestion="核对比率与两个数",
                    confidence=0.88,
                )


def _value(match: re.Match[str], group: int) -> Decimal:
    scaled = group + 1 <= (match.re.groups or 0) and match[group + 1] == "万"
    return Decimal(match[group]) * (10_000 if scaled else 1)


_ITEMS = re.compile(
    r"(?:以下|下列|如下|抓好以下|做好以下)\s?([0-9]{1,2}|[二两三四五六七八九十]{1,3})\s?(?:项|个方面|方面|点|条|类|个|件|种|大)?(?:重点)?(?:工作|措施|任务|意见|要求|事项|问题|制度|内容|材料|原则|建议|情况|举措)?[^。；\n0-9]{0,8}(?:[：:。]|$)",
    re.MULTILINE,
)
_LISTED = re.compile(
    r"^[ \t]*(?:([一二三四五六七八九十]{1,3})、|[（(]([一二三四五六七八九十]{1,3})[）)]|([0-9]{1,2})[.．、]|[（(]([0-9]{1,2})[）)])",
    re.MULTILINE,
)
_INLINE = re.compile(r"(?:^|[：:；;。，,\s])([一二三四五六七八九十])是(?=[^否不])")


def _chinese(text: str) -> int:
    try:
        return int(text) if text.isdigit() else from_chinese("二" if text == "两" else text)
    except NumeralError:
        return 0


def _counts(part: PartReading) -> Iterator[Hit]:
    text = part.plain
    for match in _ITEMS.finditer(text):
        said = _chinese(match[1])
        tail = text[match.end() : match.end() + 6000]
        listed = _count_lines(tail) if not tail[:1].strip() else 0
        if not listed:
            inline = [
                _chinese(item[1])
                for item in _INLINE.finditer(text[match.end() - 1 : match.end() + 1500].partition("\n")[0])
            ]
            listed = len(inline) if inline == list(range(1, len(inline) + 1)) else 0
        if listed >= 2 and said >= 2 and listed != said:
            yield Hit(
                part, *match.span(), f"写明{said}项，实列{listed}项", suggestion="核对项数", confidence=0.8
            )


def _count_lines(tail: str) -> int:
    """Count the numbered lines of the first list in `tail`, of the level of its first line, ending where numbering breaks."""
    first = _LISTED.match(tail.lstrip("\n"))
    if not first:
        return 0
    level = next(group for group in range(1, 5) if first[group])
    count = 0
    for match in _LISTED.finditer(tail):
        if match[level]:
            if _chinese(match[level]) != count + 1:
                break
            count += 1
        elif level > 1 and any(match[group] for group in range(1, level)):
            break
    return count


_WORDS = re.compile(
    r"([壹贰叁肆伍陆柒捌玖拾佰仟万亿零]{2,24})[元圆](?:整|正|([壹贰叁肆伍陆柒捌玖])角(?:([壹贰叁肆伍陆柒捌玖])分)?)?[^0-9\n]{0,10}?[￥¥]?\s?([0-9][0-9,]*(?:\.[0-9]{1,2})?)(?![0-9年月日.])\s?(万)?元?"
)


def _amounts_in_words(part: PartReading) -> Iterator[Hit]:
    for match in _WORDS.finditer(part.plain):
        try:
            value = Decimal(from_chinese(match[1]))
            value += Decimal(from_chinese(match[2])) / 10 if match[2] else 0
            value += Decimal(from_chinese(match[3])) / 100 if match[3] else 0
            figure = Decimal(match[4].replace(",", "")) * (10_000 if match[5] else 1)
        except (NumeralError, InvalidOperation):
            continue
        if value != figure:
            yield Hit(
                part,
                *match.span(),
                f"大写为{value}元，小写为{figure}元",
                suggestion="核对大小写金额",
                confidence=0.93,
            )


_UNIT_ERROR = re.compile(
    r"[0-9]\s?(?:(万元?万元|亿元?亿元|万万|亿亿|元元|%%|％％|人人(?!均)|℃\s?度|度℃|℃℃|摄氏度度|mgmg|gg(?![A-Za-z])|kgkg|平方米米|平方平方米|公里里|毫升ml|ml毫升|mg毫克|毫克mg|元万|元亿|万千(?=[元人])|百分之\s?[0-9.]+\s?[%％])|[%％]\s?个?百分点|个百分点\s?[%％])"
    r"|百分之\s?[0-9.]+\s?[%％]|[￥¥]\s?[0-9.,]+\s?(?:万|亿)?元元"
)


_UNIT_SIGNS = ("万万", "亿亿", "亿元亿", "元元", "%%", "％％", "人人", "℃度", "℃ 度", "度℃", "℃℃", "度度", "mgmg", "gg", "kgkg", "米米", "平方平方", "里里", "升ml", "ml毫", "mg毫", "克mg", "元万", "元亿", "万千", "百分")  # fmt: skip


@detector("txt.unit_error")
def wrong_units(reading: Reading) -> Iterator[Hit]:
    """Find units written twice or mixed (万万元, 2.5%个百分点, 26℃度) and jumps of magnitude (计量单位或数量级错)."""
    for part in reading.parts:
        yield from magnitude_jumps(part)
        if not part.has_any(_UNIT_SIGNS):
            continue
        for match in _UNIT_ERROR.finditer(part.plain):
            start = match.start()
            while start and part.plain[start - 1] in "0123456789.,":
                start -= 1
            yield Hit(
                part, start, match.end(), "计量单位重复或混用", suggestion="核对单位与数量级", confidence=0.9
            )
