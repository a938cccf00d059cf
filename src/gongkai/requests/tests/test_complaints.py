"""Complaints about institutions: taken without an account, sealed, answered in time, linked to institution and item."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from gongkai.catalogue import api as catalogue
from gongkai.catalogue.models import CatalogueItem, Obligation
from gongkai.journal import api as journal
from gongkai.kernel.calendar import load_calendar
from gongkai.kernel.machine import NotAllowed
from gongkai.organisations import api as organisations
from gongkai.requests import testing as office
from gongkai.requests.core.complaints import complaint_deadline, complaint_faults
from gongkai.requests.errors import NoSuchCase, Refused, SubmissionInvalid
from gongkai.requests.models import Complaint
from gongkai.requests.services import complaints
from gongkai.requests.services.complaint_particulars import answer_of, particulars_of

DAY = date(2024, 3, 5)
HOSPITAL = "demo-hospital"
WORDS = {
    "name": "测试申诉人",
    "phone": "19900000001",
    "email": "someone@example.invalid",
    "content": "该院没有公开收费项目𠮷",
    "item_code": "",
}
CALENDAR = load_calendar()


@given(st.dates(date(2023, 1, 1), date(2026, 12, 1)))
def test_limit_is_the_twentieth_working_day_after_receipt(received: date) -> None:
    limit = complaint_deadline(received=received, calendar=CALENDAR)
    assert CALENDAR.working_days_between(received, limit.due_date) == 20
    assert any("第55条" in basis for basis in limit.basis)


@given(st.dictionaries(st.sampled_from(sorted(WORDS)), st.text(max_size=40)))
def test_whatever_is_typed_is_taken_or_named(values: dict[str, str]) -> None:
    faults = complaint_faults(values)
    if not faults:
        assert values["content"].strip()
        assert values["name"].strip()
        assert values.get("phone", "").strip() or values.get("email", "").strip()
    assert set(faults) <= {"content", "name", "phone", "email"}


@pytest.fixture
def people(db: None) -> dict[str, Any]:
    """Return the staff of the requests room, with a hospital that has the catalogue of its type."""
    made = office.people()
    catalogue.adopt_institution_items(org_code=HOSPITAL, actor=journal.SYSTEM, today=DAY, now=office.at(DAY))
    return made


def item() -> str:
    return CatalogueItem.objects.filter(version__org_code=HOSPITAL).first().code


def receive(key: str = "complaint:1", **changes: str) -> complaints.ComplaintReceipt:
    return complaints.receive_complaint(
        institution_code=HOSPITAL, values=WORDS | changes, submission_key=key, now=office.at(DAY)
    )


@pytest.mark.usefixtures("people")
def test_receipt_is_given_once_and_nothing_personal_is_readable() -> None:
    first, again = receive(item_code=item()), receive(item_code=item())
    assert (first.number, again.query_code) == (again.number, None)
    assert first.due_date == CALENDAR.nth_working_day_after(DAY, 20)
    row = Complaint.objects.get()
    for text in WORDS.values():
        assert not text or text.encode() not in bytes(row.sealed)
    assert row.masked_name == "测***" or "申诉人" not in row.masked_name
    (fact,) = journal.entries(names=["requests.ComplaintReceived"])
    assert fact.body == {"institution": HOSPITAL, "item": item()}
    assert fact.org == "demo", "the authority has it, not the institution"


@pytest.mark.usefixtures("people")
def test_unknown_item_and_whatever_is_no_institution_are_refused() -> None:
    with pytest.raises(SubmissionInvalid):
        receive(item_code="nowhere")
    with pytest.raises(NoSuchCase):
        complaints.receive_complaint(
            institution_code="demo", values=WORDS, submission_key="k", now=office.at(DAY)
        )


def test_handler_takes_it_sees_who_for_a_reason_and_answers_with_a_duty(people: dict[str, Any]) -> None:
    row = Complaint.objects.get(pk=receive(item_code=item()).complaint_id)
    handler, later = people["handler"], office.at(DAY + timedelta(days=60))
    with pytest.raises(NotAllowed):
        complaints.answer_complaint(
            complaint_id=row.pk, result="upheld", answer="已查", opens_duty=False, user=handler, now=later
        )
    complaints.take_complaint(complaint_id=row.pk, user=handler, now=office.at(DAY))
    with pytest.raises(Refused, match="理由"):
        complaints.show_complainant(complaint_id=row.pk, reason="", user=handler, now=later)
    assert (
        complaints.show_complainant(complaint_id=row.pk, reason="contact", user=handler, now=later)["phone"]
        == WORDS["phone"]
    )
    with pytest.raises(Refused, match="不属实"):
        complaints.answer_complaint(
            complaint_id=row.pk, result="unfounded", answer="已查", opens_duty=True, user=handler, now=later
        )
    complaints.answer_complaint(
        complaint_id=row.pk, result="upheld", answer="已要求公开", opens_duty=True, user=handler, now=later
    )
    (fact,) = journal.entries(names=["requests.ComplaintAnswered"])
    assert fact.body["result"] == "upheld"
    assert fact.body["days_late"] > 0
    duty = Obligation.objects.get()
    assert (duty.org_code, duty.item_code) == (HOSPITAL, row.item_code)
    assert "测试" not in duty.title
    assert answer_of(Complaint.objects.get()) == "已要求公开"


def test_clerk_of_the_hospital_sees_no_complaint_about_it(people: dict[str, Any], client: Client) -> None:
    from gongkai.organisations.testing import make_person

    row = receive()
    clerk = make_person("hospital-clerk", ("institution_clerk", HOSPITAL), org_code=HOSPITAL)
    client.force_login(clerk)
    assert client.get(reverse("requests:complaints")).status_code == 403
    assert client.get(reverse("requests:complaint", args=[row.complaint_id])).status_code == 404
    with pytest.raises(organisations.NotPermitted):
        complaints.take_complaint(complaint_id=row.complaint_id, user=clerk, now=office.at(date(2026, 3, 5)))


def test_erasure_leaves_registration_and_result(people: dict[str, Any]) -> None:
    row = receive()
    complaints.take_complaint(complaint_id=row.complaint_id, user=people["handler"], now=office.at(DAY))
    complaints.answer_complaint(
        complaint_id=row.complaint_id, result="unfounded", answer="早已公开", opens_duty=False, user=people["handler"],
        now=office.at(DAY),
    )  # fmt: skip
    assert complaints.erase_complaints(now=office.at(DAY + timedelta(days=1095))) == 0
    assert complaints.erase_complaints(now=office.at(DAY + timedelta(days=1100))) == 1
    left = Complaint.objects.get()
    assert (left.masked_name, bytes(left.sealed), left.result) == ("", b"", "unfounded")
    assert particulars_of(left) == {}
    assert complaints.erase_complaints(now=office.at(DAY + timedelta(days=1101))) == 0


@pytest.mark.usefixtures("people")
def test_counter_keeps_what_was_typed_gives_a_receipt_and_shows_the_result(client: Client) -> None:
    address = reverse("ask:complain", args=[HOSPITAL])
    shown = client.get(address, {"item": item()}).content.decode()
    key = re.search(r'name="key" value="([0-9a-f]{32})"', shown)[1]
    assert f'value="{item()}" selected' in shown
    wrong = client.post(address, WORDS | {"key": key, "phone": "12", "content": "没有公开院务"})
    assert wrong.status_code == 422
    assert "没有公开院务" in wrong.content.decode()
    done = client.post(address, WORDS | {"key": key, "item_code": item()}).content.decode()
    number, code = (
        re.search(r"DEMO-SS\d{4}-\d{5}", done)[0],
        re.search(r"(?:[A-Z2-9]{4}-){7}[A-Z2-9]{4}", done)[0],
    )
    client.post(address, WORDS | {"key": key})
    assert Complaint.objects.count() == 1
    track = reverse("ask:track")
    assert client.post(track, {"number": number, "code": "X" * 32}).status_code == 422
    answer = client.post(track, {"number": number.lower(), "code": code.lower()}, follow=True)
    assert answer.redirect_chain == [(reverse("ask:complaint"), 302)]
    found = answer.content.decode()
    assert "已收到，待调查" in found
    assert WORDS["name"] not in found
    assert client.get(reverse("ask:complain", args=["demo"])).status_code == 404
    trapped = client.post(address, WORDS | {"key": "0" * 32, "website": "x"})
    assert trapped.status_code == 400


def test_desk_walks_from_list_to_answer(people: dict[str, Any], client: Client) -> None:
    row = receive(item_code=item())
    client.force_login(people["handler"])
    listed = client.get(reverse("requests:complaints")).content.decode()
    assert row.number in listed
    assert WORDS["name"] not in listed
    address = reverse("requests:complaint", args=[row.complaint_id])
    assert WORDS["content"] not in client.get(address).content.decode(), "nobody handles it yet"
    client.post(address, {"verb": "take"})
    assert WORDS["content"] in client.get(address).content.decode()
    assert WORDS["phone"] in client.post(address, {"verb": "show", "reason": "contact"}).content.decode()
    assert client.post(address, {"verb": "answer", "result": "", "answer": "x"}).status_code == 422
    client.post(
        address, {"verb": "answer", "result": "upheld", "answer": "已要求该院公开", "opens_duty": "on"}
    )
    assert "属实，已要求公开" in client.get(address).content.decode()
    assert Obligation.objects.count() == 1
