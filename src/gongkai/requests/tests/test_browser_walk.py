"""A citizen on a phone and the people at the desk, in a real browser; every page clean by axe, no script needed at the counter."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from gongkai.requests import testing as office
from gongkai.requests.models import Case

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


class Walk:
    """One live site with a phone and a desk for each person."""

    def __init__(
        self, url: str, new_context: Callable[..., Any], axe: Callable[..., None], shoot: Callable[..., None]
    ) -> None:
        self.url, self.new_context, self.axe, self.shoot = url, new_context, axe, shoot
        self.staff = office.people()
        self.pages: dict[str, Any] = {}

    def phone(self, **options: Any) -> Any:
        return self.new_context(
            width=360, height=740, java_script_enabled=options.pop("script", True), **options
        ).new_page()

    def desk(self, name: str) -> Any:
        if name not in self.pages:
            client = Client()
            client.force_login(self.staff[name], backend="gongkai.organisations.staff.backend.RoleBackend")
            context = self.new_context()
            cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": self.url}])
            self.pages[name] = context.new_page()
        return self.pages[name]

    def ask(self, page: Any, *, content: str, serial: int = 1, check: bool = False) -> tuple[str, str]:
        """Fill the form as a citizen; return number and query code."""
        who = office.person(serial)
        page.goto(f"{self.url}/ask/at/demo/")
        self._look(page, check, "ask-guide")
        page.click("text=开始填写申请")
        self._look(page, check, "ask-who")
        page.check("input[value=natural_person]")
        self._next(page)
        page.fill("#f-name", who["name"])
        if check:
            page.fill("#f-id_number", "119999199001010000")
            self._next(page)
            assert page.locator(".error-summary").count() == 1
            self._look(page, check, "ask-error")
        page.fill("#f-id_number", who["id_number"])
        self._next(page)
        page.fill("#f-phone", who["phone"])
        page.fill("#f-address", who["address"])
        self._next(page)
        page.fill("#f-content", content)
        self._look(page, check, "ask-what")
        self._next(page)
        page.check("input[value=电子文件]")
        page.check("input[value=网上获取]")
        self._next(page)
        page.check("input[name=has_agent][value=no]")
        self._next(page)
        self._look(page, check, "ask-files")
        self._next(page)
        self._look(page, check, "ask-check")
        page.click("text=提交申请")
        self._look(page, check, "ask-done")
        number, code = page.locator(".code").all_inner_texts()
        return number, code

    def follow(self, page: Any, number: str, code: str) -> Any:
        """Open one's case with number and code."""
        page.goto(f"{self.url}/ask/track/")
        page.fill("#f-number", number)
        page.fill("#f-code", code)
        page.click("main button[type=submit]")
        return page

    def act(self, who: str, number: str, label: str, **fields: str) -> Any:
        """Open an action on the case page, fill it and send it."""
        page = self.desk(who)
        page.goto(f"{self.url}/desk/requests/case/{number}/")
        box = page.locator("details.rq-act").filter(has=page.locator(f"summary:text-is('{label}')"))
        box.locator("summary").first.click()
        for field, value in fields.items():
            target = box.locator(f"[name={field}]").first
            kind = target.evaluate("e => e.tagName + (e.type || '')")
            if kind.startswith("SELECT"):
                target.select_option(value)
            elif kind.endswith("checkbox"):
                box.locator(f"[name={field}][value={value}]").check()
            else:
                target.fill(value)
        box.locator("form button").first.click()
        page.locator(".messages .success", has_text="已办理").first.wait_for()
        return page

    def reply(self, number: str, outcomes: list[tuple[str, dict[str, str]]]) -> None:
        """Decide every part, draft, sign twice and serve."""
        for position, (outcome, needs) in enumerate(outcomes, start=1):
            page = self.desk("handler")
            page.goto(f"{self.url}/desk/requests/case/{number}/")
            box = page.locator("details.rq-act").filter(
                has=page.locator(f"summary:has-text('事项{position}：')")
            )
            box.locator("summary").first.click()
            box.locator("select[name=outcome]").select_option(outcome)
            for key, value in needs.items():
                box.locator(f"[name=need_{key}]").fill(value)
            box.locator("form button").first.click()
        page = self.act("handler", number, "拟文书")
        letter = Case.objects.get(number=number).letters.last()
        assert letter is not None
        page.goto(f"{self.url}/desk/requests/letter/{letter.pk}/")
        page.click("text=定稿送签")
        for name in ("head", "office"):
            signer = self.desk(name)
            signer.goto(f"{self.url}/desk/requests/letter/{letter.pk}/")
            signer.click("text=签批这份文书")
        self.act("handler", number, "登记送达，办结", way="portal", proof="查询页")

    def _next(self, page: Any) -> None:
        page.click("text=保存，下一步")

    def _look(self, page: Any, check: bool, name: str) -> None:
        if check:
            self.axe(page, name)
            self.shoot(page, f"requests-{name}-360")
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= 360, f"{name} 横向溢出：{wide}"


@pytest.fixture
def site(live_server: Any, new_context: Any, axe: Any, screenshot: Any, watcher: Any) -> Walk:
    watcher.allow("422")  # a wrong answer is shown again with its fault
    return Walk(live_server.url, new_context, axe, screenshot)


