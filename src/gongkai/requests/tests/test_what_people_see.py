"""Applicant and handler read the same reasons, in Chinese; what is provisional says so; nothing of the code shows."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.utils.html import strip_tags

from gongkai.kernel.clocks import load_clocks
from gongkai.requests import testing as office
from gongkai.requests.core import case_clock
from gongkai.requests.core.case_clock import CaseEvents, reply_deadline
from gongkai.requests.models import Case, CaseFile
from gongkai.requests.services import decide, examine
from gongkai.requests.services.acting import office_calendar
from gongkai.requests.services.office import change_office_settings

pytestmark = pytest.mark.django_db
ROW = re.compile(r"<td>(\d{4}-\d\d-\d\d)</td><td>([^<]*)</td><td>([^<]*)</td>")


@pytest.fixture
def staff() -> dict[str, Any]:
    return office.people()


def opened(receipt: Any) -> Client:
    citizen = Client()
    citizen.post("/ask/track/", {"number": receipt.number, "code": receipt.query_code})
    return citizen


def at_desk(staff: dict[str, Any], who: str = "handler") -> Client:
    client = Client()
    client.force_login(staff[who], backend="gongkai.organisations.staff.backend.RoleBackend")
    return client


def test_both_sides_see_every_day_with_the_same_reason(staff: dict[str, Any]) -> None:
    today = office.this_day()
    receipt = office.register(today, staff["handler"])
    theirs = ROW.findall(opened(receipt).get("/ask/case/").content.decode())
    ours = ROW.findall(at_desk(staff).get(f"/desk/requests/case/{receipt.number}/").content.decode())
    assert [(row[0], row[2]) for row in theirs] == [(row[0], row[2]) for row in ours]
    assert theirs[-1][0] == str(Case.objects.get().due_date)
    assert sum(row[1] != "不算" for row in theirs) == 20


def test_limit_in_an_unpublished_year_says_that_it_is_provisional(
    staff: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from gongkai.requests.counter import case_views

    far = date(max(office_calendar().years), 12, 28)
    receipt = office.register(far, staff["handler"])
    case = Case.objects.get()
    assert case.provisional
    monkeypatch.setattr(case_views.timezone, "localdate", lambda: far)
    page = opened(receipt).get("/ask/case/").content.decode()
    assert "（暂定）" in page
    assert "还没有公布放假安排" in page
    assert "暂定" in at_desk(staff).get(f"/desk/requests/case/{receipt.number}/").content.decode()


def test_no_words_of_the_code_or_of_english_rules_are_shown(staff: dict[str, Any]) -> None:
    today = office.this_day()
    receipt = office.register(today, staff["handler"], agent={"name": "测试代理", "phone": "19900000099"})
    handler, now = staff["handler"], office.at(today)
    examine.accept(case_id=receipt.case_id, user=handler, now=now)
    decide.decide(
        case_id=receipt.case_id,
        position=1,
        outcome="granted.provided",
        detail={"given": "名单"},
        user=handler,
        now=now,
    )
    english = {
        text
        for versions in load_clocks().values()
        for rule in versions
        for text in (rule.applies_to, rule.on_expiry, rule.note, rule.name_en)
        if text and len(text) > 12
    }
    citizen, desk = opened(receipt), at_desk(staff, "head")
    pages = [
        citizen.get(f"/ask/{path}") for path in ("", "at/demo/", "at/demo/help/", "track/", "lost/", "case/")
    ]
    pages += [
        citizen.get(f"/ask/at/demo/form/{code}/")
        for code in ("who", "person", "contact", "what", "form", "agent")
    ]
    paths = (f"case/{receipt.number}/", "", "figures/", "register/", "settings/")
    pages += [
        (desk if "settings" not in path else at_desk(staff, "office")).get(f"/desk/requests/{path}")
        for path in paths
    ]
    for answer in pages:
        if answer.status_code == 302:
            continue
        html = re.sub(r"<(script|style)\b.*?</\1>", "", answer.content.decode(), flags=re.S)
        text = strip_tags(html)
        assert not [one for one in english if one in text], answer.request["PATH_INFO"]
        assert not re.search(r"\bogi\.|\bgranted\b|natural_person|\bdenied\.|need_", text), answer.request[
            "PATH_INFO"
        ]


def test_agent_without_authority_papers_is_named_to_the_desk(staff: dict[str, Any]) -> None:
    receipt = office.register(
        office.this_day(), staff["handler"], agent={"name": "测试代理", "phone": "19900000099"}
    )
    desk, address = at_desk(staff), f"/desk/requests/case/{receipt.number}/"
    assert "还没有授权委托书" in desk.get(address).content.decode()
    CaseFile.objects.create(
        case_id=receipt.case_id, kind="authority", name="委托书.txt", sha256="0" * 64, size_bytes=1,
        media_type="text/plain", added_at=office.at(office.this_day()),
    )  # fmt: skip
    assert "还没有授权委托书" not in desk.get(address).content.decode()


def test_case_keeps_the_version_of_the_rule_it_was_opened_under(
    staff: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    day = date(2024, 3, 4)
    receipt = office.register(day, staff["handler"])
    first = load_clocks()["ogi.reply"][0]
    shorter = replace(first, version="2", length=15, in_force_from=date(2024, 3, 1))
    both = {"ogi.reply": (replace(first, in_force_to=date(2024, 2, 29)), shorter)}
    monkeypatch.setattr(case_clock, "load_clocks", lambda: both)
    for version, length in (("1", 20), ("2", 15)):
        found = reply_deadline(events=CaseEvents(received=day), version=version, calendar=office_calendar())
        assert (found.rule_version, sum(line.counted for line in found.trace)) == (version, length)
    from gongkai.requests.api import deadline_of_case

    kept = deadline_of_case(case_id=receipt.case_id)
    assert kept is not None
    assert kept.rule_version == Case.objects.get().clock_version == "1"


def test_told_confirmation_words_follow_the_setting(staff: dict[str, Any]) -> None:
    day = office.this_day()
    change_office_settings(
        org_code="demo", values={"online_receipt": "confirmation"}, user=staff["office"], now=office.at(day)
    )
    receipt = office.register(day)
    page = opened(receipt).get("/ask/case/").content.decode()
    assert "正在与您确认" in page
