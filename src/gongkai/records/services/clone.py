"""Begin a record with last year's as sample (以此为样本新建)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from gongkai.records.core.errors import BadInput
from gongkai.records.core.info import RecordInfo
from gongkai.records.core.office_time import office_day
from gongkai.records.core.reading import plain_text
from gongkai.records.core.samples import count_year, roll_year, year_of
from gongkai.records.services.content import content_of, newest
from gongkai.records.services.create_draft import create_draft
from gongkai.records.services.locking import get_state, owner_code
from gongkai.records.services.permissions import require

#: what a new record takes over; numbers, dates, links, validity and reasons are its own
_KEPT = ("kind", "grade", "genre", "source", "author", "summary", "issuer", "keywords", "columns")
_LIGHT_GRADES = frozenset({"minor", "emergency"})


@dataclass(frozen=True, slots=True)
class Cloned:
    """The new draft, with what its author must look at: how often the old year stands in the body, what was left out."""

    record: RecordInfo
    old_year: int
    old_year_mentions: int
    attachments_left_out: int


@transaction.atomic
def clone_record(*, record_id: int, user: Any, now: datetime) -> Cloned:
    """Make a draft with the newest text of a record as its sample; its year in the title moves on to this year.

    Attachments are left out: last year's files are the commonest mistake. Raises BadInput for a text that cannot be read,
    organisations.api.NotPermitted when the user may not see the sample or draft there.
    """
    state, today = get_state(record_id), office_day(now)
    require(user=user, action="view", org_code=state.owner_code or owner_code(state.record), today=today)
    sample = newest(state.record)
    content = content_of(sample, state)
    made_in = (sample.formed_date or office_day(sample.created_at)).year
    old_year = year_of(content.title) or made_in
    metadata: dict[str, Any] = {name: getattr(sample, name) for name in _KEPT}
    if metadata["grade"] in _LIGHT_GRADES:
        metadata["grade"] = "ordinary"
    metadata |= {
        "topics": sample.topic_columns,
        "topic": {"major": sample.topic_major, "minor": sample.topic_minor},
        "disclosure": sample.disclosure,
        "disclosure_reason": sample.disclosure_reason,
        "section_code": sample.section_code or None,
    }
    if not content.blocks:
        raise BadInput(
            code="sample_empty",
            message="这条信息没有正文，不能作样本",
            where=str(sample),
            remedy="请从文件新建",
        )
    made = create_draft(
        org_code=sample.org_code,
        catalogue_codes=sample.catalogue_codes,
        title=roll_year(content.title, today.year - made_in),
        blocks=content.blocks,
        metadata=metadata,
        user=user,
        now=now,
        origin="sample",
    )
    body = plain_text({"title": "", "blocks": content.blocks})
    return Cloned(made, old_year, count_year(body, old_year), len(content.attachments))
