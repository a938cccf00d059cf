"""Django app of the requests room."""

from django.apps import AppConfig


class RequestsConfig(AppConfig):
    """The requests room (依申请公开)."""

    name = "gongkai.requests"
    label = "requests"
    verbose_name = "依申请公开"

    def ready(self) -> None:
        """Let every role that has something to do with requests see the menu entry; make the jobs known."""
        from django.db.models.signals import post_migrate

        from gongkai.journal.api import append_only, install_triggers
        from gongkai.organisations.api import register_role_permissions, role_book
        from gongkai.requests import jobs  # noqa: F401

        append_only("requests_replywaiver", unique=("id",))
        post_migrate.connect(install_triggers, sender=self, dispatch_uid="requests.append_only")
        for role in role_book().roles.values():
            if any(grant.kind == "request" for grant in role.grants):
                register_role_permissions(role.id, ["requests.view_case"])
