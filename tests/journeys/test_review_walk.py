"""Emergency release from a phone with its later review and sign-off sheet; something withheld is closed and told of."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from tools.testing.desk import Person, draft_from_file, public_path, save_draft, wait_for, word_file
from tools.testing.live import LiveSite

if TYPE_CHECKING:
    from playwright.sync_api import Page

TITLE = "关于青屿水厂水质异常情况的通报"
LINES = (
    TITLE,
    "11月20日9时，监测发现青屿水厂出厂水浑浊度升高，水厂已启用备用水源。",
    "请周边居民暂时不要直接饮用自来水，供水点设在社区服务中心门口。",
    "云岭县卫生健康局",
    "2026年11月20日",
)
PHONE = {"width": 360}
Axe = Callable[..., None]


def fits(page: Page, axe: Axe, screenshot: Callable[..., None], name: str) -> None:
    """Look at a page on a desk and on a phone: nothing sticks out, nothing for axe to say."""
    before = page.viewport_size
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 900})
        axe(page, f"{name} {width}")
        assert not page.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1"), (
            f"{name} {width}"
        )
        screenshot(page, f"desk-{name}-{width}")
    if before:
        page.set_viewport_size(before)


def told(page: Page) -> str:
    """Return what the page tells after an act."""
    page.wait_for_load_state()
    return str(page.locator(".messages").inner_text())


def test_emergency_goes_out_first_and_is_reviewed_afterwards(
    live_site: LiveSite, person: Person, axe: Axe, screenshot: Callable[..., None], tmp_path: Path
) -> None:
    editor = person("editor")
    record = draft_from_file(editor, live_site, word_file(tmp_path, "通报", LINES))
    editor.select_option("#id_kind", "emergency")
    editor.select_option("#id_grade", "emergency")
    save_draft(editor)
    address = f"{live_site.url}/desk/records/{record}/"
    editor.goto(address)
    editor.select_option("[name=authority]", "headquarters_order")
    editor.fill("[name=authority_note]", "县应急指挥部11月20日10时决定")
    editor.click("button:has-text('送审')")
    assert "已送审" in told(editor)

    leader = person("leader", **PHONE)
    leader.goto(f"{address}review/")
    assert "县应急指挥部" in leader.locator("main").inner_text()
    screenshot(leader, "desk-emergency-review-360")
    leader.click("button:has-text('批准并发布')")
    assert "已批准并发布" in told(leader)
    wait_for(live_site, public_path(leader, live_site, record), TITLE)

    reviewer = person("reviewer")
    reviewer.goto(f"{live_site.url}/desk/records/?who=waiting")
    assert "事后补审" in reviewer.locator("main").inner_text()
    reviewer.goto(address)
    reviewer.click("a:has-text('事后补审')")
    fits(reviewer, axe, screenshot, "later-review")
    reviewer.fill("#id_opinion", "情况属实")
    reviewer.click("button:has-text('补审同意')")
    assert "已补审" in told(reviewer)
    secrecy = person("secrecy")
    secrecy.goto(address)
    secrecy.click("a:has-text('事后补审')")
    secrecy.click("button:has-text('补审同意')")
    assert "已补审" in told(secrecy)

    secrecy.click("a:has-text('审签单')")
    assert secrecy.locator(".gk-sheet-lines tbody tr").count() == 4
    fits(secrecy, axe, screenshot, "sheet")
    with secrecy.expect_download() as download:
        secrecy.click("a:has-text('导出 Word')")
    assert download.value.suggested_filename.endswith(".docx")
    secrecy.emulate_media(media="print")
    assert not secrecy.locator("text=导出 Word").is_visible()
    secrecy.emulate_media(media="screen")
    secrecy.goto(f"{address}history/")
    fits(secrecy, axe, screenshot, "history")


def test_what_is_withheld_is_closed_by_another_and_told_without_its_title(
    live_site: LiveSite, person: Person, axe: Axe, screenshot: Callable[..., None], tmp_path: Path
) -> None:
    editor = person("editor")
    lines = ("关于某次讨论的记录", "讨论过程稿，尚未形成结论。", "云岭县卫生健康局", "2026年11月18日")
    record = draft_from_file(editor, live_site, word_file(tmp_path, "记录", lines))
    editor.select_option("#id_disclosure", "withheld")
    editor.fill("#id_disclosure_reason", "讨论记录，过程性信息")
    save_draft(editor)

    office = person("office")
    office.goto(f"{live_site.url}/desk/records/{record}/")
    office.click("a:has-text('不公开办结')")
    fits(office, axe, screenshot, "withhold")
    office.select_option("#id_ground", "process")
    office.fill("#id_reason", "讨论过程稿，未形成结论")
    office.fill("#id_public_words", "内部讨论记录一份")
    office.click("button:has-text('决定不公开')")
    assert "已办结" in told(office)
    office.goto(f"{live_site.url}/desk/records/withheld/")
    fits(office, axe, screenshot, "withheld")
    office.select_option("#id_org", "demo")
    office.click("button:has-text('生成不予公开情况说明')")
    assert "草稿" in told(office)
    shown = office.locator("main").inner_text()
    assert "内部讨论记录一份" in shown
    assert "某次讨论" not in shown
    for place in ("expiring", "review-settings"):
        office.goto(f"{live_site.url}/desk/records/{place}/")
        fits(office, axe, screenshot, place)
    office.goto(f"{live_site.url}/desk/records/?who=waiting")
    fits(office, axe, screenshot, "waiting")
