"""Reading one item (读取一条), in a process of its own without any database: bytes in, plain values out; nothing is raised."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from gongkai.guard import api as guard
from gongkai.importing import api as importing
from gongkai.project.moving.core.addresses import is_file, readings
from gongkai.project.moving.core.days import BrokenDate, read_moment
from gongkai.project.moving.core.mapping import MoveMapping
from gongkai.project.moving.core.pieces import place_images, without_marks
from gongkai.project.moving.core.problems import Problem
from gongkai.project.moving.core.web_page import MARKS, NotDecodable, WebPage, decode, read_page
from gongkai.project.moving.folder import Folder, NotRead
from gongkai.records import api as records

PAGE_MOST, WORD_MOST = 16 * 1024 * 1024, 200 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class ReadingDesk:
    """What the reading of every item of a batch needs."""

    site: str
    kind: str
    mapping: MoveMapping
    folder: Folder | None
    prefix: str
    context: guard.Context
    own_name: str
    now: datetime


@dataclass(slots=True)
class ReadItem:
    """What came of an item. `state` is read, left_out or unread; `blobs` are pictures inside a file, by their stand-in."""

    state: str
    title: str = ""
    published_at: datetime | None = None
    formed_date: date | None = None
    kept_number: str = ""
    source_sha256: str = ""
    content: dict[str, Any] | None = None
    problems: list[Problem] = field(default_factory=list)
    blobs: dict[str, bytes] = field(default_factory=dict)


@dataclass(slots=True)
class _Said:
    """What a source said of an item before it is checked."""

    title: str = ""
    blocks: list[dict[str, Any]] = field(default_factory=list)
    metadata: dict[str, Any] = field(default_factory=dict)
    published: datetime | None = None
    formed: date | None = None
    column_name: str = ""
    links: dict[int, tuple[str, str]] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)


def read_item(desk: ReadingDesk, *, key: str, place: str, row: dict[str, Any]) -> ReadItem:
    """Read one item by what its source is; whatever is wrong becomes a problem of it."""
    done = ReadItem("unread")
    try:
        said = _page(desk, key, place, done) if desk.kind == "mirror" else _row(desk, key, place, row, done)
        if said is not None:
            _finish(desk, key, place, said, done)
    except NotRead as refused:
        done.problems.append(refused.problem)
    except NotDecodable as error:
        done.problems.append(Problem(place, "encoding", str(error)))
    except importing.Unreadable as error:
        code = error.code if error.code in ("too_large", "empty", "encoding", "no_text") else "unreadable"
        done.problems.append(Problem(place, code, f"{error.message}{error.remedy}"[:200]))
    except records.RecordError as error:
        done.problems.append(Problem(place, "unreadable", error.message[:200]))
    except (ValueError, RecursionError, MemoryError, OSError) as error:
        done.problems.append(Problem(place, "unreadable", type(error).__name__))
    done.problems = [Problem(one.place or place, one.code, one.detail) for one in done.problems]
    return done


def _page(desk: ReadingDesk, key: str, place: str, done: ReadItem) -> _Said | None:
    if desk.mapping.target(key=key).leave_out:
        done.state = "left_out"
        return None
    data = _bytes(desk, place, PAGE_MOST)
    done.source_sha256 = sha256(data).hexdigest()
    page = read_page(decode(data), site=desk.site, key=key, content=desk.mapping.content, now=desk.now)
    done.problems += page.problems
    if page.is_list:
        done.state = "left_out"
        done.problems.append(Problem(place, "list_page"))
        return None
    said = _from_html(page, done, desk, place)
    said.published = page.published
    said.column_name = page.meta.get("columnname", "")
    said.metadata |= {
        "source": page.meta.get("contentsource", "")[:200],
        "author": page.meta.get("author", "")[:80],
        "summary": page.meta.get("description", "")[:2000]
        if len(page.meta.get("description", "")) > 20
        else "",
    }
    words = page.meta.get("keywords", "").replace("，", ",").replace(";", ",").replace("；", ",")
    said.metadata["keywords"] = [word.strip()[:40] for word in words.split(",") if word.strip()][:20]
    return said


def _row(desk: ReadingDesk, key: str, place: str, row: dict[str, Any], done: ReadItem) -> _Said | None:
    if desk.mapping.target(key=key, column_name=str(row.get("column", ""))).leave_out:
        done.state = "left_out"
        return None
    if row.get("file"):
        said = _word(desk, str(row["file"]), row, done)
    else:
        body = str(row.get("body", ""))
        done.source_sha256 = sha256(body.encode("utf-8", "replace")).hexdigest()
        html = (
            body
            if "<" in body and ">" in body
            else "".join(f"<p>{_escape(line)}</p>" for line in body.split("\n"))
        )
        page = read_page(
            f"<html><body><div id=content>{html}</div></body></html>",
            site=desk.site,
            key=key,
            content=("content",),
            now=desk.now,
        )
        page.title = page.title if not row.get("title") else ""
        said = _from_html(page, done, desk, place)
    said.title = " ".join(str(row.get("title") or said.title).split())
    for name in ("published", "formed"):
        try:
            moment = read_moment(row.get(name))
        except BrokenDate as broken:
            done.problems.append(Problem(place, "broken_date", str(broken)))
            continue
        if moment and moment > desk.now:
            done.problems.append(Problem(place, "future_date", moment.date().isoformat()))
        elif moment and name == "published":
            said.published = moment
        elif moment:
            said.formed = moment.date()
    for name, most in (
        ("document_number", 100),
        ("issuer", 200),
        ("source", 200),
        ("author", 80),
        ("summary", 2000),
    ):
        if row.get(name):
            said.metadata[name] = str(row[name]).strip()[:most]
    if row.get("keywords"):
        said.metadata["keywords"] = [
            w
            for w in str(row["keywords"]).replace("；", ";").replace("，", ";").replace(",", ";").split(";")
            if w.strip()
        ][:20]
    said.column_name = str(row.get("column", ""))
    done.kept_number = str(row.get("index_number", "")).strip()[:120]
    for name in str(row.get("attachments") or "").replace("；", ";").replace("|", ";").split(";"):
        if name.strip():
            said.files.setdefault(name.strip(), name.strip().rsplit("/", 1)[-1])
    return said


def _word(desk: ReadingDesk, place: str, row: dict[str, Any], done: ReadItem) -> _Said:
    data = _bytes(desk, place, WORD_MOST)
    done.source_sha256 = sha256(data).hexdigest()
    wanted = str(row.get("sha256", "")).strip().lower()
    if wanted and wanted != done.source_sha256:
        raise NotRead(Problem(place, "hash_differs"))
    return _said(importing.import_bytes(data, place.rsplit("/", 1)[-1], today=desk.now.date()), done)


def _bytes(desk: ReadingDesk, place: str, most: int) -> bytes:
    if desk.folder is None:
        raise NotRead(Problem(place, "file_missing"))
    return desk.folder.read(desk.folder.find(place), most=most)


def _from_html(page: WebPage, done: ReadItem, desk: ReadingDesk, place: str) -> _Said:
    """Turn the text of a page into blocks by the house's own reader of documents; its signs stand for links and pictures."""
    try:
        imported = importing.import_bytes(page.html.encode("utf-8"), "page.html", today=desk.now.date())
    except importing.Unreadable as error:
        if error.code not in ("no_text", "empty") or not page.files:
            raise
        return _Said(title=page.title, files=dict(page.files), links=page.links)
    said = _said(imported, done)
    if page.title and imported.title and _bare(imported.title) != _bare(page.title):
        said.blocks.insert(0, {"type": "paragraph", "text": imported.title})
    said.title = page.title or MARKS.sub("", said.title)
    said.blocks = place_images(said.blocks, page.images)
    said.links, said.files = page.links, dict(page.files)
    return said


