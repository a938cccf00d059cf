"""The door of the catalogue (公开目录): what must be public, by whom, until when."""

from __future__ import annotations

from datetime import date

from gongkai.catalogue.core.catalogue_files import CatalogueFileUnreadable
from gongkai.catalogue.core.deadlines import publication_deadline
from gongkai.catalogue.core.institution_items import InstitutionGroup, institution_groups, items_for
from gongkai.catalogue.core.lights import LIGHT_WORDS, Light, LightReading
from gongkai.catalogue.handlers import (
    note_assessment,
    note_draft,
    note_release,
    note_withdrawal,
    note_withheld,
)
from gongkai.catalogue.selectors import (
    CatalogueItemInfo,
    ColumnInfo,
    ColumnLight,
    ItemLight,
    column_lights,
    counts_by_class,
    get_item,
    item_lights,
    list_columns,
    list_items,
    portal_snapshot,
)
from gongkai.catalogue.services.ensure_columns import ensure_columns
from gongkai.catalogue.services.import_catalogue import CatalogueImportRefused, import_catalogue
from gongkai.catalogue.services.institution_edition import adopt_institution_items
from gongkai.catalogue.services.obligations import ObligationRefused, open_obligation
from gongkai.kernel.calendar import WorkCalendar, load_calendar
from gongkai.kernel.clocks import Deadline

__all__ = [
    "LIGHT_WORDS",
    "CatalogueFileUnreadable",
    "CatalogueImportRefused",
    "CatalogueItemInfo",
    "ColumnInfo",
    "ColumnLight",
    "InstitutionGroup",
    "ItemLight",
    "Light",
    "LightReading",
    "ObligationRefused",
    "adopt_institution_items",
    "column_lights",
    "counts_by_class",
    "ensure_columns",
    "get_item",
    "import_catalogue",
    "institution_groups",
    "item_lights",
    "items_for",
    "list_columns",
    "list_items",
    "note_assessment",
    "note_draft",
    "note_release",
    "note_withdrawal",
    "note_withheld",
    "open_obligation",
    "portal_snapshot",
    "publication_due",
]


def publication_due(
    *,
    item: CatalogueItemInfo,
    formed_date: date,
    calendar: WorkCalendar | None = None,
    is_result: bool = False,
) -> Deadline:
    """Compute by when something formed on that day must be public under an item, by its general or result limit."""
    use_result = is_result and item.result_limit_working_days is not None
    return publication_deadline(
        formed_date=formed_date,
        limit_working_days=item.result_limit_working_days if use_result else item.limit_working_days,
        limit_source=item.result_limit_text if use_result else item.limit_text,
        calendar=calendar or load_calendar(),
    )
