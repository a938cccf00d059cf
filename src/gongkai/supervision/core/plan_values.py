"""What a work plan is made of (工作计划的组成) and its JSON form, the one of `gongkai plan import --json`."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

KINDS = (
    "date",
    "month_end",
    "quarter",
    "half_year",
    "year_end",
    "recurring",
    "continuous",
    "immediate",
    "none",
)
EVERY = ("day", "week", "month", "quarter", "half_year", "year")


@dataclass(frozen=True, slots=True)
class TaskDeadline:
    """By when (完成时限): `date` is the last day that is in time, `every` a rhythm, `text` the words as printed."""

    kind: str = "none"
    date: date | None = None
    every: str | None = None
    text: str | None = None


NO_DEADLINE = TaskDeadline()


@dataclass(frozen=True, slots=True)
class PlannedTask:
    """One sentence-level task (任务). `source_lines` are all lines it stands on, counted from 1; `number` as printed.
    A weight printed at a heading is given to its first task.
    """

    number: str | None
    part: str | None
    heading: str | None
    text: str
    source_lines: tuple[int, ...]
    lead: tuple[str, ...] = ()
    co_owners: tuple[str, ...] = ()
    deadline: TaskDeadline = NO_DEADLINE
    weight: Decimal | None = None
    note: str = ""

    @property
    def source_line(self) -> int:
        """Return the first line of the task's own words; lines of its titles come after it in `source_lines`."""
        return self.source_lines[0]


@dataclass(frozen=True, slots=True)
class PlanRemark:
    """Something to look at (提示), or a line of front matter; `code` is stable, `message` Chinese."""

    code: str
    message: str
    source_line: int | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A line of the source by its number from 1."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class WorkPlan:
    """A plan as read. Every non-empty line stands in a task, in `parts`, in `not_understood` or as a remark `front_matter`."""

    title: str | None
    year: int | None
    issuer: str | None
    tasks: tuple[PlannedTask, ...]
    parts: tuple[SourceLine, ...] = ()
    not_understood: tuple[SourceLine, ...] = ()
    remarks: tuple[PlanRemark, ...] = field(default=())


def deadline_to_json(deadline: TaskDeadline) -> dict[str, Any]:
    """Return the four keys of a deadline."""
    return {
        "kind": deadline.kind,
        "date": deadline.date.isoformat() if deadline.date else None,
        "every": deadline.every,
        "text": deadline.text,
    }


def _number(value: Decimal | None) -> int | float | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def task_to_json(task: PlannedTask) -> dict[str, Any]:
    """Return one task as the command prints it."""
    return {
        "no": task.number,
        "part": task.part,
        "heading": task.heading,
        "text": task.text,
        "lead": list(task.lead),
        "co_owners": list(task.co_owners),
        "deadline": deadline_to_json(task.deadline),
        "weight": _number(task.weight),
        "note": task.note,
        "source_line": task.source_line,
        "source_lines": list(task.source_lines),
    }


def plan_to_json(plan: WorkPlan) -> dict[str, Any]:
    """Return the object that `gongkai plan import --dry-run --json` prints."""
    return {
        "title": plan.title,
        "year": plan.year,
        "issuer": plan.issuer,
        "tasks": [task_to_json(task) for task in plan.tasks],
        "parts": [{"source_line": p.number, "text": p.text} for p in plan.parts],
        "not_understood": [{"source_line": n.number, "text": n.text} for n in plan.not_understood],
        "warnings": [
            {"code": r.code, "message": r.message, "source_line": r.source_line, "text": r.text}
            for r in plan.remarks
        ],
    }
