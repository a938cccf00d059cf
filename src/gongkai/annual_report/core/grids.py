"""The official tables as grids of words (官方表格): the same for page and Word file. Equal neighbours are one merged cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gongkai.annual_report.core.formats import ReportFormat


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: `rows` of words, how many are heads, how many columns are labels; `addresses` names the cell of a number."""

    caption: str
    rows: tuple[tuple[str, ...], ...]
    addresses: tuple[tuple[str | None, ...], ...]
    head_rows: int
    head_columns: int


def official_grids(form: ReportFormat, printed: Mapping[str, str]) -> dict[str, list[Grid]]:
    """Return the tables by section id: t2 (one for each item of Art. 20), t3, t4."""
    return {"t2": [_section2(form, t.id, printed) for t in form.section2], "t3": [_section3(form, printed)], "t4": [_section4(form, printed)]}  # fmt: skip


def _section2(form: ReportFormat, table_id: str, printed: Mapping[str, str]) -> Grid:
    table = next(t for t in form.section2 if t.id == table_id)
    rows: list[tuple[str, ...]] = [("信息内容", *(c.label for c in table.columns))]
    addresses: list[tuple[str | None, ...]] = [(None,) * (1 + len(table.columns))]
    for row in table.rows:
        names = [f"{table.id}.{row.id}.{column.id}" for column in table.columns]
        rows.append((row.label, *(printed[name] for name in names)))
        addresses.append((None, *names))
    return Grid(table.caption, tuple(rows), tuple(addresses), 1, 1)


def _section3(form: ReportFormat, printed: Mapping[str, str]) -> Grid:
    corner = (form.corner_note,) * 3
    organisations = [a for a in form.applicants if a.is_organisation]
    heads = [
        (*corner, *("申请人情况",) * len(form.applicants)),
        (*corner, *("法人或其他组织" if a in organisations else a.label for a in form.applicants)),
        (*corner, *(a.label for a in form.applicants)),
    ]
    labels = {row.id: row.label for row in form.section3}
    results = labels.get("results", "")
    rows: list[tuple[str, ...]] = list(heads)
    addresses: list[tuple[str | None, ...]] = [(None,) * len(heads[0])] * 3
    for row in form.section3:
        if row.is_heading:
            continue
        lead = (row.label,) * 3
        if row.parent == "results":
            lead = (results, row.label, row.label)
        elif row.parent:
            lead = (results, labels[row.parent], row.label)
        names = [f"t3.{row.id}.{applicant.id}" for applicant in form.applicants]
        rows.append((*lead, *(printed[name] for name in names)))
        addresses.append((None, None, None, *names))
    return Grid("收到和处理政府信息公开申请情况（单位：件）", tuple(rows), tuple(addresses), 3, 3)


def _section4(form: ReportFormat, printed: Mapping[str, str]) -> Grid:
    labels = {group.id: group.label for group in form.section4_groups}
    groups = [g for g in form.section4_groups if not g.is_heading]
    width = len(form.section4_columns)
    names = [f"t4.{g.id}.{c.id}" for g in groups for c in form.section4_columns]
    rows = (
        tuple(labels[g.parent] if g.parent else g.label for g in groups for _ in range(width)),
        tuple(g.label for g in groups for _ in range(width)),
        tuple(c.label for _ in groups for c in form.section4_columns),
        tuple(printed[name] for name in names),
    )
    blank: tuple[str | None, ...] = (None,) * len(names)
    return Grid(
        "政府信息公开行政复议、行政诉讼情况（单位：件）", rows, (blank, blank, blank, tuple(names)), 3, 0
    )


@dataclass(frozen=True, slots=True)
class Merged:
    """A cell after merging: place, extent, words, cell address of a number, whether it is a head."""

    row: int
    column: int
    rows: int
    columns: int
    text: str
    address: str | None
    is_head: bool


def merged(grid: Grid) -> list[list[Merged]]:
    """Return the cells of each row with equal label neighbours joined, to the right first, then downwards."""
    height, width = len(grid.rows), len(grid.rows[0])
    taken: set[tuple[int, int]] = set()
    table: list[list[Merged]] = []
    for r in range(height):
        line = []
        for c in range(width):
            if (r, c) in taken:
                continue
            text, address = grid.rows[r][c], grid.addresses[r][c]
            across = down = 1
            if address is None:
                while (
                    c + across < width
                    and grid.rows[r][c + across] == text
                    and grid.addresses[r][c + across] is None
                    and (r, c + across) not in taken
                ):
                    across += 1
                while r + down < height and all(
                    grid.rows[r + down][c + k] == text and grid.addresses[r + down][c + k] is None
                    for k in range(across)
                ):
                    down += 1
            taken |= {(r + i, c + k) for i in range(down) for k in range(across)}
            is_head = address is None
            line.append(Merged(r, c, down, across, text, address, is_head))
        table.append(line)
    return table
