"""Every feed and site map of a built tree by the strict reader; what is withdrawn leaves them; the reader itself sees faults."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from lxml import etree

from gongkai.portal.builder import Builder
from gongkai.portal.core.pages.feeds import rfc3339
from gongkai.portal.testing.feed_rules import ATOM, MAP, feed_problems, sitemap_problems
from gongkai.portal.testing.payloads import GeneratedSource, index_number, payload
from gongkai.portal.tests.conftest import TODAY


def tree_path(address: str) -> str:
    path = unquote(urlsplit(address).path).lstrip("/")
    return path + "index.html" if not path or path.endswith("/") else path


def test_every_feed_of_the_tree_is_valid_and_leads_to_pages(built_once: Path) -> None:
    public = built_once / "public"
    feeds = sorted((public / "feed").rglob("*.xml"))
    names = {path.relative_to(public).as_posix() for path in feeds}
    assert {"feed/all.xml", "feed/tzgg.xml", "feed/topic/yqfk.xml"} <= names
    entries = 0
    for path in feeds:
        assert feed_problems(path.read_bytes()) == [], path
        for link in etree.fromstring(path.read_bytes()).iter(f"{ATOM}link"):
            assert (public / tree_path(link.get("href"))).is_file(), link.get("href")
            entries += 1
    assert entries > 100


def test_every_site_map_is_valid_and_the_index_names_all(built_once: Path) -> None:
    public = built_once / "public"
    index = (public / "sitemap.xml").read_bytes()
    assert sitemap_problems(index) == []
    named = {tree_path(e.text) for e in etree.fromstring(index).iter(f"{MAP}loc")}
    maps = sorted((public / "sitemap").glob("*.xml"))
    assert named == {path.relative_to(public).as_posix() for path in maps}
    for path in maps:
        assert sitemap_problems(path.read_bytes()) == [], path
        for loc in etree.fromstring(path.read_bytes()).iter(f"{MAP}loc"):
            assert (public / tree_path(loc.text)).is_file(), loc.text


def test_withdrawn_record_leaves_every_feed_and_site_map(
    builder: Builder, source: GeneratedSource, public: Path
) -> None:
    content = payload(131) | {"topics": ["yqfk"]}
    builder.apply(source.release(131, content), today=TODAY)
    holders = [p for p in (public / "feed").rglob("*.xml") if content["path"] in p.read_text()]
    assert {p.name for p in holders} == {"all.xml", "yqfk.xml", f"{content['columns'][0]}.xml"}
    builder.apply(source.withdraw(131, replaced_by=index_number(130)), today=TODAY)
    for path in [*(public / "feed").rglob("*.xml"), *(public / "sitemap").glob("*.xml")]:
        assert content["path"] not in path.read_text()
        assert (feed_problems if path.is_relative_to(public / "feed") else sitemap_problems)(
            path.read_bytes()
        ) == []


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("2026-11-22T09:30:00.123456+08:00", "2026-11-22T09:30:00+08:00"),
        ("2026-11-22T01:30:00+00:00", "2026-11-22T01:30:00+00:00"),
        ("2026-11-22T09:30:00", "2026-11-22T09:30:00+08:00"),
        ("2026-11-22", "2026-11-22T00:00:00+08:00"),
    ],
)
def test_moments_are_as_the_standard_wants_them(given: str, wanted: str) -> None:
    assert rfc3339(given) == wanted


GOOD = (
    '<feed xmlns="http://www.w3.org/2005/Atom"><title>a</title><id>https://x.example/f</id>'
    '<updated>2026-01-01T00:00:00Z</updated><link rel="self" href="https://x.example/f"/><author><name>n</name></author>'
    "{}</feed>"
)
ENTRY = (
    '<entry><title>t</title><id>https://x.example/1</id><link href="https://x.example/1"/>'
    "<updated>2026-01-01T00:00:00+08:00</updated></entry>"
)


@pytest.mark.parametrize(
    "entry",
    [
        ENTRY * 2,
        ENTRY.replace("2026-01-01T00:00:00+08:00", "2026-01-01"),
        ENTRY.replace("2026-01-01T", "2026-02-30T"),
        ENTRY.replace("<title>t</title>", ""),
        ENTRY.replace('<link href="https://x.example/1"/>', ""),
        ENTRY.replace('href="https://x.example/1"', 'href="/1"'),
        ENTRY.replace("</entry>", "<pubDate>x</pubDate></entry>"),
        ENTRY.replace("</entry>", "<category label='x'/></entry>"),
        ENTRY.replace("<title>t</title>", "<title>a & b</title>"),
    ],
)
def test_reader_sees_a_faulty_feed(entry: str) -> None:
    assert feed_problems(GOOD.format(ENTRY).encode()) == []
    assert feed_problems(GOOD.format(entry).encode())


@pytest.mark.parametrize(
    "rows",
    [
        "<url><loc>/a</loc></url>",
        "<url><loc>https://x.example/a</loc><lastmod>2026-13-01</lastmod></url>",
        "<url><loc>https://x.example/a</loc></url>" * 2,
        "<page><loc>https://x.example/a</loc></page>",
        "".join(f"<url><loc>https://x.example/{n}</loc></url>" for n in range(50_001)),
    ],
)
def test_reader_sees_a_faulty_site_map(rows: str) -> None:
    frame = '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{}</urlset>'
    assert sitemap_problems(frame.format("<url><loc>https://x.example/b</loc></url>").encode()) == []
    assert sitemap_problems(frame.format(rows).encode())
