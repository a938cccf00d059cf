"""Bank cards and accounts (银行卡、账号)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from gongkai.guard.core.checksums import passes_luhn
from gongkai.guard.core.labels import label_kind
from gongkai.guard.core.lexicon import Lexicon
from gongkai.guard.core.masking import mask
from gongkai.guard.core.numbers import Number
from gongkai.guard.core.reading import PartReading, Reading
from gongkai.guard.core.registry import Hit, detector, registry

_LENGTHS = range(13, 20)
_BODY = re.compile(r"户名[：:][^，,；;。\n]{2,30}(?:局|委|委员会|院|中心|公司|会|所|站|学校|政府|办)")
_AROUND = 60


@lru_cache(maxsize=8)
def _corporate(lexicon: Lexicon) -> re.Pattern[str]:
    return re.compile(lexicon.pattern("corporate_account"))


@detector("pii.bank_card")
def bank_accounts(reading: Reading) -> Iterator[Hit]:
    """Find bank card and passbook numbers (银行卡、存折账号); accounts of bodies are a matter for a person to judge."""
    for part in reading.parts:
        for number in part.numbers(_LENGTHS):
            if number.digits in part.context.public_accounts or not _is_shaped(number):
                continue
            variant = _verdict(part, number)
            if variant is not None:
                yield _hit(part, number, variant)


def _is_shaped(number: Number) -> bool:
    if number.digits.endswith("X"):
        return False
    if number.is_whole:
        return True
    if "\n" in "".join(number.separators):
        return len(number.shape) == 2
    regular = all(length == 4 for length in number.shape[:-1]) and 1 <= number.shape[-1] <= 4
    return regular or set(number.shape) == {1} or (number.shape[0] == 6 and len(number.shape) <= 4)


_MEDICAL_CARD = re.compile(
    r"(?:接种|就诊|诊疗|健康|病历|住院|门诊|医保|社保|社会保障)(?:证|卡)[号码：:\s]{0,3}$"
)


def _verdict(part: PartReading, number: Number) -> str | None:
    """Return the variant that applies, empty for the default severity, None for no finding."""
    kind = label_kind(part, number.start)
    if kind in ("serial", "code", "amount", "id", "mobile"):
        return None
    if _MEDICAL_CARD.search(part.before(number.start, 12) + part.heading_at(number.start)):
        return None
    valid = passes_luhn(number.digits)
    card = number.digits.startswith("62") and len(number.digits) >= 16
    if part.in_url(number.start):
        return None
    if valid and (
        kind == "bank" or (card and (number.is_whole or number.alone or set(number.shape[:-1]) == {4}))
    ):
        return "corporate" if _is_corporate(part, number) else ""
    if kind == "bank" and 16 <= len(number.digits) <= 19:
        return "corporate" if _is_corporate(part, number) else "luhn_failed"
    return None


def _is_corporate(part: PartReading, number: Number) -> bool:
    start, end = part.line_span(number.start)
    around = part.plain[max(start, number.start - _AROUND) : min(end, number.end + _AROUND // 2)]
    above = part.plain[max(0, start - _AROUND) : start] if not part.table_at(number.start) else ""
    return _corporate(part.lexicon).search(around) is not None or _BODY.search(above + around) is not None


def _hit(part: PartReading, number: Number, variant: str) -> Hit:
    messages = {
        "": "个人银行卡或存折账号",
        "luhn_failed": "标明是账号，但不合银行卡校验规则：请核对是否个人账号",
        "corporate": "像是单位账户：确需公布的，登记到公开账户白名单",
    }
    return Hit(
        part,
        number.start,
        number.end,
        messages[variant],
        replacement=mask("bank", number.digits),
        confidence=0.97 if not variant else 0.6,
        severity=registry()["pii.bank_card"].variants[variant] if variant else None,
    )
