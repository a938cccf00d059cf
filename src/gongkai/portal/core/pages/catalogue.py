"""The public catalogue (公开目录): every item in its official columns, with what is published under it."""

from __future__ import annotations

import csv
import io
from dataclasses import asdict

from gongkai.portal.core.interface.schema import body_of
from gongkai.portal.core.interface.shapes import CatalogueBody, ItemRow
from gongkai.portal.core.press import Press
from gongkai.portal.core.shelf import Shelf
from gongkai.portal.core.values import Item, Output

_HEAD = (
    "编号",
    "类别",
    "一级事项",
    "二级事项",
    "公开内容（要素）",
    "公开依据",
    "公开时限",
    "公开主体",
    "公开渠道",
    "公开对象",
    "公开方式",
    "公开层级",
    "已公开条数",
)


def render(press: Press, shelf: Shelf, argument: str) -> list[Output]:
    """Return the catalogue of organisation `argument`; the empty argument lists the authorities that have one."""
    if not argument:
        rows_of = [(press.organisation(c.org_code), len(c.items), c.version) for c in press.site.catalogues]
        return press.both("catalogues", "catalogue/index.html", org=press.directory.root.code, rows=rows_of)
    catalogue = press.directory.catalogue(argument)
    counts = {item.code: shelf.count(f"item:{argument}/{item.code}") for item in catalogue.items}
    groups: dict[str, list[Item]] = {}
    for item in catalogue.items:
        groups.setdefault(item.class_name or "其他", []).append(item)
    outputs = press.both(
        "catalogue", f"catalogue/{argument}/index.html", org=argument, organisation=press.organisation(argument),
        catalogue=catalogue, groups=list(groups.items()), counts=counts,
        filled=sum(1 for n in counts.values() if n), published=sum(counts.values()),
    )  # fmt: skip
    rows = tuple(ItemRow(**asdict(item), published=counts[item.code]) for item in catalogue.items)
    body = CatalogueBody(argument, catalogue.version, rows)
    outputs.append(Output(f"open/catalogue/{argument}.json", body_of(body)))
    outputs.append(Output(f"open/catalogue/{argument}.csv", _csv(catalogue.items, counts)))
    return outputs


def _csv(items: tuple[Item, ...], counts: dict[str, int]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(_HEAD)
    for i in items:
        cells = (
            i.code,
            i.class_name,
            i.level1,
            i.level2,
            i.elements,
            i.basis,
            i.limit_text,
            i.discloser,
            i.channels,
            i.audience,
            i.mode,
            i.tier,
        )
        writer.writerow([*("'" + c if c[:1] in "=+-@\t\r" and c else c for c in cells), counts[i.code]])
    return b"\xef\xbb\xbf" + out.getvalue().encode()
