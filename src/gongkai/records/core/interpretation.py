"""Interpretation plans (解读方案): what asks for one, what it must hold, and how a policy and its interpretation stand to each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Any

from gongkai.kernel.clocks import Light
from gongkai.kernel.findings import Finding, Severity
from gongkai.kernel.rules import Confidence, in_force, load_rules
from gongkai.records.core.errors import BadInput

RULE_VERSION = "interpretation-1"
PART = "field:interpretation"
_LIMITS = {"outline": 2000, "channels": 200, "interpreter": 40, "drafter": 40}
PARTS: dict[str, str] = {
    "outline": "解读提纲",
    "forms": "解读形式",
    "channels": "发布渠道",
    "interpreter_post": "解读人",
    "interpreter": "解读人姓名",
    "planned_date": "计划发布日期",
    "drafter": "解读材料起草人",
}


@dataclass(frozen=True, slots=True)
class PlanRule:
    """Which documents ask for a plan and what it `needs` (names of `PARTS`); empty lists mean all or none left out."""

    id: str
    name: str
    kinds: tuple[str, ...]
    needs: tuple[str, ...]
    changes: tuple[str, ...]
    basis: tuple[str, ...]
    confidence: Confidence
    genres_not: tuple[str, ...] = ()
    grades_not: tuple[str, ...] = ()
    note: str = ""
    scope: str = "national"
    in_force_from: date | None = None
    in_force_to: date | None = None


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a closed list; `first` marks the post that ought to interpret first."""

    id: str
    name: str
    basis: tuple[str, ...]
    confidence: Confidence
    first: bool = False
    scope: str = "national"


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan as it is kept and signed. `forms` and `interpreter_post` are ids; `planned_date` is None while open."""

    outline: str = ""
    forms: tuple[str, ...] = ()
    channels: str = ""
    interpreter_post: str = ""
    interpreter: str = ""
    planned_date: date | None = None
    drafter: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return the plan as plain JSON, the form that the signature covers."""
        day = self.planned_date
        return {**asdict(self), "forms": list(self.forms), "planned_date": day.isoformat() if day else None}


class Stage(StrEnum):
    """How a policy and its interpretation stand to each other."""

    MISSING = "missing"
    PLANNED = "planned"
    DUE = "due"
    LATE = "late"
    PUBLISHED = "published"
    PUBLISHED_LATE = "published_late"
    EXEMPT = "exempt"


STAGES: dict[Stage, str] = {
    Stage.MISSING: "没有方案",
    Stage.PLANNED: "已有方案",
    Stage.DUE: "待发布解读",
    Stage.LATE: "逾期未解读",
    Stage.PUBLISHED: "已按时解读",
    Stage.PUBLISHED_LATE: "已解读，迟发",
    Stage.EXEMPT: "不配发解读",
}


@lru_cache(maxsize=1)
def plan_rules() -> tuple[PlanRule, ...]:
    """Return the rules on which documents ask for a plan."""
    return load_rules("interpretation", PlanRule, only=("plans.yaml",))


@lru_cache(maxsize=1)
def kinds_with_plan() -> frozenset[str]:
    """Return the kinds of records that any rule names."""
    return frozenset(kind for rule in plan_rules() for kind in rule.kinds)


@lru_cache(maxsize=1)
def forms() -> tuple[Option, ...]:
    """Return the forms of interpretation."""
    return load_rules("interpretation", Option, only=("forms.yaml",), key="forms")


@lru_cache(maxsize=1)
def posts() -> tuple[Option, ...]:
    """Return the posts of who interprets."""
    return load_rules("interpretation", Option, only=("forms.yaml",), key="posts")


@lru_cache(maxsize=1)
def exceptions() -> tuple[Option, ...]:
    """Return the grounds on which a policy may go out without a plan."""
    return load_rules("interpretation", Option, only=("exceptions.yaml",))


def asks_for_interpretation(
    *, kind: str, genre: str, grade: str, migrated: bool, on: date
) -> PlanRule | None:
    """Return the rule by which a document ought to be interpreted, None when none asks; what was moved in is left alone."""
    if migrated:
        return None
    for rule in in_force(plan_rules(), on):
        if kind in rule.kinds and genre not in rule.genres_not and grade not in rule.grades_not:
            return rule
    return None


def plan_from(raw: Mapping[str, Any] | None) -> Plan | None:
    """Return the plan as stored. None when nothing is."""
    if not raw:
        return None
    day = raw.get("planned_date")
    return Plan(
        outline=str(raw.get("outline") or ""),
        forms=tuple(raw.get("forms") or ()),
        channels=str(raw.get("channels") or ""),
        interpreter_post=str(raw.get("interpreter_post") or ""),
        interpreter=str(raw.get("interpreter") or ""),
        planned_date=date.fromisoformat(day) if isinstance(day, str) and day else day or None,
        drafter=str(raw.get("drafter") or ""),
    )


