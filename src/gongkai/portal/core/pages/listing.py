"""List pages: columns, their years and states, catalogue items, organisations, topics, policies with their interpretations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gongkai.portal.core import lists
from gongkai.portal.core.pages.feeds import feed_path
from gongkai.portal.core.press import Press
from gongkai.portal.core.shelf import ListPage, Shelf
from gongkai.portal.core.values import BLOCK_NAMES, VALIDITY_NAMES, Column, EventTopic, Output, genre_name

_COLUMN_TYPES = {
    "item": "信息公开目录",
    "org": "机构职能",
    "topic": "专题专栏",
    "pairs": "政策解读",
    "lib": "政策文件",
}


def render(press: Press, shelf: Shelf, argument: str) -> list[Output]:
    """Return page `number` of list `key` (`argument` = `key|number`)."""
    key, _, number = argument.rpartition("|")
    kind, _, rest = key.partition(":")
    view = shelf.page(key, int(number))
    if not view.exists and (view.number or key not in press.fixed_lists):
        return []
    context: dict[str, Any] = {
        "view": view,
        "kind": kind,
        "newer_path": lists.page_path(key, view.newer) if view.newer is not None else "",
        "older_path": lists.page_path(key, view.older) if view.older is not None else "",
        "column": None,
        "filters": {},
        "feed_path": "",
        "subscribe_query": f"{'column' if kind in {'col', 'year', 'state'} else 'topic'}={rest.partition('/')[0]}",
        "description": "",
        "column_type": _COLUMN_TYPES.get(kind, ""),
        "org": "",
    }
    path = lists.page_path(key, view.number)
    if kind in {"col", "year", "state"}:
        _column(press, shelf, kind, rest, context)
        if kind != "col":
            return press.single("list", path, **context)
        return press.both("list", path, **context)
    if kind == "item":
        return _item(press, path, rest, context)
    if kind == "org":
        return _organisation(press, path, rest, context)
    if kind == "pairs":
        return _pairs(press, shelf, path, view, context)
    if kind == "lib":
        _library(shelf, rest, context)
        return press.both("list", path, **context) if rest == "all" else press.single("list", path, **context)
    topic, event = press.column(rest), shelf.event_topic(rest)
    context.update(
        heading=event.name if event else topic.name,
        description=_about(event) if event else topic.description,
        trail=[("专题专栏", "topic/index.html")],
        filter_query="",
        feed_path=feed_path(f"topic:{rest}"),
    )
    return press.both("list", path, **context)


def _about(event: EventTopic) -> str:
    return f"突发事件权威信息，自 {event.since} 起按发布先后收录{'' if event.is_open else '；事件已经办结'}。"


def _column(press: Press, shelf: Shelf, kind: str, rest: str, context: dict[str, Any]) -> None:
    code, _, part = rest.partition("/")
    column = press.column(code)
    suffix = {"col": "", "year": f"（{part} 年）", "state": f"（{VALIDITY_NAMES.get(part, part)}）"}[kind]
    context.update(
        column=column,
        heading=column.name + suffix,
        description=column.description,
        column_type=column.column_type,
        trail=_column_trail(column) if kind == "col" else [(column.name, f"col/{code}/index.html")],
        feed_path=feed_path(code),
        filter_query=f"column={code}",
    )
    if kind == "col" and context["view"].number:
        return
    years = [k.rpartition("/")[2] for k in shelf.list_names(f"year:{code}/")]
    states = [k.rpartition("/")[2] for k in shelf.list_names(f"state:{code}/")]
    context["filters"] = {
        "years": [
            (y, f"col/{code}/y{y}/index.html", kind == "year" and y == part)
            for y in sorted(years, reverse=True)
        ],
        "states": [
            (VALIDITY_NAMES.get(s, s), f"col/{code}/{s}/index.html", kind == "state" and s == part)
            for s in states
        ],
        "all_path": f"col/{code}/index.html",
        "genres": [],
    }


def _library(shelf: Shelf, rest: str, context: dict[str, Any]) -> None:
    """Fill in the policy library (政策文件库): all policies, own and relayed, by year of forming, genre and validity."""
    part, _, value = rest.partition("/")
    said = {
        "all": "",
        "year": f"（{value} 年成文）",
        "genre": f"（{genre_name(value)}）",
        "state": f"（{VALIDITY_NAMES.get(value, value)}）",
    }
    front = lists.page_path("lib:all", 0)
    context.update(
        heading="政策文件库" + said[part],
        description="本机关制发和转载的政策文件，标明文号、日期和有效性。",
        trail=[("政府信息公开", "zwgk/index.html")] + ([] if part == "all" else [("政策文件库", front)]),
        filter_query="kind=policy",
    )
    if part == "all" and context["view"].number:
        return

    def chips(name: str, words: Callable[[str], str]) -> list[tuple[str, str, bool]]:
        keys = shelf.list_names(f"lib:{name}/")
        return [(words(k.rpartition("/")[2]), lists.page_path(k, 0), k == f"lib:{rest}") for k in keys]

    context["filters"] = {
        "all_path": front,
        "years": list(reversed(chips("year", str))),
        "genres": chips("genre", genre_name),
        "states": chips("state", lambda state: VALIDITY_NAMES.get(state, state)),
    }


def _item(press: Press, path: str, rest: str, context: dict[str, Any]) -> list[Output]:
    org_code, _, code = rest.partition("/")
    item = press.directory.item(org_code, code)
    context.update(
        org=org_code, heading=item.name, item=item, filter_query="",
        trail=[("公开目录", f"catalogue/{org_code}/index.html")], description=item.elements,
    )  # fmt: skip
    return press.both("item", path, **context)


def _organisation(press: Press, path: str, code: str, context: dict[str, Any]) -> list[Output]:
    organisation = press.organisation(code)
    parent = press.directory.organisations.get(organisation.parent_code or "")
    context.update(
        org=code, heading=organisation.name, organisation=organisation, parent=parent,
        sections=press.directory.children(code, "section"), institutions=press.directory.children(code, "institution"),
        info=press.directory.info_of(code), filter_query=f"org={code}", trail=[("机构", "org/index.html")],
        has_catalogue=code in press.directory.catalogues, taken_over=press.directory.taken_over(code),
        successors=press.directory.successors(organisation) if organisation.closed_date else (),
    )  # fmt: skip
    context["complaint"] = complaint_entrance(press, code)
    return press.both("organisation", path, **context)


def complaint_entrance(press: Press, code: str) -> dict[str, Any] | None:
    """Return where one complains that an institution does not publish what it must: the authority above it, and the form."""
    if press.organisation(code).kind != "institution":
        return None
    above, seen = press.organisation(code), set()
    while above.kind != "authority" and above.parent_code and above.code not in seen:
        seen.add(above.code)
        above = press.organisation(above.parent_code)
    ask = press.site.settings.ask_path
    return {
        "authority": above,
        "info": press.directory.info_of(above.code),
        "path": f"{ask}complain/at/{code}/" if ask else "",
    }


def _pairs(press: Press, shelf: Shelf, path: str, view: ListPage, context: dict[str, Any]) -> list[Output]:
    rows = [
        (card, [c for n in card.interprets if (c := shelf.find(n)) and not c.withdrawn])
        for card in view.cards
    ]
    context.update(
        heading="政策与解读对照",
        rows=rows,
        trail=[("政府信息公开", "zwgk/index.html")],
        filter_query="kind=interpretation",
    )
    return press.both("pairs", path, **context)


def _column_trail(column: Column) -> list[tuple[str, str]]:
    name = BLOCK_NAMES.get(column.block)
    return [(name, f"zwgk/{column.block}/index.html")] if name else []
