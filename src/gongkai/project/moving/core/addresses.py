"""Addresses of the old site (旧地址): one key for each page, and what a link on it means."""

from __future__ import annotations

import posixpath
import re
import unicodedata
from urllib.parse import unquote, urljoin, urlsplit

PAGES = (".html", ".htm", ".shtml", ".xhtml", ".jsp", ".asp", ".aspx", ".php", ".do", ".action")
FILES = (
    ".pdf", ".doc", ".docx", ".wps", ".xls", ".xlsx", ".et", ".ppt", ".pptx", ".dps", ".ofd", ".rtf", ".txt", ".csv",
    ".zip", ".rar", ".7z", ".jpg", ".jpeg", ".png", ".gif", ".bmp", ".tif", ".tiff",
)  # fmt: skip
_SCRIPTED = re.compile(r"(?:java|vb|live)script:|data:|about:|file:|blob:", re.IGNORECASE)
_IGNORED = re.compile(r"[\x00-\x20]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def site_root(address: str) -> str:
    """Return `http://host/` for an address or a bare host name. Raises ValueError when there is no host in it."""
    text = address.strip() if "//" in address else f"http://{address.strip()}"
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or _CONTROL.search(text):
        raise ValueError(address)
    return f"{parts.scheme}://{parts.netloc.lower()}/"


def key_of(path: str, query: str = "") -> str:
    """Return the key of a page of the old site: its path with a slash in front, normal form C, and its query."""
    plain = unicodedata.normalize("NFC", unquote(path, errors="replace")).replace("\\", "/")
    slash = "/" if plain.endswith(("/", "/.", "/..")) else ""
    inner = posixpath.normpath("/" + plain).lstrip("/")
    return f"/{inner}{slash if inner else ''}" + (f"?{query}" if query else "")


def key_of_file(place: str) -> str:
    """Return the key of a mirrored file; `?` and wget's `@` before a query part keep the query, and `.html` behind it goes."""
    path, mark, query = place.partition("?")
    if not mark and (
        found := re.fullmatch(r"(.+\.(?:jsp|aspx?|php|do|action|s?html?))@([^/]*=[^/]*)", place)
    ):
        path, query = found[1], found[2]
    if query:
        query = re.sub(r"\.html?$", "", query)
    return key_of(path, query)


def absolute(site: str, key: str) -> str:
    """Return the full old address of a key."""
    return site.rstrip("/") + key


def link_kind(href: str) -> str:
    """Return what an address is: script, mail, anchor, address."""
    plain = _IGNORED.sub("", href)
    if not plain or plain.startswith("#"):
        return "anchor"
    if _SCRIPTED.match(plain):
        return "script"
    return "mail" if plain.lower().startswith("mailto:") else "address"


def resolve(site: str, page_key: str, href: str) -> tuple[str, str]:
    """Return (`own`, key) for a link within the old site, (`https`|`http`, address) for one outside, (`bad`, "") else."""
    try:
        full = urljoin(absolute(site, page_key), href.strip())
        parts = urlsplit(full)
        host, own = (parts.hostname or "").lower(), (urlsplit(site).hostname or "")
    except ValueError:
        return "bad", ""
    if parts.scheme not in ("http", "https") or not host or _CONTROL.search(full):
        return "bad", ""
    if host.removeprefix("www.") == own.removeprefix("www."):
        return "own", key_of(parts.path or "/", parts.query)
    return parts.scheme, full


def is_file(key: str) -> bool:
    """Tell whether a key names something to download rather than a page."""
    return key.partition("?")[0].lower().endswith(FILES)


def is_page(key: str) -> bool:
    """Tell whether a key names a page."""
    path = key.partition("?")[0].lower()
    return path.endswith(PAGES) or path.endswith("/") or "." not in posixpath.basename(path)


def readings(key: str) -> tuple[str, ...]:
    """Return the keys under which a mirror may hold what an address names: itself, the index page of a folder, without query."""
    path = key.partition("?")[0]
    found = [key]
    if path.endswith("/"):
        found += [f"{path}{name}" for name in ("index.html", "index.htm", "index.shtml")]
    elif posixpath.basename(path).startswith("index."):
        found.append(path[: path.rindex("/") + 1])
    return tuple(found)


def relative_link(from_path: str, to_path: str) -> str:
    """Return a link from one page of the new site to another that holds under every base path and in the elder mode."""
    link = posixpath.relpath(to_path, posixpath.dirname(from_path))
    return link if "/" in link else f"./{link}"
