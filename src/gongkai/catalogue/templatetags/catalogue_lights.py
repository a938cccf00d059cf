"""Template tag that shows a light as word, shape and colour."""

from __future__ import annotations

from typing import Any

from django import template

from gongkai.catalogue.core.confidence_words import in_words, needs_check
from gongkai.catalogue.core.lights import LIGHT_WORDS, LightReading

register = template.Library()


@register.inclusion_tag("catalogue/light.html")
def light(reading: LightReading) -> dict[str, Any]:
    """Show a light reading with its date and the working days left."""
    left = reading.working_days_left
    return {
        "reading": reading,
        "words": LIGHT_WORDS[reading.light],
        "late_by": -left if left and left < 0 else None,
    }


register.filter("confidence_words", in_words)
register.filter("needs_check", needs_check)
