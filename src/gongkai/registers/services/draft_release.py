"""Turn a register into a draft for the public (台账公开): table, pictures, CSV, JSON and data package, through review."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from gongkai.records import api as records
from gongkai.registers.core.gates import gate_problems, gates_of
from gongkai.registers.core.public_rows import is_shown, public_values
from gongkai.registers.core.rows import CellProblem, RowRefused
from gongkai.registers.core.schema import Register, register
from gongkai.registers.models import RegisterRelease
from gongkai.registers.selectors import iter_values
from gongkai.registers.services.release_blocks import release_blocks

EDITABLE = ("draft", "returned")
OPEN_AGAIN = ("released", "withdrawn")
UNDER_WAY = ("in_review", "approved", "scheduled")


@transaction.atomic
def draft_release(
    *, register_id: str, org_code: str, section_code: str, title: str, start: date, end: date, user: Any, now: datetime,
    today: date, note: str = "",
) -> records.RecordInfo:  # fmt: skip
    """Make a draft record of the rows that count in a span of days (both included), or a new version of the one there is.

    The page shows the pictures and up to 300 rows; the files hold all of them. Rows that were withdrawn or shown long enough
    are left out. Where the register hides small counts, the rows themselves are not shown and the tables print ＜n. Of a span
    that was released before, the record is opened again with `note` and goes through review again.

    Raises RowRefused for an empty span, a register that is not for the public, a gate that is not passed, a version still under
    review; what `records.create_draft`, `amend` and `edit_draft` raise.
    """
    rule = register(register_id, on=today)
    if not rule.is_public:
        raise RowRefused([CellProblem(0, rule.name, "不对外公开；请核对台账的公开设置")])
    counted = list(iter_values(rule=rule, org_code=org_code, start=start, end=end))
    gates = gates_of(rule, on=today)
    if problems := [problem for gate in gates for problem in gate_problems(gate, rule, counted)]:
        raise RowRefused(problems)
    standing = [row for row in counted if is_shown(rule, row, today=today)]
    if not standing:
        raise RowRefused(
            [CellProblem(0, rule.name, f"{start} 至 {end} 没有数据，不能生成公开稿；请核对起止日期")]
        )
    rows = [public_values(rule, row) for row in standing]
    blocks = list(
        release_blocks(
            rule, rows, start=start, end=end, left_out=len(counted) - len(rows), gates=gates, now=now
        )
    )
    made = RegisterRelease.objects.select_for_update().filter(
        register=rule.id, org_code=org_code, start=start, end=end
    ).first()  # fmt: skip
    summary = f"{rule.name}，{start.isoformat()}至{end.isoformat()}。"
    info = _again(made, title, blocks, summary, note=note, user=user, now=now) if made else None
    if info is None:
        info = records.create_draft(
            org_code=org_code, catalogue_codes=rule.catalogue, title=title, blocks=blocks, user=user, now=now,
            metadata={
                "kind": "dataset", "section_code": section_code, "columns": [rule.column], "formed_date": today,
                "summary": summary,
            },
        )  # fmt: skip
    _keep(rule, org_code, start, end, info, rows=len(rows), left_out=len(counted) - len(rows), now=now)
    return info


def _again(
    made: RegisterRelease,
    title: str,
    blocks: list[dict[str, Any]],
    summary: str,
    *,
    note: str,
    user: Any,
    now: datetime,
) -> records.RecordInfo | None:
    """Bring the rows into the record of an earlier version; None when that was discarded."""
    info = records.get_record(record_id=made.record_id)
    if info.state in UNDER_WAY:
        raise RowRefused(
            [CellProblem(0, "公开稿", f"上一版（{info.title}）还在审签；请等它发布，或收回后再生成")]
        )
    if info.state in OPEN_AGAIN:
        info = records.amend(
            record_id=info.id,
            change="amendment",
            note=note.strip() or "按台账现有的行更新",
            user=user,
            now=now,
        )
    if info.state not in EDITABLE:
        return None
    saved = records.edit_draft(
        record_id=info.id, version=info.version, changes={"title": title, "blocks": blocks, "summary": summary},
        user=user, now=now,
    )  # fmt: skip
    if saved.kept_apart:
        raise RowRefused([CellProblem(0, "公开稿", "草稿刚刚被别人改过；请刷新后再生成")])
    return records.get_record(record_id=info.id)


def _keep(
    rule: Register, org_code: str, start: date, end: date, info: records.RecordInfo, *, rows: int, left_out: int,
    now: datetime,
) -> None:  # fmt: skip
    RegisterRelease.objects.update_or_create(
        register=rule.id, org_code=org_code, start=start, end=end,
        defaults={"record_id": info.id, "rows": rows, "left_out": left_out, "drafted_at": now},
    )  # fmt: skip
