"""Whether a new version mends letters only (文字勘误): two payloads in, what is more than that out. Limits are data."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Any

from gongkai.kernel.rules import Confidence, load_rules
from gongkai.records.core.reading import FIELD_LABELS

_WRITTEN = ("title", "summary", "blocks")
_OF_PUBLICATION = ("published_at", "first_published_at", "history", "interpreted_by")
_MARKUP = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class LightRule:
    """How many letters may change, and which signs must all stay as they are."""

    id: str
    version: int
    max_letters: int
    kept_signs: str
    basis: tuple[str, ...]
    confidence: Confidence
    scope: str = "national"


@lru_cache(maxsize=1)
def light_rule() -> LightRule:
    """Return the rule in use."""
    return load_rules("review", LightRule, only=("light_changes.yaml",))[-1]


def more_than_letters(
    before: Mapping[str, Any], after: Mapping[str, Any], rule: LightRule | None = None
) -> str:
    """Return in words why the change is more than a typo, an empty text when it is one."""
    limit = rule or light_rule()
    for name in before.keys() | after.keys():
        if name not in (*_WRITTEN, *_OF_PUBLICATION) and before.get(name) != after.get(name):
            return f"改了“{FIELD_LABELS.get(name, '元数据')}”"
    old, new = dict(_texts(before)), dict(_texts(after))
    if old.keys() != new.keys():
        return "增减了段落、表格、图片或链接"
    letters = 0
    for place in old:
        out, put = _changed(old[place], new[place])
        if touched := set(out + put) & set(limit.kept_signs):
            return f"动了“{min(touched)}”这类影响数量或意思的字"
        letters += max(len(out), len(put))
    if letters > limit.max_letters:
        return f"改了 {letters} 个字，超过 {limit.max_letters} 个字"
    return ""


def _texts(payload: Mapping[str, Any]) -> Iterator[tuple[tuple[Any, ...], str]]:
    """Yield every text of a payload with a place that also tells its form: a link or a kind that changes changes the place."""
    for name in ("title", "summary"):
        yield (name,), str(payload.get(name) or "")
    for position, block in enumerate(payload.get("blocks") or ()):
        yield from _inside((position, block["type"]), block)


def _inside(place: tuple[Any, ...], value: Any) -> Iterator[tuple[tuple[Any, ...], str]]:
    if isinstance(value, Mapping):
        for name in sorted(value):
            yield from _inside((*place, name), value[name])
    elif isinstance(value, (list, tuple)):
        yield (*place, "length", len(value)), ""
        for position, item in enumerate(value):
            yield from _inside((*place, position), item)
    elif isinstance(value, str) and place[-1] == "html":
        yield (*place, tuple(_MARKUP.findall(value))), _MARKUP.sub("", value)
    elif isinstance(value, str) and place[-1] not in ("type", "sha256", "media_type", "kind", "unit"):
        yield place, value
    else:
        yield (*place, value), ""


def _changed(old: str, new: str) -> tuple[str, str]:
    """Return the letters that went and those that came."""
    out, put = "", ""
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            out, put = out + old[a:b], put + new[c:d]
    return out, put
