"""A draft from a document (由文件生成草稿): Word, text, HTML or PDF; everything recognised, nothing lost."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from gongkai.importing import api as importing
from gongkai.organisations import api as organisations
from gongkai.records.core.drafting import blocks_of
from gongkai.records.core.errors import BadInput
from gongkai.records.core.first_guess import genre_of_title, kind_of_title, topic_of_body
from gongkai.records.core.info import RecordInfo
from gongkai.records.core.kinds import TITLE_MAX_CHARACTERS
from gongkai.records.core.office_time import office_day
from gongkai.records.services.create_draft import columns_of_items, create_draft
from gongkai.records.services.files import store_file


@dataclass(frozen=True, slots=True)
class ImportedDraft:
    """The draft that came of a file, and what its reader wants the editor to look at."""

    record: RecordInfo
    warnings: tuple[importing.ReadingWarning, ...]


def import_draft(
    *,
    org_code: str,
    catalogue_codes: Iterable[str],
    user: Any,
    now: datetime,
    path: str | Path | None = None,
    data: bytes | None = None,
    name: str | None = None,
    metadata: dict[str, Any] | None = None,
    origin: str = "file",
) -> ImportedDraft:
    """Read a file (by `path`, or `data` with its `name`) and begin a draft from it; `metadata` wins over what was read.

    A title that is missing is the file's name; one of over 500 characters stays in the body, its beginning is the title.
    Pictures are kept as files of the record; one that cannot be kept is named in the warnings.

    Raises BadInput when the file cannot be taken in, and what `create_draft` raises.
    """
    imported = _read(path, data, name, office_day(now))
    images, refused = _store_images(imported, now)
    warnings = [*imported.warnings, *refused]
    read = _read_metadata(imported, org_code)
    catalogue_codes = list(catalogue_codes)
    values = {
        "columns": columns_of_items(org_code, catalogue_codes),
        **{key: value for key, value in read.items() if value},
        **(metadata or {}),
    }
    title = _title(imported)
    blocks = blocks_of(imported.blocks, images, left_out=_taken_over(imported, values))
    if imported.title and title != imported.title:
        blocks.insert(0, {"type": "paragraph", "text": imported.title})
        warnings.append(
            importing.ReadingWarning(
                "title_too_long", f"标题超过 {TITLE_MAX_CHARACTERS} 个字，全文放在正文第一段。", imported.file
            )
        )
    record = create_draft(
        org_code=org_code,
        catalogue_codes=catalogue_codes,
        title=title,
        blocks=blocks,
        metadata=values,
        user=user,
        now=now,
        origin=origin,
    )
    return ImportedDraft(record, tuple(warnings))


def _read_metadata(imported: importing.Imported, org_code: str) -> dict[str, Any]:
    """Return what the document says of itself, and the first guess from its title and the name of the publishing body."""
    title = _title(imported)
    body = organisations.authority_of(code=org_code).name
    return {
        "document_number": imported.document_number,
        "issuer": imported.issuer,
        "formed_date": imported.formed_date,
        "kind": kind_of_title(title),
        "genre": genre_of_title(title),
        "topic": topic_of_body(body),
    }


def _taken_over(imported: importing.Imported, values: dict[str, Any]) -> frozenset[str]:
    """Return the roles of the lines of the red head whose content stands in the metadata word for word."""
    lines = {"issuer_mark": "issuer", "document_number": "document_number"}
    return frozenset(
        role
        for role, name in lines.items()
        if getattr(imported, name) and values.get(name) == getattr(imported, name)
    )


def _title(imported: importing.Imported) -> str:
    if imported.title:
        return " ".join(imported.title.split())[:TITLE_MAX_CHARACTERS]
    return Path(imported.file).stem[:TITLE_MAX_CHARACTERS] or "未命名"


def _read(path: str | Path | None, data: bytes | None, name: str | None, today: date) -> importing.Imported:
    """The document that was read. Raises BadInput when the file cannot be taken in."""
    try:
        if path is not None:
            return importing.import_file(path, name=name, today=today)
        return importing.import_bytes(data or b"", name or "未命名", today=today)
    except importing.Unreadable as error:
        raise BadInput(
            code=error.code, message=error.message.rstrip("。"), where=error.where, remedy=error.remedy
        ) from error


def _store_images(
    imported: importing.Imported, now: datetime
) -> tuple[dict[int, str], list[importing.ReadingWarning]]:
    """The pictures kept as files (position of the block to SHA-256), and a warning for each that cannot be kept."""
    images: dict[int, str] = {}
    refused: list[importing.ReadingWarning] = []
    for position, block in enumerate(imported.blocks):
        if block.kind != "image" or not block.image:
            continue
        try:
            stored = store_file(stream=io.BytesIO(block.image), name=f"图片{position + 1}", now=now)
        except BadInput as error:
            refused.append(importing.ReadingWarning("image_refused", error.message, f"第 {position + 1} 块"))
        else:
            images[position] = stored.sha256
    return images, refused
