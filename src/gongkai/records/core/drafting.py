"""From what the importer read to the blocks a draft is begun with."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from gongkai.importing.api import Block


def blocks_of(
    blocks: Iterable[Block], images: Mapping[int, str], left_out: Collection[str] = ()
) -> list[dict[str, Any]]:
    """Return payload blocks for imported ones; `images` maps a block's position to the hash of its stored picture.

    A picture that was not stored leaves its alternative text as a paragraph, if it has one; blocks with a role in
    `left_out` (lines of the red head that stand in the metadata) are left out, nothing else.
    """
    made: list[dict[str, Any]] = []
    for position, block in enumerate(blocks):
        if block.role is not None and block.role in left_out:
            continue
        if block.kind == "image":
            if position in images:
                made.append(
                    {"type": "image", "sha256": images[position], "alt": block.alt or "", "caption": ""}
                )
            elif block.alt:
                made.append({"type": "paragraph", "text": block.alt})
        elif block.kind == "table":
            made.append({"type": "table", "rows": [list(row) for row in block.rows or ()]})
        elif block.kind == "heading":
            made.append({"type": "heading", "level": block.level or 1, "text": block.text or ""})
        elif block.kind == "quotation":
            made.append({"type": "quotation", "text": block.text or "", "cite": ""})
        elif block.text:
            made.append({"type": block.kind, "text": block.text})
    return made
