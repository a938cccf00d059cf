"""Addresses of the survey form, under /ask/survey/."""

from django.urls import path

from gongkai.supervision.counter import views

app_name = "survey"
urlpatterns = [
    path("", views.start, name="start"),
    path("sheet/", views.sheet, name="sheet"),
    path("done/", views.done, name="done"),
    path("mode/", views.mode, name="mode"),
]
