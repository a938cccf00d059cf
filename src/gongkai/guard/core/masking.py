"""Masking (去标识化): what may still be seen of a number, a name, an address. Hard line: two digits of a birth date at most."""

from __future__ import annotations

import re

from gongkai.guard.core.folding import fold

_SEPARATORS = re.compile(r"[\s\-–—·.•]+")
_LONG_DIGITS = re.compile(r"\d(?:[ \t\-–—·.]?\d){5,}[Xx]?")
_TOWN = re.compile(r"^.*?(?:街道|镇|乡(?!村)|苏木)")
_COUNTY = re.compile(r"^.*?[^小社]区|^.*?[县市]")
LEVELS = ("standard", "strict")


def mask(kind: str, value: str, level: str = "standard") -> str:
    """Return `value` with its private digits or characters replaced by `*`.

    `kind`: id, id15, mobile, landline, bank, passport, medical, email, plate, name, address, digits.
    `level`: `standard` (identity number 6+4) or `strict` (2+3). Raises ValueError on another level.
    Source of the forms: regulations/guard/detectors.yaml, `mask_profiles`.
    """
    if level not in LEVELS:
        raise ValueError(f"遮挡档次只有 {'、'.join(LEVELS)}，没有“{level}”")
    text = fold(value).plain
    return _MASKS.get(kind, _all)(text, level)


def scrub(text: str) -> str:
    """Replace every run of six digits or more by its masked form; for text that must not carry any number."""
    return _LONG_DIGITS.sub(lambda match: _keep(_bare(match[0]), 0, 2), fold(text).plain)


def _bare(text: str) -> str:
    return _SEPARATORS.sub("", text)


def _keep(text: str, head: int, tail: int) -> str:
    if len(text) <= head + tail:
        return "*" * len(text)
    return text[:head] + "*" * (len(text) - head - tail) + (text[-tail:] if tail else "")


def _identity(text: str, level: str) -> str:
    bare = _bare(text)
    head, tail = (2, 3) if level == "strict" else (6, 4)
    return _keep(bare, head, tail) if len(bare) == 18 else "*" * len(bare)


def _mobile(text: str, level: str) -> str:
    bare = _bare(text).removeprefix("+")
    if len(bare) > 11:
        bare = bare[-11:]
    return _keep(bare, 3, 4) if len(bare) == 11 else _keep(bare, 0, 2)


def _landline(text: str, level: str) -> str:
    area, mark, number = text.partition("-")
    return f"{area}-****{number[4:]}" if mark and len(number) > 4 else _keep(_bare(text), 0, 2)


def _bank(text: str, level: str) -> str:
    return _keep(_bare(text), 0, 4)


def _passport(text: str, level: str) -> str:
    return _keep(_bare(text), 1, 2)


def _email(text: str, level: str) -> str:
    name, mark, domain = text.partition("@")
    return f"{name[:1] if len(name) > 1 else ''}***{mark}{domain}"


def _plate(text: str, level: str) -> str:
    bare = _bare(text)
    return _keep(bare, 2, 1)


def _name(text: str, level: str) -> str:
    bare = text.strip()
    if level == "strict" or len(bare) <= 2:
        return bare[:1] + "*" * max(1, len(bare) - 1)
    if len(bare) == 3:
        return f"{bare[0]}*{bare[2]}"
    return bare[:1] + "*" * (len(bare) - 2) + bare[-1:]


def _address(text: str, level: str) -> str:
    found = _TOWN.match(text) or _COUNTY.match(text)
    return f"{found[0]}***" if found and len(found[0]) < len(text) else "***"


def _credential(text: str, level: str) -> str:
    return re.sub(r"[!-~]{4,}", "****", text)


def _all(text: str, level: str) -> str:
    return "*" * max(1, len(text.strip()))


def _any_digits(text: str, level: str) -> str:
    return scrub(text)


_MASKS = {
    "id": _identity,
    "mobile": _mobile,
    "landline": _landline,
    "bank": _bank,
    "passport": _passport,
    "email": _email,
    "plate": _plate,
    "name": _name,
    "address": _address,
    "digits": _any_digits,
    "credential": _credential,
}