def _said(imported: importing.Imported, done: ReadItem) -> _Said:
    blocks: list[dict[str, Any]] = []
    for block in imported.blocks:
        if block.kind == "image":
            if block.image:
                stand_in = sha256(block.image).hexdigest()
                done.blobs[stand_in] = block.image
                blocks.append({"type": "image", "blob": stand_in, "alt": block.alt or "", "caption": ""})
        elif block.kind == "table":
            blocks.append({"type": "table", "rows": [list(row) for row in block.rows or ()]})
        elif block.kind == "heading":
            blocks.append({"type": "heading", "level": block.level or 1, "text": block.text or ""})
        elif block.kind == "quotation":
            blocks.append({"type": "quotation", "text": block.text or "", "cite": ""})
        elif block.text:
            blocks.append({"type": block.kind, "text": block.text})
    metadata = {"document_number": imported.document_number or "", "issuer": imported.issuer or ""}
    return _Said(title=imported.title or "", blocks=blocks, metadata=metadata, formed=imported.formed_date)


def _finish(desk: ReadingDesk, key: str, place: str, said: _Said, done: ReadItem) -> None:
    """Complete what was said with where it goes, check its text, and make it plain."""
    target = desk.mapping.target(key=key, column_name=said.column_name)
    first = records.first_guess(title=said.title, body_name=desk.own_name)
    if said.published is None:
        done.problems.append(Problem(place, "no_published_date"))
    if not said.title:
        done.problems.append(Problem(place, "no_title"))
    formed = said.formed if said.formed and said.formed <= desk.now.date() else None
    if formed is None and said.published:
        formed = said.published.date()
    major, minor = target.topic or first.topic
    metadata = {name: value for name, value in said.metadata.items() if value}
    metadata |= {
        "kind": target.kind or first.kind or "other",
        "genre": first.genre or "",
        "formed_date": formed.isoformat() if formed else None,
        "topic": {"major": major, "minor": minor},
    }
    files = []
    for address, name in said.files.items():
        found = _file_place(desk, address, key)
        if found is None:
            done.problems.append(Problem(place, "attachment_missing", address[:120]))
        else:
            shown_name = _file_name(name, found)
            files.append({"key": address, "place": found, "name": shown_name})
    blocks = []
    for block in said.blocks:
        if block["type"] == "image" and "key" in block:
            found = _file_place(desk, block["key"], key)
            if found is None:
                done.problems.append(Problem(place, "image_missing", block["key"][:120]))
                continue
            block = {**block, "place": found}
        blocks.append(block)
    shown = [{**b, "sha256": "0" * 64} if b["type"] == "image" else b for b in without_marks(blocks)]
    found_all = records.look_over(
        title=said.title,
        blocks=shown,
        metadata=metadata,
        file_names=[f["name"] for f in files],
        context=desk.context,
    )
    done.state, done.title, done.published_at, done.formed_date = (
        "read",
        said.title[:500],
        said.published,
        formed,
    )
    done.content = {
        "blocks": blocks,
        "links": {str(number): list(link) for number, link in said.links.items()},
        "files": files,
        "metadata": metadata,
        "columns": list(target.columns),
        "catalogue": list(target.catalogue),
        "found": [[name, records.finding_as_json(finding)] for name, finding in found_all],
        "kept_back": sorted({one.code for one in done.problems}),
    }


def _file_place(desk: ReadingDesk, address: str, key: str) -> str | None:
    """Return where in the folder a file of the old site lies, None when it is not there."""
    if desk.folder is None:
        return None
    wanted = [reading.partition("?")[0].lstrip("/") for reading in readings(address)]
    for place in (*(f"{desk.prefix}{one}" for one in wanted), *wanted):
        try:
            desk.folder.find(place)
        except NotRead:
            continue
        return place
    return None


def _file_name(words: str, place: str) -> str:
    """Return the name of a file for people: the words of its link with its suffix, else its own name."""
    own = place.rsplit("/", 1)[-1]
    suffix = own[own.rindex(".") :] if "." in own else ""
    plain = MARKS.sub("", words).strip()
    if len(plain) < 2:
        return own
    return plain if plain.lower().endswith(suffix.lower()) or is_file(plain) else f"{plain[:150]}{suffix}"


def _bare(text: str) -> str:
    return "".join(MARKS.sub("", text).split())


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
