"""A hospital clerk's day: what is due, a Word file, a finding mended, the chain, the public page; nobody else's things; and the complaint entrance."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

import pytest

from gongkai.kernel.calendar import load_calendar
from gongkai.requests.testing import this_day
from tools.homes import PATIENCE_SECONDS
from tools.testing.browser import Watcher
from tools.testing.desk import Person, sign, wait_for, word_file
from tools.testing.live import LiveSite

if TYPE_CHECKING:
    from playwright.sync_api import APIRequestContext, Page

HOSPITAL, NAME = "demo-yy1", "云岭县人民医院"
ITEM = "I053"  # 服务价格
TITLE = "云岭县人民医院关于调整部分医疗服务价格的公告"
MOBILE = "13900001234"
Axe = Callable[..., None]
Shot = Callable[..., None]


def fits(page: Page, axe: Axe, screenshot: Shot, name: str) -> None:
    """Look at a page on a desk and on a phone: nothing sticks out, nothing for axe to say."""
    before = page.viewport_size
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 900})
        axe(page, f"{name} {width}")
        assert not page.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1"), (
            f"{name} {width}"
        )
        screenshot(page, f"{name}-{width}")
    if before:
        page.set_viewport_size(before)


def told(page: Page) -> str:
    """Return what the page tells after an act."""
    page.wait_for_load_state()
    return str(page.locator(".messages").inner_text())


def working_days_ago(number: int) -> date:
    """Return the working day so many before today."""
    calendar, day = load_calendar(), this_day()
    for _ in range(number):
        day = calendar.previous_working_day(day - timedelta(days=1))
    return day


@pytest.fixture(scope="module")
def formed() -> date:
    """Return the day on which the price list changed: its limit of twenty working days is nearly over."""
    return working_days_ago(18)


def give_the_hospital_its_catalogue(office: Page, site: LiveSite, formed: date) -> None:
    """Bring the items of the type in, and enter what changed."""
    office.goto(f"{site.url}/desk/catalogue/import/?org={HOSPITAL}")
    office.click("button:has-text('带入本类机构的目录')")
    assert "医院信息公开目录" in told(office)
    office.goto(f"{site.url}/desk/catalogue/item/{ITEM}/?org={HOSPITAL}")
    office.click("summary:has-text('登记一条公开义务')")
    office.fill("[name=title]", "服务价格调整")
    office.select_option("[name=event]", "formed")
    office.fill("[name=formed_date]", formed.isoformat())
    office.click("button:has-text('登记公开义务')")
    assert "已登记公开义务" in told(office)


def price_list(folder: Path, formed: date) -> Path:
    """Write the notice as a clerk has it, with a private mobile number in it."""
    day = f"{formed.year}年{formed.month}月{formed.day}日"
    lines = (
        TITLE, "一、调整内容", "部分检验项目价格按公布的目录执行。", f"二、咨询方式。联系人手机{MOBILE}，工作时间接听。", NAME, day,
    )  # fmt: skip
    return word_file(folder, "价格公告", lines)


def item_row(page: Page, site: LiveSite, query: str = "") -> str:
    """Return the line of the item in the clerk's list."""
    page.goto(f"{site.url}/desk/catalogue/?q={ITEM}{query}")
    return str(page.locator("tbody tr").first.inner_text())


