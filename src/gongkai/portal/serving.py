"""Answering with files of the public tree: look-up inside the tree only, prepared variants, validators, safe headers. Standard library and plain functions only."""

from __future__ import annotations

import mimetypes
import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from email.utils import formatdate
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import quote

from gongkai.portal.core.old_addresses import note_place, old_key

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'self'; manifest-src 'self'"
)
PAGE_HEADERS = [
    ("Content-Security-Policy", CONTENT_SECURITY_POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), microphone=(), geolocation=()"),
    ("X-Frame-Options", "SAMEORIGIN"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
]
ATTACHMENT_HEADERS = [
    ("Content-Security-Policy", "default-src 'none'; sandbox"),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
]
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".xml": "application/xml; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".ics": "text/calendar; charset=utf-8",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
}
ATOM = "application/atom+xml; charset=utf-8"
_ENCODINGS = (("br", ".br"), ("gzip", ".gz"))
_CHUNK = 1 << 16
_READ_WHOLE = 1 << 20
_KEPT_SIZE, _FILES_KEPT, _FOLDERS_KEPT = 64 * 1024, 1024, 20_000
_Kept = tuple[tuple[int, int, int], str, list[tuple[str, str]], bytes | None]


@dataclass(slots=True)
class Answer:
    """A response: status, headers and a body, or an open file of which `length` bytes are sent."""

    status: str
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""
    stream: BinaryIO | None = None
    length: int = 0

    def parts(self) -> Iterable[bytes]:
        """Return the body in parts."""
        return [self.body] if self.stream is None else _chunks(self.stream, self.length)


def _chunks(stream: BinaryIO, length: int) -> Iterator[bytes]:
    with stream:
        while length > 0 and (part := stream.read(min(_CHUNK, length))):
            length -= len(part)
            yield part


