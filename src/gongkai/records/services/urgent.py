"""Write an emergency release on one screen (突发事件信息): its draft is an ordinary record that goes the emergency chain."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from gongkai.catalogue import api as catalogue
from gongkai.organisations import api as organisations
from gongkai.records.core.errors import BadInput, StepRefused
from gongkai.records.core.first_guess import genre_of_title, topic_of_body
from gongkai.records.core.markup import text_of
from gongkai.records.core.office_time import office_day
from gongkai.records.models import Event, EventRecord, RecordState
from gongkai.records.services.content import newest, raw_body
from gongkai.records.services.create_draft import columns_of_items, create_draft
from gongkai.records.services.edit_draft import edit_draft
from gongkai.records.services.events import lock_event
from gongkai.records.services.import_draft import import_draft
from gongkai.records.services.locking import get_state
from gongkai.records.services.pins import check_until

EMERGENCY_COLUMN = "yjgl"


@dataclass(frozen=True, slots=True)
class Written:
    """The record of an emergency release, and what a file's reader wants looked at."""

    record_id: int
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class UrgentText:
    """What is to be told: a title with text (one paragraph a line), or a file by name and bytes; the catalogue items it serves."""

    title: str = ""
    text: str = ""
    file_name: str = ""
    file_data: bytes = b""
    catalogue_codes: tuple[str, ...] = ()


@transaction.atomic
def write_urgent(
    *,
    event_id: int,
    org_code: str,
    content: UrgentText,
    pin_until: date | None,
    user: Any,
    now: datetime,
) -> Written:
    """Begin a release on an event: the first information, or one that follows it up.

    The draft has the grade of an emergency, stands in the event's topic column and names the event as a keyword, so that the
    leader signs the name too. `pin_until` None means the default of the rule.

    Raises BadInput (also for a file that cannot be read), StepRefused for a closed event, organisations.api.NotPermitted.
    """
    event = lock_event(event_id)
    _require_open(event)
    _require_publisher(event, org_code)
    today = office_day(now)
    until = check_until(pin_until, purpose="emergency", today=today)
    warnings: tuple[str, ...] = ()
    common = {"org_code": org_code, "catalogue_codes": content.catalogue_codes, "user": user, "now": now}
    if content.file_data:
        made = import_draft(
            data=content.file_data,
            name=content.file_name,
            metadata=_metadata(event, content, org_code, today),
            **common,
        )
        record, warnings = made.record, tuple(f"{w.where}：{w.message}" for w in made.warnings[:20])
    else:
        record = create_draft(
            title=_title(content),
            blocks=_paragraphs(content.text),
            metadata=_metadata(event, content, org_code, today),
            **common,
        )
    number = event.links.count() + 1
    EventRecord.objects.create(record_id=record.id, event=event, number=number, pin_until=until)
    return Written(record.id, warnings)


@transaction.atomic
def rewrite_urgent(
    *, record_id: int, version: int, content: UrgentText, pin_until: date | None, user: Any, now: datetime
) -> Written:
    """Save the release again, the text only where it is plain paragraphs. Raises as `write_urgent`, StepRefused when it moved on."""
    link = link_of(record_id)
    _require_open(link.event)
    state = get_state(record_id)
    changes: dict[str, Any] = {}
    if not set(content.catalogue_codes) <= set(newest(state.record).catalogue_codes):
        changes["catalogue_codes"] = content.catalogue_codes
        changes["columns"] = _columns(link.event.org_code, content.catalogue_codes)
    if content.title.strip():
        changes["title"] = content.title
    if plain_text_of(state) is not None:
        changes["blocks"] = _paragraphs(content.text)
    saved = edit_draft(record_id=record_id, version=version, changes=changes, user=user, now=now)
    if saved.kept_apart:
        raise StepRefused(
            code="draft_moved",
            message="这条信息刚被别人保存，或已送审；您写的还没有保存",
            where=str(link.record),
            remedy="您写的还在页面上；请另开一页核对别人的改动，再保存就以您的为准",
        )
    if pin_until is not None:
        link.pin_until = check_until(pin_until, purpose="emergency", today=office_day(now))
        link.save(update_fields=["pin_until"])
    return Written(record_id)


def link_of(record_id: int) -> EventRecord:
    """Return the link of a record to its event. Raises BadInput for a record of no event."""
    link = EventRecord.objects.select_related("event", "record").filter(record_id=record_id).first()
    if link is None:
        raise BadInput(
            code="no_event",
            message="这条信息不是突发事件信息",
            where=f"信息 {record_id}",
            remedy="请从信息列表打开",
        )
    return link


def plain_text_of(state: RecordState) -> str | None:
    """Return the body as lines when it is nothing but paragraphs without marks, None for anything richer."""
    lines = []
    for block in raw_body(newest(state.record)):
        inner = str(block["value"]).removeprefix("<p>").removesuffix("</p>")
        if block["type"] != "paragraph" or "<" in inner:
            return None
        lines.append(text_of(inner))
    return "\n".join(lines)


def default_items(org_code: str) -> tuple[str, ...]:
    """Return the first catalogue item of the emergency column, so that nobody has to look for it in a hurry."""
    above = organisations.authority_of(code=org_code).code
    codes = [i.code for i in catalogue.list_items(org_code=above) if i.column == EMERGENCY_COLUMN]
    return tuple(codes[:1])


def _metadata(event: Event, content: UrgentText, org_code: str, today: date) -> dict[str, Any]:
    body = organisations.authority_of(code=org_code).name
    values: dict[str, Any] = {
        "kind": "emergency",
        "grade": "emergency",
        "topics": [event.topic_code],
        "keywords": [event.name],
        "topic": topic_of_body(body) or {},
        "columns": _columns(event.org_code, content.catalogue_codes),
    }
    if not content.file_data:
        values |= {"formed_date": today, "genre": genre_of_title(content.title) or ""}
    return values


def _columns(org_code: str, codes: tuple[str, ...]) -> list[str]:
    """Return the columns of the chosen items; the emergency column where nothing leads to one."""
    columns = columns_of_items(org_code, codes)
    above = organisations.authority_of(code=org_code).code
    known = {column.code for column in catalogue.list_columns(org_code=above)}
    return columns or [code for code in (EMERGENCY_COLUMN,) if code in known]


def _title(content: UrgentText) -> str:
    if not content.title.strip():
        raise BadInput(
            code="title_missing",
            message="没有写标题，也没有放文件",
            where="标题",
            remedy="请写标题和正文，或放一个 Word 文件",
        )
    return content.title


def _paragraphs(text: str) -> list[dict[str, Any]]:
    return [{"type": "paragraph", "text": line.strip()} for line in text.splitlines() if line.strip()]


def _require_publisher(event: Event, org_code: str) -> None:
    org = organisations.get_organisation(code=org_code)
    publisher = organisations.authority_of(code=org_code).code if org.kind == "section" else org_code
    if publisher != event.org_code:
        raise BadInput(
            code="event_foreign",
            message="这个事件由另一个单位发布",
            where="责任单位",
            remedy="请选择该事件发布单位的科室",
        )


def _require_open(event: Event) -> None:
    if event.closed_at is not None:
        raise StepRefused(
            code="event_closed",
            message="这个事件已经办结，不能再发续报",
            where=str(event),
            remedy="有新情况的，请登记为新的事件",
        )
