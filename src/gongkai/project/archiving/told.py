"""What citizens were told after a backup was made (已告知公众的事项), read from the tail: each line with what is to be done about it."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass
from pathlib import Path

from gongkai.journal import api as journal

RECEIPT, LETTER, RELEASE, WITHDRAWAL, ERASURE, INSIDE = "收件回执", "送达文书", "公开", "撤下", "清除", "内部"
_TOLD = {
    "requests.RequestRegistered": (RECEIPT, "申请人持有登记编号和查询码：凭其回执补录，收到日不变"),
    "requests.ReceiptConfirmed": (RECEIPT, "收到日已经确定：补录时照此日期"),
    "requests.QueryCodeRenewed": (RECEIPT, "申请人持有新的查询码：请其到场后补发"),
    "requests.SupplementAsked": (LETTER, "补正通知已送达：按送达件补记，期限照旧"),
    "requests.ReplyExtended": (LETTER, "延期已告知：按送达件补记"),
    "requests.ReplyDelayed": (LETTER, "延迟答复已告知：按送达件补记"),
    "requests.FeeCharged": (LETTER, "收费通知已送达：按送达件补记"),
    "requests.NoticeServed": (LETTER, "文书已送达：取回送达件补记，不得另发不同内容"),
    "requests.RequestClosed": (LETTER, "答复已送达：取回送达件补记，不得另作答复"),
    "requests.RoundClosed": (LETTER, "重新办理的答复已送达：取回送达件补记"),
    "records.RecordPublished": (RELEASE, "公众已经看到：由原科室重新起草、送审、发布，沿用原索引号须注明"),
    "records.RecordWithdrawn": (WITHDRAWAL, "已经撤下的不得重新公开：对账时自动再次撤下"),
    "records.PayloadErased": (ERASURE, "已经清除的内容不得保留：对账时自动再次清除"),
}
_OTHER = (INSIDE, "内部事项：由经办人按纸质或其他凭据补记")


@dataclass(frozen=True, slots=True)
class Told:
    """One line of the list. `number` is the index number or letter id where the fact has one; never any words of a person."""

    kind: str
    fact: str
    title: str
    org: str
    subject: str
    number: str
    on: str
    at: str
    todo: str


HEADINGS = ("类别", "事实", "事项", "机构", "对象", "编号", "计入日期", "记录时间", "怎么办")


def told_by(entries: Iterable[journal.Entry]) -> Iterator[Told]:
    """Yield a line for each lost fact, in order."""
    titles = journal.fact_titles()
    for entry in entries:
        kind, todo = _TOLD.get(entry.name, _OTHER)
        number = str(entry.body.get("index_number") or entry.body.get("letter") or "")
        yield Told(
            kind, entry.name, titles.get(entry.name, entry.name), entry.org, entry.subject, number,
            entry.on.isoformat(), entry.at.isoformat(), todo,
        )  # fmt: skip


def write_list(path: Path, lines: Iterable[Told]) -> dict[str, int]:
    """Write the list as CSV that spreadsheet programs open, and return how many lines there are of each kind."""
    counts: dict[str, int] = {}
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(HEADINGS)
        for line in lines:
            writer.writerow(astuple(line))
            counts[line.kind] = counts.get(line.kind, 0) + 1
    return counts
