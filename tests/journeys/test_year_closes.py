"""The year closes: a ledger is filled, released and read; the yearly report is computed, traced, written, frozen and published."""

from __future__ import annotations

import io
import re
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import pytest
from frictionless import Package, system

from tools.homes import PATIENCE_SECONDS
from tools.testing.desk import Person
from tools.testing.live import LiveSite

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

HEADS = ["样品编号", "采样日期", "监测点", "监测点类型", "指标", "检测值", "未检出"]
WIDTHS = (360, 1280)


@pytest.fixture
def look(axe: Callable[..., None], screenshot: Callable[..., None]) -> Callable[..., None]:
    """Return `look(page, name)`: axe and no sideways scrolling at both widths, and a picture of each."""

    def see(page: Page, name: str) -> None:
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            axe(page, f"{name} {width}")
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth + 1"), (
                f"{name} {width}"
            )
            screenshot(page, f"{name}-{width}", full=False)

    return see


def workbook(folder: Path, name: str, rows: list[list[object]]) -> str:
    """Write a spreadsheet with a merged title over the heads, as a laboratory sends it."""
    book = openpyxl.Workbook()
    sheet = book.active
    for row in [["云岭县饮用水检测结果"], HEADS, *rows]:
        sheet.append(row)
    sheet.merge_cells("A1:G1")
    path = folder / name
    book.save(path)
    return str(path)


def samples(*, broken: bool) -> list[list[object]]:
    """Return results of ten samples; one iron result is over the limit. Broken: a day that is none, an indicator that is none."""
    rows: list[list[object]] = []
    for n in range(10):
        point = ("一水厂", "出厂水") if n < 4 else (f"青屿路{n}号", "末梢水")
        rows += [
            [f"W{n}", "2026-07-0" + str(1 + n % 9), *point, "铁", 0.9 if n == 7 else "０.１", ""],
            [f"W{n}", "2026-07-0" + str(1 + n % 9), *point, "铅", "", "是"],
        ]
    if broken:
        rows[3][1], rows[5][4] = "七月四日", "铁锈"
    return rows


def sign_off(person: Person, site: LiveSite, record: str) -> None:
    """Carry a record through its reviews: three people, each on the review screen."""
    for name in ("reviewer", "secrecy", "leader"):
        page = person(name)
        page.goto(f"{site.url}/desk/records/{record}/review/")
        page.fill("#id_opinion", "同意")
        page.locator(".gk-decide button.gk-button").first.click()
        page.wait_for_load_state()
        assert "已" in page.locator(".messages").inner_text()


def let_pass(page: Page, address: str) -> None:
    """Waive what only a person can judge, with a reason each."""
    page.goto(address)
    for _ in range(30):
        forms = page.locator("form[action$='/waive/']")
        if not forms.count():
            return
        forms.first.locator("[name=reason]").fill("已逐条核对，属于应当公开的内容")
        forms.first.locator("button").click()
        page.wait_for_load_state()


def hand_in(person: Person, page: Page, site: LiveSite, record: str) -> None:
    """Send a record to review from its page."""
    address = f"{site.url}/desk/records/{record}/"
    let_pass(page, address)
    page.goto(address)
    page.click("button:has-text('送审')")
    page.wait_for_load_state()
    told = page.locator(".messages").inner_text()
    assert "已送审" in told, told + page.locator("main").inner_text()[:2000]


def public_path(page: Page, site: LiveSite, record: str) -> str:
    """Return where a published record stands, once the file is there."""
    page.goto(f"{site.url}/desk/records/{record}/")
    index = page.locator("dd").first.inner_text()
    path = f"/doc/demo/{index.split('/')[1].replace('-', '/')}.html"
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        try:
            site.read(path)
        except OSError:
            time.sleep(0.2)
        else:
            return path
    raise AssertionError(f"{path} 没有发布")


def record_of(page: Page) -> str:
    """Return the number of the record whose page is open."""
    found = re.search(r"/records/(\d+)/", page.url)
    assert found, page.url
    return found[1]


