"""Seal entries (封存): give each waiting entry its link in the hash chain."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from gongkai.journal.core.chain import ENTRY_COLUMNS, GENESIS, seal_hash
from gongkai.journal.models import Entry, Pending, Seal
from gongkai.journal.sql import lock_chain

BATCH = 2000


class EntryLost(RuntimeError):
    """A waiting entry is not there any more; nothing is sealed past it. `gongkai journal verify` names it."""

    code = "journal.entry_lost"


@transaction.atomic
def _seal_batch() -> int:
    lock_chain()
    waiting = list(Pending.objects.order_by("entry").values_list("entry", flat=True)[:BATCH])
    if not waiting:
        return 0
    rows = {row["id"]: row for row in Entry.objects.filter(pk__in=waiting).values(*ENTRY_COLUMNS)}
    last = Seal.objects.order_by("-seq").first()
    seq, prev = (last.seq, last.hash) if last else (0, GENESIS)
    seals = []
    for entry_id in waiting:
        if entry_id not in rows:
            raise EntryLost(
                f"待封存的账目 {entry_id} 不见了：请运行 gongkai journal verify 查看，并从备份核对"
            )
        seq += 1
        link = seal_hash(seq=seq, entry=rows[entry_id], prev=prev)
        seals.append(Seal(seq=seq, entry=entry_id, prev=prev, hash=link))
        prev = link
    Seal.objects.bulk_create(seals)
    Pending.objects.filter(entry__in=waiting).delete()
    return len(seals)


def seal_pending(*, now: datetime) -> int:
    """Seal every waiting entry in order of id, in transactions of 2,000; return how many were sealed.

    An entry whose transaction commits after a later one has been sealed takes the next place in the chain. Two sealers
    at once wait for each other. `now` bounds nothing; it is taken so that every job has the same shape.
    """
    total = 0
    while done := _seal_batch():
        total += done
    return total
