"""Put an uploaded file into a draft (上传附件): as a block at its end, which the editor can then move."""

from __future__ import annotations

import json
from datetime import datetime
from typing import IO, Any

from django.db import transaction

from gongkai.records.core.errors import StepRefused
from gongkai.records.core.office_time import office_day
from gongkai.records.core.stream import raw_blocks
from gongkai.records.models import StoredFile
from gongkai.records.services.content import newest, raw_body
from gongkai.records.services.files import clean_name, store_file
from gongkai.records.services.locking import get_state, owner_code
from gongkai.records.services.permissions import ACTIONS, require
from gongkai.records.services.save_draft import save_draft


def attach(*, record_id: int, stream: IO[bytes], name: str, alt: str, user: Any, now: datetime) -> StoredFile:
    """Check and keep the file, and add it to the newest text: a picture as an image block, else as an attachment.

    Raises BadInput when the file is refused, StepRefused when the draft moved on meanwhile.
    """
    state = get_state(record_id)
    require(user=user, action=ACTIONS["edit"], org_code=owner_code(state.record), today=office_day(now))
    stored = store_file(stream=stream, name=name, now=now)
    block: dict[str, Any] = {"type": "attachment", "sha256": stored.sha256, "name": clean_name(name)}
    if stored.is_image:
        block = {"type": "image", "sha256": stored.sha256, "alt": alt, "caption": ""}
    with transaction.atomic():
        state = get_state(record_id)
        record = newest(state.record)
        record.body = json.dumps([*raw_body(record), *raw_blocks([block])], ensure_ascii=False)
        saved = save_draft(record=record, version=state.version, user=user, now=now)
        if saved.kept_apart:
            raise StepRefused(
                code="draft_moved",
                message="文件已检查，但这条信息正被别人保存或已送审，没有放进去",
                where=str(record),
                remedy="请刷新页面后再上传一次",
            )
    return stored