def test_laboratory_results_become_a_public_table_with_chart_and_data(
    live_site: LiveSite,
    person: Person,
    look: Callable[..., None],
    new_context: Callable[..., BrowserContext],
    tmp_path: Path,
):
    clerk = person("editor")
    ledger = f"{live_site.url}/desk/registers/drinking_water_sample/"
    clerk.goto(f"{ledger}import/")
    look(clerk, "register-import")
    clerk.set_input_files("#id_file", workbook(tmp_path, "坏.xlsx", samples(broken=True)))
    clerk.click("button:has-text('逐行核对')")
    report = clerk.locator(".gk-errors").inner_text()
    assert "第 6 行“采样日期”" in report
    assert "第 8 行“指标”" in report
    assert not clerk.locator("button:has-text('导入这')").count(), "with one problem nothing is imported"
    look(clerk, "register-problems")

    clerk.goto(f"{ledger}import/")
    clerk.set_input_files("#id_file", workbook(tmp_path, "好.xlsx", samples(broken=False)))
    clerk.click("button:has-text('逐行核对')")
    clerk.click("button:has-text('导入这 20 行')")
    clerk.wait_for_load_state()
    assert "新增 20 行" in clerk.locator(".messages").inner_text()
    clerk.goto(f"{ledger}new/")
    for name, words in (
        ("sample_no", "W10"),
        ("sampled_date", "2026-07-20"),
        ("point_name", "县政府"),
        ("value", "0.02"),
    ):
        clerk.fill(f"#id_{name}", words)
    clerk.select_option("#id_point_type", label="末梢水")
    clerk.select_option("#id_indicator", label="砷")
    clerk.select_option("#id_qualified", "是")
    clerk.click("button:has-text('保存这一行')")
    assert "应为“否”" in clerk.locator(".gk-errors").inner_text(), "a judgement against the limit is refused"
    clerk.select_option("#id_qualified", "")
    look(clerk, "register-row")
    clerk.click("button:has-text('保存这一行')")
    clerk.wait_for_load_state()
    look(clerk, "register-rows")
    assert not clerk.locator("a:has-text('生成公开稿')").count(), "a section does not release"

    office = person("office")
    office.goto(f"{live_site.url}/desk/registers/")
    look(office, "register-list")
    office.goto(f"{ledger}release/")
    office.fill("#id_title", "2026年第三季度生活饮用水水质监测信息")
    office.fill("#id_start", "2026-07-01")
    office.fill("#id_end", "2026-09-30")
    look(office, "register-release")
    office.click("button:has-text('生成公开稿')")
    office.wait_for_url(re.compile(r"/records/\d+/"))
    record = record_of(office)
    hand_in(person, office, live_site, record)
    sign_off(person, live_site, record)
    path = public_path(office, live_site, record)

    reader = new_context().new_page()
    reader.goto(live_site.url + path)
    look(reader, "public-water")
    words = reader.locator("main").inner_text()
    assert "铁（限值≤0.3mg/L） 1 项次" in words
    assert "砷（限值≤0.01mg/L） 1 项次" in words
    chart = reader.locator("svg.chart")
    assert chart.get_attribute("role") == "img"
    assert reader.locator("figure table tbody tr").count() == 2, (
        "the numbers of the chart stand in a table beside it"
    )
    check_in_grey(reader)
    with reader.expect_download() as fetched:
        reader.locator("a", has_text="datapackage.zip").first.click()
    with zipfile.ZipFile(io.BytesIO(Path(fetched.value.path()).read_bytes())) as archive:
        archive.extractall(tmp_path / "package")
    with system.use_context(trusted=True):
        assert Package(str(tmp_path / "package" / "datapackage.json")).validate().valid
    assert {"openapi.json", "drinking-water-sample.csv"} <= {p.name for p in (tmp_path / "package").iterdir()}

    office.goto(f"{ledger}release/")
    office.fill("#id_title", "2026年第三季度生活饮用水水质监测信息")
    office.fill("#id_start", "2026-07-01")
    office.fill("#id_end", "2026-09-30")
    office.fill("#id_note", "补录一个样品")
    office.click("button:has-text('生成公开稿')")
    office.wait_for_url(re.compile(r"/records/\d+/"))
    assert record_of(office) == record, "the same period again is a new version of the same record"


