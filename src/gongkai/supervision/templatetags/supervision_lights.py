"""Template tags: a light as word, shape and colour; a name by code."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from gongkai.kernel.rules import Confidence
from gongkai.supervision.core.indicator_system import LEVEL_WORDS
from gongkai.supervision.core.lights import WORDS, Light, LightRead

register = template.Library()
SURENESS = {
    Confidence.CONFIRMED_LOCAL: "只见于地方文件", Confidence.KNOWLEDGE: "凭通行做法，待核对",
    Confidence.UNCONFIRMED: "存疑，待核对", Confidence.DESIGN: "本系统默认",
}  # fmt: skip
#: the desk's own classes for the five lights
CLASSES = {
    Light.RED: "late", Light.YELLOW: "due", Light.GREEN: "fine", Light.BLUE: "fine", Light.GREY: "empty",
}  # fmt: skip


@register.simple_tag
def plan_light(read: LightRead) -> SafeString:
    """Show a light with its reason."""
    return format_html(
        '<span class="gk-light gk-light--{}">{}</span> <span class="gk-hint">{}</span>',
        CLASSES[read.light], WORDS[read.light], read.why,
    )  # fmt: skip


@register.filter
def named(code: str, names: Mapping[str, str]) -> str:
    """Return the name of an organisation, its code when unknown, 未指定 without one."""
    return names.get(code, code) or "未指定"


@register.filter
def percent(share: float | Decimal) -> str:
    """Return a share of 1 as whole percent."""
    return f"{round(share * 100)}%"


@register.filter
def plain(number: object) -> str:
    """Return a number without trailing zeros."""
    if number is None:
        return ""
    text = f"{number:f}" if hasattr(number, "normalize") else str(number)
    return text.rstrip("0").rstrip(".") if "." in text else text


@register.filter
def level_word(level: str) -> str:
    """Return the Chinese word for a level of organisations."""
    return LEVEL_WORDS.get(level, level)


@register.filter
def sureness(confidence: str) -> SafeString | str:
    """Return a mark for what was not read in an official text, nothing for what was."""
    words = SURENESS.get(str(confidence))
    return format_html('<span class="gk-mark">{}</span>', words) if words else ""


@register.filter
def looked_up(code: str, words: Mapping[str, str]) -> str:
    """Return the word for a code, the code when unknown."""
    return words.get(code, code)
