"""Import an edition of the catalogue (导入目录): all rows or none."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from gongkai.catalogue.core.catalogue_files import read_table
from gongkai.catalogue.core.item_rows import ItemRow, RowProblem, read_rows
from gongkai.catalogue.facts import CatalogueImported
from gongkai.catalogue.models import CatalogueItem, CatalogueVersion
from gongkai.catalogue.services.ensure_columns import ensure_columns
from gongkai.journal.api import Actor, record_fact


class CatalogueImportRefused(ValueError):
    """The file holds rows that cannot be taken; `problems` names each. Nothing was stored."""

    def __init__(self, problems: Sequence[RowProblem]) -> None:
        self.problems = tuple(problems)
        first = "；".join(str(problem) for problem in self.problems[:3])
        super().__init__(f"目录文件有 {len(self.problems)} 处问题，没有导入：{first}")


@dataclass(frozen=True, slots=True)
class ImportPreview:
    """What an import would change: codes added, dropped and changed against the current edition."""

    rows: tuple[ItemRow, ...]
    problems: tuple[RowProblem, ...]
    added: tuple[str, ...]
    dropped: tuple[str, ...]
    changed: tuple[str, ...]
    counts_by_class: dict[str, int]


def preview_import(*, org_code: str, name: str, data: bytes) -> ImportPreview:
    """Read a catalogue file and compare it with the edition in force, without storing anything."""
    read = read_rows(read_table(name=name, data=data))
    current = current_version(org_code)
    old = {item.code: item.level2 for item in current.items.all()} if current else {}
    new = {row.code: row.level2 for row in read.rows}
    counts: dict[str, int] = {}
    for row in read.rows:
        counts[row.class_code] = counts.get(row.class_code, 0) + 1
    return ImportPreview(
        rows=tuple(read.rows),
        problems=tuple(read.problems),
        added=tuple(code for code in new if code not in old),
        dropped=tuple(code for code in old if code not in new),
        changed=tuple(code for code in new if code in old and old[code] != new[code]),
        counts_by_class=dict(sorted(counts.items())),
    )


def current_version(org_code: str) -> CatalogueVersion | None:
    """Return the edition in force, None when the authority has none."""
    return CatalogueVersion.objects.filter(org_code=org_code, in_force_to__isnull=True).first()


def import_catalogue(
    *,
    org_code: str,
    files: Sequence[tuple[str, bytes]],
    actor: Actor,
    today: date,
    now: datetime,
    version_name: str = "政务公开标准目录",
    own_columns: bool = True,
) -> CatalogueVersion:
    """Make the rows of one or more files the authority's new edition; owners and settings of kept codes carry over.

    A body without a site of its own (`own_columns` false) publishes into the columns of the authority above it.

    Raises CatalogueImportRefused (nothing stored) and CatalogueFileUnreadable.
    """
    table = [row for name, data in files for row in read_table(name=name, data=data)]
    read = read_rows(table)
    if read.problems or not read.rows:
        raise CatalogueImportRefused(read.problems or [RowProblem(1, "表头", "文件里没有任何事项")])
    digest = hashlib.sha256(b"".join(data for _, data in files)).hexdigest()
    with transaction.atomic():
        if own_columns:
            ensure_columns(org_code=org_code)
        previous = (
            CatalogueVersion.objects.select_for_update()
            .filter(org_code=org_code, in_force_to__isnull=True)
            .first()
        )
        kept = {item.code: item for item in previous.items.all()} if previous else {}
        number = 1 + (CatalogueVersion.objects.filter(org_code=org_code).count())
        if previous:
            previous.in_force_to = max(previous.in_force_from, today - timedelta(days=1))
            previous.save(update_fields=["in_force_to"])
        version = CatalogueVersion.objects.create(
            org_code=org_code, number=number, name=version_name, source_file="、".join(name for name, _ in files)[:255],
            source_sha256=digest, in_force_from=today, imported_at=now,
        )  # fmt: skip
        CatalogueItem.objects.bulk_create(
            [_item(version, position, row, kept.get(row.code)) for position, row in enumerate(read.rows)],
            batch_size=500,
        )
        record_fact(
            CatalogueImported(
                org=org_code, subject=f"catalogue:{org_code}:{number}", on=today, version=number,
                items=len(read.rows), source_sha256=digest,
            ),
            actor=actor,
            now=now,
        )  # fmt: skip
    return version


def _item(
    version: CatalogueVersion, position: int, row: ItemRow, kept: CatalogueItem | None
) -> CatalogueItem:
    return CatalogueItem(
        version=version, position=position, code=row.code, official_code=row.official_code, class_code=row.class_code,
        level1=row.level1, level2=row.level2, elements=list(row.elements), result_fields=list(row.result_fields),
        basis=row.basis, limit_text=row.limit_text or _limit_text(row.limit_working_days),
        limit_working_days=row.limit_working_days, result_limit_text=row.result_limit_text,
        result_limit_working_days=row.result_limit_working_days, discloser=row.discloser, channels=list(row.channels),
        audience=row.audience, mode=row.mode, tier=row.tier, openings=list(row.openings), column=row.column,
        cadence_days=row.cadence_days if row.cadence_days is not None else (kept.cadence_days if kept else None),
        owner_code=row.owner or (kept.owner_code if kept else ""),
        not_applicable_reason=kept.not_applicable_reason if kept else "",
        note=row.note, confidence=row.confidence, elements_confidence=row.elements_confidence, source=row.source,
    )  # fmt: skip


def _limit_text(days: int | None) -> str:
    return f"信息形成或者变更之日起{days}个工作日内" if days else ""
