"""Site maps in chunks: a new record touches the newest chunk only; the index changes when a chunk is added."""

from __future__ import annotations

from xml.sax.saxutils import escape

from gongkai.portal.core import lists
from gongkai.portal.core.press import Press
from gongkai.portal.core.shelf import Shelf
from gongkai.portal.core.values import BLOCK_NAMES, SITEMAP_SIZE, Output

_HEAD = '<?xml version="1.0" encoding="utf-8"?>\n<{0} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
LIMIT = 50_000


def render(press: Press, shelf: Shelf, argument: str) -> list[Output]:
    """Return the index (`index`), the fixed pages (`site`) or chunk number `argument`."""
    if argument == "index":
        names = ["site", *(f"{n:05d}" for n in range(shelf.chunks(SITEMAP_SIZE)))]
        rows = [f"<sitemap><loc>{_address(press, f'sitemap/{name}.xml')}</loc></sitemap>" for name in names]
        return [_output("sitemap.xml", "sitemapindex", rows)]
    if argument == "site":
        rows = [f"<url><loc>{_address(press, path)}</loc></url>" for path in fixed_pages(press, shelf)]
        return [_output("sitemap/site.xml", "urlset", rows[:LIMIT])]
    cards = shelf.chunk(int(argument), SITEMAP_SIZE)
    rows = [
        f"<url><loc>{_address(press, c.path)}</loc><lastmod>{escape(c.published_at[:10])}</lastmod></url>"
        for c in cards
    ]
    return [_output(f"sitemap/{int(argument):05d}.xml", "urlset", rows)]


def fixed_pages(press: Press, shelf: Shelf) -> list[str]:
    """Return the paths of the pages that do not depend on any record."""
    site = press.directory
    paths = [
        "index.html",
        "zwgk/index.html",
        *(f"zwgk/{b}/index.html" for b in BLOCK_NAMES),
        "zwgk/jiedu/index.html",
    ]
    paths += ["catalogue/index.html", "org/index.html", "map.html", "calendar/index.html", "open/index.html"]
    paths += [f"catalogue/{c.org_code}/index.html" for c in press.site.catalogues]
    paths += [lists.page_path(f"col:{c.code}", 0) for c in site.front_columns]
    paths += [lists.page_path(f"topic:{c.code}", 0) for c in site.topics]
    paths += [lists.page_path(f"topic:{t.code}", 0) for t in shelf.event_topics()]
    paths += [lists.page_path(f"org:{o.code}", 0) for o in site.public_bodies]
    return paths


def _address(press: Press, path: str) -> str:
    return escape(press.ordinary.absolute(path))


def _output(path: str, tag: str, rows: list[str]) -> Output:
    return Output(path, "\n".join([_HEAD.format(tag), *rows, f"</{tag}>\n"]).encode())
