"""Erase what must not even be kept (清除内容): payload, files and texts go, hashes and facts stay."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction
from wagtail.models import Revision

from gongkai.journal.api import entries, record_fact
from gongkai.records.core.errors import StepRefused
from gongkai.records.core.office_time import office_day
from gongkai.records.core.withdrawal import withdrawal_reason
from gongkai.records.facts import PayloadErased
from gongkai.records.models import Record, Release, ReleaseFile, ReleasePayload, StoredFile, StoredFinding
from gongkai.records.models.files import storage_name
from gongkai.records.services.locking import actor_of, lock_state, owner_code, subject, take_step
from gongkai.records.services.permissions import ACTIONS, require

ERASED_TITLE = "（内容已清除）"
_BLANK: dict[str, Any] = {
    "title": ERASED_TITLE,
    "document_number": "",
    "issuer": "",
    "author": "",
    "source": "",
    "summary": "",
    "keywords": [],
    "disclosure_reason": "",
    "validity_note": "",
    "migrated": None,
}


@transaction.atomic
def erase(*, record_id: int, user: Any, now: datetime) -> tuple[int, ...]:
    """Erase every published payload of a withdrawn record, its drafts, and files no other record uses.

    Returns the ids of the releases whose payload went. Raises StepRefused unless the record was withdrawn for a reason
    that allows it, organisations.api.NotPermitted.
    """
    state = lock_state(record_id)
    today = office_day(now)
    hat = require(user=user, action=ACTIONS["erase"], org_code=owner_code(state.record), today=today)
    take_step(state, "erase")
    last = state.current_release
    if last is None or not withdrawal_reason(last.reason_code).allows_erasure:
        raise StepRefused(
            code="erasure_not_allowed",
            message="这次撤回的原因不允许清除内容",
            where=str(state.record),
            remedy="只有因个人信息、商业秘密或不宜公开而撤回的可以清除",
        )
    releases = list(Release.objects.filter(record_id=record_id, kind="publish", stored_payload__isnull=False))
    files = {
        release.pk: tuple(release.files.order_by("sha256").values_list("sha256", flat=True))
        for release in releases
    }
    erase_texts(state.record)
    _erase_payloads(releases)
    erase_files({sha256 for group in files.values() for sha256 in group}, record_id, now)
    for release in releases:
        record_fact(
            PayloadErased(
                org=release.org_code,
                subject=subject(record_id),
                on=today,
                release_id=release.pk,
                release_sha256=release.sha256,
                files=files[release.pk],
                reason=last.reason_code,
            ),
            actor=actor_of(user, role=hat.role, on_behalf_of=hat.on_behalf_of),
            now=now,
        )
    return tuple(release.pk for release in releases)


@transaction.atomic
def replay_erasures(*, now: datetime) -> int:
    """Erase again what a restore brought back: every erasure the journal knows. Returns how many payloads went."""
    count = 0
    for entry in entries(names=("records.PayloadErased",)):
        payloads = ReleasePayload.objects.filter(pk=entry.body["release_id"])
        if payloads.exists():
            record = Record.objects.get(pk=int(entry.subject.removeprefix("record:")))
            erase_texts(record)
            payloads.delete()
            erase_files(set(entry.body["files"]), record.pk, now)
            count += 1
    return count


def erase_texts(record: Record) -> None:
    """Blank the row of a record; its versions and findings go. The public title is replaced by a word that says so."""
    Record.objects.filter(pk=record.pk).update(
        **_BLANK, body="[]", latest_revision=None, live_revision=None, has_unpublished_changes=False
    )
    Revision.objects.for_instance(record).delete()
    StoredFinding.objects.filter(run__record_id=record.pk).delete()


def _erase_payloads(releases: Iterable[Release]) -> None:
    ReleasePayload.objects.filter(pk__in=[release.pk for release in releases]).delete()


def erase_files(digests: set[str], record_id: int, now: datetime) -> None:
    """Remove files that no other record's release or draft uses; the bytes go after commit."""
    elsewhere = set(
        ReleaseFile.objects.filter(sha256__in=digests, release__stored_payload__isnull=False)
        .exclude(release__record_id=record_id)
        .values_list("sha256", flat=True)
    )
    going = sorted(digests - elsewhere - _in_other_drafts(digests, record_id))
    StoredFile.objects.filter(pk__in=going).update(
        text="", findings=[], original_name=ERASED_TITLE, erased_at=now
    )
    transaction.on_commit(lambda: [default_storage.delete(storage_name(sha256)) for sha256 in going])


def _in_other_drafts(digests: set[str], record_id: int) -> set[str]:
    used: set[str] = set()
    for digest in digests:
        others = Revision.objects.filter(content__body__icontains=digest).exclude(object_id=str(record_id))
        if others.filter(base_content_type=Record.get_base_content_type()).exists():
            used.add(digest)
    return used
