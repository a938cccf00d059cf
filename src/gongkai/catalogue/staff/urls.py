"""Addresses of the catalogue's desk screens."""

from django.urls import path

from gongkai.catalogue.staff import views

app_name = "catalogue"
urlpatterns = [
    path("", views.item_list, name="items"),
    path("columns/", views.column_list, name="columns"),
    path("import/", views.import_edition, name="import"),
    path("item/<str:code>/", views.item_page, name="item_by_code"),
]
