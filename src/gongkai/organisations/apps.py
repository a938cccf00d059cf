"""Django app of the organisations room."""

from django.apps import AppConfig


class OrganisationsConfig(AppConfig):
    """The organisations room (机构与人员)."""

    name = "gongkai.organisations"
    label = "organisations"
    verbose_name = "机构与人员"
