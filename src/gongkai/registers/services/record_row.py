"""Enter, change and take out one row (填报一行)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from gongkai.journal.api import Actor, record_fact
from gongkai.registers.core.rows import CellProblem, Row, RowRefused, check_row, fact_values
from gongkai.registers.core.schema import Register, register
from gongkai.registers.core.values import from_stored, to_stored
from gongkai.registers.facts import RowRecorded, RowRemoved
from gongkai.registers.models import RegisterRow, RowChange


def stored_values(row: Row) -> dict[str, object]:
    """Return the values of a checked row as they are kept."""
    return {name: to_stored(value) for name, value in row.values.items()}


def row_fact(rule: Register, stored: RegisterRow) -> RowRecorded:
    """Return the fact that says what a stored row holds now."""
    typed = {f.id: from_stored(f, stored.values.get(f.id)) for f in rule.fields}
    codes, numbers, dates = fact_values(rule, typed)
    return RowRecorded(
        org=stored.org_code, subject=f"row:{stored.pk}", on=stored.counted_on, register=rule.id,
        row_version=stored.version, digest=stored.digest, codes=codes, numbers=numbers, dates=dates,
    )  # fmt: skip


@transaction.atomic
def record_row(
    *, register_id: str, org_code: str, raw: Mapping[str, object], actor: Actor, today: date, now: datetime,
    row_id: int | None = None, reason: str = "",
) -> RegisterRow:  # fmt: skip
    """Enter a row, or change the row `row_id`; the same content again changes nothing and writes nothing.

    Raises RowRefused with every wrong cell, a key that another row holds, or a row that is gone; RegisterUnknown.
    """
    rule = register(register_id, on=today)
    row = check_row(rule, raw, today=today)
    holder = (
        RegisterRow.objects.select_for_update()
        .filter(register=rule.id, org_code=org_code, key=row.key)
        .first()
    )
    if row_id is None:
        if holder is not None and not holder.is_removed:
            names = "、".join(rule.field(k).name for k in rule.key)
            raise RowRefused([CellProblem(0, names, "已有同样主键的行；请打开那一行修改")])
        target = holder
    else:
        target = (
            RegisterRow.objects.select_for_update()
            .filter(pk=row_id, register=rule.id, org_code=org_code)
            .first()
        )
        if target is None or (holder is not None and holder.pk != row_id):
            raise RowRefused(
                [CellProblem(0, rule.name, "这一行不在台账里，或主键与另一行相同；请刷新后核对")]
            )
        if not target.is_removed and target.digest == row.digest:
            return target
    return write_row(rule, org_code, row, target, actor=actor, now=now, reason=reason)


def write_row(
    rule: Register,
    org_code: str,
    row: Row,
    target: RegisterRow | None,
    *,
    actor: Actor,
    now: datetime,
    reason: str = "",
) -> RegisterRow:
    """Store a checked row over `target` or as a new one, keep the change, write the fact. Inside a transaction."""
    before = dict(target.values) if target is not None and not target.is_removed else None
    stored = target or RegisterRow(register=rule.id, org_code=org_code, version=0)
    stored.register_version, stored.key, stored.counted_on = rule.version, row.key, row.counted_on
    stored.values, stored.digest, stored.is_removed = stored_values(row), row.digest, False
    stored.version, stored.changed_at = stored.version + 1, now
    stored.save()
    RowChange.objects.create(
        row=stored, version=stored.version, before=before, after=stored.values, reason=reason[:300],
        user_id=actor.user_id, at=now,
    )  # fmt: skip
    record_fact(row_fact(rule, stored), actor=actor, now=now)
    return stored


@transaction.atomic
def remove_row(
    *, register_id: str, org_code: str, row_id: int, reason: str, actor: Actor, today: date, now: datetime
) -> None:
    """Take a row out of the register with a reason; its history stays. Raises RowRefused."""
    rule = register(register_id, on=today)
    if not reason.strip():
        raise RowRefused([CellProblem(0, "删除理由", "必填，现在是空的")])
    stored = (
        RegisterRow.objects.select_for_update().filter(pk=row_id, register=rule.id, org_code=org_code).first()
    )
    if stored is None or stored.is_removed:
        raise RowRefused([CellProblem(0, rule.name, "这一行已经不在台账里；请刷新页面")])
    before = dict(stored.values)
    stored.is_removed, stored.version, stored.changed_at = True, stored.version + 1, now
    stored.save()
    RowChange.objects.create(
        row=stored, version=stored.version, before=before, after=None, reason=reason.strip()[:300],
        user_id=actor.user_id, at=now,
    )  # fmt: skip
    record_fact(
        RowRemoved(
            org=org_code,
            subject=f"row:{stored.pk}",
            on=stored.counted_on,
            register=rule.id,
            row_version=stored.version,
        ),
        actor=actor,
        now=now,
    )
