"""What `/search/` answers: the page, the same as JSON (`results.json`), and a question as an Atom feed (`feed.xml`).

For programs every parameter is checked and a wrong one is refused with its reason; people's typing is taken as it comes.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

from gongkai.portal.core.interface.description import PROBLEM
from gongkai.portal.core.interface.endpoints import ATOM, MAX_QUERY, Endpoint, endpoint_of
from gongkai.portal.core.interface.schema import body_of
from gongkai.portal.core.interface.shapes import Facet, FacetValue, Problem, SearchAnswer, SearchHit
from gongkai.portal.core.pages.feeds import feed_of
from gongkai.portal.core.pages.record import open_path
from gongkai.portal.core.press import Press
from gongkai.portal.places import Places
from gongkai.portal.search.page import SearchPages, label_of
from gongkai.portal.search.results import Hit, SearchPage
from gongkai.portal.search.schema import FACETS

FEED_LENGTH = 20
_MOST = 4000


@dataclass(frozen=True, slots=True)
class Made:
    """An answer made per request; `tag` is its validator, empty when it has none."""

    status: str
    media: str
    body: bytes
    tag: str = ""


class Refused(Exception):
    """A parameter that does not fit; the text says which and how it should be."""

    def __init__(self, detail: str, remedy: str) -> None:
        super().__init__(detail)
        self.detail, self.remedy = detail, remedy


class SearchAnswers:
    """Answers everything under `/search/`; None for what is not there."""

    def __init__(self, places: Places) -> None:
        self._pages = SearchPages(places)

    def answer(self, path: str, query_string: str) -> Made | None:
        """Return the answer to a path (without base path) and the part of the address after the question mark."""
        if path == "/search/":
            status, body = self._pages.answer(query_string)
            return Made(status, "text/html; charset=utf-8", body)
        row = endpoint_of(path)
        if row is None or not row.dynamic:
            return None
        press = self._pages.current_press()
        if press is None:
            return _problem(503, "Service Unavailable", "公开站点尚未生成。", "请稍后再试。")
        try:
            given = checked(row, query_string)
            return self._feed(press, given) if row.media == ATOM else self._results(press, given)
        except Refused as refused:
            return _problem(400, "Bad Request", refused.detail, refused.remedy)

    def _results(self, press: Press, given: dict[str, str]) -> Made:
        found = self._pages.searcher.search(
            " ".join(given.get("q", "").split()),
            page=int(given.get("page", "1")),
            filters={name: given.get(name, "") for name in FACETS},
            sort=given.get("sort", "rank"),
        )
        return _made("application/json; charset=utf-8", body_of(answer_of(press, found)))

    def _feed(self, press: Press, given: dict[str, str]) -> Made:
        query = " ".join(given.get("q", "").split())
        filters = {name: given[name] for name in FACETS if given.get(name)}
        cards = self._pages.searcher.newest(query, filters, FEED_LENGTH)
        asked = urlencode(sorted({"q": query, **filters}.items()))
        words = [query, *(label_of(press, name, value) for name, value in filters.items())]
        title = f"{'，'.join(w for w in words if w)} · {press.directory.root.name}"
        text = feed_of(
            press, cards, title=title, own=f"{press.ordinary.absolute('search/feed.xml')}?{asked}",
            home=f"{press.ordinary.absolute('search/')}?{asked}",
        )  # fmt: skip
        return _made("application/atom+xml; charset=utf-8", text.encode())


def checked(row: Endpoint, query_string: str) -> dict[str, str]:
    """Return the parameters of a request as the description has them; raises Refused."""
    if len(query_string) > _MOST:
        raise Refused("地址太长。", f"请把地址缩短到 {_MOST} 字以内。")
    known = {p.name: p for p in row.parameters}
    given: dict[str, str] = {}
    for name, value in parse_qsl(query_string, keep_blank_values=True):
        if name not in known:
            raise Refused(f"没有参数「{name[:40]}」。", f"可以用的参数：{'、'.join(known)}。")
        if name in given:
            raise Refused(f"参数「{name}」给了两次。", "每个参数请只给一次。")
        given[name] = value
    for name, value in given.items():
        if not _fits(known[name].schema, value):
            raise Refused(
                f"参数「{name}」的值不合规则：{_rule(known[name].schema)}。", f"{known[name].text}。"
            )
    for name, parameter in known.items():
        if parameter.required and name not in given:
            raise Refused(f"没有给出参数「{name}」。", f"{parameter.text}。")
    return given


def _fits(schema: dict[str, Any], value: str) -> bool:
    if "\x00" in value:
        return False
    if schema["type"] == "integer":
        return (
            value.isascii()
            and value.isdigit()
            and len(value) < 10
            and schema["minimum"] <= int(value) <= schema["maximum"]
        )
    if "enum" in schema and value not in schema["enum"]:
        return False
    if not schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", MAX_QUERY):
        return False
    return "pattern" not in schema or re.search(schema["pattern"].replace("$", r"\Z"), value) is not None


def _rule(schema: dict[str, Any]) -> str:
    if schema["type"] == "integer":
        return f"应是 {schema['minimum']} 至 {schema['maximum']} 的整数"
    if "enum" in schema:
        return f"应是 {'、'.join(schema['enum'])} 之一"
    return f"应符合 {schema['pattern']}" if "pattern" in schema else f"应有 1 至 {schema['maxLength']} 字"


def answer_of(press: Press, found: SearchPage) -> SearchAnswer:
    """Return a page of results as its public shape."""
    facets = tuple(
        Facet(name, tuple(FacetValue(v, label_of(press, name, v), n) for v, n in found.facets[name]))  # type: ignore[arg-type]
        for name in ("column", "year", "kind", "org")
        if name in found.facets
    )
    return SearchAnswer(
        query=found.query, total=found.total, searched=found.searched, number=found.page, pages=found.pages,
        sort="date" if found.sort == "date" else "rank", loose=found.loose, mended=found.mended, suggestion=found.suggestion or None,
        hits=tuple(_hit(press, hit) for hit in found.hits), facets=facets,
    )  # fmt: skip


def _hit(press: Press, hit: Hit) -> SearchHit:
    return SearchHit(
        title=hit.title.striptags(), context=hit.context.striptags(), document_number=hit.document_number, issuer=hit.issuer, date=hit.date,
        kind=hit.kind, validity=hit.validity, columns=hit.columns, page=str(press.ordinary.file(hit.path)),  # type: ignore[arg-type]
        json=str(press.ordinary.file(open_path(hit.path))),
    )  # fmt: skip


def _made(media: str, body: bytes) -> Made:
    return Made("200 OK", media, body, f'"{hashlib.sha256(body).hexdigest()[:32]}"')


def _problem(status: int, title: str, detail: str, remedy: str) -> Made:
    body = body_of(Problem("about:blank", title, status, detail, remedy))
    return Made(f"{status} {title}", f"{PROBLEM}; charset=utf-8", body)
