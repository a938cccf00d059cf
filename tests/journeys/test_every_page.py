"""Every kind of page that the build manifest names, filled and empty, both modes, phone and desktop."""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tools.homes import PATIENCE_SECONDS
from tools.testing.desk import log_in
from tools.testing.live import LiveSite

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

WIDTHS = (1280, 360)
COUNTERS = (
    "ask/subscribe/",
    "ask/subscribe/confirm/none/",
    "ask/subscribe/leave/none/",
    "ask/lost/",
    "ask/complain/at/demo-yy1/",
    "ask/nothing/",
)
KINDS_COMMAND = """
import json, django; django.setup()
from gongkai.portal import api
print(json.dumps({k.kind: k.examples for k in api.manifest().kinds}))
"""


def html_examples(site: LiveSite) -> dict[str, str]:
    """Return one example address of every HTML kind of the built tree."""
    import subprocess
    import sys

    environ = {**site.environ, "DJANGO_SETTINGS_MODULE": "gongkai.project.settings.demonstration"}
    done = subprocess.run(
        [sys.executable, "-c", KINDS_COMMAND], env=environ, capture_output=True, text=True, check=True
    )
    kinds = json.loads(done.stdout.strip().splitlines()[-1])
    return {kind: paths[-1] for kind, paths in kinds.items() if paths[-1].endswith(".html")}


def overflows(page: Page) -> bool:
    """Tell whether the page is wider than its window."""
    return bool(page.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1"))


@pytest.fixture(params=["filled", "empty"])
def site(request: pytest.FixtureRequest, live_site: LiveSite, empty_site: LiveSite) -> LiveSite:
    """Return the filled and the empty site in turn."""
    return live_site if request.param == "filled" else empty_site


def look_at_both_widths(page: Page, axe: Callable[..., None], name: str) -> None:
    """Check a page that is open with axe, and that nothing sticks out, on a desk and on a phone."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        axe(page, f"{name} {width}")
        assert not overflows(page), f"{name} 在 {width} 像素下横向溢出"


@pytest.mark.once
def test_every_kind_of_public_page_is_accessible_and_fits(
    site: LiveSite,
    new_context: Callable[..., BrowserContext],
    axe: Callable[..., None],
    watcher,
    screenshot,
):
    watcher.allow("404")
    page = new_context(width=1280, height=900).new_page()
    examples = html_examples(site)
    assert {"home", "elder-home", "block-platform", "fixed-404"} <= set(examples)
    for kind, path in {**examples, "search": "search/?q=云", "search-none": "search/?q=没有这个词吧"}.items():
        page.goto(f"{site.url}/{path}")
        look_at_both_widths(page, axe, f"{kind} {path}")
        if (
            kind in {"home", "elder-home", "record", "list-col", "catalogue", "block-platform", "withdrawn"}
            and len(examples) > 30
        ):
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 900})
                screenshot(page, f"public-{kind}-{width}", full=False)


@pytest.mark.once
def test_pages_of_the_counters_that_no_walk_passes_are_accessible_and_fit(
    live_site: LiveSite, new_context: Callable[..., BrowserContext], axe: Callable[..., None], watcher
):
    watcher.allow("404")
    page = new_context(width=1280, height=900).new_page()
    for path in COUNTERS:
        page.goto(f"{live_site.url}/{path}")
        assert page.locator("h1").count() == 1, path
        look_at_both_widths(page, axe, path)


@pytest.mark.once
def test_every_built_page_is_valid_html(site: LiveSite, vnu: Callable[..., None]):
    pages = sorted((site.home / "public").rglob("*.html"))
    assert pages
    vnu(pages)


@pytest.mark.once
def test_public_pages_work_without_script_and_by_keyboard(
    live_site: LiveSite, new_context: Callable[..., BrowserContext]
):
    page = new_context(java_script_enabled=False).new_page()
    page.goto(f"{live_site.url}/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(
        re.compile(r"#(main|zhengwen|content)$")
    )  # the first stop of the keyboard leads past the menu
    page.goto(f"{live_site.url}/")
    page.locator("input[name=q]:visible").first.focus()
    page.keyboard.type("饮用水")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "生活饮用水" in page.locator("main").inner_text()
    page.goto(f"{live_site.url}/")
    page.get_by_role("link", name="适老版").first.click()
    page.wait_for_load_state()
    assert "/elder/" in page.url
    for link in ("main a[href*='/doc/']", "nav a"):
        page.locator(link).first.click()
        page.wait_for_load_state()
        assert "/elder/" in page.url, "the journey stays in the mode that was chosen"


@pytest.mark.once
def test_log_in_page_is_accessible_and_fits(
    live_site: LiveSite, new_context: Callable[..., BrowserContext], axe: Callable[..., None], screenshot
):
    page = new_context(width=1280, height=900).new_page()
    page.goto(f"{live_site.url}/desk/login/")
    look_at_both_widths(page, axe, "登录")
    log_in(page, live_site, "editor")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        screenshot(page, f"desk-home-{width}", full=False)


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """Leaves a redirect as the answer that it is."""

    def redirect_request(self, *args: object) -> None:
        """Follow nothing."""


@pytest.mark.once
@pytest.mark.parametrize("path", ["/desk/media-private/x.html", "/.env", "/..%2f..%2fetc/passwd", "/doc/%00"])
def test_what_is_not_public_is_refused_without_a_log_in(live_site: LiveSite, path: str):
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.build_opener(NoRedirect).open(live_site.url + path, timeout=PATIENCE_SECONDS)
    assert refused.value.code in {301, 302, 400, 403, 404}
    if refused.value.code in {301, 302}:
        assert refused.value.headers["Location"].startswith(("/desk/login/", f"{path}/")), (
            "only to the log-in"
        )
