"""Where a meeting and a responsibility record stand (会议、责任追究的状态)."""

from __future__ import annotations

from enum import StrEnum

from gongkai.kernel.machine import Table, Transition


class MeetingState(StrEnum):
    """Where a meeting stands."""

    PLANNED = "planned"
    NOTICED = "noticed"
    HELD = "held"
    CANCELLED = "cancelled"


MEETING_LABELS = {
    MeetingState.PLANNED: "拟召开", MeetingState.NOTICED: "已发通知", MeetingState.HELD: "已召开", MeetingState.CANCELLED: "已取消",
}  # fmt: skip
_MEETING = "本系统默认：领导小组会议的办理顺序"
MEETINGS: Table = (
    Transition("notice", (MeetingState.PLANNED,), MeetingState.NOTICED, "manage", (), "MeetingNoticed", _MEETING),
    Transition(
        "hold", (MeetingState.NOTICED,), MeetingState.HELD, "manage", ("day_reached", "minutes_given"), "MeetingHeld", _MEETING
    ),
    Transition(
        "cancel", (MeetingState.PLANNED, MeetingState.NOTICED), MeetingState.CANCELLED, "manage", ("reason_given",),
        "MeetingCancelled", _MEETING,
    ),
)  # fmt: skip


class ResponsibilityState(StrEnum):
    """Where a responsibility record stands."""

    OPENED = "opened"
    HEARD = "heard"
    DECIDED = "decided"
    REVOKED = "revoked"


RESPONSIBILITY_LABELS = {
    ResponsibilityState.OPENED: "已立项，待听取陈述", ResponsibilityState.HEARD: "已听取陈述，待决定",
    ResponsibilityState.DECIDED: "已决定", ResponsibilityState.REVOKED: "已撤销",
}  # fmt: skip
_LAW = "政府信息公开条例第52、53条；先听取陈述为本系统默认"
RESPONSIBILITIES: Table = (
    Transition(
        "hear", (ResponsibilityState.OPENED,), ResponsibilityState.HEARD, "report", ("words_given",), "ResponsibilityHeard", _LAW
    ),
    Transition(
        "decide", (ResponsibilityState.HEARD,), ResponsibilityState.DECIDED, "supervise",
        ("not_of_the_unit", "not_opener", "measure_given"), "ResponsibilityDecided", _LAW,
    ),
    Transition(
        "revoke", (ResponsibilityState.OPENED, ResponsibilityState.HEARD, ResponsibilityState.DECIDED),
        ResponsibilityState.REVOKED, "supervise", ("reason_given",), "ResponsibilityRevoked", _LAW,
    ),
)  # fmt: skip
RESPONSIBILITY_VERBS = {"hear": "写入陈述和申辩", "decide": "作出决定", "revoke": "撤销"}
