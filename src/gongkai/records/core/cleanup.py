"""Clean-up of normative documents (规范性文件清理): its states, what may be decided, and the list that the public gets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Any

from gongkai.kernel.findings import Finding, Severity
from gongkai.kernel.machine import Table, Transition
from gongkai.kernel.rules import Confidence, load_rules

BASIS = "国办发〔2018〕37号"
HEAD = ("序号", "文件名称", "发文字号", "成文日期", "清理结果", "说明")


class RoundState(StrEnum):
    """Where a clean-up stands."""

    OPEN = "open"
    DECIDED = "decided"
    DRAFTED = "drafted"
    ANNOUNCED = "announced"
    CANCELLED = "cancelled"


ROUND_LABELS: dict[str, str] = {
    RoundState.OPEN: "逐件决定中",
    RoundState.DECIDED: "已全部决定",
    RoundState.DRAFTED: "结果在审",
    RoundState.ANNOUNCED: "结果已公布",
    RoundState.CANCELLED: "已取消",
}
RUNNING = frozenset({RoundState.OPEN, RoundState.DECIDED, RoundState.DRAFTED})
ROUND_VERBS: dict[str, str] = {
    "decide": "作出决定",
    "finish": "办结",
    "reopen": "重新打开",
    "draft_result": "生成清理结果",
    "prepare": "起草有效性变更",
    "announce": "公布结果",
    "cancel": "取消",
}

ROUND_TABLE: Table = (
    Transition(
        "decide", (RoundState.OPEN,), None, "section_editor", ("reason_given",), "CleanupDecided", BASIS
    ),
    Transition(
        "finish",
        (RoundState.OPEN,),
        RoundState.DECIDED,
        "disclosure_office",
        ("every_item_decided",),
        "CleanupFinished",
        BASIS,
    ),
    Transition(
        "reopen",
        (RoundState.DECIDED, RoundState.DRAFTED),
        RoundState.OPEN,
        "disclosure_office",
        ("result_never_public", "result_not_in_work"),
        "CleanupReopened",
        BASIS,
    ),
    Transition(
        "draft_result",
        (RoundState.DECIDED,),
        RoundState.DRAFTED,
        "disclosure_office",
        (),
        "CleanupDrafted",
        BASIS,
    ),
    Transition(
        "prepare",
        (RoundState.DRAFTED, RoundState.ANNOUNCED),
        None,
        "section_editor",
        (),
        "AmendmentStarted",
        BASIS,
    ),
    Transition(
        "announce",
        (RoundState.DRAFTED,),
        RoundState.ANNOUNCED,
        "system",
        ("result_released",),
        "CleanupAnnounced",
        BASIS,
    ),
    Transition(
        "cancel",
        (RoundState.OPEN, RoundState.DECIDED),
        RoundState.CANCELLED,
        "disclosure_office",
        ("reason_given",),
        "CleanupCancelled",
        BASIS,
    ),
)


@dataclass(frozen=True, slots=True)
class CleanupDecisionRule:
    """One possible decision. `validity` is what the document then shows, empty for no change; see `outcome`."""

    id: str
    name: str
    heading: str
    basis: tuple[str, ...]
    confidence: Confidence
    validity: str = ""
    validity_with: str = ""
    words: str = ""
    words_with: str = ""
    scope: str = "national"

    def outcome(self, *, round_title: str, by_named: bool) -> tuple[str, str] | None:
        """Return state and note of validity for a document; None when nothing changes on its page."""
        if not self.validity:
            return None
        changed = by_named and self.validity_with
        state = self.validity_with if changed else self.validity
        words = self.words_with if changed else self.words
        return state, words.format(round=round_title)


@dataclass(frozen=True, slots=True)
class CleanupScope:
    """What a clean-up lists by default, and the clock of the next one."""

    id: str
    kinds: tuple[str, ...]
    validity: tuple[str, ...]
    grades_not: tuple[str, ...]
    clock: str
    basis: tuple[str, ...]
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class Listed:
    """One document of the list as it is printed."""

    title: str
    number: str
    formed: date | None
    decision: str
    reason: str


@lru_cache(maxsize=1)
def cleanup_decisions() -> tuple[CleanupDecisionRule, ...]:
    """Return what may be decided, in the order of the public list."""
    return load_rules("cleanup", CleanupDecisionRule, only=("decisions.yaml",))


@lru_cache(maxsize=1)
def cleanup_scope() -> CleanupScope:
    """Return the default scope."""
    return load_rules("cleanup", CleanupScope, only=("scope.yaml",), key="scope")[0]


def decision_rule(decision_id: str) -> CleanupDecisionRule:
    """Return one decision. Raises LookupError naming what there is."""
    for rule in cleanup_decisions():
        if rule.id == decision_id:
            return rule
    known = "、".join(rule.name for rule in cleanup_decisions())
    raise LookupError(f"没有“{decision_id}”这种清理决定；可选：{known}")


def table_rows(listed: Iterable[Listed]) -> list[list[str]]:
    """Return the list as rows of text, the head first, in the order of decisions, then of day and number."""
    order = {rule.id: place for place, rule in enumerate(cleanup_decisions())}
    names = {rule.id: rule.name for rule in cleanup_decisions()}
    sorted_rows = sorted(
        listed,
        key=lambda one: (order.get(one.decision, len(order)), one.formed or date.min, one.number, one.title),
    )
    return [
        list(HEAD),
        *(
            [
                str(place),
                one.title,
                one.number or "—",
                one.formed.isoformat() if one.formed else "—",
                names.get(one.decision, "未决定"),
                one.reason,
            ]
            for place, one in enumerate(sorted_rows, 1)
        ),
    ]


def result_blocks(
    *, round_title: str, org_name: str, before: date, listed: Iterable[Listed]
) -> list[dict[str, Any]]:
    """Return the body of the public notice: what was looked at, the counts, one table a decision."""
    items = list(listed)
    groups = [(rule, [one for one in items if one.decision == rule.id]) for rule in cleanup_decisions()]
    counts = "，".join(f"{rule.name} {len(found)} 件" for rule, found in groups if found)
    blocks: list[dict[str, Any]] = [
        {
            "type": "paragraph",
            "html": f"{org_name}对 {before.isoformat()} 以前制定、现在公开的文件进行了清理，共 {len(items)} 件：{counts}。"
            "废止、宣布失效的文件自本结果公布之日起不再作为管理依据。",
        }
    ]
    for number, (rule, found) in enumerate([pair for pair in groups if pair[1]], 1):
        heading = f"{'一二三四五六七八九'[number - 1]}、{rule.heading}（{len(found)} 件）"
        blocks.append({"type": "heading", "level": 1, "text": heading})
        blocks.append(
            {
                "type": "table",
                "caption": f"{round_title}：{rule.heading}",
                "header_rows": 1,
                "rows": table_rows(found),
            }
        )
    return blocks


def cleanup_table_finding() -> Finding:
    """Return what is said when the tables of a result are not what was decided."""
    return Finding(
        detector="metadata.cleanup_table",
        rule_version="cleanup-1",
        part="field:body",
        span=None,
        matched="",
        severity=Severity.BLOCK,
        confidence=1.0,
        suggestion="表格按清理决定生成，不要改动；决定有误的，作废这份草稿，重新打开清理后改决定",
        basis=BASIS,
        message="清理结果的表格与清理决定不一致",
    )


def tables_of(payload: Mapping[str, Any]) -> list[list[list[str]]]:
    """Return the rows of every table of a payload, in order."""
    return [[list(row) for row in block["rows"]] for block in payload["blocks"] if block["type"] == "table"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a document stands in its round: `number` of `total` from 1; `before` and `after` are the undecided ones around it."""

    number: int
    total: int
    undecided: int
    before: int | None
    after: int | None


def place_among(rows: Sequence[tuple[int, bool]], record_id: int) -> Place:
    """Return the place of a document among (record id, is undecided) rows; the ends meet, so that none is passed over.

    Raises ValueError when the document is not among them.
    """
    at = [record for record, _ in rows].index(record_id)
    around = [record for record, is_open in (*rows[at + 1 :], *rows[:at]) if is_open]
    return Place(
        number=at + 1,
        total=len(rows),
        undecided=sum(is_open for _, is_open in rows),
        before=around[-1] if around else None,
        after=around[0] if around else None,
    )
