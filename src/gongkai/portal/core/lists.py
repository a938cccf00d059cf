"""Paging from the oldest end: a list of T places, N a page; the front shows the newest N to 2N-1, numbered pages never change.

Places are counted from 0 and include withdrawn records (a gap). Page n (from 1) holds places (n-1)N to nN-1.
"""

from __future__ import annotations

from gongkai.portal.core.values import PAGE_SIZE

FRONT_ONLY = ("pairs", "all")
LIBRARY = "zwgk/zcwjk/"


def front_start(total: int, size: int = PAGE_SIZE) -> int:
    """Return the first place that stands on the front page."""
    return max(0, total // size - 1) * size


def numbered_pages(total: int, size: int = PAGE_SIZE) -> int:
    """Return how many numbered pages a list of `total` places has."""
    return front_start(total, size) // size


def page_of(place: int, total: int, size: int = PAGE_SIZE) -> int:
    """Return the number of the page that holds `place`; 0 is the front page."""
    return 0 if place >= front_start(total, size) else place // size + 1


def is_paged(key: str) -> bool:
    """Return whether a list has numbered pages behind its front."""
    return key not in FRONT_ONLY


def has_pages(key: str) -> bool:
    """Return whether a list is shown to people; lists of a kind (`kind:`) are open data only, those of a month (`dated:`) stand on the calendar."""
    return not key.startswith(("kind:", "dated:"))


def touched_by_append(total_before: int, size: int = PAGE_SIZE) -> tuple[int, ...]:
    """Return the pages to write when one record is added: the front, and a numbered page when it fills, with its elder neighbour."""
    before, after = numbered_pages(total_before, size), numbered_pages(total_before + 1, size)
    if after == before:
        return (0,)
    return (0, after, after - 1) if after > 1 else (0, after)


def touched_from(place: int, total_before: int, total_after: int, size: int = PAGE_SIZE) -> tuple[int, ...]:
    """Return the pages to write when places from `place` on move: an insertion or removal in the middle."""
    last = max(numbered_pages(total_before, size), numbered_pages(total_after, size))
    first = max(1, place // size)  # one before: its link to the newer page may change
    return (0, *range(first, last + 1))


def directory(key: str) -> str:
    """Return the folder of a list in the tree, with a trailing slash."""
    kind, _, rest = key.partition(":")
    if kind == "col":
        return f"col/{rest}/"
    if kind == "year":
        code, _, year = rest.partition("/")
        return f"col/{code}/y{year}/"
    if kind == "state":
        code, _, state = rest.partition("/")
        return f"col/{code}/{state}/"
    if kind == "item":
        return f"catalogue/{rest}/"
    if kind in {"org", "topic"}:
        return f"{kind}/{rest}/"
    if kind == "lib":
        part, _, value = rest.partition("/")
        return (
            LIBRARY
            + {"all": "", "year": f"y{value}/", "genre": f"{value}/", "state": f"state-{value}/"}[part]
        )
    if key == "pairs":
        return "zwgk/jiedu/"
    raise KeyError(key)


def page_path(key: str, number: int) -> str:
    """Return the path of page `number` of a list; 0 is the front page."""
    return directory(key) + (f"p{number:04d}.html" if number else "index.html")
