"""Background work of the project room. Only here the clock is read."""

from __future__ import annotations

from datetime import datetime, timedelta

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from gongkai.journal import api as journal
from gongkai.portal import api as portal
from gongkai.project.moving.carrying_on import carry_on_all
from gongkai.project.retention.rules import rule_days
from gongkai.project.worker.queue import prune as prune_jobs


def prune() -> int:
    """Delete what `regulations/retention/` lets go by itself: finished jobs, expired sessions, old failed log-ins; return how many jobs went."""
    now = timezone.now()
    call_command("clearsessions")
    forget_failed_log_ins(now=now)
    return prune_jobs(older_than=now - timedelta(days=rule_days("finished_jobs")))


def forget_failed_log_ins(*, now: datetime) -> int:
    """Delete rows of failed log-ins, with their addresses, that are over the term (登录失败记录); return how many."""
    before = now - timedelta(days=rule_days("failed_log_ins"))
    return sum(
        model.objects.filter(attempt_time__lt=before).delete()[0]
        for model in (AccessFailureLog, AccessAttempt, AccessLog)
    )


class JournalDiffers(Exception):
    """The nightly verification found something; the message names the first."""


def verify_journal() -> int:
    """Verify chain, published heads and tables (每夜核验); return the number of entries. Raises JournalDiffers."""
    folder = settings.PUBLIC_DIR / "heads"
    outcome = journal.verify(heads_folder=folder if folder.is_dir() else None)
    if not outcome.ok:
        raise JournalDiffers(f"台账核验不通过：{outcome.first_bad or outcome.differences[0]}")
    return int(outcome.entries)


class FilesDamaged(Exception):
    """The nightly check of the attachment store found something; the message names the first and the remedy."""


def verify_files() -> int:
    """Read every kept attachment and compare it with its hash (附件库每夜核验); returns 0. Raises FilesDamaged."""
    from gongkai.records import api as records

    found = [sha256[:12] for sha256, _ in records.damaged_files()]
    if found:
        raise FilesDamaged(
            f"附件库有 {len(found)} 个文件缺失或被改动：{'、'.join(found[:5])}；请从最近的备份取回 media/ 中同名的文件，再执行 gongkai check --files"
        )
    return 0


def delete_waiting_attachments() -> int:
    """Delete attachments whose deletion waits for the object store (待删除的附件); returns how many went. Raises AttachmentsAway."""
    from gongkai.project.store.deletions import delete_waiting

    return delete_waiting()


def keep_tail() -> int:
    """Lay newly sealed entries down outside the database (台账尾页); return how many."""
    return int(journal.append_tail(folder=settings.ENVIRONMENT.tail_dir, now=timezone.now()))


def build_dated_pages() -> int:
    """Render what depends on the date (每日更新); return the number of pages written."""
    return int(portal.build(today=timezone.localdate()).written)


def show_structure() -> int:
    """Show a change of settings, catalogue or organisations to the public within a minute (结构变化); return files written."""
    return int(portal.refresh_site(today=timezone.localdate()))


def carry_on_moves() -> int:
    """Write lists, signatures and releases of moves from old sites (迁移续办); return how many moves were carried on."""
    return carry_on_all(clock=timezone.now)
