"""The job rows as a queue: claim one, finish it, try again later, take back what a dead worker left (任务队列)."""

from __future__ import annotations

import json
import logging
import uuid
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from traceback import format_exception, format_exception_only

from django.db import transaction
from django.db.models import Q, QuerySet
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult, get_date_max

from gongkai.kernel.scrubbing import scrub
from gongkai.project.models import JobAttempt

log = logging.getLogger(__name__)

RETRY_AFTER = (
    timedelta(seconds=1),
    timedelta(seconds=5),
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
)
REASON_LENGTH = 4000


def ready(*, queues: Sequence[str], now: datetime) -> bool:
    """Say whether a job waits; costs one indexed read and no lock."""
    return _waiting(queues=queues, now=now).exists()


def _waiting(*, queues: Sequence[str], now: datetime) -> QuerySet[DBTaskResult]:
    due = Q(run_after=get_date_max()) | Q(run_after__lte=now)
    return DBTaskResult.objects.filter(due, status=TaskResultStatus.READY, queue_name__in=queues)


def claim(*, queues: Sequence[str], worker_id: str, now: datetime) -> DBTaskResult | None:
    """Take the next job for this worker, or None. Two workers never get the same one."""
    if not ready(queues=queues, now=now):
        return None
    with transaction.atomic():
        job = _waiting(queues=queues, now=now).select_for_update(skip_locked=True).first()
        if job is None:
            return None
        job.status = TaskResultStatus.RUNNING
        job.started_at = now
        job.worker_ids = [*job.worker_ids, worker_id]
        job.save(update_fields=["status", "started_at", "worker_ids"])
        return job


def succeed(job: DBTaskResult, *, value: object, now: datetime) -> None:
    """Mark a job as done; a value that is not JSON is not kept."""
    try:
        json.dumps(value)
    except (TypeError, ValueError):
        value = None
    DBTaskResult.objects.filter(pk=job.pk).update(
        status=TaskResultStatus.SUCCESSFUL,
        finished_at=now,
        return_value=value,
        exception_class_path="",
        traceback="",
    )


def fail(job: DBTaskResult, *, error: BaseException, now: datetime) -> bool:
    """Put a failed job back with a growing pause, or give it up after the last try; return True when given up."""
    reason = scrub("".join(format_exception_only(error)).strip())[:REASON_LENGTH]
    trace = scrub("".join(format_exception(error)))
    kind = f"{type(error).__module__}.{type(error).__qualname__}"
    return _put_back(job.pk, reason=reason, trace=trace, kind=kind, now=now)


def take_back(*, alive: Collection[str], now: datetime) -> int:
    """Put back every job that a worker not in `alive` was running when it died (进程被杀后回收); return how many."""
    count = 0
    for job in DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING).only(
        "id", "worker_ids", "task_path"
    ):
        owner = job.worker_ids[-1] if job.worker_ids else ""
        if owner not in alive:
            reason = f"后台进程 {owner} 中断，任务没有做完"
            _put_back(job.pk, reason=reason, trace="", kind="gongkai.WorkerDied", now=now)
            log.warning("job %s (%s) taken back from %s", job.pk, job.task_path, owner)
            count += 1
    # A clock set back must not make a retry wait for days.
    DBTaskResult.objects.filter(
        status=TaskResultStatus.READY,
        run_after__gt=now + 2 * max(RETRY_AFTER),
        run_after__lt=get_date_max(),
        id__in=JobAttempt.objects.filter(failed_at__gt=now).values("job_id"),
    ).update(run_after=now)
    return count


def _put_back(job_id: uuid.UUID, *, reason: str, trace: str, kind: str, now: datetime) -> bool:
    """Write the attempt and the job's next state in one transaction; jobs that are no longer running are left alone."""
    with transaction.atomic():
        job = DBTaskResult.objects.select_for_update().get(pk=job_id)
        if job.status != TaskResultStatus.RUNNING:
            return False
        number = JobAttempt.objects.filter(job_id=job_id).count() + 1
        final = number > len(RETRY_AFTER)
        JobAttempt.objects.create(
            job_id=job_id,
            task_path=job.task_path[:255],
            number=number,
            failed_at=now,
            reason=reason,
            final=final,
        )
        job.traceback, job.exception_class_path = trace, kind
        if final:
            job.status, job.finished_at = TaskResultStatus.FAILED, now
        else:
            job.status, job.run_after = TaskResultStatus.READY, now + RETRY_AFTER[number - 1]
        job.save(update_fields=["status", "finished_at", "run_after", "traceback", "exception_class_path"])
        return final


def prune(*, older_than: datetime) -> int:
    """Delete successful jobs finished before a moment, and attempts of the same age; return how many jobs went."""
    JobAttempt.objects.filter(failed_at__lt=older_than, final=False).delete()
    return int(
        DBTaskResult.objects.filter(status=TaskResultStatus.SUCCESSFUL, finished_at__lt=older_than).delete()[
            0
        ]
    )
