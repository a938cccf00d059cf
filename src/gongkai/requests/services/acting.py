"""How every act on a case is done: lock, step the state table, write fact, time line and statistics, recompute the limit."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from gongkai.journal import api as journal
from gongkai.journal.api import Actor
from gongkai.kernel.calendar import DayOverride, WorkCalendar, load_calendar
from gongkai.kernel.clocks import Deadline
from gongkai.kernel.machine import step
from gongkai.organisations import api as organisations
from gongkai.requests import facts
from gongkai.requests.core.case_clock import CaseEvents, reply_deadline
from gongkai.requests.core.states import OPEN, TABLE
from gongkai.requests.errors import NoSuchCase, Refused
from gongkai.requests.models import CalendarRow, Case, CaseEvent, Complaint, Round
from gongkai.requests.services.notices import queue_notice
from gongkai.requests.services.tally import count_line

CHINA = ZoneInfo("Asia/Shanghai")
CITIZEN = Actor(kind="citizen")
SYSTEM = Actor(kind="system")


def day_of(now: datetime) -> date:
    """Return the day in China of an aware moment."""
    return now.astimezone(CHINA).date()


def office_calendar() -> WorkCalendar:
    """Return the shipped calendar with the office's own rows on top."""
    rows = CalendarRow.objects.values_list("day", "is_working", "notice")
    return load_calendar([DayOverride(date=day, is_working=on, notice=notice) for day, on, notice in rows])


def locked(case_id: int) -> Case:
    """Return the case, locked until the transaction ends; raises NoSuchCase."""
    if not connection.in_atomic_block:
        raise RuntimeError("锁定案卷必须在事务之内")
    case = Case.objects.select_for_update(of=("self",)).filter(pk=case_id).first()
    if case is None:
        raise NoSuchCase("没有这件申请", where=f"编号 {case_id}", remedy="请从台账重新打开")
    return case


def permit(case: Case | Complaint, *, user: Any, action: str, today: date) -> Actor:
    """Return who acts; raises NotPermitted unless the person may do this to this case (own cases count as own)."""
    if not may(case, user=user, action=action, today=today):
        organisations.require(user=user, action=action, kind="request", org_code=case.org_code, today=today)
    return organisations.actor(user=user, role="request")


def may(case: Case | Complaint, *, user: Any, action: str, today: date) -> bool:
    """Tell whether the person may do this to this case."""
    if organisations.may(
        user=user,
        action=action,
        kind="request",
        org_code=case.org_code,
        today=today,
        owner_id=case.handler_id,
    ):
        return True
    if case.handler_id is None or case.handler_id != getattr(user, "pk", None):
        return False
    return any(
        organisations.may(
            user=user, action=action, kind="request", org_code=post.org_code, today=today, owner_id=user.pk
        )
        for post in organisations.roles_of(user=user, today=today)
        if organisations.authority_of(code=post.org_code).code == case.org_code
    )


def check_day(case: Case, day: date, *, today: date, what: str) -> None:
    """Refuse a day after today or before the request arrived."""
    if day > today:
        raise Refused(
            f"{what}不能晚于今天", where=day.isoformat(), remedy="请核对日期", code="requests.day_in_future"
        )
    first = case.received_date or case.arrived_date
    if day < first:
        raise Refused(
            f"{what}早于收到日期", where=f"{day.isoformat()}，收到日期 {first.isoformat()}", remedy="请核对日期",
            code="requests.day_before_receipt",
        )  # fmt: skip


def refuse_in_further_round(case: Case, what: str) -> None:
    """Refuse what belongs to the first round: a redo carries out a decision or judgment, it does not begin over."""
    if case.round > 1:
        raise Refused(
            f"重新办理时不能{what}", remedy="请按复议决定或者判决重新答复", code="requests.further_round"
        )


def require_text(text: str, what: str) -> str:
    """Return the text without outer blanks; refuse an empty one."""
    text = text.strip()
    if not text:
        raise Refused(f"没有填写{what}", remedy=f"请填写{what}", code="requests.text_missing")
    return text


def events_of(case: Case) -> CaseEvents:
    """Collect what moves the limit of a case."""
    if case.received_date is None:
        raise Refused("收到日期还没有确定，期限尚未开始", code="requests.not_received")
    further = case.rounds.last() if case.round > 1 else None
    if further is not None:
        return _events_of_round(case, further)
    restarts: list[date] = []
    waits: list[tuple[date, date | None]] = []
    supplement, fee = getattr(case, "supplement", None), getattr(case, "fee", None)
    # What the applicant owes in answer to a timely notice voids the old limit: it stands still until the new one begins.
    if supplement is not None and supplement.in_time:
        if supplement.answered_date:
            restarts.append(supplement.answered_date)
        else:
            waits.append((supplement.asked_date, None))
    if fee is not None:
        if fee.paid_date:
            restarts.append(fee.paid_date)
        else:
            waits.append((fee.served_date, None))
    return CaseEvents(
        received=case.received_date,
        pauses=[*case.pauses.values_list("start_date", "end_date"), *waits],
        restarts=restarts,
        extensions=_told_extensions(case),
        delayed_until=case.delayed_until,
    )


