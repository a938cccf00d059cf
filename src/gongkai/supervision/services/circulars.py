"""The monthly circular (月通报): counts and problems taken from facts, issued with a hash, printed, offered to the public."""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from html import escape
from typing import Any

from django.db import transaction
from django.db.models import Max

from gongkai.catalogue import api as catalogue
from gongkai.journal import api as journal
from gongkai.journal.api import record_fact
from gongkai.kernel import periods
from gongkai.kernel.calendar import CalendarUnknown, load_calendar
from gongkai.organisations import api as organisations
from gongkai.records import api as records
from gongkai.supervision import facts
from gongkai.supervision.core.circular import COUNTS, circular_paragraphs, problem_table, written_day
from gongkai.supervision.core.indicator_system import content_digest
from gongkai.supervision.core.lights import Light
from gongkai.supervision.core.practice import practice
from gongkai.supervision.core.states import TaskState
from gongkai.supervision.errors import SupervisionRefused
from gongkai.supervision.models import Circular, Plan, SupervisionOrder
from gongkai.supervision.printing.official_docx import Paper, official_docx
from gongkai.supervision.selectors import list_standings
from gongkai.supervision.services.rights import acting

COLUMN = "gzdt"
_ORDER_FACTS = (
    "supervision.OrderIssued",
    "supervision.OrderExtended",
    "supervision.OrderClosed",
    "supervision.OrderCancelled",
)


@transaction.atomic
def build_circular(
    *, org_code: str, year: int, month: int, user: object | None, today: date, now: datetime
) -> Circular:
    """Build the circular of a month, or build it anew while it is not issued. A month that is not over is refused."""
    acting(user=user, action="supervise", org_code=org_code, today=today)
    period = periods.month(year, month)
    if today <= period.end:
        raise SupervisionRefused("month_runs", f"{period.name}还没有结束", remedy="月末之后再编通报")
    content = _content(org_code, period, today)
    existing = Circular.objects.select_for_update().filter(org_code=org_code, year=year, month=month).first()
    if existing is not None:
        if existing.state == Circular.ISSUED:
            raise SupervisionRefused("issued", f"{period.name}的通报已经印发", remedy="请打开已印发的通报")
        existing.content = content
        existing.save(update_fields=["content"])
        return existing
    last = Circular.objects.filter(org_code=org_code, year=year).aggregate(n=Max("serial"))["n"] or 0
    return Circular.objects.create(
        org_code=org_code, year=year, month=month, serial=last + 1, content=content
    )


def _content(org_code: str, period: periods.Period, today: date) -> dict[str, Any]:
    orgs = organisations.subtree_codes(code=org_code)
    names = {name for count in COUNTS for name in count.facts}
    ids: dict[str, list[int]] = defaultdict(list)
    for entry in journal.entries(names=tuple(sorted(names)), orgs=orgs, since=period.start, until=period.end):
        for count in COUNTS:
            if count.counts(entry.name, entry.body):
                ids[count.id].append(entry.id)
    problems = [*_red_tasks(org_code, period, orgs), *_overdue_orders(orgs, period)]
    return {
        "counts": [{"id": c.id, "name": c.name, "value": len(ids[c.id]), "facts": ids[c.id]} for c in COUNTS],
        "problems": problems, "rectify_by": _rectify_by(today).isoformat(), "until": period.end.isoformat(),
        "names": {code: name for code, name in _names(org_code).items() if code in {p["unit"] for p in problems}},
    }  # fmt: skip


def _names(org_code: str) -> dict[str, str]:
    found = {o.code: o.name for o in organisations.list_organisations(under=org_code)}
    return {org_code: organisations.get_organisation(code=org_code).name, **found}


def _rectify_by(today: date) -> date:
    days = practice().rectify_working_days
    try:
        return load_calendar().nth_working_day_after(today, days)
    except CalendarUnknown:
        return date.fromordinal(today.toordinal() + days + 4)


def _red_tasks(org_code: str, period: periods.Period, orgs: frozenset[str]) -> Iterator[dict[str, Any]]:
    confirmed = {
        e.subject: e.id
        for e in journal.entries(names=("supervision.TaskConfirmed",), orgs=orgs, until=period.end)
    }
    for plan in Plan.objects.filter(org_code=org_code, year=period.start.year):
        for standing in list_standings(plan=plan, today=period.end):
            task = standing.task
            fact = confirmed.get(f"task:{task.pk}")
            if task.state == TaskState.CONFIRMED and standing.light.light == Light.RED and fact:
                words = f"{task.number} {task.text[:60]}".strip()
                yield {"unit": task.owner_code, "problem": f"{words}：{standing.light.why}", "facts": [fact]}


