"""Receive, look into and answer complaints about institutions (信息公开申诉). Particulars are sealed as those of applicants are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from gongkai.catalogue import api as catalogue
from gongkai.journal import api as journal
from gongkai.kernel.machine import step
from gongkai.organisations import api as organisations
from gongkai.requests import facts
from gongkai.requests.core.applicants import mask_name
from gongkai.requests.core.complaints import (
    ANSWER_MAX,
    RESULTS,
    TABLE,
    ComplaintState,
    complaint_deadline,
    complaint_faults,
)
from gongkai.requests.core.personal import seal
from gongkai.requests.core.query_code import code_digest, make_code
from gongkai.requests.core.rules import room_rules
from gongkai.requests.core.submission import clean
from gongkai.requests.errors import NoSuchCase, Refused, SubmissionInvalid
from gongkai.requests.models import Complaint, ComplaintFile
from gongkai.requests.services.acting import CITIZEN, SYSTEM, day_of, office_calendar, permit
from gongkai.requests.services.complaint_files import erase_files, keep_file, sent_faults
from gongkai.requests.services.complaint_letter import (
    complaint_letter_content,
    number_letter,
    require_printable,
)
from gongkai.requests.services.complaint_particulars import particulars_of
from gongkai.requests.services.keys import sealing_key
from gongkai.requests.services.personal_data import REASONS
from gongkai.requests.services.receive import next_number

PARTICULARS = ("name", "phone", "email", "content")


@dataclass(frozen=True, slots=True)
class ComplaintReceipt:
    """What the complainant takes away; `query_code` is None when the same form came before."""

    complaint_id: int
    number: str
    query_code: str | None
    received_date: date
    due_date: date | None


def complaint_limit(complaint: Complaint) -> Any:
    """Return the deadline of a complaint with its trace."""
    return complaint_deadline(received=complaint.received_date, calendar=office_calendar())


def receive_complaint(
    *,
    institution_code: str,
    values: Mapping[str, str],
    submission_key: str,
    now: datetime,
    files: Sequence[tuple[str, bytes]] = (),
) -> ComplaintReceipt:
    """Register a complaint at the authority of an institution, and return its receipt; the same key returns the same complaint.

    `values`: name, phone, email, content, and `item_code` of the institution's catalogue (empty when none is meant).
    `files`: name and bytes of what comes with it. Raises SubmissionInvalid with what to mend, NoSuchCase for anything that is
    no institution, Refused while files cannot be stored.
    """
    if done := Complaint.objects.filter(submission_key=submission_key).first():
        return _receipt(done, None)
    info = _institution(institution_code)
    told = {key: clean(values.get(key, "")) for key in PARTICULARS}
    item_code, faults = values.get("item_code", ""), complaint_faults(told)
    if item_code and catalogue.get_item(org_code=info.code, code=item_code) is None:
        faults["item_code"] = "请从列表中选择公开事项，或者选“不清楚或其他”"
    if wrong := sent_faults(files):
        faults["file"] = "；".join(wrong)
    if faults:
        raise SubmissionInvalid(faults)
    code = make_code(room_rules().settings.query_code_bytes)
    try:
        with transaction.atomic():
            made = _store(info.code, item_code, told, submission_key, code, now)
            for name, data in files:
                keep_file(made, kind=ComplaintFile.SENT, name=name, data=data, now=now)
    except IntegrityError:
        if done := Complaint.objects.filter(submission_key=submission_key).first():
            return _receipt(done, None)
        raise
    return _receipt(made, code)


def _institution(code: str) -> organisations.OrganisationInfo:
    try:
        info = organisations.get_organisation(code=code)
    except organisations.NoSuchOrganisation:
        info = None
    if info is None or info.kind != "institution":
        raise NoSuchCase("没有这家医疗卫生机构", remedy="请从机构的公开页面进入")
    return info


def _store(
    institution: str, item_code: str, told: dict[str, str], key: str, code: str, now: datetime
) -> Complaint:
    today = day_of(now)
    org = organisations.authority_of(code=organisations.responsible_code(code=institution, on=today)).code
    serial = next_number(org_code=org, kind="complaint", year=today.year)
    row = Complaint.objects.create(
        org_code=org, institution_code=institution, item_code=item_code, state=ComplaintState.RECEIVED,
        number=f"{org.upper()}-SS{today.year}-{serial:05d}", received_date=today, masked_name=mask_name(told["name"]),
        sealed=b"", query_digest=code_digest(code), submission_key=key, registered_at=now,
    )  # fmt: skip
    row.sealed = seal(told, key=sealing_key(), owner=row.subject)
    row.save(update_fields=["sealed"])
    fact = facts.ComplaintReceived(
        org=org, subject=row.subject, on=today, institution=institution, item=item_code or None
    )
    journal.record_fact(fact, actor=CITIZEN, now=now)
    return row


def _receipt(row: Complaint, code: str | None) -> ComplaintReceipt:
    return ComplaintReceipt(row.pk, row.number, code, row.received_date, complaint_limit(row).due_date)


def _locked(complaint_id: int, verb: str) -> Complaint:
    row = Complaint.objects.select_for_update(of=("self",)).filter(pk=complaint_id).first()
    if row is None:
        raise NoSuchCase("没有这件申诉", remedy="请从申诉列表重新打开")
    row.state = step(table=TABLE, state=row.state, verb=verb).lands_in(row.state)
    return row


@transaction.atomic
def take_complaint(*, complaint_id: int, user: Any, now: datetime) -> Complaint:
    """Begin to look into a complaint; from now on it is the handler's own."""
    row, today = _locked(complaint_id, "take"), day_of(now)
    by = permit(row, user=user, action="register", today=today)
    row.handler = user
    row.save(update_fields=["state", "handler"])
    fact = facts.ComplaintTaken(
        org=row.org_code, subject=row.subject, on=today, institution=row.institution_code
    )
    journal.record_fact(fact, actor=by, now=now)
    return row


