"""What every screen of this room needs: the time, the person's rights, refusals in words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from gongkai.organisations import api as organisations
from gongkai.records.core.errors import NotFound, RecordError
from gongkai.records.core.office_time import office_day
from gongkai.records.models import RecordState
from gongkai.records.services.locking import get_state

KIND = "record"
View = Callable[..., HttpResponse]


def now() -> datetime:
    """Return this moment."""
    return timezone.now()


def today() -> date:
    """Return this day in the office's time zone."""
    return office_day(timezone.now())


def may(request: HttpRequest, action: str, org_code: str) -> bool:
    """Tell whether the person of the request may do this there."""
    return bool(
        organisations.may(user=request.user, action=action, kind=KIND, org_code=org_code, today=today())
    )


def viewable_state(request: HttpRequest, record_id: int) -> RecordState:
    """Return the state of a record that the person may see. Raises Http404 else: its existence is not told."""
    try:
        state = get_state(record_id)
    except NotFound:
        raise Http404("没有这条信息") from None
    if not may(request, "view", state.owner_code or state.record.org_code):
        raise Http404("没有这条信息")
    return state


def explained(view: View) -> View:
    """Turn a refusal of a service into a message on the record's page, nothing lost."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except RecordError as error:
            messages.error(request, f"{error.message}。{error.remedy}。（{error.where}）")
        except organisations.NotPermitted as error:
            messages.error(request, str(error))
        back = kwargs.get("record_id")
        return redirect("records:page", record_id=back) if back else redirect("records:list")

    return answer


def require_scope(request: HttpRequest, action: str) -> frozenset[str]:
    """Return the organisations where the person may do this. Raises PermissionDenied when there are none."""
    codes: frozenset[str] = organisations.scope(user=request.user, action=action, kind=KIND, today=today())
    if not codes:
        raise PermissionDenied("您没有办理信息的岗位")
    return codes


def person_names(numbers: set[int | None]) -> dict[int, str]:
    """Return the names of people by number."""
    wanted = [number for number in numbers if number]
    people = get_user_model().objects.filter(pk__in=wanted) if wanted else ()
    return {person.pk: person.get_full_name() for person in people}
