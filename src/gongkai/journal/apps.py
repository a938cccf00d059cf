"""Django app of the journal room."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core import checks
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate


def check_triggers(*, databases: Sequence[str] | None = None, **_: Any) -> list[checks.CheckMessage]:
    """Report append-only tables whose trigger is missing (`manage check --database default`)."""
    from gongkai.journal.triggers import missing_triggers

    return [
        checks.Error(
            f"数据表 {trigger.table} 的保护触发器 {trigger.name} 不在或被改动",
            hint="先查明原因，再运行 gongkai init 重新安装",
            id="journal.E001",
        )
        for alias in databases or ()
        for trigger in missing_triggers(using=alias)
    ]


class JournalConfig(AppConfig):
    """The journal room (事实账本)."""

    name = "gongkai.journal"
    label = "journal"
    verbose_name = "事实账本"

    def ready(self) -> None:
        """Protect the journal's tables, and know the jobs."""
        from gongkai.journal import jobs  # noqa: F401  (the jobs register themselves)
        from gongkai.journal.sql import register_functions
        from gongkai.journal.triggers import append_only, install_triggers

        append_only("journal_entry")
        append_only("journal_seal", unique=("seq", "entry"))
        append_only("journal_publishedhead", unique=("seq", "previous"))
        post_migrate.connect(install_triggers, sender=self, dispatch_uid="journal.install_triggers")
        connection_created.connect(register_functions, dispatch_uid="journal.register_functions")
        checks.register(check_triggers, checks.Tags.database)