@transaction.atomic
def show_complainant(*, complaint_id: int, reason: str, user: Any, now: datetime) -> dict[str, str]:
    """Return who complained and how to reach them; who looked and why is a fact."""
    row, today = _locked(complaint_id, "show"), day_of(now)
    by = permit(row, user=user, action="unmask", today=today)
    if reason not in REASONS:
        raise Refused("请选择查看个人信息的理由", remedy="、".join(REASONS.values()))
    if row.erased_date is not None:
        raise Refused("申诉人信息已按期删除", remedy="只能查看登记和结果")
    fact = facts.ComplainantShown(org=row.org_code, subject=row.subject, on=today, reason=reason)
    journal.record_fact(fact, actor=by, now=now)
    return particulars_of(row)


@transaction.atomic
def answer_complaint(
    *, complaint_id: int, result: str, answer: str, opens_duty: bool, user: Any, now: datetime
) -> Complaint:
    """Tell the result (告知结果). With `opens_duty` what the complaint was right about becomes a duty of the institution to publish.

    Raises Refused without a result or words, and when there is no item that a duty could be opened under.
    """
    row, today = _locked(complaint_id, "answer"), day_of(now)
    by = permit(row, user=user, action="reply", today=today)
    words = require_answer(result, answer)
    if opens_duty:
        _open_duty(row, result, today, by, now)
    limit = complaint_limit(row).due_date or today
    late = office_calendar().working_days_between(limit, today) if today > limit else 0
    row.result, row.answered_date = result, today
    row.letter_number = number_letter(row, today)
    letter = complaint_letter_content(row, result=result, answer=words, today=today)
    told = {"answer": words, "letter": letter.to_json()}
    row.sealed_answer = seal(told, key=sealing_key(), owner=row.subject)
    row.save(update_fields=["state", "result", "answered_date", "sealed_answer", "letter_number"])
    fact = facts.ComplaintAnswered(
        org=row.org_code, subject=row.subject, on=today, institution=row.institution_code, result=result, due=limit,
        days_late=late,
    )  # fmt: skip
    journal.record_fact(fact, actor=by, now=now)
    return row


def require_answer(result: str, answer: str) -> str:
    """Return the answer without outer blanks; raises Refused without a result or words, and for signs no letter can show."""
    words = clean(answer)
    if result not in RESULTS:
        raise Refused("请选择调查结果", remedy="、".join(RESULTS.values()))
    if not words or len(words) > ANSWER_MAX:
        raise Refused(f"请写明调查情况和结果，不超过 {ANSWER_MAX} 个字", where="告知申诉人的内容")
    require_printable(words)
    return words


def _open_duty(row: Complaint, result: str, today: date, by: Any, now: datetime) -> None:
    if result not in ("upheld", "partly"):
        raise Refused("申诉不属实，不能给机构登记公开义务", remedy="请去掉“登记公开义务”，或改选结果")
    if not row.item_code:
        raise Refused("这件申诉没有指明公开事项", remedy="请在公开目录里登记公开义务，这里不登记")
    body = organisations.responsible_code(code=row.institution_code, on=today)
    try:
        catalogue.open_obligation(
            org_code=body, item_code=row.item_code, event="changed", formed_date=today,
            title=f"申诉 {row.number} 查实应当公开", actor=by, now=now, today=today,
        )  # fmt: skip
    except catalogue.ObligationRefused as refused:
        raise Refused(str(refused)) from refused


def erase_complaints(*, now: datetime) -> int:
    """Erase who complained and what was written where the term of keeping is over; registration and result stay."""
    today = day_of(now)
    until = today - timedelta(days=room_rules().settings.complaint_keep_days)
    over = Complaint.objects.filter(answered_date__lt=until, erased_date__isnull=True)
    numbers = list(over.order_by("pk").values_list("pk", flat=True)[:1000])
    for number in numbers:
        with transaction.atomic():
            row = _locked(number, "erase")
            row.sealed, row.sealed_answer, row.masked_name, row.query_digest = b"", b"", "", ""
            row.erased_date = today
            erase_files(row)
            row.save()
            fact = facts.ComplaintErased(org=row.org_code, subject=row.subject, on=today)
            journal.record_fact(fact, actor=SYSTEM, now=now)
    return len(numbers)
