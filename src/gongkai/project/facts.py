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


class RestoreSettled(Fact, name="project.RestoreSettled"):
    """An older backup went on after its loss was listed (恢复旧备份后对账): seals `last_seq` + 1 to `lost_seq` are lost with it."""

    last_seq: int
    lost_seq: int
    withdrawn_again: int
    erased_again: int
