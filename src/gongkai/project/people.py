"""Names of accounts for screens that show who did something (姓名)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.contrib.auth import get_user_model


def people_by_id(ids: Collection[int | None]) -> dict[int, str]:
    """Return name and log-in name of these accounts, as `姓名（登录名）`."""
    rows = get_user_model().objects.filter(pk__in=[number for number in ids if number])
    return {person.pk: f"{person.get_full_name()}（{person.get_username()}）" for person in rows}


def people_called(text: str) -> list[Any]:
    """Return the accounts with this log-in name, else those whose name holds the text, by log-in name."""
    accounts = get_user_model().objects.order_by("username")
    if exact := list(accounts.filter(username=text)):
        return exact
    return list(accounts.filter(name__contains=text)[:20])
