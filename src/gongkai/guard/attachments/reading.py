"""One reading of one file (一次读取): where parts and findings go, and how members inside a file are read in turn."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO, Protocol

from gongkai.guard.attachments.kinds import FileKind, sniff
from gongkai.guard.attachments.limits import Budget, Overrun, Unreadable
from gongkai.guard.attachments.rules import AttachmentRules, load_rules
from gongkai.guard.parts import Part
from gongkai.kernel.findings import Finding

_DIGIT = re.compile(r"[0-9０-９]")
_SPACE = re.compile(r"\s+")


def sample(text: str, length: int = 16) -> str:
    """Return a short piece of hidden text for a message, digits masked, so that no number is repeated."""
    cut = _SPACE.sub(" ", text).strip()
    masked = _DIGIT.sub("*", cut[:length])
    return masked + ("…" if len(cut) > length else "")


class Sink(Protocol):
    """Where a reading puts what it finds."""

    def part(self, part: Part) -> None:
        """Take one readable part."""

    def finding(self, finding: Finding) -> None:
        """Take one finding."""


@dataclass(slots=True)
class ListSink:
    """Keeps everything in memory."""

    parts: list[Part] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def part(self, part: Part) -> None:
        self.parts.append(part)

    def finding(self, finding: Finding) -> None:
        self.findings.append(finding)


Reader = Callable[["Reading"], None]


@dataclass(slots=True)
class Reading:
    """What a reader is given: the bytes, the budget, and where to report.

    `prefix` stands before every part name of a member inside an archive. `source` is a path or a seekable stream.
    """

    source: Path | BinaryIO
    kind: FileKind
    budget: Budget
    sink: Sink
    readers: dict[str, Reader]
    prefix: str = ""
    level: int = 0
    label: str = ""
    rules: AttachmentRules = field(default_factory=load_rules)

    def part(
        self,
        name: str,
        text: str,
        *,
        kind: str = "text",
        table: Sequence[Sequence[str]] | None = None,
        caption: str = "",
    ) -> None:
        """Report one readable part; empty ones are left out."""
        if not text.strip():
            return
        self.budget.add_text(len(text))
        rows = None if table is None else tuple(tuple(row) for row in table)
        self.sink.part(Part(self.prefix + name, text, rows, kind, caption))

    def table(
        self, name: str, rows: Sequence[Sequence[str]], *, kind: str = "table", caption: str = ""
    ) -> None:
        """Report a table as one part; its text is the rows joined by line feeds, the cells by tabs."""
        self.part(name, "\n".join("\t".join(row) for row in rows), kind=kind, table=rows, caption=caption)

    def finding(
        self, detector: str, part: str, message: str, *, matched: str = "", variant: str | None = None,
        suggestion: str | None = None, confidence: float | None = None,
    ) -> None:  # fmt: skip
        """Report one finding of the rule file."""
        self.sink.finding(
            self.rules.finding(
                detector,
                self.prefix + part,
                message,
                matched=matched,
                variant=variant,
                suggestion=suggestion,
                confidence=confidence,
            )
        )

    def content(self) -> bytes:
        """Return the whole file; raises Overrun beyond the size limit."""
        most = self.budget.limits.file_bytes
        if isinstance(self.source, Path):
            if self.source.stat().st_size > most:
                raise Overrun(f"文件超过 {most // (1024 * 1024)} MB")
            return self.source.read_bytes()
        self.source.seek(0)
        return self.source.read()

    def nested(self, name: str, data: bytes, *, separator: str = ">") -> None:
        """Read a member found inside this file; what cannot be read becomes a finding, never silence."""
        if self.level + 1 > self.budget.limits.depth:
            raise Overrun(f"压缩包或内嵌对象嵌套超过 {self.budget.limits.depth} 层（{name}）")
        kind = sniff(data)
        inner = replace(
            self,
            source=io.BytesIO(data),
            kind=kind,
            prefix=f"{self.prefix}{name}{separator}",
            level=self.level + 1,
        )
        inner.run(name)

    def run(self, name: str) -> None:
        """Read this file with the reader of its kind and report what stops it."""
        label = name or "文件"
        if self.kind.encrypted:
            self.finding("file.unreadable", "text", f"“{label}”设有打开口令，无法检查；请去掉口令后再上传")
            return
        reader = self.readers.get(self.kind.kind)
        if reader is None:
            self.finding(
                "file.unreadable", "text", f"“{label}”是{self.kind.name}，无法检查内容；请改用常用格式"
            )
            return
        if self.kind.also:
            others = "、".join(FileKind(other, "").name for other in self.kind.also)
            self.finding("file.disguised", "text", f"“{label}”是{self.kind.name}，同时又能当作{others}打开")
        try:
            reader(self)
        except Unreadable as error:
            self.finding("file.unreadable", "text", f"“{label}”：{error}")
        except (Overrun, MemoryError):
            raise
        except Exception as error:
            # A parser that trips over hostile content must end as a finding that blocks, not as a crash.
            self.finding(
                "file.unreadable", "text", f"“{label}”的结构不合规范，读不完整（{type(error).__name__}）"
            )
