"""The statutory day counts that pages mention (页面上的时限): read from the clock rules, never written into a template."""

from __future__ import annotations

from dataclasses import dataclass

from gongkai.kernel.clocks import clock


@dataclass(frozen=True, slots=True)
class PageLimits:
    """Working days: publication of what was formed, reply to a request, the most a reply may be extended."""

    publish: int
    reply: int
    extension: int


def page_limits() -> PageLimits:
    """Return the lengths of `ogi.publish` and `ogi.reply` as they are in force."""
    reply = clock("ogi.reply")
    extension = reply.extension.max if reply.extension else 0
    return PageLimits(
        publish=clock("ogi.publish").length or 0, reply=reply.length or 0, extension=int(extension)
    )
