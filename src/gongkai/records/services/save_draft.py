"""Save a draft (保存草稿): two people at the same text never overwrite each other, and nothing is lost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from wagtail.models import Revision

from gongkai.records.core.errors import BadInput
from gongkai.records.core.office_time import office_day
from gongkai.records.core.states import EDITABLE_STATES
from gongkai.records.models import Record, RecordState
from gongkai.records.services.checking import check_draft
from gongkai.records.services.content import draft_of
from gongkai.records.services.due import publication_due
from gongkai.records.services.locking import lock_state, owner_code, take_step
from gongkai.records.services.permissions import ACTIONS, require


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of a save.

    `kept_apart` tells that someone else had saved, or the draft had gone to review, in between: the text is kept as the
    revision `revision_id`, and the draft is still as they left it (`editor_id`).
    """

    revision_id: int
    version: int
    kept_apart: bool = False
    editor_id: int | None = None


@transaction.atomic
def save_draft(
    *, record: Record, version: int, user: Any, now: datetime, overwrite_revision: Revision | None = None
) -> Saved:
    """Save the changed text of a record; `version` is the one the person began to edit.

    Raises organisations.api.NotPermitted when the user may not edit there.
    """
    state = lock_state(record.pk)
    require(user=user, action=ACTIONS["edit"], org_code=owner_code(state.record), today=office_day(now))
    if version != state.version or state.state not in EDITABLE_STATES:
        kept = _keep_apart(record, user)
        return Saved(kept.pk, state.version, kept_apart=True, editor_id=state.editor_id)
    take_step(state, "edit")
    if not record.live:
        record.save()
    revision = record.save_revision(user=user, clean=False, overwrite_revision=overwrite_revision)
    note_saved(state, record, user=user, now=now)
    return Saved(revision.pk, state.version)


def note_saved(state: RecordState, record: Record, *, user: Any, now: datetime) -> None:
    """Keep in the state who saved last, when, who is in charge and by when it must be public; check the text."""
    RecordState.objects.filter(pk=state.pk).update(
        editor=user, saved_at=now, owner_code=owner_code(record), due_date=publication_due(record)
    )
    state.refresh_from_db()
    try:
        check_draft(draft_of(state), state, now=now)
    except BadInput:
        return  # an unfinished block: the editor says so, and so does `submit`


def _keep_apart(record: Record, user: Any) -> Revision:
    """Keep a text beside the line of revisions; the draft does not move to it."""
    return Revision.objects.create(
        content_object=record,
        base_content_type=record.get_base_content_type(),
        user=user,
        content=record.serializable_data(),
        object_str=str(record),
    )
