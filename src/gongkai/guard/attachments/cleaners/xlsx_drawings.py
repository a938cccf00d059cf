"""Drawings and charts of a cleaned workbook (图形与图表): anchors follow their cells, charts keep what they draw."""

from __future__ import annotations

from typing import Any

from gongkai.guard.attachments.xml_tree import drop, local

from .package import Package
from .xlsx_grid import Grid

_LITERALS = {"numRef": ("numCache", "numLit"), "strRef": ("strCache", "strLit")}


def clean_drawing(root: Any, grid: Grid) -> int:
    """Drop hidden shapes and those whose place is gone, move the others; return how many hidden ones went."""
    count = 0
    rows, columns = set(grid.rows), set(grid.columns)
    for anchor in list(root):
        if any(local(e) == "cNvPr" and e.get("hidden") in ("1", "true") for e in anchor.iter()):
            root.remove(anchor)
            count += 1
            continue
        if grid.is_unchanged:
            continue
        start = next((child for child in anchor if local(child) == "from"), None)
        end = next((child for child in anchor if local(child) == "to"), None)
        if start is not None and end is not None and _is_gone(start, end, rows, columns):
            root.remove(anchor)
            count += 1
            continue
        for corner in (start, end):
            for element in corner if corner is not None else ():
                if local(element) == "row":
                    element.text = str(grid.row(int(element.text or 0) + 1) - 1)
                elif local(element) == "col":
                    element.text = str(grid.column(int(element.text or 0)))
    return count


def _is_gone(start: Any, end: Any, rows: set[int], columns: set[int]) -> bool:
    values = {
        (side, local(e)): int(e.text or 0)
        for side, corner in (("s", start), ("e", end))
        for e in corner
        if local(e) in ("row", "col")
    }
    spanned_rows = range(values.get(("s", "row"), 0) + 1, values.get(("e", "row"), 0) + 2)
    spanned_columns = range(values.get(("s", "col"), 0), values.get(("e", "col"), 0) + 1)
    return all(row in rows for row in spanned_rows) or all(column in columns for column in spanned_columns)


def literal_charts(package: Package) -> None:
    """Replace references of charts to cells by the values that the chart already keeps."""
    for name in package.of_type("drawingml.chart+xml"):
        root = package.tree(name)
        for element in list(root.iter()):
            kinds = _LITERALS.get(local(element))
            if kinds is None:
                continue
            cache = next((child for child in element if local(child) == kinds[0]), None)
            parent = element.getparent()
            if cache is None or parent is None:
                continue
            namespace = element.tag.rpartition("}")[0] + "}"
            if local(parent) == "tx":
                text = next((v.text for v in cache.iter() if local(v) == "v"), "")
                if local(parent.getparent()) == "ser":
                    replacement = parent.makeelement(f"{namespace}v", {}, None)
                    replacement.text = text
                    parent.replace(element, replacement)
                continue
            cache.tag = f"{namespace}{kinds[1]}"
            parent.replace(element, cache)
        for element in [e for e in root.iter() if local(e) == "extLst"]:
            drop(element)
        package.put(name, root)
