"""A year of supervision in the browser: the planner imports and confirms, the section proves, the verifier closes; assessment and survey."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tools.testing.desk import Person
from tools.testing.live import LiveSite

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

PLAN = """云岭县卫生健康局2026年政务公开工作计划
一、重点信息公开
（一）公开饮用水水质。每季度公布生活饮用水监测结果（公共卫生科）。
（二）编制主动公开目录。编制主动公开目录，12月底前完成（公共卫生科）。
"""


def said(page: Page) -> str:
    """Return the message that the desk shows."""
    return page.locator(".messages").inner_text()


def press(page: Page, name: str) -> None:
    """Press the button with this name."""
    page.get_by_role("button", name=name, exact=True).first.click()
    page.wait_for_load_state()


def both_widths(page: Page, name: str, axe: Callable[..., None], screenshot: Callable[..., None]) -> None:
    """Check a screen by axe, and that nothing runs out of it, at 1280 and 360 px."""
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 900})
        axe(page, f"{name} {width}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{name} runs out at {width}"
        screenshot(page, f"desk-{name}-{width}")
    page.set_viewport_size({"width": 1280, "height": 900})


@pytest.mark.once
def test_plan_from_import_to_the_evidence_pack(
    live_site: LiveSite,
    person: Person,
    axe: Callable[..., None],
    screenshot: Callable[..., None],
    tmp_path: Path,
) -> None:
    file = tmp_path / "plan.txt"
    file.write_text(PLAN, encoding="utf-8")
    planner, desk = person("office"), f"{live_site.url}/desk/plan/"
    planner.goto(f"{desk}import/")
    planner.set_input_files("input[type=file]", str(file))
    press(planner, "读取计划文件")
    assert "编制主动公开目录" in planner.locator("main").inner_text()
    planner.set_input_files("input[type=file]", str(file))
    planner.check("input[name=confirm]")
    press(planner, "读取计划文件")
    planner.wait_for_url(re.compile(r"/plan/\d+/"))
    plan = planner.url
    both_widths(planner, "plan", axe, screenshot)
    planner.get_by_role("link", name=re.compile("编制主动公开目录，12月底前完成")).click()
    task = planner.url
    planner.select_option("#owner", label="公共卫生科")
    press(planner, "确认这项任务")
    assert "已确认" in said(planner)
    press(planner, "办结这项任务")
    assert "没有证据" in said(planner)
    both_widths(planner, "task", axe, screenshot)

    section = person("editor")
    section.goto(task)
    section.get_by_text("挂一条证据").click()
    section.select_option("#ekind", "file")
    proof = tmp_path / "目录.txt"
    proof.write_text("主动公开目录已经编成。", encoding="utf-8")
    section.set_input_files("#efile", str(proof))
    press(section, "挂上证据")
    assert "已挂上证据" in said(section)
    planner.goto(task)
    press(planner, "办结这项任务")
    assert "已办结" in said(planner)

    planner.goto(f"{desk}orders/new/")
    for field, words in (
        ("#o-title", "水质没有公布"),
        ("#o-problem", "第三季度没有公布"),
        ("#o-demand", "补公布"),
    ):
        planner.fill(field, words)
    planner.select_option("#o-owner", label="公共卫生科")
    planner.fill("#o-due", "2099-01-31")
    both_widths(planner, "order-new", axe, screenshot)
    press(planner, "下发督办单")
    order = planner.url
    section.goto(order)
    press(section, "签收")
    section.fill("#words-reply", "已补公布，并说明了原因")
    press(section, "提交回复")
    assert not section.get_by_text("核验销号").count(), "the section never closes its own order"
    verifier = person("leader", width=360)
    verifier.goto(order)
    verifier.get_by_text("核验销号").first.click()
    verifier.fill("#words-close", "已核对，属实")
    press(verifier, "核验销号")
    assert "已销号" in verifier.locator("main").inner_text()
    both_widths(verifier, "order", axe, screenshot)

    planner.goto(plan)
    with planner.expect_download() as download:
        planner.get_by_role("button", name="导出证据包").click()
    pack = tmp_path / "pack.zip"
    download.value.save_as(pack)
    assert {"index.html", "SHA256SUMS", "tasks.csv"} <= set(zipfile.ZipFile(pack).namelist())
    planner.goto(f"{desk}pack/check/")
    planner.set_input_files("#file", str(pack))
    press(planner, "核对")
    assert "完全一致" in planner.locator("main").inner_text()
    both_widths(planner, "pack-check", axe, screenshot)


@pytest.mark.once
def test_assessment_meetings_training_and_circular(
    live_site: LiveSite, person: Person, axe: Callable[..., None], screenshot: Callable[..., None]
) -> None:
    planner, desk = person("office"), f"{live_site.url}/desk/plan/"
    planner.goto(f"{desk}indicators/")
    press(planner, "新建一版")
    planner.get_by_role("link", name="B1.3").click()
    both_widths(planner, "indicator", axe, screenshot)
    planner.go_back()
    press(planner, "启用这一版")
    both_widths(planner, "indicators", axe, screenshot)
    planner.goto(f"{desk}assessment/")
    press(planner, "运算考核")
    both_widths(planner, "assessment", axe, screenshot)
    planner.get_by_role("link", name="云岭县卫生健康局").first.click()
    both_widths(planner, "assessment-result", axe, screenshot)
    planner.locator("input[name='value-a1_1.holds']").fill("1")
    planner.locator("input[name='note-a1_1.holds']").fill("公开指南，本年修订")
    press(planner, "保存填报")
    assert "改动 1 个数" in said(planner)
    planner.locator("#i-G1\\.2 a").first.click()
    assert "来源" in planner.locator("main").inner_text()
    both_widths(planner, "assessment-value", axe, screenshot)

    planner.goto(f"{desk}meetings/")
    planner.get_by_text("拟一次会议").click()
    for field, words in (
        ("#m-n", "政务公开领导小组会议"), ("#m-d", "2020-05-05"), ("#m-p", "三楼会议室"), ("#m-c", "局长"), ("#m-a", "研究年度要点"),
    ):  # fmt: skip
        planner.fill(field, words)
    both_widths(planner, "meetings", axe, screenshot)
    press(planner, "保存会议")
    press(planner, "发出会议通知")
    planner.fill("#minutes", "会议要求补齐信息。")
    both_widths(planner, "meeting", axe, screenshot)
    press(planner, "录入纪要")
    assert "纪要已录入" in said(planner)
    for address, name in (
        ("training/", "training"), ("circulars/", "circulars"), ("responsibility/", "responsibility"), ("", "plans"),
        ("orders/", "orders"), ("orders/proposed/", "proposals"), ("surveys/", "surveys"),
    ):  # fmt: skip
        planner.goto(desk + address)
        both_widths(planner, name, axe, screenshot)
    planner.goto(f"{desk}circulars/")
    press(planner, "按事实编通报")
    both_widths(planner, "circular", axe, screenshot)


@pytest.mark.once
def test_a_patient_answers_without_script_on_a_phone(
    live_site: LiveSite,
    person: Person,
    new_context: Callable[..., BrowserContext],
    axe: Callable[..., None],
    screenshot: Callable[..., None],
    watcher: Any,
) -> None:
    watcher.allow("422")
    planner, desk = person("office"), f"{live_site.url}/desk/plan/"
    planner.goto(f"{desk}surveys/")
    planner.get_by_text("设计一次调查").click()
    for field, words in (
        ("#s-n", "二级以上医疗机构满意度调查"), ("#s-c", "云岭民情调查有限公司"), ("#s-t", "委托合同7号"), ("#s-o", "2020-01-01"),
        ("#s-e", "2099-12-31"),
    ):  # fmt: skip
        planner.fill(field, words)
    press(planner, "保存调查")
    planner.select_option("#x-i", label="云岭县人民医院")
    planner.fill("#x-d", "内科")
    planner.fill("#x-v", "5000")
    press(planner, "保存科室")
    press(planner, "开始调查")
    both_widths(planner, "survey", axe, screenshot)
    planner.fill("input[name=count]", "2")
    planner.get_by_role("button", name="印内科的答题码").click()
    code, second = re.findall(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}", planner.locator("main").inner_text())
    both_widths(planner, "survey-codes", axe, screenshot)

    patient = new_context(width=360, java_script_enabled=False).new_page()
    patient.goto(f"{live_site.url}/ask/survey/")
    patient.fill("#code", code)
    patient.click("button[type=submit]")
    assert "云岭县人民医院" in patient.locator("h1").inner_text()
    for field in patient.locator("fieldset").all()[:-1]:
        field.locator("label", has_text=re.compile("^满意$")).click()
    patient.get_by_role("button", name="适老版").click()
    assert patient.locator("html.elder").count() == 1
    assert patient.locator("input:checked").count() == patient.locator("fieldset").count() - 1, (
        "nothing chosen is lost"
    )
    patient.get_by_role("button", name="提交答卷").click()
    assert "还有 1 题没有选" in patient.locator("[role=alert]").inner_text()
    patient.locator("fieldset.wrong label").first.click()
    patient.get_by_role("button", name="提交答卷").click()
    assert "谢谢" in patient.locator("h1").inner_text()
    patient.goto(f"{live_site.url}/ask/survey/")
    patient.fill("#code", code)
    patient.click("button[type=submit]")
    assert "已经用过" in patient.locator("[role=alert]").inner_text()

    looker = new_context(width=360).new_page()
    for elder in (False, True):
        looker.goto(f"{live_site.url}/ask/survey/" + ("mode/?elder=1" if elder else ""))
        axe(looker, f"survey start {elder}")
        looker.fill("#code", second)
        looker.click("button[type=submit]")
        axe(looker, f"survey sheet {elder}")
        assert looker.evaluate("document.documentElement.scrollWidth") <= 360
        screenshot(looker, f"survey-sheet-360{'-elder' if elder else ''}")
