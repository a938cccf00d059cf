"""Indicator systems (指标体系): take the shipped one, change it as a new version, bring it into force."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from gongkai.journal.api import record_fact
from gongkai.supervision.core.indicator_system import (
    SystemInvalid,
    content_digest,
    read_system,
    shipped_system,
)
from gongkai.supervision.errors import SupervisionRefused
from gongkai.supervision.facts import IndicatorSystemSet
from gongkai.supervision.models import IndicatorSystem
from gongkai.supervision.services.rights import acting

SHIPPED_NAME = "政务公开考核指标体系（缺省）"


def system_in_force(*, org_code: str) -> IndicatorSystem | None:
    """Return the system that an authority uses now."""
    return IndicatorSystem.objects.filter(org_code=org_code, state=IndicatorSystem.IN_FORCE).first()


@transaction.atomic
def new_version(
    *, org_code: str, user: object | None, today: date, now: datetime, based_on: int | None = None, name: str = "",
    content: Mapping[str, Any] | None = None,
) -> IndicatorSystem:  # fmt: skip
    """Begin a new version: of a given content, of another version, or of the shipped system."""
    acting(user=user, action="manage", org_code=org_code, today=today)
    base = IndicatorSystem.objects.filter(org_code=org_code, pk=based_on).first() if based_on else None
    if based_on and base is None:
        raise SupervisionRefused("no_system", "没有这套指标体系", remedy="请刷新页面")
    settled = dict(content) if content else copy.deepcopy(base.content) if base else shipped_system()
    last = IndicatorSystem.objects.filter(org_code=org_code).aggregate(n=Max("version"))["n"] or 0
    return IndicatorSystem.objects.create(
        org_code=org_code, version=last + 1, content=settled, changed_at=now,
        name=(name.strip() or (base.name if base else SHIPPED_NAME))[:200],
    )  # fmt: skip


@transaction.atomic
def change_system(
    *,
    system_id: int,
    kind: str,
    row: Mapping[str, Any],
    old_id: str,
    user: object | None,
    today: date,
    now: datetime,
) -> None:
    """Write one row of a draft: `kind` is indicators, values or scoring; an empty `row` takes the row `old_id` out.

    Raises SupervisionRefused when the row cannot be read or the system is no draft.
    """
    system = _draft(system_id, user, today)
    content = copy.deepcopy(system.content)
    if kind == "scoring":
        content["scoring"] = {**content["scoring"], **row}
    else:
        content[kind] = _replaced(content[kind], dict(row), old_id)
    try:
        read_system(content)
    except SystemInvalid as error:
        # Weights add up only after several rows were changed: they are checked when the version comes into force.
        serious = [p for p in error.problems if "分值合计" not in p]
        if serious:
            raise SupervisionRefused("bad_row", "；".join(serious), remedy="请改正后再保存") from error
    system.content, system.changed_at = content, now
    system.save(update_fields=["content", "changed_at"])


def _replaced(rows: list[dict[str, Any]], row: dict[str, Any], old_id: str) -> list[dict[str, Any]]:
    if not row:
        return [one for one in rows if one["id"] != old_id]
    if not old_id:
        return [*rows, row]
    return [row if one["id"] == old_id else one for one in rows]


@transaction.atomic
def bring_into_force(*, system_id: int, user: object | None, today: date, now: datetime) -> IndicatorSystem:
    """Check everything, then let the version be the one in use; the former retires.

    Raises SupervisionRefused with everything that is wrong.
    """
    system = _draft(system_id, user, today)
    try:
        read = read_system(system.content)
    except SystemInvalid as error:
        raise SupervisionRefused("bad_system", str(error), remedy="请逐条改正后再启用") from error
    IndicatorSystem.objects.filter(org_code=system.org_code, state=IndicatorSystem.IN_FORCE).update(
        state=IndicatorSystem.RETIRED
    )
    system.state, system.sha256, system.changed_at = (
        IndicatorSystem.IN_FORCE, content_digest(system.content), now,
    )  # fmt: skip
    system.save()
    actor = acting(user=user, action="manage", org_code=system.org_code, today=today)
    fact = IndicatorSystemSet(
        org=system.org_code, subject=f"indicators:{system.pk}", on=today, version=system.version, sha256=system.sha256,
        indicators=len(read.indicators),
    )  # fmt: skip
    record_fact(fact, actor=actor, now=now)
    return system


def _draft(system_id: int, user: object | None, today: date) -> IndicatorSystem:
    system = IndicatorSystem.objects.select_for_update().filter(pk=system_id).first()
    if system is None:
        raise SupervisionRefused("no_system", "没有这套指标体系", remedy="请刷新页面")
    acting(user=user, action="manage", org_code=system.org_code, today=today)
    if system.state != IndicatorSystem.DRAFT:
        raise SupervisionRefused(
            "not_draft", "在用和已停用的指标体系不能改", remedy="请以它为底稿新建一个版本，再修改"
        )
    return system
