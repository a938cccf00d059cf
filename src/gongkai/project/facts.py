"""Facts of the project room."""

from __future__ import annotations

from gongkai.journal.facts import Code, Fact, Sha256


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


class MoveStaged(Fact, name="project.MoveStaged"):
    """A move from an old site was read to its end (原网站内容已读完): drafts made, how many may be listed, what was not read."""

    drafted: int
    listable: int
    unread: int


class MovePutForward(Fact, name="project.MovePutForward"):
    """A list of clean items of a move was put forward for signature (提请迁移批次审签)."""

    round: int
    list_sha256: Sha256
    listed: int


class MoveSigned(Fact, name="project.MoveSigned"):
    """One person signed the list of a move, or returned it (迁移批次审签): `decision` is signed or returned."""

    round: int
    step: Code
    decision: Code
    list_sha256: Sha256


class MoveReleased(Fact, name="project.MoveReleased"):
    """What was listed went out, as far as the gate let it (迁移批次发布)."""

    round: int
    list_sha256: Sha256
    released: int
    kept_back: int


class RetentionTermChosen(Fact, name="project.RetentionTermChosen"):
    """An authority chose how long it keeps a kind of data (选定保管期限)."""

    rule: Code
    length_days: int


class DisposalProposed(Fact, name="project.DisposalProposed"):
    """What is due of one kind was listed and another person asked to agree (提请处置)."""

    rule: Code
    listed: int
    list_sha256: Sha256


class DisposalDecided(Fact, name="project.DisposalDecided"):
    """A second person agreed to a list or refused it (决定处置): `decision` is agreed or refused."""

    decision: Code
    list_sha256: Sha256


class DisposalCarriedOut(Fact, name="project.DisposalCarriedOut"):
    """An agreed list was carried out (执行处置): what its rooms let go, and what stays."""

    list_sha256: Sha256
    done: int
    kept_back: int
