"""Django app of the supervision room."""

from django.apps import AppConfig


class SupervisionConfig(AppConfig):
    """The supervision room (监督考核)."""

    name = "gongkai.supervision"
    label = "supervision"
    verbose_name = "监督考核"
