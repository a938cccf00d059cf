"""Django app of the records room."""

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    """The records room (信息与发布)."""

    name = "gongkai.records"
    label = "records"
    verbose_name = "信息与发布"
