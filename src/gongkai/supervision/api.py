"""The door of the supervision room (监督考核): plans, tasks, evidence, supervision orders."""

from __future__ import annotations

from gongkai.supervision.core.duties import Duty, Offer, duties, offers_for
from gongkai.supervision.errors import SupervisionRefused
from gongkai.supervision.selectors import TaskStanding, list_orders, list_plans, list_standings
from gongkai.supervision.services.attach_evidence import Offered, attach_evidence
from gongkai.supervision.services.change_task import TaskSettings, close_task, confirm_task
from gongkai.supervision.services.import_plan import import_plan
from gongkai.supervision.services.orders import (
    OrderWords,
    close_order,
    issue_order,
    reply_order,
    sign_for_order,
)

__all__ = [
    "Duty",
    "Offer",
    "Offered",
    "OrderWords",
    "SupervisionRefused",
    "TaskSettings",
    "TaskStanding",
    "attach_evidence",
    "close_order",
    "close_task",
    "confirm_task",
    "duties",
    "import_plan",
    "issue_order",
    "list_orders",
    "list_plans",
    "list_standings",
    "offers_for",
    "reply_order",
    "sign_for_order",
]
