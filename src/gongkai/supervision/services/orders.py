"""The life of a supervision order (督办单): issue, sign for, reply, verify, extend, escalate."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from gongkai.journal.api import Actor, record_fact
from gongkai.journal.facts import Fact
from gongkai.kernel.machine import NotAllowed, step
from gongkai.organisations import api as organisations
from gongkai.supervision import facts
from gongkai.supervision.core.states import LEVELS, ORDER_LABELS, ORDERS, VERB_LABELS
from gongkai.supervision.errors import SupervisionRefused
from gongkai.supervision.models import OrderStep, SupervisionOrder, Task
from gongkai.supervision.selectors_escalation import proposal_for
from gongkai.supervision.services.rights import acting


@dataclass(frozen=True, slots=True)
class OrderWords:
    """What an order says."""

    title: str
    problem: str
    demand: str
    owner_code: str
    due_date: date
    basis: str = ""


def issue_order(
    *,
    org_code: str,
    words: OrderWords,
    user: object | None,
    today: date,
    now: datetime,
    task_id: int | None = None,
) -> int:
    """Draw up and send an order to its owner; returns its id."""
    actor = acting(user=user, action="supervise", org_code=org_code, today=today)
    task = Task.objects.filter(pk=task_id, plan__org_code=org_code).first() if task_id else None
    _check(org_code, words, today)
    with transaction.atomic():
        last = (
            SupervisionOrder.objects.filter(org_code=org_code, year=today.year).aggregate(n=Max("serial"))[
                "n"
            ]
            or 0
        )
        order = SupervisionOrder.objects.create(
            org_code=org_code, year=today.year, serial=last + 1, task=task, title=words.title.strip()[:300],
            basis=words.basis.strip()[:300], problem=words.problem.strip(), demand=words.demand.strip(),
            owner_code=words.owner_code, due_date=words.due_date, first_due_date=words.due_date, created_at=now,
        )  # fmt: skip
        made = _Act(order, "issue", user, actor, today, now)
        made.write(
            facts.OrderIssued, words.demand, owner=order.owner_code, due=order.due_date,
            task=f"task:{task.pk}" if task else None,
        )  # fmt: skip
    return int(order.pk)


def _check(org_code: str, words: OrderWords, today: date) -> None:
    for name, text in (("事项", words.title), ("问题", words.problem), ("要求", words.demand)):
        if not text.strip():
            raise SupervisionRefused("missing_words", f"督办单没有写明{name}", remedy=f"请填写{name}")
    if words.owner_code not in organisations.subtree_codes(code=org_code):
        raise SupervisionRefused("no_owner", "责任科室不在本机关之内", remedy="请从列表中选择")
    if words.due_date < today:
        raise SupervisionRefused(
            "past_due", f"到期日 {words.due_date} 已经过去", remedy="请填写今天或以后的日期"
        )


@dataclass
class _Act:
    """One step on an order: its state moves, a step row and a fact are written."""

    order: SupervisionOrder
    verb: str
    user: object | None
    actor: Actor
    today: date
    now: datetime

    def write(self, fact: type[Fact], words: str, **values: Any) -> None:
        """Move the state and write everything."""
        order = self.order
        try:
            order.state = step(table=ORDERS, state=order.state, verb=self.verb).lands_in(order.state)
        except NotAllowed as refused:
            label = dict(ORDER_LABELS)[order.state]  # type: ignore[index]
            raise SupervisionRefused(
                "wrong_state",
                f"{order.number}{label}，不能“{VERB_LABELS[self.verb]}”",
                remedy="请刷新页面查看状态",
            ) from refused
        order.save()
        OrderStep.objects.create(
            order=order,
            verb=self.verb,
            words=words.strip(),
            done_at=self.now,
            done_by_id=getattr(self.user, "pk", None),
        )
        values.setdefault("owner", order.owner_code)
        record_fact(
            fact(org=order.org_code, subject=f"order:{order.pk}", on=self.today, number=order.code, **values),
            actor=self.actor,
            now=self.now,
        )


def _begin(order_id: int, verb: str, action: str, user: object | None, today: date, now: datetime) -> _Act:
    order = SupervisionOrder.objects.select_for_update().filter(pk=order_id).first()
    if order is None:
        raise SupervisionRefused("no_order", "没有这张督办单", remedy="请刷新页面")
    at = order.owner_code if action == "report" else order.org_code
    return _Act(order, verb, user, acting(user=user, action=action, org_code=at, today=today), today, now)


def _needed(words: str, what: str) -> str:
    if not words.strip():
        raise SupervisionRefused("no_words", f"没有写明{what}", remedy=f"请写明{what}")
    return words


def _refuse_owner(act: _Act) -> None:
    """Nobody closes or judges the order of their own section, nor a reply they gave themselves (回避)."""
    if act.user is None:
        raise SupervisionRefused("needs_person", "核验必须由人进行", remedy="请登录后核验")
    own = organisations.subtree_codes(code=act.order.owner_code)
    if any(post.org_code in own for post in organisations.roles_of(user=act.user, today=act.today)):
        raise SupervisionRefused(
            "own_order", "责任科室的人不能核验本科室的督办单", remedy="请由其他科室的人核验"
        )
    mine = organisations.effective_persons(user=act.user, today=act.today)
    answered = act.order.steps.filter(verb__in=("sign_for", "reply")).values_list("done_by_id", flat=True)
    if set(answered) & set(mine):
        raise SupervisionRefused("same_person", "签收或回复的人不能核验", remedy="请由另一人核验")


@transaction.atomic
def sign_for_order(*, order_id: int, user: object | None, today: date, now: datetime) -> None:
    """Sign for the order (签收)."""
    _begin(order_id, "sign_for", "report", user, today, now).write(facts.OrderSignedFor, "")


@transaction.atomic
def reply_order(*, order_id: int, words: str, user: object | None, today: date, now: datetime) -> None:
    """Reply what was done (回复)."""
    act = _begin(order_id, "reply", "report", user, today, now)
    act.write(facts.OrderReplied, _needed(words, "办理情况"), in_time=today <= act.order.due_date)


@transaction.atomic
def send_back_order(*, order_id: int, words: str, user: object | None, today: date, now: datetime) -> None:
    """Send a reply back that is not enough (退回)."""
    act = _begin(order_id, "send_back", "supervise", user, today, now)
    _refuse_owner(act)
    act.write(facts.OrderSentBack, _needed(words, "退回的理由"))


@transaction.atomic
def close_order(*, order_id: int, words: str, user: object | None, today: date, now: datetime) -> None:
    """Verify the reply and close the order (核验销号); by another person than the owner's."""
    act = _begin(order_id, "close", "supervise", user, today, now)
    _refuse_owner(act)
    replied = act.order.steps.filter(verb="reply").order_by("-id").first()
    in_time = replied is not None and replied.done_at.date() <= act.order.due_date
    act.write(facts.OrderClosed, _needed(words, "核验意见"), in_time=in_time)


