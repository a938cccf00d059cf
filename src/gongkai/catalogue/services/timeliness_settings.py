"""Change what a body decided about reminders and about its columns (时效设置)."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from gongkai.catalogue.facts import ColumnSettingChanged, TimelinessSettingChanged
from gongkai.catalogue.models import Column, TimelinessSetting
from gongkai.journal.api import Actor, record_fact


@transaction.atomic
def change_timeliness(
    *,
    org_code: str,
    lead_working_days: int | None,
    monthly_mail: bool,
    actor: Actor,
    today: date,
    now: datetime,
) -> None:
    """Store lead (working days, None = default) and whether monthly lists are mailed; nothing changed writes nothing."""
    row, _ = TimelinessSetting.objects.select_for_update().get_or_create(org_code=org_code)
    if (row.lead_working_days, row.monthly_mail) == (lead_working_days, monthly_mail):
        return
    row.lead_working_days, row.monthly_mail = lead_working_days, monthly_mail
    row.save(update_fields=["lead_working_days", "monthly_mail"])
    record_fact(
        TimelinessSettingChanged(
            org=org_code, subject=f"timeliness:{org_code}", on=today, lead_working_days=lead_working_days,
            monthly_mail=monthly_mail,
        ),
        actor=actor,
        now=now,
    )  # fmt: skip


@transaction.atomic
def change_column(
    *, column_id: int, owner_code: str, cadence_days: int | None, actor: Actor, today: date, now: datetime
) -> None:
    """Store who answers for a column (section code, may be empty) and its rhythm in calendar days."""
    row = Column.objects.select_for_update().get(pk=column_id)
    if (row.owner_code, row.cadence_days) == (owner_code, cadence_days):
        return
    row.owner_code, row.cadence_days = owner_code, cadence_days
    row.save(update_fields=["owner_code", "cadence_days"])
    record_fact(
        ColumnSettingChanged(
            org=row.org_code, subject=f"column:{row.org_code}:{row.code}", on=today, column=row.code,
            owner=owner_code or None, cadence_days=cadence_days,
        ),
        actor=actor,
        now=now,
    )  # fmt: skip
