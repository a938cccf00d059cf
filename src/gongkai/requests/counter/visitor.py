"""Who is at the counter (访客): address for throttling, large type, the organisation asked."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from gongkai.organisations import api as organisations

ELDER_COOKIE = "gk_elder"


def address_of(request: HttpRequest) -> str:
    """Return the address of the visitor; behind a trusted proxy the last one it names."""
    forwarded = request.headers.get("X-Forwarded-For", "")
    if settings.ENVIRONMENT.trusted_proxy and forwarded:
        return forwarded.rpartition(",")[2].strip()
    return str(request.META.get("REMOTE_ADDR", ""))


def authority(code: str) -> organisations.OrganisationInfo:
    """Return the authority that is asked; 404 for anything else."""
    try:
        info = organisations.get_organisation(code=code)
    except organisations.NoSuchOrganisation:
        raise Http404 from None
    if info.kind != "authority" or info.closed_date is not None:
        raise Http404
    return info


def authorities() -> list[organisations.OrganisationInfo]:
    """Return the authorities that take requests."""
    return organisations.list_organisations(kind="authority")


def page(request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """Render a page of the counter in the public look; errors lead, large type is remembered."""
    context = {
        "elder": request.COOKIES.get(ELDER_COOKIE) == "1",
        "home": f"{settings.BASE_PATH}/",
        "here": request.path,
        **context,
    }
    return render(request, f"requests/ask/{template}", context, status=status)
