"""The guard's own screens at the desk, on a phone and on a wide screen: tasks of the back-scan, word lists, redaction."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pikepdf
import pytest

from tools.testing.desk import Person, draft_from_file
from tools.testing.live import LiveSite

if TYPE_CHECKING:
    from playwright.sync_api import Page

PHONE, DESK = {"width": 360, "height": 760}, {"width": 1280, "height": 900}


def pdf_file(folder: Path) -> Path:
    """Write one page of plain words."""
    pdf = pikepdf.new()
    font = pikepdf.Dictionary(
        Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
    )
    content = pikepdf.Stream(pdf, b"BT /F1 14 Tf 60 780 Td (Clinic list, contact REDACTME) Tj ET")
    page = pikepdf.Dictionary(
        Type=pikepdf.Name.Page, MediaBox=[0, 0, 595, 842], Contents=content,
        Resources=pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font)),
    )  # fmt: skip
    pdf.pages.append(pikepdf.Page(pdf.make_indirect(page)))
    path = folder / "clinics.pdf"
    pdf.save(path)
    return path


def seen_on_both(page: Page, name: str, axe: Callable[..., None], screenshot: Callable[..., None]) -> None:
    """Look at the page in both widths: nothing sticks out, and axe has nothing to say."""
    for size in (PHONE, DESK):
        page.set_viewport_size(size)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{name} sticks out by {wide} px at {size['width']}"
        axe(page, f"{name} {size['width']}")
        screenshot(page, f"desk-{name}-{size['width']}")


@pytest.fixture
def folder_of_text(tmp_path: Path) -> Path:
    path = tmp_path / "note.txt"
    path.write_text("关于公布接种门诊名单的公告\n现公布接种门诊名单，详见附件。\n", encoding="utf-8")
    return path


@pytest.mark.once
def test_tasks_word_lists_and_redaction_fit_a_phone(
    live_site: LiveSite,
    person: Person,
    axe: Callable[..., None],
    screenshot: Callable[..., None],
    folder_of_text: Path,
    tmp_path: Path,
):
    office = person("office")
    office.goto(f"{live_site.url}/desk/records/words/?list=former_agencies")
    office.locator("summary:has-text('加入一条')").click()
    office.fill("[name=term]", "云岭县卫生站管理所")
    office.fill("[name=now]", "云岭县医共体管理中心")
    office.fill("[name=since]", "2021-05-01")
    office.locator("form:has(button[value=add]) [name=reason]").fill("机构改革")
    office.click("button[value=add]")
    office.wait_for_load_state()
    assert "已加入" in office.locator(".messages").inner_text()
    seen_on_both(office, "words", axe, screenshot)
    office.goto(f"{live_site.url}/desk/records/tasks/")
    seen_on_both(office, "scan-tasks", axe, screenshot)

    editor = person("editor")
    record = draft_from_file(editor, live_site, folder_of_text)
    editor.goto(f"{live_site.url}/desk/records/{record}/")
    editor.set_input_files("#id_file", str(pdf_file(tmp_path)))
    editor.click("button:has-text('上传附件和图片')")
    editor.wait_for_load_state()
    editor.locator("a[href$='/redact/']").first.click()
    editor.wait_for_load_state()
    seen_on_both(editor, "redact", axe, screenshot)
