"""The tail (台账尾页): sealed entries laid down outside the database as they come, so that an older backup knows what it lacks.

A folder of one file a day, each line a seal with its entry as in an exported span. Facts hold no personal data, so the folder may
lie on another disk or machine; the chain tells whether it belongs to this journal.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from gongkai.journal.core.actor import Actor
from gongkai.journal.core.canonical import canonical_json, plain
from gongkai.journal.core.chain import ENTRY_COLUMNS, GENESIS, seal_hash
from gongkai.journal.core.heads import Head, is_signed_by, public_key, read_head
from gongkai.journal.entry_view import Entry
from gongkai.journal.models import Entry as StoredEntry
from gongkai.journal.models import Seal
from gongkai.journal.services.publish_heads import signing_key

AT_ONCE = 5000


class TailDiffers(RuntimeError):
    """The tail does not continue this journal, or a line of it was changed."""

    code = "journal.tail_differs"
    remedy = "请换这套系统自己的尾页目录；确是它时，请保留原件并查明原因"

    def __init__(self, message: str, where: str) -> None:
        super().__init__(message)
        self.message, self.where = message, where


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    """What happened after this journal's last seal, by tail and published heads.

    `newest_seq` is the highest number that anybody was shown, `entries` those that the tail still holds, oldest first.
    """

    last_seq: int
    newest_seq: int
    newest_at: str
    entries: tuple[Entry, ...]


def append_tail(*, folder: Path, now: datetime) -> int:
    """Add what was sealed since the last call, durable when this returns; return how many entries.

    Raises TailDiffers when the folder is ahead of this journal: then an older state of the database is running.
    """
    folder.mkdir(parents=True, exist_ok=True)
    last = _last_line(folder)
    after = int(last["seq"]) if last else 0
    if last and Seal.objects.filter(seq=after).values_list("hash", flat=True).first() != last["hash"]:
        raise TailDiffers(f"尾页到第 {after} 号，与现在的台账接不上：数据库可能是较早的状态", str(folder))
    seals = list(Seal.objects.filter(seq__gt=after).order_by("seq")[:AT_ONCE])
    if not seals:
        return 0
    rows = StoredEntry.objects.filter(pk__in=[seal.entry for seal in seals]).values(*ENTRY_COLUMNS)
    entries: dict[int, dict[str, Any]] = {row["id"]: row for row in rows}
    names = [f"{now:%Y-%m-%d}.jsonl", *(path.name for path in _files(folder)[-1:])]
    with (folder / max(names)).open(
        "a", encoding="utf-8"
    ) as stream:  # a clock set back never opens an older file
        for seal in seals:
            line = {
                "seq": seal.seq,
                "prev": seal.prev,
                "hash": seal.hash,
                "entry": plain(entries[seal.entry]),
            }
            stream.write(canonical_json(line) + "\n")
        stream.flush()
        os.fsync(stream.fileno())
    return len(seals)


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9].jsonl"))


def _last_line(folder: Path) -> dict[str, Any] | None:
    """Return the last whole line; a half one, left by a crash, is cut off."""
    for path in reversed(_files(folder)):
        body = path.read_bytes()
        whole = body[: body.rfind(b"\n") + 1]
        if len(whole) < len(body):
            with path.open("r+b") as stream:
                stream.truncate(len(whole))
        if whole:
            found: dict[str, Any] = json.loads(whole.rstrip(b"\n").rpartition(b"\n")[2])
            return found
    return None


def _lines(folder: Path, *, from_seq: int) -> list[dict[str, Any]]:
    found = []
    for path in _files(folder):
        for text in path.read_text(encoding="utf-8").splitlines(keepends=True):
            if text.endswith("\n"):
                try:
                    line = json.loads(text)
                    number = int(line["seq"])
                except (ValueError, KeyError, TypeError) as error:
                    raise TailDiffers("尾页里有一行读不懂", str(path)) from error
                if number >= from_seq:
                    found.append(line)
    return sorted(found, key=lambda line: int(line["seq"]))


def _chained(folder: Path, *, last_seq: int, last_hash: str) -> Iterator[Entry]:
    """Yield the entries that follow the last seal, each proven by the chain."""
    due, prev = last_seq + 1, last_hash
    for line in _lines(folder, from_seq=last_seq):
        if line["seq"] == last_seq:
            if line["hash"] != last_hash:
                raise TailDiffers(f"尾页第 {last_seq} 号与备份中的不同：不是同一套台账", str(folder))
            continue
        if line["seq"] < due:
            continue
        if line["seq"] != due or line["prev"] != prev or seal_hash(seq=due, entry=line["entry"], prev=prev) != line["hash"]:  # fmt: skip
            raise TailDiffers(f"尾页在第 {due} 号处接不上", str(folder))
        due, prev = due + 1, line["hash"]
        yield _as_entry(line["entry"])


def _as_entry(row: dict[str, Any]) -> Entry:
    actor = Actor.as_stored(
        kind=row["actor_kind"], user_id=row["actor_user_id"], role=row["actor_role"], on_behalf_of=row["actor_on_behalf_of"]
    )  # fmt: skip
    return Entry(
        row["id"], row["name"], row["org"], row["subject"], date.fromisoformat(row["on"]),
        datetime.fromisoformat(row["at"]), actor, json.loads(row["body"]),
    )  # fmt: skip


def head_files(folder: Path) -> dict[int, tuple[Path, Head]]:
    """Return the published heads of a folder that bear this journal's signature, by number."""
    key, found = public_key(signing_key()), {}
    for path in folder.glob("[0-9][0-9][0-9][0-9]/[0-9][0-9]/[0-9][0-9]/[0-9]*.json"):
        try:
            head = read_head(json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError):
            continue
        if is_signed_by(head, key):
            found[head.seq] = (path, head)
    return found


def find_later(*, tail: Path | None, heads: Path | None) -> Later | None:
    """Return what was sealed or published after this journal's last seal; None when nothing is known. Raises TailDiffers."""
    seal = Seal.objects.order_by("-seq").first()
    last_seq, last_hash = (seal.seq, seal.hash) if seal else (0, GENESIS)
    entries = tuple(_chained(tail, last_seq=last_seq, last_hash=last_hash)) if tail and tail.is_dir() else ()
    published = head_files(heads) if heads and heads.is_dir() else {}
    newest = max(published, default=0)
    if not entries and newest <= last_seq:
        return None
    at = entries[-1].at.isoformat() if entries else published[newest][1].at
    return Later(
        last_seq=last_seq, newest_seq=max(last_seq + len(entries), newest), newest_at=at, entries=entries
    )
