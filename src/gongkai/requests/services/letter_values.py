"""The values that letters are drafted from (文书取值): collected from a case, dates in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from gongkai.kernel.clocks import clock, due
from gongkai.organisations import api as organisations
from gongkai.requests.core.applicants import mask_number
from gongkai.requests.core.case_clock import reply_deadline
from gongkai.requests.core.letter_rules import chinese_date, decision_text
from gongkai.requests.core.personal import open_sealed
from gongkai.requests.core.rules import room_rules
from gongkai.requests.models import Case, Consultation
from gongkai.requests.services.acting import day_of, deadline_of, events_of, office_calendar
from gongkai.requests.services.keys import sealing_key
from gongkai.requests.services.office import office_choices

RECEIPT_WORDS = {"arrived": "到达当日", "signed": "签收日", "confirmed": "双方确认日"}
MODE_WORDS = {"per_item": "按件计收", "per_page": "按量计收"}


def _day(day: date | None) -> str:
    return chinese_date(day.isoformat()) if day else ""


def particulars(case: Case) -> dict[str, str]:
    """Open the sealed particulars of the applicant; empty after erasure."""
    applicant = getattr(case, "applicant", None)
    if applicant is None or not applicant.sealed:
        return {}
    return open_sealed(bytes(applicant.sealed), key=sealing_key(), owner=case.subject)


def addressee_of(row: Consultation) -> dict[str, str]:
    """Open the name and contact of somebody who was asked."""
    return open_sealed(bytes(row.sealed_addressee), key=sealing_key(), owner=f"consultation:{row.pk}")


def letter_values(case: Case, *, consultation: Consultation | None = None) -> dict[str, str]:
    """Return every value that the case can give to a letter; what it cannot is absent."""
    rules, info = room_rules(), organisations.get_organisation(code=case.org_code)
    person, site = particulars(case), info.site
    limit = deadline_of(case)
    values = {
        "number": case.number,
        "channel": rules.channels[case.channel].name,
        "arrived": _day(case.arrived_date),
        "received": _day(case.received_date),
        "receipt_basis": RECEIPT_WORDS.get(case.receipt_basis, ""),
        "applicant_kind": rules.applicant_kinds[case.applicant_kind].name,
        "applicant": person.get("name", ""),
        "identity": f"{person.get('id_kind', '')} {mask_number(person.get('id_number', ''))}".strip()
        or person.get("credit_code", ""),
        "contact": f"{mask_number(person.get('phone', ''))} {person.get('address', '')}".strip(),
        "agent": person.get("agent_name", ""),
        "request": " ".join(case.content.split()),
        "form_wanted": case.form_wanted,
        "way_wanted": case.way_wanted,
        "handler": str(case.handler or ""),
        "section": case.section_code and organisations.get_organisation(code=case.section_code).name,
        "reply_due": _day(limit.due_date) if limit else "",
        "contact_unit": (site.contact_unit if site else "") or info.name,
        "office_phone": (site.phone if site else "") or "见本机关政府信息公开指南",
        "office_hours": (site.office_hours if site else "") or "工作日",
        "decision": _decision(case),
    }
    values |= _steps(case, limit) | _consultation(consultation) | _opinions(case) | _service(case)
    if case.received_date is not None:
        notice = due(
            rule=clock("ogi.correction_notice", case.received_date),
            start=case.received_date,
            calendar=office_calendar(),
        )
        values["supplement_limit"] = _day(notice.due_date)
    return {key: text for key, text in values.items() if text}


def _decision(case: Case) -> str:
    parts = [(part.text, part.outcome, part.detail) for part in case.parts.order_by("position")]
    return decision_text(parts) if parts and all(outcome for _, outcome, _ in parts) else ""


def _steps(case: Case, limit: object) -> dict[str, str]:
    values: dict[str, str] = {}
    supplement, fee = getattr(case, "supplement", None), getattr(case, "fee", None)
    if supplement is not None:
        values |= {
            "supplement_items": supplement.items, "supplement_days": str(supplement.period_days),
            "supplement_asked": _day(supplement.asked_date), "supplement_answered": _day(supplement.answered_date),
            "lapse_notice": "补正告知书", "lapse_due": _day(supplement.due_date), "lapse_what": "补正",
        }  # fmt: skip
    if fee is not None:
        steps = "；".join(
            f"第{s['first']}至{s['last']}，每{'件' if fee.mode == 'per_item' else '页'}{s['yuan_each']}元，计{s['yuan']}元"
            for s in fee.steps
        )
        values |= {
            "fee_mode": MODE_WORDS[fee.mode], "fee_count": f"{fee.count}{'件' if fee.mode == 'per_item' else '页'}",
            "fee_yuan": str(fee.yuan), "fee_steps": f"{steps}。", "fee_how": office_choices(case.org_code).fee_how or "按本通知书所附缴款码向本级财政缴纳",
            "lapse_notice": "收费通知书", "lapse_due": _day(fee.due_date), "lapse_what": "缴纳信息处理费",
        }  # fmt: skip
    extension = case.extensions.filter(is_void=False, approved_date__isnull=False).first()
    if extension is not None:
        values |= {"extension_reason": extension.reason, "extension_days": str(extension.working_days)}
        values |= _extension_days(case, extension.working_days)
    asked = case.events.filter(verb="ask_reasons").last()
    if asked is not None:
        values |= {"reasons_why": asked.note, "reasons_days": "5"}
    return values


def _extension_days(case: Case, length: int) -> dict[str, str]:
    events, calendar = events_of(case), office_calendar()
    plain = reply_deadline(
        events=replace(events, extensions=()), version=case.clock_version, calendar=calendar
    )
    if plain.due_date is None:
        return {}
    longer = reply_deadline(
        events=replace(events, extensions=[(plain.due_date, length)]),
        version=case.clock_version,
        calendar=calendar,
    )
    return {"first_due": _day(plain.due_date), "extended_due": _day(longer.due_date)}


def _consultation(row: Consultation | None) -> dict[str, str]:
    if row is None:
        return {}
    return {
        "consulted_documents": row.documents,
        "consulted_on": _day(row.sent_date),
        "consultation_answered": _day(row.answered_date),
        "override_reason": "",
    }


def _service(case: Case) -> dict[str, str]:
    """Return what the return receipt and the review sheet say: the letter served last, and who signed the latest reply."""
    values: dict[str, str] = {}
    served = case.letters.filter(service__isnull=False).select_related("service").order_by("-pk").first()
    if served is not None:
        values |= {
            "served_letter": served.title, "served_number": served.number,
            "service_way": room_rules().service_ways[served.service.way].name,
            "served_on": _day(served.service.served_date), "service_proof": served.service.proof,
        }  # fmt: skip
    signed = case.letters.filter(signatures__isnull=False).order_by("-pk").first()
    if signed is not None:
        names = {slot.id: slot.name for slot in room_rules().signatures}
        values["signatures"] = "\n".join(
            f"{names.get(row.slot, row.slot)}：{row.signer}（{day_of(row.signed_at).isoformat()}）"
            for row in signed.signatures.select_related("signer")
        )
    return values


def _opinions(case: Case) -> dict[str, str]:
    texts: dict[str, str] = {}
    for row in case.opinions.select_related("given_by"):
        verdict = "同意" if row.agrees else "不同意"
        line = f"{verdict}：{row.text}（{row.given_by}，{row.given_on.isoformat()}）"
        texts[f"{row.kind}_opinion"] = "\n".join(filter(None, (texts.get(f"{row.kind}_opinion", ""), line)))
    return texts
