"""Addresses of the supervision room's desk screens."""

from django.urls import path

from gongkai.supervision.staff import order_views, plan_views, task_views

app_name = "supervision"
urlpatterns = [
    path("", plan_views.plan_list, name="plans"),
    path("import/", plan_views.import_screen, name="import"),
    path("<int:plan_id>/", plan_views.plan_page, name="plan"),
    path("task/<int:task_id>/", task_views.task_page, name="task"),
    path("evidence/<int:evidence_id>/", task_views.evidence_file, name="evidence_file"),
    path("orders/", order_views.order_list, name="orders"),
    path("orders/new/", order_views.new_order, name="new_order"),
    path("orders/<int:order_id>/", order_views.order_page, name="order"),
]
