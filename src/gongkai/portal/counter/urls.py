"""Addresses of subscription, under /ask/subscribe/."""

from django.urls import path

from gongkai.portal.counter import views

app_name = "subscribe"
urlpatterns = [
    path("", views.start, name="start"),
    path("calendar/<str:token>.ics", views.calendar, name="calendar"),
    path("confirm/<str:token>/", views.confirm, name="confirm"),
    path("leave/<str:token>/", views.leave, name="leave"),
]
