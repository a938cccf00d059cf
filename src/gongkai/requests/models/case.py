"""The case itself (案卷): the request, who made it, its parts, its time line."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from gongkai.requests.core.states import OPEN, STATE_NAMES, State


class NumberSeries(models.Model):
    """The last number given out, by organisation, kind and year (编号): given once, never again."""

    org_code = models.CharField(max_length=60)
    kind = models.CharField(max_length=20)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["org_code", "kind", "year"], name="requests_series_once")
        ]


class Case(models.Model):
    """One request (申请). Dates that follow from others are kept for lists only and recomputed by every act."""

    org_code = models.CharField("机关", max_length=60)
    number = models.CharField("登记编号", max_length=60, unique=True)
    year = models.PositiveSmallIntegerField()
    serial = models.PositiveIntegerField()
    state = models.CharField("状态", max_length=20, choices=list(STATE_NAMES.items()))
    is_open = models.BooleanField(default=False)
    channel = models.CharField("提交方式", max_length=20)
    applicant_kind = models.CharField("申请人类别", max_length=30)
    title = models.CharField("申请内容摘要", max_length=120)
    content = models.TextField("申请内容")
    subject_digest = models.CharField(max_length=64, blank=True, db_index=True)
    form_wanted = models.CharField("所需形式", max_length=20, blank=True)
    way_wanted = models.CharField("获取方式", max_length=20, blank=True)
    purpose = models.TextField("用途说明（可不填）", blank=True)
    needs_help = models.CharField("需要的帮助", max_length=200, blank=True)
    arrived_date = models.DateField("到达日期")
    received_date = models.DateField("收到日期", null=True, blank=True)
    receipt_basis = models.CharField("收到日依据", max_length=20, blank=True)
    receipt_proof = models.CharField("收到日凭据", max_length=200, blank=True)
    clock_version = models.CharField(max_length=20, blank=True)
    due_date = models.DateField("答复期限", null=True, blank=True)
    provisional = models.BooleanField("暂定", default=False)
    is_paused = models.BooleanField("中止计算", default=False)
    delayed_until = models.DateField("延迟至", null=True, blank=True)
    handler = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="经办人",
    )
    section_code = models.CharField("承办科室", max_length=60, blank=True)
    row = models.CharField("年度报告行", max_length=60, blank=True)
    row_why = models.CharField("计入该行的理由", max_length=200, blank=True)
    closed_date = models.DateField("办结日期", null=True, blank=True)
    closed_how = models.CharField(max_length=20, blank=True)
    closed_late = models.BooleanField("逾期办结", default=False)
    round = models.PositiveSmallIntegerField("第几轮办理", default=1)
    events_count = models.PositiveIntegerField(default=0)
    submission_key = models.CharField(max_length=80, unique=True)
    query_digest = models.CharField(max_length=64, blank=True)
    source_letter = models.CharField("来源信件", max_length=60, blank=True)
    keep_until = models.DateField("保存至", null=True, blank=True)
    archived_date = models.DateField("归档日期", null=True, blank=True)
    erased_date = models.DateField("个人信息删除日期", null=True, blank=True)
    release_record = models.PositiveBigIntegerField(null=True, blank=True)
    registered_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "依申请公开"
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["org_code", "year", "serial"], name="requests_case_number_once"),
            models.CheckConstraint(condition=Q(state__in=list(STATE_NAMES)), name="requests_state_known"),
            models.CheckConstraint(
                condition=Q(is_open=True, state__in=[str(s) for s in OPEN])
                | Q(is_open=False, state__in=[State.TO_CONFIRM, State.CLOSED, State.SET_ASIDE]),
                name="requests_open_fits_state",
            ),
            models.CheckConstraint(
                condition=Q(received_date__isnull=True) | Q(received_date__gte=F("arrived_date")),
                name="requests_received_not_before_arrival",
            ),
            models.CheckConstraint(
                condition=Q(state=State.CLOSED, closed_date__isnull=False) & ~Q(row="")
                | ~Q(state=State.CLOSED) & (Q(closed_date__isnull=True, row="") | Q(round__gt=1)),
                name="requests_closed_has_row",
            ),
        ]
        indexes = [
            # Of open cases only: few among many, and a bare truth value is no search key on SQLite.
            models.Index(
                fields=["org_code", "due_date", "id"], name="requests_open_due", condition=Q(is_open=True)
            ),
            models.Index(
                fields=["handler", "due_date", "id"], name="requests_open_mine", condition=Q(is_open=True)
            ),
            models.Index(fields=["org_code", "-id"], name="requests_newest"),
            models.Index(fields=["org_code", "state", "-id"], name="requests_by_state"),
            models.Index(fields=["org_code", "received_date"], name="requests_received"),
            models.Index(fields=["org_code", "closed_date"], name="requests_closed"),
            models.Index(
                fields=["org_code", "closed_date"], name="requests_closed_late", condition=Q(closed_late=True)
            ),
            models.Index(fields=["keep_until"], name="requests_keep", condition=Q(erased_date__isnull=True)),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def subject(self) -> str:
        """Return the name by which facts call this case."""
        return f"request:{self.pk}"

    @property
    def state_name(self) -> str:
        """Return the state in Chinese."""
        return STATE_NAMES[self.state]


class Applicant(models.Model):
    """Who asks (申请人): sealed but for a mask; found by keyed digests."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="applicant")
    sealed = models.BinaryField()
    masked_name = models.CharField("申请人（掩码）", max_length=40)
    identity_lookup = models.CharField(max_length=64, blank=True, db_index=True)
    phone_lookup = models.CharField(max_length=64, blank=True, db_index=True)
    has_agent = models.BooleanField("有代理人", default=False)

    class Meta:
        default_permissions = ()


