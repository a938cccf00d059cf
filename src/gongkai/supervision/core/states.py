"""Where a task and a supervision order stand (任务状态、督办状态) and what may be done there."""

from __future__ import annotations

from enum import StrEnum

from gongkai.kernel.machine import Table, Transition

BASIS = "本系统默认：督办单办理顺序"


class TaskState(StrEnum):
    """Where a task stands; how well it goes is its light, computed when read."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    CLOSED = "closed"
    DROPPED = "dropped"


TASK_LABELS = {
    TaskState.PROPOSED: "待确认", TaskState.CONFIRMED: "办理中", TaskState.CLOSED: "已办结", TaskState.DROPPED: "不作为任务",
}  # fmt: skip
_OPEN = (TaskState.PROPOSED, TaskState.CONFIRMED)
TASKS: Table = (
    Transition("confirm", _OPEN, TaskState.CONFIRMED, "manage", (), "TaskConfirmed", BASIS),
    Transition("attach", (TaskState.CONFIRMED,), None, "report", (), "EvidenceAttached", BASIS),
    Transition(
        "close", (TaskState.CONFIRMED,), TaskState.CLOSED, "manage", ("has_evidence",), "TaskClosed", BASIS
    ),
    Transition(
        "reopen", (TaskState.CLOSED,), TaskState.CONFIRMED, "manage", ("reason_given",), "TaskReopened", BASIS
    ),
    Transition("drop", _OPEN, TaskState.DROPPED, "manage", ("reason_given",), "TaskDropped", BASIS),
    Transition("restore", (TaskState.DROPPED,), TaskState.PROPOSED, "manage", (), "TaskRestored", BASIS),
)


class OrderState(StrEnum):
    """Where a supervision order stands (督办单)."""

    DRAFT = "draft"
    ISSUED = "issued"
    WORKING = "working"
    REPLIED = "replied"
    CLOSED = "closed"
    CANCELLED = "cancelled"


ORDER_LABELS = {
    OrderState.DRAFT: "拟制", OrderState.ISSUED: "已下发，待签收", OrderState.WORKING: "已签收，办理中",
    OrderState.REPLIED: "已回复，待核验", OrderState.CLOSED: "已销号", OrderState.CANCELLED: "已撤销",
}  # fmt: skip
_RUNNING = (OrderState.ISSUED, OrderState.WORKING, OrderState.REPLIED)
ORDERS: Table = (
    Transition("issue", (OrderState.DRAFT,), OrderState.ISSUED, "supervise", (), "OrderIssued", BASIS),
    Transition(
        "sign_for",
        (OrderState.ISSUED,),
        OrderState.WORKING,
        "report",
        ("of_the_owner",),
        "OrderSignedFor",
        BASIS,
    ),
    Transition(
        "reply",
        (OrderState.WORKING,),
        OrderState.REPLIED,
        "report",
        ("of_the_owner", "has_words"),
        "OrderReplied",
        BASIS,
    ),
    Transition(
        "send_back",
        (OrderState.REPLIED,),
        OrderState.WORKING,
        "supervise",
        ("not_of_the_owner", "reason_given"),
        "OrderSentBack",
        BASIS,
    ),
    Transition(
        "close",
        (OrderState.REPLIED,),
        OrderState.CLOSED,
        "supervise",
        ("not_of_the_owner", "not_replier"),
        "OrderClosed",
        BASIS,
    ),
    Transition(
        "extend",
        (OrderState.ISSUED, OrderState.WORKING),
        None,
        "supervise",
        ("once", "reason_given"),
        "OrderExtended",
        BASIS,
    ),
    Transition(
        "escalate",
        _RUNNING,
        None,
        "supervise",
        ("is_overdue_or_red", "reason_given"),
        "OrderEscalated",
        BASIS,
    ),
    Transition(
        "cancel",
        (OrderState.DRAFT, OrderState.ISSUED),
        OrderState.CANCELLED,
        "supervise",
        ("reason_given",),
        "OrderCancelled",
        BASIS,
    ),
)
VERB_LABELS = {
    "issue": "下发督办单", "sign_for": "签收", "reply": "提交回复", "send_back": "退回再办", "close": "核验销号", "extend": "延期（限一次）",
    "escalate": "升级督办", "cancel": "撤销督办单",
}  # fmt: skip
#: how far an overdue order has been taken: none, circular, talk
LEVELS = ("督办", "通报", "约谈")
