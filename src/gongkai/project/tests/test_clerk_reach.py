"""A hospital clerk at every address of records, catalogue, registers, requests and complaints: others' objects answer 403 or 404."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from gongkai.catalogue import api as catalogue
from gongkai.catalogue.models import MonthlyList
from gongkai.journal.api import SYSTEM
from gongkai.kernel.regulations import regulations_dir
from gongkai.records import api as records
from gongkai.requests import testing as office
from gongkai.requests.models import Case
from gongkai.requests.services import complaints

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
ROOMS = ("desk/records/", "desk/catalogue/", "desk/registers/", "desk/requests/")
TITLE, SAID = "关于只给别的科室看的一件事的通知", "申诉中所写的话不给医院看"


def routes(patterns: Any, prefix: str = "") -> Iterator[str]:
    """Yield every address pattern of the desk as text."""
    for one in patterns:
        route = prefix + str(one.pattern).lstrip("^").rstrip("$")
        if isinstance(one, URLResolver):
            yield from routes(one.url_patterns, route)
        elif isinstance(one, URLPattern) and route.lstrip("/").startswith(ROOMS):
            yield route.lstrip("/")


@pytest.fixture
def others() -> dict[str, Any]:
    """Return objects of the authority, none of which is the hospital's."""
    people, today = office.people(), office.this_day()
    now = office.at(today)
    data = (regulations_dir() / "catalogue" / "standard.csv").read_bytes()
    catalogue.import_catalogue(
        org_code="demo", files=[("standard.csv", data)], actor=SYSTEM, today=today, now=now
    )
    catalogue.adopt_institution_items(org_code="demo-hospital", actor=SYSTEM, today=today, now=now)
    record = records.create_draft(
        org_code="demo-control", catalogue_codes=[], title=TITLE, blocks=(), metadata={}, user=people["editor"], now=now
    )  # fmt: skip
    case = Case.objects.get(pk=office.register(today, people["handler"]).case_id)
    complaint = complaints.receive_complaint(
        institution_code="demo-hospital", submission_key="complaint:1", now=now,
        values={"name": "测试申诉人", "phone": "19900000001", "content": SAID},
    )  # fmt: skip
    told = MonthlyList.objects.create(
        org_code="demo", section_code="demo-control", month=today.replace(day=1), made_at=now
    )
    return {
        "clerk": people["clerk"], "record": record.id, "case": case, "complaint": complaint.complaint_id, "list": told.pk,
    }  # fmt: skip


def filled(route: str, others: dict[str, Any]) -> str:
    """Return the address with numbers and codes of somebody else's objects in it."""
    number = (
        others["complaint"]
        if "complaints/" in route
        else others["list"]
        if "monthly/" in route
        else others["record"]
    )
    codes = {"number": others["case"].number, "form": "pdf", "kind": "content", "verb": "submit"}
    codes["register_id"] = "institution_disclosure"
    text = re.sub(r"<int:\w+>", str(number), route)
    return re.sub(
        r"<(?:\w+:)?(\w+)>", lambda m: codes.get(m[1], "gzdt" if "column/" in route else "C004"), text
    )


def test_every_address_with_somebody_elses_object_is_refused(others: dict[str, Any], client: Client) -> None:
    client.force_login(others["clerk"])
    secrets = (TITLE, others["case"].number, others["case"].content[:20], SAID, "测试申诉人")
    looked, refused, faults = 0, 0, []
    for route in sorted(set(routes(get_resolver().url_patterns))):
        if "(?P" in route:
            continue
        for query in ("", "?org=demo", "?org=demo-control", "?org=other"):
            address = f"/{filled(route, others)}{query}"
            for answer in (client.get(address, follow=True), client.post(address, follow=True)):
                looked += 1
                refused += answer.status_code in (403, 404)
                body = b"" if answer.streaming else answer.content
                shown = [text for text in secrets if text in body.decode(errors="replace")]
                if shown or answer.status_code >= 500:
                    faults.append(f"{answer.status_code} {address}：{shown}")
                foreign = "<" in route and answer.status_code == 200 and answer.redirect_chain == []
                if foreign and "catalogue/" in route and query:
                    faults.append(f"{address} 打开了")
    assert not faults, "\n".join(faults[:20])
    assert looked > 200
    assert refused * 2 > looked, "most of it is not for the clerk at all"