@pytest.mark.once
def test_clerk_publishes_what_is_due_and_its_light_turns_green(
    live_site: LiveSite, person: Person, axe: Axe, screenshot: Shot, tmp_path: Path, formed: date
) -> None:
    office = person("office")
    give_the_hospital_its_catalogue(office, live_site, formed)

    clerk = person("hospital")
    clerk.goto(f"{live_site.url}/desk/")
    panel = clerk.locator("[aria-labelledby=gk-lights]")
    assert panel.locator("h3").all_inner_texts() == [NAME], "only their own institution"
    fits(clerk, axe, screenshot, "hospital-today")
    panel.locator("a:has-text('即将到期')").click()
    assert "即将到期" in clerk.locator("tbody tr").first.inner_text()
    clerk.locator("tbody a").first.click()
    assert "未公开" in clerk.locator("main").inner_text()
    clerk.goto(f"{live_site.url}/desk/catalogue/timeliness/")
    assert ITEM in clerk.locator("main").inner_text()

    clerk.goto(f"{live_site.url}/desk/records/new/")
    clerk.set_input_files("#id_file", str(price_list(tmp_path, formed)))
    clerk.select_option("#id_org_code", HOSPITAL)
    clerk.select_option("#id_catalogue_codes", ITEM)
    clerk.click("button:has-text('新建信息')")
    clerk.wait_for_url(re.compile(r"/edit/\d+/"))
    record = int(re.findall(r"/edit/(\d+)/", clerk.url)[0])
    assert clerk.locator("[name=formed_date]").input_value() == formed.isoformat()
    address = f"{live_site.url}/desk/records/{record}/"
    clerk.goto(address)
    clerk.locator("button:has-text('改为“139****1234”')").first.click()
    clerk.wait_for_load_state()
    clerk.click("button:has-text('送审')")
    assert "已送审" in told(clerk)

    assert "内容审核" in sign(person("reviewer"), live_site, record)
    assert "保密审查" in sign(person("secrecy"), live_site, record)
    assert sign(person("leader"), live_site, record) == "批准并发布"
    clerk.goto(address)
    assert (
        "医疗卫生机构信息审签" in clerk.locator("main").inner_text()
        or "已发布" in clerk.locator("main").inner_text()
    )

    page = wait_for(live_site, f"/org/{HOSPITAL}/", TITLE)
    assert MOBILE not in page
    wait_for(live_site, f"/catalogue/{HOSPITAL}/", "服务价格")
    limit = time.monotonic() + PATIENCE_SECONDS
    while "正常" not in item_row(clerk, live_site) and time.monotonic() < limit:
        clerk.wait_for_timeout(200)
    assert "正常" in item_row(clerk, live_site), "the due item is green"
    clerk.locator("tbody a").first.click()
    assert "已公开" in clerk.locator("main").inner_text()


def links(text: str, base: str) -> Iterator[str]:
    """Yield the desk addresses that a page links to, without what changes something."""
    for found in re.findall(r'href="([^"#]+)"', text):
        target = urljoin(base, found.replace("&amp;", "&"))
        if re.match(r"/desk/(records|catalogue|registers|requests|snippets/records)/", urlsplit(target).path):
            yield target


def walk(request: APIRequestContext, starts: list[str], most: int) -> list[str]:
    """Return the addresses of these rooms that can be reached in two steps, a few of each kind."""
    seen: dict[str, list[str]] = {}
    queue = [(start, 0) for start in starts]
    while queue:
        address, depth = queue.pop(0)
        parts = urlsplit(address)
        path = re.sub(r"/(at|item|column|register|versions|sheet|kind)/[^/]+", r"/\1/*", parts.path)
        kind = re.sub(r"/[^/]*\d[^/]*(?=/)", "/*", path) + str(sorted(re.findall(r"(\w+)=", parts.query)))
        if address in seen.get(kind, ()) or len(seen.get(kind, ())) >= most:
            continue
        seen.setdefault(kind, []).append(address)
        if depth < 2:
            answer = request.get(address)
            if answer.ok and "text/html" in answer.headers.get("content-type", ""):
                queue += [(found, depth + 1) for found in links(answer.text(), address)]
    return [address for found in seen.values() for address in found]


