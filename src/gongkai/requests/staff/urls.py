"""Addresses of the desk screens, under /desk/requests/."""

from django.urls import path

from gongkai.requests.staff import (
    case_views,
    complaint_file_views,
    complaint_views,
    figure_views,
    ledger_views,
    office_views,
    reply_file_views,
)

app_name = "requests"
urlpatterns = [
    path("", ledger_views.ledger_page, name="ledger"),
    path("export/", ledger_views.export, name="export"),
    path("register/", ledger_views.register, name="register"),
    path("find/", office_views.find, name="find"),
    path("figures/", figure_views.figures, name="figures"),
    path("figures/cell/", figure_views.cell, name="cell"),
    path("figures/export/", figure_views.figures_export, name="figures_export"),
    path("calendar/", office_views.calendar_page, name="calendar"),
    path("settings/", office_views.settings_page, name="settings"),
    path("proposals/", office_views.proposals, name="proposals"),
    path("complaints/", complaint_views.complaint_list, name="complaints"),
    path("complaints/<int:pk>/", complaint_views.complaint_page, name="complaint"),
    path("complaints/<int:pk>/preview/", complaint_file_views.letter_preview, name="complaint_preview"),
    path("complaints/<int:pk>/letter/", complaint_file_views.letter, name="complaint_letter"),
    path(
        "complaints/<int:pk>/letter.<str:form>",
        complaint_file_views.letter_file,
        name="complaint_letter_file",
    ),
    path("complaints/file/<int:pk>/", complaint_file_views.file, name="complaint_file"),
    path("letter/<int:pk>/", case_views.letter_page, name="letter"),
    path("letter/<int:pk>/preview/", case_views.letter_preview, name="preview"),
    path("letter/<int:pk>/file.<str:form>", case_views.letter_file, name="letter_file"),
    path("file/<int:pk>/findings/", reply_file_views.reply_file_page, name="reply_file"),
    path("file/<int:pk>/", case_views.case_file, name="file"),
    path("case/<str:number>/", case_views.case_page, name="case"),
    path("case/<str:number>/take/", case_views.take, name="take"),
    path("case/<str:number>/archive.zip", case_views.archive_file, name="archive"),
]
