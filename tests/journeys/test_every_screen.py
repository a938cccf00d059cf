"""Every screen of the desk that links lead to, one of each kind, as whoever may see it: accessible, no wider than the window, no error."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

import pytest

from tools.testing.desk import Person
from tools.testing.live import LiveSite

if TYPE_CHECKING:
    from playwright.sync_api import Page

PEOPLE = ("office", "editor", "leader", "handler", "hospital", "auditor", "secadmin", "sysadmin")
LEFT_OUT = re.compile(
    r"/desk/(account|logout|login|api|dismissibles|block-preview|pages|jsi18n|sprite|documents|images)|/download/|\.(csv|xlsx|docx|json|zip|pdf|svg)$"
)
MOST = 60
WIDTHS = (1280, 360)


def kind_of(address: str) -> str:
    """Return the address with its numbers, codes and years as stars: one screen of each kind is enough."""
    path = urlsplit(address).path
    path = re.sub(r"/(at|item|column|register|versions|sheet|kind)/[^/]+", r"/\1/*", path)
    return re.sub(r"/[^/]*\d[^/]*(?=/)", "/*", path)


def open_page(page: Page, address: str) -> int | None:
    """Go there; return the status of the answer, None when it is a file to be saved and no page."""
    try:
        answer = page.goto(address)
    except Exception as error:
        if "Download is starting" in str(error):
            return None
        raise
    assert answer is not None
    return answer.status if "text/html" in answer.headers.get("content-type", "") else None


def screens(page: Page, site: LiveSite, seen: set[str]) -> Iterator[tuple[str, int]]:
    """Go from the menu along links, breadth first; yield address and status of every kind of screen that nobody saw before."""
    queue, asked = deque([f"{site.url}/desk/"]), {"/desk/"}
    visited = 0
    while queue and visited < MOST:
        address = queue.popleft()
        visited += 1
        if (status := open_page(page, address)) is None:
            continue
        links = page.locator("aside a[href], main a[href]").evaluate_all("all => all.map(a => a.href)")
        if status != 200 or kind_of(address) not in seen or address.endswith("/desk/"):
            seen.add(kind_of(address))
            yield address, status
        for link in links:
            target = urljoin(address, link).partition("#")[0]
            path = urlsplit(target).path
            if not path.startswith("/desk/") or LEFT_OUT.search(path) or kind_of(target) in asked:
                continue
            asked.add(kind_of(target))
            queue.append(target)


@pytest.fixture(scope="module")
def seen() -> set[str]:
    """Return what was looked at: people after the first look only at what is theirs alone."""
    return set()


@pytest.mark.once
@pytest.mark.parametrize("username", PEOPLE)
def test_every_screen_is_accessible_and_fits(
    live_site: LiveSite, person: Person, axe: Callable[..., None], seen: set[str], username: str
):
    page = person(username, height=900)
    faults = []
    for address, status in screens(page, live_site, seen):
        try:
            assert status == 200, f"{username} 看得到通往 {address} 的链接，打开却是 {status}"
            assert page.locator("h1").count() == 1, f"{address} 应有一个一级标题"
            words = page.locator("body").inner_text()
            assert not (left := re.search(r"{%.*?%}|\{#.*?#\}", words)), f"{address} 露出模板的标记 {left}"
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 900})
                axe(page, f"{username} {address} {width}")
                wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
                assert wide <= 1, f"{address} 在 {width} 像素下横向溢出 {wide} 像素"
        except AssertionError as fault:
            faults.append(str(fault))
    assert not faults, "\n".join(faults)
