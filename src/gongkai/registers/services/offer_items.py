"""Bring the items that an institution must publish into its ledger (带入法定目录); what is there already stays."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from gongkai.catalogue.api import institution_groups, items_for
from gongkai.journal.api import Actor
from gongkai.registers.core.rows import CellProblem, RowRefused
from gongkai.registers.core.schema import register
from gongkai.registers.models import RegisterRow
from gongkai.registers.services.record_rows import record_rows

REGISTER = "institution_disclosure"


@transaction.atomic
def offer_items(
    *, org_code: str, institution_no: str, institution_type: str, actor: Actor, today: date, now: datetime
) -> int:
    """Enter every item that is not there yet as missing (缺失) and return how many were entered.

    Raises RowRefused for an unknown type or an institution number that is none.
    """
    if institution_type not in institution_groups():
        names = "、".join(group.name for group in institution_groups().values())
        raise RowRefused([CellProblem(0, "机构类型", f"没有这一类；可选：{names}")])
    rule = register(REGISTER, on=today)
    have = set(
        RegisterRow.objects.filter(
            register=rule.id, org_code=org_code, is_removed=False, key__startswith=f"{institution_no}|"
        ).values_list("key", flat=True)
    )
    rows = [
        {
            "institution_no": institution_no, "item_no": row["row_id"], "checked_date": today,
            "info_class": row["info_class"], "group": row["group"], "item": row["item"], "content": row["content"],
            "limit_working_days": row["time_limit_wd"], "state": "missing",
        }
        for row in items_for(institution_type, on=today)
        if f"{institution_no}|{row['row_id']}" not in have
    ]  # fmt: skip
    return record_rows(
        register_id=rule.id,
        org_code=org_code,
        raw_rows=rows,
        actor=actor,
        today=today,
        now=now,
        reason="带入法定目录",
    )
