"""A redacted copy that is proven (涂黑副本): made, opened again, proven; only then written."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gongkai.guard.attachments.clean_copy import write_whole
from gongkai.guard.attachments.file_reading import is_unreadable, read, stopped_finding
from gongkai.guard.attachments.isolation import run_job
from gongkai.guard.attachments.limits import DEFAULT_LIMITS, Limits, Unreadable
from gongkai.guard.attachments.redaction import Box
from gongkai.guard.attachments.rules import load_rules
from gongkai.kernel.findings import Finding

_MESSAGES = {
    "text_layer": "涂黑处下面仍有文字",
    "text_elsewhere": "涂去的文字在这一页还看得到，请一并涂黑或确认可以公开",
    "pixels": "涂黑处的画面不对",
    "object": "文件内部还留着涂去的文字",
}
_LEFT_TO_PERSONS = frozenset({"att.image_text_pii", "att.light_mask"})


@dataclass(frozen=True, slots=True)
class RedactResult:
    """What a redaction did: pages rebuilt from pixels, number of words destroyed, and what is `still` there.

    With anything in `still` ([{"what", "count", "page", "message"}]) no file was written.
    """

    pages: list[int] = field(default_factory=list)
    words: int = 0
    still: list[dict[str, Any]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @property
    def is_written(self) -> bool:
        """Tell whether the redacted copy exists."""
        return not self.still

    @property
    def unreadable(self) -> bool:
        """Tell whether the file could not be read."""
        return is_unreadable(self.findings)


def redact_pdf(
    in_path: Path | str,
    out_path: Path | str,
    boxes: Sequence[Box],
    *,
    elsewhere_allowed: bool = False,
    limits: Limits = DEFAULT_LIMITS,
) -> RedactResult:
    """Write a copy of a PDF in which nothing is left under the boxes; the copy is also cleaned of hidden data.

    The copy is opened again: no text on the rebuilt pages, the boxes pixel for pixel as painted, no removed word in any
    object; a removed word that another page still shows stops it, unless `elsewhere_allowed`. Never raises for file content.
    """
    source, target = Path(in_path), Path(out_path)
    rows = json.dumps([[box.page, *box.rect, box.ground] for box in boxes])
    with tempfile.TemporaryDirectory(prefix="gongkai-redact-") as made:
        folder = Path(made)
        allowed = "allowed" if elsewhere_allowed else "refused"
        outcome = run_job("redact", folder, limits, path=str(source.resolve()), boxes=rows, elsewhere=allowed)
        if not outcome.is_done or not (folder / "answer").exists():
            finding = stopped_finding(outcome, source.name, limits)
            return RedactResult(
                still=[{"what": finding.detector, "count": 1, "page": 0, "message": finding.message}],
                findings=[finding],
            )
        answer = json.loads((folder / "answer").read_text(encoding="utf-8"))
        if answer["refused"]:
            finding = load_rules().finding(
                "file.overrun" if answer["overrun"] else "file.unreadable", "text", answer["refused"]
            )
            return RedactResult(
                still=[{"what": finding.detector, "count": 1, "page": 0, "message": finding.message}],
                findings=[finding],
            )
        still = [{**row, "message": _MESSAGES[row["what"]]} for row in answer["still"]]
        after = read(folder / "made", limits=limits, name=target.name)
        still += [
            {"what": finding.detector, "count": 1, "page": 0, "message": finding.message}
            for finding in after.findings
            if finding.detector not in _LEFT_TO_PERSONS
        ]
        if not still:
            write_whole(folder / "made", target)
    return RedactResult(answer["pages"], answer["words"], still, after.findings)


def find_boxes(
    path: Path | str, words: Sequence[str], ground: str, *, limits: Limits = DEFAULT_LIMITS
) -> list[Box]:
    """Return boxes around the given words of a PDF, to be confirmed by a person; blanks between characters are ignored.

    Raises Unreadable (Chinese message) when the file cannot be opened in the limits.
    """
    answer, _ = _page_job(path, limits, words=json.dumps(list(words)), ground=ground, page="0", width="0")
    return [
        Box(page, (left, top, right, bottom), reason)
        for page, left, top, right, bottom, reason in answer["boxes"]
    ]


def page_png(path: Path | str, page: int, *, width: int = 1000, limits: Limits = DEFAULT_LIMITS) -> bytes:
    """Return a page (from 1) of a PDF as a PNG, `width` pixels wide, turned and cropped as displayed. Raises Unreadable."""
    _, made = _page_job(path, limits, words="", ground="", page=str(page), width=str(width))
    return made


def _page_job(path: Path | str, limits: Limits, **request: str) -> tuple[dict[str, Any], bytes]:
    source = Path(path)
    with tempfile.TemporaryDirectory(prefix="gongkai-page-") as made:
        folder = Path(made)
        outcome = run_job("page", folder, limits, path=str(source.resolve()), **request)
        if not outcome.is_done or not (folder / "answer").exists():
            raise Unreadable(stopped_finding(outcome, source.name, limits).message)
        answer: dict[str, Any] = json.loads((folder / "answer").read_text(encoding="utf-8"))
        if answer["refused"]:
            raise Unreadable(answer["refused"])
        picture = folder / "made"
        return answer, picture.read_bytes() if picture.exists() else b""
