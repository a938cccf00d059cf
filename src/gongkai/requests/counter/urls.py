"""Addresses of the counter, under /ask/."""

from django.urls import path

from gongkai.requests.counter import case_views, complaint_views, form_views, own_complaint

app_name = "ask"
urlpatterns = [
    path("", form_views.start, name="start"),
    path("mode/", form_views.mode, name="mode"),
    path("track/", case_views.track, name="track"),
    path("lost/", case_views.lost, name="lost"),
    path("case/", case_views.case_page, name="case"),
    path("case/leave/", case_views.leave, name="leave"),
    path("case/letter/<int:pk>.<str:form>", case_views.letter_file, name="letter"),
    path("case/file/<int:pk>/", case_views.case_file, name="file"),
    path("complain/track/", case_views.track, name="complaint_track"),
    path("complain/mine/", own_complaint.complaint_page, name="complaint"),
    path("complain/mine/letter.<str:form>", own_complaint.complaint_letter, name="complaint_letter"),
    path("complain/mine/file/<int:pk>/", own_complaint.complaint_file, name="complaint_file"),
    path("complain/at/<slug:code>/", complaint_views.complain, name="complain"),
    path("at/<slug:org>/", form_views.guide, name="guide"),
    path("at/<slug:org>/help/", form_views.help_page, name="help"),
    path("at/<slug:org>/form/<slug:code>/", form_views.step, name="step"),
    path("at/<slug:org>/done/", form_views.done, name="done"),
]
