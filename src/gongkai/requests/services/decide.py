"""Decide each part (作出决定), and what the decision rests on: searches and opinions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from gongkai.requests.core.outcomes import missing_needs, outcomes
from gongkai.requests.errors import Refused
from gongkai.requests.models import Case, Opinion, Part, SearchLog
from gongkai.requests.services.acting import advance, allow, check_day, day_of, locked, permit, require_text


@transaction.atomic
def decide(
    *, case_id: int, position: int, outcome: str, detail: Mapping[str, str], user: Any, now: datetime
) -> Part:
    """Give one part its outcome; the file must already hold what that outcome needs. Raises Refused with what is missing."""
    case, today = locked(case_id), day_of(now)
    by = permit(case, user=user, action="handle", today=today)
    allow(case, "decide")
    rule = outcomes().get(outcome)
    if rule is None or not rule.is_leaf or rule.by == "lapse":
        raise Refused(
            "请选择一种具体的处理结果",
            where=outcome,
            remedy="只能选最末一级",
            code="requests.outcome_unknown",
        )
    part = case.parts.filter(position=position).first()
    if part is None:
        raise Refused("没有这个事项", where=f"第 {position} 项", remedy="请刷新页面")
    kept = {key: str(value).strip() for key, value in detail.items() if key in rule.needs}
    missing = missing_needs(outcome, kept)
    if rule.search_log and not case.searches.exists():
        missing.append("检索记录（哪里、用什么词、谁、何时、结果）")
    supplement = getattr(case, "supplement", None)
    if rule.after_supplement and (supplement is None or supplement.answered_date is None):
        missing.append("补正告知和申请人的补正（没有补正的，按逾期不补正处理）")
    if rule.after_reasons and not case.events.filter(verb="ask_reasons").exists():
        missing.append("说明理由告知（先要求说明理由，理由不合理才能不予处理）")
    if missing:
        raise Refused(
            f"作“{rule.label}”的决定还缺：{'；'.join(missing)}", where=f"第 {position} 项", remedy="请补齐后再定",
            code="requests.file_incomplete",
        )  # fmt: skip
    part.outcome, part.detail, part.decided_by, part.decided_at = outcome, kept, user, now
    part.save()
    advance(
        case,
        "decide",
        by=by,
        now=now,
        on=today,
        note=f"第{position}项：{rule.label}",
        part=position,
        outcome=outcome,
    )
    return part


@transaction.atomic
def log_search(
    *,
    case_id: int,
    place: str,
    keywords: str,
    searched_on: date,
    found: bool,
    result: str,
    user: Any,
    now: datetime,
) -> SearchLog:
    """Note a search: where, with which words, by whom, when, and what came of it."""
    case, today = locked(case_id), day_of(now)
    by = permit(case, user=user, action="handle", today=today)
    check_day(case, searched_on, today=today, what="检索日期")
    row = SearchLog.objects.create(
        case=case, place=require_text(place, "检索的系统或档案")[:200], keywords=require_text(keywords, "关键词")[:200],
        searched_on=searched_on, searched_by=user, found=found, result=require_text(result, "检索结果")[:300],
    )  # fmt: skip
    advance(case, "log_search", by=by, now=now, on=searched_on, found=found)
    return row


@transaction.atomic
def give_opinion(*, case_id: int, kind: str, agrees: bool, text: str, user: Any, now: datetime) -> Opinion:
    """Note the opinion of a section, of secrecy review or of legal review."""
    case, today = locked(case_id), day_of(now)
    by = permit(case, user=user, action="view", today=today)
    if kind not in dict(Opinion.KINDS):
        raise Refused("请选择意见的种类", remedy="承办科室、保密审查或法制审核")
    row = Opinion.objects.create(
        case=case, kind=kind, agrees=agrees, text=require_text(text, "意见"), given_by=user, given_on=today
    )
    advance(case, "give_opinion", by=by, now=now, on=today, kind=kind, agrees=agrees)
    return row


def case_outcomes(case: Case) -> tuple[str, ...]:
    """Return the outcome of every part in order; empty texts for undecided ones."""
    return tuple(case.parts.order_by("position").values_list("outcome", flat=True))
