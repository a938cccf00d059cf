"""A page of an old site (旧网页): its text, title, days, links, pictures and files, whatever made it; scripts never matter."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import lxml.html
from lxml import etree

from gongkai.project.moving.core.addresses import is_file, link_kind, resolve
from gongkai.project.moving.core.days import BrokenDate, labelled_moment, moment_in_path, read_moment
from gongkai.project.moving.core.problems import Problem

LINK_FROM, LINKS_TO, IMAGE_FROM, LINK_END = 0xF0000, 0xF9FFF, 0xFA000, 0xFFFFD
"""Private signs that stand for links and pictures until the text has become blocks."""
MARKS = re.compile(f"[{chr(LINK_FROM)}-{chr(LINK_END)}]")
_CHARSET = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([\w-]+)", re.I)
_PLACES = (
    "UCAP-CONTENT", "zoom", "Zoom", "TRS_Editor", "trs_editor_view", "article-content", "article_content", "articleContent",
    "pages_content", "content", "Content", "con_text", "article", "main-content", "news_content", "detail", "nr", "text",
)  # fmt: skip
_DROPPED = (
    "script",
    "style",
    "noscript",
    "template",
    "iframe",
    "object",
    "embed",
    "form",
    "nav",
    "header",
    "footer",
    "aside",
)
_LINK_SHARE, _SHORT = 0.6, 30
_SEPARATORS = re.compile(r"\s*(?:_|\||-{1,2}|–|—|::)\s*")


@dataclass(slots=True)
class WebPage:
    """What a page holds. `links` are by mark: (mark number, `own` key or full address); `files`: key → name; `images`: (key, alt) by mark."""

    title: str = ""
    html: str = ""
    published: datetime | None = None
    meta: dict[str, str] = field(default_factory=dict)
    links: dict[int, tuple[str, str]] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    images: dict[int, tuple[str, str]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    is_list: bool = False


class NotDecodable(ValueError):
    """The bytes are in no encoding that old sites used."""


def decode(data: bytes) -> str:
    """Return the text of a page: UTF-8, UTF-16 with its mark, else GB18030, strictly. Raises NotDecodable."""
    declared = _CHARSET.search(data[:4096])
    name = declared[1].decode("ascii").lower() if declared else ""
    order = ["utf-8-sig", "gb18030"]
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        order = ["utf-16"]
    elif name in ("gb2312", "gbk", "gb18030") and not data.startswith(b"\xef\xbb\xbf"):
        order = ["gb18030", "utf-8-sig"]
    for encoding in order:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise NotDecodable(name or "unknown")


def read_page(text: str, *, site: str, key: str, content: Iterable[str] = (), now: datetime) -> WebPage:
    """Read a page. `content` are ids, classes or tag names of the text, tried before the usual ones; `now` ends the past."""
    page = WebPage()
    tree = _tree(text)
    if tree is None:
        return page
    page.meta = _meta(tree)
    wanted = tuple(content)
    main = _main(tree, wanted)
    page.title = _title(tree, main, page.meta)
    page.published = _published(tree, key, page, now)
    page.is_list = not wanted and _is_list(tree, main, page)
    if page.is_list:
        return page
    for element in list(main.iter(*_DROPPED)):
        if element is not main:
            element.drop_tree()
    _links(main, site, key, page)
    _images(main, site, key, page)
    page.html = lxml.html.tostring(main, encoding="unicode")
    return page


def _tree(text: str) -> Any:
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text.replace("\x00", ""))
    if not text.strip():
        return None
    try:
        return lxml.html.document_fromstring(
            text, parser=lxml.html.HTMLParser(no_network=True, huge_tree=False)
        )
    except (etree.ParserError, etree.XMLSyntaxError):
        return None


def _meta(tree: Any) -> dict[str, str]:
    """Return the page tags of government sites (ArticleTitle, PubDate, ContentSource, …), names in small letters."""
    found: dict[str, str] = {}
    for element in tree.iter("meta"):
        name, value = (element.get("name") or "").strip().lower(), (element.get("content") or "").strip()
        if name and value:
            found.setdefault(name, value)
    return found


def _main(tree: Any, wanted: tuple[str, ...]) -> Any:
    body = tree.find("body")
    body = tree if body is None else body
    by_name: dict[str, Any] = {}
    best, most = body, 0
    scores: dict[Any, int] = {}
    for element in body.iter():
        if not isinstance(element.tag, str):
            continue
        for name in (element.get("id"), *(element.get("class") or "").split(), element.tag):
            if name and name not in by_name:
                by_name[name] = element
        if element.tag in ("p", "br", "table") and (parent := element.getparent()) is not None:
            said = len(element.text_content() if element.tag != "br" else (element.tail or ""))
            scores[parent] = scores.get(parent, 0) + said
            if scores[parent] > most:
                best, most = parent, scores[parent]
    for name in (*wanted, *_PLACES, "article", "main"):
        found = by_name.get(name)
        if found is not None and len(found.text_content().strip()) > _SHORT:
            return found
    return best


def _title(tree: Any, main: Any, meta: dict[str, str]) -> str:
    if meta.get("articletitle"):
        return " ".join(meta["articletitle"].split())
    for element in (*main.iter("h1"), *tree.iter("h1")):
        if said := " ".join(element.text_content().split()):
            return said
    found = tree.find(".//title")
    whole = " ".join((found.text_content() if found is not None else "").split())
    parts = [part for part in _SEPARATORS.split(whole) if part]
    return parts[0] if parts else ""


def _published(tree: Any, key: str, page: WebPage, now: datetime) -> datetime | None:
    try:
        moment = read_moment(page.meta.get("pubdate") or page.meta.get("publishdate"))
        moment = moment or labelled_moment(tree.text_content()[:20_000])
    except BrokenDate as broken:
        page.problems.append(Problem("", "broken_date", str(broken)))
        moment = None
    moment = moment or moment_in_path(key)
    if moment and moment > now:
        page.problems.append(Problem("", "future_date", moment.date().isoformat()))
        return None
    return moment


def _is_list(tree: Any, main: Any, page: WebPage) -> bool:
    """Tell a page of links from an article: no article's tags, and most of its words are links."""
    if page.meta.get("articletitle"):
        return False
    said = len("".join(main.text_content().split()))
    linked = sum(len("".join(a.text_content().split())) for a in main.iter("a"))
    return (
        said > 0
        and linked >= said * _LINK_SHARE
        and not any(is_file(a.get("href") or "") for a in main.iter("a"))
    )


