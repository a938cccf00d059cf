"""Reading what people type into typed values (填报值): full width, 万 and 亿, dates in many forms; formulas refused."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from gongkai.registers.core.code_lists import CodeValue
from gongkai.registers.core.schema import RegisterField

Value = str | int | Decimal | date | bool | None
TEXT_MAX = 2000
NAMED_CODES = 13
LARGEST = Decimal(10) ** 15
_CODE = re.compile(r"[A-Za-z0-9_.:/-]{1,80}")
_NUMBER = re.compile(r"([-+]?)(\d[\d,]*(?:\.\d+)?|\.\d+)\s*([万亿]?)")
_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
_YES, _NO = {"是", "有", "√", "1", "true", "y", "yes", "■"}, {"否", "无", "×", "0", "false", "n", "no", "□"}
_SCALE = {"": 1, "万": 10_000, "亿": 100_000_000}


class ValueRefused(ValueError):
    """A value does not fit its field; the message says what is wrong and how to mend it."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """A value with a remark when it was read with some understanding (1.2万 → 12000)."""

    value: Value
    remark: str = ""


def parse(rule: RegisterField, raw: object) -> Parsed:
    """Read one raw value (text, number or date, as a form or a spreadsheet gives it) for a field.

    Empty gives None. Raises ValueRefused with a Chinese message.
    """
    if isinstance(raw, str):
        raw = unicodedata.normalize("NFKC", raw).strip() if rule.type != "text" else raw.strip()
    if raw is None or raw == "":
        if rule.required:
            raise ValueRefused("必填，现在是空的")
        return Parsed(None)
    parsed = _READERS[rule.type](rule, raw)
    _check_bounds(rule, parsed.value)
    return parsed


def _text(rule: RegisterField, raw: object) -> Parsed:
    text = _plain(raw)
    if len(text) > TEXT_MAX:
        raise ValueRefused(f"有 {len(text)} 个字，超过 {TEXT_MAX} 个字，请缩短")
    if text[:1] in ("=", "@", "\t", "\r") or re.match(r"[+-]\s*[A-Za-z(]", text):
        raise ValueRefused("以“=、@、+、-”开头，像是表格公式，请改成文字")
    if rule.privacy == "person_name":
        return Parsed(mask_name(text))
    return Parsed(text)


def mask_name(name: str) -> str:
    """Return a natural person's name for publication (隐名): family name, then ** ; already masked names stay."""
    if "*" in name or "某" in name:
        return name
    return f"{name[:1]}**"


def _code(rule: RegisterField, raw: object) -> Parsed:
    text = _plain(raw)
    if not _CODE.fullmatch(text):
        raise ValueRefused("应为字母、数字、点、横线等组成的编号（不超过 80 位）")
    return Parsed(text)


def _choice(rule: RegisterField, raw: object) -> Parsed:
    text = _plain(raw)
    for code in rule.codes:
        if text == code.id or text in _names_of(code):
            return Parsed(code.id)
    names = "、".join(code.name for code in rule.codes[:NAMED_CODES])
    more = f"等 {len(rule.codes)} 种" if len(rule.codes) > NAMED_CODES else ""
    raise ValueRefused(f"“{text[:30]}”不在可选值里；可选：{names}{more}")


@lru_cache(maxsize=4096)
def _names_of(code: CodeValue) -> frozenset[str]:
    """Return what an import may say for a code, brackets and letters in one width."""
    return frozenset(unicodedata.normalize("NFKC", name) for name in (code.name, *code.aliases))


def _number(rule: RegisterField, raw: object) -> Parsed:
    if isinstance(raw, bool):
        raise ValueRefused("应为数字")
    remark = ""
    if isinstance(raw, (int, Decimal)):
        number = Decimal(raw)
    elif isinstance(raw, float):
        number = Decimal(repr(raw))
    else:
        match = _NUMBER.fullmatch(_plain(raw).removesuffix(rule.unit).strip())
        if match is None:
            raise ValueRefused(f"应为数字，现为“{_plain(raw)[:30]}”")
        try:
            number = Decimal(match[1] + match[2].replace(",", "")) * _SCALE[match[3]]
        except InvalidOperation:
            raise ValueRefused(f"应为数字，现为“{_plain(raw)[:30]}”") from None
        if match[3]:
            remark = f"“{_plain(raw)}”按 {number.normalize():f} 计"
    if not number.is_finite() or abs(number) >= LARGEST or round(number, 9) != number:
        raise ValueRefused("太大，或小数超过 9 位；请核对单位")
    if rule.type == "integer":
        if number != number.to_integral_value():
            raise ValueRefused(f"应为整数，现为 {number:f}")
        return Parsed(int(number), remark)
    if rule.type == "money":
        if number != number.quantize(Decimal("0.01")):
            raise ValueRefused(f"金额最多两位小数，现为 {number:f}")
        return Parsed(number.quantize(Decimal("0.01")), remark)
    return Parsed(number.normalize() if number else Decimal(0), remark)


def _date(rule: RegisterField, raw: object) -> Parsed:
    if isinstance(raw, datetime):
        return Parsed(raw.date())
    if isinstance(raw, date):
        return Parsed(raw)
    match = _DATE.fullmatch(_plain(raw).split(" ")[0] if ":" in _plain(raw) else _plain(raw))
    digits = _plain(raw)
    if match is None and re.fullmatch(r"\d{8}", digits):
        match = re.fullmatch(r"(\d{4})(\d{2})(\d{2})", digits)
    if match is None:
        raise ValueRefused(f"应为日期（如 2026-01-31），现为“{digits[:30]}”")
    try:
        return Parsed(date(int(match[1]), int(match[2]), int(match[3])))
    except ValueError:
        raise ValueRefused(f"没有“{digits[:30]}”这一天") from None


def _boolean(rule: RegisterField, raw: object) -> Parsed:
    if isinstance(raw, bool):
        return Parsed(raw)
    text = _plain(raw).lower()
    if text in _YES or text in _NO:
        return Parsed(text in _YES)
    raise ValueRefused(f"应为“是”或“否”，现为“{text[:30]}”")


_READERS = {
    "text": _text, "code": _code, "choice": _choice, "integer": _number, "decimal": _number, "money": _number,
    "date": _date, "boolean": _boolean,
}  # fmt: skip


def _plain(raw: object) -> str:
    if isinstance(raw, float) and raw.is_integer():
        return str(int(raw))
    return str(raw).strip()


def _check_bounds(rule: RegisterField, value: Value) -> None:
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        if rule.at_least is not None and value < rule.at_least:
            raise ValueRefused(f"不应小于 {rule.at_least}，现为 {value}")
        if rule.at_most is not None and value > rule.at_most:
            raise ValueRefused(f"不应大于 {rule.at_most}，现为 {value}")


def to_stored(value: Value) -> str | int | bool | None:
    """Return a value as it is kept in JSON: numbers with a fraction and dates as text."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date):
        return value.isoformat()
    return value


def from_stored(rule: RegisterField, stored: object) -> Value:
    """Return the typed value of what `to_stored` kept."""
    if stored is None:
        return None
    if rule.type in ("decimal", "money"):
        return Decimal(str(stored))
    if rule.type == "date":
        return date.fromisoformat(str(stored))
    return stored if isinstance(stored, (str, int, bool)) else str(stored)


def shown(rule: RegisterField, value: Value) -> str:
    """Return a value as people read it: the name of a code, dates as 2026-01-31, 是 or 否."""
    if value is None:
        return ""
    if rule.type == "choice":
        return next((code.name for code in rule.codes if code.id == value), str(value))
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if isinstance(value, date) else str(value)
