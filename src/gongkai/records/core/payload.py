"""Assembling what the public may see (公开载荷): pure values in, plain JSON out. The shape is in docs/architecture.md."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from gongkai.records.core.canonical import clean_text

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Named:
    """A code with the name it had when the payload was made."""

    code: str
    name: str

    def as_json(self) -> dict[str, str]:
        """Return both as plain JSON."""
        return {"code": self.code, "name": self.name}


@dataclass(frozen=True, slots=True)
class Content:
    """Everything of a record that the public may see, except what publication adds."""

    org: Named
    section: Named | None
    index_number: str | None
    path: str | None
    kind: str
    title: str
    document_number: str | None
    issuer: str
    formed_date: date | None
    effective_date: date | None
    expires_date: date | None
    topic_major: str
    topic_minor: str
    genre: str | None
    keywords: tuple[str, ...]
    summary: str
    disclosure: str
    source: str
    author: str | None
    validity_state: str
    validity_note: str
    validity_by: str | None
    catalogue: tuple[Named, ...]
    columns: tuple[str, ...]
    topics: tuple[str, ...]
    blocks: Sequence[Mapping[str, Any]]
    attachments: Sequence[Mapping[str, Any]]
    interprets: tuple[str, ...]
    amends: str | None
    related: tuple[str, ...]
    migrated: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Publication:
    """What publication adds: moments with offset, versions so far, and the interpretations known at that moment."""

    published_at: datetime
    first_published_at: datetime
    history: tuple[Mapping[str, Any], ...] = ()
    interpreted_by: tuple[str, ...] = field(default=())


def public_payload(content: Content, publication: Publication | None) -> dict[str, Any]:
    """Return the payload; without `publication` its moments are None and its history is empty (not yet published)."""
    return {
        "schema": SCHEMA,
        "org": content.org.as_json(),
        "section": content.section.as_json() if content.section else None,
        "index_number": content.index_number,
        "path": content.path,
        "kind": content.kind,
        "title": clean_text(content.title).strip(),
        "document_number": content.document_number or None,
        "issuer": content.issuer,
        "formed_date": _iso(content.formed_date),
        "published_at": publication.published_at.isoformat() if publication else None,
        "first_published_at": publication.first_published_at.isoformat() if publication else None,
        "effective_date": _iso(content.effective_date),
        "expires_date": _iso(content.expires_date),
        "topic": {"major": content.topic_major, "minor": content.topic_minor},
        "genre": content.genre or None,
        "keywords": list(content.keywords),
        "summary": clean_text(content.summary).strip(),
        "disclosure": content.disclosure,
        "source": content.source,
        "author": content.author or None,
        "validity": {
            "state": content.validity_state,
            "note": content.validity_note,
            "by": content.validity_by,
        },
        "catalogue": [item.as_json() for item in content.catalogue],
        "columns": list(content.columns),
        "topics": list(content.topics),
        "blocks": [dict(block) for block in content.blocks],
        "attachments": [dict(attachment) for attachment in content.attachments],
        "interprets": list(content.interprets),
        "interpreted_by": list(publication.interpreted_by) if publication else [],
        "amends": content.amends,
        "related": list(content.related),
        "history": [dict(version) for version in publication.history] if publication else [],
        "migrated": dict(content.migrated) if content.migrated else None,
    }


def tombstone(
    *,
    last: Mapping[str, Any],
    reason_code: str,
    reason: str,
    withdrawn_at: datetime,
    by: Named,
    replaced_by: str | None,
) -> dict[str, Any]:
    """Return what stands in place of a withdrawn page: where it was and why it went, never its content."""
    return {
        "schema": SCHEMA,
        "withdrawn": True,
        "org": last["org"],
        "index_number": last["index_number"],
        "path": last["path"],
        "title": None,
        "reason_code": reason_code,
        "reason": reason,
        "withdrawn_at": withdrawn_at.isoformat(),
        "by": by.as_json(),
        "replaced_by": replaced_by,
        "columns": list(last["columns"]),
        "catalogue": list(last["catalogue"]),
        "topics": list(last["topics"]),
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
