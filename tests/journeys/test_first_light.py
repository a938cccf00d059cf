"""A Word file becomes a public page by the hands of five people; then it is withdrawn and nothing is left."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import docx
import pytest

from tools.testing.live import LiveSite

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

PASSWORD = "yunling-demo-2026"
TITLE = "关于开展冬季健康服务月活动的通知"
MOBILE = "13900001234"
Person = Callable[..., "Page"]


@pytest.fixture
def person(new_context: Callable[..., BrowserContext], live_site: LiveSite) -> Person:
    """Return a function that logs a demonstration account in, in a window of its own."""

    def log_in(username: str, **options: object) -> Page:
        page = new_context(**options).new_page()
        page.goto(f"{live_site.url}/desk/login/")
        page.fill("input[name=username]", username)
        page.fill("input[name=password]", PASSWORD)
        page.click("button[type=submit]")
        page.wait_for_url("**/desk/")
        return page

    return log_in


def word_file(folder: Path) -> Path:
    """Write a notice as an office would, with a private mobile number in it."""
    document = docx.Document()
    for line in (
        "云岭县卫生健康局文件", "云卫发〔2026〕91号", TITLE, "各医疗卫生机构：", "一、活动时间",
        "活动自2026年11月16日开始，为期一个月。", f"（一）报名方式。联系人手机{MOBILE}，工作时间接听。", "二、工作要求",
        "各单位要按时报送小结。", "云岭县卫生健康局", "2026年11月12日",
    ):  # fmt: skip
        document.add_paragraph(line)
    path = folder / "通知.docx"
    document.save(path)
    return path


def drop_in(editor: Page, site: LiveSite, file: Path) -> int:
    """Make a draft from a file on the screen and return its number."""
    editor.goto(f"{site.url}/desk/records/new/")
    editor.set_input_files("#id_file", str(file))
    editor.select_option("#id_org_code", label="公共卫生科")
    editor.select_option("#id_catalogue_codes", "F22")
    editor.click("button:has-text('新建信息')")
    editor.wait_for_url(re.compile(r"/edit/\d+/"))
    found = re.search(r"/edit/(\d+)/", editor.url)
    assert found
    return int(found[1])


def save(page: Page, site: LiveSite, record: int, words: str) -> None:
    """Press the editor's save button and wait until the record page shows what was written."""
    page.click("button:has-text('保存草稿')")
    for _ in range(60):
        page.wait_for_timeout(500)
        if words in page.request.get(f"{site.url}/desk/records/{record}/").text():
            return
    raise AssertionError(f"保存之后没有看到“{words}”")


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


def wait_for(site: LiveSite, path: str, words: str, *, present: bool = True) -> str:
    """Return a public page once it holds (or no longer holds) these words; fails after 20 seconds."""
    deadline = time.monotonic() + 20
    body = ""
    while time.monotonic() < deadline:
        try:
            body = site.read(path)
        except OSError:
            body = ""
        if (words in re.sub(r"</?mark>", "", body)) == present:
            return body
        time.sleep(0.1)
    raise AssertionError(f"{path} {'没有' if present else '仍有'}“{words}”")


def test_word_file_goes_out_by_five_people_and_is_withdrawn_without_a_trace(
    live_site: LiveSite,
    person: Person,
    axe: Callable[..., None],
    screenshot: Callable[..., None],
    tmp_path: Path,
):
    editor = person("editor")
    record = drop_in(editor, live_site, word_file(tmp_path))
    assert editor.locator("[name=title]").input_value() == TITLE
    assert editor.locator("[name=document_number]").input_value() == "云卫发〔2026〕91号"
    assert editor.locator("[name=formed_date]").input_value() == "2026-11-12"
    assert editor.get_by_text("139****1234").first.is_visible(), "the finding masks what it found"

    editor.goto(f"{live_site.url}/desk/records/{record}/")
    axe(editor, "信息页")
    editor.click("button:has-text('送审')")
    editor.wait_for_load_state()
    assert "处必须先处理" in editor.locator("main").inner_text(), "a blocking finding stops the submission"

    editor.goto(f"{live_site.url}/desk/records/{record}/")
    editor.locator("button:has-text('改为“139****1234”')").first.click()
    editor.wait_for_load_state()
    assert (
        "没有发现问题" in editor.locator("main").inner_text()
        or "拦截" not in editor.locator("main").inner_text()
    )
    screenshot(editor, "desk-record-1280")
    editor.click("button:has-text('送审')")
    editor.wait_for_load_state()
    assert "已送审" in editor.locator(".messages").inner_text()

    editor.goto(f"{live_site.url}/desk/records/{record}/review/")
    assert not editor.locator(".gk-decide button:has-text('同意')").count(), "an author has no button to sign"

    reviewer = person("reviewer")
    assert "内容审核" in sign(reviewer, live_site, record)
    assert "保密审查" in sign(person("secrecy"), live_site, record)
    leader = person("leader", width=360, height=720)
    leader.goto(f"{live_site.url}/desk/records/{record}/review/")
    axe(leader, "手机审签页")
    screenshot(leader, "desk-review-360")
    assert sign(leader, live_site, record) == "批准并发布"

    citizen = person("office")
    citizen.goto(f"{live_site.url}/desk/records/{record}/")
    index = citizen.locator("dd").first.inner_text()
    path = f"/doc/demo/{index.split('/')[1].replace('-', '/')}.html"
    page = wait_for(live_site, path, TITLE)
    assert MOBILE not in page
    for public in ("/col/tzgg/", "/feed/tzgg.xml"):
        wait_for(live_site, public, TITLE)
    wait_for(live_site, f"/search/?q={quote('冬季健康服务月')}", TITLE)
    assert path in "".join(
        live_site.read(f"/{p.name}") if p.parent.name == "public" else p.read_text()
        for p in sitemaps(live_site)
    )

    leader.goto(f"{live_site.url}/desk/records/{record}/withdraw/")
    axe(leader, "撤回页")
    leader.select_option("[name=reason_code]", "error")
    leader.fill("[name=note]", "走查撤回")
    leader.locator("main form button[type=submit]").last.click()
    leader.wait_for_load_state()
    tomb = wait_for(live_site, path, "已撤回")
    assert "为期一个月" not in tomb
    for public in ("/col/tzgg/", "/feed/tzgg.xml", f"/search/?q={quote('冬季健康服务月')}"):
        body = wait_for(live_site, public, f"{path}", present=False)
        assert "为期一个月" not in body


def sitemaps(site: LiveSite) -> list[Path]:
    """Return the sitemap files of the public tree."""
    public = site.home / "public"
    return [public / "sitemap.xml", *sorted((public / "sitemap").rglob("*.xml"))]


def test_two_editors_saving_the_same_draft_second_is_told_and_loses_nothing(
    live_site: LiveSite, person: Person, tmp_path: Path
):
    first, second = person("editor"), person("office")
    record = drop_in(first, live_site, word_file(tmp_path))
    address = f"{live_site.url}/desk/snippets/records/record/edit/{record}/"
    second.goto(address)
    first.goto(address)
    first.fill("[name=title]", "先保存的标题")
    save(first, live_site, record, "先保存的标题")
    second.fill("[name=title]", "后保存的标题")
    second.click("button:has-text('保存草稿')")
    second.wait_for_url("**/kept/*/")
    told = second.locator("main").inner_text()
    assert "科室信息员" in told, "the second is told who saved"
    assert "后" in told, "and sees their own words beside the others'"
    assert "没有丢失" in told
    first.goto(f"{live_site.url}/desk/records/{record}/")
    assert "先保存的标题" in first.locator("main").inner_text()
