"""Template tags: a light as word, shape and colour; a name by code."""

from __future__ import annotations

from collections.abc import Mapping

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from gongkai.supervision.core.lights import WORDS, Light, LightRead

register = template.Library()
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
def percent(share: float) -> str:
    """Return a share of 1 as whole percent."""
    return f"{round(share * 100)}%"
