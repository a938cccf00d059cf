"""Filling a database with public records in bulk, for measuring (批量造数): what `publish` writes, a few hundred records in a transaction.

Every record has its revision, number, state, release, payload and the facts of its draft and its release, so that the journal and
the tables agree and a backup, an export or an import of such a home is a real one. Signatures and findings are left out: nobody
reviewed these texts, and the back-scan meets them as released under rules that are gone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F, OuterRef, Subquery

from gongkai.journal.api import SYSTEM, record_facts
from gongkai.organisations import api as organisations
from gongkai.records.core.canonical import canonical_text, content_digest, digest
from gongkai.records.core.fact_values import as_code, as_codes
from gongkai.records.core.office_time import office_day, office_time
from gongkai.records.core.payload import Publication, public_payload
from gongkai.records.core.stream import file_digests, raw_blocks
from gongkai.records.facts import RecordDrafted, RecordPublished
from gongkai.records.models import (
    Author,
    Record,
    RecordState,
    Release,
    ReleaseFile,
    ReleasePayload,
    StoredFile,
)
from gongkai.records.models.files import storage_name
from gongkai.records.services.content import RememberedNames, content_of, raw_body
from gongkai.records.services.files import file_rule_version
from gongkai.records.services.locking import owner_code, subject
from gongkai.records.services.moved_in import keep_first_revisions
from gongkai.records.services.numbering import reserve_numbers

Text = Mapping[str, Any]
"""One record to make: `title`, `blocks` (payload blocks), `fields` (columns of `Record`, taken as they are) and the moment `published_at`."""


@transaction.atomic
def release_in_bulk(
    *, org_code: str, texts: Sequence[Text], user: Any, names: RememberedNames | None = None
) -> list[int]:
    """Make public records of these texts, in order; returns their numbers. `names` is what one filling remembers."""
    records = _records(org_code, texts, user)
    states = _states(org_code, records, texts, user)
    releases, payloads = _releases(records, states, texts, user, names or RememberedNames())
    ids = [record.pk for record in records]
    own = Release.objects.filter(record_id=OuterRef("record_id"))
    # The database lets a state begin without a release only, as in life.
    RecordState.objects.filter(pk__in=ids).update(
        state="released", current_release_id=Subquery(own.values("pk")[:1]), release_count=1
    )
    first = RecordState.objects.filter(pk=OuterRef("pk")).values("first_released_at")[:1]
    Record.objects.filter(pk__in=ids).update(
        has_unpublished_changes=False,
        live_revision_id=F("latest_revision_id"),
        first_published_at=Subquery(first),
        last_published_at=Subquery(first),
    )
    _tell(records, releases, payloads)
    return ids


def _records(org_code: str, texts: Sequence[Text], user: Any) -> list[Record]:
    name = organisations.get_organisation(code=org_code).name
    records = []
    for text in texts:
        record = Record(
            org_code=org_code, title=text["title"], issuer=name, source=name, created_at=text["published_at"], created_by=user,
            body=json.dumps(raw_blocks(text["blocks"]), ensure_ascii=False), **text["fields"],
        )  # fmt: skip
        records.append(record)
    Record.objects.bulk_create(records)
    keep_first_revisions(records, user, texts[0]["published_at"])
    Author.objects.bulk_create(Author(record=record, user=user, epoch=0) for record in records)
    return records


def _states(org_code: str, records: Sequence[Record], texts: Sequence[Text], user: Any) -> list[RecordState]:
    moments = [text["published_at"] for text in texts]
    numbers = reserve_numbers(org_code=org_code, days=[(office_day(moment), "") for moment in moments])
    states = [
        RecordState(
            record=record, owner_code=owner_code(record), version=1, index_number=number.index_number, path=number.path,
            index_prefix=number.prefix, index_year=number.year, index_serial=number.serial, editor=user, saved_at=moment,
            first_released_at=moment, released_at=moment,
        )
        for record, number, moment in zip(records, numbers, moments, strict=True)
    ]  # fmt: skip
    RecordState.objects.bulk_create(states)
    return states


def _releases(
    records: Sequence[Record],
    states: Sequence[RecordState],
    texts: Sequence[Text],
    user: Any,
    names: RememberedNames,
) -> tuple[list[Release], list[dict[str, Any]]]:
    payloads, releases = [], []
    for record, state, text in zip(records, states, texts, strict=True):
        content = content_of(record, state, names)
        payload = public_payload(content, _publication(text["published_at"]))
        payloads.append(payload)
        releases.append(
            Release(
                record=record, org_code=record.org_code, kind="publish", sequence=1, sha256=digest(payload), change="first",
                content_sha256=content_digest(payload, change="first", change_note=""), revision_id=record.latest_revision_id,
                published_at=text["published_at"], published_by=user,
            )
        )  # fmt: skip
    Release.objects.bulk_create(releases)
    ReleasePayload.objects.bulk_create(
        ReleasePayload(release=release, text=canonical_text(payload))
        for release, payload in zip(releases, payloads, strict=True)
    )
    ReleaseFile.objects.bulk_create(
        ReleaseFile(release=release, sha256=sha256)
        for release, record in zip(releases, records, strict=True)
        for sha256 in file_digests(raw_body(record))
    )
    return releases, payloads


def _publication(moment: datetime) -> Publication:
    at = office_time(moment)
    history = {"sequence": 1, "published_at": at.isoformat(), "change": "first", "note": ""}
    return Publication(published_at=at, first_published_at=at, history=(history,))


def _tell(records: Sequence[Record], releases: Sequence[Release], payloads: Sequence[dict[str, Any]]) -> None:
    facts: list[RecordDrafted | RecordPublished] = []
    for record, release, payload in zip(records, releases, payloads, strict=True):
        about: dict[str, Any] = {
            "org": record.org_code, "subject": subject(record.pk), "on": office_day(release.published_at),
            "catalogue": as_codes(record.catalogue_codes), "formed_on": record.formed_date,
        }  # fmt: skip
        facts.append(RecordDrafted(**about, kind=record.kind, origin="sample"))
        facts.append(
            RecordPublished(
                **about, release_id=release.pk, release_sha256=release.sha256, content_sha256=release.content_sha256,
                sequence=1, index_number=as_code(payload["index_number"]), kind=record.kind, change="first", first=True,
                columns=as_codes(payload["columns"]), topics=as_codes(payload["topics"]),
            )
        )  # fmt: skip
    record_facts(facts, actor=SYSTEM, now=releases[-1].published_at)


def keep_tables(*, tables: Mapping[str, bytes], now: datetime) -> dict[str, str]:
    """Keep tables (CSV, by name) as attachments of texts to come, as if checked and found harmless; returns the digest of each name."""
    digests = {name: sha256(data).hexdigest() for name, data in tables.items()}
    for name, data in tables.items():
        default_storage.save(storage_name(digests[name]), ContentFile(data))
    StoredFile.objects.bulk_create(
        StoredFile(
            sha256=digests[name], size_bytes=len(data), media_type="text/csv", original_name=name, text=data.decode(),
            rule_version=file_rule_version(), stored_at=now,
        )
        for name, data in tables.items()
    )  # fmt: skip
    return digests
