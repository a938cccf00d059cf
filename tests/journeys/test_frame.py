"""The frame in a real browser: log-in, home and account of the desk, home of the public site; filled and empty."""

from __future__ import annotations

import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest

from tools.testing.desk import log_in

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tools.testing.live import LiveSite

WIDTHS = (360, 1280)


def fits(page: Page) -> bool:
    """Say whether nothing sticks out sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


@pytest.mark.once
@pytest.mark.parametrize("width", WIDTHS)
def test_log_in_and_home_are_accessible_and_quiet(
    live_site: LiveSite,
    new_context: Callable[..., Any],
    axe: Callable[..., None],
    screenshot: Callable[..., None],
    width: int,
) -> None:
    page = new_context(width=width).new_page()
    page.goto(f"{live_site.url}/desk/login/")
    axe(page)
    assert fits(page)
    screenshot(page, f"desk-login-{width}")
    log_in(page, live_site, "office")
    assert page.locator("h1").inner_text() == "今日"
    axe(page)
    assert fits(page)
    screenshot(page, f"desk-today-{width}")
    page.goto(f"{live_site.url}/desk/account/")
    axe(page)


@pytest.mark.once
@pytest.mark.parametrize("width", WIDTHS)
def test_empty_site_is_accessible_and_says_that_it_is_empty(
    empty_site: LiveSite, new_context: Callable[..., Any], axe: Callable[..., None], width: int
) -> None:
    page = new_context(width=width).new_page()
    page.goto(f"{empty_site.url}/")
    axe(page)
    assert fits(page)
    log_in(page, empty_site, "editor")
    assert page.get_by_text("现在没有等您办的事。").is_visible()
    axe(page)


@pytest.mark.once
def test_numbers_on_the_home_page_lead_to_their_rows(live_site: LiveSite, page: Page) -> None:
    log_in(page, live_site, "office")
    links = page.locator(".gk-facts a")
    assert links.count() > 1
    number = int(links.first.locator("b").inner_text())
    links.first.click()
    page.wait_for_url("**/desk/catalogue/**light=*")
    assert page.locator("tbody tr").count() == min(number, 50) or page.get_by_text(str(number)).count() > 0


@pytest.mark.once
def test_pages_without_address_answer_404_in_chinese(live_site: LiveSite, page: Page, watcher: Any) -> None:
    watcher.allow("404")
    answer = page.goto(f"{live_site.url}/no/such/page.html")
    assert answer is not None
    assert answer.status == 404
    assert page.locator("h1").count() == 1


def test_health_check_of_the_running_site_is_good(live_site: LiveSite) -> None:
    done = live_site.run("check")
    assert done.returncode == 0, done.stdout


@pytest.mark.once
def test_second_start_needs_no_setting_up(empty_site: LiveSite) -> None:
    """`init` again changes nothing and says so with exit code 0."""
    before = (empty_site.home / "keys" / "django.key").read_bytes()
    done = empty_site.run("init", "--json")
    assert done.returncode == 0, done.stderr
    assert (empty_site.home / "keys" / "django.key").read_bytes() == before


class HalfThenRest(BaseHTTPRequestHandler):
    """A page whose root arrives a moment after its headers and whose rows a moment later, as from a busy server."""

    def do_GET(self) -> None:  # the name is given by the library
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.flush()
        time.sleep(0.3)
        self.wfile.write(
            '<!doctype html><title>页</title><h1>表</h1><a href="/2">下一页</a>'.encode() + b" " * 2048
        )
        self.wfile.flush()
        time.sleep(0.3)
        self.wfile.write("<ul><li>一</li><li>二</li></ul>".encode())

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def test_a_reader_right_after_a_click_waits_for_the_whole_page(page: Page) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), HalfThenRest) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        page.route("**/favicon.ico", lambda route: route.fulfill(status=204))
        page.goto(f"http://127.0.0.1:{server.server_port}/")
        page.click("a")
        assert page.locator("li").count() == 2
        page.click("a")
        assert page.evaluate("document.documentElement.scrollWidth") > 0
        page.click("a")
        assert page.locator("li").all_inner_texts() == ["一", "二"]
        page.click("a")
        assert "二" in page.content()
        page.click("a")
        assert "二" in page.locator("body").inner_text()
        server.shutdown()
