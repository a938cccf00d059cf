"""Drafts of what was public on an old site (原网站迁移), many at once: staged like any draft, checked like any draft."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import CharField, OuterRef, Subquery
from django.db.models.functions import Cast
from wagtail.models import Revision

from gongkai.catalogue import api as catalogue
from gongkai.guard import api as guard
from gongkai.journal.api import record_facts
from gongkai.kernel.findings import Finding
from gongkai.organisations import api as organisations
from gongkai.records.core.errors import BadInput
from gongkai.records.core.fact_values import as_codes
from gongkai.records.core.first_guess import genre_of_title, kind_of_title, topic_of_body
from gongkai.records.core.kinds import MOVED_IN
from gongkai.records.core.office_time import office_day
from gongkai.records.core.stream import FileFacts, file_digests, payload_blocks, raw_blocks
from gongkai.records.facts import RecordDrafted
from gongkai.records.models import Author, Record, RecordState
from gongkai.records.services.checking import (
    concerns,
    context_of,
    file_findings,
    finding_key,
    guard_parts,
    metadata_findings,
    standing,
    store_checked,
)
from gongkai.records.services.content import RememberedNames, draft_of
from gongkai.records.services.create_draft import check_catalogue_codes, metadata_fields, plain_title
from gongkai.records.services.locking import actor_of, owner_code, subject
from gongkai.records.services.numbering import Number
from gongkai.records.services.permissions import require

_TEXTS = ("document_number", "summary", "author", "source")


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedDraft:
    """One item of the old site. `metadata` as in `create_draft` without columns; `found` is what `look_over` returned."""

    title: str
    blocks: Sequence[Mapping[str, Any]]
    metadata: Mapping[str, Any]
    catalogue_codes: Sequence[str]
    columns: Sequence[str]
    url: str
    files: Mapping[str, str]
    first_published_at: datetime | None
    number: Number
    found: Sequence[tuple[str, Finding]]


@dataclass(frozen=True, slots=True)
class Staged:
    """What became of it: `clean` tells that nothing stands in the way of publication; `found` counts findings by detector."""

    record_id: int
    content_sha256: str
    revision_id: int
    severity: str
    clean: bool
    found: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FirstGuess:
    """What a title and the name of the body make evident."""

    kind: str | None
    genre: str | None
    topic: tuple[str, str]


def first_guess(*, title: str, body_name: str) -> FirstGuess:
    """Return the kind, genre and topic that a draft with this title would begin with."""
    topic = topic_of_body(body_name) or {}
    return FirstGuess(
        kind_of_title(title), genre_of_title(title), (topic.get("major", ""), topic.get("minor", ""))
    )


def moving_context(*, org_code: str, now: datetime) -> guard.Context:
    """Return what `look_over` is told; read once and handed to the processes that look."""
    return context_of(org_code, office_day(now))


def look_over(
    *,
    title: str,
    blocks: Sequence[Mapping[str, Any]],
    metadata: Mapping[str, Any],
    file_names: Sequence[str],
    context: guard.Context,
) -> list[tuple[str, Finding]]:
    """Check a text without any database and return its findings with the keys that they will be stored under.

    Raises BadInput when a block is none.
    """
    try:
        raw = raw_blocks(block for block in blocks if block["type"] != "attachment")
        files = {digest: FileFacts(digest, 0, "") for digest in file_digests(raw)}
        payload: dict[str, Any] = {name: metadata.get(name) or "" for name in _TEXTS}
        payload |= {"title": title, "blocks": payload_blocks(raw, files)}
    except (KeyError, TypeError, ValueError) as error:
        raise BadInput(
            code="blocks_unreadable",
            message=f"正文无法读取：{error}",
            where=title[:60],
            remedy="请检查原文件",
        ) from error
    payload["attachments"] = [{"name": name} for name in file_names]
    parts = guard_parts(payload)
    texts = {part.name: part.text for part in parts}
    found = guard.check(guard.Document(tuple(parts)), replace(context, attachment_names=tuple(file_names)))
    return [(finding_key(finding, texts.get(finding.part, "")), finding) for finding in found]


@transaction.atomic
def stage_moved(*, org_code: str, drafts: Sequence[MovedDraft], user: Any, now: datetime) -> list[Staged]:
    """Make drafts of items of an old site, in order, with their numbers, first revisions and findings; nothing goes out.

    `org_code` as in `create_draft`. A text without the moment of its old publication is kept as a draft with a finding.

    Raises BadInput (unknown column, catalogue item or value), organisations.api.NotPermitted.
    """
    organisation = organisations.get_organisation(code=org_code)
    publisher = organisations.authority_of(code=org_code) if organisation.kind == "section" else organisation
    section = org_code if organisation.kind == "section" else ""
    today = office_day(now)
    require(user=user, action="import", org_code=section or publisher.code, today=today)
    _check_codes(publisher.code, drafts)
    records = Record.objects.bulk_create(
        [_record(draft, publisher.code, publisher.name, section, user, now) for draft in drafts]
    )
    keep_first_revisions(records, user, now)
    states = [_state(draft, record, user, now) for draft, record in zip(drafts, records, strict=True)]
    RecordState.objects.bulk_create(states)
    Author.objects.bulk_create(Author(record=record, user=user, epoch=0) for record in records)
    names, checked, staged = RememberedNames(), [], []
    for moved, record, state in zip(drafts, records, states, strict=True):
        draft = draft_of(state, record, names)
        other = [*metadata_findings(draft, state, today), *file_findings(draft)]
        keyed = [*moved.found, *((finding_key(one, ""), one) for one in other)]
        keyed.sort(key=lambda pair: pair[1].severity.rank)
        checked.append((draft, keyed))
        open_ones = standing(concerns(record.pk, keyed, waived=()), "publish")
        worst = keyed[0][1].severity.value if keyed else ""
        counts: dict[str, int] = {}
        for _, finding in keyed:
            name = f"{finding.severity.value} {finding.detector}"
            counts[name] = counts.get(name, 0) + 1
        staged.append(
            Staged(record.pk, draft.sha256, record.latest_revision_id, worst, not open_ones, counts)
        )
    store_checked(checked, now=now)
    record_facts(
        [
            RecordDrafted(
                org=record.org_code, subject=subject(record.pk), on=today, kind=record.kind, origin="moved",
                catalogue=as_codes(record.catalogue_codes), formed_on=record.formed_date,
            )
            for record in records
        ],
        actor=actor_of(user),
        now=now,
    )  # fmt: skip
    return staged


def _check_codes(org_code: str, drafts: Sequence[MovedDraft]) -> None:
    check_catalogue_codes(org_code, sorted({code for draft in drafts for code in draft.catalogue_codes}))
    known = {c.code for c in catalogue.list_columns(org_code=organisations.authority_of(code=org_code).code)}
    if missing := {code for draft in drafts for code in draft.columns} - known:
        raise BadInput(
            code="column_unknown",
            message=f"没有栏目“{'、'.join(sorted(missing))}”",
            where="栏目",
            remedy="请在对照表里改成现有的栏目代码",
        )


def _record(draft: MovedDraft, publisher: str, name: str, section: str, user: Any, now: datetime) -> Record:
    fields = metadata_fields(draft.metadata, publisher)
    fields["columns"] = list(draft.columns)
    moved: dict[str, Any] = {"url": draft.url, "published_at": None}
    if draft.first_published_at:
        moved["published_at"] = draft.first_published_at.isoformat()
    if draft.files:
        moved["files"] = [{"url": url, "sha256": digest} for url, digest in sorted(draft.files.items())]
    record = Record(
        org_code=publisher,
        section_code=section,
        title=plain_title(draft.title),
        body=json.dumps(raw_blocks(draft.blocks), ensure_ascii=False),
        catalogue_codes=list(draft.catalogue_codes),
        created_at=now,
        created_by=user,
        has_unpublished_changes=True,
        **{**fields, "migrated": moved},
    )
    record.issuer = record.issuer or name
    record.source = record.source or name
    return record


def _state(draft: MovedDraft, record: Record, user: Any, now: datetime) -> RecordState:
    number = draft.number
    return RecordState(
        record=record,
        owner_code=owner_code(record),
        version=1,
        change=MOVED_IN,
        index_number=number.index_number,
        index_prefix=number.prefix,
        index_year=number.year,
        index_serial=number.serial,
        path=number.path,
        first_released_at=draft.first_published_at,
        editor=user,
        saved_at=now,
    )


def keep_first_revisions(records: Sequence[Record], user: Any, now: datetime) -> None:
    """Give each record the first revision of its text, in one go."""
    kind = ContentType.objects.get_for_model(Record, for_concrete_model=False)
    revisions = Revision.objects.bulk_create(
        [
            Revision(
                content_type=kind,
                base_content_type=kind,
                object_id=str(record.pk),
                created_at=now,
                user=user,
                object_str=str(record),
                content=record.serializable_data(),
            )
            for record in records
        ]
    )
    for record, revision in zip(records, revisions, strict=True):
        record.latest_revision = revision
    own = Revision.objects.filter(base_content_type=kind, object_id=Cast(OuterRef("pk"), CharField()))
    Record.objects.filter(pk__in=[record.pk for record in records]).update(
        latest_revision_id=Subquery(own.values("pk")[:1])
    )
