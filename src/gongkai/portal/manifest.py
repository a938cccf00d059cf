"""What the tree holds: page kinds with examples, so that checks cover every kind that exists."""

from __future__ import annotations

from dataclasses import dataclass

from gongkai.portal.places import Places
from gongkai.portal.state.schema import open_for_reading


@dataclass(frozen=True, slots=True)
class PageKind:
    """One kind of page: how many files, and up to three example paths (first, middle, last)."""

    kind: str
    count: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Manifest:
    """The kinds of a tree."""

    kinds: tuple[PageKind, ...]
    files: int
    records: int


def kind_of(spec: str, path: str, withdrawn: set[str]) -> str:
    """Return the kind of a file: specification kind, list kind, twin or satellite."""
    head, _, argument = spec.partition("|")
    mode = "elder-" if path.startswith("elder/") else ""
    if head == "list":
        key, _, number = argument.rpartition("|")
        return f"{mode}list-{key.partition(':')[0]}{'-numbered' if number != '0' else ''}"
    if head == "block":
        return f"{mode}block-{argument or 'platform'}"
    if head in {"fixed", "directory"}:
        return f"{mode}{head}-{argument or 'organisations'}"
    if head == "open":
        return f"{mode}interface" if path.endswith(".html") else "open"
    if head == "catalogue":
        return f"{mode}catalogue{'' if argument else 's'}" if path.endswith(".html") else "open-catalogue"
    if head == "calendar" and not path.endswith(".html"):
        return "calendar-file"
    if head == "record":
        if path.startswith("moved/"):
            return "moved-note"
        if not path.startswith(("doc/", "elder/doc/", "open/", "img/", "att/")):
            return "moved-page"
        if argument in withdrawn:
            return f"{mode}withdrawn"
        if path.startswith("open/"):
            return "open-record"
        if "/fujian-" in path:
            return f"{mode}attachment-text"
        return "figure-csv" if path.endswith(".csv") else f"{mode}record"
    return f"{mode}{head}"


def read_manifest(places: Places) -> Manifest:
    """Read the manifest from the state file."""
    db = open_for_reading(places.state)
    try:
        withdrawn = {str(row[0]) for row in db.execute("SELECT record_id FROM record WHERE withdrawn=1")}
        found: dict[str, list[str]] = {}
        for spec, path in db.execute("SELECT spec, path FROM output ORDER BY path"):
            found.setdefault(kind_of(spec, path, withdrawn), []).append(path)
        records = db.execute("SELECT count(*) FROM record").fetchone()[0]
    finally:
        db.close()
    kinds = tuple(
        PageKind(kind, len(paths), tuple(dict.fromkeys((paths[0], paths[len(paths) // 2], paths[-1]))))
        for kind, paths in sorted(found.items())
    )
    return Manifest(kinds, sum(k.count for k in kinds), records)
