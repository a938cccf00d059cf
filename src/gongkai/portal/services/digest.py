"""The daily mail (每日摘要): one to a subscription, each release once. Claimed and committed before it is sent: a killed worker never sends it again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.urls import reverse

from gongkai.portal.core.links import href
from gongkai.portal.core.subscription_rules import subscription_rules
from gongkai.portal.core.values import Card
from gongkai.portal.models import Digest, DigestEntry, Subscription
from gongkai.portal.selectors import holders, is_worth_telling, public_name, released_after, wishes
from gongkai.requests import api as requests


class MailNotSent(Exception):
    """The mail server did not take a mail; it is tried again. The address is never named."""


def name_of(row: Subscription) -> str:
    """Return what a subscription is about, in words."""
    if row.kind == "keyword":
        return f"关键词“{row.value}”"
    return f"{row.get_kind_display()}“{wishes().get(row.kind, {}).get(row.value, row.value)}”"


def send_confirmation(*, subscription_id: int, now: datetime) -> bool:
    """Ask the owner of the address to confirm, or remind them that they have; raises MailNotSent."""
    row = Subscription.objects.filter(pk=subscription_id).first()
    if row is None or not settings.MAIL_NOTICES_POSSIBLE:
        return False
    kept = requests.open_particulars(bytes(row.sealed), owner=row.owner)
    if row.confirmed_at is None:
        hours = subscription_rules().confirm_hours
        lines = [
            f"有人（应当是您本人）请求把{name_of(row)}的更新发到这个地址。",
            f"确认订阅，请在 {hours} 小时内打开：\n{_address('confirm', kept['confirm'])}",
            "如果不是您本人，不必理会，过期后这个地址会被删除。",
        ]
        subject = "请确认您的订阅"
    else:
        lines = [f"您已经订阅{name_of(row)}，不必再次订阅。"]
        subject = "您已经订阅"
    _send(
        row, kept, subject=subject, lines=lines, mark=f"subscription-{row.pk}-{int(row.asked_at.timestamp())}"
    )
    return True


def send_digests(*, now: datetime) -> int:
    """Tell every confirmed subscription of what was released since the last mail; returns the mails sent. Nothing where mail is not set up.

    One refusal of the mail server does not stop the others; raises MailNotSent at the end, and the next run tries those again.
    """
    if not settings.MAIL_NOTICES_POSSIBLE:
        return 0
    rows = list(Subscription.objects.filter(confirmed_at__isnull=False).order_by("pk"))
    overlap = subscription_rules().overlap_releases
    cards = released_after(max(0, min((r.seen_release for r in rows), default=0) - overlap)) if rows else []
    told, refused = 0, 0
    found: dict[str, set[str]] = {}
    for row in rows:
        if row.kind == "keyword" and row.value not in found:
            found[row.value] = holders(row.value) if cards else set()
        fitting = [c for c in cards if c.release_id > row.from_release and _fits(row, c, found)]
        try:
            told += _tell(row, fitting, now=now)
        except MailNotSent:
            refused += 1
    if refused:
        raise MailNotSent(f"邮件服务器没有接收 {refused} 封订阅邮件")
    return told


def _fits(row: Subscription, card: Card, found: dict[str, set[str]]) -> bool:
    if row.kind == "keyword":
        return card.path in found[row.value]
    return row.value in (card.columns if row.kind == "column" else card.topics)


def _tell(row: Subscription, cards: Iterable[Card], *, now: datetime) -> int:
    digest, claimed = _claim(row.pk, [c for c in cards if is_worth_telling(c)], now=now)
    if digest is None:
        return 0
    kept = requests.open_particulars(bytes(row.sealed), owner=row.owner)
    shown = claimed[::-1][: subscription_rules().rows_in_a_digest]  # the newest first
    lines = [f"{name_of(row)}有 {len(claimed)} 条新公开的信息："]
    lines += [
        f"{c.title}（{c.published_at[:10]}）\n{settings.SITE_URL}{href(settings.BASE_PATH, c.path)}"
        for c in shown
    ]
    if len(claimed) > len(shown):
        lines.append(
            f"其余 {len(claimed) - len(shown)} 条请到网站查看：{settings.SITE_URL}{settings.BASE_PATH}/"
        )
    try:
        _send(
            row,
            kept,
            subject=f"{name_of(row)}有 {len(claimed)} 条更新",
            lines=lines,
            mark=f"digest-{digest.pk}",
        )
    except MailNotSent:
        with transaction.atomic():
            digest.delete()
            Subscription.objects.filter(pk=row.pk).update(seen_release=row.seen_release)
        raise
    Digest.objects.filter(pk=digest.pk).update(sent_at=now)
    return 1


@transaction.atomic
def _claim(subscription_id: int, cards: list[Card], *, now: datetime) -> tuple[Digest | None, list[Card]]:
    """Write down which releases the next mail tells of; those written before are left out, whoever wrote them."""
    row = Subscription.objects.select_for_update().filter(pk=subscription_id).first()
    if row is None or not cards:
        return None, []
    ids = [c.release_id for c in cards]
    known = set(
        DigestEntry.objects.filter(subscription=row, release_id__in=ids).values_list("release_id", flat=True)
    )
    new = [c for c in cards if c.release_id not in known]
    if not new:
        return None, []
    digest = Digest.objects.create(subscription=row, claimed_at=now)
    DigestEntry.objects.bulk_create(
        DigestEntry(digest=digest, subscription=row, release_id=c.release_id) for c in new
    )
    Subscription.objects.filter(pk=row.pk).update(seen_release=max(row.seen_release, *ids))
    return digest, new


def _address(verb: str, token: str) -> str:
    return f"{settings.SITE_URL}{reverse(f'subscribe:{verb}', args=[token])}"


def _send(row: Subscription, kept: dict[str, str], *, subject: str, lines: list[str], mark: str) -> None:
    name = public_name()
    leaving = _address("leave", kept["leave"])
    message = EmailMessage(
        subject=f"{name}：{subject}" if name else subject,
        body="\n\n".join([*lines, f"退订：\n{leaving}", "本邮件由系统发出，请不要回复。"]),
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[kept["address"]],
        headers={
            "Message-ID": f"<{mark}@{settings.MAIL_DOMAIN}>",
            "List-Unsubscribe": f"<{leaving}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Auto-Submitted": "auto-generated",
        },
    )
    try:
        message.send(fail_silently=False)
    except (
        Exception
    ) as error:  # whatever the server said may name the address: only the kind of error is kept
        raise MailNotSent(f"邮件服务器没有接收订阅邮件 {row.pk}（{type(error).__name__}）") from None
