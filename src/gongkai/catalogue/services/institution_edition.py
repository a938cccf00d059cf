"""Give a health institution the catalogue of its type (按机构类型带入目录): an edition of its own, from the institution catalogue."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime

from gongkai.catalogue.core.institution_items import institution_groups, items_for
from gongkai.catalogue.models import CatalogueVersion
from gongkai.catalogue.services.import_catalogue import CatalogueImportRefused, RowProblem, import_catalogue
from gongkai.journal.api import Actor
from gongkai.organisations import api as organisations

CLASS_CODE = "30"
HEADS = (
    "编号",
    "类别代码",
    "一级事项",
    "二级事项",
    "公开内容",
    "公开依据",
    "公开时限",
    "公开主体",
    "confidence",
    "来源",
)


def institution_table(institution_type: str, *, name: str, on: date) -> bytes:
    """Return the items that bind a type on a day as a catalogue file. Raises KeyError for an unknown type."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(HEADS)
    for row in items_for(institution_type, on=on):
        numbered = row["item"].startswith("第") or row["item"] == row["group"]
        title = row["content"].partition(":")[0] if numbered else row["item"]
        writer.writerow(
            (
                row["row_id"], CLASS_CODE, f"{row['info_class']}·{row['group']}" if row["group"] != row["info_class"] else row["group"],
                title, row["content"], row["doc"], row["time_limit"], name, row["confidence"], row["source"],
            )
        )  # fmt: skip
    return stream.getvalue().encode()


def adopt_institution_items(*, org_code: str, actor: Actor, today: date, now: datetime) -> CatalogueVersion:
    """Make the items of its type the institution's new edition; owners and settings of kept items carry over.

    Raises CatalogueImportRefused for anything that is no institution of a known type.
    """
    info = organisations.get_organisation(code=org_code)
    if info.kind != "institution" or info.institution_type not in institution_groups():
        raise CatalogueImportRefused(
            [
                RowProblem(
                    1, "机构类型", f"“{info.name}”没有登记为九类医疗卫生机构之一；请系统管理员核对机构类型"
                )
            ]
        )
    kind = institution_groups()[info.institution_type].name
    table = institution_table(info.institution_type, name=info.name, on=today)
    return import_catalogue(
        org_code=org_code, files=[(f"{info.institution_type}.csv", table)], actor=actor, today=today, now=now,
        version_name=f"{kind}信息公开目录", own_columns=False,
    )  # fmt: skip
