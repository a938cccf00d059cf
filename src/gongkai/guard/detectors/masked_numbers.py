"""Masked identity numbers (遮挡过的身份证号): masks that show too much, and masks that together show everything."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gongkai.guard.core.checksums import PROVINCES
from gongkai.guard.core.labels import label_kind
from gongkai.guard.core.persons import begins_with_surname, find_names
from gongkai.guard.core.reading import PartReading, Reading
from gongkai.guard.core.registry import Hit, detector

_MASKS = "*×＊●■✱﹡∗xX#＃_"
_ANY_MASK = re.compile(f"[{_MASKS}]")
_MASKED = re.compile(rf"(?<![0-9A-Za-z*×＊●■])[0-9{_MASKS}]{{17}}[0-9{_MASKS}](?![0-9A-Za-z*×＊●■])")
_LOOSE = re.compile(rf"(?<![0-9A-Za-z{_MASKS}])[0-9{_MASKS}]{{14,24}}(?![0-9A-Za-z{_MASKS}])")
_SHOWN_BIRTH = re.compile(r"(?:19[0-9]{2}|20[0-3][0-9])(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])")
_TO_STAR = str.maketrans(dict.fromkeys(_MASKS, "*"))
_BIRTH = slice(6, 14)
_MOST_BIRTH_DIGITS = 2
_FEWEST_MASKED = 6
_MOST_UNKNOWN = 2


def _has_masks(part: PartReading) -> bool:
    return part.remember("masks", lambda: _ANY_MASK.search(part.plain) is not None)


def _masked_numbers(part: PartReading) -> Iterator[tuple[int, int, str]]:
    if not _has_masks(part):
        return
    for match in _MASKED.finditer(part.plain):
        raw = match[0]
        stars = raw[:17].translate(_TO_STAR) + (raw[17] if raw[17] in "xX" or raw[17].isdigit() else "*")
        if "*" not in stars[:17] or sum(char.isdigit() for char in stars) < 3:
            continue
        head = stars[:2]
        if head.isdigit() and head not in PROVINCES:
            continue
        if label_kind(part, match.start()) in ("code", "serial", "bank", "mobile"):
            continue
        yield match.start(), match.end(), stars


@detector("pii.id_weak_mask")
def weak_masks(reading: Reading) -> Iterator[Hit]:
    """Find masks that leave more than two birth digits, or cover fewer than six characters (遮挡不够)."""
    for part in reading.parts:
        for start, end, stars in _masked_numbers(part):
            shown = sum(char != "*" for char in stars[_BIRTH])
            hidden = stars.count("*")
            if shown > _MOST_BIRTH_DIGITS or hidden < _FEWEST_MASKED:
                head = (
                    stars[:6]
                    if stars[:6].isdigit() and stars[14:].isalnum() and "*" not in stars[14:]
                    else ""
                )
                fixed = f"{head}********{stars[14:]}" if head else stars[:2] + "*" * 13 + stars[15:]
                yield Hit(
                    part,
                    start,
                    end,
                    f"遮挡不够：出生日期露出{shown}位，共遮{hidden}位",
                    replacement=_safe(fixed),
                    confidence=0.97,
                )
        yield from _loose_masks(part)


def _loose_masks(part: PartReading) -> Iterator[Hit]:
    """Yield masks that are longer or shorter than the number they stand for, and leave a birth date to be read."""
    for match in _LOOSE.finditer(part.plain) if _has_masks(part) else ():
        stars = match[0].translate(_TO_STAR)
        if len(stars) == 18 or stars.count("*") < 2 or not _is_identity(part, match.start()):
            continue
        if _SHOWN_BIRTH.search(stars) or _shows_birth(stars):
            yield Hit(
                part,
                *match.span(),
                "遮挡不够：出生日期露出",
                replacement=f"{stars[:2]}{'*' * 16}" if stars[:2].isdigit() else "*" * 18,
                confidence=0.9,
            )


_IDENTITY = re.compile(r"残疾人?证|身份证|证件号|公民身份|身份号码")
_CENTURY = ("19", "20")
_OTHER_KINDS = ("code", "serial", "bank", "mobile", "amount")


def _is_identity(part: PartReading, place: int) -> bool:
    """Tell whether a masked number is one of identity, by its label, its heading or its sentence; a disability paper repeats it."""
    kind = label_kind(part, place)
    if kind == "id" or _IDENTITY.search(part.heading_at(place)):
        return True
    start, end = part.sentence_span(place)
    return (
        kind not in _OTHER_KINDS
        and _IDENTITY.search(part.plain, max(start, place - 60), min(end, place + 60)) is not None
    )


def _shows_birth(stars: str) -> bool:
    """Tell whether an area code and the beginning of a birth date stand open (51302119870****6631)."""
    birth = stars[_BIRTH]
    return (
        stars[:6].isdigit()
        and stars[:2] in PROVINCES
        and stars.count("*") > 1
        and birth[:2] in _CENTURY
        and sum(char != "*" for char in birth) > _MOST_BIRTH_DIGITS
    )


def _safe(fixed: str) -> str:
    """Return the mask, covered further until it passes its own rule."""
    return fixed if fixed.count("*") >= _FEWEST_MASKED else fixed[:2] + "*" * 13 + fixed[15:]


@detector("pii.mask_combination")
def combined_masks(reading: Reading) -> Iterator[Hit]:
    """Find the same person masked in two ways that together leave two digits unknown at most (拼合可还原)."""
    seen: dict[str, list[tuple[PartReading, int, int, str]]] = {}
    for part in reading.parts:
        for start, end, stars in _masked_numbers(part):
            line_start, line_end = part.line_span(start)
            line_start, line_end = max(line_start, start - 60), min(line_end, end + 30)
            names = find_names(part.plain, part.lexicon, line_start, line_end)
            before = [name for name in names if name.end <= start]
            near = before[-1] if before else next(iter(names), None)
            if near is not None:
                seen.setdefault(part.plain[near.start : near.end], []).append((part, start, end, stars))
    told = list(_combined_beside_name(reading))
    yield from told
    places_told = {(id(hit.part), hit.start) for hit in told}
    for places in seen.values():
        union = places[0][3]
        for part, start, end, stars in places[1:]:
            if any(a != b and "*" not in (a, b) for a, b in zip(union, stars, strict=True)):
                continue
            known_before = union.count("*")
            union = "".join(b if a == "*" else a for a, b in zip(union, stars, strict=True))
            if union.count("*") <= _MOST_UNKNOWN < known_before and (id(part), start) not in places_told:
                yield Hit(
                    part,
                    start,
                    end,
                    f"同一人在文中两处遮法不同，合起来只剩{union.count('*')}位未知；全文统一一种遮法",
                    confidence=0.95,
                )


_MASKED_MOBILE = re.compile(rf"(?<![0-9A-Za-z{_MASKS}])1[0-9{_MASKS}]{{10}}(?![0-9A-Za-z{_MASKS}])")
_CALLED = re.compile(r"[\u4e00-\u9fff]{2,3}")
_REACH = 40
_LEAST_SHOWN = 3


def _combined_beside_name(reading: Reading) -> Iterator[Hit]:
    """Yield a number masked otherwise than before, in a line that names the same person, when both together show it."""
    seen: list[tuple[str, str]] = []
    for part in reading.parts:
        mobiles = _MASKED_MOBILE.finditer(part.plain) if _has_masks(part) else ()
        numbers = [(*match.span(), match[0].translate(_TO_STAR)) for match in mobiles]
        for start, end, stars in sorted([*numbers, *_masked_numbers(part)]):
            if "*" not in stars:
                continue
            line, _ = part.line_span(start)
            before = part.plain[max(line, start - _REACH) : start]
            if any(_tell_all(other, stars) and _names_in_both(near, before, part) for other, near in seen):
                message = "同一人的号码两处遮法不同，合起来能还原；全文统一一种遮法"
                yield Hit(part, start, end, message, confidence=0.9)
            seen.append((stars, before))


def _tell_all(one: str, other: str) -> bool:
    """Tell whether two masks of equal length agree, hide different places and leave two digits unknown at most."""
    if len(one) != len(other) or any(a != b and "*" not in (a, b) for a, b in zip(one, other, strict=True)):
        return False
    union = sum(a == b == "*" for a, b in zip(one, other, strict=True))
    return union <= _MOST_UNKNOWN and min(one.count("*"), other.count("*")) - union >= _LEAST_SHOWN


def _names_in_both(one: str, other: str, part: PartReading) -> bool:
    """Tell whether the words before two numbers share a surname with what follows it (江山 in both)."""
    return any(
        other.find(one[at : at + 2]) >= 0 and begins_with_surname(one[at : at + 2], part.lexicon)
        for at in range(len(one) - 1)
        if _CALLED.match(one, at)
    )
