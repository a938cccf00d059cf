"""A complaint that an institution does not publish what it must (医疗卫生机构信息公开申诉): where it stands, how it ended, what it must hold."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from gongkai.kernel.calendar import WorkCalendar
from gongkai.kernel.clocks import Deadline, clock, due
from gongkai.kernel.machine import Transition, check_table
from gongkai.requests.core.applicants import email_fault, phone_fault

CLOCK = "ogi.institution_complaint"
LAW = "政府信息公开条例（国务院令第711号）第55条"
CONTENT_MAX, ANSWER_MAX, NAME_MAX = 3_000, 3_000, 60


class ComplaintState(StrEnum):
    """Where a complaint stands; late and near are computed when shown."""

    RECEIVED = "received"
    EXAMINING = "examining"
    ANSWERED = "answered"


STATE_NAMES: dict[str, str] = {
    ComplaintState.RECEIVED: "已收到，待调查",
    ComplaintState.EXAMINING: "调查处理中",
    ComplaintState.ANSWERED: "已告知结果",
}
RESULTS: dict[str, str] = {
    "upheld": "属实，已要求公开",
    "partly": "部分属实，已要求改正",
    "unfounded": "经查已经公开或者不属于应当公开的内容",
    "elsewhere": "不属于信息公开申诉，已告知反映渠道",
}
TABLE: tuple[Transition, ...] = (
    Transition("take", (ComplaintState.RECEIVED,), ComplaintState.EXAMINING, "handler", (), "ComplaintTaken", LAW),
    Transition(
        "answer", (ComplaintState.EXAMINING,), ComplaintState.ANSWERED, "handler", ("result_told",), "ComplaintAnswered", LAW,
    ),
    Transition(
        "show", (ComplaintState.EXAMINING, ComplaintState.ANSWERED), None, "handler", ("reason_given",), "ComplainantShown",
        "个人信息保护法第51条",
    ),
    Transition(
        "add_answer_file", (ComplaintState.EXAMINING,), None, "handler", ("fit_to_leave",), None, LAW,
    ),
    Transition(
        "read_file", (ComplaintState.EXAMINING, ComplaintState.ANSWERED), None, "handler", (), "ComplaintFileRead",
        "个人信息保护法第51条",
    ),
    Transition(
        "erase", (ComplaintState.ANSWERED,), None, "system", ("retention_over",), "ComplaintErased", "个人信息保护法第47条",
    ),
)  # fmt: skip
check_table(TABLE, ComplaintState.RECEIVED)


def complaint_deadline(*, received: date, calendar: WorkCalendar) -> Deadline:
    """Compute by when the result must be told. The law names no days: the length is ours, see the clock's basis."""
    return due(rule=clock(CLOCK, on=received), start=received, calendar=calendar)


def complaint_faults(values: Mapping[str, str]) -> dict[str, str]:
    """Return field → what to mend. Without a way to reach the person the result could not be told."""
    faults: dict[str, str] = {}
    if not values.get("content", "").strip():
        faults["content"] = "请写明哪些应当公开的信息没有公开，或者哪里不准确、没有更新"
    elif len(values["content"]) > CONTENT_MAX:
        faults["content"] = f"内容不能超过 {CONTENT_MAX} 个字"
    if not values.get("name", "").strip():
        faults["name"] = "请填写姓名或单位名称"
    elif len(values["name"]) > NAME_MAX:
        faults["name"] = f"姓名或单位名称不能超过 {NAME_MAX} 个字"
    phone, email = values.get("phone", "").strip(), values.get("email", "").strip()
    if not phone and not email:
        faults["phone"] = "请留下电话或电子邮箱，至少一项，用于告知结果"
    if phone and (fault := phone_fault(phone)):
        faults["phone"] = fault
    if email and (fault := email_fault(email)):
        faults["email"] = fault
    return faults
