"""Values that look at several facts together (成组折算): late rows, complete groups, lags, idle columns, gaps."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta

from gongkai.journal.api import Entry
from gongkai.kernel.calendar import CalendarUnknown, WorkCalendar
from gongkai.supervision.core.bindings import Binding


def limit_day(binding: Binding, start: date, calendar: WorkCalendar) -> date:
    """Return the last day that is in time, counted from `start`; beyond the calendar plain days."""
    if binding.days:
        return start + timedelta(days=binding.days)
    try:
        return calendar.nth_working_day_after(start, binding.working_days)
    except CalendarUnknown:
        return start + timedelta(days=binding.working_days)


def beyond(binding: Binding, rows: Iterable[Entry], *, calendar: WorkCalendar, today: date) -> list[int]:
    """Return the rows whose limit has passed by `today` without the second day, or with one that came later."""
    found = []
    for entry in rows:
        dates: Mapping[str, str] = entry.body["dates"]
        if binding.from_field not in dates:
            continue
        limit = limit_day(binding, date.fromisoformat(dates[binding.from_field]), calendar)
        done = dates.get(binding.to_field) if binding.to_field else None
        if (date.fromisoformat(done) > limit) if done else today > limit:
            found.append(entry.id)
    return found


def complete(binding: Binding, rows: Iterable[Entry], good: Iterable[Entry]) -> list[int]:
    """Return one row of every group all of whose rows are good; the group is a code of the row."""
    fine = {entry.id for entry in good}
    groups: dict[str, list[int]] = defaultdict(list)
    for entry in rows:
        group = entry.body["codes"].get(binding.field)
        if group:
            groups[group].append(entry.id)
    return [ids[0] for ids in groups.values() if fine.issuperset(ids)]


def longest_lag(
    binding: Binding, later: Iterable[Entry], earlier: Iterable[Entry], *, calendar: WorkCalendar
) -> tuple[int, tuple[int, int]] | None:
    """Return the most working days between a fact and the one it names by number (interpretation → policy), with both ids."""
    known: dict[str, Entry] = {}
    for entry in earlier:
        if entry.body.get("index_number"):
            known.setdefault(str(entry.body["index_number"]), entry)
    worst: tuple[int, tuple[int, int]] | None = None
    for entry in later:
        for number in entry.body.get(binding.field) or ():
            base = known.get(number)
            if base is None:
                continue
            try:
                days = calendar.working_days_between(base.on, entry.on)
            except CalendarUnknown:
                days = max(0, (entry.on - base.on).days)
            if worst is None or days > worst[0]:
                worst = (days, (base.id, entry.id))
    return worst


def idle(
    binding: Binding, entries: Iterable[Entry], *, cadences: Mapping[str, int], quarters: Iterable[date]
) -> tuple[int, tuple[int, ...]]:
    """Count column and quarter end where the newest entry is older than the column's promised days (停更)."""
    by_column: dict[str, list[tuple[date, int]]] = defaultdict(list)
    for entry in entries:
        for column in entry.body.get(binding.field) or ():
            by_column[column].append((entry.on, entry.id))
    count, behind = 0, []
    for end in quarters:
        for column, days in cadences.items():
            seen = [one for one in by_column.get(column, ()) if one[0] <= end]
            newest = max(seen, default=None)
            if newest is None or (end - newest[0]).days > days:
                count += 1
                behind += [newest[1]] if newest else []
    return count, tuple(sorted(set(behind)))


def gaps(
    binding: Binding, entries: Iterable[Entry], *, year: int, today: date, group: Callable[[Entry], str]
) -> tuple[int, tuple[int, ...]]:
    """Count the spans of the year longer than `days` without an entry, for each group seen up to then."""
    end = min(today, date(year, 12, 31))
    by_group: dict[str, list[tuple[date, int]]] = defaultdict(list)
    for entry in entries:
        if entry.on <= end:
            by_group[group(entry)].append((entry.on, entry.id))
    count, behind = 0, []
    for rows in by_group.values():
        rows.sort()
        turns = [*rows, (end, 0)]
        for (start, number), (stop, _) in itertools.pairwise(turns):
            if stop.year == year and (stop - max(start, date(year - 1, 12, 31))).days > binding.days:
                count += 1
                behind.append(number)
    return count, tuple(sorted(set(behind)))
