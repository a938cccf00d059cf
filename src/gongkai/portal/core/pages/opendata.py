"""Open data: what there is and in which shape; the JSON of each record is written with its page."""

from __future__ import annotations

import json
from typing import Any

from gongkai.portal.core.pages.record import open_path
from gongkai.portal.core.press import Press
from gongkai.portal.core.shelf import Shelf
from gongkai.portal.core.values import Output


def render(press: Press, shelf: Shelf, argument: str) -> list[Output]:
    """Return the description (empty argument) or the newest records of column `argument`."""
    if argument:
        view = shelf.page(f"col:{argument}", 0)
        if not view.exists and f"col:{argument}" not in press.fixed_lists:
            return []
        rows = [
            {
                "index_number": c.index_number, "title": c.title, "document_number": c.document_number or None, "issuer": c.issuer,
                "formed_date": c.formed_date, "published_at": c.published_at, "validity": c.validity,
                "page": str(press.ordinary.file(c.path)), "json": str(press.ordinary.file(open_path(c.path))), "sha256": c.sha256,
            }
            for c in view.cards
        ]  # fmt: skip
        return [
            _json(
                f"open/col/{argument}.json",
                {"column": argument, "name": press.column(argument).name, "newest": rows},
            )
        ]
    columns = [
        {
            "code": c.code,
            "name": c.name,
            "newest": str(press.ordinary.file(f"open/col/{c.code}.json")),
            "feed": str(press.ordinary.file(f"feed/{c.code}.xml")),
        }
        for c in press.directory.front_columns
    ]
    catalogues = [
        {
            "org": c.org_code,
            "json": str(press.ordinary.file(f"open/catalogue/{c.org_code}.json")),
            "csv": str(press.ordinary.file(f"open/catalogue/{c.org_code}.csv")),
        }
        for c in press.site.catalogues
    ]
    body = {
        "schema": 1,
        "name": press.directory.root.name,
        "note": "每条信息的 JSON 与网页同名（open/doc/…），内容的 SHA-256 即发布件的 SHA-256。",
        "columns": columns,
        "catalogues": catalogues,
        "sitemap": str(press.ordinary.file("sitemap.xml")),
    }
    return [_json("open/index.json", body)]


def _json(path: str, body: dict[str, Any]) -> Output:
    return Output(path, json.dumps(body, ensure_ascii=False, indent=1).encode() + b"\n")
