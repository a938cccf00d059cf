"""After a signature (签完之后): what waits next, so that a leader with a telephone signs one after the other, each opened."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from gongkai.records.selectors_next import ToSign, list_to_sign
from gongkai.records.staff.screens import now, require_scope, today, viewable_state


@dataclass(frozen=True, slots=True)
class Following:
    """The next item for a template: how many are left, its title, step and address."""

    count: int
    title: str
    label: str
    left_text: str
    light: str
    address: str


@require_GET
def signed_page(request: HttpRequest, record_id: int) -> HttpResponse:
    """Say that it is done and lead to the next item."""
    state = viewable_state(request, record_id)
    context = {"title": "已办", "icon": "check", "state": state, "following": following(request)}
    return render(request, "records/signed.html", context)


def following(request: HttpRequest) -> Following | None:
    """Return the next item that the person may sign, None when nothing is left."""
    items = list_to_sign(
        user=request.user, org_codes=require_scope(request, "view"), today=today(), now=now()
    )
    if not items:
        return None
    first = items[0]
    return Following(
        count=len(items),
        title=first.title or "（无标题）",
        label=first.step.label,
        left_text=first.step.clock.left_text if first.step.clock else "",
        light=first.step.light,
        address=address_of(first),
    )


def address_of(item: ToSign) -> str:
    """Return the page on which an item is read and signed."""
    if item.release_id is None:
        return reverse("records:review", args=[item.record_id])
    return reverse("records:later_review", args=[item.record_id, item.release_id])
