"""Let a finding about others in a reply file pass, with a reason that is kept (答复附件的留痕放行).

Identity, card and medical numbers and everything hidden are not let pass by anybody: see `reply_files`.
"""

from __future__ import annotations

from datetime import date, datetime
from hashlib import sha256
from typing import Any

from django.db import IntegrityError, transaction

from gongkai.guard.api import check_text
from gongkai.organisations import api as organisations
from gongkai.requests.core.rules import ReplyWaiverRule, room_rules
from gongkai.requests.errors import Refused
from gongkai.requests.models import Case, CaseFile, ReplyWaiver
from gongkai.requests.services import reply_files
from gongkai.requests.services.acting import advance, allow, day_of, locked, permit
from gongkai.requests.services.files import read_file

_SHORTEST_REASON, _LONGEST_REASON = 4, 300


def findings_of(row: CaseFile) -> tuple[reply_files.ToJudge, ...]:
    """Return every finding about others in a reply file, let pass or not; empty once the file is erased."""
    if row.kind != "reply" or not row.stored_name:
        return ()
    data = read_file(row)
    return reply_files.faults_of(name=row.name, data=data, own=reply_files.own_values(row.case)).to_judge


def finding_key(finding: reply_files.ToJudge) -> str:
    """Return the key by which the screen names a finding; it tells nothing of what was found."""
    text = "\n".join((finding.detector, finding.place, finding.rule_version))
    return sha256(text.encode()).hexdigest()[:16]


def role_for(case: Case, *, rule: ReplyWaiverRule, user: Any, today: date) -> str:
    """Return the role in which somebody of this authority may let it pass, empty for nobody who may."""
    held = {
        post.role
        for post in organisations.roles_of(user=user, today=today)
        if organisations.authority_of(code=post.org_code).code == case.org_code
    }
    return next((role for role in rule.roles if role in held), "")


@transaction.atomic
def waive_reply_finding(
    *, case_id: int, file_id: int, key: str, reason: str, user: Any, now: datetime
) -> ReplyWaiver:
    """Let one finding of one reply file pass. It holds for these bytes, this place and this version of the rules.

    Raises Refused without a reason, for a finding that is not there or already passed, for a role that may not, and for
    whoever added the file or handles the case; organisations.api.NotPermitted for strangers.
    """
    case, today = locked(case_id), day_of(now)
    by = permit(case, user=user, action="review", today=today)
    allow(case, "waive_reply_finding")
    row = case.files.filter(pk=file_id, kind="reply").exclude(stored_name="").first()
    if row is None:
        raise Refused("没有这个答复附件", remedy="请从案卷重新打开", code="requests.no_reply_file")
    finding = next((one for one in findings_of(row) if finding_key(one) == key), None)
    if finding is None:
        raise Refused("这处检查发现已经不在，或者检查规则已更新", where=row.name[:60], remedy="请刷新页面", code="requests.finding_gone")  # fmt: skip
    rule = room_rules().reply_waivers[finding.detector]
    role = role_for(case, rule=rule, user=user, today=today)
    if not role:
        names = "、".join(organisations.role_book().roles[name].name for name in rule.roles)
        raise Refused(f"“{rule.name}”不能由您的岗位放行", where=row.name[:60], remedy=f"请由{names}判断", code="requests.waiver_role")  # fmt: skip
    person = organisations.effective_person(user=user, today=today)
    if {row.added_by_id, case.handler_id} & {user.pk, person}:
        raise Refused("添加文件的人和经办人不能放行自己的附件", where=row.name[:60], remedy="请由其他有权的人判断", code="requests.own_work")  # fmt: skip
    reason = _reason(reason)
    try:
        with transaction.atomic():
            waiver = ReplyWaiver.objects.create(
                case=case, file_sha256=row.sha256, detector=finding.detector, place=finding.place, severity=finding.severity,
                rule_version=finding.rule_version, reason=reason, user=user, role=role, at=now,
            )  # fmt: skip
    except IntegrityError:
        raise Refused("这处已经放行", remedy="请刷新页面", code="requests.waived_already") from None
    advance(
        case, "waive_reply_finding", by=by, now=now, on=today, note=rule.name,
        waiver=int(waiver.pk), sha256=row.sha256, detector=finding.detector,
    )  # fmt: skip
    return waiver


def _reason(text: str) -> str:
    """Return the reason; refuse one that is too short to be one, or that itself names whom it is about."""
    text = text.strip()
    if len(text) < _SHORTEST_REASON:
        raise Refused("没有写明放行的理由", remedy="请写明为什么可以给申请人看，例如已征得本人同意", code="requests.text_missing")  # fmt: skip
    if len(text) > _LONGEST_REASON:
        raise Refused(f"理由太长，最多 {_LONGEST_REASON} 字", remedy="请写得简短一些", code="requests.text_too_long")  # fmt: skip
    if any(row.detector.startswith("pii.") and str(row.severity) == "block" for row in check_text(text)):
        raise Refused("理由里有别人的号码或能认出人的内容", remedy="请只写为什么可以放行，不要写号码和病情", code="requests.reason_personal")  # fmt: skip
    return text
