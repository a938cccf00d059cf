"""Where a request stands (状态) and what may be done to it (状态表). How it ended is another thing: see `outcomes`."""

from __future__ import annotations

from enum import StrEnum

from gongkai.kernel.machine import Transition, check_table, mermaid


class State(StrEnum):
    """Where a request stands; late, near and paused are computed when shown."""

    TO_CONFIRM = "to_confirm"
    RECEIVED = "received"
    SUPPLEMENT_WAIT = "supplement_wait"
    HANDLING = "handling"
    FEE_WAIT = "fee_wait"
    SIGNING = "signing"
    SIGNED = "signed"
    CLOSED = "closed"
    SET_ASIDE = "set_aside"


STATE_NAMES: dict[str, str] = {
    State.TO_CONFIRM: "待确认收到",
    State.RECEIVED: "已收到，审查中",
    State.SUPPLEMENT_WAIT: "待申请人补正",
    State.HANDLING: "办理中",
    State.FEE_WAIT: "待缴费",
    State.SIGNING: "双签中",
    State.SIGNED: "已签，待送达",
    State.CLOSED: "已办结",
    State.SET_ASIDE: "未能确认，未受理",
}
INITIAL = (State.TO_CONFIRM, State.RECEIVED)
WAITING = (State.TO_CONFIRM, State.RECEIVED)
OPEN = (State.RECEIVED, State.SUPPLEMENT_WAIT, State.HANDLING, State.FEE_WAIT, State.SIGNING, State.SIGNED)
WORK = (State.RECEIVED, State.HANDLING)
ANY = (*WAITING, *OPEN[1:], State.CLOSED, State.SET_ASIDE)
LAW = "政府信息公开条例"


def _t(
    verb: str,
    sources: tuple[str, ...],
    target: str | None,
    actor: str,
    fact: str | None,
    basis: str,
    *guards: str,
) -> Transition:
    return Transition(
        verb=verb,
        sources=sources,
        target=target,
        actor=actor,
        guards=guards,
        fact=fact and f"requests.{fact}",
        basis=basis,
    )


