"""Dates (日期): such as cannot be, weekdays that do not fit, orders that contradict."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date

from gongkai.guard.core.reading import PartReading, Reading
from gongkai.guard.core.registry import Hit, detector

_FULL = re.compile(
    r"((?:19|20)(?<![0-9A-Za-z.\-/]..)[0-9]{2})(?:\s?年\s?([0-9]{1,2})\s?月(?:份)?(?:\s?([0-9]{1,2})\s?[日号])?|([-/.])([0-9]{1,2})\4([0-9]{1,2})(?![0-9A-Za-z\-/.]))"
)
_MONTH_DAY = re.compile(r"([0-9]{1,2})\s?月\s?([0-9]{1,2})\s?(?:日|号(?![文线楼院机令公]))")
_YEAR_BEFORE = re.compile(r"[0-9年\-/.]$|年\s$")
_LONE_MONTH = re.compile(
    r"(?:1[3-9]|[2-9][0-9])月(?<![0-9年第个近约满超过前后每达共逾龄.～~\-—]..月)(?<!年\s..月)(?:份)?(?=起|底|初|中旬|上旬|下旬|至|前|末|[0-9])"
)
_CLOCK = re.compile(r"([0-9]{1,2})[:：]([0-9]{2})(?:[:：]([0-9]{2}))?(?![0-9.:：%‰])")
_GLUED = re.compile(r"[0-9][:：]$|[0-9./A-Za-z]$")
_SPOKEN = re.compile(r"([0-9]{1,2})\s?时\s?(?:([0-9]{1,2})\s?分)(?![之钟])")
_LATE_HOUR = re.compile(
    r"(?:日|(?<![0-9.])[0-9]{1,2}\s?时(?:[0-9]{1,2}分)?\s?[至到—~～-])\s?((?:2[5-9]|[3-9][0-9])\s?时)(?!间|\s?[0-9])"
)
_COUNTED = re.compile(r"[0-9.第]$")
_SCALE = re.compile(
    r"比例|比值|稀释|滴度|配比|配制|浓度|效价|比分|兑水|医护比|床护比|师生比|尺|倍|经节|以赛亚|诗篇|章"
)
_WEEKDAYS = "一二三四五六日"
_WEEKDAY = re.compile(
    r"((?:19|20)[0-9]{2})\s?年\s?([0-9]{1,2})\s?月\s?([0-9]{1,2})\s?日\s?[（(，,]?\s?(?:星期|周|礼拜)([一二三四五六日天])"
)
_UNDATED_WEEKDAY = re.compile(
    r"(?<![0-9年])([0-9]{1,2})\s?月\s?([0-9]{1,2})\s?日\s?[（(]\s?(?:星期|周|礼拜)([一二三四五六日天])"
)


def _is_day(year: int, month: int, day: int) -> bool:
    return 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]


@detector("txt.date_invalid")
def impossible_dates(reading: Reading) -> Iterator[Hit]:
    """Find dates and times that cannot be (不存在的日期时间)."""
    for part in reading.parts:
        for match in _FULL.finditer(part.plain):
            year, month, day = _parts(match)
            if match[4] == "." and not _is_dotted_date(part, match):
                continue
            if part.in_url(match.start()):
                continue
            if not (1 <= month <= 12 and (day is None or _is_day(year, month, day))):
                yield _bad(
                    part,
                    match.start(),
                    match.end(),
                    f"{year}年{month}月" + (f"{day}日" if day is not None else ""),
                )
        if "月" in part.plain:
            for match in _MONTH_DAY.finditer(part.plain):
                if not _is_day(2024, int(match[1]), int(match[2])) and not _YEAR_BEFORE.search(
                    part.before(match.start(), 2)
                ):
                    yield _bad(part, match.start(), match.end(), f"{int(match[1])}月{int(match[2])}日")
            for match in _LONE_MONTH.finditer(part.plain):
                yield _bad(part, match.start(), match.end(), match[0])
        yield from _bad_times(part)


def _parts(match: re.Match[str]) -> tuple[int, int, int | None]:
    if match[4]:
        return int(match[1]), int(match[5]), int(match[6])
    return int(match[1]), int(match[2]), int(match[3]) if match[3] else None


def _is_dotted_date(part: PartReading, match: re.Match[str]) -> bool:
    """Tell whether numbers with dots are said to be a date; else they may be a version or a clause."""
    return (
        re.search(r"日期|时间|于|自|截至|至|到|期|[年月日]|\s$|^$", part.before(match.start(), 8)) is not None
        and int(match[5]) <= 31
    )


def _bad_times(part: PartReading) -> Iterator[Hit]:
    if ":" in part.plain or "：" in part.plain:
        for match in _CLOCK.finditer(part.plain):
            hour, minute, second = int(match[1]), int(match[2]), int(match[3] or 0)
            if (hour < 24 and minute < 60 and second < 60) or (hour, minute, second) == (24, 0, 0):
                continue
            if _GLUED.search(part.before(match.start(), 2)) or not _is_time(part, match, hour):
                continue
            yield _bad(part, match.start(), match.end(), match[0])
    if "时" in part.plain:
        for match in _LATE_HOUR.finditer(part.plain):
            yield _bad(part, match.start(1), match.end(), match[1])
        for match in _SPOKEN.finditer(part.plain):
            hour, minute = int(match[1]), int(match[2])
            if (hour > 24 or minute > 59 or (hour == 24 and minute)) and not _COUNTED.search(
                part.before(match.start(), 1)
            ):
                yield _bad(part, match.start(), match.end(), match[0])


def _is_time(part: PartReading, match: re.Match[str], hour: int) -> bool:
    """Tell whether two numbers with a colon are a time, not a ratio, a score or a reference."""
    before, after = part.before(match.start(), 12), part.after(match.end(), 8)
    if (
        _SCALE.search(before + after)
        or match[0].startswith("0:")
        or ("：" in match[0] and not re.search(r"[0-9日午晨晚上时点]\s?$|^$", before))
    ):
        return False
    if re.search(r"[0-9日午晨晚点时]\s?$|时间|开始|截止|于|至|到|[—\-~～]\s?$|^$|前$", before):
        return hour < 60
    return (
        hour <= 24
        and re.search(r"^\s?(?:分|前|后|开始|至|到|[—\-~～]|结束|举行|召开|$|。)", after) is not None
    )


def _bad(part: PartReading, start: int, end: int, said: str) -> Hit:
    return Hit(part, start, end, f"没有这个日期或时间：{said}", suggestion="核对后改正", confidence=0.96)


@detector("txt.weekday_mismatch")
def wrong_weekdays(reading: Reading) -> Iterator[Hit]:
    """Find dates whose weekday is another one (日期与星期不符)."""
    for part in reading.parts:
        if "周" not in part.plain and "星期" not in part.plain and "礼拜" not in part.plain:
            continue
        for match in _WEEKDAY.finditer(part.plain):
            year, month, day = (int(match[group]) for group in (1, 2, 3))
            yield from _weekday(part, match, year, month, day, match[4])
        publish = reading.context.publish_date
        for match in _UNDATED_WEEKDAY.finditer(part.plain) if publish else []:
            if publish is not None:
                yield from _weekday(part, match, publish.year, int(match[1]), int(match[2]), match[3])


def _weekday(
    part: PartReading, match: re.Match[str], year: int, month: int, day: int, said: str
) -> Iterator[Hit]:
    if not _is_day(year, month, day):
        return
    right = _WEEKDAYS[date(year, month, day).weekday()]
    if said.replace("天", "日") != right:
        closing = 1 if part.plain[match.end() : match.end() + 1] in "）)" else 0
        yield Hit(
            part,
            match.start(),
            match.end() + closing,
            f"{year}年{month}月{day}日是星期{right}，文中写作星期{said}",
            suggestion=f"核对日期，或改为“星期{right}”",
            confidence=0.95,
        )


_RANGE = re.compile(
    r"((?:19|20)[0-9]{2})\s?年\s?([0-9]{1,2})\s?月\s?([0-9]{1,2})\s?日?\s?(?:[上下]午)?(?:[（(][^）)\n]{1,6}[）)])?\s?(?:起\s?)?(?:至|到|—{1,2}|－|-|~|～|–)\s?(?:((?:19|20)[0-9]{2})\s?年\s?)?(?:([0-9]{1,2})\s?月\s?)?([0-9]{1,2})\s?日"
)
_RANGE_ISO = re.compile(
    r"((?:19|20)[0-9]{2})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})\s?(?:至|到|—{1,2}|~|～)\s?((?:19|20)[0-9]{2})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})"
)
_COMMENT = re.compile(
    r"征求意见(?:时间|期限|期|截止时间)?(?:为|是|：|:)?\s?(?:自|从)?$|意见征集(?:时间|期限|期)?(?:为|是|：|:)?\s?(?:自|从)?$"
)
_SHORTEST_COMMENT_DAYS = 7
_DATE = r"((?:19|20)[0-9]{2})\s?(?:年|[-/.])\s?([0-9]{1,2})\s?(?:月|[-/.])\s?([0-9]{1,2})\s?日?"
_FORMED = re.compile(rf"(?:成文(?:日期|时间)|生成日期)[：:\s|\t]{{0,3}}{_DATE}")
_RELEASED = re.compile(rf"(?:发布(?:日期|时间)|公开日期)[：:\s|\t]{{0,3}}{_DATE}")
_STARTS = re.compile(rf"自\s?{_DATE}起?(?:正式)?(?:施行|实施|执行|生效)")
_MADE = re.compile(rf"(?:于|自)?\s?{_DATE}(?:公布|发布|印发)")
_BACKDATED = re.compile(r"溯及|追溯|补发|追认|此前")


_SPANS = ("至", "到", "—", "－", "-", "~", "～", "–")


@detector("txt.date_order")
def contradicting_dates(reading: Reading) -> Iterator[Hit]:
    """Find ends before beginnings, publication before signature, force before publication (日期先后矛盾)."""
    for part in reading.parts:
        if not part.has_any(_SPANS):
            yield from _metadata_order(part, reading)
            continue
        for match in _RANGE.finditer(part.plain):
            first = _date(match[1], match[2], match[3])
            last = _date(match[4] or match[1], match[5] or match[2], match[6])
            if first and last and last < first and not (match[4] is None and _crosses_year(part, match)):
                yield Hit(
                    part,
                    *match.span(),
                    f"止于{last.isoformat()}，早于开始的{first.isoformat()}",
                    suggestion="核对起止日期",
                    confidence=0.93,
                )
            elif (
                first
                and last
                and (last - first).days + 1 < _SHORTEST_COMMENT_DAYS
                and _COMMENT.search(part.before(match.start(), 16))
            ):
                yield Hit(
                    part,
                    *match.span(),
                    f"征求意见只有{(last - first).days + 1}天，短于各项规定",
                    suggestion="规范性文件一般不少于7个工作日，规章与重大决策一般不少于30日",
                    confidence=0.7,
                )
        for match in _RANGE_ISO.finditer(part.plain):
            first, last = _date(*match.groups()[:3]), _date(*match.groups()[3:])
            if first and last and last < first:
                yield Hit(
                    part,
                    *match.span(),
                    f"止于{last.isoformat()}，早于开始的{first.isoformat()}",
                    suggestion="核对起止日期",
                    confidence=0.93,
                )
        yield from _metadata_order(part, reading)


def _crosses_year(part: PartReading, match: re.Match[str]) -> bool:
    """Tell whether an end without a year is said to lie in the next one."""
    return re.search(r"次年|翌年|跨年", part.plain[match.start() : match.end() + 6]) is not None


def _metadata_order(part: PartReading, reading: Reading) -> Iterator[Hit]:
    formed, released = _FORMED.search(part.plain), _RELEASED.search(part.plain)
    if formed and released:
        made, shown = _date(*formed.groups()), _date(*released.groups())
        if made and shown and shown < made:
            start, end = min(formed.start(), released.start()), max(formed.end(), released.end())
            yield Hit(
                part,
                start,
                end,
                f"发布日期{shown.isoformat()}早于成文日期{made.isoformat()}",
                suggestion="核对两个日期",
                confidence=0.93,
            )
    elif formed and reading.context.publish_date:
        made = _date(*formed.groups())
        if made and reading.context.publish_date < made:
            yield Hit(
                part,
                *formed.span(),
                f"成文日期{made.isoformat()}晚于发布日期{reading.context.publish_date.isoformat()}",
                suggestion="核对两个日期",
                confidence=0.9,
            )
    starts = _STARTS.search(part.plain)
    made_public = _MADE.search(part.plain, *part.sentence_span(starts.start())) if starts else None
    if starts and made_public and not _BACKDATED.search(part.plain):
        force, public = _date(*starts.groups()), _date(*made_public.groups())
        if force and public and force < public:
            yield Hit(
                part,
                *starts.span(),
                f"施行日期{force.isoformat()}早于公布日期{public.isoformat()}",
                suggestion="核对日期，或说明溯及力",
                confidence=0.75,
            )


def _date(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
