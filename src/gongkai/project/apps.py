"""Django app of the project room."""

from django.apps import AppConfig


class ProjectConfig(AppConfig):
    """The project room (公开)."""

    name = "gongkai.project"
    label = "project"
    verbose_name = "公开"

    def ready(self) -> None:
        """Connect facts with those who must hear of them."""
        from wagtail.admin.search import admin_search_areas

        from gongkai.project import facts, wiring  # noqa: F401  (the facts make themselves known)

        wiring.connect()
        # Wagtail's searches over pages, pictures and files lead nowhere here, yet each asks for its rights on every page.
        admin_search_areas.registered_search_areas = []
