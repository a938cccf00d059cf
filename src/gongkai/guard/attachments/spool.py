"""Carrying parts and findings from the isolated worker (结果传递): JSON lines in a file, never program objects."""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any, overload

from gongkai.guard.parts import Part
from gongkai.kernel.findings import Finding, Severity

IN_MEMORY_BYTES = 8 * 1024 * 1024


class SpoolSink:
    """Writes parts to one file and findings to another, a line each, as they come."""

    def __init__(self, folder: Path) -> None:
        self._parts = (folder / "parts").open("w", encoding="utf-8", errors="surrogatepass")
        self._findings = (folder / "findings").open("w", encoding="utf-8", errors="surrogatepass")

    def part(self, part: Part) -> None:
        """Write one part."""
        # The text of a table is its rows joined: it is put together again when loaded.
        text = part.text if part.table is None else None
        self._parts.write(json.dumps([part.name, text, part.table, part.kind, part.caption]) + "\n")

    def finding(self, finding: Finding) -> None:
        """Write one finding at once, so that it survives a crash."""
        self._findings.write(json.dumps({name: getattr(finding, name) for name in Finding.__slots__}) + "\n")
        self._findings.flush()

    def close(self) -> None:
        """Finish both files."""
        self._parts.close()
        self._findings.close()


def _part(line: bytes | str) -> Part:
    name, text, table, kind, caption = json.loads(line)
    if table is None:
        return Part(name, text, None, kind, caption)
    return Part(
        name, "\n".join("\t".join(row) for row in table), tuple(tuple(row) for row in table), kind, caption
    )


def _finding(line: str) -> Finding:
    data: dict[str, Any] = json.loads(line)
    data["severity"] = Severity(data["severity"])
    data["span"] = None if data["span"] is None else tuple(data["span"])
    return Finding(**data)


def load_findings(folder: Path) -> list[Finding]:
    """Return the findings written so far; a half line at the end of a crashed reading is left out."""
    path = folder / "findings"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True) if path.exists() else []
    return [_finding(line) for line in lines if line.endswith("\n")]


def load_parts(folder: Path) -> Sequence[Part]:
    """Return the parts: in memory when few, else read from the file one at a time."""
    path = folder / "parts"
    if not path.exists():
        return ()
    if path.stat().st_size <= IN_MEMORY_BYTES:
        with path.open("rb") as stream:
            return tuple(_part(line) for line in stream if line.endswith(b"\n"))
    return PartSpool(path)


class PartSpool(Sequence[Part]):
    """A read-only sequence of parts kept on disk; the file may be unlinked while this object lives."""

    def __init__(self, path: Path) -> None:
        self._file: IO[bytes] = path.open("rb")
        self._starts = array("Q")
        at = 0
        for line in self._file:
            if line.endswith(b"\n"):
                self._starts.append(at)
            at += len(line)

    def __len__(self) -> int:
        return len(self._starts)

    @overload
    def __getitem__(self, index: int) -> Part: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[Part, ...]: ...

    def __getitem__(self, index: int | slice) -> Part | tuple[Part, ...]:
        if isinstance(index, slice):
            return tuple(self[place] for place in range(*index.indices(len(self))))
        self._file.seek(self._starts[index])
        return _part(self._file.readline())

    def __iter__(self) -> Iterator[Part]:
        for place in range(len(self)):
            yield self[place]

    def __del__(self) -> None:
        self._file.close()
