"""Proposals to escalate (督办升级的建议), worked out when read: nothing is stored until a person decides."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Max
from django.urls import reverse

from gongkai.journal import api as journal
from gongkai.kernel.calendar import WorkCalendar, load_calendar
from gongkai.organisations import api as organisations
from gongkai.records import api as records
from gongkai.supervision.core.escalation import (
    ADVICE,
    ORDER,
    TASK,
    EscalationRule,
    escalation_rules,
    red_since,
    rule_due,
    working_days,
)
from gongkai.supervision.core.lights import Light, TaskTime, light_rule
from gongkai.supervision.core.states import OrderState, TaskState
from gongkai.supervision.models import EscalationPutOff, OrderStep, Plan, SupervisionOrder, Task
from gongkai.supervision.selectors import TaskStanding, list_standings, task_time

_RUNNING = (OrderState.ISSUED, OrderState.WORKING, OrderState.REPLIED)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is proposed for an order, or for a task that has none yet: `level` 0 order, 1 circular, 2 talk."""

    order: SupervisionOrder | None
    task: Task | None
    level: int
    since: date
    days: int
    rule: EscalationRule

    @property
    def subject(self) -> str:
        """Return `order:12` or `task:5`."""
        return f"order:{self.order.pk}" if self.order else f"task:{self.task.pk}" if self.task else ""

    @property
    def advice(self) -> str:
        """Return what is proposed, in words."""
        return self.rule.advice

    @property
    def why(self) -> str:
        """Return the ground in words."""
        if self.rule.what == ORDER:
            return f"督办单自 {self.since} 起已过 {self.days} 个工作日没有办结"
        return f"任务自 {self.since} 起连续 {self.days} 个工作日亮红灯"


@dataclass(frozen=True, slots=True)
class _Seen:
    """What all proposals of an authority are read against."""

    today: date
    calendar: WorkCalendar
    put_off: dict[tuple[str, int], date]

    def proposal(
        self, what: str, level: int, since: date, order: SupervisionOrder | None, task: Task | None
    ) -> Proposal | None:
        subject = f"order:{order.pk}" if order else f"task:{task.pk}" if task else ""
        rule = rule_due(
            rules=escalation_rules(), what=what, level=level, since=since, today=self.today, calendar=self.calendar,
            put_off=self.put_off.get((subject, level)),
        )  # fmt: skip
        if rule is None:
            return None
        return Proposal(order, task, level, since, working_days(since, self.today, self.calendar), rule)


def list_proposals(*, org_code: str, today: date) -> list[Proposal]:
    """List what is proposed for an authority today, the longest waiting first; one proposal a matter."""
    rows = EscalationPutOff.objects.filter(org_code=org_code)
    newest = rows.values_list("subject", "level").annotate(day=Max("put_off_on"))
    put_off = {(subject, level): day for subject, level, day in newest}
    seen = _Seen(today, load_calendar(), put_off)
    orders = list(
        SupervisionOrder.objects.filter(org_code=org_code, state__in=_RUNNING).select_related("task__plan")
    )
    steps = OrderStep.objects.filter(order__in=orders, verb="escalate")
    raised = {
        order: moment.date() for order, moment in steps.values_list("order").annotate(at=Max("done_at"))
    }
    found = {p.subject: p for p in _overdue(orders, raised, seen)}
    for proposal in _red(org_code, orders, raised, seen):
        found.setdefault(proposal.subject, proposal)
    return sorted(found.values(), key=lambda p: (p.since, p.subject))


def _overdue(orders: list[SupervisionOrder], raised: dict[int, date], seen: _Seen) -> Iterator[Proposal]:
    for order in orders:
        if order.due_date < seen.today and order.level + 1 < len(ADVICE):
            since = max(order.due_date, raised.get(order.pk, order.due_date))
            proposal = seen.proposal(ORDER, order.level + 1, since, order, order.task)
            if proposal:
                yield proposal


def _red(
    org_code: str, orders: list[SupervisionOrder], raised: dict[int, date], seen: _Seen
) -> Iterator[Proposal]:
    by_task = {order.task_id: order for order in orders if order.task_id}
    confirmed = {
        entry.subject: entry.on
        for entry in journal.entries(
            names=("supervision.TaskConfirmed",), orgs=organisations.subtree_codes(code=org_code)
        )
    }
    for plan in Plan.objects.filter(org_code=org_code, year=seen.today.year):
        for standing in list_standings(plan=plan, today=seen.today):
            asked = confirmed.get(f"task:{standing.task.pk}")
            if standing.light.light != Light.RED or standing.task.state != TaskState.CONFIRMED or not asked:
                continue
            since = _red_since(standing, plan.year, asked, seen)
            order = by_task.get(standing.task.pk)
            level = order.level + 1 if order else 0
            if since is None or level >= len(ADVICE):
                continue
            if order:
                since = max(since, raised.get(order.pk, order.created_at.date()))
            proposal = seen.proposal(TASK, level, since, order, standing.task)
            if proposal:
                yield proposal


def _red_since(standing: TaskStanding, year: int, asked: date, seen: _Seen) -> date | None:
    def time_on(day: date) -> TaskTime:
        found = tuple(f for f in standing.found if f.day <= day)
        return task_time(task=standing.task, year=year, duty=standing.duty, found=found, today=day)

    first = max(asked, date(year, 1, 1))
    return red_since(
        time_on=time_on, today=seen.today, not_before=first, calendar=seen.calendar, rule=light_rule()
    )


def proposal_for(*, org_code: str, subject: str, today: date) -> Proposal | None:
    """Return what is proposed for one order or task today."""
    return next((p for p in list_proposals(org_code=org_code, today=today) if p.subject == subject), None)


def proposal_matters(today: date, now: datetime) -> Iterator[records.MatterSeen]:
    """Yield what is proposed today as matters that whoever supervises is told of (到期与督办提醒)."""
    roles = tuple(sorted(organisations.role_book().able("plan", "supervise")))
    for authority in organisations.list_organisations(kind="authority"):
        for proposal in list_proposals(org_code=authority.code, today=today):
            yield records.MatterSeen(
                key=f"escalation:{proposal.subject}:{proposal.level}:{proposal.since}",
                owner_code=authority.code,
                roles=roles,
                title=_named(proposal),
                words=f"建议{proposal.advice}：{proposal.why}",
                light="late",
                address=reverse("supervision:proposals"),
            )


def _named(proposal: Proposal) -> str:
    if proposal.order:
        return f"{proposal.order.number} {proposal.order.title}"
    return str(proposal.task.text)[:100] if proposal.task else ""
