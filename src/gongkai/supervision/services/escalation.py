"""Put a proposal to escalate off (暂不升级); taking it up is `orders.escalate_order` or `orders.issue_order`."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from gongkai.journal.api import record_fact
from gongkai.supervision import facts
from gongkai.supervision.errors import SupervisionRefused
from gongkai.supervision.models import EscalationPutOff
from gongkai.supervision.selectors_escalation import proposal_for
from gongkai.supervision.services.rights import acting


@transaction.atomic
def put_off_escalation(
    *, org_code: str, subject: str, words: str, user: object | None, today: date, now: datetime
) -> None:
    """Decide, with a reason, not to take a proposal up for now; by rule it comes again. Raises SupervisionRefused."""
    actor = acting(user=user, action="supervise", org_code=org_code, today=today)
    proposal = proposal_for(org_code=org_code, subject=subject, today=today)
    if proposal is None:
        raise SupervisionRefused("no_proposal", "这条建议已经不在了", remedy="请刷新页面")
    if not words.strip():
        raise SupervisionRefused("no_words", "没有写明暂不升级的理由", remedy="请写明理由")
    owner = proposal.order.owner_code if proposal.order else proposal.task.owner_code if proposal.task else ""
    EscalationPutOff.objects.create(
        org_code=org_code, subject=subject, level=proposal.level, words=words.strip(), put_off_on=today,
        done_by_id=getattr(user, "pk", None),
    )  # fmt: skip
    fact = facts.EscalationPutOff(
        org=org_code, subject=subject, on=today, proposed=proposal.level, owner=owner or None
    )
    record_fact(fact, actor=actor, now=now)
