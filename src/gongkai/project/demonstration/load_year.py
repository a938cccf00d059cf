"""Load a demonstration year into the registers (装入演示年度): through the registers' own door, all or nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from django.db import transaction

from gongkai.journal.api import SYSTEM
from gongkai.project.demonstration.year_plan import SHIPPED_SEED, plan_of
from gongkai.project.demonstration.year_rows import register_rows
from gongkai.project.failure import CommandFailed
from gongkai.registers import api as registers

Say = Callable[[str], None]


@transaction.atomic
def load_year(
    *, org_code: str, today: date, now: datetime, seed: int = SHIPPED_SEED, say: Say = lambda words: None
) -> int:
    """Enter the rows of the year and return how many were written; the same year again writes nothing.

    Raises CommandFailed when rows of another seed are there: two years in one would add up to neither.
    """
    plan = plan_of(seed)
    rule = registers.register("power_item", on=today)
    others = registers.rows_of(rule=rule, org_code=org_code).exclude(key__startswith=f"{plan.year}-{seed}-")
    if others.exists():
        raise CommandFailed(
            "demo_year_loaded", "这个运行目录里已经有另一个演示年度的台账", where=f"机构 {org_code}",
            remedy="请换一个空的运行目录（GONGKAI_HOME）再装入",
        )  # fmt: skip
    written = 0
    for register_id, rows in register_rows(plan, seed=seed):
        written += registers.record_rows(
            register_id=register_id,
            org_code=org_code,
            raw_rows=rows,
            actor=SYSTEM,
            today=today,
            now=now,
            reason="演示年度",
        )
        say(f"{registers.register(register_id, on=today).name} {len(rows)} 行")
    return written
