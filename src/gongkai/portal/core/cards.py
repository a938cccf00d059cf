"""From a release to its card, and from a card to the lists it stands in."""

from __future__ import annotations

import re
from typing import Any

from gongkai.portal.core.citations import normal_number
from gongkai.portal.core.public_dates import dated_lists
from gongkai.portal.core.values import DATA_KINDS, Card, PayloadRejected, Release, genre_slug

_PATH = re.compile(r"doc/[A-Za-z0-9_-]{1,80}/[0-9]{4}/[A-Za-z0-9_-]{1,80}\.html")
_SHA = re.compile(r"[0-9a-f]{64}")
_CODE = re.compile(r"[A-Za-z0-9_.-]{1,80}")
_UNSAFE = re.compile(r"[\x00-\x1f\x7f/\\:*?\"<>|\u202a-\u202e\u2066-\u2069]")
_IMAGE_TYPES = {"image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/webp": "webp"}


def card_of(release: Release) -> Card:
    """Return the card of a release; raises PayloadRejected when a field would break the tree."""
    payload = release.payload
    if payload is None:
        raise PayloadRejected(f"第 {release.id} 号发布件的内容已擦除，不能上网", where="payload")
    path = str(payload.get("path") or "")
    if not _PATH.fullmatch(path):
        raise PayloadRejected(f"页面路径「{path}」不合规则（doc/机构/年份/序号.html）", where="path")
    common: dict[str, Any] = {
        "record_id": release.record_id,
        "release_id": release.id,
        "sha256": release.sha256,
        "path": path,
        "index_number": str(payload.get("index_number") or ""),
        "org": _code_of(payload.get("org")),
        "columns": _codes(payload.get("columns"), "columns"),
        "items": tuple(_code(row["code"], "catalogue") for row in payload.get("catalogue") or ()),
        "topics": _codes(payload.get("topics"), "topics"),
    }
    if release.kind == "withdraw" or payload.get("withdrawn"):
        return Card(
            **common,
            withdrawn=True,
            published_at=str(payload.get("withdrawn_at") or release.published_at),
            reason=str(payload.get("reason") or ""),
            replaced_by=str(payload.get("replaced_by") or ""),
            issuer=_name_of(payload.get("by")),
        )
    topic = payload.get("topic") or {}
    validity = payload.get("validity") or {}
    return Card(
        **common,
        title=str(payload.get("title") or "（无标题）"),
        document_number=str(payload.get("document_number") or ""),
        issuer=str(payload.get("issuer") or ""),
        section=_name_of(payload.get("section")),
        kind=str(payload.get("kind") or "other"),
        genre=str(payload.get("genre") or ""),
        formed_date=str(payload.get("formed_date") or ""),
        published_at=str(payload.get("published_at") or release.published_at),
        first_published_at=str(
            payload.get("first_published_at") or payload.get("published_at") or release.published_at
        ),
        effective_date=str(payload.get("effective_date") or ""),
        expires_date=str(payload.get("expires_date") or ""),
        major=str(topic.get("major") or ""),
        minor=str(topic.get("minor") or ""),
        validity=str(validity.get("state") or "valid"),
        summary=str(payload.get("summary") or "")[:200],
        keyword=str(next(iter(payload.get("keywords") or ()), ""))[:20],
        interprets=tuple(payload.get("interprets") or ()),
        amends=str(payload.get("amends") or ""),
        related=tuple(payload.get("related") or ()),
        files=tuple(dict.fromkeys(_files(payload))),
    )


def _files(payload: dict[str, Any]) -> list[tuple[str, str]]:
    found = []
    for row in payload.get("attachments") or ():
        found.append((attachment_path(row), row["sha256"]))
    for block in payload.get("blocks") or ():
        if block.get("type") == "image":
            found.append((image_path(block), block["sha256"]))
    return found


def attachment_path(row: dict[str, Any]) -> str:
    """Return the place of an attachment in the tree; the name is cleaned, never longer than 180 bytes of UTF-8."""
    sha = _sha(row.get("sha256"), "attachments")
    name = _UNSAFE.sub("_", str(row.get("name") or "")).strip(" .") or "附件"
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension.encode()) > 12:
        stem, extension = name, ""
    room = 180 - len(extension.encode()) - 1
    stem = stem.encode()[:room].decode("utf-8", "ignore")
    return f"att/{sha[:2]}/{sha}/{stem}{'.' + extension if extension else ''}"


def image_path(block: dict[str, Any]) -> str:
    """Return the place of an image in the tree; only raster types that a browser shows are taken."""
    sha = _sha(block.get("sha256"), "blocks.image")
    extension = _IMAGE_TYPES.get(str(block.get("media_type")))
    if extension is None:
        raise PayloadRejected(f"图片类型「{block.get('media_type')}」不能直接显示", where="blocks.image")
    return f"img/{sha[:2]}/{sha}.{extension}"


def list_keys(card: Card) -> tuple[str, ...]:
    """Return the lists this record holds a place in.

    All but `state:`, `kind:`, `dated:`, `pairs` and `lib:` lists can be told from a withdrawal alone, so that a withdrawn record keeps its place (a gap) and no older page moves.
    """
    keys = ["all", f"org:{card.org}"]
    keys += [f"item:{card.org}/{code}" for code in card.items]
    keys += [f"topic:{code}" for code in card.topics]
    year = card.path.split("/")[2]
    for code in card.columns:
        keys += [f"col:{code}", f"year:{code}/{year}"]
        if not card.withdrawn and card.validity != "valid":
            keys.append(f"state:{code}/{card.validity}")
    if not card.withdrawn:
        if card.kind in DATA_KINDS:
            keys.append(f"kind:{card.kind}")
        if card.interprets:
            keys.append("pairs")
        keys += dated_lists(card)
    if card.kind == "policy" and not card.withdrawn:
        keys += ["lib:all", f"lib:genre/{genre_slug(card.genre)}", f"lib:state/{card.validity}"]
        if card.formed_date[:4].isdigit():
            keys.append(f"lib:year/{card.formed_date[:4]}")
    return tuple(dict.fromkeys(keys))


def public_number(card: Card) -> str:
    """Return the document number by which other pages cite a published record; empty when it has none."""
    return "" if card.withdrawn else normal_number(card.document_number)


def references(card: Card) -> tuple[str, ...]:
    """Return the index numbers this record points at; their pages show a link back."""
    named = [*card.interprets, card.amends, *card.related, card.replaced_by]
    return tuple(dict.fromkeys(n for n in named if n))


def _name_of(value: Any) -> str:
    return str(value.get("name") or "") if isinstance(value, dict) else str(value or "")


def _code_of(value: Any) -> str:
    return _code(value.get("code") if isinstance(value, dict) else value, "org")


def _codes(values: Any, where: str) -> tuple[str, ...]:
    return tuple(_code(v, where) for v in values or ())


def _code(value: Any, where: str) -> str:
    text = str(value or "")
    if not _CODE.fullmatch(text) or text.startswith("."):
        raise PayloadRejected(f"代码「{text}」含有不能用作路径的字符", where=where)
    return text


def _sha(value: Any, where: str) -> str:
    text = str(value or "")
    if not _SHA.fullmatch(text):
        raise PayloadRejected("附件或图片缺少 SHA-256", where=where)
    return text
