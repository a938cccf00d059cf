"""Django app of the requests room."""

from django.apps import AppConfig


class RequestsConfig(AppConfig):
    """The requests room (依申请公开)."""

    name = "gongkai.requests"
    label = "requests"
    verbose_name = "依申请公开"

    def ready(self) -> None:
        """Let every role that has something to do with requests see the menu entry; make the jobs known."""
        from gongkai.organisations.api import register_role_permissions, role_book
        from gongkai.requests import jobs  # noqa: F401

        for role in role_book().roles.values():
            if any(grant.kind == "request" for grant in role.grants):
                register_role_permissions(role.id, ["requests.view_case"])
