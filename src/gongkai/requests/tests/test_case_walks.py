"""Whole lives of requests, from the counter to the archive, through the room's services."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from gongkai.kernel.machine import NotAllowed
from gongkai.organisations.api import NotPermitted
from gongkai.requests import testing as office
from gongkai.requests.core.letter_rules import letter_rules
from gongkai.requests.errors import Refused
from gongkai.requests.models import Case, Letter
from gongkai.requests.services import (
    assign,
    calendar,
    consult,
    decide,
    examine,
    extend,
    fee,
    letters,
    remedy,
    serve,
    sign,
)
from gongkai.requests.services.acting import deadline_of

pytestmark = pytest.mark.django_db
DAY = date(2024, 3, 4)


@pytest.fixture
def staff() -> dict[str, Any]:
    return office.people()


def details(outcome: str) -> dict[str, str]:
    from gongkai.requests.core.outcomes import outcomes

    rule = outcomes()[outcome]
    return {
        key: rule.choices[0] if key == "which" and rule.choices else f"已写明{number}"
        for number, key in enumerate(rule.needs)
    }


def answer(
    case_id: int, staff: dict[str, Any], day: date, outcome: str = "granted.provided", way: str = "portal"
) -> Case:
    handler, now = staff["handler"], office.at(day)
    if Case.objects.get(pk=case_id).state == "received":
        examine.accept(case_id=case_id, user=handler, now=now)
    for part in Case.objects.get(pk=case_id).parts.all():
        decide.decide(
            case_id=case_id,
            position=part.position,
            outcome=outcome,
            detail=details(outcome),
            user=handler,
            now=now,
        )
    letter = letters.draft_letter(case_id=case_id, user=handler, now=now)
    letter = sign.submit_for_signing(case_id=case_id, letter_id=letter.pk, user=handler, now=now)
    for name in ("head", "office"):
        sign.sign(case_id=case_id, letter_id=letter.pk, sha256=letter.sha256, user=staff[name], now=now)
    return serve.serve_reply(case_id=case_id, way=way, served=day, proof="查询页", user=handler, now=now)


def test_plain_grant_is_closed_with_its_row_and_letter(staff: dict[str, Any]) -> None:
    receipt = office.register(DAY, staff["handler"])
    assert receipt.due_date == date(2024, 4, 1)  # day of receipt not counted, 20 working days
    case = answer(receipt.case_id, staff, date(2024, 3, 12))
    assert (case.state, case.row, case.closed_date) == ("closed", "granted", date(2024, 3, 12))
    letter = case.letters.get()
    assert letter.number.endswith("公开〔2024〕1号")
    assert "先向示范区人民政府申请行政复议" not in letters.content_of(letter).remedy
    assert "6个月内向人民法院" in letters.content_of(letter).remedy


def test_refusal_under_exemption_tells_review_first(staff: dict[str, Any]) -> None:
    receipt = office.register(DAY, staff["handler"])
    case = answer(receipt.case_id, staff, date(2024, 3, 12), "denied.process_info")
    remedy_text = letters.content_of(case.letters.get()).remedy
    assert "先向示范区人民政府申请行政复议" in remedy_text
    assert "个月内向人民法院" not in remedy_text


def test_refusal_before_2024_leaves_the_choice(staff: dict[str, Any]) -> None:
    day = date(2023, 3, 6)
    receipt = office.register(day, staff["handler"])
    case = answer(receipt.case_id, staff, date(2023, 3, 14), "denied.process_info")
    assert "也可以自收到本答复书之日起6个月内" in letters.content_of(case.letters.get()).remedy


def test_parts_given_and_withheld_count_as_partial(staff: dict[str, Any]) -> None:
    handler, now = staff["handler"], office.at(DAY)
    case_id = office.register(DAY, handler).case_id
    examine.accept(case_id=case_id, user=handler, now=now)
    assign.split(case_id=case_id, texts=["甲事项", "乙事项"], user=handler, now=now)
    decide.decide(
        case_id=case_id, position=1, outcome="granted.provided", detail={"given": "甲"}, user=handler, now=now
    )
    outcome = "denied.third_party"
    decide.decide(
        case_id=case_id, position=2, outcome=outcome, detail=details(outcome), user=handler, now=now
    )
    letter = letters.draft_letter(case_id=case_id, user=handler, now=now)
    assert letter.kind == "L11_partial"
    letter = sign.submit_for_signing(case_id=case_id, letter_id=letter.pk, user=handler, now=now)
    for name in ("head", "office"):
        sign.sign(case_id=case_id, letter_id=letter.pk, sha256=letter.sha256, user=staff[name], now=now)
    case = serve.serve_reply(
        case_id=case_id, way="hand", served=DAY, proof="申请人签收", user=handler, now=now
    )
    assert case.row == "partial"
    assert "有的部分公开" in case.row_why


def test_supplement_restarts_the_limit_once(staff: dict[str, Any]) -> None:
    handler = staff["handler"]
    case_id = office.register(DAY, handler).case_id
    ask = {"case_id": case_id, "grounds": ["content_unclear"], "items": "请写明年度", "user": handler}
    examine.ask_supplement(**ask, asked=date(2024, 3, 8), now=office.at(date(2024, 3, 8)))
    waiting = Case.objects.get(pk=case_id)
    assert (waiting.due_date, waiting.is_paused) == (
        None,
        True,
    )  # the old limit is void, the new one has not begun
    back = date(2024, 3, 20)
    case = examine.receive_supplement(case_id=case_id, answer="2023 年度", received=back, now=office.at(back))
    assert case.due_date == office.working_days_after(back, 20)
    with pytest.raises(Refused, match="只能一次性告知"):
        examine.ask_supplement(**ask, asked=back, now=office.at(back))


def test_late_supplement_notice_moves_nothing(staff: dict[str, Any]) -> None:
    handler = staff["handler"]
    receipt = office.register(DAY, handler)
    late = date(2024, 3, 14)
    examine.ask_supplement(
        case_id=receipt.case_id,
        grounds=["content_unclear"],
        items="请写明年度",
        asked=late,
        user=handler,
        now=office.at(late),
    )
    case = examine.receive_supplement(
        case_id=receipt.case_id, answer="2023", received=late, now=office.at(late)
    )
    assert case.due_date == receipt.due_date


def test_third_party_then_extension(staff: dict[str, Any]) -> None:
    handler, sent = staff["handler"], date(2024, 3, 6)
    case_id = office.register(DAY, handler).case_id
    examine.accept(case_id=case_id, user=handler, now=office.at(DAY))
    row = consult.ask(
        case_id=case_id, kind="third_party", name="测试公司", documents="招标文件", sent=sent, delivered=sent, user=handler,
        now=office.at(sent),
    )  # fmt: skip
    case = Case.objects.get(pk=case_id)
    assert case.is_paused
    assert case.due_date is None
    with pytest.raises(Refused, match="已经在征求"):
        consult.ask(
            case_id=case_id,
            kind="third_party",
            name=" 测试公司 ",
            documents="招标文件",
            sent=sent,
            user=handler,
            now=office.at(sent),
        )
    back = date(2024, 3, 18)
    consult.note_answer(
        case_id=case_id,
        consultation_id=row.pk,
        answer="refuse",
        answered=back,
        reasons="涉及商业秘密",
        user=handler,
        now=office.at(back),
    )
    case = Case.objects.get(pk=case_id)
    assert case.due_date == date(2024, 4, 12)  # eight working days out: 7 to 18 March
    extend.propose_extension(
        case_id=case_id, working_days=20, reason="需要核实", user=handler, now=office.at(back)
    )
    with pytest.raises(NotPermitted):
        extend.approve_extension(case_id=case_id, user=handler, now=office.at(back))
    with pytest.raises(Refused, match="没有批准"):
        extend.extend(case_id=case_id, told=back, user=handler, now=office.at(back))
    extend.approve_extension(case_id=case_id, user=staff["office"], now=office.at(back))
    case = extend.extend(case_id=case_id, told=back, user=handler, now=office.at(back))
    assert case.due_date == office.working_days_after(date(2024, 4, 12), 20)
    with pytest.raises(Refused, match="只能延长一次"):
        extend.propose_extension(
            case_id=case_id, working_days=1, reason="又要", user=handler, now=office.at(back)
        )


def test_silent_third_party_stops_at_its_own_limit(staff: dict[str, Any]) -> None:
    handler, sent = staff["handler"], date(2024, 3, 6)
    case_id = office.register(DAY, handler).case_id
    examine.accept(case_id=case_id, user=handler, now=office.at(DAY))
    row = consult.ask(
        case_id=case_id,
        kind="third_party",
        name="测试公司",
        documents="合同",
        sent=sent,
        delivered=sent,
        user=handler,
        now=office.at(sent),
    )
    end = office.working_days_after(sent, 15)
    with pytest.raises(Refused, match="还没有届满"):
        consult.note_answer(
            case_id=case_id,
            consultation_id=row.pk,
            answer="silent",
            answered=end,
            user=handler,
            now=office.at(end),
        )
    later = end + office.days(6)
    consult.note_answer(
        case_id=case_id,
        consultation_id=row.pk,
        answer="silent",
        answered=later,
        user=handler,
        now=office.at(later),
    )
    assert Case.objects.get(pk=case_id).pauses.get().end_date == end


def test_extension_told_too_late_is_refused(staff: dict[str, Any]) -> None:
    handler, late = staff["handler"], date(2024, 4, 2)
    case_id = office.register(DAY, handler).case_id
    examine.accept(case_id=case_id, user=handler, now=office.at(DAY))
    extend.propose_extension(case_id=case_id, working_days=5, reason="核实", user=handler, now=office.at(DAY))
    extend.approve_extension(case_id=case_id, user=staff["office"], now=office.at(DAY))
    with pytest.raises(Refused) as refused:
        extend.extend(case_id=case_id, told=late, user=handler, now=office.at(late))
    assert refused.value.code == "after_limit"
    assert Case.objects.get(pk=case_id).due_date == date(2024, 4, 1)


def test_fee_paid_restarts_and_fee_unpaid_lapses(staff: dict[str, Any]) -> None:
    handler = staff["handler"]
    for pays in (True, False):
        case_id = office.register(DAY, handler).case_id
        examine.accept(case_id=case_id, user=handler, now=office.at(DAY))
        row = fee.charge_fee(
            case_id=case_id, mode="per_page", count=119, served=DAY, user=handler, now=office.at(DAY)
        )
        assert row.yuan == 1080
        if pays:
            paid = date(2024, 3, 25)
            case = fee.receive_payment(case_id=case_id, paid=paid, user=handler, now=office.at(paid))
            assert case.due_date == office.working_days_after(paid, 20)
            continue
        with pytest.raises(Refused, match="没有届满"):
            fee.lapse_fee(case_id=case_id, user=handler, now=office.at(row.due_date))
        case = fee.lapse_fee(case_id=case_id, user=handler, now=office.at(row.due_date + office.days(1)))
        assert case.row == "other.lapsed_no_fee"
        assert not case.closed_late  # the applicant let it lapse, the office was not late


def test_withdrawn_by_applicant_counts_as_other(staff: dict[str, Any]) -> None:
    case_id = office.register(DAY, staff["handler"]).case_id
    case = serve.withdraw(case_id=case_id, how="书面撤回", now=office.at(DAY))
    assert (case.state, case.row) == ("closed", "other.misc")
    with pytest.raises(NotAllowed):
        examine.receive_supplement(case_id=case_id, answer="迟到的补正", received=DAY, now=office.at(DAY))
    remedy.note_late_paper(case_id=case_id, note="迟到的补正", now=office.at(DAY))
    assert Case.objects.get(pk=case_id).row == "other.misc"


def test_two_signatures_by_two_people_neither_the_handler(staff: dict[str, Any]) -> None:
    handler, now = staff["handler"], office.at(DAY)
    case_id = office.register(DAY, handler).case_id
    examine.accept(case_id=case_id, user=handler, now=now)
    decide.decide(
        case_id=case_id, position=1, outcome="granted.provided", detail={"given": "甲"}, user=handler, now=now
    )
    letter = letters.draft_letter(case_id=case_id, user=handler, now=now)
    with pytest.raises(NotAllowed):
        serve.serve_reply(case_id=case_id, way="portal", served=DAY, proof="页", user=handler, now=now)
    letter = sign.submit_for_signing(case_id=case_id, letter_id=letter.pk, user=handler, now=now)
    put = {"case_id": case_id, "letter_id": letter.pk, "sha256": letter.sha256, "now": now}
    with pytest.raises(NotPermitted):
        sign.sign(**put, user=handler)
    with pytest.raises(Refused, match="不一致"):
        sign.sign(**{**put, "sha256": "0" * 64}, user=staff["head"])
    sign.sign(**put, user=staff["head"])
    with pytest.raises(Refused, match="已经签过"):
        sign.sign(**put, user=staff["head"])
    with pytest.raises(Refused, match="不是还缺"):
        sign.sign(**put, user=staff["leader"])
    with pytest.raises(NotAllowed):
        serve.serve_reply(case_id=case_id, way="portal", served=DAY, proof="页", user=handler, now=now)
    with pytest.raises(Refused, match="已经定稿"):
        letters.edit_letter(
            letter_id=letter.pk, title="改", addressee="", paragraphs=["改"], user=handler, now=now
        )
    sign.send_back(case_id=case_id, reason="请补充依据", user=staff["office"], now=now)
    assert Letter.objects.get(pk=letter.pk).signatures.count() == 0
    letters.edit_letter(
        letter_id=letter.pk, title="", addressee="", paragraphs=["改过的正文"], user=handler, now=now
    )
    again = sign.submit_for_signing(case_id=case_id, letter_id=letter.pk, user=handler, now=now)
    assert again.number == letter.number
    assert again.sha256 != letter.sha256


def test_calendar_change_recomputes_with_before_after_and_why(staff: dict[str, Any]) -> None:
    receipt = office.register(DAY, staff["handler"])
    moved = calendar.change_calendar(
        org_code="demo",
        day=date(2024, 3, 20),
        is_working=False,
        notice="示范区通知",
        user=staff["office"],
        now=office.at(DAY),
    )
    case = Case.objects.get(pk=receipt.case_id)
    change = case.deadline_changes.get()
    assert moved == 1
    assert (change.before, change.after) == (date(2024, 4, 1), date(2024, 4, 2))
    assert "示范区通知" in change.why
    assert case.due_date == date(2024, 4, 2)
    limit = deadline_of(case)
    assert limit is not None
    assert any("示范区通知" in day.why for day in limit.trace)


@pytest.mark.parametrize("kind", list(letter_rules()))
def test_every_kind_of_letter_can_be_drafted(kind: str, staff: dict[str, Any]) -> None:
    receipt = office.register(DAY, staff["handler"])
    letter = letters.draft_letter(
        case_id=receipt.case_id, kind=kind, user=staff["handler"], now=office.at(DAY)
    )
    content = letters.content_of(letter)
    assert content.title == letter_rules()[kind].name
    assert content.paragraphs or content.rows
    if kind == "L02_receipt":
        assert "2024年4月1日前答复" in "".join(content.paragraphs)
        assert "待填" not in "".join(content.paragraphs)
