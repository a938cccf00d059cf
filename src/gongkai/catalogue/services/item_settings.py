"""Change what an office decides about an item: who owns it, its rhythm, whether it applies here."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from gongkai.catalogue.facts import ItemSettingChanged
from gongkai.catalogue.models import CatalogueItem
from gongkai.journal.api import Actor, record_fact


def change_item_settings(
    *, item: CatalogueItem, owner_code: str, cadence_days: int | None, not_applicable_reason: str, actor: Actor,
    today: date, now: datetime,
) -> None:  # fmt: skip
    """Store owner (section code, may be empty), rhythm in calendar days and the reason why the item does not apply."""
    with transaction.atomic():
        row = CatalogueItem.objects.select_for_update().select_related("version").get(pk=item.pk)
        row.owner_code, row.cadence_days = owner_code, cadence_days
        row.not_applicable_reason = not_applicable_reason.strip()[:300]
        row.save(update_fields=["owner_code", "cadence_days", "not_applicable_reason"])
        record_fact(
            ItemSettingChanged(
                org=row.version.org_code, subject=f"item:{row.code}", on=today, item=row.code,
                owner=owner_code or None, cadence_days=cadence_days, applicable=not row.not_applicable_reason,
            ),
            actor=actor,
            now=now,
        )  # fmt: skip