class PublicFiles:
    """The files of one public tree."""

    def __init__(self, root: Path) -> None:
        self._root = str(root)
        self._real_root = os.path.realpath(root)
        self._folders: dict[str, bool] = {}
        self._kept: dict[str, _Kept] = {}

    def answer(self, environ: dict[str, Any], path: str) -> Answer:
        """Return the answer for a decoded path that begins with a slash (as WSGI gives it: latin-1 over UTF-8)."""
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return self.method_not_allowed()
        try:
            path = path.encode("latin-1").decode("utf-8")
        except UnicodeError:
            return self.not_found(environ)
        if not is_plain(path):
            return self.not_found(environ)
        target = self._root + path
        if path.endswith("/"):
            target += "index.html"
        info = self._stat(target)
        if info is None:
            if not path.endswith("/") and os.path.isfile(target + "/index.html"):
                address = quote(environ.get("PATH_INFO", path).encode("latin-1", "replace")) + "/"
                return Answer("308 Permanent Redirect", [("Location", address), ("Content-Length", "0")])
            return self.not_found(environ)
        return self._file(environ, path, target, info)

    def moved(self, environ: dict[str, Any], path: str) -> Answer | None:
        """Return where a page of the old site has gone, None when nobody knows; `path` as in `answer`."""
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return None
        try:
            key = old_key(
                environ.get("HTTP_HOST", ""), quote(path.encode("latin-1")), environ.get("QUERY_STRING", "")
            )
        except UnicodeError:
            return None
        for known in dict.fromkeys((key, key.partition("?")[0])):
            note = f"{self._root}/{note_place(known)}"
            if self._stat(note) is None:
                continue
            try:
                with open(note, encoding="utf-8") as lines:
                    said, address = lines.readline().rstrip("\n"), lines.readline().strip()
            except (OSError, UnicodeDecodeError):
                return None
            if said == known and address.startswith("/") and not address.startswith("//"):
                return Answer(
                    "301 Moved Permanently",
                    [("Location", address), ("Cache-Control", "no-cache"), ("Content-Length", "0")],
                )
        return None

    def _stat(self, target: str) -> os.stat_result | None:
        """Return what stands at target when it is a plain file really in the tree; links are not followed."""
        try:
            info = os.lstat(target)
        except (OSError, ValueError):
            return None
        if not stat.S_ISREG(info.st_mode) or not self._is_inside(os.path.dirname(target)):
            return None
        return info

    def _is_inside(self, folder: str) -> bool:
        """Return whether a folder is really in the tree: no link on the way. Asked once a folder; folders do not become links."""
        known = self._folders.get(folder)
        if known is None:
            real = os.path.realpath(folder)
            known = real == self._real_root or real.startswith(self._real_root + os.sep)
            if len(self._folders) > _FOLDERS_KEPT:
                self._folders.clear()
            self._folders[folder] = known
        return known

    def _file(self, environ: dict[str, Any], path: str, target: str, info: os.stat_result) -> Answer:
        top = path[1:].partition("/")[0]
        encoding = ""
        if top not in ("att", "img"):
            accepted = environ.get("HTTP_ACCEPT_ENCODING", "")
            for name, suffix in _ENCODINGS if accepted and "HTTP_RANGE" not in environ else ():
                if accepts(accepted, name) and (variant := self._stat(target + suffix)):
                    info, encoding, target = variant, name, target + suffix
                    break
        kept = self._kept.get(target)
        if kept is None or kept[0] != (info.st_mtime_ns, info.st_size, info.st_ino):
            kept = self._read(path, target, info, top, encoding)
        _, tag, headers, body = kept
        if matches(environ.get("HTTP_IF_NONE_MATCH", ""), tag):
            return Answer(
                "304 Not Modified", [h for h in headers if h[0] not in ("Content-Type", "Content-Length")]
            )
        if body is not None and "HTTP_RANGE" not in environ:
            return Answer("200 OK", headers, body)
        try:
            stream = open(target, "rb")  # noqa: SIM115  (closed by the sender)
        except OSError:
            return self.not_found(environ)
        size = os.fstat(stream.fileno()).st_size
        return _whole_or_part(environ, [h for h in headers if h[0] != "Content-Length"], stream, size)

    def _read(self, path: str, target: str, info: os.stat_result, top: str, encoding: str) -> _Kept:
        """Return stamp, tag, headers and, of a small file, the body; small files are kept and compared by stamp on each request."""
        plain = target[: -len(dict(_ENCODINGS)[encoding])] if encoding else target
        tag = f'"{info.st_mtime_ns:x}-{info.st_size:x}{"-" + encoding if encoding else ""}"'
        headers = self._headers(path, plain, top)
        if top not in ("att", "img"):
            headers.append(("Vary", "Accept-Encoding"))
        if encoding:
            headers.append(("Content-Encoding", encoding))
        headers += [
            ("ETag", tag),
            ("Last-Modified", formatdate(info.st_mtime, usegmt=True)),
            ("Accept-Ranges", "bytes"),
        ]
        stamp, body = (info.st_mtime_ns, info.st_size, info.st_ino), None
        if info.st_size <= _KEPT_SIZE:
            try:
                with open(target, "rb") as stream:
                    body = stream.read()
            except OSError:
                body = None
        if body is not None and len(body) == info.st_size:
            kept: _Kept = (stamp, tag, [*headers, ("Content-Length", str(len(body)))], body)
            if len(self._kept) >= _FILES_KEPT:
                self._kept.clear()
            self._kept[target] = kept
            return kept
        return stamp, tag, headers, None

    def _headers(self, path: str, target: str, top: str) -> list[tuple[str, str]]:
        extension = os.path.splitext(target)[1].lower()
        if top == "att":
            name = path.rpartition("/")[2]
            guessed = mimetypes.guess_type(name)[0] or "application/octet-stream"
            if extension in (".html", ".htm", ".svg", ".xml", ".xhtml", ".js") or guessed.startswith("text/"):
                guessed = "application/octet-stream"
            return [
                ("Content-Type", guessed),
                (
                    "Content-Disposition",
                    f"attachment; filename=\"{ascii_name(name)}\"; filename*=UTF-8''{quote(name, safe='')}",
                ),
                ("Cache-Control", "no-cache"),
                *ATTACHMENT_HEADERS,
            ]
        kind = TYPES.get(extension)
        if kind is None:
            return [
                ("Content-Type", "application/octet-stream"),
                ("Content-Disposition", "attachment"),
                ("Cache-Control", "no-cache"),
                *ATTACHMENT_HEADERS,
            ]
        if top == "feed":
            kind = ATOM
        caching = "public, max-age=31536000, immutable" if top == "assets" else "no-cache"
        return [("Content-Type", kind), ("Cache-Control", caching), *PAGE_HEADERS]

    def not_found(self, environ: dict[str, Any]) -> Answer:
        """Return the 404 page of the tree, in the mode the reader is in; for programs (`open/`) the problem in words."""
        if "/open/" in environ.get("PATH_INFO", "") and (problem := self._missing_data()):
            return problem
        elder = "/elder/" in environ.get("PATH_INFO", "")
        try:
            body = Path(self._root, "elder/404.html" if elder else "404.html").read_bytes()
        except OSError:
            body = "<!DOCTYPE html><html lang=zh-CN><title>没有这个页面</title><h1>没有这个页面</h1>".encode()
        headers = [
            ("Content-Type", "text/html; charset=utf-8"),
            ("Cache-Control", "no-cache"),
            ("Content-Length", str(len(body))),
            *PAGE_HEADERS,
        ]
        return Answer("404 Not Found", headers, body)

    def _missing_data(self) -> Answer | None:
        try:
            body = Path(self._root, "open/404.json").read_bytes()
        except OSError:
            return None
        headers = [
            ("Content-Type", "application/problem+json; charset=utf-8"),
            ("Cache-Control", "no-cache"),
            ("Content-Length", str(len(body))),
            *PAGE_HEADERS,
        ]
        return Answer("404 Not Found", headers, body)

    def method_not_allowed(self) -> Answer:
        """Return 405: public files are only read."""
        body = "公开页面只能读取。".encode()
        return Answer(
            "405 Method Not Allowed",
            [
                ("Allow", "GET, HEAD"),
                ("Content-Type", "text/plain; charset=utf-8"),
                ("Content-Length", str(len(body))),
            ],
            body,
        )


