"""Where the work on a record stands (办理状态) and every verb that may be done there, the non-moving ones included."""

from __future__ import annotations

from enum import StrEnum

from gongkai.kernel.machine import Table, Transition

DESIGN = "内部规则：house 4.3、4.4"


class State(StrEnum):
    """Where the newest text of a record stands; whether the public sees it is told by the current release alone."""

    DRAFT = "draft"
    RETURNED = "returned"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    SCHEDULED = "scheduled"
    RELEASED = "released"
    WITHDRAWN = "withdrawn"
    DISCARDED = "discarded"
    WITHHELD = "withheld"


LABELS: dict[str, str] = {
    State.DRAFT: "起草中",
    State.RETURNED: "退回修改",
    State.IN_REVIEW: "审查中",
    State.APPROVED: "审签完毕，待发布",
    State.SCHEDULED: "定时发布",
    State.RELEASED: "已发布",
    State.WITHDRAWN: "已撤回",
    State.DISCARDED: "已作废",
    State.WITHHELD: "不公开，已办结",
}

#: what a person sees when a verb is named in an error or a button
VERB_LABELS: dict[str, str] = {
    "create": "新建",
    "edit": "修改",
    "check": "检查",
    "waive": "留痕放行",
    "submit": "送审",
    "sign": "签署",
    "complete": "审签完毕",
    "send_back": "退回",
    "take_back": "收回",
    "schedule": "定时发布",
    "unschedule": "取消定时",
    "publish": "发布",
    "amend": "启动修改",
    "drop_amendment": "放弃修改",
    "drop_reopening": "放弃重新发布",
    "discard": "作废",
    "withdraw": "撤回已发布内容",
    "review_withdrawal": "撤回事后复核",
    "sign_later": "事后补审签署",
    "refuse_later": "事后补审不同意",
    "erase": "清除内容",
    "exempt_interpretation": "决定不配发解读",
    "withhold": "不公开办结",
    "keep_withheld": "评估后继续不公开",
    "open_withheld": "评估后转为公开",
}

_OPEN = (State.DRAFT, State.RETURNED)
_LIVE_CAPABLE = (
    State.RELEASED,
    State.DRAFT,
    State.RETURNED,
    State.IN_REVIEW,
    State.APPROVED,
    State.SCHEDULED,
)

