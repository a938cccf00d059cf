"""Where the registers stand (台账概况): rows, what is due for the public, rows over their limit, releases that are out of date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import QuerySet

from gongkai.kernel.calendar import WorkCalendar, load_calendar
from gongkai.records import api as records
from gongkai.registers.core.rhythm import PeriodDue, last_period, row_due
from gongkai.registers.core.schema import Register, registers
from gongkai.registers.models import RegisterRelease, RegisterRow
from gongkai.registers.selectors import counted_rows

NEAR_DAYS = 7
LOOK_BACK_DAYS = 120


@dataclass(frozen=True, slots=True)
class RegisterStanding:
    """A register of an authority. `light`: late, near, due (a period waits to be made public), fine, not_applicable (no rhythm).

    `late_rows` are past the limit for a single row; `changed_rows` changed after the newest public release took its rows.
    """

    register: Register
    rows: int
    newest: date | None
    period: PeriodDue | None
    light: str
    late_rows: int
    changed_rows: int


def list_standings(*, org_code: str, today: date) -> list[RegisterStanding]:
    """List the registers in force."""
    calendar, counted = load_calendar(), counted_rows(org_code=org_code)
    releases: dict[str, list[RegisterRelease]] = {}
    for release in RegisterRelease.objects.filter(org_code=org_code).order_by("end", "id"):
        releases.setdefault(release.register, []).append(release)
    found = []
    for rule in registers(on=today).values():
        rows, newest = counted.get(rule.id, (0, None))
        mine = [release for release in releases.get(rule.id, ()) if _is_public(release)]
        period = last_period(rule, today=today, calendar=calendar)
        late = count_late_rows(rule=rule, org_code=org_code, today=today, calendar=calendar) if rows else 0
        changed = changed_rows(mine[-1]).count() if mine else 0
        found.append(
            RegisterStanding(
                rule, rows, newest, period, _light(rule, period, mine, today=today), late, changed
            )
        )
    return found


def _is_public(release: RegisterRelease) -> bool:
    current = records.current_release(record_id=release.record_id)
    return current is not None and current.kind == "publish"


def _light(rule: Register, period: PeriodDue | None, mine: list[RegisterRelease], *, today: date) -> str:
    if period is None or not rule.is_public:
        return "not_applicable"
    if any(one.start <= period.start and period.end <= one.end for one in mine):
        return "fine"
    if period.due_date is None:
        return "due"
    if period.due_date < today:
        return "late"
    return "near" if (period.due_date - today).days <= NEAR_DAYS else "due"


def count_late_rows(*, rule: Register, org_code: str, today: date, calendar: WorkCalendar) -> int:
    """Return how many rows are not public though their own limit is over (双公示：七个工作日)."""
    if not rule.row_clock or not rule.published_by:
        return 0
    last = today
    for _ in range(LOOK_BACK_DAYS):
        limit = row_due(rule, counted_on=last, calendar=calendar)
        if limit is None or limit < today:
            break
        last -= timedelta(days=1)
    waiting = RegisterRow.objects.filter(
        register=rule.id, org_code=org_code, is_removed=False, counted_on__lte=last, **{f"values__{rule.published_by}": None}
    )  # fmt: skip
    return waiting.count()


def changed_rows(release: RegisterRelease) -> QuerySet[RegisterRow]:
    """Return the rows of a release's span that were changed or removed after it took them."""
    return RegisterRow.objects.filter(
        register=release.register, org_code=release.org_code, counted_on__range=(release.start, release.end),
        changed_at__gt=release.drafted_at,
    )  # fmt: skip