def _told_extensions(case: Case) -> list[tuple[date, int]]:
    told = case.extensions.filter(told_date__isnull=False, is_void=False)
    return [(day, days) for day, days in told.values_list("told_date", "working_days") if day is not None]


def _events_of_round(case: Case, further: Round) -> CaseEvents:
    """Collect what moves the limit of a further round: nothing that happened before it began."""
    pauses = case.pauses.filter(start_date__gte=further.opened_date)
    return CaseEvents(
        received=further.opened_date,
        pauses=list(pauses.values_list("start_date", "end_date")),
        extensions=_told_extensions(case),
        delayed_until=case.delayed_until,
        named=further.named_date,
    )


def deadline_of(case: Case, *, calendar: WorkCalendar | None = None) -> Deadline | None:
    """Return the reply limit with its trace, worked out from what happened; None before receipt is confirmed."""
    if case.received_date is None:
        return None
    calendar = calendar or office_calendar()
    return reply_deadline(events=events_of(case), version=case.clock_version, calendar=calendar)


def refresh_limit(case: Case, *, calendar: WorkCalendar | None = None) -> Deadline | None:
    """Bring the list's copy of the limit up to date; the caller saves."""
    found = deadline_of(case, calendar=calendar)
    if found is not None:
        case.due_date, case.provisional = found.due_date, found.provisional
        case.is_paused = found.due_date is None
    return found


def write(
    case: Case,
    *,
    verb: str,
    fact: str,
    by: Actor,
    now: datetime,
    on: date,
    note: str = "",
    public: bool = False,
    **fields: Any,
) -> int:
    """Write one fact with its line in the history; the caller has set the new state. Returns the entry's id."""
    case.events_count += 1
    cls = getattr(facts, fact.rpartition(".")[2])
    entry = journal.record_fact(
        cls(
            org=case.org_code,
            subject=case.subject,
            on=on,
            seq=case.events_count,
            state=str(case.state),
            **fields,
        ),
        actor=by,
        now=now,
    )
    CaseEvent.objects.create(
        case=case, seq=case.events_count, verb=verb, on=on, at=now, state=case.state, actor_kind=by.kind,
        actor_user_id=by.user_id, entry=entry, note=note, public=public,
    )  # fmt: skip
    if public:
        queue_notice(case, verb=verb, seq=case.events_count, now=now)
    return entry


def advance(
    case: Case,
    verb: str,
    *,
    by: Actor,
    now: datetime,
    on: date,
    note: str = "",
    public: bool = False,
    **fields: Any,
) -> int:
    """Do a verb of the state table to a locked case: state, fact, history, limit. Raises NotAllowed with what can be done."""
    transition = step(table=TABLE, state=case.state, verb=verb)
    case.state = transition.lands_in(case.state)
    case.is_open = case.state in OPEN
    entry = 0
    if transition.fact is not None:
        entry = write(
            case, verb=verb, fact=transition.fact, by=by, now=now, on=on, note=note, public=public, **fields
        )
    if case.is_open:
        refresh_limit(case)
    case.save()
    return entry


def allow(case: Case, verb: str) -> None:
    """Raise NotAllowed unless the verb can be done in this state; for checks before anything is written."""
    step(table=TABLE, state=case.state, verb=verb)


def close(
    case: Case,
    verb: str,
    *,
    row: str,
    why: str,
    rule_version: int,
    outcomes: tuple[str, ...],
    how: str,
    by: Actor,
    now: datetime,
    on: date,
    way: str | None = None,
    note: str = "",
) -> None:
    """End a case: the row of the annual report, the fact, the statistics line; a further round ends without counting again."""
    allow(case, verb)
    limit = deadline_of(case)
    due = limit.due_date if limit else None
    if case.round > 1:
        _close_round(
            case, row=row, rule_version=rule_version, outcomes=outcomes, how=how, by=by, now=now, on=on, way=way,
            note=note, due=due,
        )  # fmt: skip
        return
    case.closed_late = due is not None and on > due
    case.row, case.row_why, case.closed_date, case.closed_how = row, why[:200], on, how
    case.is_paused = False
    entry = advance(
        case, verb, by=by, now=now, on=on, note=note, public=True, row=row, applicant_kind=case.applicant_kind,
        outcomes=outcomes, how=how, way=way, due=due, in_time=due is None or on <= due, rule_version=rule_version,
    )  # fmt: skip
    count_line(case, entry=entry, kind="closed", row=row, on=on)


def _close_round(
    case: Case,
    *,
    row: str,
    rule_version: int,
    outcomes: tuple[str, ...],
    how: str,
    by: Actor,
    now: datetime,
    on: date,
    way: str | None,
    note: str,
    due: date | None,
) -> None:
    """End a further round: its result stands in the round; what tables three and four count stays as it was."""
    further = case.rounds.get(number=case.round)
    in_time = due is None or on <= due
    further.closed_date, further.closed_how, further.row, further.closed_late = on, how, row, not in_time
    further.save()
    case.is_paused = False
    advance(
        case, "close_round", by=by, now=now, on=on, note=note, public=True, round=case.round, row=row,
        outcomes=outcomes, how=how, way=way, due=due, in_time=in_time, rule_version=rule_version,
    )  # fmt: skip
