"""Notices to applicants by e-mail (邮件提醒): that something happened, never what; queued with the act, sent by the worker.

Off unless the mail server is set (GONGKAI_MAIL_URL) and the authority switched it on. An e-mail is never the only carrier:
everything it points to stands on the query page.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage

from gongkai.organisations import api as organisations
from gongkai.requests.core.personal import open_sealed
from gongkai.requests.core.rules import room_rules
from gongkai.requests.models import Case, MailNotice, OfficeSetting
from gongkai.requests.services.keys import sealing_key

_JOBS: dict[str, Any] = {}


def use_job(job: Any) -> None:
    """Name the job that sends one notice; `jobs` does it, so that the services do not import it."""
    _JOBS["send"] = job


class MailNotSent(Exception):
    """The mail server did not take a notice; the worker tries again. The address is never named."""


def queue_notice(case: Case, *, verb: str, seq: int, now: datetime) -> None:
    """Queue the notice of an event in the act's own transaction; nothing happens where notices are off."""
    if not settings.MAIL_NOTICES_POSSIBLE or verb not in room_rules().notices:
        return
    if not OfficeSetting.objects.filter(org_code=case.org_code, mail_notices=True).exists():
        return
    row, is_new = MailNotice.objects.get_or_create(
        case=case, seq=seq, defaults={"verb": verb, "queued_at": now}
    )
    if is_new:
        _JOBS["send"].enqueue(row.pk)


def send(*, notice_id: int, now: datetime) -> bool:
    """Send one notice; True when it left. Sent ones are not sent again; raises MailNotSent so that the worker tries again."""
    row = MailNotice.objects.select_related("case").filter(pk=notice_id).first()
    if row is None or row.sent_at is not None or row.without_address:
        return False
    case = row.case
    applicant = getattr(case, "applicant", None)
    sealed = bytes(applicant.sealed) if applicant is not None else b""
    values = open_sealed(sealed, key=sealing_key(), owner=case.subject) if sealed else {}
    address = values.get("email", "").strip()
    if not address:
        MailNotice.objects.filter(pk=row.pk).update(without_address=True)
        return False
    try:
        _message(case, row, address).send(fail_silently=False)
    except (
        Exception
    ) as error:  # whatever the server said may name the address: only the kind of error is kept
        raise MailNotSent(f"邮件服务器没有接收提醒 {row.pk}（{type(error).__name__}）") from None
    MailNotice.objects.filter(pk=row.pk).update(sent_at=now)
    return True


def _message(case: Case, row: MailNotice, address: str) -> EmailMessage:
    info, words = organisations.get_organisation(code=case.org_code), room_rules().notices[row.verb]
    track = f"{settings.SITE_URL}{settings.BASE_PATH}/{settings.PORTAL_ASK_PATH}track/"
    site = info.site
    contact = f"{site.contact_unit} {site.phone}".strip() if site else info.name
    lines = [
        f"您向{info.name}提交的政府信息公开申请（{case.number}）{words}。",
        f"请凭登记编号和查询码查看：{track}",
        "为保护您的个人信息，邮件不写具体内容，也不会向您索要查询码。本邮件由系统发出，请不要回复。",
        f"联系：{contact}",
    ]
    return EmailMessage(
        subject=f"政府信息公开申请 {case.number}：{words}",
        body="\n\n".join(lines),
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[address],
        headers={
            "Message-ID": f"<request-notice-{row.pk}@{settings.MAIL_DOMAIN}>",
            "Auto-Submitted": "auto-generated",
        },
    )
