"""Viewer × object × door: who reaches a case, its letters and its files, by every door there is; all others find nothing."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client

from gongkai.requests import testing as office
from gongkai.requests.models import Case, Letter
from gongkai.requests.services import archive, files
from gongkai.requests.tests.test_case_walks import answer

pytestmark = pytest.mark.django_db
DAY = date(2024, 3, 4)
SEE = {"handler", "second", "head", "office", "leader"}
# door -> who passes; everybody else gets "not found" or is sent away
DESK_DOORS = {
    "/desk/requests/case/{number}/": SEE,
    "/desk/requests/letter/{letter}/": SEE,
    "/desk/requests/letter/{letter}/preview/": SEE,
    "/desk/requests/letter/{letter}/file.docx": SEE,
    "/desk/requests/file/{file}/": {"handler", "office"},
    "/desk/requests/case/{number}/archive.zip": {"office"},
    "/desk/requests/settings/?org=demo": {"office"},
    "/desk/requests/proposals/?org=demo": {"office"},
    "/desk/requests/calendar/?org=demo": {"office"},
    "/desk/requests/figures/?org=demo": SEE,
    "/desk/requests/figures/cell/?org=demo&row=granted&since=2024-01-01&until=2024-12-31": SEE,
    "/desk/requests/figures/export/?org=demo": {"office"},
    "/desk/requests/export/?org=demo&all=1": {"office"},
}
COUNTER_DOORS = ("/ask/case/letter/{letter}.docx", "/ask/case/file/{file}/")


@pytest.fixture
def staff() -> dict[str, Any]:
    return office.people()


@pytest.fixture
def things(staff: dict[str, Any]) -> dict[str, Any]:
    receipt = office.register(DAY, staff["handler"])
    answer(receipt.case_id, staff, DAY)
    case = Case.objects.get()
    row = files.add_file(
        case=case, kind="reply", name="名单.txt", data="名单".encode(), now=office.at(DAY), public=True
    )
    hidden = files.add_file(
        case=case, kind="opinion", name="内部.txt", data="内部意见".encode(), now=office.at(DAY)
    )
    archive.archive(case_id=case.pk, keep_until=None, user=staff["office"], now=office.at(DAY))
    return {"number": case.number, "code": receipt.query_code, "letter": case.letters.get().pk, "file": row.pk, "hidden": hidden.pk}  # fmt: skip


def test_desk_doors_open_for_those_who_may_and_nobody_else(
    staff: dict[str, Any], things: dict[str, Any]
) -> None:
    for who in (*staff, ""):
        client = Client()
        if who:
            client.force_login(staff[who], backend="gongkai.organisations.staff.backend.RoleBackend")
        for door, passes in DESK_DOORS.items():
            got = client.get(door.format(**things)).status_code
            assert (got == 200) == (who in passes), (who, door, got)
            assert got in (200, 302, 403, 404)


def test_counter_doors_open_for_the_own_case_only(staff: dict[str, Any], things: dict[str, Any]) -> None:
    other = office.register(DAY, staff["handler"])
    mine, theirs, nobody = Client(), Client(), Client()
    mine.post("/ask/track/", {"number": things["number"], "code": things["code"]})
    theirs.post("/ask/track/", {"number": other.number, "code": other.query_code})
    for door in COUNTER_DOORS:
        address = door.format(**things)
        assert mine.get(address).status_code == 200
        assert [client.get(address).status_code for client in (theirs, nobody)] == [404, 404]
    assert mine.get(f"/ask/case/file/{things['hidden']}/").status_code == 404
    assert things["number"] not in theirs.get("/ask/case/").content.decode()
    Letter.objects.update(sealed_body=b"")  # erased letters are found by nobody
    assert mine.get(COUNTER_DOORS[0].format(**things)).status_code == 404
    mine.post("/ask/case/leave/")
    assert mine.get(COUNTER_DOORS[1].format(**things)).status_code == 404
