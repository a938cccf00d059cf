"""Change the office's own calendar (日历调整): open cases are recomputed, with before, after and why."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from gongkai.organisations import api as organisations
from gongkai.requests.errors import Refused
from gongkai.requests.models import CalendarRow, Case, DeadlineChange
from gongkai.requests.services.acting import SYSTEM, advance, day_of, locked, office_calendar, refresh_limit


@transaction.atomic
def change_calendar(
    *, org_code: str, day: date, is_working: bool, notice: str, user: Any, now: datetime
) -> int:
    """Enter a day by whose notice it is, or is not, a working day; return how many open cases moved."""
    organisations.require(user=user, action="manage", kind="request", org_code=org_code, today=day_of(now))
    if not notice.strip():
        raise Refused("没有填写通知的名称和文号", remedy="写明依据哪个通知")
    CalendarRow.objects.update_or_create(
        day=day,
        defaults={
            "is_working": is_working,
            "notice": notice.strip()[:200],
            "entered_at": now,
            "entered_by": user,
        },
    )
    verb = "上班" if is_working else "放假"
    return recompute_open(why=f"{day.isoformat()} {verb}：{notice.strip()}"[:300], now=now)


def recompute_open(*, why: str, now: datetime) -> int:
    """Work out the limit of every open case again; what moved is noted with before, after and why. Returns how many moved."""
    calendar, moved = office_calendar(), 0
    open_ids = Case.objects.filter(is_open=True).order_by("pk").values_list("pk", flat=True)
    for pk in list(open_ids):
        with transaction.atomic():
            case = locked(pk)
            before, provisional = case.due_date, case.provisional
            refresh_limit(case, calendar=calendar)
            if case.due_date == before:
                if case.provisional != provisional:
                    case.save(update_fields=["provisional"])
                continue
            DeadlineChange.objects.create(case=case, before=before, after=case.due_date, why=why, at=now)
            advance(
                case, "recompute", by=SYSTEM, now=now, on=day_of(now), note=why, public=True, before=before,
                after=case.due_date,
            )  # fmt: skip
            moved += 1
    return moved
