"""Addresses of the supervision room's desk screens."""

from django.urls import path

from gongkai.supervision.staff import (
    assessment_views,
    escalation_views,
    governance_views,
    meeting_views,
    order_views,
    pack_views,
    plan_views,
    survey_views,
    system_views,
    task_views,
)

app_name = "supervision"
urlpatterns = [
    path("", plan_views.plan_list, name="plans"),
    path("import/", plan_views.import_screen, name="import"),
    path("<int:plan_id>/", plan_views.plan_page, name="plan"),
    path("<int:plan_id>/duties/", plan_views.duty_page, name="duties"),
    path("<int:plan_id>/pack/", pack_views.pack_export, name="pack"),
    path("pack/check/", pack_views.pack_check, name="pack_check"),
    path("task/<int:task_id>/", task_views.task_page, name="task"),
    path("evidence/<int:evidence_id>/", task_views.evidence_file, name="evidence_file"),
    path("orders/", order_views.order_list, name="orders"),
    path("orders/new/", order_views.new_order, name="new_order"),
    path("orders/proposed/", escalation_views.proposal_list, name="proposals"),
    path("orders/<int:order_id>/", order_views.order_page, name="order"),
    path("assessment/", assessment_views.run_list, name="assessments"),
    path("assessment/<int:run_id>/", assessment_views.run_page, name="assessment"),
    path("assessment/result/<int:result_id>/", assessment_views.result_page, name="result"),
    path("assessment/value/<int:value_id>/", assessment_views.value_page, name="value"),
    path("indicators/", system_views.system_list, name="systems"),
    path("indicators/<int:system_id>/", system_views.system_page, name="system"),
    path("indicators/<int:system_id>/indicator/", system_views.indicator_form, name="indicator"),
    path("indicators/<int:system_id>/value/", system_views.value_form, name="binding"),
    path("meetings/", meeting_views.meeting_list, name="meetings"),
    path("meetings/<int:meeting_id>/", meeting_views.meeting_page, name="meeting"),
    path("meetings/<int:meeting_id>/<str:kind>.docx", meeting_views.meeting_paper, name="meeting_paper"),
    path("training/", governance_views.training_page, name="training"),
    path("circulars/", governance_views.circular_list, name="circulars"),
    path("circulars/<int:circular_id>/", governance_views.circular_page, name="circular"),
    path("circulars/<int:circular_id>/paper.docx", governance_views.circular_file, name="circular_file"),
    path("responsibility/", governance_views.responsibility_list, name="responsibilities"),
    path("responsibility/<int:record_id>/", governance_views.responsibility_page, name="responsibility"),
    path("surveys/", survey_views.survey_list, name="surveys"),
    path("surveys/<int:round_id>/", survey_views.survey_page, name="survey"),
    path("surveys/codes/<int:stratum_id>/", survey_views.survey_codes, name="survey_codes"),
]