TABLE: Table = (
    Transition("edit", _OPEN, None, "section_editor", ("version_is_current",), None, DESIGN),
    Transition("check", (*_OPEN, State.IN_REVIEW), None, "system", (), None, DESIGN),
    Transition(
        "submit",
        _OPEN,
        State.IN_REVIEW,
        "section_editor",
        ("metadata_complete", "no_open_blocking_finding"),
        "RecordSubmitted",
        "政府信息公开条例（国务院令第711号）第17条",
    ),
    Transition(
        "waive",
        (*_OPEN, State.IN_REVIEW),
        None,
        "role_of_severity",
        ("reason_given",),
        "FindingWaived",
        DESIGN,
    ),
    Transition(
        "sign",
        (State.IN_REVIEW,),
        None,
        "role_of_step",
        ("content_is_shown_content", "step_is_open", "not_author", "not_signed_before"),
        "RecordSigned",
        "政府信息公开条例（国务院令第711号）第17条",
    ),
    Transition(
        "complete",
        (State.IN_REVIEW,),
        State.APPROVED,
        "system",
        ("every_kind_signed",),
        "RecordApproved",
        DESIGN,
    ),
    Transition(
        "send_back",
        (State.IN_REVIEW, State.APPROVED, State.SCHEDULED),
        State.RETURNED,
        "role_of_step",
        ("comment_given",),
        "RecordSentBack",
        DESIGN,
    ),
    Transition(
        "take_back",
        (State.IN_REVIEW, State.APPROVED, State.SCHEDULED),
        State.DRAFT,
        "author",
        (),
        "RecordTakenBack",
        DESIGN,
    ),
    Transition(
        "schedule", (State.APPROVED,), State.SCHEDULED, "leader", ("in_future",), "RecordScheduled", DESIGN
    ),
    Transition("unschedule", (State.SCHEDULED,), State.APPROVED, "leader", (), "RecordUnscheduled", DESIGN),
    Transition(
        "publish",
        (State.APPROVED, State.SCHEDULED),
        State.RELEASED,
        "leader",
        ("metadata_complete", "no_open_finding", "every_kind_signed_for_this_content"),
        "RecordPublished",
        "政府信息公开条例（国务院令第711号）第26条",
    ),
    Transition(
        "amend",
        (State.RELEASED, State.WITHDRAWN),
        State.DRAFT,
        "section_editor",
        ("change_explained",),
        "AmendmentStarted",
        DESIGN,
    ),
    Transition(
        "drop_amendment",
        _OPEN,
        State.RELEASED,
        "section_editor",
        ("is_live",),
        "AmendmentDropped",
        DESIGN,
    ),
    Transition(
        "drop_reopening",
        _OPEN,
        State.WITHDRAWN,
        "section_editor",
        ("was_withdrawn",),
        "AmendmentDropped",
        DESIGN,
    ),
    Transition(
        "discard",
        _OPEN,
        State.DISCARDED,
        "section_editor",
        ("never_released",),
        "RecordDiscarded",
        DESIGN,
    ),
    Transition(
        "withdraw",
        _LIVE_CAPABLE,
        State.WITHDRAWN,
        "leader",
        ("is_live", "reason_known"),
        "RecordWithdrawn",
        DESIGN,
    ),
    Transition(
        "review_withdrawal",
        (State.WITHDRAWN, *_LIVE_CAPABLE),
        None,
        "leader",
        ("withdrawal_unreviewed", "not_withdrawer"),
        "WithdrawalReviewed",
        DESIGN,
    ),
    Transition(
        "sign_later",
        (State.WITHDRAWN, *_LIVE_CAPABLE),
        None,
        "role_of_step",
        ("later_review_open", "content_is_released_content", "not_author", "not_signed_before"),
        "RecordSigned",
        DESIGN,
    ),
    Transition(
        "refuse_later",
        (State.WITHDRAWN, *_LIVE_CAPABLE),
        None,
        "role_of_step",
        ("later_review_open", "comment_given", "not_author", "not_signed_before"),
        "LaterReviewClosed",
        DESIGN,
    ),
    Transition(
        "erase",
        (State.WITHDRAWN,),
        None,
        "secrecy_officer",
        ("reason_allows_erasure",),
        "PayloadErased",
        "个人信息保护法第47条",
    ),
    Transition(
        "exempt_interpretation",
        _OPEN,
        None,
        "leader",
        ("plan_is_asked_for", "ground_known", "reason_given", "not_author"),
        "InterpretationExempted",
        "国办发〔2016〕80号",
    ),
    Transition(
        "withhold",
        _OPEN,
        State.WITHHELD,
        "leader",
        ("never_released", "marked_not_active", "ground_known", "reason_given", "not_author"),
        "RecordWithheld",
        "政府信息公开条例（国务院令第711号）第14、15、16条",
    ),
    Transition(
        "keep_withheld",
        (State.WITHHELD,),
        None,
        "leader",
        ("reason_given", "not_author"),
        "WithholdingAssessed",
        "政府信息公开条例（国务院令第711号）第18条",
    ),
    Transition(
        "open_withheld",
        (State.WITHHELD,),
        State.DRAFT,
        "leader",
        ("reason_given", "not_author"),
        "WithholdingAssessed",
        "政府信息公开条例（国务院令第711号）第18条",
    ),
)

EDITABLE_STATES = frozenset(_OPEN)
OPEN_STATES = frozenset({*_OPEN, State.IN_REVIEW, State.APPROVED, State.SCHEDULED})
