"""Staging (读取并建草稿): list, read, number, draft; each chunk is one transaction, so that a killed run goes on where it was."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import F

from gongkai.organisations import api as organisations
from gongkai.project.moving.core.mapping import read_mapping
from gongkai.project.moving.core.problems import KEEPS_BACK, Problem
from gongkai.project.moving.drafting import draft_chunk
from gongkai.project.moving.folder import Folder, NotRead
from gongkai.project.moving.models import ItemState, MovedItem, MoveIn, MoveState
from gongkai.project.moving.reader_processes import read_all
from gongkai.project.moving.reading import WORD_MOST, ReadingDesk, ReadItem
from gongkai.project.moving.sources import (
    Found,
    list_addresses,
    list_manifest,
    list_mirror,
    list_table,
    prefix_of,
)
from gongkai.project.moving.summary import close_staging
from gongkai.project.moving.telling import chunks, key_digest, tell_problems, write_back
from gongkai.records import api as records

LISTED_AT_ONCE, READ_AT_ONCE, NUMBERED_AT_ONCE, DRAFTED_AT_ONCE = 1000, 100, 2000, 200
#: problems of items that were read; the others are told anew by each run
OF_READ_ITEMS = KEEPS_BACK | {"script_link", "plain_http", "dead_link", "number_taken"}
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a move reads from. `kind` is mirror, table or manifest; `addresses` is a list of the mirror's addresses to take."""

    kind: str
    site: str
    folder: Path | None = None
    table: Path | None = None
    addresses: Path | None = None
    mapping: str = ""

    @property
    def place(self) -> str:
        """Return what names the source: the same source again is the same move."""
        return " ".join(str(p.resolve()) for p in (self.table, self.folder, self.addresses) if p)[-500:]


def open_move(*, source: Source, org_code: str, user: Any, now: datetime) -> MoveIn:
    """Return the move of this source that is still being read or drafted, else a new one. Raises NotPermitted."""
    today = records.office_day(now)
    organisations.require(user=user, action="import", kind="record", org_code=org_code, today=today)
    with transaction.atomic():
        move = (
            MoveIn.objects.select_for_update()
            .filter(org_code=org_code, site=source.site, source_kind=source.kind, source_place=source.place)
            .filter(state__in=[MoveState.STAGING, MoveState.STAGED])
            .first()
        )
        if move is None:
            move = MoveIn(
                org_code=org_code, site=source.site, source_kind=source.kind, source_place=source.place,
                started_by=user, started_at=now,
            )  # fmt: skip
        elif move.state == MoveState.STAGED:
            _begin_again(move)
        move.settings_text, move.state, move.is_listed = source.mapping, MoveState.STAGING, False
        move.save()
    return move


def stage(
    *,
    move: MoveIn,
    source: Source,
    user: Any,
    now: datetime,
    workers: int = 0,
    progress: Progress | None = None,
) -> MoveIn:
    """Read a source to its end and make drafts of what was read. Nothing is published; one bad item never stops the rest.

    Runs again after any interruption: what is listed, read, numbered or drafted stays so. `progress(step, done, of)`.

    Raises SourceRefused for a source that cannot be taken at all.
    """
    told = progress or (lambda step, done, of: None)
    mapping = read_mapping(source.mapping, "对照表")
    folder = Folder(source.folder) if source.folder else None
    try:
        _list(move, source, folder, told)
        desk = ReadingDesk(
            site=source.site,
            kind=source.kind,
            mapping=mapping,
            folder=folder,
            prefix=prefix_of(folder, source.site) if folder and source.kind == "mirror" else "",
            context=records.moving_context(
                org_code=organisations.authority_of(code=move.org_code).code, now=now
            ),
            own_name=organisations.authority_of(code=move.org_code).name,
            now=now,
        )
        _read(move, desk, workers, now, told)
        _number(move, told)
        _draft(move, user, now, told)
    finally:
        if folder:
            folder.close()
    return close_staging(move=move, user=user, now=now)


