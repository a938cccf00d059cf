"""Checking and masking what applicants say about themselves (证件校验与掩码)."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CREDIT_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WEIGHTS = tuple(pow(3, n, 31) for n in range(17))
_MOBILE = re.compile(r"1[3-9]\d{9}")
_LANDLINE = re.compile(r"0\d{2,3}-?\d{7,8}(-\d{1,6})?")
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")


def normalise(text: str) -> str:
    """Return a number or code without spaces, in half-width capitals."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).upper()


def identity_number_fault(text: str, *, today: date) -> str | None:
    """Say in Chinese what is wrong with an 18-sign identity number (GB 11643-1999), None when nothing is."""
    number = normalise(text)
    if _is_credit_code(number) and not number[:17].isdigit():
        return "填写的是统一社会信用代码，不是公民身份号码；单位申请请选择“法人或其他组织”"
    if not re.fullmatch(r"\d{17}[\dX]", number):
        return "公民身份号码应为 18 位，前 17 位是数字，最后一位是数字或 X；请核对"
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return "公民身份号码第 7 至 14 位不是有效的出生日期；请核对"
    if born > today or born.year < 1880:
        return "公民身份号码中的出生日期不合理；请核对"
    total = sum(int(digit) * weight for digit, weight in zip(number[:17], _ID_WEIGHTS, strict=True))
    if "10X98765432"[total % 11] != number[17]:
        return "公民身份号码的最后一位校验不符；请对照证件逐位核对"
    return None


def credit_code_fault(text: str) -> str | None:
    """Say in Chinese what is wrong with a unified social credit code (GB 32100-2015), None when nothing is."""
    code = normalise(text)
    if len(code) != 18 or any(sign not in _CREDIT_SIGNS for sign in code):
        return "统一社会信用代码应为 18 位数字或大写字母（不含 I、O、S、V、Z）；请核对"
    if not _is_credit_code(code):
        if identity_number_fault(code, today=date(9999, 12, 31)) is None:
            return "填写的是公民身份号码，不是统一社会信用代码；请填写单位的代码"
        return "统一社会信用代码的最后一位校验不符；请对照证照逐位核对"
    return None


def _is_credit_code(code: str) -> bool:
    if len(code) != 18 or any(sign not in _CREDIT_SIGNS for sign in code):
        return False
    total = sum(
        _CREDIT_SIGNS.index(sign) * weight for sign, weight in zip(code[:17], _CREDIT_WEIGHTS, strict=True)
    )
    return _CREDIT_SIGNS[(31 - total % 31) % 31] == code[17]


def phone_fault(text: str) -> str | None:
    """Say what is wrong with a telephone number, None when nothing is."""
    number = normalise(text)
    if _MOBILE.fullmatch(number) or _LANDLINE.fullmatch(number):
        return None
    return "联系电话应为 11 位手机号，或带区号的固定电话（如 0000-1234567）；请核对"


def email_fault(text: str) -> str | None:
    """Say what is wrong with an e-mail address, None when nothing is."""
    return None if _EMAIL.fullmatch(text.strip()) else "电子邮箱应写成“名称@域名”的形式；请核对"


def mask_name(name: str) -> str:
    """Return a name that a list may show: the first sign of a person's, the first two and last two of a body's."""
    name = name.strip()
    if len(name) <= 1:
        return "*"
    return name[0] + "*" * min(len(name) - 1, 3) if len(name) <= 4 else f"{name[:2]}***{name[-2:]}"


def mask_number(number: str) -> str:
    """Return a number of which only the last two signs can be read."""
    return "*" * max(len(number) - 2, 0) + number[-2:] if len(number) > 4 else "*" * len(number)
