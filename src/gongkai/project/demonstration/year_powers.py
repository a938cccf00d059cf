"""Rows of powers and services of a demonstration year (权责、政务服务、办理)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from gongkai.project.demonstration.year_plan import YearPlan
from gongkai.project.demonstration.year_values import Row, credit_code, day_in, money, spread

MATTERS = (
    "公共场所",
    "饮用水",
    "放射诊疗",
    "母婴保健",
    "医疗机构",
    "消毒产品",
    "传染病防治",
    "学校卫生",
    "职业健康",
    "护士执业",
)
NOUNS = {"01": "许可", "02": "违法行为的处罚", "03": "强制措施", "04": "征收", "06": "监督检查", "20": "服务"}


def power_rows(plan: YearPlan, rng: Random, head: str) -> Iterator[tuple[str, list[Row]]]:
    """Yield the list of powers and duties: items in use, some begun within the year, a few cancelled or not yet published."""
    counts = {
        "01": plan.power_permits, "02": plan.power_penalties, "20": plan.power_services, "03": plan.power_coercion,
        "06": plan.power_inspections, "04": plan.power_levies,
    }  # fmt: skip
    rows: list[Row] = []
    for code, count in counts.items():
        for n in range(count):
            new = n % 11 == 10
            effective = day_in(rng, plan.year) if new else day_in(rng, plan.year - rng.randint(1, 4))
            rows.append(_power(head, code, n, effective) | {"state": "in_use", "published": "是"})
            if new:
                rows[-1] |= {
                    "change_type": "added",
                    "change_basis": "law",
                    "change_date": effective,
                    "publish_date": effective,
                }
    for n in range(6):
        gone = day_in(rng, plan.year)
        cancelled = {
            "state": "cancelled", "published": "是", "cancelled_date": gone, "change_type": "cancelled",
            "change_basis": "state_council", "change_date": gone,
        }  # fmt: skip
        rows.append(_power(head, "02", 900 + n, day_in(rng, plan.year - 3)) | cancelled)
    rows.append(_power(head, "06", 950, day_in(rng, plan.year)) | {"state": "in_use", "published": "否"})
    rows += [
        _power(head, code, 990, date(plan.year - 2, 1, 1))
        | {"item_level": "1", "state": "in_use", "published": "是"}
        for code in counts
    ]
    yield "power_item", rows


def _power(head: str, code: str, n: int, effective: date) -> Row:
    return {
        "impl_code": f"{head}-{code}-{n:03d}", "name": f"{MATTERS[n % len(MATTERS)]}{NOUNS[code]}（{n + 1}）", "type_code": code,
        "item_level": "2", "level_code": "4", "power_source": "statutory", "body_name": "云岭县卫生健康局",
        "effective_date": effective, "legal_days": 20, "legal_days_unit": "workday",
    }  # fmt: skip


def service_rows(plan: YearPlan, rng: Random, head: str) -> Iterator[tuple[str, list[Row]]]:
    """Yield approval items in the service centre, the merged approval, and what was decided in the year."""
    items = plan.service_items
    legal, promise = spread(rng, plan.legal_days, items, at_least=5), _promises(rng, plan.promise_days, items)
    online = set(rng.sample(range(items), plan.full_online_items))
    yield "service_item", [
        {
            "item_no": f"{head}-{n:03d}", "placed_date": day_in(rng, plan.year - rng.randint(0, 2)),
            "name": f"{MATTERS[n % len(MATTERS)]}审批事项（{n + 1}）", "in_centre": "是", "visits_needed": 0,
            "project_type": "instant" if n < plan.instant_items else "promised", "online_depth": "full" if n in online else "partial",
            "legal_days": legal[n], "promise_days": promise[n], "scene": "renewal" if n < 2 else ("first", "change")[n % 2],
            "materials_beyond_identity": 0 if n < 2 else rng.randint(1, 9), "zero_material": "是" if n < 2 else "否",
        }
        for n in range(items)
    ]  # fmt: skip
    days = spread(rng, plan.bundle_days_before, plan.bundle_licences)
    materials = spread(rng, plan.bundle_materials_before, plan.bundle_licences)
    begin = date(plan.year, 3, 2)
    members = [
        {
            "bundle_no": f"{head}-b1", "part_no": f"m{n + 1}", "part": "member", "name": f"{MATTERS[2 + n]}许可证", "effective_date": begin,
            "promise_days": days[n], "materials": materials[n], "applications": 1,
        }
        for n in range(plan.bundle_licences)
    ]  # fmt: skip
    merged = {
        "bundle_no": f"{head}-b1", "part_no": "all", "part": "bundle", "name": "医疗机构多证合一", "effective_date": begin,
        "promise_days": plan.bundle_days_after, "materials": plan.bundle_materials_after, "applications": 1,
    }  # fmt: skip
    yield "service_bundle", [*members, merged]
    kinds = ("common", "approval", "registration", "recognition")
    yield "permit_case", [
        {
            "decision_no": f"{head}-{n:05d}", "decision_document": f"云卫许〔{plan.year}〕{n + 1}号", "decided_date": (decided := day_in(rng, plan.year)),
            "published_date": decided + timedelta(days=4), "party_kind": "company" if n % 4 else "sole_trader", "party_name": f"示例单位{n + 1}",
            "party_code": credit_code(n), "permit_kind": kinds[n % 4],
            "content": f"{MATTERS[n % len(MATTERS)]}许可",
        }
        for n in range(plan.permit_decisions)
    ]  # fmt: skip
    yield "other_service_batch", [
        {
            "batch_no": f"{head}-{n:03d}", "decided_date": day_in(rng, plan.year), "impl_code": f"{head}-20-{n % plan.power_services:03d}",
            "decisions": count,
        }
        for n, count in enumerate(spread(rng, plan.other_service_decisions, 36))
    ]  # fmt: skip
    yield "procurement_project", [
        {
            "project_no": f"{head}-{n:03d}", "contract_date": day_in(rng, plan.year), "name": f"设备和服务采购（{n + 1}）",
            "centralised": "是", "method": ("open", "inquiry", "negotiation")[n % 3], "amount": money(fen),
        }
        for n, fen in enumerate(spread(rng, plan.procurement_amount_fen, plan.procurement_projects))
    ]  # fmt: skip


def _promises(rng: Random, total: int, items: int) -> list[int]:
    """Spread the promised days: many items at 0 or few days, as instant ones are."""
    days = [total // items] * items
    for n in rng.sample(range(items), total - sum(days)):
        days[n] += 1
    return days
