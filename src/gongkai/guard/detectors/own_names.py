"""The office's own name (本单位名称): wrong level, mixed forms, a character missing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gongkai.guard.core.reading import PartReading, Reading
from gongkai.guard.core.registry import Hit, detector

_HEALTH = r"卫生健康委员会|卫生健康委|卫生健康局|卫健委|卫健局"
_BROKEN = re.compile(
    r"(?:卫健康[局委]|卫生康[局委]|卫生健[局委](?!员)|生健康[局委]|卫生健康员会|卫生健康委员(?!会|[、，。；的们和]))"
)
_LEVEL = re.compile(r"^(.{1,6}?)([省市县区旗])(.+)$")
_FORMS = {
    "卫生健康委员会": "卫生健康局",
    "卫生健康委": "卫生健康局",
    "卫健委": "卫健局",
    "卫生健康局": "卫生健康委员会",
    "卫健局": "卫健委",
}


@detector("txt.org_name_variant")
def wrong_own_names(reading: Reading) -> Iterator[Hit]:
    """Find the office's own name with another level, another form of body, or a character missing (本单位名称写错)."""
    own = [name for name in reading.context.org_names if len(name) >= 4]
    variants = _variants(own)
    pattern = (
        re.compile("|".join(map(re.escape, sorted(variants, key=len, reverse=True)))) if variants else None
    )
    for part in reading.parts:
        taken: list[tuple[int, int]] = []
        for match in pattern.finditer(part.plain) if pattern else []:
            if any(
                name in part.plain[max(0, match.start() - 2) : match.end() + 6] and name.startswith(match[0])
                for name in own
            ):
                continue
            taken.append(match.span())
            right = variants[match[0]]
            yield Hit(
                part,
                *match.span(),
                f"本单位名称应为“{right}”",
                suggestion=f"改为“{right}”",
                replacement=right,
                confidence=0.85,
            )
        for match in _BROKEN.finditer(part.plain):
            if any(start < match.end() and match.start() < end for start, end in taken) or part.plain[
                max(0, match.start() - 2) : match.start()
            ].endswith(("卫生", "卫")):
                continue
            start = _with_place(part, match.start())
            if part.plain[start : match.end()] not in own:
                yield Hit(
                    part,
                    start,
                    match.end(),
                    "机构名称漏字或写错",
                    suggestion="写全称“卫生健康局（委员会）”或规范简称“卫健局（委）”",
                    confidence=0.85,
                )
    yield from _mixed_forms(reading)


_PLACE = re.compile(r"(?:[\u4e00-\u9fff]{0,4}[省市县区旗])$")
_LEVEL_MARK = re.compile(r"[省市县区旗]$")


def _with_place(part: PartReading, start: int) -> int:
    """Return where the place name before `start` begins, `start` when there is none."""
    found = _PLACE.search(part.plain, max(0, start - 6), start)
    if found and not re.search(r"[报由在向至送，。、]", found[0]):
        return found.start()
    return start - 1 if _LEVEL_MARK.search(part.plain, max(0, start - 1), start) else start


def _variants(own: list[str]) -> dict[str, str]:
    """Map each likely wrong form of an own name to the right one."""
    wrong: dict[str, str] = {}
    for name in own:
        for form, other in _FORMS.items():
            if name.endswith(form) and len(name) > len(form):
                wrong.setdefault(name[: -len(form)] + other, name)
                if "卫生健康" in form:
                    stem = name[: -len(form)]
                    tail = form[4:]
                    for broken in (f"卫健康{tail}", f"卫生康{tail}", f"卫生健{tail}", f"生健康{tail}"):
                        wrong.setdefault(stem + broken, name)
        level = _LEVEL.match(name)
        if level and len(level[1]) >= 2:
            for mark in "市县区":
                if mark != level[2]:
                    wrong.setdefault(f"{level[1]}{mark}{level[3]}", name)
    return {key: value for key, value in wrong.items() if key not in own}


_SIGNED = re.compile(_HEALTH)
_PLACE_BEFORE = re.compile(r"[\u4e00-\u9fff]{0,2}[省市县区旗]$")


def _mixed_forms(reading: Reading) -> Iterator[Hit]:
    """Without a list of names: title and signature that give the same place two kinds of body."""
    if reading.context.org_names:
        return
    seen: dict[str, str] = {}
    for part in reading.parts:
        for match in _SIGNED.finditer(part.plain):
            place = _PLACE_BEFORE.search(part.plain, max(0, match.start() - 3), match.start())
            if not place:
                continue
            kind = "局" if match[0].endswith("局") else "委"
            first = seen.setdefault(place[0], kind)
            if first != kind:
                seen[place[0]] = kind
                yield Hit(
                    part,
                    place.start(),
                    match.end(),
                    "同一单位的名称前后不一，有“局”有“委员会”",
                    suggestion="统一为法定名称",
                    confidence=0.7,
                )
