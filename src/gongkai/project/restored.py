"""The marker of a home restored to an older state (恢复到旧状态): what it lacks, and the refusal to go on before that is settled."""

from __future__ import annotations

import json
from dataclasses import dataclass

from gongkai.project.environment import Environment
from gongkai.project.failure import CommandFailed

MARKER, LIST = "RESTORED-BEHIND.json", "reconciliation.csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """What a home lacks: seals `last_seq` + 1 to `newest_seq`; `told` counts the lines of the list by kind; `tail` is where they were read."""

    last_seq: int
    newest_seq: int
    newest_at: str
    told: dict[str, int]
    tail: str

    @property
    def unknown(self) -> int:
        """Return of how many lost entries nothing but their number is known."""
        return self.newest_seq - self.last_seq - sum(self.told.values())


def read_marker(environment: Environment) -> Behind | None:
    """Return what this home lacks, None when it lacks nothing that is known."""
    try:
        return Behind(**json.loads((environment.home / MARKER).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None


def require_settled(environment: Environment) -> None:
    """Refuse to go on in a home that was restored to an older state and not settled."""
    if (behind := read_marker(environment)) is not None:
        raise CommandFailed(
            "restored_behind",
            f"恢复的备份只到台账第 {behind.last_seq} 号，已公布到第 {behind.newest_seq} 号，还没有对账",
            where=str(environment.home / LIST),
            remedy="请看对账清单，再执行 gongkai reconcile --settle --user 有撤下权的账号",
        )
