"""Addresses of the annual report's desk screens."""

from django.urls import path

from gongkai.annual_report.staff import check_views, views

app_name = "annual_report"
urlpatterns = [
    path("", views.run_list, name="runs"),
    path("check/", check_views.check_page, name="check"),
    path("run/<int:run_id>/effects/", check_views.effects_page, name="effects"),
    path("run/<int:run_id>/", views.run_page, name="run"),
    path("run/<int:run_id>/texts/", views.texts_page, name="texts"),
    path("run/<int:run_id>/cell/<str:cell>/", views.cell_page, name="cell"),
    path("run/<int:run_id>/file/<str:kind>/", views.run_file, name="file"),
]