HANDLER, OFFICE, SIGNER, CITIZEN, SYSTEM = "handler", "office", "signer", "applicant", "system"
S = State
TABLE: tuple[Transition, ...] = (
    _t("confirm_receipt", (S.TO_CONFIRM,), S.RECEIVED, OFFICE, "ReceiptConfirmed", f"{LAW}第31条", "not_before_arrival"),
    _t("note_contact_try", (S.TO_CONFIRM,), None, OFFICE, "ContactTried", f"{LAW}第31条"),
    _t("set_aside", (S.TO_CONFIRM,), S.SET_ASIDE, OFFICE, "RequestSetAside", "内部规则", "reason_given"),
    _t("accept", (S.RECEIVED,), S.HANDLING, HANDLER, "RequestAccepted", f"{LAW}第30条"),
    _t("ask_supplement", WORK, S.SUPPLEMENT_WAIT, HANDLER, "SupplementAsked", f"{LAW}第30条", "only_once", "within_seven_days"),
    _t("receive_supplement", (S.SUPPLEMENT_WAIT,), S.HANDLING, CITIZEN, "SupplementReceived", f"{LAW}第30条", "not_before_notice"),
    _t("lapse_supplement", (S.SUPPLEMENT_WAIT,), S.CLOSED, HANDLER, "RequestClosed", f"{LAW}第30条", "term_passed"),
    _t("assign", WORK, None, HANDLER, "RequestAssigned", f"{LAW}第45条", "inner_date_before_limit"),
    _t("return_assignment", WORK, None, HANDLER, "AssignmentReturned", f"{LAW}第45条", "reason_given"),
    _t("hand_over", OPEN, None, OFFICE, "RequestHandedOver", f"{LAW}第45条", "receiver_may_handle"),
    _t("split", WORK, None, HANDLER, "RequestSplit", "一事一申请通行做法"),
    _t("log_search", (*WORK, S.SIGNING), None, HANDLER, "SearchLogged", f"{LAW}第36条"),
    _t("give_opinion", (*WORK, S.SIGNING), None, HANDLER, "OpinionGiven", f"{LAW}第17条"),
    _t("ask_third_party", (S.HANDLING,), None, HANDLER, "ThirdPartyAsked", f"{LAW}第32条", "not_asked_already"),
    _t("ask_joint_maker", (S.HANDLING,), None, HANDLER, "JointMakerAsked", f"{LAW}第34条", "not_asked_already"),
    _t("note_delivery", (S.HANDLING,), None, HANDLER, "ConsultationDelivered", f"{LAW}第32条、第34条"),
    _t("note_answer", (S.HANDLING,), None, HANDLER, "ConsultationAnswered", f"{LAW}第32条、第34条"),
    _t("ask_reasons", (S.HANDLING,), None, HANDLER, "ReasonsAsked", f"{LAW}第35条"),
    _t("receive_reasons", (S.HANDLING,), None, CITIZEN, "ReasonsReceived", f"{LAW}第35条"),
    _t("delay_reply", (S.HANDLING,), None, OFFICE, "ReplyDelayed", f"{LAW}第35条", "reasons_asked"),
    _t("propose_extension", (S.HANDLING,), None, HANDLER, "ExtensionProposed", f"{LAW}第33条", "only_once"),
    _t("approve_extension", (S.HANDLING,), None, OFFICE, "ExtensionApproved", f"{LAW}第33条", "another_person"),
    _t("extend", (S.HANDLING,), None, HANDLER, "ReplyExtended", f"{LAW}第33条", "approved", "told_by_the_limit"),
    _t("charge_fee", (S.HANDLING,), S.FEE_WAIT, HANDLER, "FeeCharged", f"{LAW}第42条", "inside_the_limit", "one_way_of_counting"),
    _t("receive_payment", (S.FEE_WAIT,), S.HANDLING, HANDLER, "FeePaid", "国办函〔2020〕109号"),
    _t("lapse_fee", (S.FEE_WAIT,), S.CLOSED, HANDLER, "RequestClosed", "国办函〔2020〕109号", "term_passed"),
    _t("decide", (S.HANDLING,), None, HANDLER, "PartDecided", f"{LAW}第36条", "file_holds_what_is_needed"),
    _t("draft_letter", (*OPEN, S.CLOSED), None, HANDLER, None, f"{LAW}第45条"),
    _t("submit_for_signing", (S.HANDLING,), S.SIGNING, HANDLER, "ReplySubmitted", f"{LAW}第17条", "all_parts_decided", "nobody_being_asked", "letter_complete"),
    _t("sign", (S.SIGNING,), None, SIGNER, "ReplySigned", "双签（内部规则）", "not_the_handler", "not_twice"),
    _t("sign_last", (S.SIGNING,), S.SIGNED, SIGNER, "ReplySigned", "双签（内部规则）", "not_the_handler", "not_twice"),
    _t("sign_notice", (*OPEN, S.CLOSED), None, SIGNER, "ReplySigned", "双签（内部规则）", "not_the_handler", "not_twice"),
    _t("send_back", (S.SIGNING, S.SIGNED), S.HANDLING, SIGNER, "ReplySentBack", "双签（内部规则）", "reason_given"),
    _t("waive_reply_finding", (*WORK, S.SIGNING, S.SIGNED), None, SIGNER, "ReplyFindingWaived", f"{LAW}第15条", "not_who_added_the_file", "reason_given"),
    _t("serve", (S.SIGNED,), S.CLOSED, HANDLER, "RequestClosed", f"{LAW}第33条、第36条", "two_signatures", "proof_given"),
    _t("withdraw", OPEN, S.CLOSED, CITIZEN, "RequestClosed", "申请人处分权"),
    _t("serve_notice", (*OPEN, S.CLOSED), None, HANDLER, "NoticeServed", f"{LAW}第45条"),
    _t("note_late_paper", (S.CLOSED, S.SET_ASIDE), None, HANDLER, "LatePaperNoted", f"{LAW}第45条"),
    _t("rate", (S.CLOSED,), None, CITIZEN, "RequestRated", "内部规则", "once"),
    _t("lodge_remedy", (*OPEN, S.CLOSED), None, HANDLER, "RemedyLodged", f"{LAW}第51条"),
    _t("end_remedy", (*OPEN, S.CLOSED), None, HANDLER, "RemedyEnded", f"{LAW}第51条"),
    _t("open_round", (S.CLOSED,), S.HANDLING, OFFICE, "RoundOpened", "行政复议法第63条至第67条、行政诉讼法第70条、第72条", "corrected", "once_for_each_remedy"),
    _t("close_round", OPEN, S.CLOSED, HANDLER, "RoundClosed", f"{LAW}第33条、第36条", "in_a_further_round"),
    _t("release_reply", (S.CLOSED,), None, OFFICE, "ReplyReleased", f"{LAW}第44条", "waiting_time_over", "personal_data_removed"),
    _t("archive", (S.CLOSED, S.SET_ASIDE), None, HANDLER, "RequestArchived", f"{LAW}第45条", "retention_given"),
    _t("erase", (S.CLOSED, S.SET_ASIDE), None, SYSTEM, "PersonalDataErased", "个人信息保护法第47条", "retention_over"),
    _t("show_personal_data", ANY, None, HANDLER, "PersonalDataShown", "个人信息保护法第51条", "reason_given"),
    _t("renew_query_code", (*WAITING, *OPEN[1:], S.CLOSED), None, OFFICE, "QueryCodeRenewed", "内部规则", "identity_checked"),
    _t("recompute", OPEN, None, SYSTEM, "DeadlineMoved", f"{LAW}第33条"),
)  # fmt: skip

check_table(TABLE, INITIAL)


def diagram() -> str:
    """Draw the table for the README, with every state in which a request is born."""
    head, first, *rest = mermaid(TABLE, INITIAL[0].value).splitlines()
    born = [f"    [*] --> {state.value}" for state in INITIAL[1:]]
    return "\n".join([head, first, *born, *rest]) + "\n"
