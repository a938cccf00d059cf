"""Give an authority the shipped columns (缺省栏目) that it does not have yet."""

from __future__ import annotations

from gongkai.catalogue.core.defaults import column_defaults
from gongkai.catalogue.models import Column


def ensure_columns(*, org_code: str) -> int:
    """Create missing columns; what the office changed stays. Returns how many were made."""
    have = set(Column.objects.filter(org_code=org_code).values_list("code", flat=True))
    missing = [
        Column(
            org_code=org_code, position=position, code=rule.id, name=rule.name, block=rule.block,
            column_type=rule.column_type, description=rule.description, keywords=list(rule.keywords),
            cadence_days=rule.cadence_days,
        )
        for position, rule in enumerate(column_defaults().values())
        if rule.id not in have
    ]  # fmt: skip
    Column.objects.bulk_create(missing, ignore_conflicts=True)
    return len(missing)
