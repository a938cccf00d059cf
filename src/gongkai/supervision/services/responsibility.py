"""Pursue responsibility (责任追究): open, hear the unit, decide by others, revoke. Units and posts, never named persons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from gongkai.journal.api import Actor, record_fact
from gongkai.kernel.machine import NotAllowed, step
from gongkai.kernel.scrubbing import holds_personal_number
from gongkai.organisations import api as organisations
from gongkai.supervision import facts
from gongkai.supervision.core.governance_states import RESPONSIBILITIES, RESPONSIBILITY_LABELS
from gongkai.supervision.core.practice import of_kind
from gongkai.supervision.errors import SupervisionRefused
from gongkai.supervision.models import ResponsibilityRecord, SupervisionOrder
from gongkai.supervision.services.rights import acting


@dataclass(frozen=True, slots=True)
class ResponsibilityWords:
    """What a record is opened with; `post` is a post (岗位), not a name."""

    target_code: str
    ground: str
    problem: str
    post: str = ""
    order_id: int | None = None


@transaction.atomic
def open_responsibility(
    *, org_code: str, words: ResponsibilityWords, user: object | None, today: date, now: datetime
) -> ResponsibilityRecord:
    """Open a matter of responsibility against a unit (立项)."""
    actor = acting(user=user, action="supervise", org_code=org_code, today=today)
    if words.target_code not in organisations.subtree_codes(code=org_code):
        raise SupervisionRefused("no_unit", "责任单位不在本机关之内", remedy="请从列表中选择")
    if words.ground not in of_kind("ground"):
        raise SupervisionRefused("no_ground", "没有选择追究的情形", remedy="请从列表中选择")
    if not words.problem.strip():
        raise SupervisionRefused("no_words", "没有写明事实", remedy="请写明事实")
    if holds_personal_number(words.problem + words.post):
        raise SupervisionRefused("personal", "内容里有证件号码或电话", remedy="请删去；这里只记单位和岗位")
    order = (
        SupervisionOrder.objects.filter(org_code=org_code, pk=words.order_id).first()
        if words.order_id
        else None
    )
    year = today.year
    last = (
        ResponsibilityRecord.objects.filter(org_code=org_code, year=year).aggregate(n=Max("serial"))["n"] or 0
    )
    made = ResponsibilityRecord.objects.create(
        org_code=org_code, year=year, serial=last + 1, target_code=words.target_code, post=words.post.strip()[:100],
        order=order, ground=words.ground, problem=words.problem.strip(), opened_by_id=actor.user_id, opened_at=now,
    )  # fmt: skip
    _say(
        facts.ResponsibilityOpened, made, actor, today, now, ground=words.ground,
        order=f"order:{order.pk}" if order else None,
    )  # fmt: skip
    return made


def _locked(record_id: int, verb: str) -> ResponsibilityRecord:
    record = ResponsibilityRecord.objects.select_for_update().filter(pk=record_id).first()
    if record is None:
        raise SupervisionRefused("no_record", "没有这条责任追究记录", remedy="请刷新页面")
    try:
        record.state = step(table=RESPONSIBILITIES, state=record.state, verb=verb).lands_in(record.state)
    except NotAllowed as refused:
        label = dict(RESPONSIBILITY_LABELS)[record.state]  # type: ignore[index]
        raise SupervisionRefused(
            "wrong_state", f"{record.number}“{label}”，现在不能这样做", remedy="请刷新页面查看状态"
        ) from refused
    return record


@transaction.atomic
def hear_responsibility(
    *, record_id: int, words: str, user: object | None, today: date, now: datetime
) -> None:
    """Take down what the unit says for itself (听取陈述和申辩)."""
    record = _locked(record_id, "hear")
    actor = acting(user=user, action="report", org_code=record.target_code, today=today)
    record.statement = _needed(words, "陈述和申辩（没有意见的写明“没有意见”）")
    record.save()
    _say(facts.ResponsibilityHeard, record, actor, today, now)


@transaction.atomic
def decide_responsibility(
    *, record_id: int, measure: str, words: str, user: object | None, today: date, now: datetime
) -> None:
    """Decide the measure: not by the unit's own people, nor by whoever opened the matter (决定)."""
    record = _locked(record_id, "decide")
    actor = acting(user=user, action="supervise", org_code=record.org_code, today=today)
    if user is None:
        raise SupervisionRefused("needs_person", "决定必须由人作出", remedy="请登录后办理")
    own = organisations.subtree_codes(code=record.target_code)
    if any(post.org_code in own for post in organisations.roles_of(user=user, today=today)):
        raise SupervisionRefused("own_unit", "责任单位的人不能作决定", remedy="请由其他单位的人决定")
    if record.opened_by_id in organisations.effective_persons(user=user, today=today):
        raise SupervisionRefused("same_person", "立项的人不能作决定", remedy="请由另一人决定")
    if measure not in of_kind("measure"):
        raise SupervisionRefused("no_measure", "没有选择处理方式", remedy="请从列表中选择")
    record.measure, record.decided_on, record.decision = measure, today, _needed(words, "决定的理由")
    record.save()
    _say(facts.ResponsibilityDecided, record, actor, today, now, measure=measure)


@transaction.atomic
def revoke_responsibility(
    *, record_id: int, words: str, user: object | None, today: date, now: datetime
) -> None:
    """Revoke a matter, with the reason (撤销)."""
    record = _locked(record_id, "revoke")
    actor = acting(user=user, action="supervise", org_code=record.org_code, today=today)
    record.decision = f"{record.decision}\n撤销：{_needed(words, '撤销的理由')}".strip()
    record.save()
    _say(facts.ResponsibilityRevoked, record, actor, today, now)


def _needed(words: str, what: str) -> str:
    if not words.strip():
        raise SupervisionRefused("no_words", f"没有写明{what}", remedy=f"请写明{what}")
    if holds_personal_number(words):
        raise SupervisionRefused("personal", "内容里有证件号码或电话", remedy="请删去；这里只记单位和岗位")
    return words.strip()


def _say(
    kind: type[Any], record: ResponsibilityRecord, actor: Actor, today: date, now: datetime, **values: Any
) -> None:
    fact = kind(
        org=record.org_code, subject=f"responsibility:{record.pk}", on=today, number=f"{record.year}-{record.serial:04d}",
        target=record.target_code, **values,
    )  # fmt: skip
    record_fact(fact, actor=actor, now=now)
