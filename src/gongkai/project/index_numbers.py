"""From an index number (索引号) to its record."""

from __future__ import annotations

from gongkai.organisations import api as organisations
from gongkai.project.failure import CommandFailed
from gongkai.records import api as records


def _split(text: str) -> tuple[str | None, str]:
    """Return organisation and number of `[ORG:]INDEX`."""
    org, colon, number = text.rpartition(":")
    return (org, number) if colon else (None, text)


def find_record(text: str) -> records.RecordInfo:
    """Return the record that bears an index number; ORG also stands for everything below it.

    Raises CommandFailed when none or several bear it, organisations.api.NoSuchOrganisation for an unknown ORG.
    """
    org, number = _split(text)
    codes = organisations.subtree_codes(code=org) if org is not None else None
    ids = records.record_ids_by_number(index_number=number, org_codes=codes)
    if not ids:
        raise CommandFailed(
            "unknown_index", f"没有索引号为“{number}”的信息", where=text, remedy="请核对索引号"
        )
    if len(ids) > 1:
        raise CommandFailed(
            "ambiguous_index",
            f"有 {len(ids)} 条信息的索引号是“{number}”",
            where=text,
            remedy="请写成 机构代码:索引号",
        )
    return records.get_record(record_id=ids[0])
