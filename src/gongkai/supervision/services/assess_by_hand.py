"""What people add to an assessment (填报、申诉): values that no fact tells, vetoes, bonus, outside scores, appeals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import transaction

from gongkai.journal.api import Actor, record_fact
from gongkai.organisations import api as organisations
from gongkai.supervision import facts
from gongkai.supervision.core.assessment_states import AppealState
from gongkai.supervision.core.indicator_system import System, read_system
from gongkai.supervision.errors import SupervisionRefused
from gongkai.supervision.models import Appeal, AssessmentResult, AssessmentRun, AssessmentValue
from gongkai.supervision.services.assess import locked_run
from gongkai.supervision.services.rights import acting
from gongkai.supervision.services.score_targets import score_result


@dataclass(frozen=True, slots=True)
class GivenValue:
    """A value as typed: `text` empty and `applies` false = does not apply; the note says what it rests on."""

    name: str
    text: str
    note: str
    applies: bool = True


def _result(run: AssessmentRun, result_id: int) -> AssessmentResult:
    found = AssessmentResult.objects.filter(run=run, pk=result_id).first()
    if found is None:
        raise SupervisionRefused("no_result", "没有这个考核对象", remedy="请刷新页面")
    return found


def _number(given: GivenValue) -> Decimal | None:
    if not given.applies:
        return None
    try:
        value = Decimal(given.text.strip())
    except InvalidOperation as error:
        raise SupervisionRefused(
            "bad_number", f"“{given.text[:20]}”不是数", where=given.name, remedy="请填写数字，或勾选不适用"
        ) from error
    if not value.is_finite() or value < 0 or value >= Decimal(10) ** 12:
        raise SupervisionRefused("bad_number", "数应不小于 0", where=given.name, remedy="请核对后再填")
    return value.quantize(Decimal("0.000001"))


@transaction.atomic
def give_values(
    *, run_id: int, result_id: int, values: list[GivenValue], user: object | None, today: date, now: datetime
) -> int:
    """Keep what people say of values that no fact tells, each with its ground, and score again; return how many changed."""
    run = locked_run(run_id, "give")
    actor = acting(user=user, action="manage", org_code=run.org_code, today=today)
    result, system = _result(run, result_id), read_system(run.system.content)
    allowed = {b.id for b in system.values_of_level(result.level) if b.kind == "given"}
    changed = 0
    for given in values:
        if given.name not in allowed:
            raise SupervisionRefused("not_given", f"“{given.name}”不是人工填报的数", remedy="请刷新页面")
        if not given.note.strip():
            raise SupervisionRefused(
                "no_ground", "没有写明依据", where=given.name, remedy="请写明材料名称或网址"
            )
        changed += _keep(
            result, given.name, _number(given), given.note, AssessmentValue.GIVEN, actor, today, now
        )
    score_result(result, run=run, system=system, today=today)
    return changed


def _keep(
    result: AssessmentResult,
    name: str,
    value: Decimal | None,
    note: str,
    source: str,
    actor: Actor,
    today: date,
    now: datetime,
) -> int:
    old = result.values.filter(name=name).first()
    if old and (old.value, old.note, old.source) == (value, note.strip()[:300], source):
        return 0
    result.values.update_or_create(
        name=name,
        defaults={
            "value": value, "source": source, "note": note.strip()[:300], "facts": b"", "fact_count": 0,
            "given_by_id": actor.user_id,
        },
    )  # fmt: skip
    fact = facts.ValueGiven(
        org=result.run.org_code, subject=f"assessment:{result.run_id}", on=today, target=result.target_code,
        value_name=name, value=value, how=source,
    )  # fmt: skip
    record_fact(fact, actor=actor, now=now)
    return 1


@transaction.atomic
def mark(
    *,
    run_id: int,
    result_id: int,
    kind: str,
    code: str,
    times: int,
    reason: str,
    user: object | None,
    today: date,
    now: datetime,
) -> None:
    """Establish a veto or give a bonus, with the reason; `times` 0 takes it back."""
    run = locked_run(run_id, "give")
    actor = acting(user=user, action="manage", org_code=run.org_code, today=today)
    result, system = _result(run, result_id), read_system(run.system.content)
    known = set(system.scoring.vetoes) if kind == "veto" else {b.code for b in system.scoring.bonuses}
    if kind not in ("veto", "bonus") or code not in known:
        raise SupervisionRefused("bad_mark", "没有这种情形", remedy="请从列表中选择")
    if times and not reason.strip():
        raise SupervisionRefused("no_reason", "没有写明事实和依据", remedy="请写明依据")
    rows: Any = result.vetoes if kind == "veto" else result.bonuses
    if not times:
        rows.filter(code=code).delete()
    elif kind == "veto":
        rows.update_or_create(
            code=code, defaults={"reason": reason.strip()[:500], "marked_by_id": actor.user_id}
        )
    else:
        rows.update_or_create(
            code=code,
            defaults={"reason": reason.strip()[:300], "times": min(times, 99), "given_by_id": actor.user_id},
        )
    fact = facts.MarkGiven(
        org=run.org_code, subject=f"assessment:{run.pk}", on=today, target=result.target_code, kind=kind, code=code,
        times=times,
    )  # fmt: skip
    record_fact(fact, actor=actor, now=now)
    score_result(result, run=run, system=system, today=today)


@transaction.atomic
def give_outside_score(
    *, run_id: int, result_id: int, text: str, note: str, user: object | None, today: date, now: datetime
) -> None:
    """Enter the score of the outside assessors, 0 to 100, with the report it comes from; empty takes it back."""
    run = locked_run(run_id, "give")
    actor = acting(user=user, action="manage", org_code=run.org_code, today=today)
    result, system = _result(run, result_id), read_system(run.system.content)
    value = _number(GivenValue("outside", text, note)) if text.strip() else None
    if value is not None and value > 100:
        raise SupervisionRefused("bad_number", "第三方得分应在 0 与 100 之间", remedy="请核对后再填")
    if not note.strip():
        raise SupervisionRefused("no_ground", "没有写明第三方报告", remedy="请写明报告名称和日期")
    result.outside = None if value is None else value.quantize(Decimal("0.01"))
    fact = facts.ValueGiven(
        org=run.org_code, subject=f"assessment:{run.pk}", on=today, target=result.target_code, value_name="outside",
        value=result.outside,
    )  # fmt: skip
    record_fact(fact, actor=actor, now=now)
    score_result(result, run=run, system=system, today=today)


@transaction.atomic
def lodge_appeal(
    *,
    run_id: int,
    result_id: int,
    indicator: str,
    words: str,
    user: object | None,
    today: date,
    now: datetime,
) -> Appeal:
    """Appeal against one indicator of one's own result, while there is time (申诉)."""
    run = locked_run(run_id, "appeal")
    result = _result(run, result_id)
    actor = acting(user=user, action="report", org_code=result.target_code, today=today)
    if run.appeal_until is None or today > run.appeal_until:
        raise SupervisionRefused("too_late", "申诉期已过", remedy="请向公开办说明情况")
    if indicator not in {score["id"] for score in result.detail["scores"]}:
        raise SupervisionRefused("no_indicator", "没有这项指标", remedy="请从列表中选择")
    if not words.strip():
        raise SupervisionRefused("no_words", "没有写明申诉理由", remedy="请写明事实和理由")
    appeal = result.appeals.create(
        indicator=indicator, words=words.strip(), lodged_at=now, lodged_by_id=actor.user_id
    )
    record_fact(_appeal_fact(facts.AppealLodged, appeal, result, today), actor=actor, now=now)
    return appeal


