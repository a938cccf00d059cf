"""The page of one record: metadata, validity, body, attachments, relations, history; or the tombstone of a withdrawn one."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from urllib.parse import quote

from markupsafe import Markup

from gongkai.portal.core import old_addresses
from gongkai.portal.core.blocks import body_html
from gongkai.portal.core.cards import attachment_path
from gongkai.portal.core.charts import chart_csv
from gongkai.portal.core.citations import Find
from gongkai.portal.core.press import Press
from gongkai.portal.core.shelf import Shelf
from gongkai.portal.core.tables import table_pages
from gongkai.portal.core.values import VALIDITY_NAMES, Card, Output, canonical_json

CHANGE_NAMES = {
    "first": "首次发布",
    "correction": "更正",
    "amendment": "修改",
    "validity": "有效性变更",
    "typo": "文字勘误",
    "moved_in": "原网站迁移",
}

_SAMPLE = 5_000


def render(press: Press, shelf: Shelf, argument: str) -> list[Output]:
    """Return page, elder twin, open JSON, attachment texts and figures of record `argument`."""
    card = shelf.card(int(argument))
    if card is None:
        return []
    if card.withdrawn:
        return _tombstone(press, shelf, card)
    payload = shelf.payload(card.record_id)
    outputs = press.both("record", card.path, **record_context(press, shelf, card, payload))
    outputs.append(Output(open_path(card.path), canonical_json(payload)))
    outputs += _satellites(press, card, payload)
    outputs += _old_addresses(press, card, payload)
    return outputs


def _old_addresses(press: Press, card: Card, payload: dict[str, Any]) -> list[Output]:
    """Return what leads on from the old addresses of a record that moved in: a page where one can stand, else a note for the server."""
    made = []
    for key, target in old_addresses.targets(payload, path=card.path, file_path=attachment_path).items():
        address = press.ordinary.file(target)
        place = None
        if target == card.path:
            settings = press.site.settings
            place = old_addresses.page_place(key, site_url=settings.site_url, base_path=settings.base_path)
        if place:
            text = press.env.get_template("portal/moved.html").render(address=address)
            made.append(Output(place, text.encode()))
        made.append(Output(old_addresses.note_place(key), f"{key}\n{address}\n".encode()))
    return made


def readable_text(row: dict[str, Any]) -> str:
    """Return the text of an attachment that people may want to read without its program; data for machines have none."""
    name, text = str(row.get("name") or "").lower(), str(row.get("text") or "").strip()
    if name.endswith((".json", ".xml")):
        return ""
    if name.endswith(".zip"):
        letters = [c for c in text[:_SAMPLE] if c.isalpha()]
        if sum("\u4e00" <= c <= "\u9fff" for c in letters) * 2 < len(letters):
            return ""
    return text


def folder(path: str) -> str:
    """Return the folder for a record's own files: `doc/x/2020/00001.html` → `doc/x/2020/00001/`."""
    return path.removesuffix(".html") + "/"


def open_path(path: str) -> str:
    """Return where the open JSON of a record stands."""
    return "open/" + path.removesuffix(".html") + ".json"


def record_context(press: Press, shelf: Shelf, card: Card, payload: dict[str, Any]) -> dict[str, Any]:
    """Return what the template needs; used by the preview as well, so that both are the same."""
    own = folder(card.path)
    crumb = card.columns[0] if card.columns else ""
    interprets = [c for n in card.interprets if (c := shelf.find(n)) and not c.withdrawn]
    pointing = shelf.pointing_at(card.index_number)
    interpreted_by = [c for c in pointing if card.index_number in c.interprets]
    in_tables = {shown.attachment for shown in table_pages(payload, own)}
    shown = {card.index_number, *(c.index_number for c in (*interprets, *interpreted_by))}
    related = [c for n in (card.amends, *card.related) if n and (c := shelf.find(n)) and not c.withdrawn]
    related += [c for c in pointing if card.index_number not in c.interprets]
    unique = {c.index_number: c for c in related if c.index_number not in shown}
    return {
        "org": card.org,
        "card": card,
        "payload": payload,
        "body": lambda elder: body_html(
            payload, press.links(elder=elder), figure_path=own, cited=_cited_by(shelf, card)
        ),
        "contents": contents(payload),
        "attachments": [
            {
                **row,
                "path": attachment_path(row),
                "text_path": f"{own}fujian-{i}.html" if readable_text(row) else "",
                "size": size_words(row["size_bytes"]),
                "extension": _extension(row["name"]),
                "is_table": i in in_tables,
            }
            for i, row in enumerate(payload.get("attachments") or (), 1)
        ],
        "validity": _validity(shelf, card, payload),
        "interprets": interprets,
        "interpreted_by": interpreted_by,
        "related": list(unique.values()),
        "history": [
            {**row, "change_name": CHANGE_NAMES.get(row.get("change", ""), row.get("change", ""))}
            for row in payload.get("history") or ()
        ],
        "crumb": press.column(crumb) if crumb else None,
        "correction_href": correction_href(press, card),
        "official": bool(card.document_number),
        "former": former_publisher(press, card),
        "json_path": open_path(card.path),
    }


