"""Django app of the portal room."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """The portal room (公开站点)."""

    name = "gongkai.portal"
    label = "portal"
    verbose_name = "公开站点"
