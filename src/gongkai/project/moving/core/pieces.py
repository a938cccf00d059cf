"""From the blocks of a page with private signs to blocks with links and pictures (链接与图片归位)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from html import escape
from typing import Any

from gongkai.project.moving.core.web_page import IMAGE_FROM, LINK_END, LINK_FROM, LINKS_TO, MARKS

_IMAGES = re.compile(f"[{chr(IMAGE_FROM)}-{chr(LINK_END - 1)}]")
_LINKS = re.compile(
    f"([{chr(LINK_FROM)}-{chr(LINKS_TO)}])([^{chr(LINK_FROM)}-{chr(LINK_END)}]*){chr(LINK_END)}"
)
_LINES = {"paragraph", "heading", "signature", "attachment_note", "quotation"}


def place_images(blocks: list[dict[str, Any]], known: Mapping[int, tuple[str, str]]) -> list[dict[str, Any]]:
    """Return the blocks with a picture (`key`, `alt`) behind the line that its sign stands in; other signs of pictures go."""
    made: list[dict[str, Any]] = []
    for block in blocks:
        if block["type"] == "table":
            made.append({**block, "rows": [[MARKS.sub("", cell) for cell in row] for row in block["rows"]]})
            found = [ord(sign) for row in block["rows"] for cell in row for sign in _IMAGES.findall(cell)]
        elif block["type"] in _LINES:
            found = [ord(sign) for sign in _IMAGES.findall(block["text"])]
            text = _IMAGES.sub("", block["text"])
            if block["type"] != "paragraph":
                text = MARKS.sub("", text)
            if MARKS.sub("", text).strip():
                made.append({**block, "text": text.strip()})
        else:
            made.append(block)
            found = []
        for number in found:
            if number in known:
                key, alt = known[number]
                made.append({"type": "image", "key": key, "alt": alt, "caption": ""})
    return made


def without_marks(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the blocks as their readers see them, for the check."""
    return [
        {**block, "text": MARKS.sub("", block["text"])} if block["type"] == "paragraph" else block
        for block in blocks
    ]


def with_links(block: Mapping[str, Any], address: Callable[[int], str | None]) -> dict[str, Any]:
    """Return a block whose links lead where `address` says; a link without an address keeps its words only."""
    text = str(block.get("text", ""))
    if block["type"] != "paragraph" or not MARKS.search(text):
        return dict(block)

    def link(found: re.Match[str]) -> str:
        target = address(ord(found[1]))
        words = found[2]
        return f'<a href="{escape(target)}">{words}</a>' if target and words.strip() else words

    marked = _LINKS.sub(link, escape(text, quote=False).replace("\n", "<br>"))
    return {"type": "paragraph", "html": MARKS.sub("", marked)}
