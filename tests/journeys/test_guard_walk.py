"""The guard at the desk: a benefit list with identity numbers is stopped, masked by one click, and goes out without any of them."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import docx
import pytest

from tools.testing.desk import Person, draft_from_file, public_path, sign, wait_for
from tools.testing.live import LiveSite

if TYPE_CHECKING:
    from playwright.sync_api import Page

TITLE = "2026年计划生育特别扶助金发放名单公示"


def identity(birth_and_serial: str) -> str:
    """Return an invented number of an area that does not exist (119999), with the right check digit."""
    body = "119999" + birth_and_serial
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11]


NUMBERS = [identity(serial) for serial in ("19800101001", "19750505003", "19660606009", "19900101002")]
HIDDEN = identity("19881212004")


def list_file(folder: Path) -> Path:
    """Write the list as a section would send it: a table with whole identity numbers."""
    document = docx.Document()
    for line in (TITLE, "现将拟发放人员名单公示如下，公示期为5个工作日，监督电话0999-6120120。"):
        document.add_paragraph(line)
    table = document.add_table(rows=1, cols=4)
    for cell, text in zip(table.rows[0].cells, ("序号", "姓名", "身份证号", "金额（元）"), strict=True):
        cell.text = text
    for number, one in enumerate(NUMBERS, 1):
        cells = table.add_row().cells
        for cell, text in zip(cells, (str(number), f"测试{'甲乙丙丁'[number - 1]}", one, "800"), strict=True):
            cell.text = text
    for line in ("云岭县卫生健康局", "2026年11月12日"):
        document.add_paragraph(line)
    path = folder / "名单.docx"
    document.save(str(path))
    return path


def commented_file(folder: Path) -> Path:
    """Write an attachment whose comment holds a number that no reader sees."""
    document = docx.Document()
    run = document.add_paragraph("特别扶助金发放标准：每人每月800元。").runs[0]
    document.add_comment(run, text=f"核对身份证号{HIDDEN}", author="测试经办", initials="测")
    path = folder / "发放标准.docx"
    document.save(str(path))
    return path


def let_pass(page: Page, address: str) -> None:
    """Waive what only a person can judge, one reason each."""
    page.goto(address)
    for _ in range(12):
        forms = page.locator("form[action$='/waive/']")
        if not forms.count():
            return
        forms.first.locator("[name=reason]").fill("公示文件要求列出证件号码，号码已遮挡")
        forms.first.locator("button").click()
        page.wait_for_load_state()


def boxes_beyond_a_phone(page: Page) -> int:
    """Return how many frames of tables stick out of the window at 360 pixels, where the page itself hides it."""
    usual = page.viewport_size
    page.set_viewport_size({"width": 360, "height": 900})
    beyond = page.evaluate(
        "[...document.querySelectorAll('.gk-scroll')].filter(box => box.getBoundingClientRect().right > innerWidth).length"
    )
    if usual is not None:
        page.set_viewport_size(usual)
    return int(beyond)


@pytest.mark.once
def test_benefit_list_goes_out_without_its_numbers(
    live_site: LiveSite,
    person: Person,
    axe: Callable[..., None],
    screenshot: Callable[..., None],
    tmp_path: Path,
):
    editor = person("editor")
    record = draft_from_file(editor, live_site, list_file(tmp_path))
    address = f"{live_site.url}/desk/records/{record}/"
    editor.goto(address)
    assert editor.locator("mark.gk-found--block").count() >= len(NUMBERS), "each number is marked in its cell"
    editor.click("button:has-text('送审')")
    editor.wait_for_load_state()
    assert "处必须先处理" in editor.locator("main").inner_text(), "the list is stopped"
    screenshot(editor, "desk-guard-1280")
    axe(editor, "检查发现与标注")
    assert not boxes_beyond_a_phone(editor), "a marked table scrolls in its own frame"

    editor.locator("button:has-text('修复全部同类')").first.click()
    editor.wait_for_load_state()
    assert f"已改正 {len(NUMBERS)} 处" in editor.locator(".messages").inner_text()
    assert not any(number in editor.content() for number in NUMBERS)

    editor.set_input_files("#id_file", str(commented_file(tmp_path)))
    editor.click("button:has-text('上传附件和图片')")
    editor.wait_for_load_state()
    assert "批注" in editor.locator("main").inner_text(), "what the attachment hides is told"
    editor.click("button:has-text('生成干净副本')")
    editor.wait_for_load_state()
    assert "干净副本" in editor.locator(".messages").inner_text()

    let_pass(person("office"), address)
    editor.goto(address)
    editor.click("button:has-text('送审')")
    editor.wait_for_load_state()
    assert "已送审" in editor.locator(".messages").inner_text(), editor.locator(".messages").inner_text()
    for name in ("reviewer", "secrecy", "leader"):
        sign(person(name), live_site, record)
    path = public_path(editor, live_site, record)
    wait_for(live_site, path, TITLE)

    secrets = [*NUMBERS, HIDDEN]
    for place in (path, "/", "/col/tzgg/", "/feed/tzgg.xml"):
        body = live_site.read(place)
        assert not [one for one in secrets if one in body], place
    for one in secrets:
        assert path not in live_site.read(f"/search/?q={quote(one)}"), "no search finds the page by a number"
    assert_no_secret_in_files(live_site.home / "public", secrets)


def assert_no_secret_in_files(public: Path, secrets: list[str]) -> None:
    """Look into every released file, packed ones member by member."""
    looked = 0
    for file in public.rglob("*"):
        if not file.is_file():
            continue
        contents = [file.read_bytes()]
        if zipfile.is_zipfile(file):
            with zipfile.ZipFile(file) as archive:
                contents += [archive.read(name) for name in archive.namelist()]
                looked += "word/document.xml" in archive.namelist()
        for content in contents:
            assert not [one for one in secrets if one.encode() in content], file
    assert looked, "the attachment was released and looked into"
