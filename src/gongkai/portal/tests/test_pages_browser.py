"""The hard pages in a real browser at two widths: no axe violation, no overflow, no console error, no foreign request."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest

from gongkai.portal.builder import Builder
from gongkai.portal.front import Front
from gongkai.portal.manifest import read_manifest
from gongkai.portal.places import places_under
from gongkai.portal.testing.payloads import GeneratedSource, generated_site, index_number, payload

TODAY = date(2026, 11, 22)
WIDTHS = (360, 1280)


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Quiet(WSGIRequestHandler):
    def log_message(self, *args: object) -> None:
        """Say nothing."""


def hard_payload() -> dict:
    """Return a record with everything a page can hold, and a title of 500 characters."""
    content = payload(385)
    content["title"] = "关于" + "进一步加强基层医疗卫生机构能力建设和家庭医生签约服务" * 19 + "的通知"
    content["columns"] = ["tzgg"]
    content["effective_date"], content["expires_date"] = "2030-01-01", None
    content["blocks"] += [
        {"type": "table", "caption": "宽表", "header_rows": 1, "header_columns": 1, "rows": [[f"第{i}列的名称" for i in range(14)], *[[str(i * j) for i in range(14)] for j in range(3)]]},
        {"type": "quotation", "html": "𠮷野家<sup>1</sup>的<a href=\"https://example.org/\">引文</a>", "cite": "某人"},
        {"type": "figure", "kind": "bar", "title": "多数列", "unit": "人", "labels": ["甲", "乙"], "series": [{"name": "今年", "values": [3, 0]}, {"name": "去年", "values": [-1, 2.5]}]},
        {"type": "figure", "kind": "line", "title": "折线", "unit": "", "labels": [f"{i}月" for i in range(1, 13)], "series": [{"name": "甲", "values": list(range(12))}, {"name": "乙", "values": list(range(12, 0, -1))}]},
        {"type": "attachment_note", "text": "附件：1. 名单\n2. 表格"},
    ]  # fmt: skip
    content["history"].append(
        {
            "sequence": 2,
            "published_at": "2026-01-02T09:00:00+08:00",
            "change": "amendment",
            "note": "补充一项",
        }
    )
    content["related"] = [index_number(3)]
    lines = ["编号\t名称\t金额", *(f"{n}\t第{n}项\t{n * 7}.50" for n in range(1, 602))]
    file = payload(385 - 385 % 5)["attachments"][0] | {"text": "\n".join(lines)}
    content["attachments"] = [file | {"name": f"明细-第{n}部分.csv"} for n in range(1, 13)]
    return content


@pytest.fixture(scope="module")
def home(built_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target, source = tmp_path_factory.mktemp("browser") / "home", GeneratedSource(130)
    shutil.copytree(built_once, target)
    builder = Builder(places_under(target), source, generated_site)
    guide = payload(131) | {"columns": ["zhinan"], "title": "云溪区卫生健康局政府信息公开指南"}
    builder.apply(source.release(131, guide), today=TODAY)
    builder.apply(source.release(385, hard_payload()), today=TODAY)
    builder.apply(source.withdraw(60, replaced_by=index_number(61)), today=TODAY)
    return target


@pytest.fixture(scope="module")
def empty_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("browser-empty")
    Builder(places_under(target), GeneratedSource(0), generated_site).build(today=TODAY)
    return target


def serve(home: Path) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, Front(places_under(home)), Server, Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def address(home: Path) -> Iterator[str]:
    yield from serve(home)


@pytest.fixture(scope="module")
def empty_address(empty_home: Path) -> Iterator[str]:
    yield from serve(empty_home)


def hard_pages(home: Path) -> list[str]:
    """Return the pages that a real year may lack: everything in one record, its elder twin, a tombstone, the states of search."""
    record = next(
        f"doc/{p.relative_to(home / 'public/doc')}" for p in (home / "public/doc").rglob("*385.html")
    )
    examples = {kind.kind: kind.examples for kind in read_manifest(places_under(home)).kinds}
    tomb = examples["withdrawn"][0]
    queries = ("", "?q=疫苗", "?q=役苗接种", "?q=qqzz", "?column=tzgg&year=2019", "?q=疫苗&page=2&sort=date")
    searches = [f"search/{query}" for query in queries]
    elder = ["search/?mode=elder&q=疫苗", "search/?mode=elder&q=qqzz"]
    own = record.removesuffix(".html")
    tables = [f"{own}/fujian-1.html", f"{own}/fujian-2-2.html", f"elder/{own}/fujian-12-3.html"]
    return [record, f"elder/{record}", *tables, tomb, "col/tzgg/", *searches, *elder]


def faults_of(
    browser: object, axe: Callable[..., None], address: str, paths: list[str], width: int
) -> list[str]:
    """Walk pages and return everything wrong with them, one line each."""
    faults: list[str] = []
    context = browser.new_context(viewport={"width": width, "height": 800})  # type: ignore[attr-defined]
    page = context.new_page()
    where = [""]
    page.on(
        "console",
        lambda m: faults.append(f"{where[0]} console: {m.text}") if m.type in {"error", "warning"} else None,
    )
    page.on("pageerror", lambda e: faults.append(f"{where[0]} error: {e}"))
    page.on(
        "request",
        lambda r: (
            None if r.url.startswith((address, "data:")) else faults.append(f"{where[0]} foreign: {r.url}")
        ),
    )
    for path in paths:
        where[0] = path
        page.goto(address + path)
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            faults.append(f"{path} is wider than {width}")
        try:
            axe(page, path)
        except AssertionError as found:
            faults.append(str(found))
    context.close()
    return faults


@pytest.mark.browser
@pytest.mark.parametrize("width", WIDTHS)
def test_hard_pages_are_accessible(
    browser: object, axe: Callable[..., None], address: str, home: Path, width: int
) -> None:
    paths = hard_pages(home)
    assert faults_of(browser, axe, address, paths, width) == []


@pytest.mark.browser
def test_empty_home_is_accessible(browser: object, axe: Callable[..., None], empty_address: str) -> None:
    assert faults_of(browser, axe, empty_address, ["", "elder/", "zwgk/", "search/?q=x"], 360) == []


@pytest.mark.browser
def test_elder_mode_is_remembered_and_left(browser: object, address: str) -> None:
    context = browser.new_context()  # type: ignore[attr-defined]
    page = context.new_page()
    page.goto(address + "col/tzgg/")
    page.get_by_role("link", name="适老版").click()
    assert page.url == address + "elder/col/tzgg/"
    page.goto(address + "zwgk/")
    page.wait_for_url(address + "elder/zwgk/")
    page.get_by_role("link", name="返回标准版").click()
    page.wait_for_url(address + "zwgk/")
    page.goto(address)
    assert page.url == address
    context.close()


@pytest.mark.browser
def test_whole_elder_journey_works_without_script(browser: object, address: str) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 800})  # type: ignore[attr-defined]
    page = context.new_page()
    page.goto(address)
    page.get_by_role("link", name="适老版").click()
    page.get_by_role("searchbox").first.fill("疫苗接种")
    page.get_by_role("button", name="搜索").first.click()
    assert "/search/?mode=elder" in page.url
    page.locator(".results h2 a").first.click()
    assert "/elder/doc/" in page.url
    page.get_by_role("link", name="依申请公开").first.click()
    assert page.url.endswith("/elder/zwgk/ysqgk/")
    context.close()


@pytest.mark.browser
@pytest.mark.parametrize("path", ["", "elder/", "col/tzgg/", "elder/col/tzgg/", "search/?q=疫苗", "map.html"])
def test_targets_are_large_and_focus_is_seen(browser: object, address: str, path: str) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 800})  # type: ignore[attr-defined]
    page = context.new_page()
    page.goto(address + path)
    small = page.evaluate(
        """() => [...document.querySelectorAll('nav a, button, .doors a, .chips a, .pager a, .mode, .tally a, input')]
        .filter(e => e.offsetParent && e.type !== 'hidden')
        .map(e => [e.getBoundingClientRect(), e.outerHTML.slice(0, 80)]).filter(([r]) => r.height < 43.5).map(([r, h]) => r.height + h)"""
    )
    assert small == []
    page.keyboard.press("Tab")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineWidth") == "3px"
    context.close()


def test_every_page_is_valid_html(home: Path, empty_home: Path, vnu: Callable[..., None]) -> None:
    for folder in (home, empty_home):
        vnu(sorted((folder / "public").rglob("*.html")))
