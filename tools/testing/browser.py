"""Chromium for journeys: every page is watched for console errors and for requests to foreign hosts; axe; screenshots."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from tools.homes import PATIENCE_SECONDS

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response

ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-dev-shm-usage",
]
LOCATOR_READERS = (
    "count",
    "all",
    "all_inner_texts",
    "all_text_contents",
    "evaluate_all",
    "is_visible",
    "is_hidden",
    "is_checked",
    "inner_text",
    "inner_html",
    "text_content",
    "evaluate",
)
PAGE_READERS = (
    "evaluate",
    "evaluate_handle",
    "content",
    "title",
    "eval_on_selector",
    "eval_on_selector_all",
    "query_selector",
    "query_selector_all",
    "is_visible",
    "is_hidden",
    "inner_text",
    "inner_html",
    "text_content",
)
SETTLED = """Promise.race([
  Promise.all(document.getAnimations()
    .filter(a => a.effect.getComputedTiming().endTime !== Infinity).map(a => a.finished.catch(() => 0))),
  new Promise(done => setTimeout(done, 3000))])"""
VIOLATIONS = "axe.run(document, {resultTypes: ['violations']}).then(found => found.violations)"
# The headless build is the same engine without the window around it, for less than half the processor.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SCREENSHOTS = Path(__file__).resolve().parents[2] / "docs" / "screenshots"
LOCAL_HOSTS = {"127.0.0.1", "localhost", "[::1]", "::1"}


def find_chromium() -> str:
    """Return the path of an installed Chromium; fails with what to do when there is none."""
    for name in (os.environ.get("GONGKAI_CHROMIUM"), *NAMES):
        if name and (path := shutil.which(name)):
            return path
    pytest.fail("找不到 Chromium：请安装 chromium，或用 GONGKAI_CHROMIUM 指明", pytrace=False)


def read_after_loading(kind: type[Any], readers: tuple[str, ...]) -> None:
    """Make these readers of a page or a locator wait until the page is read: they answer of half a page too.

    A click that follows a link is over when the new page begins to arrive: right after it `count()` would see no row
    and `evaluate()` a document that has no root yet.
    """
    for name in readers:
        read = getattr(kind, name)
        if not hasattr(read, "__wrapped__"):
            setattr(kind, name, _after_loading(read))


def _after_loading(read: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(read)
    def waiting(reader: Any, *values: Any, **options: Any) -> Any:
        getattr(reader, "page", reader).wait_for_load_state("domcontentloaded")
        return read(reader, *values, **options)

    return waiting


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Return one Chromium for the whole run."""
    from playwright.sync_api import Locator, Page, sync_playwright

    read_after_loading(Locator, LOCATOR_READERS)
    read_after_loading(Page, PAGE_READERS)

    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = (
        "1"  # playwright keeps a loop in this thread; the tests themselves are plain
    )
    with sync_playwright() as playwright:
        instance = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS, headless=True)
        yield instance
        instance.close()


_EDITED = re.compile(r"/desk/snippets/[a-z/]+/edit/[0-9]+/$")


class Watcher:
    """What a page did that it must not: console errors, script errors, failed or foreign requests."""

    def __init__(self) -> None:
        self.faults: list[str] = []
        self.allowed: list[str] = []
        self._complained: list[tuple[str, str]] = []
        self._overtaken: set[str] = set()

    def allow(self, text: str) -> None:
        """Expect a console message that holds this text (for example a 404 that the test provokes)."""
        self.allowed.append(text)

    def attach(self, page: Page) -> None:
        """Start watching a page."""
        page.on("console", lambda message: self._console(message, page.url))
        page.on("response", self._response)
        page.on("pageerror", lambda error: self.faults.append(f"脚本错误 {page.url}：{error}"))
        page.on("request", lambda request: self._request(request.url, page.url))

    def _console(self, message: ConsoleMessage, where: str) -> None:
        text, fault = message.text, f"控制台错误 {where}：{message.text}"
        if message.type != "error" or any(part in text for part in self.allowed):
            return
        if "400" in text:
            self._complained.append((message.location.get("url", ""), fault))
        else:
            self.faults.append(fault)

    def _response(self, response: Response) -> None:
        """Note where the editor's saving by itself was refused: a person's own saving overtook it, which is no fault of the page."""
        if (
            response.status == 400
            and response.request.resource_type in {"fetch", "xhr"}
            and _EDITED.search(response.url)
        ):
            self._overtaken.add(response.url)

    def found(self) -> list[str]:
        """Return the faults, once everything has happened."""
        return [*self.faults, *(fault for url, fault in self._complained if url not in self._overtaken)]

    def _request(self, address: str, where: str) -> None:
        parts = urlsplit(address)
        if parts.scheme in {"http", "https", "ws", "wss"} and parts.hostname not in LOCAL_HOSTS:
            self.faults.append(f"外部请求 {where}：{address}")


@pytest.fixture
def watcher() -> Watcher:
    """Return the list of faults of this test's pages."""
    return Watcher()


@pytest.fixture
def new_context(browser: Browser, watcher: Watcher) -> Iterator[Callable[..., BrowserContext]]:
    """Return a function that opens another private window (one person each); all are watched and closed."""
    contexts = []

    def make(*, width: int = 1280, height: int = 900, **options: Any) -> BrowserContext:
        context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN", **options)
        context.set_default_timeout(PATIENCE_SECONDS * 1000)
        context.on("page", watcher.attach)
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()
    assert not watcher.found(), "\n".join(watcher.found())


@pytest.fixture
def page(new_context: Callable[..., BrowserContext]) -> Page:
    """Return a page of 1280 px in a private window."""
    return new_context().new_page()


@pytest.fixture(scope="session")
def axe() -> Callable[..., None]:
    """Return `axe(page, where)`, which fails with axe's report when the page breaks any of its rules.

    The pages are the same on every database, so the second half of a run does not look again.
    """
    from axe_playwright_python.base import AXE_SCRIPT

    def check(page: Page, where: str = "") -> None:
        page.wait_for_load_state()  # a click may just have led here
        if os.environ.get("GONGKAI_EXPECT_DATABASE") == "postgresql":
            return
        page.evaluate(SETTLED)  # a message that fades in has no contrast yet
        if not page.evaluate("'axe' in window"):  # at the second width it is there already, and warm
            page.evaluate(AXE_SCRIPT)
        lines = [
            f"{violation['id']} ({violation['impact']}): {violation['help']}: "
            + "; ".join(str(node["html"])[:160] for node in violation["nodes"][:3])
            for violation in page.evaluate(VIOLATIONS)
        ]
        assert not lines, f"{where or page.url}\n" + "\n".join(lines)

    return check


@pytest.fixture(scope="session")
def screenshot() -> Callable[..., None]:
    """Return `screenshot(page, name)`: writes docs/screenshots/NAME.png when GONGKAI_SCREENSHOTS is set."""

    def take(page: Page, name: str, *, full: bool = True) -> None:
        if os.environ.get("GONGKAI_SCREENSHOTS"):
            SCREENSHOTS.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=full)

    return take
