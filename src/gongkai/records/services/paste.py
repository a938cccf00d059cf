"""Add pasted content to a draft (粘贴)."""

from __future__ import annotations

import io
import json
from datetime import datetime
from typing import Any

from django.db import transaction

from gongkai.importing import api as importing
from gongkai.records.core.drafting import blocks_of
from gongkai.records.core.errors import BadInput, StepRefused
from gongkai.records.core.office_time import office_day
from gongkai.records.core.stream import raw_blocks
from gongkai.records.models import Record
from gongkai.records.services.content import newest, raw_body
from gongkai.records.services.files import store_file
from gongkai.records.services.locking import get_state, owner_code
from gongkai.records.services.permissions import ACTIONS, require
from gongkai.records.services.save_draft import save_draft


def paste(
    *,
    record_id: int,
    html: str,
    text: str,
    user: Any,
    now: datetime,
    after: int | None = None,
    version: int | None = None,
) -> int:
    """Put pasted HTML (or, without it, plain text) into the newest text as blocks; return how many.

    `after` is how many blocks of the body stay in front of it (0 for the beginning, None for the end), counted in the text
    of `version`, which must then be given.

    Raises BadInput when there is nothing in it or no such place, StepRefused when the draft moved on,
    organisations.api.NotPermitted.
    """
    state = get_state(record_id)
    require(user=user, action=ACTIONS["edit"], org_code=owner_code(state.record), today=office_day(now))
    blocks = _read(html, text)
    images = {}
    for position, block in enumerate(blocks):
        if block.kind == "image" and block.image:
            stored = store_file(stream=io.BytesIO(block.image), name=f"粘贴图片{position + 1}", now=now)
            images[position] = stored.sha256
    made = raw_blocks(blocks_of(blocks, images))
    if not made:
        raise BadInput(code="nothing_pasted", message="没有读到内容", where="粘贴", remedy="请重新复制后粘贴")
    with transaction.atomic():
        state = get_state(record_id)
        record = newest(state.record)
        body = raw_body(record)
        place = len(body) if after is None else after
        if after is not None and version != state.version:
            raise _moved(record)
        if not 0 <= place <= len(body):
            raise BadInput(
                code="place_unknown", message="正文没有这个位置", where="放在哪里", remedy="请重新选择位置"
            )
        record.body = json.dumps([*body[:place], *made, *body[place:]], ensure_ascii=False)
        saved = save_draft(record=record, version=state.version, user=user, now=now)
        if saved.kept_apart:
            raise _moved(record)
    return len(made)


def _moved(record: Record) -> StepRefused:
    return StepRefused(
        code="draft_moved",
        message="这条信息正被别人保存或已送审，没有放进去",
        where=str(record),
        remedy="请刷新页面后再粘贴一次",
    )


def _read(html: str, text: str) -> tuple[importing.Block, ...]:
    if not html.strip() and not text.strip():
        raise BadInput(
            code="nothing_pasted",
            message="没有粘贴内容",
            where="粘贴",
            remedy="请先在 Word 里复制，再到这里粘贴",
        )
    try:
        if html.strip():
            return tuple(importing.import_html_fragment(html))
        imported = importing.import_bytes(text.encode("utf-8"), "粘贴.txt")
    except importing.Unreadable as error:
        raise BadInput(
            code=error.code, message=error.message, where=error.where, remedy=error.remedy
        ) from error
    head = (importing.Block(kind="paragraph", text=imported.title),) if imported.title else ()
    return (*head, *imported.blocks)
