"""Two signatures before any reply leaves (双签): two people, neither of them the handler, over exactly these bytes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from gongkai.organisations import api as organisations
from gongkai.requests.core.letter_rules import letter_rules, reply_kind
from gongkai.requests.core.rules import SignatureSlot, room_rules
from gongkai.requests.errors import Refused
from gongkai.requests.models import Case, Letter, Signature
from gongkai.requests.services.acting import advance, allow, day_of, locked, permit, require_text
from gongkai.requests.services.decide import case_outcomes
from gongkai.requests.services.letters import content_of, freeze, thaw
from gongkai.requests.services.office import signature_slots


@transaction.atomic
def submit_for_signing(*, case_id: int, letter_id: int, user: Any, now: datetime) -> Letter:
    """Freeze the reply and put it before its signers. Refused while a part is undecided or somebody is still being asked."""
    case, today = locked(case_id), day_of(now)
    by = permit(case, user=user, action="reply", today=today)
    allow(case, "submit_for_signing")
    chosen = case_outcomes(case)
    if not all(chosen):
        raise Refused("还有事项没有作出决定", remedy="请先逐项选择处理结果", code="requests.undecided")
    if case.consultations.filter(answer="").exists():
        raise Refused(
            "还在征求意见，没有结果", remedy="请记下答复，或期满后按逾期处理", code="requests.still_asking"
        )
    letter = _reply_of(case, letter_id)
    if letter.kind != reply_kind(chosen):
        name = letter_rules()[reply_kind(chosen)].name
        raise Refused(
            "文书种类与处理结果不符",
            where=letter.title,
            remedy=f"应当使用《{name}》",
            code="requests.wrong_letter",
        )
    content = freeze(letter, case=case, today=today)
    advance(
        case, "submit_for_signing", by=by, now=now, on=today, letter=int(letter.pk), sha256=content.digest()
    )
    return letter


def _reply_of(case: Case, letter_id: int) -> Letter:
    letter = Letter.objects.select_for_update().filter(pk=letter_id, case=case, is_void=False).first()
    if letter is None or not letter_rules()[letter.kind].reply:
        raise Refused("这不是本件的答复文书", remedy="请刷新页面，选择答复文书")
    return letter


@transaction.atomic
def submit_notice(*, letter_id: int, user: Any, now: datetime) -> Letter:
    """Freeze a letter other than the reply that also needs both signatures (a lapse note, a word to a third party)."""
    letter = Letter.objects.select_for_update().get(pk=letter_id)
    case, today = locked(letter.case_id), day_of(now)
    permit(case, user=user, action="reply", today=today)
    rule = letter_rules()[letter.kind]
    if rule.reply or not rule.signed:
        raise Refused("这份文书不在这里送签", where=letter.title, remedy="答复文书请送签；其他文书可直接送达")
    freeze(letter, case=case, today=today)
    return letter


def slot_for(case: Case, *, user: Any, taken: set[str], now: datetime) -> SignatureSlot | None:
    """Return the first free slot that this person may sign by role, None when there is none."""
    today = day_of(now)
    roles = {
        post.role
        for post in organisations.roles_of(user=user, today=today)
        if organisations.authority_of(code=post.org_code).code == case.org_code
    }
    free = (slot for slot in signature_slots(case.org_code) if slot.id not in taken)
    return next((slot for slot in free if roles & set(slot.roles)), None)


@transaction.atomic
def sign(*, case_id: int, letter_id: int, sha256: str, user: Any, now: datetime) -> Case:
    """Sign the reply that was shown (`sha256`); the last signature lets it leave.

    Refused for the handler and whoever drafted or decided, for a second signature by one person, and for other bytes.
    """
    case, today = locked(case_id), day_of(now)
    by = permit(case, user=user, action="review", today=today)
    letter = Letter.objects.select_for_update().filter(pk=letter_id, case=case, is_void=False).first()
    if letter is None or not letter_rules()[letter.kind].signed:
        raise Refused("这份文书不需要签批，或不属于本件", remedy="请刷新页面")
    is_reply = letter_rules()[letter.kind].reply
    allow(case, "sign" if is_reply else "sign_notice")
    if letter.sha256 != sha256 or content_of(letter).digest() != sha256:
        raise Refused(
            "文书内容与您看到的不一致", remedy="请刷新页面，重新阅读后再签", code="requests.other_bytes"
        )
    person = organisations.effective_person(user=user, today=today)
    authors = {case.handler_id, letter.drafted_by_id, *case.parts.values_list("decided_by", flat=True)}
    if authors & {user.pk, person}:
        raise Refused(
            "经办人、拟稿人和作出决定的人不能签批自己的答复", remedy="请由他人签批", code="requests.own_work"
        )
    done = {row.slot: row.counts_as for row in letter.signatures.all()}
    if {person, user.pk} & set(done.values()):
        raise Refused(
            "您已经签过这份答复，双签须由两个人完成",
            remedy="请由另一位签批人签",
            code="requests.signed_already",
        )
    slot = slot_for(case, user=user, taken=set(done), now=now)
    if slot is None:
        names = "、".join(row.name for row in signature_slots(case.org_code) if row.id not in done)
        raise Refused(
            "您的岗位不是还缺的签批人",
            where=f"还缺：{names}",
            remedy="请由相应岗位的人签批",
            code="requests.no_slot",
        )
    try:
        with transaction.atomic():
            Signature.objects.create(
                letter=letter, slot=slot.id, signer=user, counts_as=person, sha256=sha256, signed_at=now
            )
    except IntegrityError:
        raise Refused("这一栏刚刚已经签过", remedy="请刷新页面", code="requests.signed_already") from None
    is_last = len(done) + 1 == len(room_rules().signatures)
    verb = ("sign_last" if is_last else "sign") if is_reply else "sign_notice"
    advance(
        case, verb, by=by, now=now, on=today, note=slot.name,
        letter=int(letter.pk), slot=slot.id, sha256=sha256,
    )  # fmt: skip
    return case


@transaction.atomic
def send_back(*, case_id: int, reason: str, user: Any, now: datetime) -> Case:
    """Send the reply back to its handler; signatures given are void, the number stays with the letter."""
    case, today = locked(case_id), day_of(now)
    by = permit(case, user=user, action="review", today=today)
    allow(case, "send_back")
    note = require_text(reason, "退回的理由")
    letter = next(
        row for row in case.letters.filter(frozen_date__isnull=False, is_void=False) if _is_reply(row)
    )
    thaw(letter)
    advance(case, "send_back", by=by, now=now, on=today, note=note, letter=int(letter.pk))
    return case


def _is_reply(letter: Letter) -> bool:
    return letter_rules()[letter.kind].reply and not hasattr(letter, "service")