def is_plain(path: str) -> bool:
    """Return whether a path has only plain segments: no dot-files, no way up, no empty segment, no control or back slash."""
    if path[:1] != "/" or "\\" in path or any(c < " " or c == "\x7f" for c in path):
        return False
    segments = path[1:].split("/")
    if segments[-1] == "":
        segments.pop()
    return all(s and not s.startswith(".") for s in segments)


def accepts(header: str, name: str) -> bool:
    """Return whether an Accept-Encoding header takes this encoding (`q=0` refuses it)."""
    if name not in header:
        return False
    for part in header.split(","):
        token, _, parameters = part.strip().partition(";")
        if token.strip() == name:
            quality = parameters.strip().removeprefix("q=").strip()
            return quality.strip("0.") != "" if quality else True
    return False


def matches(header: str, tag: str) -> bool:
    """Return whether an If-None-Match header names this tag."""
    return bool(header) and (
        header.strip() == "*" or tag in [t.strip().removeprefix("W/") for t in header.split(",")]
    )


def ascii_name(name: str) -> str:
    """Return a file name for readers that do not know RFC 5987."""
    plain = "".join(c if c.isascii() and c.isprintable() and c not in '"\\;' else "_" for c in name)
    return plain if plain.strip("_. ") else "attachment" + os.path.splitext(plain)[1]


def _whole_or_part(
    environ: dict[str, Any], headers: list[tuple[str, str]], stream: BinaryIO, size: int
) -> Answer:
    asked = environ.get("HTTP_RANGE", "")
    span = byte_range(asked, size) if asked and "HTTP_IF_RANGE" not in environ else None
    if span == (-1, -1):
        stream.close()
        return Answer(
            "416 Range Not Satisfiable", [("Content-Range", f"bytes */{size}"), ("Content-Length", "0")]
        )
    if span is not None:
        first, last = span
        stream.seek(first)
        length = last - first + 1
        headers += [("Content-Range", f"bytes {first}-{last}/{size}"), ("Content-Length", str(length))]
        return Answer("206 Partial Content", headers, stream=stream, length=length)
    headers.append(("Content-Length", str(size)))
    if size <= _READ_WHOLE:
        with stream:
            return Answer("200 OK", headers, b"" if environ["REQUEST_METHOD"] == "HEAD" else stream.read())
    return Answer("200 OK", headers, stream=stream, length=size)


def byte_range(header: str, size: int) -> tuple[int, int] | None:
    """Return (first, last) of a single byte range, None to send the whole, (-1, -1) when it cannot be met."""
    unit, _, span = header.partition("=")
    first, dash, last = span.strip().partition("-")
    if (
        unit.strip() != "bytes"
        or not dash
        or "," in span
        or not (first + last).isdigit()
        or len(first + last) > 30
    ):
        return None
    if not first:
        length = min(int(last), size)
        return (size - length, size - 1) if length else (-1, -1)
    start = int(first)
    end = min(int(last), size - 1) if last else size - 1
    return (start, end) if start <= end else (-1, -1)
