"""Scanning files, folders and mirrored sites (扫描): every file read, checked, reported; what cannot be read is reported too."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree, html

from gongkai.guard.attachments.api import ReadResult, is_unreadable, read
from gongkai.guard.attachments.text_decoding import decode
from gongkai.guard.check import check
from gongkai.guard.core.document import Context, Document
from gongkai.guard.parts import Part
from gongkai.kernel.findings import Finding

_SPOKEN_ATTRIBUTES = ("alt", "title", "placeholder", "aria-label", "content", "value", "summary", "label")
_BATCH_CHARACTERS = 1_000_000
_PAGE_BYTES = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class FileFindings:
    """The findings of one file. `name` is the path as the caller may print it; `characters` counts the text that was read."""

    name: str
    findings: list[Finding] = field(default_factory=list)
    unreadable: bool = False
    characters: int = 0

    @property
    def blocking(self) -> bool:
        """Tell whether the file must not go out."""
        return any(finding.is_blocking for finding in self.findings)


def scan_paths(
    paths: Iterable[Path | str], context: Context | None = None, *, show_matched: bool = False
) -> Iterator[FileFindings]:
    """Yield the findings of each file among `paths`, folders walked in order of name, links out of them not followed.

    Raises FileNotFoundError, before anything is read, when one of the paths does not exist.
    """
    given = [Path(path) for path in paths]
    for path in given:
        if not path.exists():
            raise FileNotFoundError(str(path))
    for path in given:
        for file in _files(path):
            yield scan_file(file, context, show_matched=show_matched)


def scan_file(
    path: Path, context: Context | None = None, *, show_matched: bool = False, name: str | None = None
) -> FileFindings:
    """Return the findings of one file; never raises for its content."""
    result = read(path, name=name)
    findings = list(result.findings)
    characters = 0
    for batch in _batches(_all_parts(path, result)):
        characters += sum(len(part.text) for part in batch)
        findings += check(Document(tuple(batch)), context, show_matched=show_matched)
    return FileFindings(str(path), findings, is_unreadable(findings), characters)


def _files(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
        return
    for folder, folders, names in os.walk(path):
        folders.sort()
        for name in sorted(names):
            file = Path(folder) / name
            if file.is_file() and not file.is_symlink():
                yield file


def _all_parts(path: Path, result: ReadResult) -> Iterator[Part]:
    yield from result.parts
    if result.kind == "html":
        spoken = _attributes(path)
        if spoken:
            yield Part("attribute", "\n".join(spoken), kind="property")


def _batches(parts: Iterable[Part]) -> Iterator[list[Part]]:
    """Group parts so that a huge workbook is checked piece by piece; tables and text of one page stay together."""
    batch: list[Part] = []
    size = 0
    for part in parts:
        batch.append(part)
        size += len(part.text)
        if size > _BATCH_CHARACTERS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _attributes(path: Path) -> list[str]:
    """Return what a page says in attributes: alternative texts, tool tips, meta descriptions."""
    data = path.read_bytes()
    if len(data) > _PAGE_BYTES:
        return []
    try:
        root = html.document_fromstring(
            decode(data).text, parser=html.HTMLParser(no_network=True, recover=True)
        )
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return []
    spoken: dict[str, None] = {}
    for element in root.iter(etree.Element):
        for name in _SPOKEN_ATTRIBUTES:
            value = (element.get(name) or "").strip()
            if len(value) > 1 and not value.startswith(("width=", "text/html", "http")):
                spoken[value] = None
    return list(spoken)
