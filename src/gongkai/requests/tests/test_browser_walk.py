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
from gongkai.requests.services.acting import office_calendar

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
        if check:  # the browser's small piece of work is done while the page is read
            page.wait_for_selector("input[data-state=done]", state="attached")
            self.both_modes(page, "ask-check")
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

    def both_modes(self, page: Any, name: str) -> None:
        """Look at the page that is open in large type too, on the phone and at 1280 px; leave it as it was."""
        elder = {"name": "gk_elder", "value": "1", "url": f"{self.url}/ask/"}
        page.context.add_cookies([elder])
        page.reload()
        for width in (360, 1280):
            page.set_viewport_size({"width": width, "height": 740})
            self.axe(page, f"{name} elder {width}")
            self.shoot(page, f"requests-{name}-elder-{width}")
            assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{name} 适老版横向溢出"
        page.context.add_cookies([{**elder, "value": "0"}])
        page.reload()
        self.axe(page, f"{name} 1280")
        page.set_viewport_size({"width": 360, "height": 740})

    def desk_look(self, page: Any, name: str) -> None:
        """Look at a desk page at both widths."""
        for width in (1280, 360):
            page.set_viewport_size({"width": width, "height": 900})
            self.axe(page, f"desk {name} {width}")
            self.shoot(page, f"requests-desk-{name}-{width}")
        page.set_viewport_size({"width": 1280, "height": 900})

    def sign_and_serve(self, number: str, label: str) -> None:
        """Send a notice that needs both signatures for signing, sign it twice and note its service."""
        letter = Case.objects.get(number=number).letters.last()
        assert letter is not None
        address = f"{self.url}/desk/requests/letter/{letter.pk}/"
        page = self.desk("handler")
        page.goto(address)
        page.click("text=定稿送签")
        for name in ("head", "office"):
            signer = self.desk(name)
            signer.goto(address)
            signer.click("text=签批这份文书")
        page.goto(address)
        page.fill("#p", label)
        page.click("button:has-text('登记送达')")

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
    site.both_modes(phone, "ask-case")
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
    site.desk_look(page, "case")
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
    letter = case.letters.last()
    assert letter is not None
    page = site.desk("office")
    for address, name in (
        ("?all=1", "ledger"),
        ("register/", "register"),
        ("figures/", "figures"),
        ("settings/", "settings"),
        ("proposals/", "proposals"),
        ("calendar/", "calendar"),
        ("find/", "find"),
        (f"letter/{letter.pk}/", "letter"),
    ):
        page.goto(f"{site.url}/desk/requests/{address}")
        site.desk_look(page, name)
    page.goto(f"{site.url}/desk/requests/figures/")
    page.click("table >> text=1 >> nth=0")
    page.locator("tbody a", has_text=number).first.wait_for()


@pytest.mark.once
def test_plain_grant_not_held_and_withdrawal_without_script(site: Walk) -> None:
    phone = site.phone(script=False)  # the counter needs no script
    wanted: dict[str, tuple[str, str]] = {}
    for serial, name in enumerate(("grant", "missing", "withdrawn"), start=1):
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
    site.follow(phone, *wanted["withdrawn"])
    phone.click("summary:has-text('撤回这件申请')")
    phone.click("text=确定撤回申请")
    assert "您撤回了申请" in phone.content()
    site.follow(phone, *wanted["grant"])
    assert "6个月内向人民法院提起行政诉讼" in phone.content()
    phone.check("input[name=score][value='5']")
    phone.click("text=提交评价")
    site.follow(phone, *wanted["missing"])
    assert "政府信息不存在告知书" in phone.content()
    rows = dict(Case.objects.values_list("number", "row"))
    assert rows[wanted["grant"][0]] == "granted"
    assert rows[wanted["missing"][0]] == "unavailable.not_held"
    assert rows[wanted["withdrawn"][0]] == "other.misc"


@pytest.mark.once
def test_excessive_request_on_paper_whose_fee_lapses(site: Walk) -> None:
    """A visit of weeks ago is entered today with its own dates, so that the fee's term is over."""
    calendar, today = office_calendar(), office.this_day()
    arrived = today
    for _ in range(32):
        arrived = calendar.previous_working_day(arrived - office.days(1))
    desk, who = site.desk("handler"), office.person(9)
    desk.goto(f"{site.url}/desk/requests/register/")
    desk.select_option("#r-channel", "in_person")
    desk.fill("#r-arrived_date", arrived.isoformat())
    for field in ("name", "id_kind", "id_number", "phone", "address"):
        desk.fill(f"#r-{field}", who[field])
    desk.fill("#r-content", "请公开近十年全部执法文书")
    desk.fill("#r-needs_help", "口头申请，由工作人员代填，已念给本人确认")
    desk.click("text=登记这件申请")
    told = desk.locator(".messages .success").inner_text()
    found = re.search(r"已登记 (\S+)。查询码（只显示这一次）：(\S+)", told)
    assert found is not None, told
    number, code = found.groups()
    site.act("handler", number, "审查通过，开始办理")
    asked, served = (office.working_days_after(arrived, n) for n in (2, 5))
    site.act("handler", number, "要求说明理由", note="一个月内申请数量明显超过合理范围", on=asked.isoformat())
    phone = site.phone()
    site.follow(phone, number, code)
    phone.fill("#f-why", "用于研究")
    phone.click("text=提交理由")
    site.act("handler", number, "收取信息处理费", mode="per_page", count="119", on=served.isoformat())
    phone.reload()
    assert "应缴 1080 元" in phone.content()
    site.axe(phone, "fee")
    site.shoot(phone, "requests-ask-fee-360")
    site.act("handler", number, "按逾期不缴费办结")
    site.act("handler", number, "拟文书", kind="L19_lapse_note")
    site.sign_and_serve(number, "当面签收")
    phone.reload()
    page = phone.content()
    assert "视为放弃申请告知书" in page
    assert "逾期没有缴费，按放弃申请办结" in page
    assert Case.objects.get(number=number).row == "other.lapsed_no_fee"


@pytest.mark.once
def test_corrected_refusal_is_answered_again_in_a_further_round(site: Walk) -> None:
    phone = site.phone()
    number, code = site.ask(phone, content="请公开讨论记录")
    desk = site.desk("handler")
    desk.goto(f"{site.url}/desk/requests/case/{number}/")
    desk.click("text=由我经办")
    site.act("handler", number, "审查通过，开始办理")
    refusal = {"which": "讨论记录", "reason": "属于过程性信息"}
    site.reply(number, [("denied.process_info", refusal)])
    site.act("handler", number, "登记复议或诉讼", kind="review", body="示范区人民政府")
    site.act("handler", number, "写回复议诉讼结果", result="corrected")
    site.act("office", number, "重新办理")
    site.follow(phone, number, code)
    assert "按复议决定或者判决重新办理" in phone.content()
    assert "最晚" in phone.content()
    site.shoot(phone, "requests-ask-round-360")
    site.reply(number, [("granted.provided", {"given": "讨论记录"})])
    case = Case.objects.get(number=number)
    assert (case.row, case.rounds.get().row) == ("denied.process_info", "granted")
    desk.goto(f"{site.url}/desk/requests/case/{number}/")
    assert "第 2 轮办理" in desk.content()
    site.desk_look(desk, "round")


@pytest.mark.once
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
