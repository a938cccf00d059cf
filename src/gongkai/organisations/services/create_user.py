"""Make, close and open accounts (账号)."""

from __future__ import annotations

from datetime import date, datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from gongkai.journal.api import record_fact
from gongkai.organisations.errors import PersonRefused, in_words
from gongkai.organisations.facts import UserCreated, UserDisabled, UserEnabled
from gongkai.organisations.models import User
from gongkai.organisations.selectors import actor, find, home_code, require


@transaction.atomic
def create_user(
    *,
    username: str,
    name: str,
    org_code: str,
    password: str | None,
    email: str = "",
    must_change_password: bool = False,
    user: User | None = None,
    today: date,
    now: datetime,
) -> User:
    """Make an account and write UserCreated; it can do nothing until it holds a post.

    `password` None makes an account that cannot log in yet. `user` is who does it, None for a command.

    Raises PersonRefused for a used or ill-formed account name or a weak password, NotPermitted otherwise.
    """
    organisation = find(org_code)
    if user is not None:
        require(user=user, action="manage", kind="person", org_code=org_code, today=today)
    person = User(
        username=username,
        name=name,
        organisation=organisation,
        email=email,
        must_change_password=must_change_password,
    )
    try:
        if password is not None:
            validate_password(password, person)
        person.set_password(password)
        person.password_set_at = now
        person.full_clean()
    except ValidationError as error:
        raise PersonRefused(in_words(error, User), where=f"账号「{username}」") from error
    person.save(force_insert=True)
    User.objects.filter(pk=person.pk).update(must_change_password=must_change_password, password_set_at=now)
    person.refresh_from_db()
    record_fact(
        UserCreated(org=org_code, subject=f"user:{person.pk}", on=today), actor=actor(user=user), now=now
    )
    return person


@transaction.atomic
def set_active(
    *, person: User, is_active: bool, user: User | None = None, today: date, now: datetime
) -> None:
    """Close an account to log-in, or open it again; an account is never deleted. Raises PersonRefused or NotPermitted."""
    org_code = home_code(person)
    if user is not None:
        require(user=user, action="manage", kind="person", org_code=org_code, today=today)
        if user.pk == person.pk:
            raise PersonRefused("不能停用自己的账号", remedy="请另一位系统管理员办理")
    if person.is_active == is_active:
        return
    person.is_active = is_active
    person.save(update_fields=["is_active"])
    fact = UserEnabled if is_active else UserDisabled
    record_fact(
        fact(org=org_code, subject=f"user:{person.pk}", on=today),
        actor=actor(user=user),
        now=now,
    )
