"""Facts of the supervision room (监督考核的事实): plans, tasks, evidence, supervision orders."""

from __future__ import annotations

from datetime import date

from gongkai.journal.facts import Code, Fact, Sha256


class PlanImported(Fact, name="supervision.PlanImported"):
    """A work plan was imported (导入计划)."""

    year: int
    tasks: int
    source_sha256: Sha256


class TaskConfirmed(Fact, name="supervision.TaskConfirmed"):
    """Owner, deadline and duty of a task were confirmed by a person (确认任务)."""

    plan: Code
    owner: Code
    deadline_kind: Code
    due: date | None = None
    duty: Code | None = None


class EvidenceAttached(Fact, name="supervision.EvidenceAttached"):
    """Evidence was attached to a task (挂证据): `ref` names it, `sha256` is that of a file or release."""

    plan: Code
    evidence_kind: Code
    ref: Code
    sha256: Sha256 | None = None


class TaskClosed(Fact, name="supervision.TaskClosed"):
    """A task was closed on its evidence (办结)."""

    plan: Code
    evidence: int
    in_time: bool


class TaskReopened(Fact, name="supervision.TaskReopened"):
    """A closed task was opened again (重新办理)."""

    plan: Code


class TaskDropped(Fact, name="supervision.TaskDropped"):
    """A line of the plan was found to be no task (不作为任务)."""

    plan: Code


class TaskRestored(Fact, name="supervision.TaskRestored"):
    """A dropped line is a task again (恢复)."""

    plan: Code


class OrderIssued(Fact, name="supervision.OrderIssued"):
    """A supervision order was sent to its owner (下发督办单)."""

    number: Code
    owner: Code
    due: date
    task: Code | None = None


class OrderSignedFor(Fact, name="supervision.OrderSignedFor"):
    """The owner signed for the order (签收)."""

    number: Code


class OrderReplied(Fact, name="supervision.OrderReplied"):
    """The owner replied (回复)."""

    number: Code
    in_time: bool


class OrderSentBack(Fact, name="supervision.OrderSentBack"):
    """The reply was not enough (退回)."""

    number: Code


class OrderClosed(Fact, name="supervision.OrderClosed"):
    """Another person verified the reply and closed the order (核验销号)."""

    number: Code
    in_time: bool


class OrderExtended(Fact, name="supervision.OrderExtended"):
    """The one extension was given (延期)."""

    number: Code
    due: date


class OrderEscalated(Fact, name="supervision.OrderEscalated"):
    """An overdue order was taken one level up (升级): 1 circular, 2 talk."""

    number: Code
    level: int


class OrderCancelled(Fact, name="supervision.OrderCancelled"):
    """The order was taken back (撤销)."""

    number: Code
