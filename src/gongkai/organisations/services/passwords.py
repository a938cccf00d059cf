"""Passwords (密码): history, resets by the security administrator."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.contrib.auth.hashers import check_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from gongkai.journal.api import record_fact
from gongkai.organisations.core.account_rules import account_rules
from gongkai.organisations.errors import PersonRefused
from gongkai.organisations.facts import PasswordChanged
from gongkai.organisations.models import PasswordRecord, User
from gongkai.organisations.selectors import actor, home_code, require


def was_used(*, person: User, password: str) -> bool:
    """Tell whether the password is the present one or one of the last few."""
    old = PasswordRecord.objects.filter(user=person).values_list("password", flat=True)[
        : account_rules().password_history
    ]
    return any(check_password(password, encoded) for encoded in {*old, person.password} if encoded)


@transaction.atomic
def note_password(*, person: User, by: User | None, today: date, now: datetime) -> None:
    """Remember that the account has a new password (already stored): history, day, and PasswordChanged unless it is the first."""
    is_first = not PasswordRecord.objects.filter(user=person).exists()
    PasswordRecord.objects.create(user=person, password=person.password, set_at=now)
    keep = PasswordRecord.objects.filter(user=person).values_list("pk", flat=True)[
        : account_rules().password_history
    ]
    PasswordRecord.objects.filter(user=person).exclude(pk__in=list(keep)).delete()
    User.objects.filter(pk=person.pk).update(password_set_at=now, must_change_password=by is not None)
    person.password_set_at, person.must_change_password = now, by is not None
    if not is_first:
        fact = PasswordChanged(
            org=home_code(person), subject=f"user:{person.pk}", on=today, by_other=by is not None
        )
        record_fact(fact, actor=actor(user=by or person), now=now)


@transaction.atomic
def reset_password(*, person: User, password: str, user: User, today: date) -> None:
    """Set somebody's password for them; they must change it at the next log-in.

    Raises NotPermitted unless `user` may reset there, PersonRefused for oneself or a weak password.
    """
    require(user=user, action="reset", kind="person", org_code=home_code(person), today=today)
    if user.pk == person.pk:
        raise PersonRefused("不能在这里重置自己的密码", remedy="请到「账号安全」修改")
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise PersonRefused("；".join(error.messages), where=f"账号「{person.username}」的新密码") from error
    person.set_password(password)
    person.password_set_by = user  # type: ignore[attr-defined]  (read by the password rules when the row is saved)
    person.save(update_fields=["password"])


def is_expired(*, person: User, now: datetime) -> bool:
    """Tell whether the password is older than the rules allow; an account without a known day is not judged."""
    days = account_rules().password_max_age_days
    return bool(days and person.password_set_at and person.password_set_at + timedelta(days=days) < now)
