"""The body of a record: release blocks to HTML. What comes in is cleaned again; what is unknown is refused."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import nh3
from markupsafe import Markup, escape

from gongkai.portal.core.cards import image_path
from gongkai.portal.core.charts import chart_svg
from gongkai.portal.core.citations import Find, with_links
from gongkai.portal.core.links import Links
from gongkai.portal.core.values import Card, PayloadRejected

_TAGS = {"strong", "em", "a", "sup", "sub", "br"}
_NUMBER = re.compile(r"\s*[-+－]?[\d,，]+(?:\.\d+)?\s*[%％‰]?\s*")


def _nothing(number: str) -> Card | None:
    return None


def clean(html: str) -> Markup:
    """Return inline HTML with only the tags a payload may hold; outside links are told no referrer."""
    if "<" not in html and "&" not in html:
        return escape(html)
    return Markup(  # noqa: S704  (cleaned)
        nh3.clean(
            html,
            tags=_TAGS,
            attributes={"a": {"href"}},
            url_schemes={"https", "mailto"},
            link_rel="noopener noreferrer",
        )
    )


def body_html(payload: dict[str, Any], links: Links, *, figure_path: str, cited: Find = _nothing) -> Markup:
    """Return the body; heading levels 1-4 become h2-h5 under the page's h1, with ids `s1`, `s2`, … for the table of contents.

    `figure_path` is the folder (with a slash) in which the CSV of a figure is found. Document numbers in paragraphs and quotations become
    links to what `cited` finds for them.
    """
    parts: list[str] = []
    frames = _FrameNames()
    depth = 1
    headings = figures = 0
    for block in payload.get("blocks") or ():
        kind = block.get("type")
        if kind == "heading":
            headings += 1
            depth = min(int(block.get("level") or 1) + 1, depth + 1, 5)
            parts.append(f'<h{depth} id="s{headings}">{escape(block.get("text") or "")}</h{depth}>')
        elif kind == "figure":
            figures += 1
            parts.append(_figure(block, figures, links.file(f"{figure_path}tubiao-{figures}.csv"), frames))
        elif kind == "table":
            parts.append(_table(block, frames))
        else:
            parts.append(_simple(block, links, cited))
    return Markup("\n".join(parts))  # noqa: S704  (each part is escaped or cleaned)


def _simple(block: dict[str, Any], links: Links, cited: Find) -> str:
    kind = block.get("type")
    if kind == "paragraph":
        return f"<p>{with_links(clean(block.get('html') or ''), cited, links.page)}</p>"
    if kind == "image":
        return _image(block, links)
    if kind == "quotation":
        cite = f"<footer>{escape(block['cite'])}</footer>" if block.get("cite") else ""
        said = with_links(clean(block.get("html") or ""), cited, links.page)
        return f"<blockquote><p>{said}</p>{cite}</blockquote>"
    if kind == "signature":
        lines = "<br>".join(str(escape(line)) for line in str(block.get("text") or "").splitlines())
        return f'<p class="signature">{lines}</p>'
    if kind == "attachment_note":
        lines = "<br>".join(str(escape(line)) for line in str(block.get("text") or "").splitlines())
        return f'<p class="attachment-note">{lines}</p>'
    raise PayloadRejected(f"正文里有不认识的块「{kind}」", where="blocks")


class _FrameNames:
    """Names of the scrolling frames of one page: a screen reader lists them, so no two may be the same."""

    def __init__(self) -> None:
        self._seen: Counter[str] = Counter()

    def take(self, wanted: str) -> Markup:
        """Return `wanted` escaped; from its second use on with its number."""
        self._seen[wanted] += 1
        count = self._seen[wanted]
        name = wanted if count == 1 else f"{wanted}（同名第 {count} 张）"
        return escape(name) if count == 1 else self.take(name)


def _table(block: dict[str, Any], frames: _FrameNames) -> str:
    rows = block.get("rows") or []
    heads, lead = int(block.get("header_rows") or 0), int(block.get("header_columns") or 0)
    width = max((len(row) for row in rows), default=0)
    numeric = [
        any(j < len(r) and r[j].strip() for r in rows[heads:])
        and all(j >= len(r) or not r[j].strip() or _NUMBER.fullmatch(r[j]) for r in rows[heads:])
        for j in range(width)
    ]
    caption = str(block.get("caption") or "")
    name = frames.take(caption or "表格")
    out = [f'<div class="table-frame" role="region" tabindex="0" aria-label="{name}"><table>']
    if caption:
        out.append(f"<caption>{escape(caption)}</caption>")
    for part, chosen in (("thead", rows[:heads]), ("tbody", rows[heads:])):
        if not chosen:
            continue
        out.append(f"<{part}>")
        for row in chosen:
            cells = []
            for j in range(width):
                text = escape(row[j] if j < len(row) else "")
                number = ' class="number"' if numeric[j] else ""
                if part == "thead":
                    cells.append(f'<th scope="col"{number}>{text}</th>')
                elif j < lead:
                    cells.append(f'<th scope="row">{text}</th>')
                else:
                    cells.append(f"<td{number}>{text}</td>")
            out.append(f"<tr>{''.join(cells)}</tr>")
        out.append(f"</{part}>")
    out.append("</table></div>")
    return "".join(out)


def _image(block: dict[str, Any], links: Links) -> str:
    size = ""
    if block.get("width") and block.get("height"):
        size = f' width="{int(block["width"])}" height="{int(block["height"])}"'
    caption = f"<figcaption>{escape(block['caption'])}</figcaption>" if block.get("caption") else ""
    alt = escape(block.get("alt") or block.get("caption") or "")
    return f'<figure><img src="{links.file(image_path(block))}" alt="{alt}"{size} loading="lazy">{caption}</figure>'


def _figure(block: dict[str, Any], number: int, csv_href: str, frames: _FrameNames) -> str:
    unit = f"（单位：{block['unit']}）" if block.get("unit") else ""
    title = f"{block.get('title') or '图'}{unit}"
    names = [str(s.get("name") or "数值") for s in block["series"]]
    head = "".join(f'<th scope="col" class="number">{escape(n)}</th>' for n in names)
    rows = "".join(
        f'<tr><th scope="row">{escape(str(label))}</th>'
        + "".join(f'<td class="number">{escape(str(s["values"][i]))}</td>' for s in block["series"])
        + "</tr>"
        for i, label in enumerate(block["labels"])
    )
    return (
        f'<figure class="figure"><figcaption>{escape(title)}</figcaption>{chart_svg(block, ident=f"f{number}")}'
        f'<details><summary>看数据表</summary><div class="table-frame" role="region" tabindex="0" aria-label="{frames.take(f"{title}数据")}">'
        f'<table><thead><tr><th scope="col">项目</th>{head}</tr></thead><tbody>{rows}</tbody></table></div></details>'
        f'<p class="small"><a href="{csv_href}" download>下载数据（CSV）</a></p></figure>'
    )


def plain_text(payload: dict[str, Any]) -> str:
    """Return title and body as plain text, one block a line: for search, snippets and proofs."""
    lines = [str(payload.get("title") or "")]
    for block in payload.get("blocks") or ():
        kind = block.get("type")
        if kind in {"paragraph", "quotation"}:
            lines.append(strip_tags(block.get("html") or ""))
        elif kind == "table":
            lines.append(str(block.get("caption") or ""))
            lines += [" ".join(row) for row in block.get("rows") or ()]
        elif kind == "figure":
            lines.append(str(block.get("title") or ""))
        elif kind == "image":
            lines.append(str(block.get("caption") or block.get("alt") or ""))
        else:
            lines.append(str(block.get("text") or ""))
    return "\n".join(line for line in lines if line)


def strip_tags(html: str) -> str:
    """Return inline HTML as text."""
    if "<" not in html and "&" not in html:
        return html
    return str(Markup(html.replace("<br>", "\n")).striptags())  # noqa: S704  (becomes text)
