"""Reading a mapping by a variable key in templates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template

register = template.Library()


@register.filter
def lookup(mapping: Mapping[str, Any], key: str) -> Any:
    """Return the mapping's value, or the key itself where the mapping does not know it."""
    return mapping.get(key, key)
