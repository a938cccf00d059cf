"""Django app of the records room."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core import checks
from django.db.models.signals import post_migrate, pre_migrate

APPEND_ONLY = {
    "records_release": ("id", "record_id+sequence"),
    "records_review": ("id",),
    "records_interpretationexemption": ("id", "record_id+sequence"),
    "records_submission": ("id", "record_id+round"),
    "records_waiver": ("id", "record_id+key"),
    "records_cleanupdecision": ("id", "item_id+sequence"),
    "records_withdrawalreview": ("id", "release_id"),
    "records_withholding": ("id", "record_id+sequence"),
    "records_wordchange": ("id",),
}
#: what opens screens and menus for a role; what may be done there is decided by the services
_SEE, _EDIT, _ADD = "records.view_record", "records.change_record", "records.add_record"
SCREENS_OF_ROLES: dict[str, tuple[str, ...]] = {
    "section_editor": (_SEE, _EDIT, _ADD),
    "institution_clerk": (_SEE, _EDIT, _ADD),
    "disclosure_office": (_SEE, _EDIT, _ADD),
    "reviewer": (_SEE, _EDIT),
    "secrecy_officer": (_SEE,),
    "leader": (_SEE,),
    "legal_officer": (_SEE,),
    "principal": (_SEE,),
}


def check_record_triggers(*, databases: Sequence[str] | None = None, **_: Any) -> list[checks.CheckMessage]:
    """Report triggers of this room that are missing (`manage check --database default`)."""
    from gongkai.records.triggers import missing_record_triggers

    return [
        checks.Error(
            f"信息表的保护触发器 {name} 不在或被改动",
            hint="先查明原因，再运行 gongkai init 重新安装",
            id="records.E001",
        )
        for alias in databases or ()
        for name in missing_record_triggers(using=alias)
    ]


class RecordsConfig(AppConfig):
    """The records room (信息与发布)."""

    name = "gongkai.records"
    label = "records"
    verbose_name = "信息与发布"

    def ready(self) -> None:
        """Protect the tables of this room and let `verify` compare them with the journal."""
        from gongkai.journal import api as journal
        from gongkai.organisations.api import register_role_permissions
        from gongkai.records import jobs  # noqa: F401  (the jobs register themselves)
        from gongkai.records.matter_sources import event_matters, interpretation_matters
        from gongkai.records.services.matters import add_matter_source
        from gongkai.records.table_checks import (
            differences_in_cleanups,
            differences_in_events,
            differences_in_exemptions,
            differences_in_later_reviews,
            differences_in_releases,
            differences_in_states,
            differences_in_withholdings,
        )
        from gongkai.records.triggers import install_record_triggers, lift_record_triggers

        add_matter_source(event_matters)
        add_matter_source(interpretation_matters)
        for role, permissions in SCREENS_OF_ROLES.items():
            register_role_permissions(role, permissions)
        for table, unique in APPEND_ONLY.items():
            journal.append_only(table, unique=unique)
        pre_migrate.connect(lift_record_triggers, sender=self, dispatch_uid="records.lift_triggers")
        post_migrate.connect(install_record_triggers, sender=self, dispatch_uid="records.install_triggers")
        post_migrate.connect(journal.install_triggers, sender=self, dispatch_uid="records.append_only")
        checks.register(check_record_triggers, checks.Tags.database)
        journal.register_table_check("records_release", differences_in_releases)
        journal.register_table_check("records_recordstate", differences_in_states)
        journal.register_table_check("records_laterreview", differences_in_later_reviews)
        journal.register_table_check("records_event", differences_in_events)
        journal.register_table_check("records_withholding", differences_in_withholdings)
        journal.register_table_check("records_interpretationexemption", differences_in_exemptions)
        journal.register_table_check("records_cleanupround", differences_in_cleanups)
