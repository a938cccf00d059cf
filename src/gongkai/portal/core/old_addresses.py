"""Old addresses (旧地址): where a page that moved in from an old site stood there, and the files that lead on from it."""

from __future__ import annotations

import hashlib
import posixpath
import re
import unicodedata
from typing import Any
from urllib.parse import unquote, urlsplit

OWN = frozenset(
    {
        "ask", "assets", "att", "catalogue", "col", "desk", "desk-static", "doc", "elder", "feed", "file", "heads", "img",
        "moved", "open", "org", "search", "topic", "zwgk", "embed", "api", "calendar", "subscribe",
    }
)  # fmt: skip
"""First parts of our own addresses: no page of an old site is ever laid there."""
_PLAIN = re.compile(r"[^\x00-\x1f\x7f\\:*?\"<>|]{1,120}")


def host_of(name: str) -> str:
    """Return a host as old addresses are known by: small letters, without port and `www.`."""
    return name.strip().lower().rpartition("@")[2].partition(":")[0].removeprefix("www.")


def old_key(host: str, path: str, query: str = "") -> str:
    """Return what an old address is known by: its host, its path in normal form C, its query."""
    plain = unicodedata.normalize("NFC", unquote(path, errors="replace"))
    slash = "/" if plain.endswith("/") else ""
    inner = posixpath.normpath("/" + plain).lstrip("/")
    return f"{host_of(host)}/{inner}{slash if inner else ''}" + (f"?{query}" if query else "")


def key_of_address(address: str) -> str:
    """Return the key of a full old address; empty when it is none."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not parts.hostname or any(c in address for c in "\r\n"):
        return ""
    return old_key(parts.hostname, parts.path or "/", parts.query)


def page_place(key: str, *, site_url: str, base_path: str) -> str | None:
    """Return where a page that leads on can stand as a plain file in the tree; None when it cannot.

    That is so when the site kept its host and stands at its root: then the old path is a path of ours.
    """
    host, _, path = key.partition("/")
    if "?" in key or not path or base_path or host != host_of(urlsplit(site_url).hostname or ""):
        return None
    path += "index.html" if path.endswith("/") else ""
    parts = path.split("/")
    if len(parts) < 2 or parts[0] in OWN or not path.lower().endswith((".html", ".htm", ".shtml")):
        return None
    if len(parts) > 20 or any(
        not _PLAIN.fullmatch(p) or p.startswith(".") or len(p.encode()) > 200 for p in parts
    ):
        return None
    return path


def note_place(key: str) -> str:
    """Return the file that says where an old address leads, for the server that answers when there is no page."""
    digest = hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()
    return f"moved/{digest[:2]}/{digest}.txt"


def targets(payload: dict[str, Any], *, path: str, file_path: Any) -> dict[str, str]:
    """Return where each old address of a payload leads in our tree; `file_path(attachment)` is where a file stands."""
    moved = payload.get("migrated") or {}
    found = {}
    if key := key_of_address(str(moved.get("url") or "")):
        found[key] = path
    attachments = {row["sha256"]: row for row in payload.get("attachments") or ()}
    for row in moved.get("files") or ():
        if (key := key_of_address(str(row.get("url") or ""))) and row.get("sha256") in attachments:
            found.setdefault(key, file_path(attachments[row["sha256"]]))
    return {key: target for key, target in found.items() if key.partition("/")[2] != target}
