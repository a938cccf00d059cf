"""What one fact adds to tables three and four (统计行): the line and the month's count, in the fact's own transaction."""

from __future__ import annotations

from datetime import date

from django.db.models import F

from gongkai.requests.models import Case, TallyLine, TallyMonth


def count_line(case: Case, *, entry: int, kind: str, row: str, on: date) -> None:
    """Write the line of one fact (`received` or `closed`) and add it to its month."""
    TallyLine.objects.create(
        entry=entry, org_code=case.org_code, case=case, kind=kind, row=row, column=case.applicant_kind, on=on
    )
    cell = {
        "org_code": case.org_code,
        "kind": kind,
        "month": on.replace(day=1),
        "row": row,
        "column": case.applicant_kind,
    }
    TallyMonth.objects.get_or_create(**cell)
    TallyMonth.objects.filter(**cell).update(number=F("number") + 1)
