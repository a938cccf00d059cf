"""Verify the journal (核验): the chain, the published heads, the triggers, and other rooms' tables against their facts."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef

from gongkai.journal.core.chain import ENTRY_COLUMNS, GENESIS, seal_hash
from gongkai.journal.core.heads import Head, is_signed_by, public_key, read_head
from gongkai.journal.models import Entry, Pending, PublishedHead, Seal
from gongkai.journal.services.publish_heads import as_head, head_path, signing_key
from gongkai.journal.triggers import missing_triggers

CHUNK = 2000
MOST_DIFFERENCES = 1000
"""At most so many differences are collected; one more says that there are others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing that is not as it must be.

    `kind` is a code (`entry_changed`, `entry_removed`, …, or one of the room that checks), `where` names table and row,
    `message` says it in Chinese. `seq` and `entry` give the place in the chain where there is one.
    """

    kind: str
    where: str
    message: str
    seq: int | None = None
    entry: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What verification found. `first_bad` is the first difference in the chain, else the first of all."""

    entries: int
    ok: bool
    first_bad: Difference | None
    tables_checked: tuple[str, ...]
    differences: tuple[Difference, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the shape that `gongkai journal verify --json` prints."""
        return {
            "entries": self.entries,
            "ok": self.ok,
            "first_bad": asdict(self.first_bad) if self.first_bad else None,
            "tables_checked": list(self.tables_checked),
            "differences": [asdict(d) for d in self.differences],
        }


_CHECKS: dict[str, Callable[[], Iterator[Difference]]] = {}


def register_table_check(name: str, function: Callable[[], Iterator[Difference]]) -> None:
    """Have `function()` called by `verify`; it yields where the table `name` disagrees with its facts."""
    _CHECKS[name] = function


def _triggers() -> Iterator[Difference]:
    for trigger in missing_triggers():
        yield Difference(
            kind="trigger_missing",
            where=f"{trigger.table}: {trigger.name}",
            message=f"数据表 {trigger.table} 的保护触发器 {trigger.name} 不在、被停用或被改动",
        )


def _read_one(number: int) -> dict[str, Any] | None:
    """Return the columns of one entry; of one that cannot be read any more, columns that fit no hash."""
    try:
        return Entry.objects.filter(pk=number).values(*ENTRY_COLUMNS).first()
    except (ValueError, TypeError):
        return dict.fromkeys(ENTRY_COLUMNS)


def _read(numbers: list[int]) -> dict[int, dict[str, Any]]:
    """Return the columns of these entries by id; a row that cannot be read spoils no other."""
    try:
        return {row["id"]: row for row in Entry.objects.filter(pk__in=numbers).values(*ENTRY_COLUMNS)}
    except (ValueError, TypeError):
        rows = ((number, _read_one(number)) for number in numbers)
        return {number: row for number, row in rows if row is not None}


def _chunks() -> Iterator[tuple[list[Seal], dict[int, dict[str, Any]]]]:
    after = None
    while True:
        rows = Seal.objects.order_by("seq")
        seals = list(rows[:CHUNK] if after is None else rows.filter(seq__gt=after)[:CHUNK])
        if not seals:
            return
        yield seals, _read([seal.entry for seal in seals])
        after = seals[-1].seq


def _broken(kind: str, seal: Seal, message: str) -> Difference:
    return Difference(
        kind=kind, where=f"journal_seal: {seal.seq}", message=message, seq=seal.seq, entry=seal.entry
    )


def _link(seal: Seal, entry: dict[str, Any] | None, due: int, prev: str) -> Iterator[Difference]:
    """Yield what is wrong with one link; `prev` is the stored hash of the seal before it, `due` the number it should have."""
    if seal.seq != due:
        gap = f"{due}" if seal.seq == due + 1 else f"{due} 至 {seal.seq - 1}"
        yield _broken("seal_removed", seal, f"封存链缺少第 {gap} 号（在第 {seal.seq} 号之前）")
    elif seal.prev != prev:
        yield _broken("chain_broken", seal, f"第 {seal.seq} 号封存接不上前一号：封存被改动或换了次序")
    if entry is None:
        message = f"账目 {seal.entry}（第 {seal.seq} 号封存）被删除"
        where = f"journal_entry: {seal.entry}"
        yield Difference(kind="entry_removed", where=where, message=message, seq=seal.seq, entry=seal.entry)
    elif seal_hash(seq=seal.seq, entry=entry, prev=seal.prev) != seal.hash:
        message = f"账目 {seal.entry} 或其第 {seal.seq} 号封存被改动：哈希不符"
        where = f"journal_entry: {seal.entry}"
        yield Difference(kind="entry_changed", where=where, message=message, seq=seal.seq, entry=seal.entry)


def _chain() -> Iterator[Difference]:
    due, prev = 1, GENESIS
    for seals, rows in _chunks():
        for seal in seals:
            yield from _link(seal, rows.get(seal.entry), due, prev)
            due, prev = seal.seq + 1, seal.hash


def _unsealed() -> Iterator[Difference]:
    """Yield entries that neither are sealed nor wait for it, and waiting numbers without an entry."""
    sealed = Exists(Seal.objects.filter(entry=OuterRef("pk")))
    waiting = Exists(Pending.objects.filter(entry=OuterRef("pk")))
    for number in (
        Entry.objects.exclude(sealed | waiting).order_by("pk").values_list("pk", flat=True).iterator()
    ):
        message = f"账目 {number} 不是由程序记下的：未封存，也不在待封存之列"
        yield Difference(
            kind="entry_inserted", where=f"journal_entry: {number}", message=message, entry=number
        )
    lost = Pending.objects.exclude(Exists(Entry.objects.filter(pk=OuterRef("pk")))).order_by("pk")
    for number in lost.values_list("pk", flat=True).iterator():
        message = f"待封存的账目 {number} 被删除"
        yield Difference(
            kind="entry_removed", where=f"journal_entry: {number}", message=message, entry=number
        )


def _compare(head: Head, where: str) -> Iterator[Difference]:
    """Yield the difference between a published head and the chain as it stands now."""
    seal = Seal.objects.filter(seq=head.seq).first()
    if seal is None:
        last = Seal.objects.order_by("-seq").values_list("seq", flat=True).first() or 0
        message = f"已公布第 {head.seq} 号封存，现在的链只到第 {last} 号：末尾的账目被删除"
        yield Difference(kind="tail_removed", where=where, message=message, seq=head.seq, entry=head.entry)
    elif (seal.hash, seal.entry) != (head.hash, head.entry):
        message = f"第 {head.seq} 号封存与已公布的不同：第 {head.seq} 号或更早的账目被改动后整链重算"
        yield Difference(kind="head_disagrees", where=where, message=message, seq=head.seq, entry=head.entry)


def _head_files(folder: Path) -> Iterator[tuple[Path, Head | None]]:
    for path in sorted(folder.glob("[0-9][0-9][0-9][0-9]/[0-9][0-9]/[0-9][0-9]/[0-9]*.json")):
        try:
            yield path, read_head(json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError):
            yield path, None


def _heads(folder: Path) -> Iterator[Difference]:
    """Yield what is wrong with the published heads: files against signature, chain and rows, rows against files."""
    key = public_key(signing_key())
    rows = {row.seq: as_head(row) for row in PublishedHead.objects.iterator(chunk_size=CHUNK)}
    seen: set[int] = set()
    for path, head in _head_files(folder):
        where = f"heads/{path.relative_to(folder).as_posix()}"
        if (
            head is None
            or not is_signed_by(head, key)
            or head_path(head) != path.relative_to(folder).as_posix()
        ):
            yield Difference(
                kind="head_forged", where=where, message=f"封存头文件 {where} 被改动：签名、内容或位置不符"
            )
            continue
        seen.add(head.seq)
        yield from _compare(head, where)
        if head.seq in rows and rows[head.seq] != head:
            message = f"第 {head.seq} 号封存头的登记与公布的文件不同"
            yield Difference(
                kind="head_row_changed",
                where=f"journal_publishedhead: {head.seq}",
                message=message,
                seq=head.seq,
            )
        elif head.seq not in rows:
            message = f"第 {head.seq} 号封存头已公布却没有登记：登记被删除，或公布时中断（下一次封存会补上）"
            yield Difference(
                kind="head_row_removed",
                where=f"journal_publishedhead: {head.seq}",
                message=message,
                seq=head.seq,
            )
    for seq, head in rows.items():
        if seq not in seen:
            message = f"已公布的封存头文件 {head_path(head)} 不见了"
            yield Difference(
                kind="head_removed",
                where=f"heads/{head_path(head)}",
                message=message,
                seq=seq,
                entry=head.entry,
            )
            if is_signed_by(head, key):
                yield from _compare(head, f"journal_publishedhead: {seq}")


def _guarded(name: str) -> Iterator[Difference]:
    """Run one table check; a check that stumbles over what it reads is itself a difference."""
    try:
        yield from _CHECKS[name]()
    except Exception as error:
        message = f"数据表 {name} 无法与账本核对：{type(error).__name__}，账目或表行已不是程序写下的样子"
        yield Difference(kind="check_failed", where=name, message=message)


def verify(*, heads_folder: Path | None = None) -> Verification:
    """Recompute the whole chain, compare it with the published heads and every checked table with its facts.

    `heads_folder` is where published heads lie: the public tree's own by default, or a copy that somebody kept outside,
    which also finds a chain that was recomputed together with the tree. Reads only; memory stays flat.
    """
    folder = heads_folder or settings.PUBLIC_DIR / "heads"
    found: list[Difference] = []

    def collect(differences: Iterator[Difference]) -> None:
        for difference in differences:
            if len(found) >= MOST_DIFFERENCES:
                return
            found.append(difference)

    for part in (_triggers(), _chain(), _unsealed(), _heads(folder)):
        collect(part)
    for name in sorted(_CHECKS):
        collect(_guarded(name))
    in_chain = sorted((d for d in found if d.seq is not None), key=lambda d: d.seq or 0)
    return Verification(
        entries=Entry.objects.count(),
        ok=not found,
        first_bad=(in_chain or found or [None])[0],
        tables_checked=("journal_entry", "journal_seal", "journal_publishedhead", *sorted(_CHECKS)),
        differences=tuple(found),
    )
