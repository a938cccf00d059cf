"""The few inline marks that a paragraph may hold, whatever was pasted or stored."""

from __future__ import annotations

import re
from html import escape
from typing import Any, Final

import nh3
from lxml import html as lxml_html

TAGS: Final = {"strong", "em", "a", "sup", "sub", "br"}
_RENAMED = {"b": "strong", "i": "em"}
_BREAKS = {"p", "div", "li", "ul", "ol", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6"}
_SCHEMES = {"https", "mailto"}
_SPLIT = re.compile(rf"</?(?:{'|'.join(sorted(_BREAKS))})(?:\s[^>]*)?>", re.IGNORECASE)
_SPECIAL = re.compile("[<>&\r\x00\ufeff]")
_LINK = re.compile(r"^(?:https://|mailto:|/(?!/)|[\w.\-~%]+(?:/|$|\.html)|#)", re.IGNORECASE)


def inline_html(markup: str) -> str:
    """Return the markup with only `TAGS`; links that are not relative, https: or mailto: lose their address."""
    if not _SPECIAL.search(markup):
        return markup.strip()
    renamed = re.sub(
        r"<(/?)(b|i)(\s[^>]*)?>", lambda m: f"<{m[1]}{_RENAMED[m[2].lower()]}>", markup, flags=re.IGNORECASE
    )
    cleaned = nh3.clean(
        renamed,
        tags=set(TAGS),
        attributes={"a": {"href"}},
        url_schemes=_SCHEMES,
        link_rel=None,
        attribute_filter=lambda tag, name, value: value if _LINK.match(value) else None,
    )
    cleaned = re.sub(r"<a>(.*?)</a>", r"\1", cleaned, flags=re.DOTALL)
    return cleaned.replace("<br />", "<br>").replace("&nbsp;", "\u00a0").strip()


def paragraphs(markup: str) -> list[str]:
    """Split stored rich text at its block elements into inline markup; empty paragraphs are left out."""
    if "<" not in markup:
        return [cleaned] if (cleaned := inline_html(markup)) else []
    return [cleaned for piece in _SPLIT.split(markup) if (cleaned := inline_html(piece))]


def text_of(markup: str) -> str:
    """Return what a reader sees of inline markup; a line break stands for `<br>`."""
    if "<" not in markup and "&" not in markup:
        return markup
    with_breaks = re.sub(r"<br\s*/?>", "\n", markup)
    element: Any = lxml_html.fromstring(f"<div>{with_breaks}</div>")
    return str(element.text_content())


def from_text(text: str) -> str:
    """Return plain text as inline markup: special characters escaped, line feeds as `<br>`."""
    return escape(text, quote=False).replace("\n", "<br>")
