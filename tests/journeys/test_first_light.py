"""A Word file becomes a public page by the hands of five people; then it is withdrawn and nothing is left."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from tools.testing.desk import Person, draft_from_file, public_path, save_draft, sign, wait_for, word_file
from tools.testing.live import LiveSite

if TYPE_CHECKING:
    from playwright.sync_api import Page

TITLE = "关于开展冬季健康服务月活动的通知"
MOBILE = "13900001234"
TYPED = "各单位确定一名联络员。"


def notice(folder: Path) -> Path:
    """Write a notice as an office would, with a private mobile number in it."""
    lines = (
        "云岭县卫生健康局文件", "云卫发〔2026〕91号", TITLE, "各医疗卫生机构：", "一、活动时间",
        "活动自2026年11月16日开始，为期一个月。", f"（一）报名方式。联系人手机{MOBILE}，工作时间接听。", "二、工作要求",
        "各单位要按时报送小结。", "云岭县卫生健康局", "2026年11月12日",
    )  # fmt: skip
    return word_file(folder, "通知", lines)


def test_word_file_goes_out_by_five_people_and_is_withdrawn_without_a_trace(
    live_site: LiveSite,
    person: Person,
    axe: Callable[..., None],
    screenshot: Callable[..., None],
    tmp_path: Path,
):
    editor = person("editor")
    record = draft_from_file(editor, live_site, notice(tmp_path))
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

    editor.goto(f"{live_site.url}/desk/snippets/records/record/edit/{record}/")
    editor.locator(".public-DraftEditor-content", has_text="按时报送小结").click()
    editor.keyboard.press("End")
    editor.keyboard.type(TYPED)
    save_draft(editor)
    editor.goto(f"{live_site.url}/desk/records/{record}/")
    assert TYPED in editor.locator("main").inner_text(), "what was typed just before saving is saved"
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

    path = public_path(person("office"), live_site, record)
    page = wait_for(live_site, path, TITLE)
    assert MOBILE not in page
    assert TYPED in page
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


def go_on_when_asked(page: Page) -> None:
    """Press 继续 where the editor already knows of the other's version (it asks the server now and then) and asks before it saves."""
    asked = page.locator("#w-save-confirmation-dialog [data-w-dialog-target=confirm]:visible")
    asked.or_(page.locator("main", has_text="没有丢失")).first.wait_for()
    if asked.count():
        asked.click()


def test_two_editors_saving_the_same_draft_second_is_told_and_loses_nothing(
    live_site: LiveSite, person: Person, tmp_path: Path
):
    first, second = person("editor"), person("office")
    record = draft_from_file(first, live_site, notice(tmp_path))
    address = f"{live_site.url}/desk/snippets/records/record/edit/{record}/"
    second.goto(address)
    first.goto(address)
    first.fill("[name=title]", "先保存的标题")
    save_draft(first)
    second.fill("[name=title]", "后保存的标题")
    second.click("button:has-text('保存草稿')")
    go_on_when_asked(second)
    second.wait_for_url("**/kept/*/")
    told = second.locator("main").inner_text()
    assert "科室信息员" in told, "the second is told who saved"
    assert "后" in told, "and sees their own words beside the others'"
    assert "没有丢失" in told
    first.goto(f"{live_site.url}/desk/records/{record}/")
    assert "先保存的标题" in first.locator("main").inner_text()
