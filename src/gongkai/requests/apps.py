"""Django app of the requests room."""

from django.apps import AppConfig


class RequestsConfig(AppConfig):
    """The requests room (依申请公开)."""

    name = "gongkai.requests"
    label = "requests"
    verbose_name = "依申请公开"
