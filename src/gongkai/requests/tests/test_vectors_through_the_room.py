"""Every clock vector that is about a request, carried out through the room's services with the shipped calendar."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from gongkai.organisations import testing as people
from gongkai.requests import testing as office
from gongkai.requests.errors import Refused
from gongkai.requests.models import Case
from gongkai.requests.services import confirm, consult, examine, extend, fee
from gongkai.requests.services.acting import office_calendar
from gongkai.requests.services.receive import receive
from gongkai.requests.tests.test_case_walks import answer as reply

ROOT = Path(__file__).resolve().parents[4]
VECTORS = yaml.safe_load((ROOT / "tests/rules/clock_vectors.yaml").read_text(encoding="utf-8"))["vectors"]
# About publication, remedies and reports: no request is handled there.
ELSEWHERE = {
    "proactive_publication_deadline",
    "reconsideration_deadline",
    "litigation_deadline",
    "annual_report_deadline",
}
Given, Found = dict[str, Any], dict[str, Any]


class Room:
    """The desk of one authority, asked by dates."""

    def __init__(self) -> None:
        self.staff = office.people()

    def case(self, given: Given) -> Case:
        receipt = office.register(day(given["received"]), self.staff["handler"])
        return Case.objects.get(pk=receipt.case_id)

    def by(self, on: str | date, who: str = "handler") -> dict[str, Any]:
        return {"user": self.staff[who], "now": office.at(day(on))}

    def accepted(self, given: Given) -> Case:
        return examine.accept(case_id=self.case(given).pk, **self.by(given["received"]))

    def extended(self, case: Case, told: date, length: int) -> Case:
        extend.propose_extension(case_id=case.pk, working_days=length, reason="核实", **self.by(told))
        extend.approve_extension(case_id=case.pk, **self.by(told, "office"))
        return extend.extend(case_id=case.pk, told=told, **self.by(told))


def day(value: str | date) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)


def plain(room: Room, given: Given) -> Found:
    return {"deadline": room.case(given).due_date}


def receipt_date(room: Room, given: Given) -> Found:
    arrived = day(given.get("letter_arrived") or given["submitted"])
    confirmed = day(given.get("applicant_confirmed") or given["confirmed"])
    channel = "ordinary_mail" if "letter_arrived" in given else "fax"
    made = receive(submission=office.submission(arrived, channel=channel), **room.by(arrived))
    case = Case.objects.get(pk=made.case_id)
    assert case.due_date is None
    by = confirm.confirm_limit(case)
    case = confirm.confirm_receipt(case_id=case.pk, confirmed=confirmed, proof="电话", **room.by(confirmed))
    found: Found = {"received": case.received_date, "deadline": case.due_date}
    if by is not None and by.due_date is not None and confirmed > by.due_date:
        found["warning"] = "confirmation_late"
    return found


def asked(room: Room, case: Case, on: date, period: int = 15) -> Case:
    return examine.ask_supplement(
        case_id=case.pk,
        grounds=["content_unclear"],
        items="请写明",
        asked=on,
        period_days=period,
        **room.by(on),
    )


def supplement_notice(room: Room, given: Given) -> Found:
    last = None
    for number in range(5, 10):
        on = office.working_days_after(day(given["received"]), number)
        if asked(room, room.case(given), on).supplement.in_time:
            last = on
    return {"deadline": last}


def restart(room: Room, given: Given) -> Found:
    first = room.case(given)
    notice = supplement_notice(room, given)["deadline"]
    asked(room, first, day(given["supplement_notice_sent"]))
    back = day(given["corrected_received"])
    case = examine.receive_supplement(case_id=first.pk, answer="补正", received=back, now=office.at(back))
    return {
        "supplement_notice_deadline": notice,
        "original_deadline_void": first.due_date,
        "deadline": case.due_date,
    }


def lapse(room: Room, given: Given) -> Found:
    case = room.case(given)
    on = day(given["supplement_notice_delivered"])
    last = asked(room, case, on, given["supplement_period_working_days"]).supplement.due_date
    with pytest.raises(Refused, match="还没有届满"):
        examine.lapse_supplement(case_id=case.pk, no_valid_reason="无", **room.by(last))
    effective = last + office.days(1)
    case = examine.lapse_supplement(case_id=case.pk, no_valid_reason="无", **room.by(effective))
    return {"supplement_due": last, "lapse_effective": effective, "outcome": case.row}


def extension(room: Room, given: Given) -> Found:
    first = room.accepted(given).due_date
    assert first is not None
    late = room.accepted(given)
    with pytest.raises(Refused):
        room.extended(late, first + office.days(1), given["extension_working_days"])
    case = room.extended(room.accepted(given), first, given["extension_working_days"])
    return {
        "first_deadline": first,
        "last_day_to_notify_extension": first,
        "extended_deadline": case.due_date,
    }


def extension_invalid(room: Room, given: Given) -> Found:
    case = room.accepted(given)
    told = day(given.get("extension_notice_sent", case.due_date))
    with pytest.raises(Refused) as refused:
        room.extended(case, told, given["extension_working_days"])
    codes = {"over_maximum": "extension_over_20_working_days", "after_limit": "extension_after_deadline"}
    found: Found = {"error": codes[refused.value.code]}
    return found | ({"first_deadline": case.due_date} if refused.value.code == "after_limit" else {})


def consultation(kind: str, addressee: str, due_key: str) -> Callable[[Room, Given], Found]:
    def carry_out(room: Room, given: Given) -> Found:
        case, sent = room.accepted(given), day(given["letter_sent"])
        row = consult.ask(
            case_id=case.pk, kind=kind, name="测试单位", documents="合同", sent=sent, **room.by(sent)
        )
        delivered = day(given[addressee])
        row = consult.note_delivery(
            case_id=case.pk, consultation_id=row.pk, delivered=delivered, **room.by(delivered)
        )
        silent = given["opinion_received"] is None
        back = row.due_date + office.days(1) if silent else day(given["opinion_received"])
        consult.note_answer(
            case_id=case.pk, consultation_id=row.pk, answer="silent" if silent else "consent", answered=back, **room.by(back)
        )  # fmt: skip
        pause = case.pauses.get()
        found: Found = {
            due_key: row.due_date,
            "excluded_working_days": office_calendar().working_days_between(pause.start_date, pause.end_date),
            "deadline": Case.objects.get(pk=case.pk).due_date,
        }
        if silent:
            said = {
                "third_party": ("next_step", "agency_decides"),
                "joint": ("presumed", "consent_to_disclose"),
            }
            found |= dict([said[kind]])
        return found

    return carry_out


def paused(room: Room, given: Given) -> Case:
    case = room.accepted(given)
    acts = []
    for number, pause in enumerate(given["pauses"]):
        acts.append((day(pause["letter_sent"]), 0, number))
        acts.append((day(pause["opinion_received"]), 1, number))
    rows: dict[int, Any] = {}
    for on, answers, number in sorted(acts):
        if answers:
            consult.note_answer(
                case_id=case.pk, consultation_id=rows[number].pk, answer="consent", answered=on, **room.by(on)
            )
        else:
            rows[number] = consult.ask(
                case_id=case.pk,
                kind="third_party",
                name=f"测试单位{number}",
                documents="合同",
                sent=on,
                **room.by(on),
            )
    return Case.objects.get(pk=case.pk)


def plus_extension(room: Room, given: Given) -> Found:
    case = paused(room, given)
    first = case.due_date
    assert first is not None
    case = room.extended(case, first, given["extension_working_days"])
    return {"first_deadline": first, "extended_deadline": case.due_date}


def overlapping(room: Room, given: Given) -> Found:
    case = paused(room, given)
    begin = min(day(pause["letter_sent"]) for pause in given["pauses"])
    end = max(day(pause["opinion_received"]) for pause in given["pauses"])
    left_out = office_calendar().working_days_between(begin, end)
    return {"excluded_working_days": left_out, "deadline": case.due_date}


def fee_notice(room: Room, given: Given) -> Found:
    case = room.accepted(given)
    last, served, paid = case.due_date, day(given["fee_notice_received"]), day(given["paid"])
    row = fee.charge_fee(case_id=case.pk, mode="per_page", count=119, served=served, **room.by(served))
    case = fee.receive_payment(case_id=case.pk, paid=paid, **room.by(paid))
    return {"fee_notice_deadline": last, "payment_due": row.due_date, "deadline": case.due_date}


def fee_lapse(room: Room, given: Given) -> Found:
    served = day(given["fee_notice_received"])
    case = room.accepted({"received": served})
    row = fee.charge_fee(case_id=case.pk, mode="per_page", count=119, served=served, **room.by(served))
    effective = row.due_date + office.days(1)
    with pytest.raises(Refused, match="还没有届满"):
        fee.lapse_fee(case_id=case.pk, **room.by(row.due_date))
    case = fee.lapse_fee(case_id=case.pk, **room.by(effective))
    return {"payment_due": row.due_date, "lapse_effective": effective, "outcome": case.row}


def timeliness(room: Room, given: Given) -> Found:
    case, posted = room.case(given), given["delivery"] == "postal_mail"
    served = day(given["posted"] if posted else given["applicant_signed"])
    case = reply(case.pk, room.staff, served, way="post" if posted else "hand")
    return {"deadline": case.due_date, "on_time": not case.closed_late}


ANSWERS: dict[str, Callable[[Room, Given], Found]] = {
    "reply_deadline": plain,
    "receipt_date": receipt_date,
    "supplement_notice_deadline": supplement_notice,
    "restart_after_supplement": restart,
    "supplement_lapse": lapse,
    "extension": extension,
    "extension_invalid": extension_invalid,
    "third_party_consultation": consultation(
        "third_party", "letter_received_by_third_party", "third_party_due"
    ),
    "joint_agency_consultation": consultation("joint", "letter_received_by_other_agency", "other_agency_due"),
    "third_party_plus_extension": plus_extension,
    "overlapping_consultations": overlapping,
    "fee_notice": fee_notice,
    "fee_lapse": fee_lapse,
    "timeliness": timeliness,
}


@pytest.mark.django_db
def test_every_vector_holds_through_the_services(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        people, "TODAY", date(2019, 9, 2)
    )  # the earliest vectors are older than the usual posts
    room, wrong = Room(), {}
    assert {vector["question"] for vector in VECTORS} == set(ANSWERS) | ELSEWHERE
    for vector in VECTORS:
        if vector["question"] in ELSEWHERE:
            continue
        found = ANSWERS[vector["question"]](room, vector["given"])
        shown = {key: value.isoformat() if isinstance(value, date) else value for key, value in found.items()}
        if shown != vector["expect"]:
            wrong[vector["id"]] = (shown, vector["expect"])
    assert wrong == {}
