"""Where a room above hangs its renderer, so that a preview is the page itself (预览)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Renderer = Callable[..., str]
_SLOT: dict[str, Renderer] = {}


def set_preview_renderer(renderer: Renderer) -> None:
    """Take the function that turns a payload into the public page: `renderer(payload=…) -> str`."""
    _SLOT["page"] = renderer


def preview_renderer() -> Renderer | None:
    """Return the renderer, None when no room above has given one."""
    return _SLOT.get("page")


def render_page(payload: dict[str, Any]) -> str | None:
    """Return the page a payload becomes, None without a renderer."""
    renderer = preview_renderer()
    return renderer(payload=payload) if renderer else None
