"""Import a table into a register (导入台账): staged and checked line by line, promoted in one step or not at all."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from itertools import islice

from django.db import transaction

from gongkai.journal.api import Actor
from gongkai.registers.core.rows import CellProblem, Row, RowRefused, match_heads, read_rows
from gongkai.registers.core.schema import Register, register
from gongkai.registers.models import ImportBatch, RegisterRow, StagedRow
from gongkai.registers.services.record_row import stored_values
from gongkai.registers.services.record_rows import insert_many, write_rows

CHUNK = 2000
KEPT_PROBLEMS = 500
MAX_ROWS = 500_000
Progress = Callable[[int], None]


def stage_table(
    *, register_id: str, org_code: str, file_name: str, file_sha256: str, heads: Sequence[str],
    lines: Iterable[tuple[int, list[object]]], user_id: int | None, today: date, now: datetime,
    progress: Progress | None = None,
) -> ImportBatch:  # fmt: skip
    """Check a table line by line and keep its good rows aside; nothing counts yet.

    `heads` are the printed column heads, `lines` pairs of line number and cells. The batch holds every problem (the
    first 500 in words, all in number); with a problem it can be looked at but not promoted.

    Raises RegisterUnknown; RowRefused when a required column is missing.
    """
    rule = register(register_id, on=today)
    matched = match_heads(rule, heads)
    if matched.missing:
        raise RowRefused([CellProblem(1, name, "：表头里没有这一必填列") for name in matched.missing])
    batch = ImportBatch.objects.create(
        register=rule.id, org_code=org_code, file_name=file_name[:255], file_sha256=file_sha256, user_id=user_id, at=now,
        remarks=[f"没有用到的列：{'、'.join(matched.unknown)[:200]}"] if matched.unknown else [],
    )  # fmt: skip
    outcomes = iter(read_rows(rule, matched, lines, today=today))
    while chunk := list(islice(outcomes, CHUNK)):
        _stage_chunk(batch, chunk)
        if progress is not None:
            progress(batch.rows + batch.problem_count)
        if batch.rows > MAX_ROWS:
            batch.problems.append(f"超过 {MAX_ROWS} 行；请拆分后分别导入")
            batch.problem_count += 1
            break
    _compare(rule, batch)
    batch.save()
    return batch


def _stage_chunk(batch: ImportBatch, chunk: Iterable[tuple[int, Row] | RowRefused]) -> None:
    staged = []
    for outcome in chunk:
        if isinstance(outcome, RowRefused):
            batch.problem_count += len(outcome.problems)
            room = KEPT_PROBLEMS - len(batch.problems)
            batch.problems += [str(problem) for problem in outcome.problems[: max(room, 0)]]
            continue
        line, row = outcome
        batch.rows += 1
        if len(batch.remarks) < KEPT_PROBLEMS:
            batch.remarks += [f"第 {line} 行 {remark}" for remark in row.remarks]
        values = json.dumps(stored_values(row), ensure_ascii=False)
        staged.append((batch.pk, line, row.key, row.counted_on.isoformat(), values, row.digest))
    insert_many(StagedRow, ("batch_id", "line", "key", "counted_on", "values", "digest"), staged)


def _compare(rule: Register, batch: ImportBatch) -> None:
    have = dict(
        RegisterRow.objects.filter(register=rule.id, org_code=batch.org_code, is_removed=False).values_list(
            "key", "digest"
        )
    )
    for key, digest in batch.staged.values_list("key", "digest").iterator(chunk_size=CHUNK):
        if key not in have:
            batch.added += 1
        elif have[key] == digest:
            batch.unchanged += 1
        else:
            batch.changed += 1


@transaction.atomic
def promote(*, batch_id: int, actor: Actor, today: date, now: datetime) -> ImportBatch:
    """Make the rows of a staged batch count: all in one transaction; rows that say the same are left alone.

    Raises RowRefused for a batch with problems, or one already promoted or dropped.
    """
    batch = ImportBatch.objects.select_for_update().get(pk=batch_id)
    if batch.state != ImportBatch.STAGED:
        raise RowRefused([CellProblem(0, batch.file_name, "：这一批已经导入过或已放弃，不能再导入")])
    if batch.problem_count:
        raise RowRefused(
            [CellProblem(0, batch.file_name, f"：还有 {batch.problem_count} 处问题，请改正文件后重新上传")]
        )
    rule = register(batch.register, on=today)
    fields = ("key", "counted_on", "values", "digest")
    waiting = batch.staged.order_by("line").values_list(*fields, named=True).iterator(chunk_size=CHUNK)
    while chunk := list(islice(waiting, CHUNK)):
        write_rows(rule, batch.org_code, chunk, actor=actor, now=now, reason=f"导入：{batch.file_name}")
    batch.state = ImportBatch.PROMOTED
    batch.save(update_fields=["state"])
    batch.staged.all()._raw_delete(using=batch.staged.db)
    return batch


@transaction.atomic
def drop_batch(*, batch_id: int) -> None:
    """Give a staged batch up; its staged rows go, the report stays."""
    batch = ImportBatch.objects.select_for_update().get(pk=batch_id)
    if batch.state == ImportBatch.STAGED:
        batch.state = ImportBatch.DROPPED
        batch.save(update_fields=["state"])
        batch.staged.all().delete()
