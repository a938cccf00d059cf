"""Walking a PDF (遍历 PDF 对象): every dictionary and stream, those written inside others too."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pikepdf

_DEEPEST = 60


def dictionaries(pdf: pikepdf.Pdf) -> Iterator[Any]:
    """Yield every dictionary and stream of the file once."""
    for item in pdf.objects:
        yield from _inside(item, 0)


def _inside(item: Any, depth: int) -> Iterator[Any]:
    if depth > _DEEPEST:
        return
    if isinstance(item, (pikepdf.Dictionary, pikepdf.Stream)):
        yield item
        children = [item.get(key) for key in list(item.keys())]
    elif isinstance(item, pikepdf.Array):
        if not len(item) or not any(isinstance(child, (pikepdf.Dictionary, pikepdf.Array)) for child in item):
            return
        children = list(item)
    else:
        return
    for child in children:
        if isinstance(child, (pikepdf.Dictionary, pikepdf.Array)) and not child.is_indirect:
            yield from _inside(child, depth + 1)
