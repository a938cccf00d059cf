"""`gongkai plan import FILE` and `gongkai plan check-pack FILE`: what is printed; no database with `--dry-run`, none for packs."""

from __future__ import annotations

from typing import TextIO

from gongkai.supervision.core.evidence_pack import PackCheck, check_pack
from gongkai.supervision.core.plan_values import PlannedTask, WorkPlan, plan_to_json
from gongkai.supervision.reading.plan_file import read_plan_file

__all__ = ["check_pack", "plan_to_json", "read_plan_file", "show_pack", "show_plan"]

SHOWN = 48


def show_plan(plan: WorkPlan, *, out: TextIO) -> None:
    """Print a plan for people: points, owners, deadlines, then what needs a look."""
    points = len({(t.part, t.heading, t.number) for t in plan.tasks})
    head = f"{plan.title or '（没有标题）'}　{plan.year or '年度未写明'}　{plan.issuer or '制定机关未写明'}"
    print(head, file=out)
    print(f"{len(plan.parts)} 个部分，{points} 条，{len(plan.tasks)} 项任务", file=out)
    part: str | None = None
    for task in plan.tasks:
        if task.part != part:
            part = task.part
            print(part or "（未分部分）", file=out)
        print(_line(task), file=out)
    for line in plan.not_understood:
        print(f"[未读懂] 第 {line.number} 行：{line.text[:SHOWN]}", file=out)
    for remark in plan.remarks:
        where = f"第 {remark.source_line} 行：" if remark.source_line else ""
        print(f"[提示] {where}{remark.message}　{remark.text[:SHOWN]}".rstrip(), file=out)


def _line(task: PlannedTask) -> str:
    owners = "、".join(task.lead) or "责任科室待定"
    helped = f"，配合：{'、'.join(task.co_owners)}" if task.co_owners else ""
    day = f"（{task.deadline.date}）" if task.deadline.date else ""
    due = f"{task.deadline.text or '时限待定'}{day}"
    return f"  {task.number or '—'} {task.text[:SHOWN]}　[{owners}{helped}；{due}]"


def show_pack(found: PackCheck, *, out: TextIO) -> None:
    """Print what a check of an evidence pack found."""
    for problem in found.problems:
        print(f"[不符] {problem}", file=out)
    if not found.problems:
        print(
            f"{found.title}：{found.tasks} 项任务，{found.pieces} 件证据，{found.files} 个文件，都没有改动",
            file=out,
        )