def test_citizen_and_desk_walk_supplement_third_party_extension_partial(site: Walk) -> None:
    phone = site.phone()
    number, code = site.ask(phone, content="请公开示范区医院设备采购合同", check=True)
    page = site.desk("office")
    page.goto(f"{site.url}/desk/requests/case/{number}/")
    assert "还没有经办人" in page.content()
    taker = site.desk("handler")
    taker.goto(f"{site.url}/desk/requests/case/{number}/")
    taker.click("text=由我经办")
    site.act("handler", number, "要求补正", grounds="content_unclear", items="请写明是哪一年的合同")
    site.follow(phone, number, code)
    site.axe(phone, "case")
    site.shoot(phone, "requests-ask-case-360")
    phone.fill("#f-sup", "2023 年")
    phone.click("text=提交补充内容")
    assert "收到您补充的内容" in phone.content()
    today = office.this_day().isoformat()
    site.act("handler", number, "征求第三方意见", name="测试公司", documents="采购合同", delivered=today)
    site.act("handler", number, "记征求意见结果", answer="partly", reasons="单价属于商业秘密")
    site.act("handler", number, "提出延期", days="10", note="需要核实")
    site.act("office", number, "批准延期")
    site.act("handler", number, "登记已告知延期")
    site.act("handler", number, "拆分事项", texts="合同正文\n合同单价")
    page = site.desk("handler")
    page.goto(f"{site.url}/desk/requests/case/{number}/")
    site.axe(page, "desk case")
    site.shoot(page, "requests-desk-case-1280")
    page.set_viewport_size({"width": 360, "height": 740})
    site.shoot(page, "requests-desk-case-360")
    page.set_viewport_size({"width": 1280, "height": 900})
    third = {
        "which": "商业秘密",
        "consultation": "已征求，不同意公开单价",
        "weighing": "不公开不影响公共利益",
    }
    site.reply(number, [("granted.provided", {"given": "合同正文"}), ("denied.third_party", third)])
    case = Case.objects.get(number=number)
    assert (case.state, case.row) == ("closed", "partial")
    phone.reload()
    assert "先向示范区人民政府申请行政复议" in phone.content()
    site.shoot(phone, "requests-ask-closed-360")
    with phone.expect_download() as got:
        phone.click("text=下载 Word")
    assert got.value.suggested_filename.endswith(".docx")
    for address, name in (
        ("", "ledger"),
        ("?all=1", "ledger-all"),
        ("register/", "register"),
        ("figures/", "figures"),
    ):
        page.goto(f"{site.url}/desk/requests/{address}")
        site.axe(page, name)
        site.shoot(page, f"requests-desk-{name}-1280")
    letter = case.letters.last()
    assert letter is not None
    page.goto(f"{site.url}/desk/requests/letter/{letter.pk}/")
    site.shoot(page, "requests-desk-letter-1280")


def test_plain_grant_not_held_fee_and_withdrawal(site: Walk) -> None:
    phone = site.phone(script=False)  # the counter needs no script
    wanted: dict[str, tuple[str, str]] = {}
    for serial, name in enumerate(("grant", "missing", "fee", "withdrawn"), start=1):
        wanted[name] = site.ask(phone, content=f"请公开第 {serial} 份材料", serial=serial)
        number = wanted[name][0]
        desk = site.desk("handler")
        desk.goto(f"{site.url}/desk/requests/case/{number}/")
        desk.click("text=由我经办")
        site.act("handler", number, "审查通过，开始办理")
    site.reply(wanted["grant"][0], [("granted.already_public", {"access": "示范区公报 2023 年第 3 期"})])
    site.act(
        "handler",
        wanted["missing"][0],
        "记一次检索",
        place="档案管理系统",
        keywords="材料",
        found="no",
        result="没有找到",
    )
    site.reply(
        wanted["missing"][0],
        [("unavailable.not_held.not_exist", {"search": "检索了档案系统与纸质档案，没有找到"})],
    )
    site.act("handler", wanted["fee"][0], "收取信息处理费", mode="per_page", count="119")
    site.follow(phone, *wanted["withdrawn"])
    phone.click("summary:has-text('撤回这件申请')")
    phone.click("text=确定撤回申请")
    assert "您撤回了申请" in phone.content()
    site.follow(phone, *wanted["fee"])
    assert re.search(r"应缴 1080 元", phone.content())
    rows = dict(Case.objects.values_list("number", "row"))
    assert rows[wanted["grant"][0]] == "granted"
    assert rows[wanted["missing"][0]] == "unavailable.not_held"
    assert rows[wanted["withdrawn"][0]] == "other.misc"


def test_large_type_is_a_whole_journey(site: Walk) -> None:
    phone = site.phone()
    phone.goto(f"{site.url}/ask/")
    phone.click("text=适老版")
    assert phone.locator("html.elder").count() == 1
    number, code = site.ask(phone, content="请公开老年人体检安排")
    site.follow(phone, number, code)
    site.axe(phone, "elder case")
    site.shoot(phone, "requests-ask-elder-360")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360
