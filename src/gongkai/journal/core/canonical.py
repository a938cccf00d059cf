"""Canonical JSON (规范 JSON): one text for one value, so that hashes can be compared."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any


def moment_text(moment: datetime) -> str:
    """Return an aware moment as UTC with six decimals, e.g. `2020-01-02T03:04:05.000000+00:00`."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def plain(value: Any) -> Any:
    """Return a fact's value as plain JSON data: decimals as text without exponent, dates in ISO form."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return moment_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(inner) for inner in value]
    return value


def canonical_json(value: Any) -> str:
    """Return the JSON text with sorted keys, no spaces and no escapes beyond JSON's own; NaN raises ValueError."""
    return json.dumps(
        plain(value), ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")
    )
