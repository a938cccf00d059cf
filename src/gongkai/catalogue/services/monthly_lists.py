"""The monthly list to sections (每月清单): made once for a section and month; mailed once to each responsible person.

A message holds counts and the names of catalogue items and columns, never a title of a record or anything of a person. Nothing is
mailed where the operator set no mail server or the authority did not switch it on. A message is claimed, and the claim stored,
before the mail server is asked: after a crash it is left alone and shown as uncertain, so that nobody gets it twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import EmailMessage
from django.db import transaction

from gongkai.catalogue.core.column_rules import practice
from gongkai.catalogue.facts import MonthlyListMade
from gongkai.catalogue.models import CatalogueVersion, MonthlyList, MonthlyMessage, TimelinessSetting
from gongkai.catalogue.selectors_timeliness import SOON_EMPTY, STATE_WORDS, section_lines
from gongkai.journal.api import SYSTEM, record_fact
from gongkai.kernel.calendar import load_calendar
from gongkai.organisations import api as organisations

_NAMED = 60  # more lines than these are counted in the message and named on the desk


@dataclass(frozen=True, slots=True)
class MonthlyRun:
    """What a run did: lists made, messages sent, messages the mail server did not take."""

    made: int
    sent: int
    failed: int


def first_working_day(month: date) -> date:
    """Return the first working day of the month that holds this day."""
    return load_calendar().next_working_day(month.replace(day=1))


def run_monthly(*, today: date, now: datetime) -> MonthlyRun:
    """Make the lists of this month from its first working day on, and send what was not sent; safe to run again at any time."""
    if today < first_working_day(today):
        return MonthlyRun(0, 0, 0)
    made = 0
    for org_code in CatalogueVersion.objects.filter(in_force_to__isnull=True).values_list(
        "org_code", flat=True
    ):
        made += _make_lists(org_code, today=today, now=now)
    sent, failed = (
        send_lists(month=today.replace(day=1), now=now) if settings.MAIL_NOTICES_POSSIBLE else (0, 0)
    )
    return MonthlyRun(made, sent, failed)


def _make_lists(org_code: str, *, today: date, now: datetime) -> int:
    month = today.replace(day=1)
    if MonthlyList.objects.filter(org_code=org_code, month=month).exists():
        return 0
    mailed = (
        settings.MAIL_NOTICES_POSSIBLE
        and TimelinessSetting.objects.filter(org_code__in=_lineage(org_code), monthly_mail=True).exists()
    )
    with transaction.atomic():
        made = [
            _make(org_code, section, month, lines, mailed=mailed, today=today, now=now)
            for section, lines in sorted(section_lines(org_code=org_code, today=today).items())
        ]
    return sum(made)


def _lineage(org_code: str) -> list[str]:
    return organisations.get_organisation(code=org_code).path.strip("/").split("/")


def _make(
    org_code: str, section: str, month: date, lines: list[dict[str, Any]], *, mailed: bool, today: date, now: datetime
) -> bool:  # fmt: skip
    row, is_new = MonthlyList.objects.get_or_create(
        org_code=org_code, section_code=section, month=month, defaults={"lines": lines, "made_at": now}
    )
    if not is_new:
        return False
    people = _responsible(section, today) if mailed else []
    MonthlyMessage.objects.bulk_create([MonthlyMessage(monthly_list=row, person=one) for one in people])
    counts = Counter(line["state"] for line in lines)
    record_fact(
        MonthlyListMade(
            org=org_code, subject=f"monthly-list:{row.pk}", on=today, section=section, month=month,
            late=counts["late"] + counts["stale"], due=counts["due"], empty=counts["empty"],
            soon_empty=counts[SOON_EMPTY], told=len(people),
        ),
        actor=SYSTEM,
        now=now,
    )  # fmt: skip
    return True


def _responsible(section: str, today: date) -> list[Any]:
    """Return who holds one of the told posts at the section today and has an address."""
    kind = organisations.get_organisation(code=section).kind
    holders = organisations.holders_of(
        org_code=section, roles=practice().told_roles.get(kind, ()), today=today
    )
    return list(
        get_user_model().objects.filter(pk__in=holders, is_active=True).exclude(email="").order_by("pk")
    )


def send_lists(*, month: date, now: datetime) -> tuple[int, int]:
    """Send what nobody claimed yet of a month; return how many left and how many the server refused (tried again later)."""
    sent = failed = 0
    waiting = MonthlyMessage.objects.filter(
        monthly_list__month=month, claimed_at__isnull=True, sent_at__isnull=True
    )
    for number in list(waiting.order_by("pk").values_list("pk", flat=True)):
        outcome = send_one(message_id=number, now=now)
        sent += outcome is True
        failed += outcome is False
    return sent, failed


def send_one(*, message_id: int, now: datetime) -> bool | None:
    """Claim and send one message: True when it left, False when the server refused it, None when it is not ours to send."""
    if not MonthlyMessage.objects.filter(pk=message_id, claimed_at__isnull=True).update(claimed_at=now):
        return None
    row = MonthlyMessage.objects.select_related("monthly_list", "person").get(pk=message_id)
    try:
        _message(row).send(fail_silently=False)
    except (
        Exception
    ):  # what the server said may name the address; the claim is given back, so the next run tries again
        MonthlyMessage.objects.filter(pk=message_id, sent_at__isnull=True).update(claimed_at=None)
        return False
    MonthlyMessage.objects.filter(pk=message_id).update(sent_at=now)
    return True


def send_again(*, message_id: int, now: datetime, after: timedelta = timedelta(hours=1)) -> bool:
    """Send once more what was claimed long ago and never confirmed; a person decides that, knowing that it may arrive twice."""
    freed = MonthlyMessage.objects.filter(pk=message_id, sent_at__isnull=True, claimed_at__lt=now - after)
    return bool(freed.update(claimed_at=None)) and send_one(message_id=message_id, now=now) is True


def _message(row: MonthlyMessage) -> EmailMessage:
    told = row.monthly_list
    body = organisations.get_organisation(code=told.org_code)
    section = organisations.get_organisation(code=told.section_code)
    words = summary(told.lines)
    month = f"{told.month.year}年{told.month.month}月"
    desk = f"{settings.SITE_URL}{settings.BASE_PATH}/desk/catalogue/timeliness/?org={told.org_code}&section={told.section_code}"
    text = [
        f"{section.name}在“{body.name}公开目录”中的{month}清单：{words}。",
        "\n".join(_named(told.lines)),
        f"请登录工作台办理：{desk}",
        "清单只列目录事项和栏目的名称。本邮件由系统发出，请不要回复；不需要的，请公开机构在“时效与预测”里关闭。",
    ]
    return EmailMessage(
        subject=f"信息公开时效清单（{month}）：{words}",
        body="\n\n".join(text),
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[row.person.email],
        headers={
            "Message-ID": f"<monthly-{row.pk}@{settings.MAIL_DOMAIN}>",
            "Auto-Submitted": "auto-generated",
        },
    )


def summary(lines: Iterable[dict[str, Any]]) -> str:
    """Return the counts of a list in words, by state, most urgent first."""
    counts = Counter(line["state"] for line in lines)
    return (
        "，".join(f"{word} {counts[state]} 项" for state, word in STATE_WORDS.items() if counts[state])
        or "没有待办"
    )


def _named(lines: list[dict[str, Any]]) -> list[str]:
    named = [
        f"・{STATE_WORDS[line['state']]}：{line['name']}{'（栏目）' if line['place'] == 'column' else ''}"
        f"{'，' + line['date'] if line['date'] else ''}"
        for line in lines[:_NAMED]
    ]
    return [*named, f"……另有 {len(lines) - _NAMED} 项，见工作台"] if len(lines) > _NAMED else named
