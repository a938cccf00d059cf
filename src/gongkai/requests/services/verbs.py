"""Every act on a case by its verb (办理动作), for rooms above: the same services, rights and refusals as at the desk."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from gongkai.requests.errors import Refused
from gongkai.requests.models import Consultation, Letter
from gongkai.requests.services import (
    archive,
    assign,
    confirm,
    consult,
    decide,
    examine,
    extend,
    fee,
    letters,
    release,
    remedy,
    serve,
    sign,
    waive_reply,
)


def _ask_third_party(**values: Any) -> Consultation:
    return consult.ask(kind=Consultation.THIRD_PARTY, **values)


def _rate(*, user: Any = None, **values: Any) -> Any:
    return remedy.rate(**values)


VERBS: Mapping[str, Callable[..., Any]] = {
    "confirm_receipt": confirm.confirm_receipt,
    "note_contact_try": confirm.note_contact_try,
    "set_aside": confirm.set_aside,
    "hand_over": assign.hand_over,
    "accept": examine.accept,
    "ask_supplement": examine.ask_supplement,
    "receive_supplement": examine.receive_supplement,
    "lapse_supplement": examine.lapse_supplement,
    "split": assign.split,
    "assign": assign.assign,
    "return_assignment": assign.return_assignment,
    "log_search": decide.log_search,
    "give_opinion": decide.give_opinion,
    "ask_third_party": _ask_third_party,
    "ask_joint_maker": consult.ask,
    "note_delivery": consult.note_delivery,
    "note_answer": consult.note_answer,
    "propose_extension": extend.propose_extension,
    "approve_extension": extend.approve_extension,
    "extend": extend.extend,
    "ask_reasons": fee.ask_reasons,
    "receive_reasons": fee.receive_reasons,
    "delay_reply": fee.delay_reply,
    "charge_fee": fee.charge_fee,
    "receive_payment": fee.receive_payment,
    "lapse_fee": fee.lapse_fee,
    "decide": decide.decide,
    "draft_letter": letters.draft_letter,
    "submit_for_signing": sign.submit_for_signing,
    "sign": sign.sign,
    "send_back": sign.send_back,
    "waive_reply_finding": waive_reply.waive_reply_finding,
    "serve": serve.serve_reply,
    "withdraw": serve.withdraw,
    "note_late_paper": remedy.note_late_paper,
    "rate": _rate,
    "lodge_remedy": remedy.lodge_remedy,
    "end_remedy": remedy.end_remedy,
    "open_round": remedy.open_round,
    "release_reply": release.release_reply,
    "archive": archive.archive,
}


def carry_out(*, case_id: int, verb: str, user: Any, now: datetime, **values: Any) -> int:
    """Do one act to a case and return the id of what it made or changed; `values` are those of the service of that verb.

    `user` is None for what the applicant does. Raises RequestError, NotPermitted and NotAllowed as the desk shows them.
    """
    act = VERBS.get(verb)
    if act is None:
        raise Refused("没有这项操作", where=verb, remedy=f"可用的：{'、'.join(VERBS)}")
    made = act(case_id=case_id, user=user, now=now, **values)
    return made if isinstance(made, int) else int(made.pk)


def letter_digest(*, letter_id: int) -> str:
    """Return the SHA-256 of a frozen letter, empty while it can be edited; whoever signs says which bytes were shown."""
    return str(Letter.objects.values_list("sha256", flat=True).get(pk=letter_id))
