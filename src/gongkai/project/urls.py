"""URL map of everything that is not a file of the public tree."""

from __future__ import annotations

from django.conf import settings
from django.urls import include, path
from wagtail.admin import urls as wagtailadmin_urls

_desk = [
    path("desk/", include(wagtailadmin_urls)),
    path("ask/survey/", include("gongkai.supervision.counter.urls")),
    path("ask/", include("gongkai.requests.counter.urls")),
]
_prefix = settings.BASE_PATH.strip("/")
urlpatterns = [path(f"{_prefix}/", include(_desk))] if _prefix else _desk
