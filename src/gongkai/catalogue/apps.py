"""Django app of the catalogue room."""

from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    """The catalogue room (公开目录)."""

    name = "gongkai.catalogue"
    label = "catalogue"
    verbose_name = "公开目录"
