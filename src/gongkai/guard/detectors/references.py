"""References (引用): former names of agencies, laws no longer in force, document numbers beside the wrong title."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from difflib import SequenceMatcher
from functools import lru_cache

from gongkai.guard.core.lexicon import Lexicon, alternation
from gongkai.guard.core.reading import PartReading, Reading
from gongkai.guard.core.registry import Hit, detector
from gongkai.guard.core.time_frame import sentence_year, text_date


@lru_cache(maxsize=8)
def _agencies(lexicon: Lexicon) -> re.Pattern[str]:
    return re.compile(alternation(lexicon.lists["former_agencies"]))


@lru_cache(maxsize=8)
def _history(lexicon: Lexicon, name: str) -> re.Pattern[str]:
    return re.compile(lexicon.pattern(name))


def _within_book(part: PartReading, start: int, end: int) -> bool:
    """Tell whether the span stands between 《 and 》, or in the name of a numbered old document."""
    left = part.plain.rfind("《", max(0, start - 80), start)
    return left >= 0 and "》" not in part.plain[left:start] and "》" in part.plain[end : end + 80]


@detector("txt.old_agency")
def former_agencies(reading: Reading) -> Iterator[Hit]:
    """Find names that agencies bore before a reform, unless history is told (机构旧名)."""
    frame = text_date(reading)
    table = reading.lexicon.lists["former_agencies"]
    for part in reading.parts:
        for match in _agencies(part.lexicon).finditer(part.plain):
            entry = table[match[0]]
            since = date.fromisoformat(entry["since"])
            if (frame is not None and frame < since) or (
                frame is not None and frame.year == since.year and not reading.context.publish_date
            ):
                continue
            if _within_book(part, *match.span()) or _is_history(part, match, since):
                continue
            start = _with_place(part.plain, match.start())
            yield Hit(
                part,
                start,
                match.end(),
                f"“{match[0]}”自{since.year}年机构改革后不再使用",
                suggestion=f"改为“{entry['now']}”；确在叙述改革以前的事，前面加“原”字",
                confidence=0.85,
            )


_PLACE = re.compile(r"(?:[\u4e00-\u9fff]{0,3}[省市县区州盟旗]|国家|全国|[\u4e00-\u9fff]{0,2}自治区)$")


def _with_place(text: str, start: int) -> int:
    found = _PLACE.search(text, max(0, start - 6), start)
    return (
        found.start() if found and not re.search(r"[，。、：；在由向报和与会同对经由至]", found[0]) else start
    )


def _is_history(part: PartReading, match: re.Match[str], since: date) -> bool:
    start, end = part.sentence_span(match.start())
    before = part.plain[max(start, match.start() - 16) : match.start()]
    after = part.plain[match.end() : min(end, match.end() + 24)]
    if re.search(r"原[\u4e00-\u9fff、]{0,12}$", before) or re.match(
        r"[^，。；]{0,6}(?:更名|改名|撤销|并入|不再保留|划入|划转|（现|\(现)", after
    ):
        return True
    if re.search(r"更名为|改称|并更名|现为", part.plain[match.end() : min(end, match.end() + 48)]):
        return True
    if re.search(r"(?:不再保留|撤销|组建前|前身(?:是|为)?|旧称|时任)[^。]{0,30}$", before):
        return True
    year = sentence_year(part.plain[start:end])
    if year is not None and year <= since.year:
        return True
    return (
        year is None
        and re.match(r"[^。；，]{0,12}(?:印发的|发布的|颁布的|核发的|颁发的|制定的)", after) is not None
        and "原" in part.plain[start:end]
    )


@lru_cache(maxsize=8)
def _laws(lexicon: Lexicon) -> tuple[re.Pattern[str], dict[str, dict[str, object]]]:
    rows = {str(row["old"]): row for row in lexicon.lists["outdated_laws"]}
    return re.compile(alternation(list(rows))), rows


_EDITION = re.compile(r"》?[\s]?[（(]\s?((?:19|20)[0-9]{2})\s?年?[^）)\n]{0,8}[）)]")
_PAST_DUTY = re.compile(
    r"废止|停止执行|不再执行|失效|修改为|更名为|改为|替代|取代|修订历程|沿革|行为时|行为发生时|当时(?:有效|适用)|取消|旧法|历史|修订(?:前|后)|代替|被《"
)


@detector("txt.law_outdated")
def outdated_laws(reading: Reading) -> Iterator[Hit]:
    """Find citations of rules that were repealed or renamed (引用已废止或改名的法规)."""
    frame = text_date(reading)
    for part in reading.parts:
        pattern, rows = _laws(part.lexicon)
        for match in pattern.finditer(part.plain):
            row = rows[match[0]]
            since = date.fromisoformat(str(row["since"]))
            if frame is not None and frame < since:
                continue
            edition = _EDITION.match(part.plain, match.end())
            years = row.get("years")
            if isinstance(years, list) and (edition is None or edition[1] not in years):
                continue
            start, end = part.sentence_span(match.start())
            before = part.plain[max(start, match.start() - 24) : match.start()]
            after = part.plain[match.end() : min(end, match.end() + 40)]
            if re.search(r"原(?:《|中华)[^》]{0,12}$|原$", before) or _PAST_DUTY.search(before + "|" + after):
                continue
            year = sentence_year(before)
            if year is not None and year < since.year:
                continue
            new = row.get("new")
            begin = _name_start(part.plain, match.start())
            yield Hit(
                part,
                begin,
                edition.end() if isinstance(years, list) and edition else match.end(),
                f"{since.isoformat()}起已{'由“' + str(new) + '”代替' if new else '取消，没有接替的规定'}",
                suggestion=f"改引“{new}”；处罚依据行为时法律的，写明“当时有效”"
                if new
                else "删去引用，或说明已取消",
                confidence=0.85,
            )


def _name_start(text: str, start: int) -> int:
    full = "中华人民共和国"
    start = start - len(full) if text[max(0, start - len(full)) : start] == full else start
    return start


_TITLE_NUMBER = re.compile(
    r"《([^《》\n]{4,80})》\s?[（(]\s?((?:[\u4e00-\u9fff]{2,10}〔[0-9]{4}〕[0-9]{1,5}号)|国务院令\s?第\s?[0-9]{1,4}\s?号|(?:中华人民共和国)?国务院令\s?第\s?[0-9]{1,4}\s?号)"
)
_PREFIX = re.compile(
    r"^(?:中华人民共和国|国务院办公厅|国务院|国家卫生健康委(?:员会)?(?:办公厅)?|中共中央办公厅|关于|印发|公布|发布|转发|的通知|\s|《|》)+"
)
_TAIL = re.compile(r"(?:的通知|》|《|\s|（试行）|\(试行\))+$")
_NAME_PART = re.compile(
    r"[《》\s（）()]|中华人民共和国|国务院办公厅|国务院|国家卫生健康委员会|国家卫生健康委|办公厅|关于|印发|公布|的通知|试行|暂行"
)


def _core(title: str) -> str:
    return _NAME_PART.sub("", title)


@detector("txt.docno_title_mismatch")
def mismatched_titles(reading: Reading) -> Iterator[Hit]:
    """Find a known title beside a number that is not its own, or a known number beside another title (文号与标题不符)."""
    table = {number: str(title) for number, title in reading.lexicon.lists["document_titles"].items()}
    numbers = {_core(title): number for number, title in table.items()}
    for part in reading.parts:
        if "》" not in part.plain:
            continue
        for match in _TITLE_NUMBER.finditer(part.plain):
            number = re.sub(r"\s|中华人民共和国", "", match[2])
            title = _core(match[1])
            right_number = numbers.get(title)
            right_title = table.get(number)
            if right_number is not None and right_number != number:
                if (
                    number == "国务院令第492号"
                    and "2019" not in part.after(match.end(), 12)
                    and _PAST_DUTY.search(part.after(match.end(), 20))
                ):
                    continue
                yield Hit(
                    part,
                    match.start(1),
                    match.end(2),
                    f"《{match[1]}》的文号是{right_number}，文中写作{number}",
                    suggestion=f"核对后改为“{right_number}”",
                    confidence=0.9,
                )
            elif right_number is None and right_title is not None and not _alike(title, _core(right_title)):
                yield Hit(
                    part,
                    match.start(1),
                    match.end(2),
                    f"{number}是《{right_title}》的文号，文中写作《{match[1]}》",
                    suggestion="核对文件名与文号",
                    confidence=0.8,
                )


_SIMILAR = 0.6


def _alike(one: str, other: str) -> bool:
    return (
        bool(one)
        and bool(other)
        and (one in other or other in one or SequenceMatcher(None, one, other).ratio() >= _SIMILAR)
    )
