"""Document numbers (发文字号): 机关代字〔年份〕序号号, GB/T 9704-2012."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gongkai.guard.core.reading import Reading
from gongkai.guard.core.registry import Hit, detector

_AGENCY = r"[\u4e00-\u9fff]{2,12}"
_OPEN, _CLOSE = r"[\[(（［【〈《〔<{｛]", r"[\])）］】〉》〕>}｝]"
_BRACKETED = re.compile(
    rf"(?<=[\u4e00-\u9fff])({_OPEN})\s?((?:19|20)[0-9０-９]{{2}})\s?({_CLOSE})\s?(第?\s?[0-9０-９]{{1,5}}\s?号)"
)
_CODE = re.compile(r"[\u4e00-\u9fff]{2,12}$")
_CASE = re.compile(
    r"(?:证字|罚字|案字|许字|备字|审字|登字|监字|公告|通告|决定书|裁定|裁|证|执|初|终|民|刑|简|移字|药监械|准字|准|备案|第|检字|鉴字|鉴|意见书|告知书|通知书|许可|公字|水字)$"
)
_FORMAT = re.compile(r"(?<=[\u4e00-\u9fff])〔\s?([0-9]{2,4})\s?〕\s?(第)?\s?([0-9]{1,5})\s?(号?)")


def _code_before(text: str, position: int) -> str:
    found = _CODE.search(text, max(0, position - 12), position)
    return found[0] if found else ""


@detector("txt.docno_bracket")
def wrong_brackets(reading: Reading) -> Iterator[Hit]:
    """Find document numbers whose year does not stand in hexagonal brackets 〔〕 (发文字号括号用错)."""
    for part in reading.parts:
        for match in _BRACKETED.finditer(part.visible):
            if match[1] == "〔" and match[3] == "〕":
                continue
            code = _code_before(part.visible, match.start())
            if len(code) < 2 or _CASE.search(code):
                continue
            start = match.start() - min(len(code), _code_length(code))
            year, number = match[2], match[4]
            yield Hit(
                part,
                start,
                match.end(),
                f"发文字号的年份应放在六角括号〔〕里，现在是“{match[1]}{match[3]}”",
                replacement=f"{part.visible[start : match.start()]}〔{year}〕{number}",
                confidence=0.98,
            )


def _code_length(code: str) -> int:
    """Return how many characters at the end of `code` belong to the agency code, without the words that lead to it."""
    lead = re.match(
        r".*(?:根据|依据|按照|文件|执行|关于|参照|印发|下发|转发|将|见|及|和|与|以|号为|文号|通知|对|的|由|在|经|把|是|据|按|依|了)",
        code,
    )
    rest = len(code) - (lead.end() if lead else 0)
    return rest if rest >= 2 else len(code)


@detector("txt.docno_format")
def wrong_formats(reading: Reading) -> Iterator[Hit]:
    """Find document numbers with 第, a leading zero, a year of two digits, or without 号 (发文字号其他格式错)."""
    for part in reading.parts:
        for match in _FORMAT.finditer(part.plain):
            year, ordinal, number, mark = match.groups()
            code = _code_before(part.plain, match.start())
            if len(code) < 2 or _CASE.search(code):
                continue
            faults = _faults(year, ordinal, number, mark, part.plain[match.end() : match.end() + 1])
            if not faults:
                continue
            start = match.start() - min(len(code), _code_length(code))
            full_year = year if len(year) == 4 else f"20{year}"
            certain = len(year) == 4 or int(year) <= 35
            fixed = f"{part.plain[start : match.start()]}〔{full_year}〕{int(number)}号"
            yield Hit(
                part,
                start,
                match.end(),
                f"发文字号格式：{'、'.join(faults)}",
                suggestion=f"改为“{fixed}”",
                replacement=fixed if certain and int(number) else None,
                confidence=0.95,
            )


def _faults(year: str, ordinal: str | None, number: str, mark: str, following: str) -> list[str]:
    faults = []
    if len(year) != 4:
        faults.append("年份应写四位")
    if ordinal:
        faults.append("序号前不加“第”")
    if number.startswith("0"):
        faults.append("序号不编虚位")
    if not mark and following not in ("、", "-", "—", "~", "～", "至", "，", "和", "/"):
        faults.append("缺“号”字")
    return faults
