"""What an authority decided for itself (机关设置), over the defaults of the rule file; changing it is a fact."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction

from gongkai.journal import api as journal
from gongkai.organisations import api as organisations
from gongkai.requests.core.rules import SignatureSlot, room_rules
from gongkai.requests.errors import Refused
from gongkai.requests.facts import OfficeSettingsChanged
from gongkai.requests.models import OfficeSetting

TEXTS = ("review_body", "higher_department", "court", "fee_how")
CHOICES = ("online_receipt", "mail_notices", "signature_roles")
NUMBERS = {"release_after_working_days": 60, "same_subject_requests": 100}


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeChoices:
    """The choices that hold for an authority today; texts are empty when nothing was chosen."""

    review_body: str
    higher_department: str
    court: str
    fee_how: str
    online_receipt: str
    release_after_working_days: int
    same_subject_requests: int
    mail_notices: bool


def office_choices(org_code: str) -> OfficeChoices:
    """Return the choices of an authority, filled up with the defaults of the rule file."""
    row, rules = OfficeSetting.objects.filter(org_code=org_code).first(), room_rules()
    row = row or OfficeSetting(org_code=org_code)
    waiting, several = row.release_after_working_days, row.same_subject_requests
    return OfficeChoices(
        review_body=row.review_body,
        higher_department=row.higher_department,
        court=row.court,
        fee_how=row.fee_how,
        online_receipt=row.online_receipt or rules.channels["online"].online_default or "confirmation",
        release_after_working_days=rules.settings.release_after_working_days if waiting is None else waiting,
        same_subject_requests=several or rules.settings.same_subject_requests,
        mail_notices=row.mail_notices,
    )


def signature_slots(org_code: str) -> tuple[SignatureSlot, ...]:
    """Return the signatures that a reply of this authority needs (双签), with the roles that may sign: as chosen, else by the rule file."""
    row = OfficeSetting.objects.filter(org_code=org_code).only("signature_roles").first()
    chosen = row.signature_roles if row else {}
    return tuple(
        replace(slot, roles=tuple(chosen[slot.id])) if chosen.get(slot.id) else slot
        for slot in room_rules().signatures
    )


def signing_roles() -> dict[str, str]:
    """Return (id → name) of the roles that may sign replies at all: those whose duties hold reviewing requests."""
    book = organisations.role_book()
    able = book.able("request", "review")
    return {role.id: role.name for role in book.roles.values() if role.id in able}


def review_bodies(org_code: str) -> dict[str, str]:
    """Return where one turns against this authority's replies: as set, else by the name of the place.

    A department of a local government: the people's government of the same level (行政复议法第24条).
    """
    choices, place = office_choices(org_code), organisations.get_organisation(code=org_code).name
    for mark in ("卫生健康", "卫生和", "卫生计生", "中医药", "疾病预防"):
        place = place.split(mark)[0]
    return {
        "government": choices.review_body or f"{place}人民政府",
        "higher_department": choices.higher_department or "上一级卫生健康主管部门",
        "court": choices.court or "人民法院",
    }


@transaction.atomic
def change_office_settings(
    *, org_code: str, values: dict[str, Any], user: Any, now: datetime
) -> OfficeSetting:
    """Change the choices of an authority; keys are the fields of `OfficeSetting`. Raises Refused with what to mend."""
    organisations.require(user=user, action="manage", kind="request", org_code=org_code, today=now.date())
    row = OfficeSetting.objects.select_for_update().filter(org_code=org_code).first()
    row = row or OfficeSetting(org_code=org_code)
    before = {name: getattr(row, name) for name in (*TEXTS, *NUMBERS, *CHOICES)}
    for name in TEXTS:
        if name in values:
            setattr(row, name, str(values[name]).strip()[:120])
    for name, most in NUMBERS.items():
        if name in values:
            setattr(row, name, _number(name, values[name], most))
    if "online_receipt" in values:
        if values["online_receipt"] not in ("", *dict(OfficeSetting.RECEIPTS)):
            raise Refused("请选择网上申请以哪一天为收到日", remedy="提交当日，或双方确认之日")
        row.online_receipt = str(values["online_receipt"])
    if "mail_notices" in values:
        row.mail_notices = bool(values["mail_notices"])
    if "signature_roles" in values:
        row.signature_roles = _slots(values["signature_roles"])
    row.changed_at, row.changed_by = now, user
    row.save()
    changed = tuple(name for name, value in before.items() if getattr(row, name) != value)
    journal.record_fact(
        OfficeSettingsChanged(
            org=org_code, subject=f"requests-office:{org_code}", on=now.date(), changed=changed,
            mail_notices=row.mail_notices, online_receipt=row.online_receipt or None,
        ),
        actor=organisations.actor(user=user, role="request"), now=now,
    )  # fmt: skip
    return row


def _slots(given: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Return the roles chosen for each signature; a choice like the rule file's is no choice. Raises Refused."""
    able, chosen = signing_roles(), {}
    for slot in room_rules().signatures:
        roles = sorted(set(given.get(slot.id) or ()))
        if roles and not set(roles) <= set(able):
            raise Refused(f"“{slot.name}”选了不能审签申请的岗位", remedy=f"可选：{'、'.join(able.values())}")
        if roles and set(roles) != set(slot.roles):
            chosen[slot.id] = roles
    return chosen


def _number(name: str, value: Any, most: int) -> int | None:
    text = str(value if value is not None else "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text) <= most:
        label = OfficeSetting._meta.get_field(name).verbose_name
        raise Refused(f"“{label}”应为 1 至 {most} 的整数", where=text[:20], remedy="不填则按系统缺省")
    return int(text)
