"""A record (信息): text and metadata under revision. Wagtail's own ways to publish or take down end here."""

from __future__ import annotations

from typing import Any, NoReturn

from django.conf import settings
from django.db import models, transaction
from django.utils.module_loading import import_string
from wagtail.models import (
    DraftStateMixin,
    LockableMixin,
    PreviewableMixin,
    Revision,
    RevisionMixin,
    WorkflowMixin,
)

from gongkai.records.body import BODY_BLOCKS, BodyField
from gongkai.records.core.errors import StepRefused
from gongkai.records.core.kinds import DISCLOSURE, GRADES, KINDS, VALIDITY
from gongkai.records.core.states import EDITABLE_STATES, LABELS

#: columns that belong to the record as a whole: no save of a form and no old revision ever writes them
SYSTEM_COLUMNS = frozenset(
    {
        "live",
        "live_revision",
        "latest_revision",
        "has_unpublished_changes",
        "first_published_at",
        "last_published_at",
        "go_live_at",
        "expire_at",
        "expired",
        "locked",
        "locked_at",
        "locked_by",
    }
)
CONSTANT_FIELDS = ("org_code", "created_at", "created_by_id")


class Record(WorkflowMixin, DraftStateMixin, LockableMixin, RevisionMixin, PreviewableMixin, models.Model):
    """One piece of information on its way to the public. State, number and releases stand in other tables."""

    preview_view = "gongkai.records.staff.preview.preview_response"

    live = models.BooleanField("公开中", default=False, editable=False)

    org_code = models.CharField("发布单位", max_length=60, db_index=True, editable=False)
    section_code = models.CharField("责任科室", max_length=60, blank=True)
    kind = models.CharField("信息类别", max_length=20, choices=list(KINDS.items()), default="other")
    grade = models.CharField("审查等级", max_length=10, choices=list(GRADES.items()), default="ordinary")
    title = models.TextField("标题", max_length=500)
    document_number = models.CharField("发文字号", max_length=100, blank=True)
    issuer = models.CharField("发文机关", max_length=200, blank=True)
    formed_date = models.DateField("成文日期", null=True, blank=True)
    effective_date = models.DateField("施行日期", null=True, blank=True)
    expires_date = models.DateField("失效日期", null=True, blank=True)
    topic_major = models.CharField("主题分类（大类）", max_length=40, blank=True)
    topic_minor = models.CharField("主题分类（小类）", max_length=40, blank=True)
    genre = models.CharField("体裁", max_length=20, blank=True)
    disclosure = models.CharField(
        "公开属性", max_length=12, choices=list(DISCLOSURE.items()), default="active"
    )
    disclosure_reason = models.TextField("公开属性理由", blank=True, max_length=1000)
    source = models.CharField("来源", max_length=200, blank=True)
    author = models.CharField("作者", max_length=80, blank=True)
    keywords = models.JSONField("关键词", default=list, blank=True)
    summary = models.TextField("内容概述", blank=True, max_length=2000)
    catalogue_codes = models.JSONField("公开目录事项", default=list, blank=True)
    columns = models.JSONField("栏目", default=list, blank=True)
    topic_columns = models.JSONField("专题", default=list, blank=True)
    interprets = models.JSONField("解读的文件", default=list, blank=True)
    interpretation_plan = models.JSONField("解读方案", null=True, blank=True, editable=False)
    amends = models.BigIntegerField("修改的文件", null=True, blank=True)
    related = models.JSONField("相关文件", default=list, blank=True)
    validity_state = models.CharField(
        "有效性", max_length=10, choices=list(VALIDITY.items()), default="valid"
    )
    validity_note = models.CharField("有效性说明", max_length=300, blank=True)
    validity_by = models.BigIntegerField("修改、废止它的文件", null=True, blank=True)
    migrated = models.JSONField("迁入来源", null=True, blank=True, editable=False)
    body = BodyField(BODY_BLOCKS, blank=True, verbose_name="正文")

    created_at = models.DateTimeField("新建时间", editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", editable=False
    )

    class Meta:
        verbose_name = verbose_name_plural = "信息"
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["expires_date"],
                condition=models.Q(live=True, expires_date__isnull=False),
                name="records_live_until",
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(go_live_at__isnull=True, expire_at__isnull=True),
                name="record_has_no_wagtail_schedule",
                violation_error_message="定时发布请用“定时发布”，不能用编辑器自带的日程",
            ),
        ]

    def __str__(self) -> str:
        return self.title[:80] or "（无标题）"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save the text; system columns are written only by name, so that no stale copy can bring them back."""
        if self.pk and not self._state.adding and kwargs.get("update_fields") is None:
            stored = type(self)._base_manager.filter(pk=self.pk).values_list("live", flat=True).first()
            if stored is not None and stored != self.live:
                self._refuse("直接更改公开状态")
            names = {field.name for field in self._meta.concrete_fields if not field.primary_key}
            kwargs["update_fields"] = names - SYSTEM_COLUMNS
        super().save(*args, **kwargs)

    @transaction.atomic
    def save_revision(
        self,
        user: Any = None,
        approved_go_live_at: Any = None,
        changed: bool = True,
        log_action: bool | str = False,
        previous_revision: Revision | None = None,
        clean: bool = True,
        overwrite_revision: Revision | None = None,
    ) -> Revision:
        """Keep the text as a revision, note the author, never rewrite a revision that was submitted, never schedule.

        Raises:
            StepRefused: the record is not being drafted.
        """
        states = self._meta.get_field("status").related_model._default_manager
        state = states.select_for_update().filter(record_id=self.pk).first()
        if state is None:
            state = states.create(record_id=self.pk)
        if state.state not in EDITABLE_STATES:
            raise StepRefused(
                code="not_editable",
                message=f"这条信息{LABELS[state.state]}，不能修改",
                where=str(self),
                remedy="送审后要改，请先收回；已发布的，请先启动修改",
            )
        if overwrite_revision and self.submissions.filter(revision_id=overwrite_revision.pk).exists():
            overwrite_revision = None
        revision = super().save_revision(
            user=user,
            approved_go_live_at=None,
            changed=changed,
            log_action=log_action,
            previous_revision=previous_revision,
            clean=clean,
            overwrite_revision=overwrite_revision,
        )
        if user is not None:
            self.authors.get_or_create(user_id=user.pk, epoch=state.release_count)
        states.filter(pk=state.pk).update(version=models.F("version") + 1)
        return revision

    def with_content_json(self, content: dict[str, Any]) -> Record:
        """Return the record as a revision has it; what belongs to the record as a whole stays as it is now."""
        record: Record = super().with_content_json(content)
        for name in SYSTEM_COLUMNS | set(CONSTANT_FIELDS):
            attribute = self._meta.get_field(name).attname
            setattr(record, attribute, getattr(self, attribute))
        return record

    def publish(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse: a record goes out by `records.api.publish` alone."""
        self._refuse("发布")

    def unpublish(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse: a record is taken down by `records.api.withdraw` alone."""
        self._refuse("取消发布")

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse: records are discarded or withdrawn, never deleted."""
        self._refuse("删除")

    @classmethod
    def get_default_workflow(cls) -> None:
        """Return None: Wagtail's workflow knows no separation of duties, ours stands in `services`."""

    def get_workflow(self) -> None:
        """Return None; see `get_default_workflow`."""

    def serve_preview(self, request: Any, mode_name: str) -> Any:
        """Answer with the page that the public would see."""
        return import_string(self.preview_view)(request, self)

    def _refuse(self, what: str) -> NoReturn:
        raise StepRefused(
            code="closed_path",
            message=f"“{what}”不能从这里进行",
            where=str(self),
            remedy="发布请经审签后点“发布这条信息”，撤下请用“撤回”，不要的草稿请“作废”",
        )