def former_publisher(press: Press, card: Card) -> dict[str, Any] | None:
    """Return the name of the publisher on the day of publication, when it is called otherwise or ended since, and who took over."""
    organisation = press.organisation(card.org)
    then = organisation.name_on(card.first_published_at[:10])
    if then == organisation.name and not organisation.closed_date:
        return None
    ended = bool(organisation.closed_date)
    return {
        "then": then,
        "organisation": organisation,
        "successors": press.directory.successors(organisation) if ended else (),
    }


def _cited_by(shelf: Shelf, card: Card) -> Find:
    """Return how this page looks a cited number up: another published record with exactly that number."""

    def find(number: str) -> Card | None:
        found = shelf.numbered(number)
        return None if found is None or found.record_id == card.record_id else found

    return find


def correction_href(press: Press, card: Card) -> str:
    """Return where a reader reports an error on this page: the national platform with the site code, or the search of our own form."""
    info = press.directory.info_of(card.org)
    if info.site_code:
        return Markup(  # noqa: S704  (both parts are quoted)
            f"https://zfwzgl.www.gov.cn/exposure/jiucuo.html?site_code={quote(info.site_code)}&amp;url={quote(press.ordinary.absolute(card.path), safe='')}"
        )
    return ""


def contents(payload: dict[str, Any]) -> list[tuple[str, str]]:
    """Return (anchor, text) of the first-level headings when there are at least three."""
    found, number = [], 0
    for block in payload.get("blocks") or ():
        if block.get("type") == "heading":
            number += 1
            if int(block.get("level") or 1) == 1:
                found.append((f"s{number}", str(block.get("text") or "")))
    return found if len(found) >= 3 else []


def size_words(size_bytes: int) -> str:
    """Return a size as people read it."""
    if size_bytes < 1024:
        return f"{size_bytes} 字节"
    if size_bytes < 1024 * 1024:
        return f"{size_bytes / 1024:.0f} KB"
    return f"{size_bytes / 1024 / 1024:.1f} MB"


def _extension(name: str) -> str:
    return name.rpartition(".")[2].upper()[:8] if "." in name else "文件"


def _validity(shelf: Shelf, card: Card, payload: dict[str, Any]) -> dict[str, Any]:
    """Return state, words and the document that replaced this one. Dates make a state of their own when none was declared."""
    state = card.validity
    given = payload.get("validity") or {}
    by = shelf.find(given["by"]) if given.get("by") else None
    words = str(given.get("note") or "")
    name = VALIDITY_NAMES.get(state, state)
    if state in {"valid", "amended"} and card.expires_date and shelf.has_come(_day_after(card.expires_date)):
        state, name, words = (
            "expired",
            VALIDITY_NAMES["expired"],
            words or f"本文件有效期至 {card.expires_date}。",
        )
    elif state == "valid" and card.effective_date and not shelf.has_come(card.effective_date):
        state, name, words = "pending", "尚未施行", words or f"本文件自 {card.effective_date} 起施行。"
    return {"state": state, "name": name, "note": words, "by": by if by and not by.withdrawn else None}


def _day_after(day: str) -> str:
    try:
        return (date.fromisoformat(day[:10]) + timedelta(days=1)).isoformat()
    except ValueError:
        return day


def _satellites(press: Press, card: Card, payload: dict[str, Any]) -> list[Output]:
    own, outputs = folder(card.path), []
    tables = table_pages(payload, own)
    in_tables = {page.attachment for page in tables}
    for i, row in enumerate(payload.get("attachments") or (), 1):
        text = readable_text(row)
        if text and i not in in_tables:
            outputs += press.both(
                "attachment", f"{own}fujian-{i}.html", org=card.org, card=card, attachment=row,
                file_path=attachment_path(row), size=size_words(row["size_bytes"]), lines=[p for p in text.splitlines() if p.strip()],
            )  # fmt: skip
    for place, shown in enumerate(tables):
        row = payload["attachments"][shown.attachment - 1]
        outputs += press.both(
            "table", shown.path, org=card.org, card=card, attachment=row, file_path=attachment_path(row),
            size=size_words(row["size_bytes"]), shown=shown, place=place + 1, total=len(tables), first=tables[0].path,
            last=tables[-1].path, newer=tables[place - 1].path if place else "",
            older=tables[place + 1].path if place + 1 < len(tables) else "",
        )  # fmt: skip
    figures = [b for b in payload.get("blocks") or () if b.get("type") == "figure"]
    outputs += [Output(f"{own}tubiao-{i}.csv", chart_csv(block)) for i, block in enumerate(figures, 1)]
    return outputs


def _tombstone(press: Press, shelf: Shelf, card: Card) -> list[Output]:
    instead = shelf.find(card.replaced_by) if card.replaced_by else None
    return press.both(
        "withdrawn", card.path, org=card.org, card=card,
        instead=instead if instead and not instead.withdrawn else None,
        columns=[press.column(code) for code in card.columns],
    )  # fmt: skip
