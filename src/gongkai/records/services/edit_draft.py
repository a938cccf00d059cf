"""Change a draft by values (修改草稿): the door for rooms and commands that hold no form."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from gongkai.records.core.stream import raw_blocks
from gongkai.records.services.content import newest
from gongkai.records.services.create_draft import check_catalogue_codes, metadata_fields, plain_title
from gongkai.records.services.locking import get_state
from gongkai.records.services.save_draft import Saved, save_draft

_STORED_AS = {"topics": ("topic_columns",), "topic": ("topic_major", "topic_minor")}


def edit_draft(
    *, record_id: int, version: int, changes: Mapping[str, Any], user: Any, now: datetime
) -> Saved:
    """Save changed values of a draft: `title`, `blocks`, `catalogue_codes` and the metadata of `create_draft`.

    What is not named stays. `version` is the one the caller read; a draft saved in between is kept apart, not overwritten.

    Raises BadInput for an unknown key or value, organisations.api.NotPermitted, NotFound.
    """
    record = newest(get_state(record_id).record)
    metadata = {
        key: value for key, value in changes.items() if key not in ("title", "blocks", "catalogue_codes")
    }
    wanted = {name for key in metadata for name in _STORED_AS.get(key, (key,))}
    for name, value in metadata_fields(metadata, record.org_code).items():
        if name in wanted:
            setattr(record, name, value)
    if "title" in changes:
        record.title = plain_title(changes["title"])
    if "blocks" in changes:
        record.body = json.dumps(raw_blocks(changes["blocks"]), ensure_ascii=False)
    if "catalogue_codes" in changes:
        record.catalogue_codes = check_catalogue_codes(record.org_code, changes["catalogue_codes"])
    return save_draft(record=record, version=version, user=user, now=now)
