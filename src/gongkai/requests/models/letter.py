"""Letters, their signatures and service, and the files of a case (文书、签批、送达、案卷文件)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from gongkai.requests.models.case import Case

USER = settings.AUTH_USER_MODEL


class Letter(models.Model):
    """One letter (文书): can be edited until it is frozen for signing; numbered once."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="letters")
    kind = models.CharField("种类", max_length=40)
    title = models.CharField("标题", max_length=200)
    sealed_body = models.BinaryField()
    number_year = models.PositiveSmallIntegerField(null=True, blank=True)
    number_serial = models.PositiveIntegerField(null=True, blank=True)
    number = models.CharField("发文字号", max_length=80, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    frozen_date = models.DateField("定稿日期", null=True, blank=True)
    drafted_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField()
    is_void = models.BooleanField("作废", default=False)

    class Meta:
        default_permissions = ()
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["number"], condition=~Q(number=""), name="requests_letter_number_once"
            ),
            models.CheckConstraint(
                condition=Q(frozen_date__isnull=True, sha256="")
                | Q(frozen_date__isnull=False) & ~Q(sha256=""),
                name="requests_letter_frozen_has_hash",
            ),
        ]


class Signature(models.Model):
    """A signature under a frozen letter (签批): one a slot, one a person, over exactly these bytes."""

    letter = models.ForeignKey(Letter, on_delete=models.CASCADE, related_name="signatures")
    slot = models.CharField(max_length=30)
    signer = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    counts_as = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    signed_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["letter", "slot"], name="requests_slot_signed_once"),
            models.UniqueConstraint(fields=["letter", "counts_as"], name="requests_person_signs_once"),
        ]


class Service(models.Model):
    """How and when a letter reached its reader (送达)."""

    letter = models.OneToOneField(Letter, on_delete=models.CASCADE, related_name="service")
    way = models.CharField("方式", max_length=20)
    served_date = models.DateField("送达日期")
    proof = models.CharField("凭据", max_length=200)
    served_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        default_permissions = ()


class CaseFile(models.Model):
    """A file of the case (案卷文件), sealed on disk; `public` ones may be fetched by the applicant."""

    KINDS = [
        ("request", "申请附件"),
        ("identity", "身份证明"),
        ("authority", "授权委托书"),
        ("supplement", "补正材料"),
        ("reply", "答复附件"),
        ("proof", "凭据"),
        ("opinion", "意见"),
        ("late", "办结后来件"),
    ]

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="files")
    kind = models.CharField("种类", max_length=12, choices=KINDS)
    name = models.CharField("文件名", max_length=120)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.PositiveBigIntegerField()
    media_type = models.CharField(max_length=100)
    stored_name = models.CharField(max_length=200, blank=True)
    public = models.BooleanField("申请人可取", default=False)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        default_permissions = ()
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["case", "kind", "sha256"], name="requests_file_once")]


class ReplyWaiver(models.Model):
    """A finding in a reply file let pass with a reason (留痕放行): append-only, for these bytes, this place and this version of the rules."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="reply_waivers")
    file_sha256 = models.CharField(max_length=64)
    detector = models.CharField("检查器", max_length=40)
    place = models.CharField("位置", max_length=120)
    rule_version = models.CharField("规则版本", max_length=60)
    severity = models.CharField(max_length=10)
    reason = models.CharField("理由", max_length=300)
    user = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    role = models.CharField("岗位", max_length=40)
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "file_sha256", "detector", "place", "rule_version"],
                name="requests_finding_waived_once",
            )
        ]
