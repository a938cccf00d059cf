"""What a person does at the desk, as steps that the journeys share: log in, make a draft from a file, sign."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import docx
import pytest

from tools.homes import PATIENCE_SECONDS
from tools.testing.live import LiveSite

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

PASSWORD = "yunling-demo-2026"
Person = Callable[..., "Page"]


def log_in(page: Page, site: LiveSite, username: str) -> None:
    """Log a demonstration account in through the form."""
    page.goto(f"{site.url}/desk/login/")
    page.fill("input[name=username]", username)
    page.fill("input[name=password]", PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_url("**/desk/")


@pytest.fixture(scope="session")
def logged_in_states() -> dict[tuple[str, str], Any]:
    """Return the cookies of who logged in before, by site and name: a journey need not do it again."""
    return {}


@pytest.fixture
def person(
    new_context: Callable[..., BrowserContext],
    live_site: LiveSite,
    logged_in_states: dict[tuple[str, str], Any],
) -> Person:
    """Return a function that gives the page of a demonstration account that is logged in, in a window of its own."""

    def open_desk(username: str, **options: Any) -> Page:
        key = (live_site.url, username)
        if (state := logged_in_states.get(key)) is not None:
            page = new_context(storage_state=state, **options).new_page()
            page.goto(f"{live_site.url}/desk/")
            if "/login/" not in page.url:
                return page
        page = new_context(**options).new_page()
        log_in(page, live_site, username)
        logged_in_states[key] = page.context.storage_state()
        return page

    return open_desk


def word_file(folder: Path, name: str, lines: Iterable[str]) -> Path:
    """Write a Word file of these paragraphs and return its path."""
    document = docx.Document()
    for line in lines:
        document.add_paragraph(line)
    path = folder / f"{name}.docx"
    document.save(str(path))
    return path


def draft_from_file(editor: Page, site: LiveSite, file: Path) -> int:
    """Make a draft of 公共卫生科 from a file on the screen and return its number; the editor stays open."""
    editor.goto(f"{site.url}/desk/records/new/")
    editor.set_input_files("#id_file", str(file))
    editor.select_option("#id_org_code", label="公共卫生科")
    editor.select_option("#id_catalogue_codes", "F22")
    editor.click("button:has-text('新建信息')")
    editor.wait_for_url(re.compile(r"/edit/\d+/"))
    found = re.search(r"/edit/(\d+)/", editor.url)
    assert found
    return int(found[1])


def save_draft(page: Page) -> None:
    """Press the editor's save button and wait for its answer."""
    with page.expect_navigation():
        page.click("button:has-text('保存草稿')")
    assert "已保存" in page.locator(".messages").inner_text()


def sign(page: Page, site: LiveSite, record: int) -> str:
    """Sign on the review screen and return the words of the button."""
    page.goto(f"{site.url}/desk/records/{record}/review/")
    page.fill("#id_opinion", "同意")
    button = page.locator(".gk-decide button.gk-button").first
    words = button.inner_text()
    button.click()
    page.wait_for_load_state()
    assert "已" in page.locator(".messages").inner_text()
    return words


def public_path(page: Page, site: LiveSite, record: int) -> str:
    """Return the address that a record has on the public site, from its index number on the desk."""
    page.goto(f"{site.url}/desk/records/{record}/")
    index = page.locator("dd").first.inner_text()
    return f"/doc/demo/{index.split('/')[1].replace('-', '/')}.html"


def wait_for(site: LiveSite, path: str, words: str, *, present: bool = True) -> str:
    """Return a public page once it holds (or no longer holds) these words; fails when it does not come."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            body = site.read(path)
        except OSError:
            body = ""
        if (words in re.sub(r"</?mark>", "", body)) == present:
            return body
        assert time.monotonic() < deadline, f"{path} {'没有' if present else '仍有'}“{words}”"
        time.sleep(0.1)
