"""Title against body (标题与正文): year, kind of paper, what is issued, and who issues it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gongkai.guard.core.reading import PartReading, Reading
from gongkai.guard.core.registry import Hit, detector

_TITLE_YEAR = re.compile(r"((?:19|20)[0-9]{2})\s?(?:年度?|-)")
_BODY_YEAR = re.compile(r"(?<![0-9〔\[（(])((?:19|20)[0-9]{2})\s?年")
_REPORT_LINE = re.compile(
    r"(?:现将|将)?(?:本(?:单位|局|委|机关))?((?:19|20)[0-9]{2})年(?:度)?[\u4e00-\u9fff]{0,24}?(?:如下|公布|报告|要点|安排|计划|通知如下)"
)
_KIND = re.compile(r"(?:的)?(通知|公告|通告|通报|意见|报告|请示|批复|函|决定|公示|方案|办法)$")
_CLOSING = {
    "特此通知": "通知",
    "特此公告": "公告",
    "特此通告": "通告",
    "特此公示": "公示",
    "特此函复": "函",
    "特此函告": "函",
    "特此批复": "批复",
    "特此通报": "通报",
}


@detector("txt.title_body_mismatch")
def title_against_body(reading: Reading) -> Iterator[Hit]:
    """Find a body that reports on another year, or closes as another kind of paper, than its title (标题与正文不符)."""
    if not reading.title:
        return
    years = {int(year) for year in _TITLE_YEAR.findall(reading.title)}
    kind = _KIND.search(reading.title)
    for part in reading.parts:
        if part.part.kind != "text":
            continue
        if len(years) == 1:
            yield from _other_year(part, reading.title, next(iter(years)))
        yield from _other_matter(part, reading.title)
        yield from _other_issuer(part, reading.title)
        tail = part.plain[-400:]
        for phrase, right in _CLOSING.items():
            at = tail.rfind(phrase)
            if (
                kind
                and at >= 0
                and kind[1] != right
                and right not in reading.title
                and not _kindred(kind[1], right)
            ):
                start = len(part.plain) - len(tail) + at
                yield Hit(
                    part,
                    start,
                    start + len(phrase),
                    f"标题是“{kind[1]}”，文末写“{phrase}”",
                    suggestion="统一文种",
                    confidence=0.75,
                )


def _kindred(one: str, other: str) -> bool:
    return {one, other} <= {"公告", "通告", "公示"} or one in ("办法", "方案", "意见", "报告", "决定")


def _other_year(part: PartReading, title: str, year: int) -> Iterator[Hit]:
    """Report the first line that speaks of another year, when the opening never names the year of the title."""
    head = part.plain[:600]
    if head.lstrip().startswith(title):
        end = head.find(title) + len(title)
        head = " " * end + head[end:]
    if str(year) in head:
        return
    for match in _REPORT_LINE.finditer(head):
        if not re.search(r"(?:根据|按照|依据|对照|结合|总结|回顾|较|比)$", part.before(match.start(), 4)):
            yield Hit(
                part,
                match.start(1),
                match.end(),
                f"标题是{year}年，正文写的是{match[1]}年",
                suggestion="核对年份",
                confidence=0.8,
            )
            return


_ISSUES = re.compile(
    r"关于(?:印发|转发|发布|公布|下发|修订印发)[《“]?(.{4,80}?)[》”]?的(?:通知|公告|通报|函)$"
)
_ISSUED = re.compile(
    r"现将(?:修订后的)?《([^》\n]{4,80})》(?:（[^）]{0,20}）)?(?:印发|转发|下发|发布|公布|予以(?:印发|公布|发布))"
)
_LOOSE = re.compile(r"[\s《》“”（）()〈〉]|试行|修订|暂行|[\u4e00-\u9fff]{1,8}(?:省|市|县|区)(?=20)")


def _other_matter(part: PartReading, title: str) -> Iterator[Hit]:
    """Report a body that issues another paper than the title names."""
    named, issued = _ISSUES.search(title.strip()), _ISSUED.search(part.plain[:1500])
    if not named or not issued:
        return
    one, other = _LOOSE.sub("", named[1]), _LOOSE.sub("", issued[1])
    if one not in other and other not in one:
        yield Hit(
            part,
            *issued.span(1),
            f"标题印发的是“{named[1]}”，正文印发的是“{issued[1]}”",
            suggestion="核对标题与正文",
            confidence=0.8,
        )


_BODY_NAME = r"[\u4e00-\u9fff]{2,14}?(?:委员会办公室|卫生健康委员会|卫生健康局|卫健委|卫健局|委员会|人民政府办公室|人民政府|办公室|中心|医院|管理局|保障局|局|厅|委)"
_ISSUER = re.compile(rf"^({_BODY_NAME})(?=关于)")
_SIGNATURE = re.compile(
    rf"^[ \t]*({_BODY_NAME})[ \t]*\n[ \t]*(?:19|20)[0-9]{{2}}年[0-9]{{1,2}}月[0-9]{{1,2}}日", re.MULTILINE
)
_PLACE = re.compile(r"^[\u4e00-\u9fff]{2,7}?(?:省|市|县|区|旗|州)")


def _other_issuer(part: PartReading, title: str) -> Iterator[Hit]:
    """Report a signature of another place than the body that the title names (青禾县…关于…, signed 沙河县…)."""
    issuer, signed = (
        _ISSUER.search(title.strip()),
        _SIGNATURE.search(part.plain, max(0, len(part.plain) - 600)),
    )
    if not issuer or not signed:
        return
    one, other = _PLACE.match(issuer[1]), _PLACE.match(signed[1])
    if one and other and one[0] not in signed[1] and other[0] not in issuer[1]:
        yield Hit(
            part,
            *signed.span(1),
            f"标题的发文单位是“{issuer[1]}”，落款是“{signed[1]}”",
            suggestion="核对发文单位与落款",
            confidence=0.8,
        )