@transaction.atomic
def extend_order(
    *, order_id: int, due_date: date, words: str, user: object | None, today: date, now: datetime
) -> None:
    """Give the one extension, with a reason (延期)."""
    act = _begin(order_id, "extend", "supervise", user, today, now)
    if act.order.is_extended:
        raise SupervisionRefused("extended_before", "督办单只能延期一次", remedy="请升级督办或催办")
    if due_date <= act.order.due_date:
        raise SupervisionRefused("not_later", "新的到期日不晚于原到期日", remedy="请填写更晚的日期")
    act.order.due_date, act.order.is_extended = due_date, True
    act.write(facts.OrderExtended, _needed(words, "延期的理由"), due=due_date)


@transaction.atomic
def escalate_order(*, order_id: int, words: str, user: object | None, today: date, now: datetime) -> None:
    """Take an order one level up, circular, then talk (通报、约谈): when overdue, or its task red for as long as the rule says."""
    act = _begin(order_id, "escalate", "supervise", user, today, now)
    subject = f"order:{act.order.pk}"
    if today <= act.order.due_date and not proposal_for(
        org_code=act.order.org_code, subject=subject, today=today
    ):
        raise SupervisionRefused(
            "not_overdue",
            "还没有逾期，任务亮红灯也没有到规定的天数，不能升级",
            remedy="到期后再升级",
        )
    if act.order.level >= len(LEVELS) - 1:
        raise SupervisionRefused(
            "highest_level", f"已经是最高一级（{LEVELS[-1]}）", remedy="请按问责规定处理"
        )
    act.order.level += 1
    act.write(facts.OrderEscalated, _needed(words, "升级的理由"), level=act.order.level)


@transaction.atomic
def cancel_order(*, order_id: int, words: str, user: object | None, today: date, now: datetime) -> None:
    """Take an order back that was sent in error (撤销)."""
    act = _begin(order_id, "cancel", "supervise", user, today, now)
    act.write(facts.OrderCancelled, _needed(words, "撤销的理由"))
