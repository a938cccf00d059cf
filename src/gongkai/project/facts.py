"""Facts of the project room."""

from __future__ import annotations

from gongkai.journal.facts import Code, Fact


class DataExported(Fact, name="project.DataExported"):
    """Everything left for another system, or the office's own keeping (整体导出); `reason` is a code of the command's list."""

    reason: Code
    credentials: bool


class SpanExported(Fact, name="project.SpanExported"):
    """An auditor took a stretch of the journal away (导出账本)."""

    first_seq: int
    last_seq: int


class SentenceTraced(Fact, name="project.SentenceTraced"):
    """An auditor read who changed the words of a record, drafts included (追溯改动)."""