def check_in_grey(page: Page) -> None:
    """See the chart without colour: its bars must stand out from the ground by lightness alone."""
    colours = page.eval_on_selector_all(
        "svg.chart rect.bar", "bars => bars.map(bar => getComputedStyle(bar).fill)"
    )
    for colour in colours:
        red, green, blue = (int(part) / 255 for part in re.findall(r"\d+", colour)[:3])
        light = sum(
            w * (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4)
            for w, c in zip((0.2126, 0.7152, 0.0722), (red, green, blue), strict=True)
        )
        assert 1.05 / (light + 0.05) >= 3, f"{colour} is too light on white"


def test_office_closes_the_year_and_every_figure_opens_to_its_rows(
    live_site: LiveSite,
    person: Person,
    look: Callable[..., None],
    new_context: Callable[..., BrowserContext],
    tmp_path: Path,
):
    loaded = live_site.run("demo", "year")
    assert loaded.returncode == 0, loaded.stderr
    office = person("office")
    office.goto(f"{live_site.url}/desk/annual-report/")
    look(office, "report-list")
    office.fill("input[name=year]", "2020")
    office.click("button:has-text('运算年度报告')")
    office.wait_for_url(re.compile(r"/run/\d+/"))
    address = office.url
    look(office, "report-run")
    office.locator("main a", has_text=re.compile("^519$")).first.click()
    office.wait_for_url("**/cell/**")
    office.locator("[aria-label='记录表'] tbody tr").nth(99).wait_for()
    assert "519" in office.locator(".gk-facts").inner_text()
    assert office.locator("[aria-label='记录表'] tbody tr").count() == 100, "a page of rows"
    look(office, "report-figure")

    change_one_row(office, live_site)
    office.goto(f"{address}effects/")
    look(office, "report-effects")
    changed = office.locator("[aria-label='变了的数'] tbody tr").all_inner_texts()
    assert any("228" in row and "227" in row for row in changed), changed
    assert len(changed) <= 3, "only what rests on this row"
    assert "R05" in office.locator("[aria-label='勾稽和关系']").inner_text()
    assert "不再成立" in office.locator("[aria-label='勾稽和关系']").inner_text()
    assert office.get_by_text("在册监管用人单位227家").count()
    undo_the_row(office, live_site)
    office.goto(f"{address}effects/")
    assert office.get_by_text("台账没有变动").count(), "the same content again gives the same figures"

    write_with_bound_figures(office, address, look)
    leader = person("leader")
    leader.goto(address)
    leader.fill("input[name=unbound_reason]", "问题数为定性归纳")
    leader.click("button:has-text('定稿这份报告')")
    leader.wait_for_load_state()
    assert "已定稿" in leader.locator(".messages").inner_text()

    office.goto(address)
    office.click("button:has-text('转为公开草稿')")
    office.wait_for_load_state()
    record = re.search(r"条目 (\d+)", office.locator("main").inner_text())[1]
    hand_in(person, office, live_site, record)
    sign_off(person, live_site, record)
    reader = new_context().new_page()
    reader.goto(live_site.url + public_path(office, live_site, record))
    look(reader, "public-report")
    figure = reader.locator("main p a[href^='#s']", has_text=re.compile("^519$")).first
    place = figure.get_attribute("href")
    figure.click()
    assert reader.url.endswith(place)
    heading = reader.locator(place)
    assert heading.inner_text() == "微信公众号推文"
    table = heading.locator("xpath=following::table[1]")
    assert "共 519 条" in table.locator("caption").inner_text()
    assert table.locator("tbody tr").count() == 10
    assert reader.locator("a", has_text="数据来源明细.csv").count()
    reader.set_viewport_size({"width": 1280, "height": 900})
    reader.screenshot(path=str(tmp_path / "panel.png"))


EMPLOYER = "存在职业病危害的用人单位"


def change_one_row(page: Page, site: LiveSite) -> None:
    """Take one employer out of supervision."""
    page.goto(f"{site.url}/desk/registers/employer/?start=2020-01-01&end=2020-12-31")
    page.locator("tbody a", has_text="打开").first.click()
    page.select_option("#id_supervised", "否")
    page.fill("#id_reason", "走查：移出监管")
    page.click("button:has-text('保存这一行')")
    page.wait_for_load_state()


def undo_the_row(page: Page, site: LiveSite) -> None:
    """Put the employer back, and see both changes in its history."""
    page.goto(f"{site.url}/desk/registers/employer/?start=2020-01-01&end=2020-12-31")
    page.locator("tbody a", has_text="打开").first.click()
    page.select_option("#id_supervised", "是")
    page.click("button:has-text('保存这一行')")
    page.wait_for_load_state()
    page.locator("tbody a", has_text="打开").first.click()
    assert "在监管：是 → 否" in page.locator("[aria-label='修改记录']").inner_text()


