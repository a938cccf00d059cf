"""Django app of the portal room."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """The portal room (公开站点)."""

    name = "gongkai.portal"
    label = "portal"
    verbose_name = "公开站点"

    def ready(self) -> None:
        """Make the jobs known: the subscription page enqueues one of them."""
        from gongkai.portal import jobs  # noqa: F401
