"""The directory of organisations (机构), by kind."""

from __future__ import annotations

from gongkai.portal.core.press import Press
from gongkai.portal.core.shelf import Shelf
from gongkai.portal.core.values import Column, EventTopic, Organisation, Output


def render(press: Press, shelf: Shelf, argument: str) -> list[Output]:
    """Return the directory, institutions grouped by type; with argument `topics` the directory of topic columns."""
    root = press.directory.root.code
    if argument == "topics":
        shown: tuple[EventTopic | Column, ...] = (*shelf.event_topics(), *press.directory.topics)
        topics = [(t, shelf.count(f"topic:{t.code}")) for t in shown]
        return press.both("topics", "topic/index.html", org=root, topics=topics)
    types: dict[str, list[Organisation]] = {}
    for body in press.directory.public_bodies:
        if body.kind == "institution" and not body.closed_date:
            types.setdefault(body.institution_type or "其他医疗卫生机构", []).append(body)
    return press.both(
        "organisations",
        "org/index.html",
        org=root,
        authorities=[a for a in press.directory.authorities if not a.closed_date],
        types=list(types.items()),
        ended=[body for body in press.directory.public_bodies if body.closed_date],
    )
