"""Django app of the journal room."""

from django.apps import AppConfig


class JournalConfig(AppConfig):
    """The journal room (事实账本)."""

    name = "gongkai.journal"
    label = "journal"
    verbose_name = "事实账本"
