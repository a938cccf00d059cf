"""Register a request (登记): once, however often it is sent; number and query code given once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from gongkai.journal.api import Actor
from gongkai.kernel.clocks import nearest_version
from gongkai.organisations import api as organisations
from gongkai.requests.core.applicants import mask_name, normalise
from gongkai.requests.core.case_clock import REPLY
from gongkai.requests.core.personal import lookup, seal
from gongkai.requests.core.query_code import code_digest, make_code
from gongkai.requests.core.rules import receipt_day, room_rules
from gongkai.requests.core.states import State
from gongkai.requests.core.submission import Submission, clean, faults_of, identity_key, subject_digest
from gongkai.requests.errors import NoSuchCase, Refused, SubmissionInvalid
from gongkai.requests.models import Applicant, Case, NumberSeries, Part
from gongkai.requests.services.acting import CITIZEN, SYSTEM, advance, day_of, write
from gongkai.requests.services.keys import lookup_key, sealing_key
from gongkai.requests.services.office import office_choices
from gongkai.requests.services.tally import count_line


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the applicant takes away (回执). `query_code` is None when the request was registered before."""

    case_id: int
    number: str
    query_code: str | None
    received_date: date | None
    due_date: date | None
    is_new: bool


def receive(
    *, submission: Submission, now: datetime, user: Any = None, query_code: str | None = None
) -> Receipt:
    """Register a request and return its receipt; the same `submission_key` again returns the same case.

    Raises SubmissionInvalid with what to mend, NotPermitted when `user` may not register.
    """
    today = day_of(now)
    if done := _already(submission.submission_key):
        return done
    if user is not None:
        organisations.require(
            user=user, action="register", kind="request", org_code=submission.org_code, today=today
        )
    elif submission.channel not in ("online", "letter"):
        raise Refused("只有网上申请可以不经工作人员登记", code="requests.channel_not_open")
    if faults := faults_of(submission, today=today):
        raise SubmissionInvalid(faults)
    code = query_code or make_code(room_rules().settings.query_code_bytes)
    by = organisations.actor(user=user, role="request") if user is not None else CITIZEN
    if submission.channel == "letter" and user is None:
        by = SYSTEM
    try:
        with transaction.atomic():
            case = _store(submission, now=now, code=code, user=user, by=by)
    except IntegrityError:
        if done := _already(submission.submission_key):
            return done
        raise
    return Receipt(case.pk, case.number, code, case.received_date, case.due_date, True)


def _already(key: str) -> Receipt | None:
    case = Case.objects.filter(submission_key=key).first()
    return case and Receipt(case.pk, case.number, None, case.received_date, case.due_date, False)


def next_number(*, org_code: str, kind: str, year: int) -> int:
    """Give out the next number of a series; the row stays locked until the transaction ends."""
    NumberSeries.objects.get_or_create(org_code=org_code, kind=kind, year=year)
    series = NumberSeries.objects.select_for_update().get(org_code=org_code, kind=kind, year=year)
    series.last += 1
    series.save(update_fields=["last"])
    return int(series.last)


@transaction.atomic
def skip_numbers(*, org_code: str, kind: str, year: int, count: int) -> None:
    """Leave out so many numbers of a series (`request` or `letter`): an older backup came back, and citizens hold them already."""
    NumberSeries.objects.get_or_create(org_code=org_code, kind=kind, year=year)
    NumberSeries.objects.filter(org_code=org_code, kind=kind, year=year).update(last=F("last") + count)


