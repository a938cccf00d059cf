"""Wagtail's editor for the text of a record; everything else Wagtail offers for a snippet leads to our own screens."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.side_panels import PreviewSidePanel
from wagtail.admin.views.generic.preview import PreviewOnEdit
from wagtail.locks import BaseLock
from wagtail.snippets.views import snippets as wagtail_views
from wagtail.snippets.views.snippets import SnippetViewSet

from gongkai.organisations import api as organisations
from gongkai.records.core.errors import RecordError
from gongkai.records.core.states import EDITABLE_STATES
from gongkai.records.models import Record, RecordState
from gongkai.records.services.save_draft import Saved, save_draft
from gongkai.records.services.submit import submit
from gongkai.records.staff.findings_panel import FindingsSidePanel
from gongkai.records.staff.forms import RecordForm
from gongkai.records.staff.screens import may, now, person_names, viewable_state


def _day_panel(field: str) -> FieldPanel:
    """Return a panel with the browser's own date field; Wagtail's would run an inline script."""
    return FieldPanel(field, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))


PANELS = [
    FieldPanel("title", classname="title"),
    FieldPanel("body"),
    MultiFieldPanel(
        [
            FieldPanel("kind"),
            FieldRowPanel([FieldPanel("document_number"), FieldPanel("issuer")]),
            FieldRowPanel([_day_panel("formed_date"), FieldPanel("genre")]),
            FieldRowPanel([FieldPanel("topic_major"), FieldPanel("topic_minor")]),
            FieldRowPanel([FieldPanel("disclosure"), FieldPanel("disclosure_reason")]),
            FieldRowPanel([FieldPanel("source"), FieldPanel("author")]),
        ],
        heading="基本信息",
    ),
    MultiFieldPanel(
        [
            FieldPanel("catalogue_codes"),
            FieldPanel("columns"),
            FieldPanel("topic_columns"),
            FieldRowPanel([FieldPanel("section_code"), FieldPanel("grade")]),
            FieldPanel("keywords"),
            FieldPanel("summary"),
        ],
        heading="公开目录与栏目",
    ),
    MultiFieldPanel(
        [
            FieldPanel("interprets"),
            FieldPanel("related"),
            FieldPanel("amends"),
            FieldRowPanel([_day_panel("effective_date"), _day_panel("expires_date")]),
            FieldPanel("validity_state"),
            FieldRowPanel([FieldPanel("validity_by"), FieldPanel("validity_note")]),
        ],
        heading="关联与有效性",
    ),
]


class StateLock(BaseLock):
    """Nobody edits a text that is not being drafted."""

    def for_user(self, user: Any) -> bool:
        """Lock everybody out."""
        return True

    def get_message(self, user: Any) -> str:
        """Say why, and what to do."""
        return "这条信息现在不能修改：送审后要改，请先收回；已发布的，请先启动修改。"

    def get_locked_by(self, user: Any) -> str:
        """Name the reason."""
        return "不在起草中"

    def get_description(self, user: Any) -> str:
        """Repeat the message."""
        return self.get_message(user)


class RecordEditView(wagtail_views.EditView):
    """The editor: saves by our service, never publishes, keeps a second person's text apart."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Read the state before the text, so that a save between the two is noticed."""
        pk = kwargs.get("pk") or args[0]
        self.status = RecordState.objects.filter(pk=pk).first()
        if self.status is None:
            raise Http404("没有这条信息")
        super().setup(request, *args, **kwargs)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Let in who may edit there; who may only see goes to the record's page."""
        if not may(request, "edit", self.status.owner_code or self.object.org_code):
            if may(request, "view", self.status.owner_code or self.object.org_code):
                return redirect("records:page", record_id=self.object.pk)
            raise Http404("没有这条信息")
        return super().dispatch(request, *args, **kwargs)

    def user_has_permission(self, permission: str) -> bool:
        """Ask our roles; Wagtail's own permissions open nothing here."""
        return permission in {"change", "view"} and may(
            self.request, "edit", self.status.owner_code or self.object.org_code
        )

    def user_has_permission_for_instance(self, permission: str, instance: Any) -> bool:
        """As `user_has_permission`."""
        return self.user_has_permission(permission)

    def get_available_actions(self) -> list[str]:
        """Save, or save and hand in."""
        return ["edit", "hand-in"]

    def get_lock(self) -> BaseLock | None:
        """Lock what is not being drafted."""
        return None if self.status.state in EDITABLE_STATES else StateLock(self.object)

    def is_valid(self, form: Any) -> bool:
        """Let a save of a locked text through to the service, which keeps it apart instead of losing it."""
        if self.locked_for_user and not self.expects_json_response:
            form.defer_required_fields()
            valid = bool(form.is_valid())
            form.restore_required_fields()
            return valid
        return bool(super().is_valid(form))

    def save_instance(self) -> Record:
        """Save by the service."""
        record: Record = self.form.save(commit=False)
        version = -1 if self.is_out_of_date else self.status.version
        self.saved: Saved = save_draft(
            record=record,
            version=version,
            user=self.request.user,
            now=now(),
            overwrite_revision=self.overwrite_revision,
        )
        self.new_revision = record.revisions.get(pk=self.saved.revision_id)
        return record

    def form_valid(self, form: Any) -> HttpResponse:
        """Save; say so when the text was kept apart."""
        try:
            response = super().form_valid(form)
        except RecordError as error:
            messages.error(self.request, f"{error.message}。{error.remedy}。")
            return redirect("records:page", record_id=self.object.pk)
        except organisations.NotPermitted as error:
            raise PermissionDenied(str(error)) from error
        return response

    def save_action(self) -> HttpResponse:
        """Answer after a save."""
        if not self.saved.kept_apart:
            return super().save_action()
        other = person_names({self.saved.editor_id}).get(self.saved.editor_id or 0, "别人")
        text = f"在您编辑期间，{other}保存过这条信息，或者它已经送审。您写的文字没有丢，另存为一个版本，没有覆盖现在的文字。"
        if self.expects_json_response:
            return self.json_error_response("invalid_revision", text)
        messages.warning(self.request, text)
        return redirect("records:kept_apart", record_id=self.object.pk, revision_id=self.saved.revision_id)

    def hand_in_action(self) -> HttpResponse | None:
        """Hand the saved text in for review."""
        if self.saved.kept_apart:
            return None
        try:
            submit(record_id=self.object.pk, user=self.request.user, now=now())
        except RecordError as error:
            messages.error(self.request, f"还没有送审：{error.message}。{error.remedy}。")
        else:
            messages.success(self.request, "已送审。")
        return redirect("records:page", record_id=self.object.pk)

    def get_success_message(self, instance: Any = None) -> str:
        """Say that it was saved."""
        return "已保存。"

    def get_success_url(self) -> str:
        """Stay in the editor."""
        return str(self.get_edit_url())

    def get_side_panels(self) -> Any:
        """Show the findings first, then the preview."""
        panels = super().get_side_panels()
        kept = [panel for panel in panels if isinstance(panel, PreviewSidePanel)]
        return type(panels)([FindingsSidePanel(self.object, self.request, self.status), *kept])

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Lead back to the list and the record's page."""
        return [
            {"url": reverse("wagtailadmin_home"), "label": "首页"},
            {"url": reverse("records:list"), "label": "信息"},
            {"url": reverse("records:page", args=[self.object.pk]), "label": str(self.object)},
            {"url": "", "label": "编辑"},
        ]


