"""Making drafts of numbered items (建草稿): links lead to the new pages, findings are stored, facts are written."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from gongkai.project.moving.core.addresses import absolute, readings, relative_link
from gongkai.project.moving.core.pieces import with_links
from gongkai.project.moving.core.problems import KEEPS_BACK, Problem
from gongkai.project.moving.models import ItemState, MovedItem, MoveIn
from gongkai.project.moving.telling import key_digest, tell_problems, write_back
from gongkai.records import api as records


def draft_chunk(*, move: MoveIn, item_ids: Sequence[int], user: Any, now: datetime) -> None:
    """Make drafts of these items in one transaction; when one of them is refused, each is tried on its own."""
    try:
        _draft(move, item_ids, user, now)
    except records.RecordError as error:
        if len(item_ids) > 1:
            for number in item_ids:
                draft_chunk(move=move, item_ids=[number], user=user, now=now)
            return
        _set_aside(move, item_ids[0], error)


@transaction.atomic
def _draft(move: MoveIn, item_ids: Sequence[int], user: Any, now: datetime) -> None:
    rows = list(
        MovedItem.objects.select_for_update().filter(pk__in=item_ids, state=ItemState.NUMBERED).order_by("pk")
    )
    paths = _paths_of_links(move, rows)
    problems: list[Problem] = []
    drafts = [_as_draft(move, row, paths, problems) for row in rows]
    staged = records.stage_moved(org_code=move.org_code, drafts=drafts, user=user, now=now)
    for row, made in zip(rows, staged, strict=True):
        kept_back = KEEPS_BACK & set((row.content or {}).get("kept_back", ()))
        row.state, row.record_id, row.content_sha256 = ItemState.DRAFTED, made.record_id, made.content_sha256
        row.severity, row.is_clean = made.severity, made.clean and not kept_back
        row.content = {
            "found": made.found,
            "kept_back": sorted(kept_back),
            "row": (row.content or {}).get("row"),
        }
    write_back(rows, ["state", "record_id", "content_sha256", "severity", "is_clean", "content"])
    tell_problems(move, problems)


def _as_draft(
    move: MoveIn, row: MovedItem, paths: dict[str, str], problems: list[Problem]
) -> records.MovedDraft:
    content = row.content or {}
    dead = 0

    def address(number: int) -> str | None:
        nonlocal dead
        where, target = content["links"].get(str(number), ("", ""))
        if where in ("https", "mail"):
            return str(target)
        for reading in readings(target) if where == "own" else ():
            if path := paths.get(reading):
                return relative_link(row.path, path)
        dead += 1
        return None

    blocks = [with_links(block, address) for block in content["blocks"]]
    blocks += [{"type": "attachment", "sha256": f["sha256"], "name": f["name"]} for f in content["files"]]
    if dead:
        problems.append(Problem(row.place, "dead_link", f"{dead} 处"))
    moment = row.published_at
    return records.MovedDraft(
        title=row.title,
        blocks=blocks,
        metadata=content["metadata"],
        catalogue_codes=content["catalogue"],
        columns=content["columns"],
        url=absolute(move.site, row.key) if row.key.startswith("/") else "",
        files={
            absolute(move.site, f["key"]): f["sha256"] for f in content["files"] if f["key"].startswith("/")
        },
        first_published_at=records.office_time(moment) if moment else None,
        number=records.Number(
            row.index_number, row.path, row.index_prefix, row.index_year or 0, row.index_serial or 0
        ),
        found=[(key, records.finding_from_json(item)) for key, item in content["found"]],
    )


def _paths_of_links(move: MoveIn, rows: Sequence[MovedItem]) -> dict[str, str]:
    """Return the new path of every old address that these items link to, as far as it moves in."""
    wanted = {
        key_digest(move, reading): reading
        for row in rows
        for where, target in (row.content or {}).get("links", {}).values()
        if where == "own"
        for reading in readings(target)
    }
    found: dict[str, str] = {}
    digests = list(wanted)
    for start in range(0, len(digests), 500):
        rows_there = MovedItem.objects.filter(key_sha256__in=digests[start : start + 500]).exclude(path="")
        found |= {wanted[digest]: path for digest, path in rows_there.values_list("key_sha256", "path")}
    return found


@transaction.atomic
def _set_aside(move: MoveIn, item_id: int, error: records.RecordError) -> None:
    row = MovedItem.objects.select_for_update().get(pk=item_id)
    row.state, row.note = ItemState.UNREAD, f"{error.message}（{error.where}）"[:300]
    row.save(update_fields=["state", "note"])
    tell_problems(move, [Problem(row.place, "not_staged", f"{error.message}；{error.remedy}"[:300])])
