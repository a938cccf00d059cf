"""Which specifications exist, and which a change of lists touches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from gongkai.portal.core import lists
from gongkai.portal.core.directory import Directory
from gongkai.portal.core.values import BLOCK_NAMES, SITEMAP_SIZE, Site


def fixed_specs(site: Site) -> Iterator[str]:
    """Return every specification that exists whether or not anything was ever published."""
    directory = Directory(site)
    yield from (
        "fixed|assets",
        "fixed|404",
        "fixed|map",
        "fixed|robots",
        "home|",
        "block|",
        "catalogue|",
        "directory|",
        "directory|topics",
    )
    yield from (f"block|{name}" for name in BLOCK_NAMES)
    yield from (f"catalogue|{c.org_code}" for c in site.catalogues)
    yield from (f"list|{key}|0" for key in fixed_lists(site))
    yield from ("feed|all", "open|", "sitemap|index", "sitemap|site")
    for column in directory.front_columns:
        yield f"feed|{column.code}"
        yield f"open|{column.code}"
    yield from (f"feed|topic:{topic.code}" for topic in directory.topics)


def fixed_lists(site: Site) -> Iterator[str]:
    """Return the lists that have a front page even when empty."""
    directory = Directory(site)
    yield from (f"col:{c.code}" for c in directory.front_columns)
    yield from (f"topic:{c.code}" for c in directory.topics)
    yield from (f"org:{o.code}" for o in directory.public_bodies)
    yield from (f"item:{c.org_code}/{i.code}" for c in site.catalogues for i in c.items)
    yield "pairs"


def list_specs(key: str, total: int) -> Iterator[str]:
    """Return every specification of one list of `total` places."""
    if key == "all":
        yield from (f"sitemap|{n}" for n in range(-(-total // SITEMAP_SIZE)))
        return
    yield f"list|{key}|0"
    if lists.is_paged(key):
        yield from (f"list|{key}|{n}" for n in range(1, lists.numbered_pages(total) + 1))
    yield from _followers(key)


def _followers(key: str) -> Iterator[str]:
    """Return what else follows the front page of a list: its feed and its open data."""
    if key.startswith("col:"):
        yield f"feed|{key[4:]}"
        yield f"open|{key[4:]}"
    elif key.startswith("topic:"):
        yield f"feed|{key}"


def page_specs(key: str, pages: Iterable[int]) -> Iterator[str]:
    """Return the specifications of some pages of a list, 0 = front."""
    for number in pages:
        if number == 0 and key != "all":
            yield f"list|{key}|0"
            yield from _followers(key)
        elif number and lists.is_paged(key):
            yield f"list|{key}|{number}"


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