class RecordPreviewView(PreviewOnEdit):
    """The preview beside the editor, for people who may edit the record."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Ask the roles first."""
        state = viewable_state(request, int(kwargs["pk"]))
        if not may(request, "edit", state.owner_code or state.record.org_code):
            raise Http404("没有这条信息")
        return super().dispatch(request, *args, **kwargs)


def to_list(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """Lead to our list."""
    return redirect("records:list")


def to_new(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """Lead to our screen for new drafts."""
    return redirect("records:new")


def to_page(request: HttpRequest, pk: Any = None, **kwargs: Any) -> HttpResponse:
    """Lead to the record's page: what Wagtail offers here is closed."""
    messages.info(request, "这里的操作已停用；发布、撤回、作废都在下面办理。")
    return redirect("records:page", record_id=pk)


class RecordViewSet(SnippetViewSet):
    """Records as snippets: the editor and its preview are Wagtail's, the rest is closed."""

    model = Record
    icon = "doc-full-inverse"
    menu_label = "信息"
    add_to_admin_menu = False
    inspect_view_enabled = False
    copy_view_enabled = False
    edit_view_class = RecordEditView
    preview_on_edit_view_class = RecordPreviewView
    edit_handler = ObjectList(PANELS, base_form_class=RecordForm)

    @property
    def index_view(self) -> Any:
        """Lead to our list."""
        return to_list

    index_results_view = index_view

    @property
    def add_view(self) -> Any:
        """Lead to our screen for new drafts."""
        return to_new

    @property
    def delete_view(self) -> Any:
        """Closed."""
        return to_page

    usage_view = history_view = history_results_view = copy_view = delete_view
    unpublish_view = lock_view = unlock_view = delete_view
    revisions_unschedule_view = revisions_revert_view = revisions_compare_view = revisions_view = delete_view
    workflow_action_view = collect_workflow_action_data_view = delete_view
    confirm_workflow_cancellation_view = workflow_preview_view = delete_view
    workflow_history_view = workflow_history_detail_view = preview_on_add_view = delete_view
