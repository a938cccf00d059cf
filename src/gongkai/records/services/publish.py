"""Publish (发布): one function, one transaction; every path ends here."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from gongkai.journal.api import record_fact
from gongkai.journal.facts import Code
from gongkai.records.core.canonical import canonical_text, digest
from gongkai.records.core.fact_values import as_code, as_codes
from gongkai.records.core.info import ReleaseInfo
from gongkai.records.core.kinds import MOVED_IN
from gongkai.records.core.office_time import office_day
from gongkai.records.core.payload import public_payload
from gongkai.records.core.stream import file_digests
from gongkai.records.facts import RecordPublished
from gongkai.records.models import Record, RecordLink, RecordState, Release, ReleaseFile, ReleasePayload
from gongkai.records.models.record import SYSTEM_COLUMNS
from gongkai.records.services.cleanup_result import announce_cleanup
from gongkai.records.services.content import Draft, content_of, publication_of, raw_body
from gongkai.records.services.events import note_event_release
from gongkai.records.services.gate import pass_gate
from gongkai.records.services.info import release_info
from gongkai.records.services.later_review import open_later_review, supersede
from gongkai.records.services.locking import actor_of, lock_state, owner_code, subject, take_step
from gongkai.records.services.permissions import ACTIONS, Hat, require


@transaction.atomic
def publish(*, record_id: int, user: Any, now: datetime) -> ReleaseInfo:
    """Let the signed content of a record go out as a new release.

    `user` None means the scheduler: a person with the right set the moment, the gate is the same.

    Raises what `gate.pass_gate` raises, StepRefused in any other state, organisations.api.NotPermitted.
    """
    state = lock_state(record_id)
    today = office_day(now)
    hat = Hat("")
    if user is not None:
        hat = require(user=user, action=ACTIONS["publish"], org_code=owner_code(state.record), today=today)
    take_step(state, "publish")
    draft = pass_gate(state, now=now)
    moved = state.first_released_at if state.change == MOVED_IN else None
    first = state.release_count == 0 and moved is None
    release, payload = _write_release(draft, state, user=user, now=now)
    _move_record(draft, state, release, now=now)
    record_fact(
        RecordPublished(
            org=draft.record.org_code,
            subject=subject(record_id),
            on=today,
            release_id=release.pk,
            release_sha256=release.sha256,
            content_sha256=release.content_sha256,
            sequence=release.sequence,
            index_number=as_code(payload["index_number"]),
            kind=payload["kind"],
            change=release.change,
            catalogue=as_codes(item["code"] for item in payload["catalogue"]),
            columns=as_codes(payload["columns"]),
            topics=as_codes(payload["topics"]),
            interprets=_subjects(draft.record),
            formed_on=draft.record.formed_date,
            first=first,
            original_on=office_day(moved) if moved else None,
        ),
        actor=actor_of(user, role=hat.role, on_behalf_of=hat.on_behalf_of),
        now=now,
    )
    supersede(release, now=now)
    open_later_review(state, release, now=now)
    note_event_release(state, release, user=user, now=now)
    announce_cleanup(state, release, now=now)
    return release_info(release)


def _write_release(
    draft: Draft, state: RecordState, *, user: Any, now: datetime
) -> tuple[Release, dict[str, Any]]:
    payload = public_payload(content_of(draft.record, state), publication_of(state, now=now))
    release = Release.objects.create(
        record_id=state.record_id,
        org_code=draft.record.org_code,
        kind="publish",
        sequence=state.release_count + 1,
        sha256=digest(payload),
        content_sha256=draft.sha256,
        revision_id=draft.revision_id,
        round=state.round,
        change=state.change,
        change_note=state.change_note,
        published_at=now,
        published_by=user,
    )
    ReleasePayload.objects.create(release=release, text=canonical_text(payload))
    ReleaseFile.objects.bulk_create(
        ReleaseFile(release=release, sha256=sha256) for sha256 in file_digests(raw_body(draft.record))
    )
    return release, payload


def _move_record(draft: Draft, state: RecordState, release: Release, *, now: datetime) -> None:
    """Bring the record's row to what is public and point its state at the release; a trigger moves `live`."""
    names = {f.name for f in Record._meta.concrete_fields if not f.primary_key} - SYSTEM_COLUMNS
    draft.record.save(update_fields=names)
    state.current_release = release
    state.release_count = release.sequence
    state.released_at, state.publish_at, state.waits_for, state.waiting_since = now, None, "", None
    state.first_released_at = state.first_released_at or now
    state.owner_code = owner_code(draft.record)
    state.save()
    Record.objects.filter(pk=state.record_id).update(
        has_unpublished_changes=False,
        live_revision_id=draft.revision_id,
        first_published_at=state.first_released_at,
        last_published_at=now,
        expired=False,
    )
    _rewrite_links(draft.record)


def _rewrite_links(record: Record) -> None:
    wanted = {(target, "interprets") for target in record.interprets}
    wanted |= {(target, "related") for target in record.related}
    wanted |= {(target, name) for name in ("amends", "validity_by") if (target := getattr(record, name))}
    RecordLink.objects.filter(source_id=record.pk).delete()
    known = set(Record.objects.filter(pk__in=[target for target, _ in wanted]).values_list("pk", flat=True))
    RecordLink.objects.bulk_create(
        RecordLink(source_id=record.pk, target_id=target, relation=relation)
        for target, relation in sorted(wanted)
        if target in known
    )


def _subjects(record: Record) -> tuple[Code, ...]:
    return tuple(subject(number) for number in record.interprets)
