"""A home restored from a backup that is older than what the public was shown (恢复到旧状态): it says so, and goes on only when told to."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from gongkai.journal import api as journal
from gongkai.organisations import api as organisations
from gongkai.project.archiving import raw_database
from gongkai.project.archiving.told import told_by, write_list
from gongkai.project.environment import Environment
from gongkai.project.facts import RestoreSettled
from gongkai.project.failure import CommandFailed
from gongkai.project.restored import LIST, MARKER, Behind, read_marker, require_settled

LATER_HEADS = "later-heads"
SUPERSEDED = "superseded"

__all__ = ["LIST", "Behind", "Settled", "note_behind", "read_marker", "require_settled", "settle"]


def note_behind(environment: Environment, *, tail: Path | None, heads: Path | None) -> Behind | None:
    """Compare the restored journal with tail and published heads; when they are newer write marker and list and return what is lost."""
    later = journal.find_later(tail=tail, heads=heads)
    if later is None:
        return None
    counts = write_list(environment.home / LIST, told_by(later.entries))
    kept = environment.home / LATER_HEADS
    for seq, (path, _) in journal.head_files(heads).items() if heads else ():
        if seq > later.last_seq:
            kept.mkdir(exist_ok=True)
            shutil.copyfile(path, kept / path.name)
    behind = Behind(
        last_seq=later.last_seq, newest_seq=later.newest_seq, newest_at=later.newest_at, told=counts, tail=str(tail or "")
    )  # fmt: skip
    (environment.home / MARKER).write_text(
        json.dumps(asdict(behind), ensure_ascii=False) + "\n", encoding="utf-8"
    )
    return behind


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What settling did: records withdrawn again, payloads erased again, pages built."""

    withdrawn: int
    erased: int
    pages: int


def settle(
    environment: Environment, *, user: Any, today: date, now: datetime, say: Callable[[str], None]
) -> Settled:
    """Withdraw and erase again what was gone, keep numbers used up that the public knows, note it as a fact, and build.

    `user` answers for the withdrawals and needs the right to them. What is lost beyond that stays on the list, for people.
    """
    from gongkai.portal import api as portal

    behind = read_marker(environment)
    if behind is None:
        raise CommandFailed("settled", "没有要对账的：这个运行目录没有恢复到旧状态")
    tail = Path(behind.tail) if behind.tail else None
    later = journal.find_later(tail=tail, heads=None)
    entries = later.entries if later else ()
    with transaction.atomic():
        say("留出公众已经知道的编号")
        _keep_numbers_used(entries)
        say("再次撤下、清除")
        withdrawn, erased = _withdraw_again(entries, user=user, now=now)
        by = organisations.actor(user=user, role="") if user is not None else journal.SYSTEM
        roots = [info.code for info in organisations.list_organisations(kind="authority")]
        journal.record_fact(
            RestoreSettled(
                org=roots[0] if roots else "unassigned", subject=f"seal:{behind.last_seq}", on=today,
                last_seq=behind.last_seq, lost_seq=behind.newest_seq, withdrawn_again=withdrawn, erased_again=erased,
            ),
            actor=by, now=now,
        )  # fmt: skip
    _lay_aside(environment, tail, now=now)
    say("重建公开网站与搜索索引")
    return Settled(withdrawn=withdrawn, erased=erased, pages=portal.build(full=True, today=today).pages)


def _lay_aside(environment: Environment, tail: Path | None, *, now: datetime) -> None:
    """Keep later heads in public and the lost stretch of the tail beside the new one; then the home is free."""
    stamp = f"{now:%Y%m%dT%H%M%SZ}"
    kept = environment.home / LATER_HEADS
    if kept.is_dir():
        shutil.copytree(kept, environment.public_dir / "heads" / SUPERSEDED / stamp, dirs_exist_ok=True)
        shutil.rmtree(kept)
    if tail is not None and tail.is_dir():
        aside = tail / f"{SUPERSEDED}-{stamp}"
        aside.mkdir(exist_ok=True)
        for path in tail.glob("*.jsonl"):
            path.rename(aside / path.name)
    (environment.home / MARKER).unlink()


def _withdraw_again(entries: tuple[journal.Entry, ...], *, user: Any, now: datetime) -> tuple[int, int]:
    from gongkai.records import api as records
    from gongkai.requests import api as requests

    withdrawn = erased = 0
    for entry in entries:
        if entry.name == "requests.PersonalDataErased":
            erased += requests.erase_again(case_id=int(entry.subject.removeprefix("request:")), now=now)
        if entry.name not in {"records.RecordWithdrawn", "records.PayloadErased", "records.DraftErased"}:
            continue
        record_id = int(entry.subject.removeprefix("record:"))
        if entry.name == "records.DraftErased":
            erased += records.erase_draft_again(
                record_id=record_id, files=tuple(entry.body["files"]), now=now
            )
            continue
        try:
            current = records.current_release(record_id=record_id)
        except records.NotFound:
            current = None
        if current is None:
            continue  # it was first published after the backup: nothing of it came back
        if entry.name == "records.RecordWithdrawn" and current.kind == "publish":
            records.withdraw(
                record_id=record_id, reason_code=entry.body["reason"], note="恢复旧备份后再次撤下", replaced_by=None,
                user=user, now=now,
            )  # fmt: skip
            withdrawn += 1
        elif entry.name == "records.PayloadErased" and any(
            release.kind == "publish" and release.payload is not None
            for release in records.list_releases(record_id=record_id)
        ):
            erased += len(records.erase(record_id=record_id, user=user, now=now))
    return withdrawn, erased


def _keep_numbers_used(entries: tuple[journal.Entry, ...]) -> None:
    """Let no index number, case number, letter number, nor row number be given twice to different things."""
    from gongkai.records import api as records
    from gongkai.requests import api as requests

    firsts: dict[tuple[str, int], set[str]] = {}
    cases: Counter[tuple[str, int]] = Counter()
    letters: dict[tuple[str, int], set[int]] = {}
    rows: dict[str, int] = {}

    def used(table: str, number: int) -> None:
        rows[table] = max(rows.get(table, 0), number)

    for entry in entries:
        key = (entry.org, entry.on.year)
        used("journal_entry", entry.id)
        kind, _, number = entry.subject.partition(":")
        if number.isdigit() and (table := {"record": "records_record", "request": "requests_case"}.get(kind)):
            used(table, int(number))
        if kind == "record":
            firsts.setdefault(key, set()).add(entry.subject)
        if "release_id" in entry.body:
            used("records_release", int(entry.body["release_id"]))
        if entry.name == "requests.RequestRegistered":
            cases[key] += 1
        if "letter" in entry.body and entry.name.startswith("requests."):
            letters.setdefault(key, set()).add(int(entry.body["letter"]))
            used("requests_letter", int(entry.body["letter"]))
    for (org, year), subjects in firsts.items():
        records.skip_numbers(org_code=org, year=year, count=len(subjects))
    for (org, year), count in cases.items():
        requests.skip_numbers(org_code=org, kind="request", year=year, count=count)
    for (org, year), found in letters.items():
        requests.skip_numbers(org_code=org, kind="letter", year=year, count=len(found))
    keys = [(table, "id") for table in rows if table in connection.introspection.table_names()]
    raw_database.raise_counters(keys, rows)
