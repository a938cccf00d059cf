"""What happens inside a case (办理环节): supplement, consultations, pauses, extension, fee, opinions, remedies."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from gongkai.requests.models.case import Case

USER = settings.AUTH_USER_MODEL


class Supplement(models.Model):
    """The one-time request to supplement (补正): one a case, by the database."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="supplement")
    grounds = models.JSONField("事由")
    items = models.TextField("需补正的事项")
    period_days = models.PositiveSmallIntegerField("补正期限（工作日）")
    asked_date = models.DateField("告知日期")
    served_date = models.DateField("送达日期")
    due_date = models.DateField("补正截止")
    in_time = models.BooleanField("在七个工作日内告知")
    answered_date = models.DateField("补正日期", null=True, blank=True)
    answer = models.TextField("补正内容", blank=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(served_date__gte=F("asked_date")), name="requests_supplement_served"
            )
        ]


class Consultation(models.Model):
    """Somebody asked for an opinion (征求意见): a third party, a joint maker or another agency."""

    THIRD_PARTY, JOINT, OTHER = "third_party", "joint", "other_agency"
    KINDS = [(THIRD_PARTY, "第三方"), (JOINT, "共同制作机关"), (OTHER, "其他机关")]
    ANSWERS = [
        ("consent", "同意公开"),
        ("refuse", "不同意公开"),
        ("partly", "部分同意"),
        ("silent", "逾期未答复"),
    ]

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="consultations")
    kind = models.CharField("对象", max_length=20, choices=KINDS)
    sealed_addressee = models.BinaryField()
    addressee_lookup = models.CharField(max_length=64)
    documents = models.TextField("涉及的信息")
    sent_date = models.DateField("发出日期")
    delivered_date = models.DateField("送达日期", null=True, blank=True)
    due_date = models.DateField("答复截止", null=True, blank=True)
    answered_date = models.DateField("答复日期", null=True, blank=True)
    answer = models.CharField("意见", max_length=10, choices=ANSWERS, blank=True)
    reasons = models.TextField("理由", blank=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["case", "addressee_lookup"],
                condition=Q(answer=""),
                name="requests_one_open_consultation",
            )
        ]


class Pause(models.Model):
    """Days that do not count (中止), as an interval with its ground; several may overlap."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="pauses")
    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="pauses")
    kind = models.CharField(max_length=20, choices=Consultation.KINDS)
    addressee_lookup = models.CharField(max_length=64)
    start_date = models.DateField("起")
    end_date = models.DateField("止", null=True, blank=True)
    ground = models.CharField("依据", max_length=60)
    author = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(end_date__isnull=True) | Q(end_date__gte=F("start_date")),
                name="requests_pause_ends",
            ),
            models.UniqueConstraint(
                fields=["case", "addressee_lookup"],
                condition=Q(end_date__isnull=True),
                name="requests_one_open_pause",
            ),
        ]


class Extension(models.Model):
    """The extension of the limit (延期): asked for, approved by another person, told to the applicant; once for each count."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="extensions")
    working_days = models.PositiveSmallIntegerField("延长工作日")
    reason = models.CharField("理由", max_length=300)
    proposed_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    proposed_date = models.DateField()
    approved_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    approved_date = models.DateField(null=True)
    told_date = models.DateField("告知申请人日期", null=True)
    is_void = models.BooleanField("随旧期限失效", default=False)

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(working_days__gte=1, working_days__lte=20), name="requests_extension_length"
            ),
            models.CheckConstraint(
                condition=Q(told_date__isnull=True) | Q(approved_date__isnull=False),
                name="requests_extension_approved_first",
            ),
            models.UniqueConstraint(
                fields=["case"], condition=Q(is_void=False), name="requests_one_living_extension"
            ),
        ]


class Fee(models.Model):
    """The processing fee (信息处理费): one a case, counted one way."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="fee")
    mode = models.CharField("计收方式", max_length=10, choices=[("per_item", "按件"), ("per_page", "按量")])
    rule_version = models.PositiveSmallIntegerField()
    count = models.PositiveIntegerField("件数或页数")
    already = models.PositiveIntegerField("当月此前件数", default=0)
    yuan = models.PositiveIntegerField("金额（元）")
    steps = models.JSONField()
    served_date = models.DateField("通知送达日期")
    due_date = models.DateField("缴费截止")
    paid_date = models.DateField("缴费日期", null=True, blank=True)

    class Meta:
        default_permissions = ()


class SearchLog(models.Model):
    """A search that was made (检索记录)."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="searches")
    place = models.CharField("检索的系统或档案", max_length=200)
    keywords = models.CharField("关键词", max_length=200)
    searched_on = models.DateField("日期")
    searched_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    found = models.BooleanField("找到")
    result = models.CharField("结果", max_length=300)

    class Meta:
        default_permissions = ()


