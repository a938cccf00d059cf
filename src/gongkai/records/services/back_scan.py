"""Looking again at everything public, under today's rules (发布后回查); what is found becomes a task."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet

from gongkai.journal.api import SYSTEM, record_fact
from gongkai.kernel.calendar import load_calendar
from gongkai.kernel.findings import Finding, Severity
from gongkai.organisations import api as organisations
from gongkai.records.core.errors import RecordError
from gongkai.records.core.office_time import office_day
from gongkai.records.core.scan_limits import scan_due
from gongkai.records.facts import BackScanDecided, BackScanFound
from gongkai.records.models import GuardRun, RecordState, ScanState, ScanTask, Waiver
from gongkai.records.services.checking import (
    concerns,
    findings_of,
    rule_version,
    store_checked,
    stored_findings,
)
from gongkai.records.services.content import Draft
from gongkai.records.services.file_proof import prove_files
from gongkai.records.services.locking import owner_code, subject

CHUNK = 50


@dataclass(frozen=True, slots=True)
class Found:
    """A finding in something public, with the key that stays while its place does."""

    key: str
    finding: Finding


def back_scan(*, now: datetime, limit: int | None = None) -> int:
    """Check every public release not yet checked under these rules; return how many were checked.

    A few releases at a time are read, judged and then written in one transaction, so that a scan that was stopped goes on where
    it was and a scan that was killed does at most those few again. A new draft beside a public text is no matter: what is checked
    is what the public sees. Tasks of texts that were replaced or taken down are closed.
    """
    close_settled(now=now)
    version = rule_version()
    count, after = 0, 0
    while limit is None or count < limit:
        size = CHUNK if limit is None else min(CHUNK, limit - count)
        numbers = list(_waiting(version).filter(pk__gt=after).values_list("pk", flat=True)[:size])
        if not numbers:
            return count
        looked = _look_at(numbers, now)
        _write_down(looked, version, now)
        count += len(looked)
        after = numbers[-1]
    return count


def close_settled(*, now: datetime) -> int:
    """Close open tasks whose finding is no longer public: the text was replaced or withdrawn; return how many."""
    moved = (
        ScanTask.objects.filter(state=ScanState.OPEN)
        .exclude(record__status__current_release_id=F("release_id"))
        .select_related("record__status__current_release")
    )
    closed = 0
    for task in moved.iterator():
        release = task.record.status.current_release
        keyed = stored_findings(task.record_id, release.content_sha256) if release.kind == "publish" else []
        if keyed is not None and task.key not in {key for key, _ in keyed}:
            _close(task, now)
            closed += 1
    return closed


def _waiting(version: str) -> QuerySet[RecordState]:
    done = GuardRun.objects.filter(
        record_id=OuterRef("pk"),
        rule_version=version,
        content_sha256=OuterRef("current_release__content_sha256"),
    )
    return RecordState.objects.filter(~Exists(done), current_release__kind="publish").order_by("pk")


@dataclass(frozen=True, slots=True)
class Looked:
    """A public release as it was judged: everything that was found, and what of it is open, broken files included."""

    state: RecordState
    draft: Draft
    keyed: list[tuple[str, Finding]]
    found: list[Found]


def _look_at(numbers: list[int], now: datetime) -> list[Looked]:
    """Judge the public releases of these records; what was taken down or erased meanwhile is left out."""
    states = RecordState.objects.select_related("record", "current_release__stored_payload").filter(
        pk__in=numbers, current_release__kind="publish"
    )
    waived: dict[int, list[Waiver]] = defaultdict(list)
    for waiver in Waiver.objects.filter(record_id__in=numbers):
        waived[waiver.record_id].append(waiver)
    looked = []
    with organisations.reading_once():
        for state in states.order_by("pk"):
            release: Any = state.current_release
            stored = getattr(release, "stored_payload", None)
            if stored is None:
                continue
            payload = json.loads(stored.text)
            draft = Draft(state.record, release.revision_id, payload, release.content_sha256)
            broken = _broken_files(payload, now)
            keyed = findings_of(draft, state, today=office_day(now))
            standing = concerns(state.pk, keyed, waived=waived[state.pk])
            open_ones = [Found(one.key, one.finding) for one in standing if one.is_open]
            looked.append(Looked(state, draft, keyed, [*open_ones, *broken]))
    return looked


@transaction.atomic
def _write_down(looked: list[Looked], version: str, now: datetime) -> None:
    """Store that these were checked, open a task for what is new, and close tasks whose finding is gone."""
    numbers = [one.state.pk for one in looked]
    runs = GuardRun.objects.filter(record_id__in=numbers, rule_version=version)
    done = set(runs.values_list("record_id", "content_sha256"))
    fresh = [one for one in looked if (one.state.pk, one.draft.sha256) not in done]
    store_checked([(one.draft, one.keyed) for one in fresh], now=now, version=version)
    tasks: dict[int, dict[str, ScanTask]] = defaultdict(dict)
    for task in ScanTask.objects.filter(record_id__in=numbers).select_related("record"):
        tasks[task.record_id][task.key] = task
    for one in looked:
        known = tasks[one.state.pk]
        gone = known.keys() - {found.key for found in one.found}
        _report(one.state, one.found, known, version, now)
        for key in sorted(gone):
            if known[key].state == ScanState.OPEN:
                _close(known[key], now)


def _broken_files(payload: dict[str, Any], now: datetime) -> list[Found]:
    """Read the public files again where the rules moved on; a file that is missing or changed is a finding itself."""
    digests = {one["sha256"]: one["name"] for one in payload["attachments"]}
    digests |= {
        block["sha256"]: block["alt"] or "图片" for block in payload["blocks"] if block["type"] == "image"
    }
    broken = []
    for digest, name in digests.items():
        try:
            prove_files([digest], now=now)
        except RecordError as error:
            finding = Finding(
                "file.unreadable", rule_version(), f"file:{name}", None, "", Severity.BLOCK, 1.0, error.remedy,
                "", message=error.message,
            )  # fmt: skip
            broken.append(Found(f"file.{digest[:32]}", finding))
    return broken


def _report(
    state: RecordState, found: Iterable[Found], known: dict[str, ScanTask], version: str, now: datetime
) -> None:
    """Open a task for what is new; what is open, or was said to be no matter, is not reported again."""
    for one in found:
        task = known.get(one.key)
        if task is not None and (
            task.state in {ScanState.OPEN, ScanState.ALWAYS}
            or (task.state == ScanState.ONCE and task.rule_version == version)
        ):
            continue
        task = task or ScanTask(record_id=state.record_id, key=one.key)
        _open(task, one.finding, state, version, now)
        known[one.key] = task


def _open(task: ScanTask, finding: Finding, state: RecordState, version: str, now: datetime) -> None:
    today = office_day(now)
    task.detector, task.severity = finding.detector, finding.severity.value
    task.part, task.message = finding.part[:255], finding.message or finding.suggestion
    task.release_id, task.rule_version = state.current_release_id or 0, version
    task.owner_code, task.person = owner_code(state.record), state.editor
    task.due_date = scan_due(severity=finding.severity, found_on=today, calendar=load_calendar())
    task.found_at, task.state = now, ScanState.OPEN
    task.reason, task.decided_by, task.decided_at = "", None, None
    task.save()
    record_fact(
        BackScanFound(
            org=state.record.org_code,
            subject=subject(state.record_id),
            on=today,
            task_id=task.pk,
            detector=finding.detector,
            severity=finding.severity.value,
            due_date=task.due_date,
        ),
        actor=SYSTEM,
        now=now,
    )


def _close(task: ScanTask, now: datetime) -> None:
    task.state, task.decided_at = ScanState.DONE, now
    task.save(update_fields=["state", "decided_at"])
    record_fact(
        BackScanDecided(
            org=task.record.org_code,
            subject=subject(task.record_id),
            on=office_day(now),
            task_id=task.pk,
            decision=ScanState.DONE.value,
        ),
        actor=SYSTEM,
        now=now,
    )