class Part(models.Model):
    """A part of a request with its own outcome (申请事项)."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="parts")
    position = models.PositiveSmallIntegerField("次序")
    text = models.TextField("事项")
    outcome = models.CharField("结果", max_length=60, blank=True)
    detail = models.JSONField("案卷记载", default=dict)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["case", "position"], name="requests_part_once")]


class CaseEvent(models.Model):
    """One line of the case's history (时间线). `public` lines are shown to the applicant."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="events")
    seq = models.PositiveIntegerField()
    verb = models.CharField(max_length=30)
    on = models.DateField()
    at = models.DateTimeField()
    state = models.CharField(max_length=20)
    actor_kind = models.CharField(max_length=10)
    actor_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    entry = models.PositiveBigIntegerField()
    note = models.TextField(blank=True)
    public = models.BooleanField(default=False)

    class Meta:
        default_permissions = ()
        ordering = ["seq"]
        constraints = [models.UniqueConstraint(fields=["case", "seq"], name="requests_event_seq_once")]


class Assignment(models.Model):
    """A section at work on a case (分办)."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="assignments")
    section_code = models.CharField("科室", max_length=60)
    inner_due = models.DateField("内部期限")
    sent_date = models.DateField("交办日期")
    returned_date = models.DateField("退回日期", null=True, blank=True)
    reason = models.CharField("退回理由", max_length=300, blank=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["case", "section_code"],
                condition=Q(returned_date__isnull=True),
                name="requests_assigned_once_at_a_time",
            )
        ]


class WizardDraft(models.Model):
    """A form being filled in by a citizen (填写中的申请): sealed, kept for some days, so that nothing typed is lost."""

    token_digest = models.CharField(max_length=64, unique=True)
    submission_key = models.CharField(max_length=80, unique=True)
    org_code = models.CharField(max_length=60)
    sealed = models.BinaryField()
    sealed_receipt = models.BinaryField(default=b"")
    case = models.ForeignKey(Case, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    started_at = models.DateTimeField()
    touched_at = models.DateTimeField(db_index=True)

    class Meta:
        default_permissions = ()


class Throttle(models.Model):
    """How often something was tried from one place in one window (限速). `key` is a keyed digest, never an address."""

    key = models.CharField(max_length=64)
    window = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["key", "window"], name="requests_throttle_once")]
