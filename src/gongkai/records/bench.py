"""Bench of the back-scan (发布后回查): everything public checked again under new rules, stopped half-way and taken up again.

1,000 releases; with GONGKAI_BENCH_LARGE=1 a hundred thousand. A database of its own (embedded, throw-away folder) in another process.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any

from gongkai.kernel.measuring import measured_apart

NAMES = ("records.back_scan",)
SMALL, LARGE = 1_000, 100_000
_CHUNK = 1_000
_NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
_SENTENCE = "各单位要按照要求公布预防接种门诊的名称、地址和服务时间，第{}号。"
_SENTENCES = 40


def scan(*, now: datetime) -> int:
    """Run the back-scan to its end and return how many releases it checked."""
    from gongkai.records.services.back_scan import back_scan

    return back_scan(now=now)


def checked_releases() -> int:
    """Return how many records were checked under the rules of this program."""
    from gongkai.records.models import GuardRun
    from gongkai.records.services.checking import rule_version

    return GuardRun.objects.filter(rule_version=rule_version()).values("record_id").distinct().count()


def measure() -> Iterator[dict[str, Any]]:
    """Yield the rows of this room."""
    count = LARGE if os.environ.get("GONGKAI_BENCH_LARGE") else SMALL
    yield from measured_apart("gongkai.records.bench", count, what="回查")


def run(count: int) -> None:
    """Fill the database with public releases, look at half of them, go on, and print one JSON line."""
    import django

    django.setup()
    from django.core.management import call_command

    from gongkai.records.services.back_scan import back_scan

    call_command("migrate", interactive=False, verbosity=0)
    _fill(count)
    began = time.perf_counter()
    first = back_scan(now=_NOW, limit=count // 2)
    second = back_scan(now=_NOW)
    seconds = time.perf_counter() - began
    again = back_scan(now=_NOW)
    resumed = (first, second, again) == (count // 2, count - count // 2, 0)
    print(json.dumps({
        "name": "records.back_scan", "value": round(count / seconds, 1), "unit": "releases/s", "met": resumed,
        "budget": "停下后接着查，不重查", "n": count,
    }))  # fmt: skip


def _fill(count: int) -> None:
    """Write one real draft by its service, and public releases with the shape of its payload."""
    from gongkai.organisations import api as organisations
    from gongkai.records import api
    from gongkai.records.models import Record

    organisations.create_organisation(
        code="demo", name="青禾县卫生健康局", kind="authority", today=_NOW.date(), now=_NOW
    )
    user = organisations.create_user(
        username="bench", name="测量员", org_code="demo", password=None, today=_NOW.date(), now=_NOW
    )
    organisations.give_post(
        person=user, role="disclosure_office", org_code="demo", from_date=date(2026, 1, 1), today=_NOW.date(), now=_NOW
    )  # fmt: skip
    draft = api.create_draft(
        org_code="demo", catalogue_codes=[], title="关于预防接种门诊的公告", user=user, now=_NOW,
        blocks=[{"type": "paragraph", "text": "正文。"}], metadata={"kind": "notice", "formed_date": date(2026, 11, 1)},
    )  # fmt: skip
    model = Record.objects.get(pk=draft.id)
    payload = api.public_payload(record_id=draft.id)
    for start in range(0, count, _CHUNK):
        _write(model, payload, range(start, min(count, start + _CHUNK)))


def _write(model: Any, payload: dict[str, Any], numbers: range) -> None:
    import copy

    from django.db import transaction

    from gongkai.records.models import Record, RecordState, Release, ReleasePayload

    rows = []
    for number in numbers:
        row = copy.copy(model)
        row.pk, row.title, row._state = None, f"{model.title}（{number}）", copy.copy(model._state)
        row._state.adding = True
        row.latest_revision = None
        rows.append(row)
    with transaction.atomic():
        made = Record.objects.bulk_create(rows)
        releases = Release.objects.bulk_create(
            Release(
                record=row, org_code="demo", kind="publish", sequence=1, revision_id=1, published_at=_NOW,
                sha256=sha256(f"r{row.pk}".encode()).hexdigest(), content_sha256=sha256(f"c{row.pk}".encode()).hexdigest(),
            )
            for row in made
        )  # fmt: skip
        ReleasePayload.objects.bulk_create(
            ReleasePayload(
                release=release, text=json.dumps(_text_of(payload, release.record), ensure_ascii=False)
            )
            for release in releases
        )
        states = RecordState.objects.bulk_create(
            RecordState(
                record=release.record, owner_code="demo", index_number=f"BENCH/2026-{release.record_id:08d}",
                index_prefix="BENCH", index_year=2026, index_serial=release.record_id, path=f"doc/bench/{release.record_id}",
            )
            for release in releases
        )  # fmt: skip
        for state, release in zip(states, releases, strict=True):
            state.state, state.current_release, state.release_count = "released", release, 1
            state.first_released_at = state.released_at = _NOW
        # The database lets a state begin without a release only, as in life.
        fields = ["state", "current_release", "release_count", "first_released_at", "released_at"]
        RecordState.objects.bulk_update(states, fields, batch_size=200)


def _text_of(payload: dict[str, Any], record: Any) -> dict[str, Any]:
    lines = "".join(_SENTENCE.format(record.pk * 100 + line) for line in range(_SENTENCES))
    return {**payload, "title": record.title, "blocks": [{"type": "paragraph", "html": lines}]}


if __name__ == "__main__":
    run(int(sys.argv[1]))
