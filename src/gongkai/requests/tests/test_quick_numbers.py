"""Numbers from months and broken months are those of counting line by line, for any period."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, timedelta

import pytest

from gongkai.requests import testing as office
from gongkai.requests.models import Case, TallyLine, TallyMonth
from gongkai.requests.selectors import numbers
from gongkai.requests.services.tally import count_line

BEGIN, DAYS = date(2023, 11, 3), 200


def some_day(luck: random.Random) -> date:
    day = BEGIN + timedelta(days=luck.randrange(DAYS))
    return luck.choice([day, day.replace(day=1), numbers._month_after(day) - timedelta(days=1)])


@pytest.mark.django_db
@pytest.mark.parametrize("seed", [1, 2])
def test_any_period_is_counted_like_line_by_line(seed: int) -> None:
    luck = random.Random(seed)
    for n in range(40):
        case = Case.objects.create(
            org_code="demo", number=f"N{n}", year=2024, serial=n, state="received", is_open=True, channel="online",
            applicant_kind=luck.choice(["natural_person", "org_other"]), arrived_date=BEGIN, submission_key=f"k{n}",
            registered_at=office.at(BEGIN),
        )  # fmt: skip
        count_line(case, entry=n, kind="received", row="new_received", on=some_day(luck))
        count_line(case, entry=n, kind="closed", row=luck.choice(["granted", "partial"]), on=some_day(luck))
    assert sum(TallyMonth.objects.values_list("number", flat=True)) == TallyLine.objects.count() == 80
    lines = list(TallyLine.objects.values_list("kind", "row", "column", "on"))
    for _ in range(150):
        since, until = sorted((some_day(luck), some_day(luck)))
        for begin in (since, None):
            for kind in ("received", "closed"):
                wanted = Counter(
                    (row, column)
                    for of, row, column, on in lines
                    if of == kind and on <= until and (begin is None or on >= begin)
                )
                assert numbers._grouped("demo", kind, begin, until) == wanted, (kind, begin, until)
