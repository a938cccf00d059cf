"""Addresses of the ledgers' desk screens."""

from django.urls import path

from gongkai.registers.staff import import_views, views

app_name = "registers"
urlpatterns = [
    path("", views.register_list, name="list"),
    path("<slug:register_id>/", views.row_list, name="rows"),
    path("<slug:register_id>/new/", views.row_page, name="new"),
    path("<slug:register_id>/row/<int:row_id>/", views.row_page, name="row"),
    path("<slug:register_id>/export.csv", views.export, {"kind": "csv"}, name="export"),
    path("<slug:register_id>/export/<slug:kind>/", views.export, name="export_kind"),
    path("<slug:register_id>/release/", views.release_page, name="release"),
    path("<slug:register_id>/offer/", views.offer, name="offer"),
    path("<slug:register_id>/import/", import_views.upload, name="import"),
    path("<slug:register_id>/import/<int:batch_id>/", import_views.batch_page, name="batch"),
]
