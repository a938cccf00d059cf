"""Let a finding pass with a reason that is kept (留痕放行)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from gongkai.journal.api import record_fact
from gongkai.records.core.chains import waiver_rule
from gongkai.records.core.errors import BadInput, NotFound, SeparationBroken, StepRefused
from gongkai.records.core.office_time import office_day
from gongkai.records.facts import FindingWaived
from gongkai.records.models import RecordState, Waiver
from gongkai.records.services.checking import check_draft
from gongkai.records.services.content import draft_of
from gongkai.records.services.locking import actor_of, lock_state, owner_code, subject, take_step
from gongkai.records.services.permissions import ACTIONS, Hat, persons, require_role
from gongkai.records.services.review_round import author_ids


@transaction.atomic
def waive(*, record_id: int, finding_key: str, reason: str, user: Any, now: datetime) -> int:
    """Let one finding of the newest text pass; return the id of the waiver. It holds while the paragraph stays as it is.

    Raises BadInput without a reason, NotFound for a finding that is no longer there, StepRefused when nobody may waive it
    or the user has no post that may, organisations.api.NotPermitted.
    """
    if len(reason.strip()) < 2:
        raise BadInput(
            code="reason_missing", message="没有写放行理由", where="理由", remedy="请写明为什么可以公开"
        )
    state = lock_state(record_id)
    take_step(state, "waive")
    draft = draft_of(state)
    found = {concern.key: concern for concern in check_draft(draft, state, now=now)}
    concern = found.get(finding_key)
    if concern is None:
        raise NotFound(
            code="finding_gone", message="这处检查发现已经不在", where=str(draft.record), remedy="请刷新页面"
        )
    if concern.waived_by is not None:
        raise StepRefused(
            code="already_waived", message="这处已经放行", where=str(draft.record), remedy="请刷新页面"
        )
    finding = concern.finding
    rule = waiver_rule(detector=finding.detector, severity=finding.severity.value)
    if not rule.roles:
        raise StepRefused(
            code="not_waivable",
            message=f"“{finding.message or finding.detector}”不能放行",
            where=str(draft.record),
            remedy=finding.suggestion or "请改正",
        )
    today = office_day(now)
    hat = require_role(
        user=user, action=ACTIONS["waive"], roles=rule.roles, org_code=owner_code(draft.record), today=today
    )
    _require_not_author(state, user, hat, today)
    waiver = Waiver.objects.create(
        record_id=record_id,
        key=finding_key,
        detector=finding.detector,
        severity=finding.severity.value,
        reason=reason.strip()[:500],
        user=user,
        role=hat.role,
        at=now,
    )
    record_fact(
        FindingWaived(
            org=draft.record.org_code,
            subject=subject(record_id),
            on=today,
            waiver_id=waiver.pk,
            finding_key=finding_key,
            detector=finding.detector,
            severity=finding.severity.value,
        ),
        actor=actor_of(user, role=hat.role, on_behalf_of=hat.on_behalf_of),
        now=now,
    )
    return int(waiver.pk)


def _require_not_author(state: RecordState, user: Any, hat: Hat, today: date) -> None:
    if persons(user=user, on_behalf_of=hat.on_behalf_of, today=today) & author_ids(state):
        raise SeparationBroken(
            code="separation_author",
            message="您保存过这一稿，不能放行自己的文字",
            where=f"信息 {state.record_id}",
            remedy="请由没有参与起草的有权人判断",
        )
