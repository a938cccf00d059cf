"""What the background workers remember: who is alive, which attempts failed and why, when periodic work last ran."""

from __future__ import annotations

from django.db import models

from gongkai.project.moving.models import MovedItem, MoveIn, MoveOpened, MoveProblem, MoveSignature
from gongkai.project.retention.models import DisposalItem, DisposalList, RetentionTerm

__all__ = [
    "DisposalItem",
    "DisposalList",
    "JobAttempt",
    "MoveIn",
    "MoveOpened",
    "MoveProblem",
    "MoveSignature",
    "MovedItem",
    "PeriodicRun",
    "RetentionTerm",
    "WaitingDeletion",
    "Worker",
]


class Worker(models.Model):
    """One running worker process (后台任务进程); the row goes when it stops politely."""

    worker_id = models.CharField(max_length=64, primary_key=True)
    host = models.CharField(max_length=255)
    pid = models.IntegerField()
    process = models.CharField("进程标记", max_length=120, blank=True)
    queues = models.CharField(max_length=255)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField(db_index=True)


class JobAttempt(models.Model):
    """One attempt at a job that did not succeed (失败的尝试), with its reason; personal data is scrubbed from it."""

    job_id = models.UUIDField(db_index=True)
    task_path = models.CharField(max_length=255)
    number = models.PositiveSmallIntegerField()
    failed_at = models.DateTimeField(db_index=True)
    reason = models.TextField()
    final = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["job_id", "number"], name="project_attempt_once")]


class PeriodicRun(models.Model):
    """When a piece of periodic work last ran (定时任务) and how it ended."""

    name = models.CharField(max_length=120, primary_key=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    error = models.TextField(default="")


class WaitingDeletion(models.Model):
    """An attachment that was to be deleted while its store gave no answer (待删除的附件); names hold digests and numbers only."""

    name = models.CharField(max_length=255, unique=True)
    since = models.DateTimeField()