def _links(main: Any, site: str, key: str, page: WebPage) -> None:
    number = LINK_FROM
    for element in list(main.iter("a")):
        href = element.get("href") or ""
        kind = link_kind(href)
        if kind == "address":
            where, address = resolve(site, key, href)
            if where == "own" and is_file(address):
                page.files.setdefault(address, " ".join(element.text_content().split()))
            elif where == "own" or where == "https":
                if number < LINKS_TO:
                    page.links[number] = (where, address)
                    element.text = chr(number) + (element.text or "")
                    last = element[-1] if len(element) else None
                    if last is None:
                        element.text += chr(LINK_END)
                    else:
                        last.tail = (last.tail or "") + chr(LINK_END)
                    number += 1
            elif where == "http":
                page.problems.append(Problem("", "plain_http"))
        elif kind == "mail" and number < LINKS_TO and len(element) == 0:
            page.links[number] = ("mail", href.strip())
            element.text = f"{chr(number)}{element.text or ''}{chr(LINK_END)}"
            number += 1
        elif kind == "script":
            page.problems.append(Problem("", "script_link"))


def _images(main: Any, site: str, key: str, page: WebPage) -> None:
    for number, element in enumerate(list(main.iter("img")), IMAGE_FROM):
        source = element.get("src") or ""
        if source.lower().startswith("data:image/") or number >= LINK_END:
            continue
        where, address = resolve(site, key, source) if link_kind(source) == "address" else ("bad", "")
        if where == "own":
            page.images[number] = (address, (element.get("alt") or "").strip())
            element.tail = chr(number) + (element.tail or "")
        elif where in ("http", "https"):
            page.problems.append(Problem("", "image_missing", address[:80]))
        element.drop_tree()
