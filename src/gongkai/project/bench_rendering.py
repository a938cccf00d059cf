"""The divisor of the public page (对照：逐次渲染): a release read from the database and rendered for each request, nothing kept but templates."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def from_database() -> Callable[[dict[str, Any], Any], Any]:
    """Return the application. The connection to the database stays open, no session and no middleware is asked: the least a site does that renders."""
    from gongkai.project.django_setup import start_django

    start_django()
    from gongkai.portal.bench import rendering_anew
    from gongkai.records import api as records

    def payload_of(record_id: int, release_id: int) -> dict[str, Any]:
        return dict(records.get_release(release_id=release_id).payload or {})

    return rendering_anew(payload_of)
