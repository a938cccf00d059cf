"""Sources (迁移来源): what a mirror, an export or a manifest lists, streamed; reading comes later."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from gongkai.importing import api as importing
from gongkai.project.moving.core.addresses import is_page, key_of, key_of_file, link_kind, readings, resolve
from gongkai.project.moving.core.mapping import MoveMapping, guess_columns
from gongkai.project.moving.core.problems import Problem, SourceRefused
from gongkai.project.moving.folder import Folder, NotRead, display

TABLES = (".csv", ".xlsx", ".json", ".jsonl")
JSON_MOST = 512 * 1024 * 1024
_OF_TOOLS = ("hts-", "hts_", "cookies.txt", "backblue.gif", "fade.gif", "robots.txt")


@dataclass(frozen=True, slots=True)
class Found:
    """An item that a source lists: the key of its old address, where it is, and what the row said."""

    key: str
    place: str
    row: dict[str, Any] = field(default_factory=dict)


def prefix_of(folder: Folder, site: str) -> str:
    """Return the folder of the site's host inside a mirror (as wget and httrack make it), with a slash; empty when it is the mirror itself."""
    host = urlsplit(site).netloc
    for name in (host, host.replace(":", "+"), host.replace(":", "_")):
        try:
            folder.find(f"{name}/.")
        except NotRead:
            continue
        return f"{name}/"
    return ""


def list_mirror(folder: Folder, site: str) -> Iterator[Found | Problem]:
    """Yield every page of a mirrored tree; names that differ only in capitals are told."""
    prefix, seen = prefix_of(folder, site), {}
    for entry in folder.walk():
        if isinstance(entry, Problem):
            yield entry
            continue
        inner = entry.place.removeprefix(prefix)
        if prefix and inner == entry.place and entry.place.partition("/")[0] != prefix[:-1]:
            continue
        key = key_of_file(inner)
        if not is_page(key) or inner.startswith(_OF_TOOLS):
            continue
        if seen.setdefault(key.lower(), key) != key:
            yield Problem(entry.place, "case_clash", seen[key.lower()][:120])
        yield Found(key, entry.place)


def list_addresses(folder: Folder, site: str, addresses: Path) -> Iterator[Found | Problem]:
    """Yield the pages of a list of addresses, one a line, as the mirror holds them; what it does not hold is told."""
    prefix = prefix_of(folder, site)
    with addresses.open(encoding="utf-8-sig", errors="replace") as lines:
        for line in lines:
            address = line.split("\t")[0].strip()
            if not address or address.startswith("#"):
                continue
            where, key = resolve(site, "/", address) if link_kind(address) == "address" else ("bad", "")
            if where != "own":
                yield Problem(display(address[:300]), "outside")
                continue
            place = next((p for p in _places(key, prefix) if _is_there(folder, p)), None)
            yield Found(key, place) if place else Problem(display(key[:300]), "address_missing")


def list_table(path: Path, site: str, mapping: MoveMapping) -> Iterator[Found | Problem]:
    """Yield the rows of an export (csv, xlsx, json, jsonl) by the fields of the mapping. Raises SourceRefused."""
    rows = _json_rows(path) if path.suffix.lower() in (".json", ".jsonl") else _table_rows(path)
    columns: dict[str, str] | None = None
    for number, row in rows:
        if row is None:
            yield Problem(f"{path.name} 第 {number} 行", "row_broken")
            continue
        if columns is None:
            columns = guess_columns(row, mapping.columns)
            _require_columns(columns, row, path)
        said = {name: row[column] for name, column in columns.items() if row.get(column) not in (None, "")}
        place = f"{path.name} 第 {number} 行"
        if not said:
            yield Problem(place, "row_broken")
            continue
        yield Found(
            _row_key(said, site, path, number),
            place,
            {k: v if isinstance(v, str) else str(v) for k, v in said.items()},
        )