def _overdue_orders(orgs: frozenset[str], period: periods.Period) -> Iterator[dict[str, Any]]:
    """Yield the orders that were open and overdue on the last day of the month, by their facts."""
    by_order: dict[str, list[journal.Entry]] = defaultdict(list)
    for entry in journal.entries(names=_ORDER_FACTS, orgs=orgs, until=period.end):
        by_order[entry.subject].append(entry)
    titles = {f"order:{o.pk}": o for o in SupervisionOrder.objects.filter(org_code__in=orgs)}
    for subject, entries in by_order.items():
        if entries[-1].name in _ORDER_FACTS[2:] or subject not in titles:
            continue
        due = date.fromisoformat(str([e.body["due"] for e in entries if e.body.get("due")][-1]))
        if due < period.end:
            order = titles[subject]
            problem = (
                f"{order.number} {order.title[:60]}：应于{written_day(due.isoformat())}办结，到月末没有办结"
            )
            yield {"unit": order.owner_code, "problem": problem, "facts": [entries[0].id]}


@transaction.atomic
def issue_circular(*, circular_id: int, user: object | None, today: date, now: datetime) -> None:
    """Issue the circular: from now on its content is bound by its hash (印发)."""
    circular = Circular.objects.select_for_update().filter(pk=circular_id, state=Circular.DRAFT).first()
    if circular is None:
        raise SupervisionRefused("no_circular", "没有待印发的通报", remedy="请刷新页面")
    actor = acting(user=user, action="supervise", org_code=circular.org_code, today=today)
    circular.state, circular.issued_on = Circular.ISSUED, today
    circular.sha256 = content_digest(circular.content)
    circular.save()
    fact = facts.CircularIssued(
        org=circular.org_code, subject=f"circular:{circular.pk}", on=today, year=circular.year, month=circular.month,
        sha256=circular.sha256, problems=len(circular.content["problems"]),
    )  # fmt: skip
    record_fact(fact, actor=actor, now=now)


def paper_of(circular: Circular, *, today: date) -> Paper:
    """Return the circular as a paper."""
    day = circular.issued_on or today
    agency = organisations.get_organisation(code=circular.org_code).name
    title = f"{agency}{circular.year}年{circular.month}月政务公开工作情况通报"
    content = circular.content
    return Paper(
        title, tuple(circular_paragraphs(content)), agency, written_day(day.isoformat()),
        tuple(problem_table(content)), "需要整改的问题",
    )  # fmt: skip


@transaction.atomic
def draft_circular(*, circular_id: int, user: Any, today: date, now: datetime) -> int:
    """Make a draft record of an issued circular and return its number; the same circular again gives the same record."""
    circular = Circular.objects.select_for_update().filter(pk=circular_id).first()
    if circular is None or circular.state != Circular.ISSUED:
        raise SupervisionRefused("not_issued", "只有已印发的通报可以转公开稿", remedy="请先印发")
    if circular.record_id:
        return int(circular.record_id)
    actor = acting(user=user, action="supervise", org_code=circular.org_code, today=today)
    paper = paper_of(circular, today=today)
    file = records.store_file(
        stream=io.BytesIO(official_docx(paper)), name=f"{paper.title}.docx", now=now, clean=True
    )
    blocks: list[dict[str, Any]] = [{"type": "paragraph", "html": escape(text)} for text in paper.paragraphs]
    if paper.table:
        blocks.append(
            {
                "type": "table", "caption": paper.caption, "header_rows": 1, "header_columns": 0,
                "rows": [list(row) for row in paper.table],
            }
        )  # fmt: skip
    blocks.append({"type": "attachment", "sha256": file.pk, "name": f"{paper.title}.docx"})
    known = {column.code for column in catalogue.list_columns(org_code=circular.org_code)}
    columns = [COLUMN] if COLUMN in known else []
    info = records.create_draft(
        org_code=circular.org_code, catalogue_codes=(), title=paper.title, blocks=blocks, user=user, now=now,
        metadata={"kind": "notice", "columns": columns, "formed_date": circular.issued_on, "summary": paper.paragraphs[0][:200]},
    )  # fmt: skip
    circular.record_id = info.id
    circular.save(update_fields=["record_id"])
    fact = facts.CircularDrafted(
        org=circular.org_code, subject=f"circular:{circular.pk}", on=today, record=info.id
    )
    record_fact(fact, actor=actor, now=now)
    return int(info.id)
