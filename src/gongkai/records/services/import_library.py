"""Enter superior documents into the policy library (录入上级文件): a table of numbers, issuers, dates and addresses becomes relayed drafts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any

from django.db import transaction

from gongkai.importing.api import Unreadable, as_day, read_table
from gongkai.organisations import api as organisations
from gongkai.records.core.errors import BadInput, RecordError
from gongkai.records.core.kinds import GENRES, VALIDITY
from gongkai.records.models import RecordState
from gongkai.records.services.create_draft import create_draft

HEADS = ("标题", "发文字号", "发文机关", "成文日期", "施行日期", "失效日期", "有效性", "原文网址")
_NEEDED = ("标题", "发文机关", "成文日期", "原文网址")
_MOST_ROWS = 500


@dataclass(frozen=True, slots=True)
class LibraryImport:
    """What became of a table: drafts made, rows that are there already, rows refused with the reason (row numbers from 2)."""

    made: tuple[int, ...]
    already: tuple[int, ...]
    refused: tuple[tuple[int, str], ...]


def import_library(*, data: bytes, name: str, org_code: str, user: Any, now: datetime) -> LibraryImport:
    """Make a relayed draft for each row; what this organisation holds under the same number and issuer is left alone.

    A row names its own issuer, which must not be ours, and the address (https) of the original; the draft goes through the
    short review for relayed documents. Raises BadInput for a table that cannot be read or lacks a column.
    """
    made, already, refused = [], [], []
    for place, row in enumerate(_rows(data, name), 2):
        try:
            with transaction.atomic():
                values = _checked(row, org_code)
                if _is_there(values, org_code):
                    already.append(place)
                    continue
                made.append(_draft(values, org_code, user, now))
        except RecordError as error:
            refused.append((place, f"{error.where}：{error.message}，{error.remedy}"))
    return LibraryImport(tuple(made), tuple(already), tuple(refused))


def _rows(data: bytes, name: str) -> list[dict[str, Any]]:
    try:
        table = read_table(data, name=name)
        rows = [dict(zip(table.headers, row.cells, strict=False)) for row in table.rows]
    except Unreadable as error:
        raise BadInput(
            code="table_unreadable", message=error.message, where=name, remedy=error.remedy
        ) from error
    if missing := [head for head in _NEEDED if head not in table.headers]:
        raise _bad(
            "column_missing", f"表里没有“{'、'.join(missing)}”这一列", name, f"表头应为：{'、'.join(HEADS)}"
        )
    if len(rows) > _MOST_ROWS:
        raise _bad("too_many_rows", f"有 {len(rows)} 行，超过 {_MOST_ROWS} 行", name, "请分成几个文件")
    return rows


def _checked(row: Mapping[str, Any], org_code: str) -> dict[str, Any]:
    texts = {head: str(row.get(head) or "").strip() for head in HEADS}
    for head in _NEEDED:
        if not texts[head]:
            raise _bad("cell_empty", "没有填写", head, "请补上")
    if not texts["原文网址"].startswith("https://"):
        raise _bad("address_unsafe", "不是 https 网址", "原文网址", "请填发文机关网站上原文的 https 网址")
    above = organisations.authority_of(code=org_code)
    own = (organisations.get_organisation(code=org_code), above)
    if texts["发文机关"] in {name for org in own for name in (org.name, org.short_name)}:
        raise _bad("issuer_own", "发文机关是本单位", "发文机关", "本单位的文件请按一般信息起草")
    states = {label: state for state, label in VALIDITY.items()}
    if texts["有效性"] and texts["有效性"] not in states:
        raise _bad("validity_unknown", f"没有“{texts['有效性']}”", "有效性", f"可选：{'、'.join(states)}")
    days = {head: as_day(row.get(head)) for head in ("成文日期", "施行日期", "失效日期")}
    for head, day in days.items():
        if texts[head] and day is None:
            raise _bad("date_unreadable", f"“{texts[head]}”不是日期", head, "请写成 2026-01-31 的形式")
    return {**texts, **days, "有效性": states.get(texts["有效性"], "valid")}


def _is_there(values: Mapping[str, Any], org_code: str) -> bool:
    org = organisations.get_organisation(code=org_code)
    publisher = organisations.authority_of(code=org_code).code if org.kind == "section" else org_code
    same = RecordState.objects.filter(record__org_code=publisher, record__issuer=values["发文机关"]).exclude(
        state__in=("discarded", "withdrawn")
    )
    if values["发文字号"]:
        return same.filter(record__document_number=values["发文字号"]).exists()
    return same.filter(record__title=values["标题"]).exists()


def _draft(values: Mapping[str, Any], org_code: str, user: Any, now: datetime) -> int:
    address = escape(values["原文网址"], quote=True)
    note = "" if values["有效性"] == "valid" else "按发文机关公布的情况标注"
    return create_draft(
        org_code=org_code,
        catalogue_codes=(),
        title=values["标题"],
        blocks=[
            {
                "type": "paragraph",
                "html": f'{escape(values["发文机关"])}文件，原文见：<a href="{address}">{address}</a>',
            }
        ],
        metadata={
            "kind": "policy",
            "grade": "relayed",
            "issuer": values["发文机关"],
            "source": values["发文机关"],
            "document_number": values["发文字号"],
            "genre": next((genre for genre in GENRES if values["标题"].endswith(genre)), ""),
            "formed_date": values["成文日期"],
            "effective_date": values["施行日期"],
            "expires_date": values["失效日期"],
            "validity_state": values["有效性"],
            "validity_note": note,
        },
        user=user,
        now=now,
        origin="file",
    ).id


def _bad(code: str, message: str, where: str, remedy: str) -> BadInput:
    return BadInput(code=code, message=message, where=where, remedy=remedy)
