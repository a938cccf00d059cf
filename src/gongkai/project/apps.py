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

        from gongkai.journal.api import append_only, register_table_check
        from gongkai.project import facts, wiring  # noqa: F401  (the facts make themselves known)
        from gongkai.project.moving.table_check import differences_in_signatures
        from gongkai.project.retention.matters import retention_matters
        from gongkai.records.api import add_matter_source

        wiring.connect()
        add_matter_source(retention_matters)
        append_only("project_movesignature")
        register_table_check("project_movesignature", differences_in_signatures)
        # Wagtail's searches over pages, pictures and files lead nowhere here, yet each asks for its rights on every page.
        admin_search_areas.registered_search_areas = []
