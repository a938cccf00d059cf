"""One-click repair on the record's page (一键改正)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from gongkai.records.services.repair import repair, repair_alike
from gongkai.records.staff.screens import explained, now, viewable_state


@require_POST
@explained
def mend(request: HttpRequest, record_id: int) -> HttpResponse:
    """Repair one finding (`key`), or all of one detector (`detector`), in the text that was shown (`version`)."""
    viewable_state(request, record_id)
    given = request.POST
    version = int(given["version"]) if given.get("version", "").isdigit() else -1
    if given.get("detector"):
        done = repair_alike(
            record_id=record_id, detector=given["detector"], version=version, user=request.user, now=now()
        )
    else:
        done = repair(
            record_id=record_id,
            finding_key=given.get("key", ""),
            version=version,
            user=request.user,
            now=now(),
        )
    messages.success(request, f"已改正 {done.places} 处，并重新检查。")
    return redirect(reverse("records:page", args=[record_id]) + "#findings")
