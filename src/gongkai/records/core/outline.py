"""The beginnings of a body's blocks (正文提要), so that a person can point to a place between them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from gongkai.records.core.markup import text_of

_LABELS = {
    "heading": "小标题",
    "paragraph": "段落",
    "table": "表格",
    "image": "图片",
    "attachment": "附件",
    "quotation": "引文",
    "figure": "图表",
    "signature": "落款",
    "attachment_note": "附件说明",
}
_SHOWN_CHARACTERS = 24


def outline(raw: Iterable[dict[str, Any]]) -> list[str]:
    """Return one line a raw block, in order: its kind and how it begins."""
    return [f"{_LABELS.get(item['type'], '内容')}：{_beginning(item['value']) or '（空）'}" for item in raw]


def _beginning(value: Any) -> str:
    if isinstance(value, dict):
        named = (value.get(name) for name in ("text", "caption", "title", "name", "alt"))
        rows = value.get("rows") or ()
        first = " ".join(str(cell) for cell in rows[0]) if rows and isinstance(rows[0], list) else ""
        text = next((str(one) for one in named if one), first)
    else:
        text = text_of(str(value))
    plain = " ".join(text.split())
    return plain if len(plain) <= _SHOWN_CHARACTERS else f"{plain[:_SHOWN_CHARACTERS]}…"
