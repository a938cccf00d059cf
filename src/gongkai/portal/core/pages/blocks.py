"""The fixed blocks of the disclosure platform (政府信息公开平台): guide, rules, statutory content, annual reports, requests."""

from __future__ import annotations

from gongkai.portal.core.blocks import body_html
from gongkai.portal.core.pages.record import folder
from gongkai.portal.core.press import Press
from gongkai.portal.core.shelf import Shelf
from gongkai.portal.core.values import BLOCK_NAMES, Card, Column, Output

COLUMN_TYPES = {
    "zhinan": "信息公开指南",
    "zhidu": "信息公开制度",
    "fdzdgknr": "信息公开目录",
    "nianbao": "信息公开年报",
    "ysqgk": "依申请公开",
}


def render(press: Press, shelf: Shelf, argument: str) -> list[Output]:
    """Return block `argument`; the empty argument is the platform's own front page."""
    root = press.directory.root.code
    if not argument:
        return press.both("platform", "zwgk/index.html", org=root, groups=_groups(press, shelf))
    columns = press.directory.columns_in(argument)
    cards = [card for column in columns for card in shelf.newest(f"col:{column.code}", 20)]
    cards.sort(key=lambda c: (c.first_published_at, c.record_id), reverse=True)
    shown = cards[0] if argument in {"zhinan", "ysqgk"} and cards else None
    payload = shelf.whole(shown) if shown else {}
    template = {"fdzdgknr": "statutory", "ysqgk": "requests", "zhinan": "guide"}.get(argument, "block")
    return press.both(
        template, f"zwgk/{argument}/index.html", org=root, block=argument, heading=BLOCK_NAMES[argument],
        column_type=COLUMN_TYPES[argument], columns=columns, catalogues=[(press.organisation(c.org_code), len(c.items)) for c in press.site.catalogues], cards=cards, shown=shown,
        body=lambda elder: body_html(payload, press.links(elder=elder), figure_path=folder(shown.path)) if shown else "",
        groups=_groups(press, shelf) if argument == "fdzdgknr" else [],
    )  # fmt: skip


def _groups(press: Press, shelf: Shelf) -> list[tuple[Column, tuple[Card, ...], int]]:
    """Return the statutory columns with their three newest records and counts."""
    return [
        (column, shelf.newest(f"col:{column.code}", 3), shelf.count(f"col:{column.code}"))
        for column in press.directory.columns_in("fdzdgknr")
    ]
