"""What is told of care (就医情形): frames of care, words of suffering, pregnancy and birth in a text, whoever they are told of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from gongkai.guard.core.lexicon import Lexicon
from gongkai.guard.core.private_words import ILL_SIGNS, ORGAN, private_words


@dataclass(frozen=True, slots=True)
class Matter:
    """Care that somebody received: half-open span in the text, and how plainly it is told, 1 to 3."""

    start: int
    end: int
    weight: int


_OF_LONG_AGO = re.compile(
    r"名著|小说《|长篇小说|书目|《[^》]{1,12}》[中里]|1[0-8][0-9]{2}年|史载|史书|清末|清初|明末|民国|光绪|乾隆|康熙|县志|相传|典故|古代|历代|[清明元宋唐隋汉晋魏]代|[东西]汉|三国时|著有|撰成|医家|药王|医圣"
)
_YEAR = re.compile(r"(?<![0-9])((?:19|20)[0-9]{2})年(?![^，。]{0,6}生)")
_LIVING = 1950  # of whom only earlier years are told, nobody asks any more
_OBITUARY = re.compile(r"讣告|讣闻|治丧")
_OF_LICENCES = re.compile(
    r"证书编号|考核合格证|执业证书|执业注册|技术服务资质|(?:准予|予以)(?:换发|注册|延续|变更)|资格证书"
)


_OWN_HEALTH = re.compile(r"因患|因病|身患|罹患|确诊为|因[^，。]{0,6}(?:手术|住院|病故|去世)")


def is_of_work(sentence: str, lexicon: Lexicon) -> bool:
    """Tell whether a sentence speaks of licences or of people of the past, or is an obituary without the illness, so that its names are no patients."""
    if _OF_LONG_AGO.search(sentence) is not None:
        return True
    years = [int(found[1]) for found in _YEAR.finditer(sentence)]
    if years and max(years) < _LIVING:
        return True
    if _OBITUARY.search(sentence) is not None:
        return private_words(lexicon).named_diseases.search(sentence) is None
    return _OF_LICENCES.search(sentence) is not None and _OWN_HEALTH.search(sentence) is None


_ADVICE = re.compile(
    r"(?:及时|尽早|尽快|立即|主动)(?:到|去|前往|送|就|复|联系|告知|开窗)|(?:^|[，；、：])请(?:及时|广大|市民|居民|村民|家长|大家|公众|群众|主动|勿|不要|到|您|注意|做好)"
    r"|(?:应当?|要|需要?|可|须|宜)(?:及时|尽早|尽快|立即|随身|注意|常|多|勤|少)|[常勤多][开洗通锻]|戴口罩|不要自行|自测|(?:^|[，；])(?:如|若)(?:有|出现|果|遇|发现)|一旦|者(?:可|宜|应|须|需|慎|忌|要)|宜[\u4e00-\u9fff]|适量|慎[用食]|忌[口食]|[多少]吃|少食|富含|建议|温馨提示|健康提示|谨防|预防|早晚"
)
_HAPPENED = re.compile(
    r"确诊|被诊断|[0-9]月[0-9]{1,2}日|昨[日天晚]|前[日天]|今[晨晚]|已(?:经)?[^，。；]{0,4}(?:治|出院|入|住|转|康|愈)|送到|送至|抢救|病情"
)


def is_advice(sentence: str) -> bool:
    """Tell whether a sentence tells everybody what to do (出现发热及时就诊), and of nothing that happened: only a plain name counts there."""
    return _ADVICE.search(sentence) is not None and _HAPPENED.search(sentence) is None


def births(text: str, lexicon: Lexicon) -> list[Matter]:
    """Return the words in `text` that tell of pregnancy, birth, contraception or aid for having (lost) a child."""
    return [Matter(*match.span(), 3) for match in private_words(lexicon).births.finditer(text)]


def treated_by_name(text: str, lexicon: Lexicon, start: int, end: int) -> Iterator[Matter]:
    """Yield the words before which a name alone tells of care (患者, 12床), where Chinese characters follow."""
    for match in private_words(lexicon).called_here.finditer(text, start, end):
        yield Matter(*match.span(), 1)


# where a frame can begin: only there is the long pattern tried, which is many times faster than a search
_FRAME_LEADS = re.compile(
    "[行做作接动施送转收住去到在来自诉主出伴反突感检化筛核抗抗尿试体血复残伤评视听肢智精言一二三四五六七八九1-9致缝"
    + "".join(sorted(set(ORGAN.replace("|", ""))))
    + "]"
)
_ILL_SIGN = re.compile(f"[{ILL_SIGNS}]")
_LONGEST_STOP = 12
_TITLE = re.compile(r"《[^《》]{1,60}》")


def matters(text: str, lexicon: Lexicon, start: int = 0, end: int | None = None) -> list[Matter]:
    """Return the words in `text[start:end]` that tell of care received, of suffering or of death, in order of place."""
    words = private_words(lexicon)
    end = len(text) if end is None else end
    found = [Matter(*match.span(), 3) for match in words.suffered.finditer(text, start, end)]
    found += [Matter(*match.span(), 2) for match in words.cared.finditer(text, start, end)]
    found += [Matter(*match.span(), 1) for match in words.diseases.finditer(text, start, end)]
    passed = start
    for lead in _FRAME_LEADS.finditer(text, start, end):
        at = lead.start()
        if at >= passed and (match := words.frames.match(text, at, end)) is not None:
            found.append(Matter(*match.span(), 3))
            passed = match.end()
    for sign in _ILL_SIGN.finditer(text, start, end):
        near = text[max(start, sign.start() - 6) : sign.start() + 7]
        if words.of_trade.match(text, sign.end(), end):
            continue
        if not _lies_in(words.not_ill, text, sign.start(), start) and not ("·" in near and sign[0] in "吐毒"):
            found.append(Matter(*sign.span(), 2))
    titles = [match.span() for match in _TITLE.finditer(text, start, end)] if "《" in text else ()
    told = [one for one in found if not any(left < one.start < right for left, right in titles)]
    return sorted(told, key=lambda one: (one.start, -one.weight))


def _lies_in(stop: re.Pattern[str], text: str, place: int, start: int) -> bool:
    """Tell whether a word of `stop` covers `place`."""
    for at in range(place, max(start, place - _LONGEST_STOP) - 1, -1):
        found = stop.match(text, at)
        if found is not None and found.end() > place:
            return True
    return False
