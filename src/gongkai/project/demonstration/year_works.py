"""Rows of welfare and enforcement of a demonstration year (奖励扶助、建议提案、执法、职业健康)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from random import Random

from gongkai.project.demonstration.year_plan import YearPlan
from gongkai.project.demonstration.year_values import Row, credit_code, day_in, money, spread

TOWNS = ("qingyu", "songlin", "baihe", "nanqiao", "shiquan")
REWARDS = ("only_child", "rural_reward", "insurance", "other_reward")
HAZARDS = ("noise", "heat", "radiation", "other")


def welfare_rows(plan: YearPlan, rng: Random, head: str) -> Iterator[tuple[str, list[Row]]]:
    """Yield payments, special families, proposals and policy documents."""
    times = spread(rng, plan.reward_times, 60)
    batches = [
        _payment(head, n, REWARDS[n % 4], rng, plan, times[n], fen)
        for n, fen in enumerate(spread(rng, plan.reward_amount_fen, len(times)))
    ]
    for kind, fen_total in (
        ("special_support", plan.special_support_fen),
        ("emergency_aid", plan.emergency_aid_fen),
    ):
        for fen in spread(rng, fen_total, 24):
            batches.append(_payment(head, len(batches), kind, rng, plan, rng.randint(4, 40), fen))
    yield "benefit_payment", batches
    kinds = ["lost"] * plan.families_lost + ["disabled"] * plan.families_disabled + ["disabled"] * 3
    standing = plan.families_lost + plan.families_disabled
    yield "special_family", [
        {
            "household_no": f"{head}-{n:04d}", "confirmed_date": day_in(rng, plan.year - rng.randint(0, 5)), "kind": kind,
            "ended_date": None if n < standing else day_in(rng, plan.year),
        }
        for n, kind in enumerate(kinds)
    ]  # fmt: skip
    yield "proposal", [
        {
            "proposal_no": f"{head}-{n:03d}", "received_date": day_in(rng, plan.year, half=1), "source": "congress" if n % 3 else "cppcc",
            "title": f"关于改进基层卫生服务的建议（{n + 1}）", "done": "是", "rating": "satisfied",
        }
        for n in range(plan.proposals)
    ]  # fmt: skip
    documents: list[Row] = []
    for n in range(plan.normative_standing):
        new = n < plan.normative_made
        formed = day_in(rng, plan.year) if new else day_in(rng, plan.year - rng.randint(1, 6))
        documents.append(
            {
                "document_no": f"{head}-n{n:03d}", "formed_date": formed, "title": f"规范性文件（{n + 1}）", "kind": "normative",
                "topic": ("medical", "public_health", "supervision")[n % 3], "published_date": formed, "interpreted": "是",
            }
        )  # fmt: skip
    for n in range(plan.reward_documents):
        formed = day_in(rng, plan.year)
        documents.append(
            {
                "document_no": f"{head}-p{n:03d}", "formed_date": formed, "title": f"计划生育奖励扶助工作意见（{n + 1}）", "kind": "other",
                "topic": "family_planning_reward", "published_date": formed, "interpreted": "是",
            }
        )  # fmt: skip
    yield "policy_document", documents


def _payment(head: str, n: int, kind: str, rng: Random, plan: YearPlan, times: int, fen: int) -> Row:
    return {
        "batch_no": f"{head}-{n:04d}", "paid_date": day_in(rng, plan.year), "category": kind, "town": TOWNS[n % len(TOWNS)],
        "person_times": times, "amount": money(fen),
    }  # fmt: skip


def enforcement_rows(plan: YearPlan, rng: Random, head: str) -> Iterator[tuple[str, list[Row]]]:
    """Yield penalties, complaints, employers with their declarations, and inspections."""
    yield "penalty_case", [
        {
            "case_no": f"{head}-{n:04d}", "decision_document": f"云卫罚〔{plan.year}〕{n + 1}号", "decided_date": (decided := day_in(rng, plan.year, half=2)),
            "filed_date": decided - timedelta(days=rng.randint(10, 60)),
            "enforcement_field": "occupational" if n < plan.occupational_penalties else ("medical", "public_place", "medical")[n % 3],
            "party_kind": "company" if n % 3 else "person", "party_name": f"示例单位{n + 1}" if n % 3 else None,
            "party_code": credit_code(n) if n % 3 else None, "party_person": None if n % 3 else "赵某",
            "fine_wan": Decimal("0.3") if n % 2 else None, "offence": "未按规定管理", "legal_basis": "相关法律法规", "penalty_kind": "fine" if n % 2 else "warning",
            "content": "警告或者罚款", "published_date": decided + timedelta(days=4),
        }
        for n in range(plan.penalties)
    ]  # fmt: skip
    yield (
        "coercion_case",
        [
            {
                "case_no": f"{head}-{n:02d}",
                "decided_date": day_in(rng, plan.year),
                "kind": "seal",
                "enforced_by": "own",
            }
            for n in range(plan.coercion_decisions)
        ],
    )
    yield "complaint", [
        {
            "complaint_no": f"{head}-{n:04d}", "received_date": day_in(rng, plan.year, half=1),
            "topic": "medical" if n < plan.medical_complaints else "public_place", "channel": ("phone", "online", "letter")[n % 3],
            "closed": "是", "closed_date": day_in(rng, plan.year, half=2),
        }
        for n in range(plan.medical_complaints + 9)
    ]  # fmt: skip
    employers = [f"{head}-e{n:04d}" for n in range(plan.employers)]
    yield "employer", [
        {
            "employer_no": number, "listed_date": day_in(rng, plan.year - rng.randint(0, 3)), "name": f"示例企业{n + 1}",
            "hazard": ("dust", "poison")[n % 2] if n < plan.dust_poison_employers else HAZARDS[n % 4],
            "supervised": "是" if n < plan.employers else "否", "removed_date": None if n < plan.employers else day_in(rng, plan.year),
        }
        for n, number in enumerate([*employers, *(f"{head}-x{n}" for n in range(4))])
    ]  # fmt: skip
    yield (
        "hazard_declaration",
        [
            {
                "declaration_no": f"{head}-{n:04d}",
                "accepted_date": day_in(rng, plan.year),
                "employer_no": number,
                "accepted": "是",
            }
            for n, number in enumerate([*employers, *rng.sample(employers, 20)])
        ],
    )
    yield "inspection", _inspections(plan, rng, head, employers)


def _inspections(plan: YearPlan, rng: Random, head: str, employers: list[str]) -> list[Row]:
    special = employers[: plan.dust_poison_employers]
    visited = [*special, *rng.choices(employers, k=plan.inspections - len(special))]
    officers = spread(rng, plan.inspectors, plan.inspections, at_least=2)
    rows: list[Row] = [
        {
            "inspection_no": f"{head}-{n:04d}", "inspected_date": day_in(rng, plan.year), "employer_no": number,
            "inspection_field": "occupational", "special": "是" if n < len(special) else "否", "inspectors": officers[n],
            "outcome": ("qualified", "correct")[n % 2],
        }
        for n, number in enumerate(visited)
    ]  # fmt: skip
    for n in range(30):
        rows.append(
            {
                "inspection_no": f"{head}-o{n:03d}", "inspected_date": day_in(rng, plan.year), "inspection_field": "public_place",
                "special": "否", "inspectors": 2, "outcome": "qualified",
            }
        )  # fmt: skip
    return rows
