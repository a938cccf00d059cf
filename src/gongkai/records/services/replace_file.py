"""A clean or redacted copy in place of an attachment (清洗副本、涂黑): the original stays, private."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from gongkai.guard.attachments import api as attachments
from gongkai.records.core.errors import BadInput, NotFound, StepRefused
from gongkai.records.core.office_time import office_day
from gongkai.records.core.states import EDITABLE_STATES
from gongkai.records.models import StoredFile
from gongkai.records.services.content import newest, raw_body
from gongkai.records.services.files import open_private_file, store_file
from gongkai.records.services.locking import get_state, owner_code
from gongkai.records.services.permissions import ACTIONS, require
from gongkai.records.services.save_draft import save_draft

_MODERN = {
    ".doc": ".docx",
    ".xls": ".xlsx",
    ".ppt": ".pptx",
    ".wps": ".docx",
    ".rtf": ".docx",
    ".odt": ".docx",
}
_MODERN |= {".et": ".xlsx", ".ods": ".xlsx", ".dps": ".pptx", ".odp": ".pptx"}
_Make = Callable[[Path, Path], Sequence[dict[str, Any]]]


def clean_attachment(*, record_id: int, sha256: str, version: int, user: Any, now: datetime) -> StoredFile:
    """Put a copy without hidden data in place of a file of the draft; the copy is proven clean before it is kept.

    Raises BadInput with what still stands in the way, NotFound, StepRefused when the draft moved on,
    organisations.api.NotPermitted.
    """

    def make(source: Path, target: Path) -> Sequence[dict[str, Any]]:
        return attachments.clean(source, target).still

    return _replace(record_id, sha256, version, user, now, make, "清洗")


def redact_attachment(
    *, record_id: int, sha256: str, boxes: Sequence[attachments.Box], version: int, user: Any, now: datetime
) -> StoredFile:
    """Put a redacted copy in place of a PDF of the draft; nothing is left under the boxes. Raises as `clean_attachment`."""
    if not boxes:
        raise BadInput(code="no_boxes", message="没有画涂黑的框", where="涂黑", remedy="请至少画一个框")

    def make(source: Path, target: Path) -> Sequence[dict[str, Any]]:
        return attachments.redact_pdf(source, target, boxes).still

    return _replace(record_id, sha256, version, user, now, make, "涂黑")


@contextmanager
def private_copy(sha256: str, name: str) -> Any:
    """Yield the path of a working copy of a stored file, under its own name; it is gone afterwards. Raises NotFound."""
    with tempfile.TemporaryDirectory(prefix="gongkai-file-") as folder:
        path = Path(folder) / f"original{os.path.splitext(name)[1].lower()}"
        with open_private_file(sha256=sha256) as source, path.open("wb") as target:
            shutil.copyfileobj(source, target)
        yield path


def name_in_draft(record: Any, sha256: str) -> str:
    """Return under which name the newest text holds a file. Raises NotFound when it does not."""
    for item in raw_body(record):
        if item["type"] in {"attachment", "image"} and item["value"].get("sha256") == sha256:
            row = StoredFile.objects.filter(pk=sha256).first()
            stored = row.original_name if row else ""
            return str(item["value"].get("name") or stored or "附件")
    raise NotFound(code="file_unknown", message="草稿里没有这个文件", where=str(record), remedy="请刷新页面")


def _replace(
    record_id: int, sha256: str, version: int, user: Any, now: datetime, make: _Make, verb: str
) -> StoredFile:
    state = get_state(record_id)
    require(user=user, action=ACTIONS["edit"], org_code=owner_code(state.record), today=office_day(now))
    _require_version(state, version)
    name = name_in_draft(newest(state.record), sha256)
    stem, suffix = os.path.splitext(name)
    suffix = suffix or os.path.splitext(StoredFile.objects.get(pk=sha256).original_name)[1]
    fresh_name = stem + _MODERN.get(suffix.lower(), suffix)
    with private_copy(sha256, f"{stem}{suffix}") as source:
        target = source.with_name(f"copy{os.path.splitext(fresh_name)[1].lower()}")
        still = make(source, target)
        if still:
            raise BadInput(
                code="not_clean",
                message=f"{verb}没有完成：" + "；".join(str(row["message"]) for row in still[:3]),
                where=name,
                remedy="请用原软件处理后重新上传",
            )
        with target.open("rb") as stream:
            stored = store_file(stream=stream, name=fresh_name, now=now)
    with transaction.atomic():
        state = get_state(record_id)
        _require_version(state, version)
        record = newest(state.record)
        record.body = json.dumps(
            [_with_file(item, sha256, stored.sha256, name, fresh_name) for item in raw_body(record)],
            ensure_ascii=False,
        )
        if save_draft(record=record, version=version, user=user, now=now).kept_apart:
            raise _moved(record)
    return stored


def _with_file(item: dict[str, Any], old: str, new: str, name: str, fresh_name: str) -> dict[str, Any]:
    value = item["value"]
    if item["type"] not in {"attachment", "image"} or value.get("sha256") != old:
        return item
    value = {**value, "sha256": new}
    if value.get("name") == name:
        value["name"] = fresh_name
    return {**item, "value": value}


def _require_version(state: Any, version: int) -> None:
    if state.state not in EDITABLE_STATES or state.version != version:
        raise _moved(state.record)


def _moved(record: Any) -> StepRefused:
    return StepRefused(
        code="text_changed",
        message="这条信息在此期间被别人保存或已送审，没有替换文件",
        where=str(record),
        remedy="请刷新页面后再试",
    )
