"""Reads of the records room: releases for the portal, records for the desk."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from django.db.models import Subquery

from gongkai.records.core.errors import NotFound
from gongkai.records.core.info import ReleaseInfo
from gongkai.records.models import RecordState, Release
from gongkai.records.services.info import release_info

CHUNK = 1000


def get_release(*, release_id: int) -> ReleaseInfo:
    """Return one release with its payload. Raises NotFound."""
    release = Release.objects.select_related("stored_payload").filter(pk=release_id).first()
    if release is None:
        raise NotFound(
            code="release_unknown",
            message="没有这个发布件",
            where=f"发布件 {release_id}",
            remedy="请核对编号",
        )
    return release_info(release)


def current_release(*, record_id: int) -> ReleaseInfo | None:
    """Return the newest release of a record, None when it never had one."""
    release = (
        Release.objects.select_related("stored_payload")
        .filter(record_id=record_id)
        .order_by("-sequence")
        .first()
    )
    return release_info(release) if release else None


def iter_current_releases(*, after_id: int = 0) -> Iterator[ReleaseInfo]:
    """Yield the newest release of every record that ever had one, in order of the record's first release.

    `after_id` leaves out records whose first release has an id up to that one. Memory stays bounded.
    """
    position = after_id
    while True:
        firsts = list(
            Release.objects.filter(sequence=1, pk__gt=position)
            .order_by("pk")
            .values_list("pk", "record_id")[:CHUNK]
        )
        if not firsts:
            return
        current = RecordState.objects.filter(pk__in=[record_id for _, record_id in firsts]).values(
            "current_release_id"
        )
        releases = {
            release.record_id: release
            for release in Release.objects.select_related("stored_payload").filter(pk__in=Subquery(current))
        }
        for _, record_id in firsts:
            yield release_info(releases[record_id])
        position = firsts[-1][0]


def list_releases(*, record_id: int) -> list[ReleaseInfo]:
    """Return every release of a record, oldest first."""
    rows = Release.objects.select_related("stored_payload").filter(record_id=record_id).order_by("sequence")
    return [release_info(row) for row in rows]


def record_ids_by_number(*, index_number: str, org_codes: Collection[str] | None = None) -> list[int]:
    """Return the ids of the records that bear an index number, among these organisations when given."""
    rows = RecordState.objects.filter(index_number=index_number)
    if org_codes is not None:
        rows = rows.filter(owner_code__in=org_codes)
    return list(rows.order_by("pk").values_list("pk", flat=True))