def checked_plan(raw: Mapping[str, Any]) -> Plan:
    """Return a plan from what was typed: texts trimmed, choices known, lengths kept; parts may still be empty.

    Raises BadInput for an unknown part, form or post, a text that is too long, a date that is none.
    """
    if unknown := sorted(set(raw) - set(PARTS)):
        raise _bad("part_unknown", f"解读方案没有“{'、'.join(unknown)}”这一栏", "解读方案", "请删除")
    texts = {name: str(raw.get(name) or "").strip() for name in _LIMITS}
    for name, most in _LIMITS.items():
        if len(texts[name]) > most:
            raise _bad(
                "part_too_long", f"有 {len(texts[name])} 个字，超过 {most} 个字", PARTS[name], "请写短一些"
            )
    chosen = tuple(dict.fromkeys(str(one) for one in raw.get("forms") or ()))
    for wanted, known, name in (
        (chosen, forms(), "forms"),
        (tuple(filter(None, [raw.get("interpreter_post")])), posts(), "interpreter_post"),
    ):
        if strange := [one for one in wanted if one not in {option.id for option in known}]:
            raise _bad("choice_unknown", f"没有“{strange[0]}”这一项", PARTS[name], f"可选：{_names(known)}")
    try:
        plan = plan_from({**raw, **texts, "forms": chosen})
    except ValueError:
        raise _bad("date_unreadable", "不是日期", PARTS["planned_date"], "请写成 2026-01-31 的形式") from None
    return plan or Plan()


def plan_findings(
    plan: Plan | None, *, rule: PlanRule | None, change: str, exempt: bool, formed: date | None
) -> Iterator[Finding]:
    """Yield what keeps a document from going to review for want of a plan. `exempt`: it was decided that none is needed."""
    if rule is None or change not in rule.changes or (exempt and plan is None):
        return
    basis = "；".join(rule.basis)
    if plan is None:
        yield _finding(
            "missing",
            Severity.BLOCK,
            "政策文件没有解读方案",
            "填写解读方案，或请有权人写明不配发解读的理由",
            basis,
        )
        return
    empty = [PARTS[name] for name in rule.needs if not getattr(plan, name)]
    if empty:
        yield _finding(
            "incomplete", Severity.BLOCK, f"解读方案没有写{'、'.join(empty)}", "补全解读方案", basis
        )
    if plan.interpreter_post and plan.interpreter_post not in {post.id for post in posts() if post.first}:
        yield _finding(
            "first_interpreter", Severity.WARN, "解读人不是主要负责人", "核对：主要负责人是第一解读人", basis
        )
    if plan.planned_date and formed and plan.planned_date < formed:
        yield _finding(
            "planned_too_early",
            Severity.BLOCK,
            "计划发布解读的日期早于文件的成文日期",
            "核对计划发布日期",
            basis,
        )


def plan_lines(plan: Plan) -> list[tuple[str, str]]:
    """Return a plan as labels and words, empty parts left out."""
    values = {
        "outline": plan.outline,
        "forms": "、".join(_name(forms(), one) for one in plan.forms),
        "channels": plan.channels,
        "interpreter_post": "　".join(
            filter(None, [_name(posts(), plan.interpreter_post), plan.interpreter])
        ),
        "planned_date": plan.planned_date.isoformat() if plan.planned_date else "",
        "drafter": plan.drafter,
    }
    return [(PARTS[name], value) for name, value in values.items() if value]


def signed_lines(beside: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what is signed beside a content as labels and words: the plan, or why there is none."""
    signed = beside.get("interpretation") or {}
    if (plan := plan_from(signed.get("plan"))) is not None:
        return plan_lines(plan)
    if exempt := signed.get("exempt"):
        return [("不配发解读", f"{exception_name(exempt['ground'])}：{exempt['reason']}")]
    return []


def exception_name(ground_id: str) -> str:
    """Return the words of a ground, its id when the list no longer has it."""
    return _name(exceptions(), ground_id)


def stage_of(
    *,
    has_plan: bool,
    exempt: bool,
    released: date | None,
    interpreted: date | None,
    due: date | None,
    today: date,
) -> Stage:
    """Return how the pair stands: `released` and `interpreted` are the first days in public, `due` the lawful last day."""
    if interpreted is not None and released is not None:
        return Stage.PUBLISHED if due is None or interpreted <= due else Stage.PUBLISHED_LATE
    if exempt and not has_plan:
        return Stage.EXEMPT
    if released is None:
        return Stage.PLANNED if has_plan else Stage.MISSING
    return Stage.LATE if due is not None and today > due else Stage.DUE


def stage_light(stage: Stage, *, near: bool) -> str:
    """Return the light of a stage, `empty` where none is owed; `near` tells that the last day, or the planned one, is close."""
    if stage is Stage.EXEMPT:
        return "empty"
    if stage in (Stage.LATE, Stage.PUBLISHED_LATE):
        return Light.LATE.value
    amber = stage is Stage.MISSING or (near and stage in (Stage.DUE, Stage.PLANNED))
    return (Light.NEAR if amber else Light.FINE).value


def _finding(rule: str, severity: Severity, message: str, remedy: str, basis: str) -> Finding:
    return Finding(
        detector=f"metadata.plan_{rule}",
        rule_version=RULE_VERSION,
        part=PART,
        span=None,
        matched="",
        severity=severity,
        confidence=1.0,
        suggestion=remedy,
        basis=basis,
        message=message,
    )


def _name(options: tuple[Option, ...], wanted: str) -> str:
    return next((option.name for option in options if option.id == wanted), wanted)


def _names(options: tuple[Option, ...]) -> str:
    return "、".join(option.name for option in options)


def _bad(code: str, message: str, where: str, remedy: str) -> BadInput:
    return BadInput(code=code, message=message, where=where, remedy=remedy)
