"""What a request must hold before it is registered (申请的必填内容), checked without storage."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256

from gongkai.requests.core.applicants import (
    credit_code_fault,
    email_fault,
    identity_number_fault,
    normalise,
    phone_fault,
)
from gongkai.requests.core.rules import room_rules

CONTENT_MAX = 10_000
TEXT_MAX = 500
IDENTITY = "居民身份证"
OTHER_DOCUMENTS = (
    "护照",
    "港澳居民来往内地通行证",
    "台湾居民来往大陆通行证",
    "外国人永久居留身份证",
    "军官证",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A request as it comes in (提交的申请). `person` and `agent` hold what is sealed later; texts as typed.

    Keys of `person`: name, id_kind, id_number, phone, email, address, postcode, contact, representative, credit_code.
    """

    org_code: str
    channel: str
    applicant_kind: str
    person: Mapping[str, str]
    content: str
    submission_key: str
    arrived_date: date
    agent: Mapping[str, str] = field(default_factory=dict)
    title: str = ""
    form_wanted: str = ""
    way_wanted: str = ""
    purpose: str = ""
    needs_help: str = ""
    signed_date: date | None = None
    receipt_proof: str = ""
    source_letter: str = ""


def clean(text: str) -> str:
    """Return a text without what nobody sees: control characters but line feeds and tabs, lone surrogates."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cs"})


def subject_digest(content: str) -> str:
    """Return a digest of the content by which requests for the same thing find each other (signs and width do not matter)."""
    kept = [c for c in unicodedata.normalize("NFKC", content).lower() if unicodedata.category(c)[0] in "LN"]
    return sha256("".join(kept).encode("utf-8", "replace")).hexdigest()


def person_faults(person: Mapping[str, str], *, kind: str, today: date) -> dict[str, str]:
    """Return field → what to mend, for the particulars of an applicant of this kind."""
    faults: dict[str, str] = {}
    kinds = room_rules().applicant_kinds
    if kind not in kinds:
        return {"applicant_kind": "请选择申请人类别"}
    if not person.get("name", "").strip():
        faults["name"] = "请填写单位名称" if kinds[kind].is_organisation else "请填写姓名"
    if kinds[kind].is_organisation:
        if fault := credit_code_fault(person.get("credit_code", "")):
            faults["credit_code"] = fault
        if not person.get("contact", "").strip():
            faults["contact"] = "请填写联系人姓名"
    else:
        faults |= _identity_faults(person, today)
    if fault := phone_fault(person.get("phone", "")):
        faults["phone"] = fault
    if person.get("email", "").strip() and (fault := email_fault(person["email"])):
        faults["email"] = fault
    if not person.get("address", "").strip() and not person.get("email", "").strip():
        faults["address"] = "请填写通信地址或电子邮箱，至少一项，用于答复"
    for key, text in person.items():
        if len(text) > TEXT_MAX:
            faults[key] = f"这一项不能超过 {TEXT_MAX} 个字"
    return faults


def _identity_faults(person: Mapping[str, str], today: date) -> dict[str, str]:
    kind, number = person.get("id_kind", IDENTITY), person.get("id_number", "")
    if not number.strip():
        return {"id_number": "请填写证件号码（条例第二十九条要求提供身份证明）"}
    if kind == IDENTITY and (fault := identity_number_fault(number, today=today)):
        return {"id_number": fault}
    if kind != IDENTITY and kind not in OTHER_DOCUMENTS:
        return {"id_kind": "请选择证件种类"}
    return {}


def request_faults(*, content: str, form_wanted: str, way_wanted: str, purpose: str = "") -> dict[str, str]:
    """Return field → what to mend, for what is asked."""
    faults: dict[str, str] = {}
    rules = room_rules()
    if not clean(content):
        faults["content"] = "请写明要哪些政府信息：名称、文号，或者能让我们找到它的描述"
    elif len(content) > CONTENT_MAX:
        faults["content"] = (
            f"内容有 {len(content)} 个字，最多 {CONTENT_MAX} 个字；请精简，或把详细说明作为附件上传"
        )
    if form_wanted and form_wanted not in rules.forms:
        faults["form_wanted"] = "请选择所需信息的形式"
    if way_wanted and way_wanted not in rules.ways:
        faults["way_wanted"] = "请选择获取信息的方式"
    if len(purpose) > CONTENT_MAX:
        faults["purpose"] = f"用途说明最多 {CONTENT_MAX} 个字"
    return faults


def faults_of(submission: Submission, *, today: date) -> dict[str, str]:
    """Return everything that stands in the way of registering a request, field → what to mend.

    Only an online form must be complete; what comes on paper is registered as it is, and supplemented later.
    """
    if submission.channel not in room_rules().channels:
        return {"channel": "请选择提交方式"}
    faults = request_faults(
        content=submission.content,
        form_wanted=submission.form_wanted,
        way_wanted=submission.way_wanted,
        purpose=submission.purpose,
    )
    if submission.applicant_kind not in room_rules().applicant_kinds:
        faults["applicant_kind"] = "请选择申请人类别"
    if submission.arrived_date > today:
        faults["arrived_date"] = "到达日期不能晚于今天"
    if submission.signed_date and not submission.arrived_date <= submission.signed_date <= today:
        faults["signed_date"] = "签收日期不能早于到达日期，也不能晚于今天"
    if submission.channel == "online":
        faults |= person_faults(submission.person, kind=submission.applicant_kind, today=today)
        if submission.agent.get("name") and (fault := phone_fault(submission.agent.get("phone", ""))):
            faults["agent_phone"] = fault
    elif not submission.person.get("name", "").strip():
        faults["name"] = "请填写申请人姓名或名称（来件未写明的填“未署名”）"
    return faults


def identity_key(person: Mapping[str, str]) -> tuple[str, str]:
    """Return kind and normal form of what identifies an applicant; empty when nothing does."""
    if person.get("credit_code", "").strip():
        return "credit_code", normalise(person["credit_code"])
    if person.get("id_number", "").strip():
        return f"id:{person.get('id_kind', IDENTITY)}", normalise(person["id_number"])
    return "", ""
