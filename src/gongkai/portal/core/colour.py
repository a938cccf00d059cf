"""Colours that can be read: contrast after WCAG 2, and darkening until a ratio is reached."""

from __future__ import annotations

import re

DEFAULT = "#1f4e8c"


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def luminance(colour: str) -> float:
    """Return the relative luminance (0 to 1) of `#rrggbb`."""
    parts = []
    for value in _channels(colour):
        part = value / 255
        parts.append(part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4)
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio (1 to 21) of two colours."""
    lighter, darker = sorted((luminance(first), luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def readable(colour: str, *, ratio: float) -> str:
    """Return the colour, darkened until it stands on white with `ratio`; not a colour → the default one."""
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", colour or ""):
        colour = DEFAULT
    colour = colour.lower()
    while contrast(colour, "#ffffff") < ratio:
        colour = "#" + "".join(f"{int(v * 0.93):02x}" for v in _channels(colour))
    return colour
