"""Turning rows into what other rooms see."""

from __future__ import annotations

import json

from gongkai.records.core.info import RecordInfo, ReleaseInfo
from gongkai.records.models import Record, RecordState, Release
from gongkai.records.services.locking import get_state


def record_info(record: Record, state: RecordState) -> RecordInfo:
    """Return the public view of a record row with its state."""
    return RecordInfo(
        id=record.pk,
        org_code=record.org_code,
        section_code=record.section_code,
        title=record.title,
        kind=record.kind,
        state=str(state.state),
        version=state.version,
        index_number=state.index_number,
        path=state.path,
        live=record.live,
        release_id=state.current_release_id,
        sequence=state.release_count,
        formed_date=record.formed_date,
        catalogue_codes=tuple(record.catalogue_codes),
    )


def fresh_info(record_id: int) -> RecordInfo:
    """Return the public view of a record as it is stored now."""
    state = get_state(record_id)
    return record_info(state.record, state)


def release_info(release: Release) -> ReleaseInfo:
    """Return the public view of a release row."""
    stored = getattr(release, "stored_payload", None)
    return ReleaseInfo(
        id=release.pk,
        record_id=release.record_id,
        org_code=release.org_code,
        kind=release.kind,  # type: ignore[arg-type]
        sequence=release.sequence,
        sha256=release.sha256,
        published_at=release.published_at,
        payload=json.loads(stored.text) if stored else None,
    )
