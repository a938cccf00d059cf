"""A clean copy that is proven clean (清洗副本): made, opened again, scanned, compared; only then written."""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gongkai.guard.attachments.file_reading import ReadResult, is_unreadable, read, stopped_finding
from gongkai.guard.attachments.isolation import run_job
from gongkai.guard.attachments.limits import DEFAULT_LIMITS, Limits
from gongkai.guard.attachments.rules import load_rules
from gongkai.guard.parts import Part
from gongkai.kernel.findings import Finding

_SPACE = re.compile(r"\s+")
_VISIBLE = frozenset({"text", "table"})
_NOT_HIDDEN = frozenset({"att.image_text_pii", "file.mixed_encoding"})


@dataclass(frozen=True, slots=True)
class CleanResult:
    """What a cleaning did. `removed`: [{"what", "count", "label"}]; `still`: [{"what", "count", "message"}].

    With anything in `still` no file was written. `findings` are those of the copy that need a person, not a cleaning.
    """

    removed: list[dict[str, Any]] = field(default_factory=list)
    still: list[dict[str, Any]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @property
    def is_written(self) -> bool:
        """Tell whether the clean copy exists."""
        return not self.still

    @property
    def unreadable(self) -> bool:
        """Tell whether the file, or a part of it, could not be read."""
        return is_unreadable(self.findings)


def clean(in_path: Path | str, out_path: Path | str, *, limits: Limits = DEFAULT_LIMITS) -> CleanResult:
    """Write a copy of a file without hidden data; what the reader sees stays.

    The copy is opened again, scanned, and its visible text compared with the original's; if anything hidden is left, or
    something visible is lost, no file is written and `still` says what. Old formats come out as docx, xlsx or pptx, so
    `out_path` needs that suffix. Never raises for file content; OSError when `out_path` cannot be written.
    """
    source, target = Path(in_path), Path(out_path)
    with tempfile.TemporaryDirectory(prefix="gongkai-clean-") as made:
        folder = Path(made)
        outcome = run_job("clean", folder, limits, path=str(source.resolve()), name=target.name)
        if not outcome.is_done or not (folder / "answer").exists():
            return _refused([], stopped_finding(outcome, source.name, limits))
        answer = json.loads((folder / "answer").read_text(encoding="utf-8"))
        if answer["refused"]:
            detector = "file.overrun" if answer["overrun"] else "file.unreadable"
            return _refused(answer["removed"], load_rules().finding(detector, "text", answer["refused"]))
        after = read(folder / "made", limits=limits, name=target.name)
        computed = any(row["what"] == "xlsx.recalculated" for row in answer["removed"])
        still = _left(after) or _lost(read(source, limits=limits), after, computed=computed)
        if not still:
            write_whole(folder / "made", target)
    return CleanResult(
        answer["removed"], still, [finding for finding in after.findings if finding.severity.rank <= 2]
    )


def write_whole(source: Path, target: Path) -> None:
    """Put a finished file in its place in one step."""
    handle, name = tempfile.mkstemp(prefix=".gongkai-", dir=target.parent)
    os.close(handle)
    try:
        shutil.copyfile(source, name)
        os.chmod(name, 0o644)
        os.replace(name, target)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


def _refused(removed: list[dict[str, Any]], finding: Finding) -> CleanResult:
    return CleanResult(
        removed, [{"what": finding.detector, "count": 1, "message": finding.message}], [finding]
    )


def _left(after: ReadResult) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for finding in after.findings:
        if finding.detector in _NOT_HIDDEN or (
            finding.detector == "att.light_mask" and "page:" not in finding.part
        ):
            continue
        rows.append({"what": finding.detector, "count": 1, "message": finding.message, "part": finding.part})
    return rows


def _lost(before: ReadResult, after: ReadResult, *, computed: bool) -> list[dict[str, Any]]:
    """Compare what the reader sees; forms of a PDF and `computed` formulas may add to it, nothing may go."""
    if after.kind == "pdf":
        pages = {
            part.name: _SPACE.sub("", part.text) for part in after.parts if part.name.startswith("page:")
        }
        same = all(
            _SPACE.sub("", part.text) in pages.get(part.name, "")
            for part in before.parts
            if part.name.startswith("page:")
        )
    elif computed:
        same = not _words(before.parts) - _words(after.parts)
    else:
        same = visible_text(before.parts) == visible_text(after.parts)
    return (
        []
        if same
        else [
            {
                "what": "visible_text",
                "count": 1,
                "message": "清洗会改变看得见的文字，没有写出；请用原软件处理后再试",
            }
        ]
    )


def _words(parts: Iterable[Part]) -> Counter[str]:
    return Counter(word for part in parts if part.kind in _VISIBLE for word in part.text.split())


def visible_text(parts: Iterable[Part]) -> str:
    """Return what the reader sees, without white space and without headings repeated where a long table was cut."""
    pieces: list[str] = []
    previous = ""
    for part in parts:
        if part.kind not in _VISIBLE or "embedded:" in part.name:
            continue
        sheet = part.name.rpartition("!A")[0]
        text = (
            part.text.partition("\n")[2]
            if part.table is not None and sheet and sheet == previous
            else part.text
        )
        previous = sheet
        pieces.append(_SPACE.sub("", text))
    return "".join(pieces)
