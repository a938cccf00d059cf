"""Where an assessment and an appeal stand (考核、申诉的状态)."""

from __future__ import annotations

from enum import StrEnum

from gongkai.kernel.machine import Table, Transition

BASIS = "本系统默认：考核先公示、可申诉、再定案"


class RunState(StrEnum):
    """Where an assessment stands."""

    OPEN = "open"
    ANNOUNCED = "announced"
    FROZEN = "frozen"
    REPLACED = "replaced"


RUN_LABELS = {
    RunState.OPEN: "运算和填报", RunState.ANNOUNCED: "公示，可申诉", RunState.FROZEN: "已定案", RunState.REPLACED: "已被更正",
}  # fmt: skip
RUNS: Table = (
    Transition("compute", (RunState.OPEN,), None, "manage", (), "AssessmentComputed", BASIS),
    Transition("give", (RunState.OPEN,), None, "manage", ("reason_given",), "ValueGiven", BASIS),
    Transition(
        "announce", (RunState.OPEN,), RunState.ANNOUNCED, "manage", ("nothing_unmeasured",), "AssessmentAnnounced", BASIS
    ),
    Transition("appeal", (RunState.ANNOUNCED,), None, "report", ("in_time", "own_result"), "AppealLodged", BASIS),
    Transition(
        "decide", (RunState.ANNOUNCED,), None, "supervise", ("not_of_the_appellant", "reason_given"), "AppealDecided", BASIS
    ),
    Transition(
        "freeze", (RunState.ANNOUNCED,), RunState.FROZEN, "supervise", ("appeals_decided", "appeal_time_over"),
        "AssessmentFrozen", BASIS,
    ),
    Transition("replace", (RunState.FROZEN,), RunState.REPLACED, "supervise", ("by_a_new_run",), None, BASIS),
)  # fmt: skip


class AppealState(StrEnum):
    """Where an appeal stands."""

    LODGED = "lodged"
    UPHELD = "upheld"
    REJECTED = "rejected"


APPEAL_LABELS = {AppealState.LODGED: "待处理", AppealState.UPHELD: "成立", AppealState.REJECTED: "不成立"}
