"""What a record holds for the public right now (公开内容), with the names its codes have today."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from gongkai.catalogue import api as catalogue
from gongkai.organisations import api as organisations
from gongkai.records.core.canonical import content_digest
from gongkai.records.core.errors import BadInput
from gongkai.records.core.interpretation import kinds_with_plan
from gongkai.records.core.kinds import MOVED_IN
from gongkai.records.core.office_time import office_time
from gongkai.records.core.payload import Content, Named, Publication, public_payload
from gongkai.records.core.stream import (
    BlockNotUnderstood,
    FileFacts,
    file_digests,
    payload_attachments,
    payload_blocks,
)
from gongkai.records.models import (
    InterpretationExemption,
    Record,
    RecordLink,
    RecordState,
    Release,
    StoredFile,
)


@dataclass(frozen=True, slots=True)
class Draft:
    """The newest text of a record with its public form; `sha256` is what signatures are bound to.

    `beside` is what is signed together with it and stays inside: the interpretation plan, or why there is none.
    """

    record: Record
    revision_id: int | None
    payload: dict[str, Any]
    sha256: str
    beside: dict[str, Any] = field(default_factory=dict)


def newest(record: Record) -> Record:
    """Return the record as its newest revision has it."""
    revision = record.latest_revision
    return revision.as_object() if revision else record


class Names:
    """The names that codes have today; asked anew each time."""

    def org(self, code: str) -> Named:
        """Return an organisation with its name."""
        return Named(code, organisations.get_organisation(code=code).name)

    def items(self, org_code: str, codes: Iterable[str]) -> list[Named]:
        """Return catalogue items with their names."""
        return catalogue_names(org_code, codes)


class RememberedNames(Names):
    """Names for one act over many records: each code is asked once."""

    def __init__(self) -> None:
        self._orgs: dict[str, Named] = {}
        self._items: dict[tuple[str, tuple[str, ...]], list[Named]] = {}

    def org(self, code: str) -> Named:
        """Return an organisation with its name."""
        if code not in self._orgs:
            self._orgs[code] = super().org(code)
        return self._orgs[code]

    def items(self, org_code: str, codes: Iterable[str]) -> list[Named]:
        """Return catalogue items with their names."""
        key = (org_code, tuple(codes))
        if key not in self._items:
            self._items[key] = super().items(org_code, key[1])
        return self._items[key]


def draft_of(state: RecordState, record: Record | None = None, names: Names | None = None) -> Draft:
    """Return the newest text of a record, or of the given version of it, as it would go out."""
    stored = record or newest(state.record)
    payload = public_payload(content_of(stored, state, names), None)
    beside = interpretation_beside(stored)
    return Draft(
        record=stored,
        revision_id=stored.latest_revision_id,
        payload=payload,
        sha256=content_digest(payload, change=state.change, change_note=state.change_note, beside=beside),
        beside=beside,
    )


def interpretation_beside(record: Record) -> dict[str, Any]:
    """Return the interpretation plan as it is signed, else the decision that none is needed; empty for most records."""
    if record.interpretation_plan:
        return {"interpretation": {"plan": record.interpretation_plan}}
    if record.kind not in kinds_with_plan():
        return {}
    last = InterpretationExemption.objects.filter(record_id=record.pk).last()
    if last is None:
        return {}
    return {
        "interpretation": {
            "exempt": {"ground": last.ground, "reason": last.reason, "sequence": last.sequence}
        }
    }


def content_of(record: Record, state: RecordState, names: Names | None = None) -> Content:
    """Gather the public content of a record. Raises BadInput when a block or file cannot be read."""
    names = names or Names()
    raw = raw_body(record)
    files = file_facts(file_digests(raw))
    try:
        blocks, attachments = payload_blocks(raw, files), payload_attachments(raw, files)
    except BlockNotUnderstood as error:
        raise BadInput(
            code="block_unreadable", message=str(error), where=str(record), remedy="请修改或删除这一块"
        ) from error
    links = _numbers({*record.interprets, *record.related, record.amends, record.validity_by})
    return Content(
        org=names.org(record.org_code),
        section=names.org(record.section_code) if record.section_code else None,
        index_number=state.index_number,
        path=state.path,
        kind=record.kind,
        title=record.title,
        document_number=record.document_number,
        issuer=record.issuer,
        formed_date=record.formed_date,
        effective_date=record.effective_date,
        expires_date=record.expires_date,
        topic_major=record.topic_major,
        topic_minor=record.topic_minor,
        genre=record.genre,
        keywords=tuple(record.keywords),
        summary=record.summary,
        disclosure=record.disclosure,
        source=record.source,
        author=record.author,
        validity_state=record.validity_state,
        validity_note=record.validity_note,
        validity_by=links.get(record.validity_by),
        catalogue=tuple(names.items(record.org_code, record.catalogue_codes)),
        columns=tuple(record.columns),
        topics=tuple(record.topic_columns),
        blocks=blocks,
        attachments=attachments,
        interprets=tuple(links[number] for number in record.interprets if number in links),
        amends=links.get(record.amends),
        related=tuple(links[number] for number in record.related if number in links),
        migrated=record.migrated,
    )


def publication_of(state: RecordState, *, now: datetime) -> Publication:
    """Return what publication at this moment would add: dates, history, interpretations known now.

    What moves in from an old site bears the moment of its publication there; the release itself tells when it came here.
    """
    moment = office_time(now)
    if state.change == MOVED_IN and state.first_released_at:
        moment = office_time(state.first_released_at)
    past = Release.objects.filter(record_id=state.record_id, kind="publish").order_by("sequence")
    history = [
        {
            "sequence": release.sequence,
            "published_at": office_time(release.published_at).isoformat(),
            "change": release.change,
            "note": release.change_note,
        }
        for release in past
    ]
    history.append(
        {
            "sequence": state.release_count + 1,
            "published_at": moment.isoformat(),
            "change": state.change,
            "note": state.change_note,
        }
    )
    first = office_time(state.first_released_at) if state.first_released_at else moment
    return Publication(
        published_at=moment,
        first_published_at=first,
        history=tuple(history),
        interpreted_by=tuple(interpretations_of(state.record_id)),
    )


def interpretations_of(record_id: int) -> list[str]:
    """Return the index numbers of the live interpretations of a record, oldest first."""
    links = RecordLink.objects.filter(target_id=record_id, relation="interprets", source__live=True)
    return [
        str(n) for n in links.order_by("source_id").values_list("source__status__index_number", flat=True)
    ]


def raw_body(record: Record) -> list[dict[str, Any]]:
    """Return the body as raw blocks."""
    return [{"type": item["type"], "value": item["value"]} for item in record.body.raw_data]


def file_facts(digests: Iterable[str]) -> dict[str, FileFacts]:
    """Return what is known of stored files; unknown or erased ones are left out."""
    wanted = list(digests)
    rows = StoredFile.objects.filter(pk__in=wanted, erased_at__isnull=True) if wanted else ()
    return {
        row.sha256: FileFacts(
            sha256=row.sha256,
            size_bytes=row.size_bytes,
            media_type=row.media_type,
            pages=row.pages,
            text=row.text,
            width=row.width,
            height=row.height,
        )
        for row in rows
    }


def catalogue_names(org_code: str, codes: Iterable[str]) -> list[Named]:
    """Return catalogue items with their names, from the organisation's own catalogue, else from its authority's."""
    wanted = tuple(codes)
    above = organisations.authority_of(code=org_code).code if wanted else org_code
    named = []
    for code in wanted:
        item = catalogue.get_item(org_code=org_code, code=code)
        if item is None and above != org_code:
            item = catalogue.get_item(org_code=above, code=code)
        named.append(Named(code, (item.level2 or item.level1) if item else code))
    return named


def _numbers(record_ids: Iterable[int | None]) -> dict[int | None, str]:
    wanted = [number for number in record_ids if number]
    rows = RecordState.objects.filter(pk__in=wanted, index_number__isnull=False) if wanted else ()
    return {row.record_id: str(row.index_number) for row in rows}
