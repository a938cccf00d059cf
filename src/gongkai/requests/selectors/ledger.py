"""The ledger (台账): lists that stay quick at a million cases: keyset pages, no joins across rooms, no exact counts."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet

from gongkai.kernel.clocks import Deadline
from gongkai.requests.core.rules import room_rules
from gongkai.requests.errors import NoSuchCase
from gongkai.requests.models import Case, Remedy, TallyLine
from gongkai.requests.services.acting import deadline_of, office_calendar

PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class LedgerFilter:
    """What the list shows: whose, in which state or light, which words; `after` is the place where the page begins."""

    org_codes: tuple[str, ...]
    handler_id: int | None = None
    state: str = ""
    light: str = ""
    channel: str = ""
    row: str = ""
    number: str = ""
    open_only: bool = False
    since: date | None = None
    until: date | None = None
    after: str = ""


@dataclass(frozen=True, slots=True)
class LedgerPage:
    """One page of the list, and where the next begins."""

    rows: tuple[Case, ...]
    next: str


def near_limit(today: date) -> date:
    """Return the last day whose cases are near their limit today (working days by the office's calendar)."""
    return office_calendar().nth_working_day_after(today, room_rules().settings.near_days)


def narrowed(chosen: LedgerFilter, *, today: date, near: date | None = None) -> QuerySet[Case]:
    """Return the cases of a filter, unordered; `near` is `near_limit(today)` when the caller has it at hand."""
    if len(chosen.org_codes) == 1:
        rows = Case.objects.filter(org_code=chosen.org_codes[0])
    else:
        rows = Case.objects.filter(org_code__in=chosen.org_codes)
    if chosen.handler_id is not None:
        rows = rows.filter(handler_id=chosen.handler_id)
    if chosen.number:
        return rows.filter(number=chosen.number.strip().upper())
    if chosen.state:
        rows = rows.filter(state=chosen.state)
    if chosen.channel:
        rows = rows.filter(channel=chosen.channel)
    if chosen.row:
        rows = rows.filter(row=chosen.row)
    if chosen.light == "late_closed":
        rows = rows.filter(closed_late=True)
        if chosen.since:
            rows = rows.filter(closed_date__gte=chosen.since)
        return rows.filter(closed_date__lte=chosen.until) if chosen.until else rows
    if chosen.open_only or chosen.light:
        rows = rows.filter(is_open=True)
    match chosen.light:
        case "late":
            rows = rows.filter(due_date__lt=today)
        case "near":
            rows = rows.filter(due_date__gte=today, due_date__lte=near or near_limit(today))
        case "fine":
            rows = rows.filter(due_date__gt=near or near_limit(today))
        case "paused":
            rows = rows.filter(due_date__isnull=True)
    return rows


def ledger(chosen: LedgerFilter, *, today: date, near: date | None = None) -> LedgerPage:
    """Return a page of the list: open work by what falls due, everything else by the newest first."""
    rows = narrowed(chosen, today=today, near=near).select_related("applicant")
    by_due = (chosen.open_only or chosen.light) and chosen.light not in ("paused", "late_closed")
    if by_due:
        rows = (
            rows.filter(due_date__isnull=False).order_by("due_date", "id")
            if chosen.light
            else rows.order_by("due_date", "id")
        )
        if chosen.after:
            day, _, pk = chosen.after.partition("_")
            rows = _after_due(rows, date.fromisoformat(day), int(pk))
    else:
        rows = rows.order_by("-id")
        if chosen.after:
            rows = rows.filter(pk__lt=int(chosen.after))
    found = list(rows[: PER_PAGE + 1])
    shown = tuple(found[:PER_PAGE])
    following = ""
    if len(found) > PER_PAGE:
        last = shown[-1]
        if not by_due:
            following = str(last.pk)
        elif last.due_date is not None:
            following = f"{last.due_date.isoformat()}_{last.pk}"
    return LedgerPage(shown, following)


def _after_due(rows: QuerySet[Case], day: date, pk: int) -> QuerySet[Case]:

    return rows.filter(due_date__gte=day).filter(Q(due_date__gt=day) | Q(pk__gt=pk))


def lights(*, org_codes: Collection[str], today: date, near: date | None = None) -> dict[str, int]:
    """Count the open cases by light, in one pass over the index of open limits."""
    last_near = near or near_limit(today)
    rows = narrowed(LedgerFilter(tuple(org_codes), open_only=True), today=today)
    found = rows.order_by().aggregate(
        late=Count("pk", filter=Q(due_date__lt=today)),
        near=Count("pk", filter=Q(due_date__gte=today, due_date__lte=last_near)),
        fine=Count("pk", filter=Q(due_date__gt=last_near)),
        paused=Count("pk", filter=Q(due_date__isnull=True)),
    )
    return {light: int(found[light]) for light in ("late", "near", "fine", "paused")}


def deadline_of_case(*, case_id: int) -> Deadline | None:
    """Return the reply limit of a case with its reason day by day; None before receipt is confirmed. Raises NoSuchCase."""
    case = Case.objects.filter(pk=case_id).first()
    if case is None:
        raise NoSuchCase("没有这件申请", where=f"编号 {case_id}", remedy="请核对")
    return deadline_of(case)


def list_near_due(*, org_code: str, today: date) -> QuerySet[Case]:
    """Return the open cases whose limit is near, the nearest first."""
    return narrowed(LedgerFilter((org_code,), light="near"), today=today).order_by("due_date", "id")


def list_overdue_open(*, org_code: str, today: date) -> QuerySet[Case]:
    """Return the open cases whose limit has passed, the oldest first."""
    return narrowed(LedgerFilter((org_code,), light="late"), today=today).order_by("due_date", "id")


def list_overdue_closed(*, org_code: str, since: date, until: date) -> QuerySet[Case]:
    """Return the cases of a period that were closed after their limit."""
    rows = Case.objects.filter(
        org_code=org_code, closed_late=True, closed_date__gte=since, closed_date__lte=until
    )
    return rows.order_by("closed_date", "id")


def cases_of_cell(*, org_code: str, row: str, column: str, since: date, until: date) -> QuerySet[Any]:
    """Return the cases behind a cell of table three, by the same days as the cell."""
    rows = Case.objects.filter(org_code=org_code, received_date__isnull=False)
    if column != "total":
        rows = rows.filter(applicant_kind=column)
    match row:
        case "new_received":
            rows = rows.filter(received_date__gte=since, received_date__lte=until)
        case "carried_in":
            rows = rows.filter(received_date__lt=since).exclude(closed_date__lt=since)
        case "carried_out":
            rows = rows.filter(received_date__lte=until).exclude(closed_date__lte=until)
        case "total_processed":
            rows = rows.filter(closed_date__gte=since, closed_date__lte=until)
        case _:
            rows = rows.filter(row=row, closed_date__gte=since, closed_date__lte=until)
    return rows.order_by("id")


def cases_of_remedy_cell(
    *, org_code: str, kind: str, result: str, since: date, until: date
) -> QuerySet[Case]:
    """Return the cases behind a cell of table four, by the same days as the cell."""
    found = Remedy.objects.filter(case__org_code=org_code, kind=kind, lodged_date__lte=until).exclude(
        ended_date__lt=since
    )
    if result == "pending":
        found = found.filter(Q(ended_date__isnull=True) | Q(ended_date__gt=until))
    elif result != "total":
        found = found.filter(result=result, ended_date__lte=until)
    return Case.objects.filter(pk__in=found.values("case_id")).order_by("id")


def tally_is_complete(*, org_code: str) -> bool:
    """Tell whether every received and every closed case has its statistics line."""
    received = Case.objects.filter(org_code=org_code, received_date__isnull=False).count()
    closed = Case.objects.filter(org_code=org_code, closed_date__isnull=False).count()
    lines = TallyLine.objects.filter(org_code=org_code)
    return lines.filter(kind="received").count() == received and lines.filter(kind="closed").count() == closed
