"""Emergency release from a phone to the pinned home page with its later review; a leader signs three; something withheld is closed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tools.homes import START_SECONDS
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
EVENT = "青屿水厂水质异常"
PHONE = {"width": 360}
#: three notices on their way to the leader, made in the site's own home: what stands before is walked elsewhere
THREE = """
from gongkai.project.django_setup import start_django
start_django()
from django.utils import timezone
from gongkai.organisations import api as organisations
from gongkai.records import api as records
people = {name: organisations.get_user(username=name) for name in ("editor", "reviewer", "secrecy")}
section = next(o for o in organisations.list_organisations() if o.name == "公共卫生科")
for number in "一二三":
    made = records.create_draft(
        org_code=section.code, catalogue_codes=["F22"], title=f"关于{number}号门诊部停诊一天的通知",
        blocks=[{"type": "paragraph", "text": "因设备检修停诊一天，急诊照常。"}],
        metadata={"kind": "notice", "formed_date": timezone.localdate(), "topic": {"major": "卫生、体育", "minor": "卫生"}},
        user=people["editor"], now=timezone.now(),
    )
    records.submit(record_id=made.id, user=people["editor"], now=timezone.now())
    for kind, name in (("content", "reviewer"), ("personal_data", "reviewer"), ("secrecy", "secrecy")):
        records.sign(
            record_id=made.id, kind=kind, content_sha256=records.content_hash(record_id=made.id),
            user=people[name], opinion="", now=timezone.now(),
        )
    print(made.id)
"""
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


def test_emergency_goes_from_phone_to_phone_to_the_home_page_and_is_reviewed_afterwards(
    live_site: LiveSite, person: Person, page: Page, axe: Axe, screenshot: Callable[..., None]
) -> None:
    editor = person("editor", **PHONE)
    editor.goto(f"{live_site.url}/desk/records/urgent/")
    editor.click("a:has-text('发布突发事件信息')")
    assert "还有 4 小时" in editor.locator(".gk-counters").inner_text()
    editor.fill("#id_event_name", EVENT)
    editor.select_option("#id_event_grade", "g2")
    editor.select_option("#id_org_code", label="公共卫生科")
    editor.fill("#id_title", TITLE)
    editor.fill("#id_text", "联系人身份证号339918197504123012。")
    editor.wait_for_selector("[data-shows=findings] .gk-block")
    fits(editor, axe, screenshot, "urgent")
    editor.fill("#id_text", "\n".join(LINES[1:]))
    editor.select_option("#id_authority", "headquarters_order")
    editor.fill("#id_authority_note", "县应急指挥部11月20日10时决定")
    editor.click("button:has-text('送领导签发')")
    assert "已送领导签发" in told(editor)
    fits(editor, axe, screenshot, "event")
    address = str(editor.locator(".gk-releases a:has-text('审签')").get_attribute("href"))
    record = int(address.split("/")[3])
    address = f"{live_site.url}/desk/records/{record}/"

    leader = person("leader", **PHONE)
    leader.goto(f"{live_site.url}/desk/records/?who=waiting")
    leader.click("a:has-text('从第一件开始签')")
    assert EVENT in leader.locator("main").inner_text()
    assert "县应急指挥部" in leader.locator("main").inner_text()
    axe(leader, "emergency review 360")
    screenshot(leader, "desk-emergency-review-360")
    leader.click("button:has-text('批准并发布')")
    assert "已批准并发布" in told(leader)
    path = public_path(leader, live_site, record)
    wait_for(live_site, path, TITLE)
    see_in_public(live_site, page, axe, screenshot)

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

    secrecy.goto(address)
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

    leader.goto(f"{live_site.url}/desk/records/urgent/")
    assert "按时" in leader.locator(".gk-counters").first.inner_text()
    fits(leader, axe, screenshot, "events")
    leader.click(f".gk-table a:has-text('{TITLE}')")
    leader.click("button:has-text('取消置顶')")
    assert "已取消置顶" in told(leader)
    wait_for(live_site, "/index.html", 'class="urgent"', present=False)
    wait_for(live_site, path, TITLE)


def see_in_public(site: LiveSite, page: Page, axe: Axe, screenshot: Callable[..., None]) -> None:
    """Find the release as anybody would on a phone: pinned to the home page, in its topic and in the topic's feed, in elder mode too."""
    page.set_viewport_size({"width": 360, "height": 800})
    wait_for(site, "/index.html", TITLE)
    page.goto(f"{site.url}/")
    pinned = page.locator(".pinned")
    assert TITLE in pinned.inner_text()
    axe(page, "home with a pin 360")
    screenshot(page, "public-home-pinned-360", full=False)
    pinned.get_by_role("link", name=EVENT, exact=True).click()
    assert page.locator("h1").inner_text() == EVENT
    assert TITLE in page.locator("main").inner_text()
    axe(page, "event topic 360")
    screenshot(page, "public-event-topic-360")
    feed = str(page.locator("link[type='application/atom+xml']").get_attribute("href"))
    assert TITLE in site.read(feed)
    page.locator("main").get_by_role("link", name="订阅更新").click()
    assert feed in str(page.locator("main").inner_html())
    page.goto(f"{site.url}/elder/index.html")
    assert TITLE in page.locator(".pinned").inner_text()
    axe(page, "elder home with a pin 360")
    screenshot(page, "public-home-pinned-elder-360", full=False)


@pytest.mark.once
def test_leader_signs_three_on_a_phone_each_opened(
    live_site: LiveSite, person: Person, axe: Axe, screenshot: Callable[..., None]
) -> None:
    made = subprocess.run(
        [sys.executable, "-c", THREE],
        env=live_site.environ,
        capture_output=True,
        text=True,
        timeout=START_SECONDS,
        check=False,
    )
    assert made.returncode == 0, made.stderr[-2000:]
    records = {int(number) for number in made.stdout.split()}
    leader = person("leader", **PHONE)
    leader.goto(f"{live_site.url}/desk/records/?who=waiting")
    screenshot(leader, "desk-waiting-360", full=False)
    leader.click("a:has-text('从第一件开始签')")
    leader.wait_for_url("**/review/")
    signed: list[int] = []
    while not records <= set(signed):
        signed.append(int(leader.url.split("/")[-3]))
        assert len(str(leader.locator(".gk-decide [name=sha256]").get_attribute("value"))) == 64
        leader.locator(".gk-decide button.gk-button").first.click()
        leader.wait_for_url("**/signed/")
        assert "已" in told(leader)
        if len(signed) == 1:
            fits(leader, axe, screenshot, "signed")
        if not records <= set(signed):
            leader.click(".gk-next a")
            leader.wait_for_url("**/review/")
    assert len(signed) == len(set(signed))


@pytest.mark.once
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