def _begin_again(move: MoveIn) -> None:
    """Let what could not be read, and what was discarded since, be read again; other drafts and what was told of them stay."""
    drafted = move.items.filter(state=ItemState.DRAFTED)
    numbers = [int(number) for number in drafted.values_list("record_id", flat=True) if number]
    gone = [number for number, state in records.states_of(record_ids=numbers).items() if state == "discarded"]
    for chunk in chunks(gone, 500):
        again = move.items.filter(record_id__in=chunk)
        for places in chunks(list(again.values_list("place", flat=True)), 500):
            move.problems.filter(place__in=places).delete()
        again.update(
            state=ItemState.FOUND,
            record_id=None,
            is_clean=False,
            severity="",
            content_sha256="",
            path="",
            note="",
        )
    move.items.filter(state__in=[ItemState.UNREAD, ItemState.LEFT_OUT]).update(state=ItemState.FOUND)
    move.problems.exclude(code__in=OF_READ_ITEMS).delete()


def _list(move: MoveIn, source: Source, folder: Folder | None, told: Progress) -> None:
    if move.is_listed:
        return
    done = 0
    for chunk in chunks(_listing(source, folder), LISTED_AT_ONCE):
        with transaction.atomic():
            found = {key_digest(move, one.key): one for one in chunk if isinstance(one, Found)}
            known = dict(
                MovedItem.objects.filter(key_sha256__in=list(found)).values_list("key_sha256", "move_id")
            )
            MovedItem.objects.bulk_create(
                MovedItem(
                    move=move, key=one.key, key_sha256=digest, place=one.place,
                    content={"row": one.row} if one.row else None,
                )
                for digest, one in found.items()
                if digest not in known
            )  # fmt: skip
            elsewhere = [
                Problem(one.place, "moved_before")
                for d, one in found.items()
                if known.get(d, move.pk) != move.pk
            ]
            tell_problems(move, [*(one for one in chunk if isinstance(one, Problem)), *elsewhere])
        done += len(chunk)
        told("列出", done, done)
    MoveIn.objects.filter(pk=move.pk).update(is_listed=True)
    move.is_listed = True


def _listing(source: Source, folder: Folder | None) -> Iterator[Found | Problem]:
    mapping = read_mapping(source.mapping, "对照表")
    if source.kind == "table" and source.table:
        return list_table(source.table, source.site, mapping)
    if source.kind == "manifest" and source.table and folder:
        return list_manifest(folder, source.table, source.site, mapping)
    if folder is None:
        raise ValueError("镜像没有文件夹")
    return (
        list_addresses(folder, source.site, source.addresses)
        if source.addresses
        else list_mirror(folder, source.site)
    )


def _read(move: MoveIn, desk: ReadingDesk, workers: int, now: datetime, told: Progress) -> None:
    waiting = MovedItem.objects.filter(move=move, state=ItemState.FOUND).order_by("pk")
    numbers = list(waiting.values_list("pk", flat=True))
    of, done, rows = len(numbers), 0, _rows_of(numbers)
    for chunk in chunks(read_all(desk, rows, workers), READ_AT_ONCE):
        for _, place, item in chunk:
            if item.content is not None:
                _keep_files(desk, item, place, now)
        with transaction.atomic():
            _write_read(move, chunk)
        done += len(chunk)
        told("读取", done, of)


def _rows_of(numbers: list[int]) -> Iterator[tuple[int, str, str, dict[str, Any]]]:
    for some in chunks(numbers, 500):
        for item in MovedItem.objects.filter(pk__in=some).order_by("pk"):
            yield item.pk, item.key, item.place, (item.content or {}).get("row") or {}


def _write_read(move: MoveIn, chunk: Iterable[tuple[int, str, ReadItem]]) -> None:
    read = {pk: (place, item) for pk, place, item in chunk}
    rows = list(MovedItem.objects.select_for_update().filter(pk__in=read, state=ItemState.FOUND))
    problems: list[Problem] = []
    for row in rows:
        _, item = read[row.pk]
        said = (row.content or {}).get("row")
        row.state, row.title = item.state, item.title
        row.content = {**(item.content or {}), "row": said} if item.content or said else None
        row.published_at, row.formed_date = item.published_at, item.formed_date
        row.kept_number, row.source_sha256 = item.kept_number, item.source_sha256
        problems += item.problems
    write_back(
        rows, ["state", "title", "content", "published_at", "formed_date", "kept_number", "source_sha256"]
    )
    tell_problems(move, problems)


