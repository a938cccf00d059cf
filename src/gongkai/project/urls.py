"""URL map of everything that is not a file of the public tree."""

from __future__ import annotations

from django.conf import settings
from django.urls import include, path
from wagtail.admin import urls as wagtailadmin_urls

from gongkai.project.desk.metrics import metrics

_metrics = [path(settings.METRICS_PATH, metrics)] if settings.METRICS_PATH else []
_desk = [
    *_metrics,
    path("desk/", include(wagtailadmin_urls)),
    path("ask/survey/", include("gongkai.supervision.counter.urls")),
    path("ask/subscribe/", include("gongkai.portal.counter.urls")),
    path("ask/", include("gongkai.requests.counter.urls")),
]
_prefix = settings.BASE_PATH.strip("/")
urlpatterns = [path(f"{_prefix}/", include(_desk))] if _prefix else _desk

handler404 = "gongkai.project.failure_page.answer_missing"
handler500 = "gongkai.project.failure_page.answer_failure"
