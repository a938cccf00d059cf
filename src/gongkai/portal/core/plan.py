"""Which specifications exist, and which a change of lists touches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from gongkai.portal.core import lists
from gongkai.portal.core.directory import Directory
from gongkai.portal.core.values import BLOCK_NAMES, DATA_KINDS, SITEMAP_SIZE, Site


def fixed_specs(site: Site) -> Iterator[str]:
    """Return every specification that exists whether or not anything was ever published."""
    yield from (
        "fixed|assets",
        "fixed|404",
        "fixed|map",
        "fixed|robots",
        "home|",
        "calendar|",
        "block|",
        "catalogue|",
        "directory|",
        "directory|topics",
    )
    yield from (f"block|{name}" for name in BLOCK_NAMES)
    yield from (f"catalogue|{c.org_code}" for c in site.catalogues)
    yield from (f"list|{key}|0" for key in fixed_lists(site))
    yield from ("feed|all", "sitemap|index", "sitemap|site")
    yield from ("open|", "open|description", "open|page", "open|organisations", "open|missing")
    for key in (*fixed_lists(site), *(f"kind:{code}" for code in DATA_KINDS)):
        yield from _followers(key)


def fixed_lists(site: Site) -> Iterator[str]:
    """Return the lists that have a front page even when empty."""
    directory = Directory(site)
    yield from (f"col:{c.code}" for c in directory.front_columns)
    yield from (f"topic:{c.code}" for c in directory.topics)
    yield from (f"org:{o.code}" for o in directory.public_bodies)
    yield from (f"item:{c.org_code}/{i.code}" for c in site.catalogues for i in c.items)
    yield "pairs"
    yield "lib:all"


def list_specs(key: str, total: int) -> Iterator[str]:
    """Return every specification of one list of `total` places."""
    if key == "all":
        yield from (f"sitemap|{n}" for n in range(-(-total // SITEMAP_SIZE)))
        return
    yield from page_specs(key, range(lists.numbered_pages(total) + 1))


def _followers(key: str, number: int = 0) -> Iterator[str]:
    """Return what else follows a page of a list: the feed of its front, its open data."""
    kind, _, code = key.partition(":")
    if kind in {"col", "topic"} and number == 0:
        yield f"feed|{code if kind == 'col' else key}"
    if kind in {"col", "topic", "kind"}:
        yield f"open|{key}|{number}"


def page_specs(key: str, pages: Iterable[int]) -> Iterator[str]:
    """Return the specifications of some pages of a list, 0 = front."""
    if key == "all":
        return
    for number in pages:
        if number == 0 or lists.is_paged(key):
            if lists.has_pages(key):
                yield f"list|{key}|{number}"
            yield from _followers(key, number)


def all_specs(site: Site, totals: Iterable[tuple[str, int]], record_ids: Iterable[int]) -> Iterator[str]:
    """Return every specification of the tree, each once; the order is fixed."""
    seen: set[str] = set()
    for spec in fixed_specs(site):
        if spec not in seen:
            seen.add(spec)
            yield spec
    for key, total in totals:
        for spec in list_specs(key, total):
            if spec not in seen:
                seen.add(spec)
                yield spec
    yield from (f"record|{record_id}" for record_id in record_ids)
