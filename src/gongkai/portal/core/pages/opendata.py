"""Open data (开放接口): entrance, description, lists as JSON paged like the pages, organisations; the JSON of a record is written with its page.

Arguments: empty the entrance, `description`, `page`, `organisations`, `missing`, or `<list>|<number>` (`col:tzgg|0`).
"""

from __future__ import annotations

import json
from typing import Any

from gongkai.portal.core import lists
from gongkai.portal.core.interface.description import described
from gongkai.portal.core.interface.endpoints import ENDPOINTS
from gongkai.portal.core.interface.schema import body_of
from gongkai.portal.core.interface.shapes import (
    CatalogueRow,
    Entrance,
    FileRow,
    ListRow,
    OrganisationList,
    OrganisationRow,
    Problem,
    RecordList,
    RecordRow,
)
from gongkai.portal.core.pages.feeds import feed_path
from gongkai.portal.core.pages.record import open_path
from gongkai.portal.core.press import Press
from gongkai.portal.core.shelf import Shelf
from gongkai.portal.core.values import DATA_KINDS, KIND_NAMES, Card, Column, Organisation, Output

_LISTS = {"col": "column", "topic": "topic", "kind": "kind"}
MISSING = Problem(
    "about:blank", "没有这个文件", 404, "这个地址没有开放的内容，或者内容已经撤回。", "请从 open/index.json 重新查找。"
)  # fmt: skip


def render(press: Press, shelf: Shelf, argument: str) -> list[Output]:
    """Return the files that the argument names."""
    if not argument:
        return [Output("open/index.json", body_of(entrance(press)))]
    if argument == "description":
        body = json.dumps(description(press), ensure_ascii=False, indent=1).encode() + b"\n"
        return [Output("open/openapi.json", body)]
    if argument == "page":
        return press.both("interface", "open/index.html", org=press.directory.root.code, groups=_groups())
    if argument == "organisations":
        rows = tuple(_organisation(press, o) for o in press.site.organisations)
        return [Output("open/organisations.json", body_of(OrganisationList(rows)))]
    if argument == "missing":
        return [Output("open/404.json", body_of(MISSING))]
    key, _, number = argument.rpartition("|")
    return _list(press, shelf, key, int(number))


def list_path(key: str, number: int) -> str:
    """Return where the JSON of a page of a list stands; 0 is the front."""
    kind, _, code = key.partition(":")
    return f"open/{kind}/{code}" + (f"/p{number:04d}.json" if number else ".json")


def row_of(press: Press, card: Card) -> RecordRow:
    """Return a record as lists show it."""
    return RecordRow(
        index_number=card.index_number, title=card.title, kind=card.kind, document_number=card.document_number or None,  # type: ignore[arg-type]
        issuer=card.issuer, formed_date=card.formed_date or None, published_at=card.published_at, first_published_at=card.first_published_at,
        validity=card.validity, columns=card.columns, topics=card.topics, summary=card.summary,  # type: ignore[arg-type]
        page=_at(press, card.path), json=_at(press, open_path(card.path)), sha256=card.sha256,
        files=tuple(FileRow(path.rpartition("/")[2], _at(press, path), sha) for path, sha in card.files),
    )  # fmt: skip


def description(press: Press) -> dict[str, Any]:
    """Return the OpenAPI description of this site."""
    directory, settings = press.directory, press.site.settings
    examples = {"org": directory.root.code, "kind": DATA_KINDS[0]}
    if directory.front_columns:
        examples["column"] = directory.front_columns[0].code
    if directory.topics:
        examples["topic"] = directory.topics[0].code
    return described(
        name=directory.root.name, server=settings.site_url + settings.base_path, examples=examples
    )


def entrance(press: Press) -> Entrance:
    """Return the entrance."""
    directory = press.directory
    return Entrance(
        schema=2,
        name=directory.root.name,
        note="每条信息的 JSON 与网页同名（open/doc/…），内容的 SHA-256 即发布件的 SHA-256。",
        description=_at(press, "open/openapi.json"),
        organisations=_at(press, "open/organisations.json"),
        columns=tuple(_entry(press, "col", c, feed_path(c.code)) for c in directory.front_columns),
        topics=tuple(_entry(press, "topic", c, feed_path(f"topic:{c.code}")) for c in directory.topics),
        kinds=tuple(
            ListRow(code, KIND_NAMES[code], _at(press, list_path(f"kind:{code}", 0)), None)
            for code in DATA_KINDS
        ),
        catalogues=tuple(
            CatalogueRow(
                c.org_code,
                _at(press, f"open/catalogue/{c.org_code}.json"),
                _at(press, f"open/catalogue/{c.org_code}.csv"),
            )
            for c in press.site.catalogues
        ),
        search=_at(press, "search/results.json"),
        feed=_at(press, "feed/all.xml"),
        sitemap=_at(press, "sitemap.xml"),
    )


def _entry(press: Press, kind: str, column: Column, feed: str) -> ListRow:
    return ListRow(
        column.code, column.name, _at(press, list_path(f"{kind}:{column.code}", 0)), _at(press, feed)
    )


def _list(press: Press, shelf: Shelf, key: str, number: int) -> list[Output]:
    kind, _, code = key.partition(":")
    view = shelf.page(key, number)
    always = key in press.fixed_lists or (kind == "kind" and code in DATA_KINDS)
    if not view.exists and (number or not always):
        return []
    name = KIND_NAMES.get(code, code) if kind == "kind" else press.column(code).name
    body = RecordList(
        list=_LISTS[kind],  # type: ignore[arg-type]
        code=code,
        name=name,
        number=number,
        total=None if number else view.total,
        newer=None if view.newer is None else _at(press, list_path(key, view.newer)),
        older=None if view.older is None else _at(press, list_path(key, view.older)),
        records=tuple(row_of(press, card) for card in view.cards),
    )
    return [Output(list_path(key, number), body_of(body))]


def _organisation(press: Press, given: Organisation) -> OrganisationRow:
    info = given.site
    has_page = given.kind != "section"
    return OrganisationRow(
        code=given.code, name=given.name, short_name=given.short_name, kind=given.kind,  # type: ignore[arg-type]
        institution_type=given.institution_type, parent=given.parent_code, closed_date=given.closed_date or None,
        address=info.address if info else "", phone=info.phone if info else "", office_hours=info.office_hours if info else "",
        page=_at(press, lists.page_path(f"org:{given.code}", 0)) if has_page else None,
        catalogue=_at(press, f"open/catalogue/{given.code}.json") if given.code in press.directory.catalogues else None,
    )  # fmt: skip


def _groups() -> list[tuple[str, list[Any]]]:
    found: dict[str, list[Any]] = {}
    for row in ENDPOINTS:
        found.setdefault(row.group, []).append(row)
    return list(found.items())


def _at(press: Press, path: str) -> str:
    return str(press.ordinary.file(path))
