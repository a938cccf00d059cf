"""From an index number (索引号) to its record."""

from __future__ import annotations

from gongkai.journal import api as journal
from gongkai.project.failure import CommandFailed
from gongkai.records import api as records


def _split(text: str) -> tuple[str | None, str]:
    """Return organisation and number of `[ORG:]INDEX`."""
    org, colon, number = text.rpartition(":")
    return (org, number) if colon else (None, text)


def find_record(text: str) -> records.RecordInfo:
    """Return the record that bears an index number, by the facts of its publications.

    Numbers that are no Code (letters outside ASCII) are not in the facts and are looked up in the releases.
    Raises CommandFailed when none or several bear it.
    """
    org, number = _split(text)
    facts = journal.entries(names=["records.RecordPublished"], org_prefix=org)
    ids = {int(fact.subject.partition(":")[2]) for fact in facts if fact.body.get("index_number") == number}
    if not ids:
        ids = {
            release.record_id
            for release in records.iter_current_releases()
            if release.payload
            and release.payload["index_number"] == number
            and (org is None or release.org_code == org or release.org_code.startswith(f"{org}-"))
        }
    if not ids:
        raise CommandFailed(
            "unknown_index", f"没有索引号为“{number}”的公开信息", where=text, remedy="请核对索引号"
        )
    if len(ids) > 1:
        raise CommandFailed(
            "ambiguous_index",
            f"有 {len(ids)} 条信息的索引号是“{number}”",
            where=text,
            remedy="请写成 机构代码:索引号",
        )
    return records.get_record(record_id=ids.pop())
