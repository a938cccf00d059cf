"""Identity numbers (公民身份号码): whole, mistyped, of fifteen digits. The trap is the credit code that passes both checks."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gongkai.guard.core.checksums import (
    PROVINCES,
    birth_date,
    is_credit_code,
    is_identity_number,
    is_short_birth_date,
)
from gongkai.guard.core.labels import label_kind
from gongkai.guard.core.masking import mask
from gongkai.guard.core.numbers import Number
from gongkai.guard.core.reading import PartReading, Reading
from gongkai.guard.core.registry import Hit, detector

_EIGHTEEN = 18
_FIFTEEN = 15
_USUAL_SHAPES = {
    (18,), (6, 8, 4), (6, 4, 4, 4), (6, 4, 2, 2, 4), (6, 12), (14, 4), (6, 8, 3, 1), (6, 8, 2, 2), (4, 4, 4, 4, 2),
    (3, 3, 4, 4, 4), (3, 3, 3, 3, 3, 3), (6, 6, 6), (17, 1), (10, 8), (6, 4, 8), (2, 4, 4, 4, 4), (6, 4, 4, 3, 1),
}  # fmt: skip
_ORGANISATION = re.compile(r"(?:局|院|中心|委员会|委|所|站|公司|学校|协会|政府|厅|部|诊所)[（(：:\s]*$")
_LAST_BIRTH_YEAR = 2035
_SERIAL_BIRTH_YEAR = 2010


def level_of(reading: PartReading, start: int) -> str:
    """Return the masking level for a number: the one asked for, else strict in tables and lists, standard elsewhere."""
    return reading.context.mask_level or ("strict" if reading.table_at(start) else "standard")


def _numbers(reading: PartReading, length: int) -> Iterator[Number]:
    return (number for number in reading.numbers((length,)) if _is_plausible(reading, number))


def _is_plausible(reading: PartReading, number: Number) -> bool:
    if number.shape in _USUAL_SHAPES or set(number.shape) == {1}:
        return True
    if len(number.shape) == 2 and (number.alone or "\n" in number.separators[0]):
        return True
    return label_kind(reading, number.start) == "id"


def _said_after(reading: PartReading, end: int) -> bool:
    return (
        re.match(r"[）)\s，,]*(?:系|为|的)?.{0,6}(?:身份证|身份号码|证件号)", reading.after(end)) is not None
    )


@detector("pii.cn_id18")
def identity_numbers(reading: Reading) -> Iterator[Hit]:
    """Find whole identity numbers of 18 characters (完整的公民身份号码)."""
    for part in reading.parts:
        for number in _numbers(part, _EIGHTEEN):
            if number.digits[:2] not in PROVINCES or not is_identity_number(number.digits):
                continue
            born = birth_date(number.digits[6:14], latest_year=_LAST_BIRTH_YEAR)
            if born is None or _is_other_number(part, number, born.year):
                continue
            yield Hit(
                part,
                number.start,
                number.end,
                "完整的公民身份号码，公开后可直接认定到人",
                replacement=mask("id", number.digits, level_of(part, number.start)),
                confidence=0.99,
            )
        yield from _in_certificates(part)


# a disability certificate is numbered by the identity number, kind and degree, and B with a digit when it was issued again
_CERTIFICATE = re.compile(r"(?<![0-9])([0-9]{17}[0-9Xx])[1-7][1-4](?:[Bb][0-9])?(?![0-9A-Za-z])")


def _in_certificates(part: PartReading) -> Iterator[Hit]:
    """Yield the identity number within a disability certificate number (残疾人证号)."""
    for match in _CERTIFICATE.finditer(part.plain) if "残疾" in part.plain else ():
        born = birth_date(match[1][6:14], latest_year=_LAST_BIRTH_YEAR)
        if match[1][:2] in PROVINCES and is_identity_number(match[1]) and born is not None:
            yield Hit(
                part,
                *match.span(),
                "残疾人证号的前十八位就是公民身份号码",
                replacement="*" * len(match[0]),
                confidence=0.98,
            )


def _is_other_number(part: PartReading, number: Number, born_year: int) -> bool:
    if number.digits in part.context.own_credit_codes:
        return True
    kind = label_kind(part, number.start)
    if kind == "id":
        return False
    if is_credit_code(number.digits):
        return kind == "code" or _ORGANISATION.search(part.before(number.start)) is not None
    return kind in ("serial", "code") and born_year >= _SERIAL_BIRTH_YEAR


@detector("pii.cn_id18_suspect")
def mistyped_identity_numbers(reading: Reading) -> Iterator[Hit]:
    """Find 18 characters said to be an identity number whose check digit is wrong (录入有误的身份证号)."""
    for part in reading.parts:
        for number in _numbers(part, _EIGHTEEN):
            if is_identity_number(number.digits) or is_credit_code(number.digits):
                continue
            if (
                birth_date(number.digits[6:14], latest_year=_LAST_BIRTH_YEAR) is None
                or number.digits[:1] == "0"
            ):
                continue
            kind = label_kind(part, number.start)
            if kind == "id" or (not kind and _said_after(part, number.end)):
                yield Hit(
                    part,
                    number.start,
                    number.end,
                    "标明是身份证号，但校验码不对：可能录错一位，仍能认出本人",
                    replacement=mask("id", number.digits, level_of(part, number.start)),
                    confidence=0.85,
                )


@detector("pii.cn_id15")
def old_identity_numbers(reading: Reading) -> Iterator[Hit]:
    """Find identity numbers of the first generation, 15 digits, only where a label says so (旧身份证号)."""
    for part in reading.parts:
        for number in _numbers(part, _FIFTEEN):
            if number.digits[:2] not in PROVINCES or not is_short_birth_date(number.digits[6:12]):
                continue
            if label_kind(part, number.start) == "id" or _said_after(part, number.end):
                yield Hit(
                    part,
                    number.start,
                    number.end,
                    "15位旧身份证号",
                    replacement=mask("id15", number.digits),
                    confidence=0.9,
                )
