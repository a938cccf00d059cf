"""What an authority decided for itself (机关设置), and the notices that went out by e-mail (邮件提醒)."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from gongkai.requests.models.case import Case


class OfficeSetting(models.Model):
    """The choices of one authority (机关设置); what is empty follows `regulations/requests/room.yaml`.

    `signature_roles`: slot id → role ids that may sign there.
    """

    RECEIPTS = [("submission", "以提交当日为收到日（从严）"), ("confirmation", "以双方确认之日为收到日")]

    org_code = models.CharField(max_length=60, unique=True)
    review_body = models.CharField("行政复议机关", max_length=120, blank=True)
    higher_department = models.CharField("上一级主管部门", max_length=120, blank=True)
    court = models.CharField("受诉法院", max_length=120, blank=True)
    fee_how = models.CharField("信息处理费缴纳方式", max_length=200, blank=True)
    online_receipt = models.CharField("网上申请的收到日", max_length=12, choices=RECEIPTS, blank=True)
    release_after_working_days = models.PositiveSmallIntegerField(
        "答复转为公开前等待的工作日", null=True, blank=True
    )
    same_subject_requests = models.PositiveSmallIntegerField(
        "几人申请同一内容时提示公开", null=True, blank=True
    )
    mail_notices = models.BooleanField("向申请人发邮件提醒", default=False)
    signature_roles = models.JSONField("双签岗位", default=dict, blank=True)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        default_permissions = ()


class MailNotice(models.Model):
    """A notice to an applicant (邮件提醒): that something happened, never what; once for each event. No address is kept here."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="mail_notices")
    seq = models.PositiveIntegerField()
    verb = models.CharField(max_length=30)
    queued_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    without_address = models.BooleanField(default=False)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["case", "seq"], name="requests_notice_once")]
