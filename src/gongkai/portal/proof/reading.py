"""Reading any file down to its text: compressed variants, archives in archives, HTML, feeds, JSON. Depth and size are limited."""

from __future__ import annotations

import contextlib
import html
import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

import brotli

LIMIT = 256 * 1024 * 1024
DEPTH = 4
_INLINE = re.compile(r"</?(?:a|b|em|i|mark|span|strong|sub|sup|u)\b[^>]*>", re.I)
_TAG = re.compile(r"<[^>]*>")


class TooLarge(ValueError):
    """A packed file unpacks to more than the limit."""


def blobs(data: bytes, name: str, depth: int = 0) -> Iterator[tuple[str, bytes]]:
    """Return (where, bytes) of a file and of everything packed in it. Raises TooLarge."""
    yield name, data
    if depth >= DEPTH:
        return
    if data[:2] == b"\x1f\x8b":
        yield from _unpacked(name, "gzip", zlib.decompressobj(31), data, depth)
    elif data[:4] == b"PK\x03\x04":
        yield from _zip_members(data, name, depth)
    elif name.endswith(".br"):
        try:
            inner = brotli.decompress(data)
        except brotli.error:
            return
        _check(name, len(inner))
        yield from blobs(inner, f"{name}（br）", depth + 1)


def _unpacked(name: str, kind: str, unpacker: Any, data: bytes, depth: int) -> Iterator[tuple[str, bytes]]:
    try:
        inner = unpacker.decompress(data, LIMIT + 1)
    except zlib.error:
        return
    _check(name, len(inner))
    yield from blobs(inner, f"{name}（{kind}）", depth + 1)


def _zip_members(data: bytes, name: str, depth: int) -> Iterator[tuple[str, bytes]]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except zipfile.BadZipFile:
        return
    with archive:
        _check(name, sum(info.file_size for info in archive.infolist()))
        for info in archive.infolist():
            if info.is_dir() or info.flag_bits & 1:
                continue
            try:
                inner = archive.read(info)
            except (zipfile.BadZipFile, zlib.error, NotImplementedError, OSError):
                continue
            yield from blobs(inner, f"{name}!{info.filename}", depth + 1)


def _check(name: str, size: int) -> None:
    if size > LIMIT:
        raise TooLarge(f"{name} 展开后超过 {LIMIT // 1024 // 1024} MB，未能查证")


def text_of(data: bytes) -> str:
    """Return the text of a blob; empty when it is not text. JSON and HTML escapes are undone, block tags become line ends."""
    if b"\x00" in data[:4096] and data[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        return ""
    text = _decoded(data)
    head = text.lstrip()[:1]
    if head in ("{", "["):
        with contextlib.suppress(ValueError, RecursionError):
            text = "\n".join(_strings(json.loads(text)))
    if "\\u" in text:
        text = re.sub(r"\\u([0-9a-fA-F]{4})", lambda m: chr(int(m[1], 16)), text)
    if "<" in text:
        text = _TAG.sub("\n", _INLINE.sub("", text))
    return html.unescape(text) if "&" in text else text


def _decoded(data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030", "replace")


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield str(key)
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)
