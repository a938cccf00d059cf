"""Django app of the organisations room."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig, apps
from django.core import checks
from django.db.models.signals import post_migrate


def check_separation(*, databases: Sequence[str] | None = None, **_: Any) -> list[checks.CheckMessage]:
    """Report a missing trigger of the separation of duties, and accounts with `is_superuser` in production."""
    from django.conf import settings

    from gongkai.organisations.models import User
    from gongkai.organisations.separation import missing_separation

    found: list[checks.CheckMessage] = []
    for alias in databases or ():
        for name in missing_separation(using=alias):
            found.append(
                checks.Error(
                    f"三员分立触发器 {name} 不在",
                    hint="先查明原因，再运行 gongkai init",
                    id="organisations.E001",
                )
            )
        if settings.ENVIRONMENT.production and User.objects.using(alias).filter(is_superuser=True).exists():
            found.append(
                checks.Error(
                    "生产环境里有超级用户账号",
                    hint="去掉该账号的 is_superuser：权限只能来自岗位",
                    id="organisations.E002",
                )
            )
    return found


def last_migrated_app() -> AppConfig:
    """Return the app whose `post_migrate` comes last, when every permission row exists."""
    return [config for config in apps.get_app_configs() if config.models_module is not None][-1]


class OrganisationsConfig(AppConfig):
    """The organisations room (机构与人员)."""

    name = "gongkai.organisations"
    label = "organisations"
    verbose_name = "机构与人员"

    def ready(self) -> None:
        """Keep duties apart in the database, and groups in line with roles."""
        from gongkai.journal.api import register_table_check
        from gongkai.organisations import audit
        from gongkai.organisations.separation import install_separation
        from gongkai.organisations.services.sync_groups import sync_groups
        from gongkai.organisations.staff import login_facts

        post_migrate.connect(install_separation, sender=self, dispatch_uid="organisations.install_separation")
        post_migrate.connect(
            sync_groups, sender=last_migrated_app(), dispatch_uid="organisations.sync_groups"
        )
        login_facts.connect()
        register_table_check("organisations_organisation", audit.check_organisations)
        register_table_check("organisations_user", audit.check_users)
        register_table_check("organisations_post", audit.check_posts)
        checks.register(check_separation, checks.Tags.database)
