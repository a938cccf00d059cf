"""An indicator as a form shows it (指标表单): tiers, deductions and parts as lines of text, and back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

METHOD_WORDS = {
    "binary": "有即得满分", "share": "按比例", "tier": "分档", "deduct": "逐次扣分", "sum": "几部分相加",
}  # fmt: skip
_TIER = re.compile(
    r"(?P<sign>>=|<=|>|其余)\s*(?P<limit>[\d.]*)\s*(?:且\s*(?P<also>[a-z0-9_.]+)\s*)?=\s*(?P<points>[\d.]+)"
)
_DEDUCTION = re.compile(r"(?P<value>[a-z0-9_.]+)\s*=\s*(?P<points>[\d.]+)(?:\s*至多\s*(?P<most>\d+)\s*次)?")
_PART = re.compile(r"(?P<over>[a-z0-9_.]+)\s*/\s*(?P<under>[a-z0-9_.]+)\s*=\s*(?P<points>[\d.]+)")
_SIGNS = {">=": "at_least", "<=": "at_most", ">": "more_than"}
_WIDE = str.maketrans({"≥": ">=", "≤": "<=", "＞": ">", "＝": "=", "／": "/", "：": "=", "＜": "<"})


def indicator_texts(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return a stored indicator as the form shows it."""
    return {
        **raw, "levels": list(raw.get("levels", ["authority"])), "basis": "；".join(raw.get("basis", ())),
        "method_words": METHOD_WORDS.get(raw.get("method", ""), ""),
        "tiers": "\n".join(_tier_text(tier) for tier in raw.get("tiers", ())),
        "deductions": "\n".join(_deduction_text(one) for one in raw.get("deductions", ())),
        "parts": "\n".join(f"{p['numerator']}/{p['denominator']}={p['points']}" for p in raw.get("parts", ())),
    }  # fmt: skip


def _tier_text(tier: Mapping[str, Any]) -> str:
    sign, limit = "其余", ""
    for text, key in _SIGNS.items():
        if tier.get(key) is not None:
            sign, limit = text, str(tier[key])
    also = f" 且 {tier['also']}" if tier.get("also") else ""
    return f"{sign}{limit}{also} = {tier['points']}"


def _deduction_text(one: Mapping[str, Any]) -> str:
    most = f" 至多 {one['at_most']} 次" if one.get("at_most") is not None else ""
    return f"{one['value']} = {one['points']}{most}"


def indicator_row(typed: Mapping[str, Any], old: Mapping[str, Any]) -> dict[str, Any]:
    """Return the stored form of what was typed. Raises ValueError naming the line that cannot be read."""
    row: dict[str, Any] = {
        "id": typed["id"].strip(), "name": typed["name"].strip(), "part": typed["part"].strip(),
        "part_name": typed["part_name"].strip(), "group": typed.get("group", "").strip(), "weight": typed["weight"].strip(),
        "method": typed["method"], "levels": list(typed["levels"]), "confidence": old.get("confidence", "design"),
        "scope": old.get("scope", "national"),
        "basis": [b.strip() for b in re.split(r"[;；\n]", typed.get("basis", "")) if b.strip()] or ["本机关规定"],
    }  # fmt: skip
    for name in ("id", "name", "part", "part_name", "weight"):
        if not row[name]:
            raise ValueError("编号、名称、一级指标和分值都要填写")
    for name in ("value", "numerator", "denominator"):
        if typed.get(name, "").strip():
            row[name] = typed[name].strip()
    for name, reader in (("tiers", _read_tier), ("deductions", _read_deduction), ("parts", _read_part)):
        lines = [line.strip() for line in typed.get(name, "").splitlines() if line.strip()]
        if lines:
            row[name] = [reader(line.translate(_WIDE)) for line in lines]
    return row


def _match(pattern: re.Pattern[str], line: str, example: str) -> re.Match[str]:
    found = pattern.fullmatch(line)
    if found is None:
        raise ValueError(f"“{line[:40]}”读不懂；请写成 {example} 的样子")
    return found


def _read_tier(line: str) -> dict[str, Any]:
    found = _match(_TIER, line, ">=0.98 = 3")
    tier: dict[str, Any] = {"points": found["points"]}
    if found["sign"] in _SIGNS:
        if not found["limit"]:
            raise ValueError(f"“{line[:40]}”没有写界限")
        tier[_SIGNS[found["sign"]]] = found["limit"]
    if found["also"]:
        tier["also"] = found["also"]
    return tier


def _read_deduction(line: str) -> dict[str, Any]:
    found = _match(_DEDUCTION, line, "a1_4.case1 = 2 至多 1 次")
    one: dict[str, Any] = {"value": found["value"], "points": found["points"]}
    if found["most"]:
        one["at_most"] = int(found["most"])
    return one


def _read_part(line: str) -> dict[str, Any]:
    found = _match(_PART, line, "g1_3.sessions/g1_3.sessions_due = 0.75")
    return {"numerator": found["over"], "denominator": found["under"], "points": found["points"]}
