"""URLs of the records screens, under /desk/records/."""

from __future__ import annotations

from django.urls import path

from gongkai.records.staff import (
    attachments,
    files,
    interpretation,
    later_review,
    lists,
    new_draft,
    paste,
    record_page,
    repairs,
    review,
    scan_tasks,
    settings_page,
    sheet,
    versions,
    withdraw,
    withheld,
    words,
)

app_name = "records"
urlpatterns = [
    path("", lists.record_list, name="list"),
    path("new/", new_draft.new_draft, name="new"),
    path("tasks/", scan_tasks.task_list, name="scan_tasks"),
    path("tasks/<int:task_id>/ignore/", scan_tasks.ignore, name="ignore_scan_task"),
    path("review-settings/", settings_page.settings_page, name="review_settings"),
    path("withheld/", withheld.withheld_list, name="withheld"),
    path("withheld/tell/", withheld.tell_withheld, name="tell_withheld"),
    path("expiring/", withheld.expiring_list, name="expiring"),
    path("interpretations/", interpretation.pair_list, name="interpretations"),
    path("words/", words.word_page, name="words"),
    path("words/change/", words.change, name="change_words"),
    path("words/export/", words.export, name="export_words"),
    path("<int:record_id>/", record_page.page, name="page"),
    path("<int:record_id>/do/<slug:verb>/", record_page.act, name="act"),
    path("<int:record_id>/review/", review.review_page, name="review"),
    path("<int:record_id>/review/decide/", review.decide, name="decide"),
    path("<int:record_id>/waive/", review.let_pass, name="waive"),
    path("<int:record_id>/mend/", repairs.mend, name="mend"),
    path("<int:record_id>/history/", sheet.history, name="history"),
    path("<int:record_id>/sheet/<int:number>/", sheet.sheet_page, name="sheet"),
    path("<int:record_id>/sheet/<int:number>/word/", sheet.sheet_word, name="sheet_word"),
    path("<int:record_id>/preview/", versions.preview, name="preview"),
    path("<int:record_id>/releases/<int:release_id>/", versions.release_page, name="release"),
    path(
        "<int:record_id>/releases/<int:release_id>/review/",
        withdraw.review_withdrawal_page,
        name="review_withdrawal",
    ),
    path(
        "<int:record_id>/releases/<int:release_id>/later-review/",
        later_review.later_review_page,
        name="later_review",
    ),
    path("<int:record_id>/kept/<int:revision_id>/", versions.kept_apart, name="kept_apart"),
    path("<int:record_id>/withdraw/", withdraw.withdraw_page, name="withdraw"),
    path("<int:record_id>/withhold/", withheld.withhold_page, name="withhold"),
    path("<int:record_id>/interpretation/", interpretation.plan_page, name="interpretation"),
    path("<int:record_id>/erase/", withdraw.erase_action, name="erase"),
    path("<int:record_id>/paste/", paste.paste_page, name="paste"),
    path("<int:record_id>/files/", files.upload, name="upload"),
    path("<int:record_id>/files/<slug:sha256>/clean/", attachments.clean_copy, name="clean_copy"),
    path("<int:record_id>/files/<slug:sha256>/redact/", attachments.redact, name="redact"),
    path(
        "<int:record_id>/files/<slug:sha256>/pages/<int:page>/",
        attachments.page_picture,
        name="page_picture",
    ),
    path("<int:record_id>/files/<slug:sha256>/", files.download, name="file"),
]
