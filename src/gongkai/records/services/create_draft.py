"""Begin a record (新建草稿): by hand, from a file, by paste or by command."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from gongkai.catalogue import api as catalogue
from gongkai.journal.api import record_fact
from gongkai.organisations import api as organisations
from gongkai.records.core.errors import BadInput
from gongkai.records.core.info import RecordInfo
from gongkai.records.core.kinds import DISCLOSURE, GRADES, KINDS, TITLE_MAX_CHARACTERS, VALIDITY
from gongkai.records.core.office_time import office_day
from gongkai.records.core.stream import BlockNotUnderstood, raw_blocks
from gongkai.records.facts import RecordDrafted
from gongkai.records.models import Record, RecordState
from gongkai.records.selectors_events import event_topics
from gongkai.records.services.info import record_info
from gongkai.records.services.locking import actor_of, owner_code, subject
from gongkai.records.services.permissions import require
from gongkai.records.services.save_draft import note_saved

_TEXTS = (
    "document_number", "issuer", "genre", "disclosure_reason", "source", "author", "summary", "validity_note",
)  # fmt: skip
_DAYS = ("formed_date", "effective_date", "expires_date")
_CHOICES = {"kind": KINDS, "grade": GRADES, "disclosure": DISCLOSURE, "validity_state": VALIDITY}
_LISTS = ("keywords", "columns", "topics", "interprets", "related")
_PLAIN = ("amends", "validity_by", "migrated", "section_code")


@transaction.atomic
def create_draft(
    *,
    org_code: str,
    catalogue_codes: Iterable[str],
    title: str,
    blocks: Iterable[Mapping[str, Any]],
    metadata: Mapping[str, Any],
    user: Any,
    now: datetime,
    origin: str = "form",
) -> RecordInfo:
    """Make a draft and keep its first revision.

    `org_code` is an authority or institution, or a section (then its authority publishes and the section is in charge).
    `blocks` are payload blocks (docs/architecture.md), attachments as `{"type": "attachment", "sha256", "name"}`.
    `metadata` may hold kind, grade, document_number, issuer, formed_date, effective_date, expires_date (dates or ISO
    texts), topic {major, minor}, genre, keywords, summary, disclosure, disclosure_reason, source, author, columns,
    topics, interprets and related (record ids), amends, validity_state, validity_note, validity_by, section_code,
    migrated {url, published_at}; anything else is refused. `origin` is form, file, paste or command.

    Raises:
        BadInput: an unknown key, code or value; a title of over 500 characters.
        organisations.api.NotPermitted: the user may not draft there.
    """
    today = office_day(now)
    publisher, section = _place(org_code, metadata.get("section_code"))
    require(user=user, action="create", org_code=section or publisher, today=today)
    codes = check_catalogue_codes(publisher, catalogue_codes)
    record = Record(
        org_code=publisher,
        title=plain_title(title),
        body=_body(blocks, title),
        catalogue_codes=codes,
        created_at=now,
        created_by=user,
        **metadata_fields(metadata, publisher),
    )
    record.section_code = section
    if not record.issuer:
        record.issuer = organisations.get_organisation(code=publisher).name
    if not record.source:
        record.source = organisations.get_organisation(code=publisher).name
    record.save()
    state = RecordState.objects.create(record=record, owner_code=owner_code(record))
    revision = record.save_revision(user=user, clean=False)
    note_saved(state, record, user=user, now=now)
    record_fact(
        RecordDrafted(
            org=record.org_code,
            subject=subject(record.pk),
            on=today,
            kind=record.kind,
            origin=origin,
            catalogue=tuple(codes),
            formed_on=record.formed_date,
        ),
        actor=actor_of(user),
        now=now,
    )
    record.latest_revision = revision
    return record_info(record, state)


def check_catalogue_codes(org_code: str, codes: Iterable[str]) -> list[str]:
    """Return the codes, each once, after checking that the catalogue knows them. Raises BadInput."""
    above = organisations.authority_of(code=org_code).code
    unique = list(dict.fromkeys(codes))
    for code in unique:
        known = catalogue.get_item(org_code=org_code, code=code) or catalogue.get_item(
            org_code=above, code=code
        )
        if known is None:
            raise _bad("catalogue_unknown", f"公开目录里没有事项“{code}”", "公开目录事项", "请从目录中选择")
    return unique


def columns_of_items(org_code: str, codes: Iterable[str]) -> list[str]:
    """Return the columns that the chosen catalogue items belong to, as far as the site has them, each once."""
    above = organisations.authority_of(code=org_code).code
    known = {column.code for column in catalogue.list_columns(org_code=above)}
    items = (catalogue.get_item(org_code=above, code=code) for code in codes)
    return list(dict.fromkeys(item.column for item in items if item is not None and item.column in known))


def _place(org_code: str, section_code: str | None) -> tuple[str, str]:
    org = organisations.get_organisation(code=org_code)
    if org.kind == "section":
        return organisations.authority_of(code=org_code).code, org_code
    if section_code:
        section = organisations.get_organisation(code=section_code)
        if org.code not in section.path.strip("/").split("/"):
            raise _bad(
                "section_foreign", f"“{section.name}”不属于“{org.name}”", "责任科室", "请重新选择责任科室"
            )
    return org_code, section_code or ""


def plain_title(title: str) -> str:
    """Return a title with single spaces. Raises BadInput over the limit."""
    plain = " ".join(title.split())
    if len(plain) > TITLE_MAX_CHARACTERS:
        raise _bad(
            "title_too_long",
            f"标题有 {len(plain)} 个字，超过 {TITLE_MAX_CHARACTERS} 个字",
            "标题",
            "请缩短标题，其余内容移入正文",
        )
    return plain


def _body(blocks: Iterable[Mapping[str, Any]], where: str) -> str:
    try:
        return json.dumps(raw_blocks(blocks), ensure_ascii=False)
    except (BlockNotUnderstood, KeyError, TypeError, ValueError) as error:
        raise _bad("blocks_unreadable", f"正文无法读取：{error}", where[:60], "请检查正文各块") from error


def metadata_fields(metadata: Mapping[str, Any], org_code: str) -> dict[str, Any]:
    """Return the stored fields for metadata, checked; what is not named is empty. Raises BadInput."""
    known = {*_TEXTS, *_DAYS, *_CHOICES, *_LISTS, *_PLAIN, "topic"}
    unknown = set(metadata) - known
    if unknown:
        raise _bad(
            "metadata_unknown", f"不认识的元数据：{'、'.join(sorted(unknown))}", "元数据", "请删除或改正"
        )
    fields: dict[str, Any] = {name: str(metadata.get(name) or "") for name in _TEXTS}
    fields |= {name: _day(metadata.get(name), name) for name in _DAYS}
    for name, choices in _CHOICES.items():
        if (value := metadata.get(name)) is not None:
            if value not in choices:
                raise _bad("choice_unknown", f"{name} 不能是“{value}”", name, f"可选：{'、'.join(choices)}")
            fields[name] = value
    fields |= {_field_name(name): list(metadata.get(name) or []) for name in _LISTS}
    fields |= {name: metadata.get(name) for name in ("amends", "validity_by", "migrated")}
    topic = metadata.get("topic") or {}
    fields["topic_major"], fields["topic_minor"] = topic.get("major") or "", topic.get("minor") or ""
    _check_columns(org_code, [*fields["columns"], *fields["topic_columns"]])
    return fields


def _field_name(name: str) -> str:
    return "topic_columns" if name == "topics" else name


def _check_columns(org_code: str, codes: Iterable[str]) -> None:
    wanted = set(codes)
    if wanted:
        above = organisations.authority_of(code=org_code).code
        known = {c.code for c in catalogue.list_columns(org_code=above)} | set(event_topics(org_code))
        if missing := sorted(wanted - known):
            raise _bad("column_unknown", f"没有栏目“{'、'.join(missing)}”", "栏目", "请从栏目表中选择")


def _day(value: Any, name: str) -> date | None:
    if value is None or value == "":
        return None
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise _bad("date_unreadable", f"{name} 不是日期：{value}", name, "请写成 2026-01-31 的形式") from None


def _bad(code: str, message: str, where: str, remedy: str) -> BadInput:
    return BadInput(code=code, message=message, where=where, remedy=remedy)
