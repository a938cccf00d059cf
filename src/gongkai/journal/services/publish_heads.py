"""Publish heads (公布封存头): sign the newest seal and lay it beside the public pages, where others can copy it."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from gongkai.journal.core.canonical import canonical_json, moment_text
from gongkai.journal.core.heads import Head, is_signed_by, key_id, public_key, read_head, sign_head
from gongkai.journal.models import PublishedHead, Seal
from gongkai.journal.sql import lock_chain
from gongkai.kernel.secrets import read_or_make_key

KEY_NAME = "journal-ed25519"
LISTED = 200
"""How many heads the top index lists; all stand in the index of their day."""


class HeadConflict(RuntimeError):
    """A head file stands where this one should go and says something else; it is left as it is."""

    code = "journal.head_conflict"


def signing_key() -> bytes:
    """Return the seed of the signing key, made on first use and kept outside database and backup."""
    return read_or_make_key(settings.ENVIRONMENT.secret_dir, KEY_NAME)


def head_path(head: Head) -> str:
    """Return where the file of a head stands below the folder of heads: `2020/01/31/000000000042.json`."""
    return f"{head.at[:10].replace('-', '/')}/{head.seq:012d}.json"


def _write(path: Path, document: Any) -> None:
    """Write a small JSON file so that a reader sees the old or the new one, and a power cut loses neither."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    with temporary.open("w", encoding="utf-8") as stream:
        stream.write(canonical_json(document) + "\n")
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(path)


def as_head(row: PublishedHead) -> Head:
    """Return the published form of a stored head."""
    return Head(row.seq, row.entry, row.hash, moment_text(row.at), row.previous, row.key, row.signature)


def _standing(folder: Path, wanted: Head, secret: bytes) -> Head | None:
    """Return the head whose file stands already (a run cut short, yesterday perhaps), None if there is none."""
    path = next(iter(sorted(folder.glob(f"*/*/*/{wanted.seq:012d}.json"))), None)
    if path is None:
        return None
    try:
        head = read_head(json.loads(path.read_text(encoding="utf-8")))
    except ValueError as error:
        raise HeadConflict(
            f"封存头文件 {path.name} 已损坏：请保留原件，运行 gongkai journal verify 核对"
        ) from error
    same = replace(head, at=wanted.at, key=wanted.key, signature=wanted.signature) == wanted
    if not same or not is_signed_by(head, public_key(secret)):
        raise HeadConflict(
            f"封存头文件 {path.name} 与账目不一致：请保留原件，运行 gongkai journal verify 核对"
        )
    return head


def _cut_short(folder: Path, after: PublishedHead | None, now: datetime) -> list[int]:
    """Return the numbers of heads whose file was written and whose row was not, in order: runs that were killed in between."""
    known = after.seq if after is not None else 0
    day = after.at.astimezone(UTC).date() if after is not None else now.astimezone(UTC).date() - _LOOK_BACK
    found: list[int] = []
    while day <= now.astimezone(UTC).date():
        names = (path.stem for path in (folder / f"{day:%Y/%m/%d}").glob("[0-9]*.json"))
        found += [int(name) for name in names if int(name) > known]
        day += timedelta(days=1)
    return sorted(found)


_LOOK_BACK = timedelta(days=7)  # before the first row there is no day to begin with


def is_cut_short(*, folder: Path, now: datetime) -> bool:
    """Tell whether the head of a seal that we know stands published without its row."""
    found = _cut_short(folder, PublishedHead.objects.order_by("-seq").first(), now)
    return bool(found) and Seal.objects.filter(seq__in=found).exists()


def _register(head: Head) -> PublishedHead:
    return PublishedHead.objects.create(
        seq=head.seq,
        entry=head.entry,
        hash=head.hash,
        at=datetime.fromisoformat(head.at),
        previous=head.previous,
        key=head.key,
        signature=head.signature,
    )


def _finish(
    folder: Path, secret: bytes, last: PublishedHead | None, newest: int, now: datetime
) -> PublishedHead | None:
    """Register the heads that killed runs published before the newest seal; return the last row."""
    for seq in _cut_short(folder, last, now):
        seal = Seal.objects.filter(seq=seq).first() if seq < newest else None
        if seal is None:
            continue
        wanted = sign_head(
            secret,
            seq=seal.seq,
            entry=seal.entry,
            hash=seal.hash,
            at=moment_text(now),
            previous=last.seq if last else 0,
        )
        standing = _standing(folder, wanted, secret)
        if standing is not None:
            last = _register(standing)
    return last


def _write_indexes(folder: Path, secret: bytes, newest: Head) -> None:
    """Write the index of the head's day and the one above: signing key, days, newest heads."""
    key = {
        "id": key_id(public_key(secret)),
        "algorithm": "Ed25519",
        "public": public_key(secret).public_bytes_raw().hex(),
    }
    day = head_path(newest).rsplit("/", 1)[0]
    start = datetime.fromisoformat(newest.at[:10]).replace(tzinfo=UTC)
    of_day = PublishedHead.objects.filter(at__gte=start, at__lt=start + timedelta(days=1)).order_by("seq")
    _write(
        folder / day / "index.json",
        {"schema": 1, "day": day, "heads": [as_head(row).document() for row in of_day]},
    )
    days = [f"{moment:%Y/%m/%d}" for moment in PublishedHead.objects.datetimes("at", "day", tzinfo=UTC)]
    rows = [as_head(row) for row in PublishedHead.objects.order_by("-seq")[:LISTED]]
    listed = [{"seq": h.seq, "hash": h.hash, "at": h.at, "file": head_path(h)} for h in rows]
    _write(folder / "index.json", {"schema": 1, "key": key, "days": days, "newest": listed})


def newest_head_at() -> datetime | None:
    """Return when the newest head was published."""
    return PublishedHead.objects.order_by("-seq").values_list("at", flat=True).first()


def publish_heads(*, folder: Path, now: datetime) -> Head | None:
    """Sign the newest seal and publish it under `folder`; return the head, or None when nothing new was sealed.

    The file is written before its row, so a row always has its file; a run cut short in between is finished by the
    next one, also when more was sealed meanwhile. Files already published are never written again.

    Raises HeadConflict when the file in the way says something else.
    """
    secret = signing_key()
    with transaction.atomic():
        lock_chain()
        seal = Seal.objects.order_by("-seq").first()
        last = PublishedHead.objects.order_by("-seq").first()
        if seal is None or (last is not None and last.seq >= seal.seq):
            return None
        last = _finish(folder, secret, last, seal.seq, now)
        previous = last.seq if last else 0
        head = sign_head(
            secret, seq=seal.seq, entry=seal.entry, hash=seal.hash, at=moment_text(now), previous=previous
        )
        standing = _standing(folder, head, secret)
        if standing is None:
            _write(folder / head_path(head), head.document())
        head = standing or head
        _register(head)
        _write_indexes(folder, secret, head)
    return head
