"""One-time codes (动态口令): enrol, confirm, recover, remove."""

from __future__ import annotations

import base64
import secrets
from datetime import date, datetime

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django_otp.plugins.otp_totp.models import TOTPDevice

from gongkai.journal.api import record_fact
from gongkai.organisations.core.account_rules import account_rules
from gongkai.organisations.errors import PersonRefused
from gongkai.organisations.facts import AuthenticatorEnrolled, AuthenticatorRemoved, RecoveryCodeUsed
from gongkai.organisations.models import RecoveryCode, User
from gongkai.organisations.selectors import actor, home_code, require, roles_of

_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


def device_of(person: User) -> TOTPDevice | None:
    """Return the confirmed authenticator of a person."""
    return TOTPDevice.objects.filter(user=person, confirmed=True).first()


def is_required(*, person: User, today: date) -> bool:
    """Tell whether a role held today demands one-time codes."""
    wanted = account_rules().totp_required_roles
    return bool(wanted) and any(post.role in wanted for post in roles_of(user=person, today=today))


@transaction.atomic
def begin_enrolment(*, person: User) -> TOTPDevice:
    """Return the person's unconfirmed authenticator, made when there is none."""
    waiting = TOTPDevice.objects.filter(user=person, confirmed=False).first()
    return waiting or TOTPDevice.objects.create(user=person, name="authenticator", confirmed=False)


def _make_codes(person: User, now: datetime) -> list[str]:
    codes = [
        "-".join("".join(secrets.choice(_ALPHABET) for _ in range(5)) for _ in range(2))
        for _ in range(account_rules().recovery_codes)
    ]
    RecoveryCode.objects.filter(user=person).delete()
    RecoveryCode.objects.bulk_create(
        [RecoveryCode(user=person, digest=make_password(code), made_at=now) for code in codes]
    )
    return codes


@transaction.atomic
def confirm_enrolment(*, person: User, token: str, today: date, now: datetime) -> list[str]:
    """Confirm the authenticator by a code it shows; return fresh recovery codes, to be shown once.

    Raises PersonRefused when the code is wrong.
    """
    device = begin_enrolment(person=person)
    if not device.verify_token(token):
        raise PersonRefused("验证码不对", remedy="请核对手机时间是否准确，输入应用当前显示的 6 位数字")
    TOTPDevice.objects.filter(user=person).exclude(pk=device.pk).delete()
    device.confirmed = True
    device.save()
    fact = AuthenticatorEnrolled(org=home_code(person), subject=f"user:{person.pk}", on=today)
    record_fact(fact, actor=actor(user=person), now=now)
    return _make_codes(person, now)


@transaction.atomic
def use_recovery_code(*, person: User, code: str, today: date, now: datetime) -> bool:
    """Tell whether an unused recovery code was given, and use it up."""
    tried = code.strip().upper()
    for row in RecoveryCode.objects.select_for_update().filter(user=person, used_at__isnull=True):
        if check_password(tried, row.digest):
            row.used_at = now
            row.save(update_fields=["used_at"])
            fact = RecoveryCodeUsed(org=home_code(person), subject=f"user:{person.pk}", on=today)
            record_fact(fact, actor=actor(user=person), now=now)
            return True
    return False


@transaction.atomic
def remove_authenticator(*, person: User, user: User, today: date, now: datetime) -> None:
    """Switch one-time codes off for a person: themselves, or a security administrator who may reset there.

    Raises PersonRefused when a role held today demands one-time codes and the person asks themselves, NotPermitted else.
    """
    by_other = user.pk != person.pk
    if by_other:
        require(user=user, action="reset", kind="person", org_code=home_code(person), today=today)
    elif is_required(person=person, today=today):
        raise PersonRefused("您的岗位必须使用动态口令", remedy="更换手机时，请安全管理员重置后重新绑定")
    if TOTPDevice.objects.filter(user=person).delete()[0]:
        fact = AuthenticatorRemoved(
            org=home_code(person), subject=f"user:{person.pk}", on=today, by_other=by_other
        )
        record_fact(fact, actor=actor(user=user), now=now)
    RecoveryCode.objects.filter(user=person).delete()


def secret_text(device: TOTPDevice) -> str:
    """Return the secret in groups of four base-32 signs, for typing by hand."""
    text = base64.b32encode(device.bin_key).decode().rstrip("=")
    return " ".join(text[n : n + 4] for n in range(0, len(text), 4))


def may_try(device: TOTPDevice) -> bool:
    """Tell whether a code may be tried now; wrong ones make the next wait longer."""
    return bool(device.verify_is_allowed()[0])
