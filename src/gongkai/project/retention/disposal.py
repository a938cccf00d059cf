"""Letting go by the decision of two persons (处置): listed by one, agreed by another, carried out through the rooms' doors."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from django.db import transaction

from gongkai.journal.api import record_fact
from gongkai.kernel.machine import NotAllowed
from gongkai.organisations import api as organisations
from gongkai.project.facts import DisposalCarriedOut, DisposalDecided, DisposalProposed
from gongkai.project.retention.kinds import KINDS, Due, number_of
from gongkai.project.retention.models import DisposalItem, DisposalList, ListState
from gongkai.project.retention.refusal import RetentionRefused
from gongkai.project.retention.rules import RetentionRule, retention_rules
from gongkai.project.retention.terms import days_for, rule_named
from gongkai.records import api as records
from gongkai.requests import api as requests

MOST = 500
"""Things on one list; the rest waits for the next, so that a person can look through it."""
OPEN = (ListState.PROPOSED, ListState.AGREED)


@dataclass(frozen=True, slots=True, kw_only=True)
class DueRule:
    """What is due of one kind at one authority."""

    rule: RetentionRule
    org_code: str
    due: tuple[Due, ...]


def list_due(rule_id: str, *, org_code: str, today: date, limit: int = MOST) -> tuple[Due, ...]:
    """Return what of a kind is due at an authority and on no open list, oldest first."""
    rule = rule_named(rule_id)
    days = days_for(rule, org_code=org_code, on=today)
    if rule.mode != "decision" or days is None:
        return ()
    taken = set(
        DisposalItem.objects.filter(
            listed__state__in=OPEN, listed__rule_id=rule_id, listed__org_code=org_code
        ).values_list("subject", flat=True)
    )
    codes = organisations.subtree_codes(code=org_code)
    found = KINDS[rule_id].find(days, codes, today, limit + len(taken))
    return tuple(due for due in found if due.subject not in taken)[:limit]


def all_due(*, org_codes: Iterable[str], today: date, limit: int = MOST) -> list[DueRule]:
    """Return what is due at these authorities, kind by kind; kinds without anything are left out; `limit` of each."""
    found = [
        DueRule(rule=rule, org_code=code, due=list_due(rule.id, org_code=code, today=today, limit=limit))
        for code in org_codes
        for rule in retention_rules().values()
        if rule.mode == "decision"
    ]
    return [one for one in found if one.due]


def digest_of(items: Iterable[tuple[str, date]]) -> str:
    """Return the hash that a decision is bound to: subjects with their days, in order."""
    rows = [[subject, since.isoformat()] for subject, since in items]
    return sha256(json.dumps(rows, separators=(",", ":")).encode()).hexdigest()


@transaction.atomic
def propose(*, rule_id: str, org_code: str, reason: str, user: Any, now: datetime) -> DisposalList:
    """List what is due of one kind and ask another person to agree (提请处置). Raises RetentionRefused, NotPermitted."""
    today = records.office_day(now)
    organisations.require(user=user, action="propose", kind="retention", org_code=org_code, today=today)
    if not reason.strip():
        raise RetentionRefused("no_reason", "没有写明处置理由", remedy="例如：保管期满，经鉴定无继续保存价值")
    due = list_due(rule_id, org_code=org_code, today=today)
    if not due:
        raise RetentionRefused(
            "nothing_due", "没有到期的", where=rule_named(rule_id).name, remedy="期限见“保管与处置”页"
        )
    made = DisposalList.objects.create(
        org_code=org_code,
        rule_id=rule_id,
        basis=list(rule_named(rule_id).basis),
        list_sha256=digest_of((one.subject, one.since) for one in due),
        reason=reason.strip()[:500],
        proposed_by=user,
        proposed_at=now,
    )
    DisposalItem.objects.bulk_create(
        DisposalItem(listed=made, subject=one.subject, number=one.number, since=one.since) for one in due
    )
    fact = DisposalProposed(
        org=org_code, subject=f"disposal:{made.pk}", on=today, rule=rule_id, listed=len(due), list_sha256=made.list_sha256
    )  # fmt: skip
    record_fact(fact, actor=organisations.actor(user=user, role="retention"), now=now)
    return made


@transaction.atomic
def decide(
    *, list_id: int, agreed: bool, list_sha256: str, opinion: str, user: Any, now: datetime
) -> DisposalList:
    """Agree to a list or refuse it (同意处置), bound to the hash of what the person saw; never who proposed it, nor their deputy.

    Raises RetentionRefused, NotPermitted.
    """
    listed, today = _locked(list_id, ListState.PROPOSED), records.office_day(now)
    organisations.require(user=user, action="agree", kind="retention", org_code=listed.org_code, today=today)
    both = organisations.effective_persons(user=user, today=today) & organisations.effective_persons(
        user=listed.proposed_by, today=today
    )
    if both:
        raise RetentionRefused(
            "two_persons",
            "提请的人不能自己同意",
            where=str(listed),
            remedy="请另一位有权人决定（代理提请人的也不行）",
        )
    if list_sha256 != listed.list_sha256:
        raise RetentionRefused(
            "list_changed", "看到的清册不是这一份", where=str(listed), remedy="请重新打开这份清册"
        )
    if not agreed and not opinion.strip():
        raise RetentionRefused("no_opinion", "不同意的应写明意见", where=str(listed), remedy="请填写意见")
    listed.state = ListState.AGREED if agreed else ListState.REFUSED
    listed.decided_by, listed.decided_at, listed.opinion = user, now, opinion.strip()[:500]
    listed.save()
    fact = DisposalDecided(
        org=listed.org_code, subject=f"disposal:{listed.pk}", on=today,
        decision="agreed" if agreed else "refused", list_sha256=listed.list_sha256,
    )  # fmt: skip
    record_fact(fact, actor=organisations.actor(user=user, role="retention"), now=now)
    return listed


def carry_out(*, list_id: int, user: Any, now: datetime) -> DisposalList:
    """Let everything on an agreed list go (执行处置), each through its room's door with a fact of its own.

    What is no longer due, or what its room refuses, is kept and says why. Done again after a crash it goes on where it
    stopped. Raises RetentionRefused, NotPermitted.
    """
    today = records.office_day(now)
    listed = _found(list_id, ListState.AGREED)
    organisations.require(
        user=user, action="carry_out", kind="retention", org_code=listed.org_code, today=today
    )
    due = _subjects_due(listed, today=today)
    for item in listed.items.filter(is_done=False, kept_because=""):
        _let_go(item, listed, is_due=item.subject in due, user=user, now=now)
    with transaction.atomic():
        listed = _locked(list_id, ListState.AGREED)
        listed.state, listed.carried_out_by, listed.carried_out_at = ListState.CARRIED_OUT, user, now
        listed.save()
        done = listed.items.filter(is_done=True).count()
        fact = DisposalCarriedOut(
            org=listed.org_code, subject=f"disposal:{listed.pk}", on=today, list_sha256=listed.list_sha256,
            done=done, kept_back=listed.items.count() - done,
        )  # fmt: skip
        record_fact(fact, actor=organisations.actor(user=user, role="retention"), now=now)
    return listed


def _let_go(item: DisposalItem, listed: DisposalList, *, is_due: bool, user: Any, now: datetime) -> None:
    """Let one thing go, or note why it stays; the door and the note are one transaction."""
    if not is_due:
        item.kept_because = "已不再到期（期限、状态有变化，或已另行处置）"
        item.save(update_fields=["kept_because"])
        return
    try:
        with transaction.atomic():
            KINDS[listed.rule_id].let_go(number_of(item.subject), user, now)
            item.is_done = True
            item.save(update_fields=["is_done"])
    except (records.RecordError, requests.RequestError, organisations.OrganisationError, NotAllowed) as error:
        item.is_done, item.kept_because = False, str(error)[:500] or "办理这一件的规则不允许"
        item.save(update_fields=["is_done", "kept_because"])


def _subjects_due(listed: DisposalList, *, today: date) -> frozenset[str]:
    """Return what of the kind is due now: a term may have been chosen anew, or a file opened again, since the list was made."""
    rule = retention_rules().get(listed.rule_id)
    days = days_for(rule, org_code=listed.org_code, on=today) if rule else None
    if days is None:
        return frozenset()
    codes = organisations.subtree_codes(code=listed.org_code)
    return frozenset(one.subject for one in KINDS[listed.rule_id].find(days, codes, today, 100 * MOST))


def _found(list_id: int, state: ListState) -> DisposalList:
    listed = DisposalList.objects.filter(pk=list_id).first()
    return _in_state(listed, list_id, state)


def _locked(list_id: int, state: ListState) -> DisposalList:
    listed = (
        DisposalList.objects.select_for_update(of=("self",))
        .select_related("proposed_by")
        .filter(pk=list_id)
        .first()
    )
    return _in_state(listed, list_id, state)


def _in_state(listed: DisposalList | None, list_id: int, state: ListState) -> DisposalList:
    if listed is None:
        raise RetentionRefused(
            "list_unknown", "没有这份清册", where=str(list_id), remedy="请从列表里重新选择"
        )
    if listed.state != state:
        raise RetentionRefused(
            "wrong_state",
            f"这份清册{ListState(listed.state).label}",
            where=str(listed),
            remedy=f"只有{state.label}的可以这样办",
        )
    return listed
