"""Django app of the project room."""

from django.apps import AppConfig


class ProjectConfig(AppConfig):
    """The project room (公开)."""

    name = "gongkai.project"
    label = "project"
    verbose_name = "公开"

    def ready(self) -> None:
        """Connect facts with those who must hear of them."""
        from gongkai.project import wiring

        wiring.connect()