@transaction.atomic
def decide_appeal(
    *,
    appeal_id: int,
    upheld: bool,
    decision: str,
    correction: GivenValue | None,
    user: object | None,
    today: date,
    now: datetime,
) -> None:
    """Decide an appeal (申诉处理): by somebody who neither lodged it nor has a post with the appellant; upheld, it corrects a value."""
    appeal = (
        Appeal.objects.select_for_update(of=("self",)).select_related("result").filter(pk=appeal_id).first()
    )
    if appeal is None or appeal.state != AppealState.LODGED:
        raise SupervisionRefused("no_appeal", "没有待处理的申诉", remedy="请刷新页面")
    result = appeal.result
    run = locked_run(result.run_id, "decide")
    actor = acting(user=user, action="supervise", org_code=run.org_code, today=today)
    refuse_party(appeal, user, today)
    if not decision.strip():
        raise SupervisionRefused("no_words", "没有写明处理意见", remedy="请写明理由")
    system = read_system(run.system.content)
    if upheld:
        _correct(appeal, result, system, correction, decision, actor, today, now)
    appeal.state = AppealState.UPHELD if upheld else AppealState.REJECTED
    appeal.decision, appeal.decided_at, appeal.decided_by_id = decision.strip(), now, actor.user_id
    appeal.save()
    record_fact(_appeal_fact(facts.AppealDecided, appeal, result, today, upheld=upheld), actor=actor, now=now)
    score_result(result, run=run, system=system, today=today)


def refuse_party(appeal: Appeal, user: object | None, today: date) -> None:
    """Refuse whoever lodged the appeal or has a post in the unit that appeals (回避)."""
    if user is None:
        raise SupervisionRefused("needs_person", "申诉必须由人处理", remedy="请登录后处理")
    own = organisations.subtree_codes(code=appeal.result.target_code)
    whole = appeal.result.target_code == appeal.result.run.org_code
    if not whole and any(post.org_code in own for post in organisations.roles_of(user=user, today=today)):
        raise SupervisionRefused(
            "own_appeal", "申诉单位的人不能处理本单位的申诉", remedy="请由其他单位的人处理"
        )
    if appeal.lodged_by_id in organisations.effective_persons(user=user, today=today):
        raise SupervisionRefused("same_person", "提出申诉的人不能处理这项申诉", remedy="请由另一人处理")


def _correct(
    appeal: Appeal, result: AssessmentResult, system: System, correction: GivenValue | None, decision: str, actor: Actor,
    today: date, now: datetime,
) -> None:  # fmt: skip
    rule = next(r for r in system.indicators if r.id == appeal.indicator)
    if correction is None or correction.name not in rule.names:
        raise SupervisionRefused(
            "no_correction", "申诉成立，却没有写明更正哪个数", remedy="请选择数并填写更正后的值"
        )
    appeal.value_name, appeal.value = correction.name, _number(correction)
    _keep(result, correction.name, appeal.value, decision, AssessmentValue.APPEALED, actor, today, now)


def _appeal_fact(kind: type[Any], appeal: Appeal, result: AssessmentResult, today: date, **more: Any) -> Any:
    return kind(
        org=result.run.org_code, subject=f"appeal:{appeal.pk}", on=today, run=f"assessment:{result.run_id}",
        target=result.target_code, indicator=appeal.indicator, **more,
    )  # fmt: skip
