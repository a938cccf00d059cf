"""Every page kind the manifest names, in a real browser at two widths: no axe violation, no overflow, no console error, no foreign request."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
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
CHROMIUM = (
    os.environ.get("GONGKAI_CHROMIUM")
    or shutil.which("chromium")
    or shutil.which("chromium-browser")
    or shutil.which("google-chrome")
)
ARGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDTHS = (360, 1280)
VNU = os.environ.get("GONGKAI_VNU_JAR", "")


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


def pages_of(home: Path) -> list[str]:
    """Return one HTML page of every kind, and the search page in its states."""
    found = [next(p for p in kind.examples) for kind in read_manifest(places_under(home)).kinds]
    pages = [p for p in found if p.endswith(".html")]
    queries = ("", "?q=疫苗", "?q=役苗接种", "?q=qqzz", "?column=tzgg&year=2019", "?q=疫苗&page=2&sort=date")
    pages += ["search/" + q for q in queries] + ["search/?mode=elder&q=疫苗", "search/?mode=elder&q=qqzz"]
    return pages


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    sync_api = pytest.importorskip("playwright.sync_api")
    if not CHROMIUM:
        pytest.skip("没有 Chromium：请安装 chromium 包，或以 GONGKAI_CHROMIUM 指明")
    with sync_api.sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        yield found
        found.close()


def faults_of(browser: object, address: str, paths: list[str], width: int) -> list[str]:
    """Walk pages and return everything wrong with them, one line each."""
    from axe_playwright_python.sync_playwright import Axe

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
        for violation in Axe().run(page).response["violations"]:
            faults.append(f"{path} axe {violation['id']}: {violation['nodes'][0]['html'][:160]}")
    context.close()
    return faults


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("width", WIDTHS)
def test_every_kind_of_page_is_accessible(browser: object, address: str, home: Path, width: int) -> None:
    paths = pages_of(home)
    assert len(paths) > 45
    assert faults_of(browser, address, paths, width) == []


@pytest.mark.browser
@pytest.mark.parametrize("width", WIDTHS)
def test_empty_site_is_accessible(browser: object, empty_address: str, empty_home: Path, width: int) -> None:
    paths = [p for p in pages_of(empty_home) if not p.startswith("search")] + ["search/?q=x"]
    assert faults_of(browser, empty_address, paths, width) == []


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


@pytest.mark.skipif(
    not (VNU and shutil.which("java")), reason="需要 Java 和 GONGKAI_VNU_JAR（vnu.jar 的路径）"
)
def test_every_page_is_valid_html(home: Path, empty_home: Path) -> None:
    for folder in (home, empty_home):
        checked = subprocess.run(
            [
                "java",
                "-jar",
                VNU,
                "--skip-non-html",
                "--errors-only",
                "--format",
                "gnu",
                str(folder / "public"),
            ],
            capture_output=True,
            text=True,
        )
        assert checked.stderr == ""
        assert checked.returncode == 0
