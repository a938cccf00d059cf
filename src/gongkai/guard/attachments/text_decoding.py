"""Turning bytes of unknown encoding into text (文本解码): UTF-8, UTF-16/32, GB18030, Big5, and lines that mix them."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROLS = frozenset(range(0x20)) - {0x09, 0x0A, 0x0C, 0x0D, 0x1B}


@dataclass(frozen=True, slots=True)
class Decoded:
    """Decoded text. `mixed`: lines of different encodings; `lost`: number of bytes that no encoding explains."""

    text: str
    encoding: str
    mixed: bool = False
    lost: int = 0


def _strict(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None


def _common_share(data: bytes, low: int, high: int) -> float:
    """Share of double-byte characters whose lead byte lies in the common range of its character set."""
    pairs = common = index = 0
    sample = data[:20_000]
    while index < len(sample) - 1:
        lead = sample[index]
        if lead < 0x80:
            index += 1
            continue
        pairs += 1
        common += low <= lead <= high
        index += 2
    return common / pairs if pairs else 0.0


def _wide_encoding(data: bytes) -> str | None:
    """Guess UTF-16 without a mark by where the zero bytes stand."""
    sample = data[:4096]
    if len(sample) < 4 or len(data) % 2 or b"\0" not in sample:
        return None
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if odd > 3 * even and odd * 8 > len(sample):
        return "utf-16-le"
    if even > 3 * odd and even * 8 > len(sample):
        return "utf-16-be"
    return None


def looks_like_text(data: bytes) -> bool:
    """Tell whether the bytes may be text at all: hardly any control bytes, or a known wide encoding."""
    sample = data[:8192]
    if any(sample.startswith(mark) for mark, _ in _BOMS) or _wide_encoding(data):
        return True
    controls = sum(byte in _CONTROLS for byte in sample)
    if controls * 200 > len(sample):
        return False
    if _strict(sample[: len(sample) - 4] or sample, "utf-8") is not None:
        return True
    return decode(sample).lost * 20 <= len(sample)


def decode(data: bytes) -> Decoded:
    """Decode text of unknown origin; never raises. Spans of findings count characters of the result."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            text = _strict(data, encoding)
            if text is not None:
                return Decoded(text, encoding)
    wide = _wide_encoding(data)
    if wide and (text := _strict(data, wide)) is not None:
        return Decoded(text, wide)
    if (text := _strict(data, "utf-8")) is not None:
        return Decoded(text, "utf-8")
    if (text := _strict(data, "gb18030")) is not None:
        big5 = _strict(data, "big5hkscs")
        if big5 is not None and _common_share(data, 0xA4, 0xC6) > _common_share(data, 0xB0, 0xD7) + 0.1:
            return Decoded(big5, "big5")
        return Decoded(text, "gb18030")
    return _decode_lines(data)


def _decode_lines(data: bytes) -> Decoded:
    pieces: list[str] = []
    encodings: set[str] = set()
    lost = 0
    for line in data.split(b"\n"):
        text = None
        for encoding in ("utf-8", "gb18030"):
            text = _strict(line, encoding)
            if text is not None:
                if any(byte >= 0x80 for byte in line):
                    encodings.add(encoding)
                break
        if text is None:
            as_utf8 = line.decode("utf-8", "replace")
            as_gb = line.decode("gb18030", "replace")
            text = min(as_utf8, as_gb, key=lambda value: value.count("\ufffd"))
            lost += text.count("\ufffd")
        pieces.append(text)
    return Decoded(
        "\n".join(pieces), "+".join(sorted(encodings)) or "utf-8", mixed=len(encodings) > 1, lost=lost
    )
