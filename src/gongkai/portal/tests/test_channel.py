"""The tree as a channel inside another portal: served below a path, every link crawled; fragments without a frame; withdrawal follows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from lxml import etree, html

from gongkai.portal import api, live
from gongkai.portal.builder import Builder
from gongkai.portal.core.values import Settings, Site
from gongkai.portal.front import Front
from gongkai.portal.places import Places, places_under
from gongkai.portal.proof.proof import prove
from gongkai.portal.testing.feed_rules import feed_problems, sitemap_problems
from gongkai.portal.testing.payloads import GeneratedSource, generated_site, payload
from gongkai.portal.tests.test_front import ask
from gongkai.project.environment import read_environment

TODAY = date(2026, 11, 22)
PREFIX, PORTAL, OFFICE = "/zwgk/wsjkj", "https://www.city.example", "https://wjj.yunxi.example"
STYLES = ("https://www.city.example/css/portal.css",)


def channel_site(*, fragments: bool) -> Site:
    site = generated_site(ask_path="ask/")
    return replace(
        site,
        settings=replace(
            site.settings, base_path=PREFIX, site_url=PORTAL, office_url=OFFICE, fragments=fragments, stylesheets=STYLES
        ),
    )  # fmt: skip


def build(home: Path, source: GeneratedSource, *, fragments: bool) -> Builder:
    made = Builder(places_under(home), source, lambda: channel_site(fragments=fragments), searchable=False)
    made.build(today=TODAY)
    return made


@pytest.fixture(scope="module", params=[True, False], ids=["fragments", "pages"])
def channel(request: Any, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bool]:
    home = tmp_path_factory.mktemp("channel")
    build(home, GeneratedSource(60), fragments=request.param)
    return home, request.param


def addresses(path: Path) -> Iterator[str]:
    """Return every address that a file of the tree names."""
    if path.suffix == ".html":
        for _, name, address, _ in html.fromstring(path.read_bytes()).iterlinks():
            if name in {"href", "src", "action"}:
                yield address
    elif path.suffix == ".xml":
        for element in etree.fromstring(path.read_bytes()).iter("{*}loc", "{*}link"):
            yield element.get("href") or element.text
    elif path.suffix == ".json":
        yield from texts(json.loads(path.read_bytes()))


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, part in value.items():
            if name in {
                "page",
                "json",
                "csv",
                "feed",
                "address",
                "older",
                "newer",
                "search",
                "sitemap",
                "description",
            }:
                yield from ([part] if isinstance(part, str) and part[:1] in "/h" else [])
            yield from texts(part) if isinstance(part, (dict, list)) else ()
    elif isinstance(value, list):
        for part in value:
            yield from texts(part)


def test_every_link_of_the_channel_leads_somewhere_below_its_path(channel: tuple[Path, bool]) -> None:
    home, _ = channel
    front, public = Front(places_under(home), base_path=PREFIX), home / "public"
    named: dict[str, Path] = {}
    for path in public.rglob("*"):
        if path.suffix in {".html", ".xml", ".json"} and path.name != "openapi.json":
            for address in addresses(path):
                named.setdefault(address, path)
    inside = outside = 0
    for address, where in named.items():
        parts = urlsplit(address)
        if address in STYLES or parts.scheme == "data":
            continue
        if f"{parts.scheme}://{parts.netloc}" == OFFICE:
            assert parts.path.startswith(("/search/", "/ask/")), (address, where)
            outside += 1
        elif (not parts.netloc and parts.path) or f"{parts.scheme}://{parts.netloc}" == PORTAL:
            assert parts.path.startswith(PREFIX + "/"), (address, where)
            assert ask(front, unquote(parts.path)).status == 200, (address, where)
            inside += 1
        else:
            assert parts.scheme in {"", "https"}, (address, where)
    assert inside > 200
    assert outside >= 2


def test_fragments_have_no_frame_and_say_title_and_address(channel: tuple[Path, bool]) -> None:
    home, fragments = channel
    content = payload(7)
    text = (home / "public" / content["path"]).read_text()
    canonical = f"{PORTAL}{PREFIX}/{content['path']}"
    assert canonical in text
    if fragments:
        assert not (home / "public/elder").exists()
        for word in ("<html", "<head", "<body", "<link", "<script", "site-header", "site-footer"):
            assert word not in text
        root = html.fragment_fromstring(text)
        assert root.get("class") == "gongkai"
        assert root.get("data-canonical") == canonical
        assert content["title"] in root.get("data-title")
        assert root.findtext(".//h1") == content["title"]
    else:
        assert f'<link rel="canonical" href="{canonical}">' in text
        assert f'<link rel="stylesheet" href="{STYLES[0]}">' in text
        assert "assets/gongkai." not in text


def test_feeds_and_site_maps_of_a_channel_are_valid(channel: tuple[Path, bool]) -> None:
    public = channel[0] / "public"
    for path in (public / "feed").rglob("*.xml"):
        assert feed_problems(path.read_bytes()) == []
        assert PORTAL + PREFIX in path.read_text()
    for path in [public / "sitemap.xml", *(public / "sitemap").glob("*.xml")]:
        assert sitemap_problems(path.read_bytes()) == []


def test_publication_and_withdrawal_reach_the_channel_and_leave_nothing(tmp_path: Path) -> None:
    source = GeneratedSource(20)
    builder = build(tmp_path, source, fragments=True)
    content = payload(25)
    builder.apply(source.release(25, content), today=TODAY)
    page = tmp_path / "public" / content["path"]
    assert content["title"] in page.read_text()
    builder.apply(source.withdraw(25), today=TODAY)
    assert content["title"] not in page.read_text()
    assert prove(builder.places, source, 25) == []


@pytest.mark.django_db
def test_installation_builds_the_channel_with_its_own_site(tmp_path: Path, settings: Any) -> None:
    settings.HOME, settings.PUBLIC_DIR = tmp_path, tmp_path / "public"
    assert live.channel_builder() is None
    settings.CHANNEL_ADDRESS, settings.CHANNEL_FRAGMENTS = PORTAL + PREFIX, True
    api.build(today=TODAY)
    assert (tmp_path / "channel/index.html").read_text().startswith('<div class="gongkai"')
    assert (tmp_path / "public/index.html").read_text().startswith("<!DOCTYPE html>")
    assert f"{settings.SITE_URL}/search/" in (tmp_path / "channel/index.html").read_text()
    assert api.refresh_site(today=TODAY) == 0
    assert isinstance(live.channel_site().settings, Settings)
    assert live.places() != Places(tmp_path / "channel", tmp_path / "channel-state")


@pytest.mark.parametrize(
    "text", ["www.city.example/x", "ftp://a.example/", "https://", "https://a.example/x?y=1"]
)
def test_wrong_address_of_a_channel_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="GONGKAI_CHANNEL_ADDRESS"):
        read_environment({"GONGKAI_CHANNEL_ADDRESS": text})
