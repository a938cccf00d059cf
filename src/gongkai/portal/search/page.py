"""The search page: made per request without a database, in both modes, under the same chrome as every other page."""

from __future__ import annotations

import threading
from typing import Any
from urllib.parse import parse_qs, urlencode

from gongkai.portal.core.press import Press
from gongkai.portal.core.values import KIND_NAMES, Site
from gongkai.portal.places import Places
from gongkai.portal.search.bounds import WITHIN, read_bounds
from gongkai.portal.search.querying import MAX_LENGTH
from gongkai.portal.search.results import Searcher, SearchPage
from gongkai.portal.search.schema import FACETS

_PATH = "search/index.html"
FACET_NAMES = {"column": "栏目", "year": "年份", "kind": "类别", "org": "机构"}
FOLLOWED = 40
_GROUPS = ("column", "year", "kind", "org")


class SearchPages:
    """Answers query strings with pages."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self.searcher = Searcher(places)
        self._lock = threading.Lock()
        self._press: Press | None = None
        self._seen = 0

    def answer(self, query_string: str) -> tuple[str, bytes]:
        """Return (status, page) for the part of the address after the question mark."""
        press = self.current_press()
        if press is None:
            return (
                "503 Service Unavailable",
                "<!DOCTYPE html><html lang=zh-CN><title>稍候</title><h1>公开站点尚未生成，请稍后再试</h1>".encode(),
            )
        given = (
            parse_qs(query_string[:4000], keep_blank_values=False, max_num_fields=20)
            if query_string.count("&") < 20
            else {}
        )
        asked = {name: values[0] for name, values in given.items()}
        query = " ".join(asked.get("q", "").split())[:MAX_LENGTH]
        number = asked.get("page", "1")
        bounds, problem = read_bounds(asked)
        found = self.searcher.search(
            query,
            page=int(number) if number.isascii() and number.isdigit() and len(number) < 4 else 1,
            filters={name: asked.get(name, "") for name in FACETS},
            sort="date" if asked.get("sort") == "date" else "rank",
            bounds=bounds,
        )
        return "200 OK", self._page(
            press, found, elder=asked.get("mode") == "elder", problem=problem
        ).encode()

    def _page(self, press: Press, found: SearchPage, *, elder: bool, problem: str) -> str:
        def here(*, mode: bool = elder, **changes: Any) -> str:
            values = {
                "q": found.query,
                **found.filters,
                **found.bounds.asked(),
                "sort": "date" if found.sort == "date" and found.query else "",
                **changes,
            }
            if mode:
                values["mode"] = "elder"
            return (
                str(press.ordinary.file("search/")) + "?" + urlencode({k: v for k, v in values.items() if v})
            )

        facets = [
            (
                FACET_NAMES[name],
                [
                    (label_of(press, name, v), n, here(**{name: v}), found.filters.get(name) == v)
                    for v, n in found.facets.get(name, ())
                ],
            )
            for name in _GROUPS
            if len(found.facets.get(name, ())) > 1
        ]
        return press.answer(
            "search", _PATH, elder=elder, other_mode=here(mode=not elder), found=found, within=WITHIN, problem=problem, again=here, facets=facets,
            column_names={c: press.directory.column_name(c) for hit in found.hits for c in hit.columns},
            chosen=[(FACET_NAMES.get(n, "主题"), label_of(press, n, v), here(**{n: ""})) for n, v in found.filters.items()],
            follow=_follow(press, found.query), by_rank=here(sort=""), by_date=here(sort="date"),
            earlier=here(page=found.page - 1) if found.page > 1 else "", later=here(page=found.page + 1) if found.page < found.pages else "",
        )  # fmt: skip

    def current_press(self) -> Press | None:
        """Return the press of the site as last built, None before the first build."""
        try:
            stamp = self._places.site_file.stat().st_mtime_ns
        except OSError:
            return None
        with self._lock:
            if self._press is None or self._seen != stamp:
                self._press = Press(Site.from_json(self._places.site_file.read_text(encoding="utf-8")))
                self._seen = stamp
            return self._press


def label_of(press: Press, name: str, value: str) -> str:
    """Return the words for the value of a facet."""
    if name == "column":
        return press.directory.column_name(value)
    if name == "kind":
        return KIND_NAMES.get(value, value)
    if name == "org":
        return press.organisation(value).name
    return value + " 年" if name == "year" else value


def _follow(press: Press, query: str) -> str:
    """Return where a reader follows a question: the subscription page, or the feed where there is no counter."""
    if len(query) < 2 or len(query) > FOLLOWED:
        return ""
    ask = press.site.settings.ask_path
    return (
        str(press.ordinary.file(f"{ask}subscribe/" if ask else "search/feed.xml"))
        + "?"
        + urlencode({"q": query})
    )
