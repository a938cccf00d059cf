"""Log-in, log-out and failed log-in as facts (登录留痕)."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db import transaction
from django.utils import timezone

from gongkai.journal.api import SYSTEM, record_fact
from gongkai.journal.facts import Fact
from gongkai.organisations.facts import LoggedIn, LoggedOut, LogInFailed
from gongkai.organisations.models import User
from gongkai.organisations.selectors import actor, home_code


def _write(kind: type[Fact], person: User | None, *, by_person: bool) -> None:
    org = home_code(person) if person else "unassigned"
    fact = kind(org=org, subject=f"user:{person.pk if person else 0}", on=timezone.localdate())
    with transaction.atomic():
        record_fact(fact, actor=actor(user=person) if by_person else SYSTEM, now=timezone.now())


def logged_in(*, user: Any, **_: Any) -> None:
    """Write LoggedIn."""
    if isinstance(user, User):
        _write(LoggedIn, user, by_person=True)


def logged_out(*, user: Any, **_: Any) -> None:
    """Write LoggedOut; a session that belonged to nobody leaves no fact."""
    if isinstance(user, User):
        _write(LoggedOut, user, by_person=True)


def login_failed(*, credentials: dict[str, Any], **_: Any) -> None:
    """Write LogInFailed; what was typed is not kept, only whose account it was."""
    person = (
        User.objects.select_related("organisation").filter(username=credentials.get("username", "")).first()
    )
    _write(LogInFailed, person, by_person=False)


def connect() -> None:
    """Listen to Django's signals."""
    user_logged_in.connect(logged_in, dispatch_uid="organisations.logged_in")
    user_logged_out.connect(logged_out, dispatch_uid="organisations.logged_out")
    user_login_failed.connect(login_failed, dispatch_uid="organisations.login_failed")
