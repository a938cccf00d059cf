"""The desk screens: who sees what, few queries, nothing lost, tables that open to their cases."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gongkai.journal import api as journal
from gongkai.requests import testing as office
from gongkai.requests.models import Case
from gongkai.requests.staff.spreadsheet import safe_text

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff() -> dict[str, Any]:
    cache.clear()
    return office.people()


@pytest.fixture
def desk(staff: dict[str, Any]) -> Any:
    def enter(name: str) -> Client:
        client = Client()
        client.force_login(staff[name], backend="gongkai.organisations.staff.backend.RoleBackend")
        return client

    return enter


def walk(client: Client, number: str, verb: str, **values: Any) -> Any:
    return client.post(f"/desk/requests/case/{number}/", {"verb": verb, **values})


def test_desk_walks_a_request_to_its_reply(staff: dict[str, Any], desk: Any) -> None:
    today = office.this_day()
    handler = desk("handler")
    reply = handler.post(
        "/desk/requests/register/",
        {
            "key": "k1", "channel": "in_person", "applicant_kind": "natural_person", "arrived_date": today.isoformat(),
            **office.person(7), "content": "请公开示范区急救站名单", "org": "demo",
        },
    )  # fmt: skip
    assert reply.status_code == 302
    case = Case.objects.get()
    number = case.number
    page = handler.get(f"/desk/requests/case/{number}/").content.decode()
    assert "为什么是这一天" in page
    assert office.person(7)["id_number"] not in page
    assert walk(handler, number, "accept").status_code == 302
    refused = walk(
        handler, number, "decide", position="1", outcome="unavailable.not_held.not_exist", need_search="查了"
    )
    assert refused.status_code == 422
    assert "检索记录" in refused.content.decode()
    assert "查了" in refused.content.decode()
    assert (
        walk(
            handler, number, "decide", position="1", outcome="granted.provided", need_given="名单"
        ).status_code
        == 302
    )
    assert walk(handler, number, "draft_letter", kind="").status_code == 302
    letter = Case.objects.get().letters.get()
    assert handler.post(f"/desk/requests/letter/{letter.pk}/", {"verb": "submit"}).status_code == 302
    letter.refresh_from_db()
    preview = handler.get(f"/desk/requests/letter/{letter.pk}/preview/")
    assert letter.number in preview.content.decode()
    for name in ("head", "office"):
        signer = desk(name)
        assert "签批这份文书" in signer.get(f"/desk/requests/letter/{letter.pk}/").content.decode()
        assert (
            signer.post(
                f"/desk/requests/letter/{letter.pk}/", {"verb": "sign", "sha256": letter.sha256}
            ).status_code
            == 302
        )
    assert (
        walk(handler, number, "serve", way="hand", on=today.isoformat(), proof="本人签收").status_code == 302
    )
    assert Case.objects.get().row == "granted"
    figures = handler.get("/desk/requests/figures/").content.decode()
    assert "row=granted&amp;column=natural_person" in figures
    cell = handler.get(
        f"/desk/requests/figures/cell/?row=granted&since={today}&until={today}"
    ).content.decode()
    assert number in cell


def test_unmasking_needs_a_reason_and_is_a_fact(staff: dict[str, Any], desk: Any) -> None:
    receipt = office.register(office.this_day(), staff["handler"])
    handler = desk("handler")
    assert (
        "请选择查看个人信息的理由"
        in walk(handler, receipt.number, "show_personal_data", reason="").content.decode()
    )
    page = walk(handler, receipt.number, "show_personal_data", reason="contact").content.decode()
    assert "测试某甲" in page
    facts = list(journal.entries(names=["requests.PersonalDataShown"]))
    assert [fact.body["reason"] for fact in facts] == ["contact"]


@pytest.mark.parametrize(
    ("who", "ledger", "case", "handle"),
    [
        ("handler", 200, 200, True),
        ("second", 200, 200, False),
        ("head", 200, 200, False),
        ("office", 200, 200, True),
        ("leader", 200, 200, False),
        ("clerk", 403, 404, False),
        ("editor", 403, 404, False),
        ("stranger", 200, 404, False),
    ],
)
def test_who_sees_and_handles_a_case(
    who: str, ledger: int, case: int, handle: bool, staff: dict[str, Any], desk: Any
) -> None:
    receipt = office.register(office.this_day(), staff["handler"])
    client = desk(who)
    shown = client.get("/desk/requests/")
    assert shown.status_code in (ledger, 302 if ledger == 403 else ledger)
    if ledger == 200:
        assert (receipt.number in shown.content.decode()) == (case == 200)
    opened = client.get(f"/desk/requests/case/{receipt.number}/")
    assert opened.status_code in (case, 302 if case == 404 and ledger == 403 else case)
    walk(client, receipt.number, "accept")
    assert (Case.objects.get().state == "handling") == handle


def test_ledger_takes_few_queries_and_the_same_for_many(staff: dict[str, Any], desk: Any) -> None:
    today = office.this_day()
    client = desk("handler")
    office.register(today, staff["handler"])
    client.get("/desk/requests/")
    with CaptureQueriesContext(connection) as few:
        client.get("/desk/requests/")
    for _ in range(30):
        office.register(today, staff["handler"])
    with CaptureQueriesContext(connection) as many:
        client.get("/desk/requests/?mine=1")
    ours = [
        q["sql"] for q in many.captured_queries if "requests_" in q["sql"] or "organisations_" in q["sql"]
    ]
    ours = [
        sql for sql in ours if "organisations_user" not in sql and 'JOIN "auth' not in sql
    ]  # the desk's frame
    assert len(ours) <= 10, ours
    assert len(many.captured_queries) <= len(few.captured_queries) + 1


def test_ledger_pages_by_limit_without_gaps(staff: dict[str, Any], desk: Any) -> None:
    today = office.this_day()
    numbers = {office.register(today - timedelta(days=n % 9), staff["handler"]).number for n in range(60)}
    client, seen, address = desk("handler"), set(), "/desk/requests/"
    for _ in range(3):
        page = client.get(address).content.decode()
        seen |= {number for number in numbers if number in page}
        if "下一页" not in page:
            break
        address = "/desk/requests/?" + page.split('href="?')[-1].split('">下一页')[0].replace("&amp;", "&")
    assert seen == numbers


@pytest.mark.parametrize("text", ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1"])
def test_exported_text_is_never_a_formula(text: str, staff: dict[str, Any], desk: Any) -> None:
    office.register(office.this_day(), staff["office"], title=text, content=text)
    reply = desk("office").get("/desk/requests/export/")
    book = openpyxl.load_workbook(io.BytesIO(reply.content))
    values = [
        cell.value for row in book.active.iter_rows(min_row=2) for cell in row if isinstance(cell.value, str)
    ]
    assert values
    assert not any(value.startswith(("=", "+", "-", "@", "\t")) for value in values)
    assert all(cell.data_type != "f" for row in book.active.iter_rows() for cell in row)
    assert safe_text(text).startswith("'")


def test_found_by_identity_number_only_inside_the_reach(staff: dict[str, Any], desk: Any) -> None:
    receipt = office.register(office.this_day(), staff["handler"], person=office.person(33))
    number = office.identity_number(33)
    assert (
        receipt.number
        in desk("office").post("/desk/requests/find/", {"number": f" {number.lower()} "}).content.decode()
    )
    assert (
        receipt.number
        not in desk("stranger").post("/desk/requests/find/", {"number": number}).content.decode()
    )


@pytest.mark.parametrize(
    "address",
    [
        "register/",
        "figures/",
        "figures/export/",
        "calendar/",
        "proposals/",
        "find/",
        "?all=1&state=closed",
        "?light=late",
        "?after=%27%27",
        "?after=2024-01-01_x",
    ],
)
def test_every_screen_opens(address: str, staff: dict[str, Any], desk: Any) -> None:
    office.register(office.this_day(), staff["handler"])
    assert desk("office").get(f"/desk/requests/{address}").status_code == 200
