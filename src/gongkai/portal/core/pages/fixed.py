"""Pages and files that depend on the site only: not found, map of the site, robots, assets."""

from __future__ import annotations

from gongkai.portal.core.press import Press
from gongkai.portal.core.shelf import Shelf
from gongkai.portal.core.values import Output


def render(press: Press, shelf: Shelf, argument: str) -> list[Output]:
    """Return the fixed file named by the argument."""
    root = press.directory.root.code
    if argument == "404":
        return press.both("not_found", "404.html", org=root)
    if argument == "map":
        return press.both("map", "map.html", org=root, events=shelf.event_topics())
    if argument == "assets":
        return press.assets()
    if argument == "robots":
        base = press.site.settings.base_path
        lines = [
            "User-agent: *",
            *(f"Disallow: {base}/{p}/" for p in ("desk", "ask", "file", "search", "elder")),
        ]
        lines += ["", f"Sitemap: {press.ordinary.absolute('sitemap.xml')}", ""]
        return [Output("robots.txt", "\n".join(lines).encode())]
    raise KeyError(argument)