class Opinion(models.Model):
    """An opinion inside the house (审查意见): section, secrecy or legal."""

    KINDS = [("section", "承办科室意见"), ("secrecy", "保密审查意见"), ("legal", "法制审核意见")]

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="opinions")
    kind = models.CharField("种类", max_length=10, choices=KINDS)
    agrees = models.BooleanField("同意")
    text = models.TextField("意见")
    given_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    given_on = models.DateField()

    class Meta:
        default_permissions = ()


class Remedy(models.Model):
    """A reconsideration or suit against the reply (复议、诉讼), written back to the case."""

    KINDS = [("review", "行政复议"), ("suit_direct", "未经复议直接起诉"), ("suit_after_review", "复议后起诉")]
    RESULTS = [("upheld", "结果维持"), ("corrected", "结果纠正"), ("other", "其他结果")]

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="remedies")
    kind = models.CharField("种类", max_length=20, choices=KINDS)
    body = models.CharField("受理机关", max_length=120)
    reference = models.CharField("案号", max_length=80, blank=True)
    lodged_date = models.DateField("提起日期")
    result = models.CharField("结果", max_length=10, choices=RESULTS, blank=True)
    ended_date = models.DateField("办结日期", null=True, blank=True)
    note = models.TextField("要点", blank=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(result="", ended_date__isnull=True) | ~Q(result="") & Q(ended_date__isnull=False),
                name="requests_remedy_ends_with_result",
            )
        ]


class Round(models.Model):
    """A further round of the same request (重新办理), ordered by a reconsideration or a court; it has a limit of its own.

    Tables three and four keep counting the first round; what came of this one stands here.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="rounds")
    number = models.PositiveSmallIntegerField("第几轮")
    remedy = models.OneToOneField(Remedy, on_delete=models.PROTECT, related_name="round")
    opened_date = models.DateField("收到决定或判决的日期")
    named_date = models.DateField("决定或判决限定的答复日期", null=True, blank=True)
    before = models.JSONField("上一轮的处理结果")
    closed_date = models.DateField("办结日期", null=True, blank=True)
    closed_how = models.CharField(max_length=20, blank=True)
    closed_late = models.BooleanField(default=False)
    row = models.CharField("处理结果", max_length=60, blank=True)

    class Meta:
        default_permissions = ()
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="requests_round_once"),
            models.UniqueConstraint(
                fields=["case"], condition=Q(closed_date__isnull=True), name="requests_one_open_round"
            ),
            models.CheckConstraint(
                condition=Q(closed_date__isnull=True) | Q(closed_date__gte=F("opened_date")),
                name="requests_round_ends",
            ),
        ]


class Rating(models.Model):
    """What the applicant thought of it (评价)."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="rating")
    score = models.PositiveSmallIntegerField("分数")
    text = models.TextField("意见", blank=True)
    rated_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [models.CheckConstraint(condition=Q(score__gte=1, score__lte=5), name="requests_score")]


class DeadlineChange(models.Model):
    """The calendar changed and moved a limit (期限重算记录): before, after and why."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="deadline_changes")
    before = models.DateField(null=True)
    after = models.DateField(null=True)
    why = models.CharField(max_length=300)
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()


class CalendarRow(models.Model):
    """A day the office entered itself (日历调整): a local holiday, an emergency prolongation, a make-up day."""

    day = models.DateField("日期", unique=True)
    is_working = models.BooleanField("上班")
    notice = models.CharField("通知", max_length=200)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        default_permissions = ()
        ordering = ["day"]


class TallyLine(models.Model):
    """What one fact adds to tables three and four (统计行), written with the fact in one transaction, so that they open at once.

    It can be rebuilt from the journal at any time; `selectors.numbers` compares the two.
    """

    entry = models.PositiveBigIntegerField()
    org_code = models.CharField(max_length=60)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=[("received", "新收"), ("closed", "办结")])
    row = models.CharField(max_length=60)
    column = models.CharField(max_length=30)
    on = models.DateField()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["case", "kind"], name="requests_tally_once")]
        indexes = [models.Index(fields=["org_code", "kind", "on", "row", "column"], name="requests_tally")]


class TallyMonth(models.Model):
    """Statistics lines counted by month (统计月计), kept with each line, so that whole months need not be read line by line."""

    org_code = models.CharField(max_length=60)
    kind = models.CharField(max_length=10)
    month = models.DateField("当月第一日")
    row = models.CharField(max_length=60)
    column = models.CharField(max_length=30)
    number = models.PositiveIntegerField(default=0)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["org_code", "kind", "month", "row", "column"], name="requests_tally_month_once"
            )
        ]


class Proposal(models.Model):
    """Several people asked for the same thing (建议主动公开, 条例第44条)."""

    org_code = models.CharField(max_length=60)
    digest = models.CharField(max_length=64)
    title = models.CharField(max_length=120)
    requests = models.PositiveIntegerField()
    applicants = models.PositiveIntegerField()
    cases = models.JSONField("这些申请", default=list)
    made_date = models.DateField()
    answer = models.CharField("处理", max_length=300, blank=True)
    answered_date = models.DateField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["org_code", "digest"], name="requests_proposal_once")]