def _store(submission: Submission, *, now: datetime, code: str, user: Any, by: Actor) -> Case:
    content = clean(submission.content)
    year = day_of(now).year
    serial = next_number(org_code=submission.org_code, kind="request", year=year)
    case = Case.objects.create(
        org_code=submission.org_code,
        number=f"{submission.org_code.upper()}-{year}-{serial:05d}",
        year=year,
        serial=serial,
        state=State.TO_CONFIRM,
        channel=submission.channel,
        applicant_kind=submission.applicant_kind,
        title=(clean(submission.title) or content.split("\n")[0])[:60],
        content=content,
        subject_digest=subject_digest(content),
        form_wanted=submission.form_wanted,
        way_wanted=submission.way_wanted,
        purpose=clean(submission.purpose),
        needs_help=clean(submission.needs_help)[:200],
        arrived_date=submission.arrived_date,
        receipt_proof=clean(submission.receipt_proof)[:200],
        submission_key=submission.submission_key,
        query_digest=code_digest(code),
        source_letter=submission.source_letter,
        handler=user,
        registered_at=now,
    )
    store_applicant(case, submission.person, submission.agent)
    Part.objects.create(case=case, position=1, text=content)
    write(
        case, verb="register", fact="RequestRegistered", by=by, now=now, on=submission.arrived_date, public=True,
        channel=case.channel, applicant_kind=case.applicant_kind, arrived=case.arrived_date,
    )  # fmt: skip
    received, how = receipt_day(
        channel=case.channel, arrived=case.arrived_date, signed=submission.signed_date, confirmed=None,
        online=office_choices(case.org_code).online_receipt,
    )  # fmt: skip
    if received is not None:
        fix_receipt(case, received=received, how=how, by=by, now=now)
    else:
        case.save()
    return case


def fix_receipt(case: Case, *, received: date, how: str, by: Actor, now: datetime) -> None:
    """Fix the receipt day of a locked case, and with it the version of the reply limit that it keeps for life."""
    case.received_date, case.receipt_basis = received, how
    case.clock_version = nearest_version(REPLY, received).version
    entry = advance(
        case, "confirm_receipt", by=by, now=now, on=received, public=True, channel=case.channel,
        applicant_kind=case.applicant_kind, clock_version=case.clock_version, how=how,
    )  # fmt: skip
    count_line(case, entry=entry, kind="received", row="new_received", on=received)


def store_applicant(case: Case, person: Mapping[str, str], agent: Mapping[str, str]) -> Applicant:
    """Seal the particulars of the applicant and of the agent; only masks and keyed digests stay readable."""
    values = {key: clean(text) for key, text in person.items() if text.strip()}
    values |= {f"agent_{key}": clean(text) for key, text in agent.items() if text.strip()}
    kind, identity = identity_key(values)
    key = lookup_key()
    applicant, _ = Applicant.objects.update_or_create(
        case=case,
        defaults={
            "sealed": seal(values, key=sealing_key(), owner=case.subject),
            "masked_name": mask_name(values.get("name", "")),
            "identity_lookup": lookup(kind, identity, key=key) if identity else "",
            "phone_lookup": lookup("phone", normalise(values["phone"]), key=key)
            if values.get("phone")
            else "",
            "has_agent": any(name.startswith("agent_") for name in values),
        },
    )
    return applicant


def receive_from_letter(
    *,
    letter_ref: str,
    org_code: str,
    applicant: Mapping[str, str],
    content: str,
    arrived: date,
    now: datetime,
    user: Any = None,
    applicant_kind: str = "natural_person",
) -> Receipt:
    """Register a letter that is in truth a request (信件中发现的申请), with the day the letter itself arrived.

    Calling it again with the same `letter_ref` returns the same case. Raises SubmissionInvalid, NotPermitted.
    """
    if not letter_ref.strip():
        raise NoSuchCase("没有指明是哪一封信", remedy="请从信件页面转办")
    submission = Submission(
        org_code=org_code,
        channel="letter",
        applicant_kind=applicant_kind,
        person={"name": "未署名", **{k: v for k, v in applicant.items() if v}},
        content=content,
        submission_key=f"letter:{letter_ref}",
        arrived_date=arrived,
        signed_date=arrived,
        source_letter=letter_ref[:60],
    )
    return receive(submission=replace(submission), now=now, user=user)
