"""Take the weights of an indicator table from a spreadsheet (导入分值): points, or percent of the parent."""

from __future__ import annotations

import copy
import re
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from django.db import transaction

from gongkai.importing import api as importing
from gongkai.supervision.core.indicator_system import SystemInvalid, WeightLine, absolute_weights
from gongkai.supervision.errors import SupervisionRefused
from gongkai.supervision.models import IndicatorSystem
from gongkai.supervision.services.rights import acting

HEADS = {
    "id": ("编号", "指标编号", "序号"),
    "name": ("指标", "名称", "指标名称"),
    "depth": ("层级", "级别"),
    "weight": ("分值", "权重", "占比"),
}
_NUMBER = re.compile(r"[\d.]+")


@transaction.atomic
def import_weights(
    *, system_id: int, name: str, data: bytes, user: object | None, today: date, now: datetime
) -> int:
    """Set the weights of a draft from a table with 编号、名称、层级 (1, 2, 3 …)、分值; return how many leaves changed.

    Weights may be points or percent of the parent, also mixed by branch. Raises SupervisionRefused with everything wrong.
    """
    system = (
        IndicatorSystem.objects.select_for_update().filter(pk=system_id, state=IndicatorSystem.DRAFT).first()
    )
    if system is None:
        raise SupervisionRefused("not_draft", "只有修改中的版本可以导入分值", remedy="请先新建一个版本")
    acting(user=user, action="manage", org_code=system.org_code, today=today)
    try:
        table = importing.read_table(data, name=name)
    except importing.Unreadable as unreadable:
        raise SupervisionRefused(
            "unreadable", unreadable.message, where=name, remedy=unreadable.remedy
        ) from unreadable
    ids, lines = _lines(table)
    try:
        points = absolute_weights(lines)
    except SystemInvalid as error:
        raise SupervisionRefused("bad_weights", str(error), where=name, remedy="请核对各级分值") from error
    content = copy.deepcopy(system.content)
    rows = {row["id"]: row for row in content["indicators"]}
    unknown = [ids[line] for line in points if ids[line] not in rows]
    if unknown:
        raise SupervisionRefused(
            "unknown",
            f"没有编号为 {'、'.join(unknown[:5])} 的指标",
            where=name,
            remedy="请核对编号，或先在页面上新建",
        )
    changed = 0
    for line, value in points.items():
        row, settled = rows[ids[line]], f"{value.normalize():f}"
        changed += Decimal(str(row["weight"])) != value
        row["weight"] = settled
    system.content, system.changed_at = content, now
    system.save(update_fields=["content", "changed_at"])
    return changed


def _lines(table: importing.TableRead) -> tuple[dict[int, str], list[WeightLine]]:
    places = {}
    for key, words in HEADS.items():
        found = [n for n, head in enumerate(table.headers) if head.strip() in words]
        if not found:
            raise SupervisionRefused(
                "no_column", f"表里没有“{words[0]}”一列", remedy="请用“编号、名称、层级、分值”四列"
            )
        places[key] = found[0]
    ids: dict[int, str] = {}
    lines = []
    for row in table.rows:
        cells = ["" if c is None else str(c).strip() for c in row.cells]
        depth, weight = (_NUMBER.search(cells[places[key]]) for key in ("depth", "weight"))
        try:
            if depth is None or weight is None:
                raise InvalidOperation
            value = Decimal(weight.group())
            lines.append(WeightLine(int(float(depth.group())), cells[places["name"]], value, row.number))
        except (InvalidOperation, ValueError) as error:
            raise SupervisionRefused(
                "bad_line", "层级或分值不是数", where=f"第 {row.number} 行", remedy="请填写数字"
            ) from error
        ids[row.number] = cells[places["id"]]
    return ids, lines
