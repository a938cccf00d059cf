"""Seeing, finding and erasing personal data (个人信息): every look is a fact with its reason; erasure after the term."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from gongkai.journal import api as journal
from gongkai.organisations import api as organisations
from gongkai.requests.core.applicants import normalise
from gongkai.requests.core.personal import lookup
from gongkai.requests.core.query_code import code_digest, make_code
from gongkai.requests.core.rules import room_rules
from gongkai.requests.core.submission import IDENTITY
from gongkai.requests.errors import Refused
from gongkai.requests.models import Case, Part, Rating
from gongkai.requests.services import sealed_store
from gongkai.requests.services.acting import SYSTEM, advance, day_of, locked, permit, require_text
from gongkai.requests.services.keys import lookup_key
from gongkai.requests.services.letter_values import particulars

REASONS = {
    "contact": "联系申请人",
    "service": "送达文书",
    "identity": "核对身份",
    "remedy": "应对复议诉讼",
    "audit": "监督检查",
}
ERASED = "（个人信息已按期删除）"


@transaction.atomic
def show_personal_data(*, case_id: int, reason: str, user: Any, now: datetime) -> dict[str, str]:
    """Return the unmasked particulars; who looked and why is a fact."""
    case, today = locked(case_id), day_of(now)
    by = permit(case, user=user, action="unmask", today=today)
    if reason not in REASONS:
        raise Refused("请选择查看个人信息的理由", remedy="、".join(REASONS.values()))
    values = particulars(case)
    if not values:
        raise Refused("个人信息已按期删除", remedy="只能查看案卷的其他内容")
    advance(case, "show_personal_data", by=by, now=now, on=today, note=REASONS[reason], reason=reason)
    return values


def find_by_identity(*, number: str, user: Any, today: date) -> QuerySet[Case]:
    """Return the cases, in the person's reach, of an applicant found by identity number, credit code or telephone."""
    key, value = lookup_key(), normalise(number)
    scope = organisations.scope(user=user, action="view", kind="request", today=today)
    digests = [lookup(kind, value, key=key) for kind in (f"id:{IDENTITY}", "credit_code")]
    rows = Case.objects.filter(org_code__in=scope)
    found = rows.filter(applicant__identity_lookup__in=digests)
    return found | rows.filter(applicant__phone_lookup=lookup("phone", value, key=key))


@transaction.atomic
def renew_query_code(*, case_id: int, how_checked: str, user: Any, now: datetime) -> str:
    """Give the applicant a new query code after their identity was checked; the old one is void. Returns it once."""
    case, today = locked(case_id), day_of(now)
    by = permit(case, user=user, action="register", today=today)
    note = require_text(how_checked, "怎样核对了身份")
    code = make_code(room_rules().settings.query_code_bytes)
    case.query_digest = code_digest(code)
    advance(case, "renew_query_code", by=by, now=now, on=today, note=note)
    return code


@transaction.atomic
def erase(*, case_id: int, now: datetime, user: Any = None) -> Case:
    """Erase what tells who asked, once the term of keeping is over: particulars, words, letters, files. Figures stay.

    `user` is who carries the decision out; None stands for the system. Raises Refused before the term is over.
    """
    case, today = locked(case_id), day_of(now)
    if case.keep_until is None or today <= case.keep_until:
        raise Refused(
            "保存期限还没有届满，不能删除",
            where=str(case.keep_until or "未定"),
            code="requests.term_not_over",
        )
    _blank(case, today)
    by = SYSTEM if user is None else organisations.actor(user=user, role="request")
    advance(case, "erase", by=by, now=now, on=today)
    return case


@transaction.atomic
def erase_again(*, case_id: int, now: datetime) -> bool:
    """Erase a case that a restore brought back and the journal says was erased; False when nothing of it came back."""
    case = Case.objects.select_for_update(of=("self",)).filter(pk=case_id, erased_date__isnull=True).first()
    if case is None:
        return False
    _blank(case, day_of(now))
    case.save()
    return True


def replay_erasures(*, now: datetime) -> int:
    """Erase again every case whose erasure the journal knows (恢复后重放); return how many had come back."""
    found = journal.entries(names=("requests.PersonalDataErased",))
    return sum(erase_again(case_id=int(entry.subject.removeprefix("request:")), now=now) for entry in found)


def _blank(case: Case, today: date) -> None:
    """Take everything out of a locked case that tells who asked for what; the caller saves the case itself."""
    case.content = case.title = ERASED
    case.purpose = case.needs_help = case.receipt_proof = case.query_digest = ""
    case.erased_date = today
    case.applicant.sealed, case.applicant.masked_name = b"", ""
    case.applicant.identity_lookup = case.applicant.phone_lookup = ""
    case.applicant.save()
    Part.objects.filter(case=case).update(text=ERASED, detail={})
    case.events.update(note="")
    for row in case.files.exclude(stored_name=""):
        stored = row.stored_name
        transaction.on_commit(lambda name=stored: sealed_store.remove(name))
    transaction.on_commit(lambda: sealed_store.remove_below(f"requests/{case.year}/{case.pk}"))
    case.files.update(stored_name="", name=ERASED)
    case.letters.update(sealed_body=b"", title=ERASED)
    case.consultations.update(sealed_addressee=b"", documents=ERASED, reasons="")
    for further in case.rounds.all():
        further.before = [{**part, "text": ERASED, "detail": {}} for part in further.before]
        further.save(update_fields=["before"])
    case.remedies.update(note="")
    Rating.objects.filter(case=case).update(text="")
    case.searches.update(keywords=ERASED, result="")
    case.opinions.update(text=ERASED)
    type(case.supplement).objects.filter(case=case).update(items=ERASED, answer="") if hasattr(
        case, "supplement"
    ) else None


@dataclass(frozen=True, slots=True)
class OverTerm:
    """A file whose term of keeping is over: the case, its number at the desk, and the last day it was to be kept."""

    case_id: int
    org_code: str
    number: str
    keep_until: date


def list_over_term(*, today: date, org_codes: Collection[str], limit: int = 1000) -> list[OverTerm]:
    """Return the files whose term of keeping is over and whose personal data are still there; longest over first."""
    rows = Case.objects.filter(keep_until__lt=today, erased_date__isnull=True, org_code__in=org_codes)
    values = rows.order_by("keep_until", "id").values_list("pk", "org_code", "number", "keep_until")
    return [OverTerm(pk, org, number, until) for pk, org, number, until in values[:limit] if until]