def write_with_bound_figures(page: Page, address: str, look: Callable[..., None]) -> None:
    """Write section five by keyboard: choose a figure after two brackets; a typed number is listed until it is bound."""
    page.goto(f"{address}texts/")
    area = page.locator("#text-s5")
    area.fill("作出行政处罚处理决定")
    area.press("End")
    area.press_sequentially("{{")
    picker = page.locator(".gk-picker")
    picker.locator("input").fill("处罚处理决定")
    look(page, "report-picker")
    first = picker.locator("[role=option]").first.inner_text()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    assert re.search(r"行政处罚处理决定\{\{[a-z_.]+\}\}$", area.input_value()), (first, area.input_value())
    area.press_sequentially("件，43件均已公示；另有3个问题待改进。")
    page.click("button:has-text('保存正文')")
    page.wait_for_url(re.compile(r"/run/\d+/$"))
    unbound = page.locator(".gk-note--warn", has_text="没有绑定")
    assert "2 个数字没有绑定" in unbound.inner_text()
    page.goto(f"{address}texts/")
    page.locator("button[data-bind][data-words^='43']").first.click()
    assert "43件" not in area.input_value()
    page.click("button:has-text('保存正文')")
    page.wait_for_url(re.compile(r"/run/\d+/$"))
    assert "1 个数字没有绑定" in unbound.inner_text()


@pytest.mark.once
def test_report_of_another_bureau_is_checked_by_upload_and_by_paste(
    live_site: LiveSite, person: Person, look: Callable[..., None], tmp_path: Path
):
    rows = [
        "一、本年新收政府信息公开申请数量",
        "二、上年结转政府信息公开申请数量",
        "（一）予以公开",
        "（二）部分公开（区分处理的，只计这一情形，不计其他情形）",
        "（七）总计",
        "四、结转下年度继续办理",
    ]
    numbers = {
        rows[0]: (9, 9),
        rows[1]: (0, 0),
        rows[2]: (8, 8),
        rows[3]: (0, 0),
        rows[4]: (8, 7),
        rows[5]: (1, 1),
    }
    leaves = [
        "1.属于国家秘密",
        "2.其他法律行政法规禁止公开",
        "3.危及“三安全一稳定”",
        "4.保护第三方合法权益",
        "5.属于三类内部事务信息",
        "6.属于四类过程性信息",
        "7.属于行政执法案卷",
        "8.属于行政查询事项",
    ]
    heads = ["自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他", "总计"]
    lines = [["项目", *heads]]
    for label in [*rows[:4], *leaves, *rows[4:]]:
        person_, total = numbers.get(label, (0, 0))
        lines.append([label, str(person_), "0", "0", "0", "0", "0", str(total)])
    title = "虚构市示例局2023年政府信息公开工作年度报告"
    text = "全年收到政府信息公开申请11件。"
    page = (
        f"<html><body><h1>{title}</h1><p>{text}</p><table>"
        + "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in line) + "</tr>" for line in lines)
        + "</table></body></html>"
    )
    path = tmp_path / "别家年报.html"
    path.write_text(page, encoding="utf-8")
    office = person("office")
    office.goto(f"{live_site.url}/desk/annual-report/check/")
    office.set_input_files("#id_file", str(path))
    office.click("button:has-text('核对这份年报')")
    office.wait_for_load_state()
    look(office, "report-check")
    for how in ("file", "paste"):
        if how == "paste":
            office.goto(f"{live_site.url}/desk/annual-report/check/")
            office.fill("#id_pasted", "\n".join([title, text, "", *("\t".join(line) for line in lines)]))
            office.click("button:has-text('核对这份年报')")
            office.wait_for_load_state()
        told = office.locator("main").inner_text()
        assert "虚构市示例局 2023 年" in told, how
        assert re.search(r"F3 .*总计等于自然人与各类组织之和", told), how
        assert re.search(r"F9 .*11.*表格中为 9", told), how
        assert "没有找到第 四 部分" in told or "没有找到第四部分" in told.replace(" ", ""), how