def _keep_files(desk: ReadingDesk, item: ReadItem, place: str, now: datetime) -> None:
    """Store the files and pictures of an item; what is refused keeps the item back, and a picture leaves its words."""
    content = item.content or {}
    kept = []
    for one in content["files"]:
        if digest := _store(desk, one["place"], one["name"], None, item, place, now):
            kept.append({**one, "sha256": digest})
    content["files"] = kept
    for number, block in enumerate(content["blocks"]):
        if block["type"] != "image":
            continue
        data = item.blobs.get(block.get("blob", ""))
        digest = _store(desk, block.get("place", ""), block["alt"] or "图片", data, item, place, now)
        if digest:
            content["blocks"][number] = {
                "type": "image",
                "sha256": digest,
                "alt": block["alt"],
                "caption": "",
            }
        else:
            content["blocks"][number] = {"type": "paragraph", "text": block["alt"] or "（图片没有迁入）"}
    content["kept_back"] = sorted({one.code for one in item.problems})


def _store(
    desk: ReadingDesk,
    file_place: str,
    name: str,
    data: bytes | None,
    item: ReadItem,
    place: str,
    now: datetime,
) -> str:
    try:
        if data is None:
            if desk.folder is None:
                return ""
            data = desk.folder.read(desk.folder.find(file_place), most=WORD_MOST)
        stored = records.store_file(stream=io.BytesIO(data), name=name, now=now)
    except NotRead as refused:
        item.problems.append(refused.problem)
    except records.RecordError as error:
        item.problems.append(Problem(place, "attachment_refused", f"{name[:80]}：{error.message}"[:300]))
    else:
        if stored.sha256 == sha256(data).hexdigest():
            return str(stored.sha256)
        item.problems.append(Problem(place, "changed_meanwhile", name[:80]))
    item.problems.append(Problem(place, "attachment_missing", name[:120]))
    return ""


def _number(move: MoveIn, told: Progress) -> None:
    """Give numbers in order of the old dates, so that serials run as the years did."""
    waiting = MovedItem.objects.filter(move=move, state=ItemState.READ)
    of, done = waiting.count(), 0
    while True:
        with transaction.atomic():
            rows = list(
                waiting.select_for_update()
                .defer("content")
                .order_by(F("published_at").asc(nulls_last=True), "key_sha256")[:NUMBERED_AT_ONCE]
            )
            if not rows:
                return
            days = [(_day_of(row, move), row.kept_number) for row in rows]
            org = (
                organisations.authority_of(code=move.org_code)
                if _is_section(move)
                else organisations.get_organisation(code=move.org_code)
            )
            given = records.reserve_numbers(org_code=org.code, days=days)
            for row, number in zip(rows, given, strict=True):
                row.state, row.index_number, row.path = ItemState.NUMBERED, number.index_number, number.path
                row.index_prefix, row.index_year, row.index_serial = number.prefix, number.year, number.serial
            write_back(rows, ["state", "index_number", "path", "index_prefix", "index_year", "index_serial"])
            taken = [row for row in rows if row.kept_number and row.kept_number != row.index_number]
            tell_problems(move, [Problem(row.place, "number_taken", row.kept_number) for row in taken])
        done += len(rows)
        told("编号", done, of)


def _is_section(move: MoveIn) -> bool:
    return organisations.get_organisation(code=move.org_code).kind == "section"


def _day_of(row: MovedItem, move: MoveIn) -> date:
    moment = row.published_at or None
    return records.office_day(moment) if moment else row.formed_date or records.office_day(move.started_at)


def _draft(move: MoveIn, user: Any, now: datetime, told: Progress) -> None:
    waiting = MovedItem.objects.filter(move=move, state=ItemState.NUMBERED)
    of, done = waiting.count(), 0
    while True:
        ids = list(waiting.order_by("pk").values_list("pk", flat=True)[:DRAFTED_AT_ONCE])
        if not ids:
            return
        draft_chunk(move=move, item_ids=ids, user=user, now=now)
        done += len(ids)
        told("建草稿", done, of)
