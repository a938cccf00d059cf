"""What falls due outside the chain of review, for whom (到期与督办提醒)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from gongkai.kernel.clocks import Light
from gongkai.organisations import api as organisations
from gongkai.records.models import DueMatter


def list_matters(*, user: Any, org_codes: Collection[str], today: date) -> list[DueMatter]:
    """Return the matters of these organisations that a post of this person acts on, late ones first."""
    rows = list(DueMatter.objects.filter(owner_code__in=org_codes).order_by("gathered_at", "pk"))
    if not rows:
        return []
    posts = {(post.role, post.org_code) for post in organisations.roles_of(user=user, today=today)}
    lineages = {code: lineage(code) for code in {row.owner_code for row in rows}}
    mine = [
        row
        for row in rows
        if any(role in row.roles and code in lineages[row.owner_code] for role, code in posts)
    ]
    return sorted(mine, key=lambda row: row.light != Light.LATE)


def lineage(org_code: str) -> frozenset[str]:
    """Return the codes of an organisation and of all above it."""
    return frozenset(organisations.get_organisation(code=org_code).path.strip("/").split("/"))
