"""The auditor's day in a real browser: who changed a sentence, failed log-ins, a span that verifies elsewhere."""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tools.homes import PATIENCE_SECONDS
from tools.testing.desk import Person, draft_from_file, save_draft, word_file

if TYPE_CHECKING:
    from tools.testing.live import LiveSite

SCREENS = ("", "sentence/", "span/")


@pytest.mark.once
@pytest.mark.parametrize("width", [360, 1280])
def test_auditors_screens_are_accessible_and_fit(
    live_site: LiveSite,
    person: Person,
    axe: Callable[..., None],
    screenshot: Callable[..., None],
    width: int,
) -> None:
    page = person("auditor", width=width)
    for screen in (*SCREENS, "?group=personal"):
        page.goto(f"{live_site.url}/desk/auditor/{screen}")
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), screen
        screenshot(page, f"desk-auditor-{screen.strip('/?=') or 'entries'}-{width}", full=False)


def test_auditor_finds_who_changed_a_sentence(
    live_site: LiveSite,
    person: Person,
    new_context: Callable[..., Any],
    axe: Callable[..., None],
    screenshot: Callable[..., None],
    tmp_path: Path,
) -> None:
    editor = person("editor")
    file = word_file(tmp_path, "流感疫苗", ["关于流感疫苗接种的通知", "接种点周一至周五开放。"])
    record = draft_from_file(editor, live_site, file)
    editor.fill("#id_title", "关于流感疫苗接种时间调整的通知")
    save_draft(editor)

    stranger = new_context().new_page()
    stranger.goto(f"{live_site.url}/desk/login/")
    stranger.fill("input[name=username]", "leader")
    stranger.fill("input[name=password]", "wrong-password-1")
    with stranger.expect_navigation():
        stranger.click("button[type=submit]")

    page = person("auditor")
    page.goto(f"{live_site.url}/desk/")
    page.get_by_role("link", name="审计", exact=True).first.click()
    page.wait_for_url("**/desk/auditor/")
    page.select_option("select[name=group]", "failed")
    with page.expect_navigation():
        page.click("button:has-text('查找')")
    assert "（leader）" in page.get_by_role("region", name="按账号汇总").inner_text()

    page.goto(f"{live_site.url}/desk/auditor/")
    page.fill("input[name=person]", "editor")
    page.fill("input[name=subject]", f"record:{record}")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "新建" in page.get_by_role("region", name="账目").inner_text()
    page.get_by_role("link", name=f"record:{record}").first.click()
    page.wait_for_url("**/sentence/**")
    page.fill("input[name=words]", "疫苗接种时间")
    page.click("button:has-text('查改动')")
    row = page.get_by_role("region", name="改动").locator("tbody tr").first
    assert "（editor）" in row.inner_text()
    assert row.locator("ins").first.inner_text() == "时间调整"
    axe(page)
    screenshot(page, "desk-auditor-found-1280", full=False)

    page.goto(f"{live_site.url}/desk/auditor/span/")
    page.fill("input[name=since]", "2000-01-01")
    page.fill("input[name=until]", "2999-12-31")
    with page.expect_download() as download:
        page.click("button:has-text('导出这段账本')")
    with zipfile.ZipFile(download.value.path()) as archive:
        archive.extractall(tmp_path)
    command = [sys.executable, "-I", "-S", str(tmp_path / "verify_span.py"), str(tmp_path / "账本.jsonl")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert "账本完好" in done.stdout


@pytest.mark.once
def test_nobody_else_enters_the_auditors_desk(live_site: LiveSite, person: Person) -> None:
    page = person("sysadmin")
    for screen in SCREENS:
        assert page.request.get(f"{live_site.url}/desk/auditor/{screen}").status == 403


@pytest.mark.once
def test_health_page_is_accessible_and_the_system_administrators(
    live_site: LiveSite, person: Person, axe: Callable[..., None], screenshot: Callable[..., None]
) -> None:
    page = person("sysadmin")
    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(f"{live_site.url}/desk/health/")
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        screenshot(page, f"desk-health-{width}", full=False)
    assert "后台任务进程" in page.get_by_role("region", name="检查结果").inner_text()
    assert person("editor").request.get(f"{live_site.url}/desk/health/").status == 403


def test_metrics_are_read_on_this_machine_only(live_site: LiveSite) -> None:
    limit = time.monotonic() + PATIENCE_SECONDS
    while True:  # a site is ready before its workers are
        text = live_site.read("/desk/metrics")
        found = {family.name: family for family in text_string_to_metric_families(text)}
        if found["gongkai_workers"].samples[0].value == 2 or time.monotonic() > limit:
            break
        time.sleep(0.2)
    assert found["gongkai_workers"].samples[0].value == 2
    assert {sample.labels["check"] for sample in found["gongkai_check_state"].samples} >= {
        *("database", "triggers", "worker", "jobs", "heads", "disk", "public", "index", "backup")
    }
    assert found["gongkai_journal_seals"].samples[0].value > 1000
    through_proxy = urllib.request.Request(
        f"{live_site.url}/desk/metrics", headers={"X-Forwarded-For": "127.0.0.1"}
    )
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(through_proxy, timeout=PATIENCE_SECONDS)
