"""The limit of a stored duty to publish (公开义务的时限)."""

from __future__ import annotations

from gongkai.catalogue.core.deadlines import publication_deadline
from gongkai.catalogue.models import CatalogueItem, Obligation
from gongkai.kernel.calendar import load_calendar
from gongkai.kernel.clocks import Deadline


def deadline_of(obligation: Obligation, item: CatalogueItem) -> Deadline:
    """Compute the limit of a duty under the item's present limits."""
    is_result = obligation.is_result and item.result_limit_working_days is not None
    return publication_deadline(
        formed_date=obligation.formed_date,
        limit_working_days=item.result_limit_working_days if is_result else item.limit_working_days,
        limit_source=item.result_limit_text if is_result else item.limit_text,
        calendar=load_calendar(),
    )
