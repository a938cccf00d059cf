"""How sure we are of a catalogue row (把握程度), in words a clerk understands."""

from __future__ import annotations

import re

_WORDS = {
    "confirmed": "已核对原文",
    "knowledge": "凭行业知识，未见原文",
    "from-knowledge": "凭行业知识，未见原文",
    "design": "本系统缺省设置",
    "assumed": "推定",
    "item-name-in-local-list": "名称见于地方清单",
    "item-name-in-national-service-list": "名称见于国家服务清单",
    "confirmed-name-partial": "名称部分印证",
    "inferred-from-report": "由公开报告推得",
}
_LOCAL = re.compile(r"confirmed-(\d+)-local-catalogues?")


def in_words(code: str) -> str:
    """Return the words for a confidence code; places named in brackets stay, unknown codes are shown as they are."""
    head, bracket, place = code.partition("(")
    tail = f"（{place.replace(')', '）')}" if bracket else ""
    local = _LOCAL.fullmatch(head.strip())
    if local:
        return f"{local[1]} 份地方目录印证{tail}"
    if head.strip() == "from-a-district-guide":
        return f"见于区级工作指南{tail}"
    return f"{_WORDS.get(head.strip(), head)}{tail}"


def needs_check(code: str) -> bool:
    """Tell whether the office should compare the row with the printed catalogue before using it."""
    return bool(code) and code not in ("confirmed", "design")
