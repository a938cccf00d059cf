"""Export a span of the journal (导出一段账本) that verifies without this program: entries, seals, signed heads, key."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gongkai.journal.core.canonical import canonical_json, plain
from gongkai.journal.core.chain import ENTRY_COLUMNS, GENESIS
from gongkai.journal.core.heads import public_key
from gongkai.journal.models import Entry, PublishedHead, Seal
from gongkai.journal.services.publish_heads import as_head, signing_key

CHUNK = 2000


class SpanEmpty(ValueError):
    """Nothing was sealed in the span."""

    code = "journal.span_empty"
    message = "这段时间没有已封存的账目"
    where = "起止时间"
    remedy = "请放宽起止时间；刚写下的账目几秒后才封存"


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A stretch of the chain without gaps: seals `first_seq` to `last_seq`, signed heads up to `covered_seq` (0: none)."""

    first_seq: int
    last_seq: int
    covered_seq: int

    @property
    def entries(self) -> int:
        """Return how many entries it holds."""
        return self.last_seq - self.first_seq + 1


def find_span(*, since: datetime, until: datetime) -> Span:
    """Return the stretch of the chain that holds every entry written from `since` up to but without `until`.

    It goes on to the next published head, so that its last entries stand under a signature too. Raises SpanEmpty.
    """
    written = Seal.objects.filter(
        entry__in=Entry.objects.filter(at__gte=since, at__lt=until).values("pk")
    ).order_by("seq")
    first, last = written.first(), written.last()
    if first is None or last is None:
        raise SpanEmpty(SpanEmpty.message)
    heads = PublishedHead.objects.order_by("seq")
    beyond = heads.filter(seq__gte=last.seq).values_list("seq", flat=True).first()
    within = heads.filter(seq__range=(first.seq, last.seq)).values_list("seq", flat=True).last()
    return Span(first_seq=first.seq, last_seq=max(last.seq, beyond or 0), covered_seq=beyond or within or 0)


def span_lines(span: Span) -> Iterator[str]:
    """Yield the lines of the exported file; `standalone/verify_span.py` says what they are."""
    before = Seal.objects.filter(seq=span.first_seq - 1).values_list("hash", flat=True).first()
    yield canonical_json(
        {
            "format": 1,
            "first_seq": span.first_seq,
            "last_seq": span.last_seq,
            "entries": span.entries,
            "covered_seq": span.covered_seq,
            "prev": before or GENESIS,
            "public_key": public_key(signing_key()).public_bytes_raw().hex(),
        }
    )
    for start in range(span.first_seq, span.last_seq + 1, CHUNK):
        seals = list(Seal.objects.filter(seq__range=(start, min(start + CHUNK - 1, span.last_seq))))
        rows = Entry.objects.filter(pk__in=[seal.entry for seal in seals]).values(*ENTRY_COLUMNS)
        entries: dict[int, dict[str, Any]] = {row["id"]: row for row in rows}
        for seal in seals:
            if seal.entry in entries:
                sealed = {"seq": seal.seq, "prev": seal.prev, "hash": seal.hash}
                yield canonical_json({**sealed, "entry": plain(entries[seal.entry])})
    for head in PublishedHead.objects.filter(seq__range=(span.first_seq, span.last_seq)).iterator():
        yield canonical_json({"head": as_head(head).document()})
