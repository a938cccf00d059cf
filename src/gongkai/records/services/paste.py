"""Add pasted content to a draft (粘贴)."""

from __future__ import annotations

import io
import json
from datetime import datetime
from typing import Any

from django.db import transaction

from gongkai.records.core.drafting import blocks_of
from gongkai.records.core.errors import BadInput, StepRefused
from gongkai.records.core.office_time import office_day
from gongkai.records.core.stream import raw_blocks
from gongkai.records.importing import api as importing
from gongkai.records.services.content import newest, raw_body
from gongkai.records.services.files import store_file
from gongkai.records.services.locking import get_state, owner_code
from gongkai.records.services.permissions import ACTIONS, require
from gongkai.records.services.save_draft import save_draft


def paste(*, record_id: int, html: str, text: str, user: Any, now: datetime) -> int:
    """Append pasted HTML (or, without it, plain text) to the newest text as blocks; return how many.

    Raises BadInput when there is nothing in it, StepRefused when the draft moved on, organisations.api.NotPermitted.
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
        record.body = json.dumps([*raw_body(record), *made], ensure_ascii=False)
        saved = save_draft(record=record, version=state.version, user=user, now=now)
        if saved.kept_apart:
            raise StepRefused(
                code="draft_moved",
                message="这条信息正被别人保存或已送审，没有放进去",
                where=str(record),
                remedy="请刷新页面后再粘贴一次",
            )
    return len(made)


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
