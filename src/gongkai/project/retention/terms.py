"""How many days an authority keeps a kind of data (选定期限): the rule's, or what it chose where the rule leaves it open."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from gongkai.journal.api import record_fact
from gongkai.organisations import api as organisations
from gongkai.project.facts import RetentionTermChosen
from gongkai.project.retention.models import RetentionTerm
from gongkai.project.retention.refusal import RetentionRefused
from gongkai.project.retention.rules import RetentionRule, retention_rules
from gongkai.records import api as records

MOST_DAYS = 36525


def rule_named(rule_id: str) -> RetentionRule:
    """Return a rule. Raises RetentionRefused."""
    rule = retention_rules().get(rule_id)
    if rule is None:
        raise RetentionRefused(
            "rule_unknown",
            "没有这条保管规则",
            where=rule_id,
            remedy="规则见“保管与处置”页和 regulations/retention/",
        )
    return rule


def days_for(rule: RetentionRule, *, org_code: str, on: date) -> int | None:
    """Return the days that count for an authority; None when the term is its choice and it has not chosen, or the rule is not in force.

    0 stands for a term that is written in each file.
    """
    if (rule.in_force_from or date.min) > on or on > (rule.in_force_to or date.max):
        return None
    if rule.term == "file":
        return 0
    if rule.term != "chosen":
        return rule.days
    chosen = chosen_term(rule.id, org_code=org_code)
    return chosen.days if chosen else None


def chosen_term(rule_id: str, *, org_code: str) -> RetentionTerm | None:
    """Return what an authority chose last."""
    return RetentionTerm.objects.filter(rule_id=rule_id, org_code=org_code).order_by("-id").first()


@transaction.atomic
def choose_term(
    *, rule_id: str, org_code: str, days: int, document: str, user: Any, now: datetime
) -> RetentionTerm:
    """Choose the term of a kind whose rule leaves it to the authority (选定期限); `document` names the office's own list of terms.

    Raises RetentionRefused, NotPermitted.
    """
    today = records.office_day(now)
    organisations.require(user=user, action="choose", kind="retention", org_code=org_code, today=today)
    rule = rule_named(rule_id)
    if rule.term != "chosen":
        raise RetentionRefused(
            "term_fixed",
            "这一类的期限不由机关选定",
            where=rule.name,
            remedy="要改请改 regulations/retention/",
        )
    if not max(1, rule.least_days) <= days <= MOST_DAYS:
        raise RetentionRefused(
            "days_out_of_range",
            "天数不在范围内",
            where=rule.name,
            remedy=f"请填 {max(1, rule.least_days)} 到 {MOST_DAYS} 天",
        )
    if not document.strip():
        raise RetentionRefused(
            "no_document",
            "没有写明依据的文件",
            where=rule.name,
            remedy="请填本机关归档范围和保管期限表的文号",
        )
    record_fact(
        RetentionTermChosen(
            org=org_code, subject=f"retention:{rule.id}", on=today, rule=rule.id, length_days=days
        ),
        actor=organisations.actor(user=user, role="retention"),
        now=now,
    )
    return RetentionTerm.objects.create(
        org_code=org_code,
        rule_id=rule.id,
        days=days,
        document=document.strip()[:200],
        chosen_by=user,
        chosen_at=now,
    )
