"""What RFC 4287 (Atom) and the sitemap protocol demand, as strict readers: bytes in, complaints out."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, datetime
from urllib.parse import urlsplit

from lxml import etree

ATOM = "{http://www.w3.org/2005/Atom}"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
MAP_ROWS, MAP_BYTES, LOC_LENGTH = 50_000, 50 * 1024 * 1024, 2048
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_ONCE = {"title", "id", "updated"}
_AT_MOST_ONCE = {
    "feed": {"generator", "icon", "logo", "rights", "subtitle"},
    "entry": {"content", "published", "rights", "source", "summary"},
}
_MANY = {"author", "category", "contributor", "link"}


def feed_problems(body: bytes) -> list[str]:
    """Return what an Atom document breaks; empty when it is valid."""
    root, problems = _root(body)
    if root is None:
        return problems
    if root.tag != f"{ATOM}feed":
        return [f"root is {root.tag}"]
    problems += _container(root, "feed")
    entries = root.findall(f"{ATOM}entry")
    for entry in entries:
        problems += _container(entry, "entry")
        if entry.find(f"{ATOM}author") is None and root.find(f"{ATOM}author") is None:
            problems.append("an entry without author in a feed without author")
    ids = Counter(e.findtext(f"{ATOM}id") for e in entries)
    problems += [f"id {name} stands {n} times" for name, n in ids.items() if n > 1]
    if not any(link.get("rel") == "self" for link in root.findall(f"{ATOM}link")):
        problems.append("no link rel=self")
    return problems


def _container(element: etree._Element, kind: str) -> list[str]:
    names = Counter(child.tag.removeprefix(ATOM) for child in element if isinstance(child.tag, str))
    problems = [f"{kind}: {name} stands {names[name]} times" for name in _ONCE if names[name] != 1]
    problems += [f"{kind}: {name} twice" for name in _AT_MOST_ONCE[kind] if names[name] > 1]
    allowed = _ONCE | _AT_MOST_ONCE[kind] | _MANY | ({"entry"} if kind == "feed" else set())
    problems += [f"{kind}: {name} is not allowed" for name in names if name not in allowed]
    for name in ("updated", "published"):
        problems += [f"{kind}: {name} {t}" for t in _texts(element, name) if not _is_moment(t)]
    problems += [f"{kind}: id is no address" for t in _texts(element, "id") if not _is_address(t)]
    problems += [
        f"{kind}: person without a name" for p in element.findall(f"{ATOM}author") if not _texts(p, "name")
    ]
    problems += [
        f"{kind}: category without term" for c in element.findall(f"{ATOM}category") if not c.get("term")
    ]
    problems += [f"{kind}: empty title" for t in _texts(element, "title") if not t.strip()]
    return problems + _links(element, kind)


def _links(element: etree._Element, kind: str) -> list[str]:
    links = element.findall(f"{ATOM}link")
    problems = [f"{kind}: link to {ln.get('href')}" for ln in links if not _is_address(ln.get("href") or "")]
    alternates = Counter(
        (ln.get("type"), ln.get("hreflang")) for ln in links if ln.get("rel", "alternate") == "alternate"
    )
    problems += [f"{kind}: two alternates of one type" for n in alternates.values() if n > 1]
    if kind == "entry" and not alternates and element.find(f"{ATOM}content") is None:
        problems.append(f"{kind}: neither content nor an alternate link")
    return problems


def sitemap_problems(body: bytes) -> list[str]:
    """Return what a site map or an index of them breaks (50,000 rows, 50 MB, full addresses); empty when it is valid."""
    root, problems = _root(body)
    if root is None:
        return problems
    rows = {f"{MAP}urlset": "url", f"{MAP}sitemapindex": "sitemap"}.get(root.tag)
    if rows is None:
        return [f"root is {root.tag}"]
    if len(body) > MAP_BYTES or len(root) > MAP_ROWS:
        problems.append(f"too large: {len(body)} bytes, {len(root)} rows")
    for row in root:
        names = [child.tag for child in row]
        if row.tag != MAP + rows or names not in ([f"{MAP}loc"], [f"{MAP}loc", f"{MAP}lastmod"]):
            problems.append(f"row {row.tag}: {names}")
        loc = row.findtext(f"{MAP}loc") or ""
        if not _is_address(loc) or len(loc) >= LOC_LENGTH:
            problems.append(f"address {loc[:80]}")
        day = row.findtext(f"{MAP}lastmod")
        if day is not None and not _is_day(day):
            problems.append(f"lastmod {day}")
    found = Counter(row.findtext(f"{MAP}loc") for row in root)
    return problems + [f"{loc} stands {n} times" for loc, n in found.items() if n > 1]


def _root(body: bytes) -> tuple[etree._Element | None, list[str]]:
    try:
        return etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True)), []
    except etree.XMLSyntaxError as error:
        return None, [f"not well-formed: {error}"]


def _texts(element: etree._Element, name: str) -> list[str]:
    return [e.text or "" for e in element.findall(ATOM + name)]


def _is_moment(text: str) -> bool:
    if not _MOMENT.fullmatch(text):
        return False
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _is_address(text: str) -> bool:
    parts = urlsplit(text)
    return (
        parts.scheme in {"http", "https"}
        and bool(parts.netloc)
        and text.isascii()
        and not set(text) & set(' "<>')
    )
