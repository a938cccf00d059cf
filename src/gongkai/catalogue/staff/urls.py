"""Addresses of the catalogue's desk screens."""

from django.urls import path

from gongkai.catalogue.staff import monthly_views, timeliness_views, views

app_name = "catalogue"
urlpatterns = [
    path("", views.item_list, name="items"),
    path("timeliness/", timeliness_views.timeliness, name="timeliness"),
    path("monthly/", monthly_views.monthly_lists, name="monthly"),
    path("monthly/<int:pk>/", monthly_views.monthly_list, name="monthly_list"),
    path("monthly/<int:pk>/list.xlsx", monthly_views.monthly_file, name="monthly_file"),
    path("column/<slug:code>/", timeliness_views.column_page, name="column"),
    path("import/", views.import_edition, name="import"),
    path("item/<str:code>/", views.item_page, name="item_by_code"),
]