def list_manifest(
    folder: Folder, manifest: Path, site: str, mapping: MoveMapping
) -> Iterator[Found | Problem]:
    """Yield the rows of a manifest; a row without its file, and a file without its row, are told. Raises SourceRefused."""
    named: set[str] = set()
    for found in list_table(manifest, site, mapping):
        if isinstance(found, Problem):
            yield found
            continue
        place = found.row.get("file", "").strip().replace("\\", "/")
        if not place:
            yield Problem(found.place, "row_broken", "没有文件名")
            continue
        try:
            folder.find(place)
        except NotRead as refused:
            named.add(display(place))
            yield refused.problem
            continue
        named.add(display("/".join(piece for piece in place.split("/") if piece not in ("", "."))))
        for other in found.row.get("attachments", "").replace("；", ";").replace("|", ";").split(";"):
            named.add(display(other.strip().replace("\\", "/")))
        key = found.key if "url" in found.row else f"file:{display(place)}"
        yield Found(key, place, {**found.row, "file": place})
    own = manifest.name
    for entry in folder.walk():
        if isinstance(entry, Problem):
            yield entry
        elif entry.place not in named and entry.place != own:
            yield Problem(entry.place, "not_in_manifest")


def headers_of(path: Path) -> list[str]:
    """Return the columns of an export. Raises SourceRefused."""
    rows = _json_rows(path) if path.suffix.lower() in (".json", ".jsonl") else _table_rows(path)
    return list(next((row for _, row in rows if row), {}))


def _table_rows(path: Path) -> Iterator[tuple[int, dict[str, Any] | None]]:
    try:
        table = importing.read_table(path)
        for row in table.rows:
            yield row.number, dict(zip(table.headers, row.cells, strict=False))
    except importing.Unreadable as error:
        raise SourceRefused(error.code, error.message, where=error.where, remedy=error.remedy) from error


def _json_rows(path: Path) -> Iterator[tuple[int, dict[str, Any] | None]]:
    if path.suffix.lower() == ".jsonl":
        with path.open(encoding="utf-8-sig", errors="replace") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    yield number, _as_row(line)
        return
    if path.stat().st_size > JSON_MOST:
        raise SourceRefused(
            "too_large", "JSON 文件太大", where=path.name, remedy="请导出成 .jsonl（一行一条）"
        )
    try:
        loaded = json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise SourceRefused(
            "not_json", "读不出这个 JSON 文件", where=path.name, remedy="请用 UTF-8 重新导出"
        ) from error
    if isinstance(loaded, dict):
        lists = [value for value in loaded.values() if isinstance(value, list)]
        loaded = max(lists, key=len, default=[])
    for number, row in enumerate(loaded, 1):
        yield number, {str(k): v for k, v in row.items()} if isinstance(row, dict) else None


def _as_row(line: str) -> dict[str, Any] | None:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return {str(name): value for name, value in row.items()} if isinstance(row, dict) else None


def _require_columns(columns: dict[str, str], row: dict[str, Any], path: Path) -> None:
    if missing := sorted(column for column in columns.values() if column not in row):
        raise SourceRefused(
            "columns", f"表里没有列：{'、'.join(missing)}", where=path.name, remedy="请核对对照表里的 columns"
        )
    if "title" not in columns and "file" not in columns:
        raise SourceRefused(
            "columns",
            f"认不出标题在哪一列；表里有：{'、'.join(list(row)[:20])}",
            where=path.name,
            remedy="请用 gongkai move-in guess 生成对照表，改好后用 --mapping 指明",
        )


def _row_key(said: dict[str, Any], site: str, path: Path, number: int) -> str:
    address = str(said.get("url") or "").strip()
    if address and link_kind(address) == "address":
        where, key = resolve(site, "/", address)
        if where == "own":
            return key
        if where in ("http", "https"):
            return key_of(urlsplit(key).path, urlsplit(key).query)
    return f"row:{path.name}:{number}"


def _places(key: str, prefix: str) -> Iterator[str]:
    for reading in readings(key):
        path, mark, query = reading.lstrip("/").partition("?")
        names = (
            [f"{path}?{query}", f"{path}?{query}.html", f"{path}@{query}", f"{path}@{query}.html"]
            if mark
            else [path]
        )
        for name in [*names, *([f"{path}.html"] if "." not in path.rpartition("/")[2] else [])]:
            yield f"{prefix}{name}"


def _is_there(folder: Folder, place: str) -> bool:
    try:
        folder.find(place)
    except NotRead:
        return False
    return True