@pytest.mark.once
def test_clerk_reaches_nobody_elses_lists_and_addresses(live_site: LiveSite, person: Person) -> None:
    office, clerk = person("office").request, person("hospital").request
    desk = f"{live_site.url}/desk"
    starts = [
        f"{desk}/{room}/" for room in ("records", "catalogue", "registers", "requests", "requests/complaints")
    ]
    reached = walk(
        office, [*starts, f"{desk}/catalogue/?org=demo", f"{desk}/catalogue/timeliness/?org=demo"], 2
    )
    assert len(reached) > 40, "the walk must see the rooms"
    listed = office.get(f"{desk}/records/?who=all").text()
    foreign = {
        title.strip()
        for title in re.findall(r'href="[^"]*/records/\d+/[^"]*"[^>]*>\s*([^<]{8,}?)\s*<', listed)
        if NAME not in title
    }
    assert foreign
    refused, faults = 0, []
    for address in reached:
        answer: Any = clerk.get(address)
        if answer.status in (403, 404, 405):
            refused += 1
            continue
        body = answer.text() if "text/html" in answer.headers.get("content-type", "") else ""
        if answer.status >= 500 or not body:
            faults.append(f"{answer.status} {address}")
        faults += [f"{address} 露出“{title}”" for title in foreign if title in body]
        if "org=demo" in address and "org=demo-yy1" not in address:
            faults.append(f"{address} 打开了别人的目录或台账")
    assert not faults, "\n".join(faults)
    assert refused > 20


@pytest.mark.once
def test_citizen_complains_on_the_hospitals_page_and_the_office_answers(
    live_site: LiveSite,
    person: Person,
    new_context: Callable[..., Any],
    axe: Axe,
    screenshot: Shot,
    watcher: Watcher,
) -> None:
    watcher.allow("422")
    visitor = new_context().new_page()
    visitor.goto(f"{live_site.url}/org/{HOSPITAL}/")
    fits(visitor, axe, screenshot, "hospital-public")
    visitor.click("a:has-text('在线申诉')")
    fits(visitor, axe, screenshot, "complaint-form")
    visitor.click("button:has-text('提交申诉')")
    assert "处需要改正" in visitor.locator("main").inner_text()
    fits(visitor, axe, screenshot, "complaint-faults")
    visitor.fill("[name=content]", "门诊楼没有公开药品价格")
    visitor.fill("[name=name]", "测试申诉人")
    visitor.fill("[name=phone]", "19900000001")
    proof = {"name": "门诊大厅.txt", "mimeType": "text/plain", "buffer": "公示栏没有药品价格".encode()}
    visitor.set_input_files("[name=file]", proof)
    visitor.click("button:has-text('提交申诉')")
    visitor.wait_for_selector("text=申诉已经收到")
    fits(visitor, axe, screenshot, "complaint-receipt")
    number, code = (visitor.locator("dd.code").nth(n).inner_text() for n in (0, 1))

    office = person("office")
    office.goto(f"{live_site.url}/desk/requests/complaints/")
    assert "测试申诉人" not in office.content()
    fits(office, axe, screenshot, "desk-complaints")
    office.click(f"a:has-text('{number}')")
    office.click("button:has-text('由我调查处理')")
    assert "已办理" in told(office)
    assert "门诊楼没有公开药品价格" in office.locator("main").inner_text()
    fits(office, axe, screenshot, "desk-complaint")
    office.select_option("[name=result]", "partly")
    office.fill("[name=answer]", "已要求医院在网站公布药品价格。")
    office.click("button:has-text('告知结果')")
    assert "已办理" in told(office)

    visitor.goto(f"{live_site.url}/ask/track/")
    visitor.fill("[name=number]", number)
    visitor.fill("[name=code]", code)
    visitor.click("button:has-text('查看进度')")
    visitor.wait_for_selector("text=部分属实")
    assert "门诊大厅.txt" in visitor.locator("main").inner_text()
    visitor.wait_for_selector("a:has-text('下载 Word')")
    fits(visitor, axe, screenshot, "complaint-result")
    assert "已要求医院在网站公布药品价格" in visitor.locator("main").inner_text()

    office.goto(f"{live_site.url}/desk/catalogue/timeliness/")
    fits(office, axe, screenshot, "desk-timeliness")
