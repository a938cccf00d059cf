"""What an authority sets for its reviews (审签设置): e-mail notices on or off; the chains in force, to read."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from gongkai.kernel.clocks import clock
from gongkai.kernel.rules import in_force
from gongkai.organisations import api as organisations
from gongkai.records.core.chains import chains
from gongkai.records.core.kinds import GRADES, KINDS
from gongkai.records.models import ReviewSetting
from gongkai.records.services.notices import set_mail_notices
from gongkai.records.staff.screens import now, require_scope, today

_SURE = {
    "confirmed": "已核对原文",
    "confirmed_local": "见地方文件",
    "knowledge": "待核对原文",
    "unconfirmed": "存疑",
    "design": "本系统默认",
}
_PUBLISHERS = {"authority": "机关", "institution": "医疗卫生机构"}


@require_http_methods(["GET", "POST"])
def settings_page(request: HttpRequest) -> HttpResponse:
    """Show chains with their clocks; who manages the site switches e-mail notices."""
    require_scope(request, "view")
    day = today()
    managed = organisations.scope(user=request.user, action="manage", kind="site", today=day)
    if request.method == "POST":
        code = request.POST.get("org", "")
        if code not in managed:
            raise PermissionDenied("您不管理这个机关的网站")
        set_mail_notices(org_code=code, on="mail_notices" in request.POST, user=request.user, now=now())
        messages.success(request, "已保存审签设置。")
        return redirect("records:review_settings")
    on = set(ReviewSetting.objects.filter(mail_notices=True).values_list("org_code", flat=True))
    names = {role_id: role.name for role_id, role in organisations.role_book().roles.items()}
    context = {
        "title": "审签流程与设置", "icon": "cog", "mail_possible": settings.MAIL_NOTICES_POSSIBLE,
        "authorities": [
            {"code": org.code, "name": org.name, "on": org.code in on}
            for org in organisations.list_organisations(kind="authority") if org.code in managed
        ],
        "chains": [_chain(chain, names) for chain in in_force(chains(), day)],
    }  # fmt: skip
    return render(request, "records/settings.html", context)


def _chain(chain: Any, names: dict[str, str]) -> dict[str, Any]:
    return {
        "name": chain.name,
        "grades": "、".join(GRADES[grade] for grade in chain.grades) or "全部",
        "kinds": "、".join(KINDS[kind] for kind in chain.kinds) or "全部",
        "publishers": "、".join(_PUBLISHERS[one] for one in chain.publishers) or "全部",
        "basis": "；".join(chain.basis),
        "sure": _SURE[chain.confidence],
        "steps": [
            {
                "label": step.label,
                "roles": "、".join(names.get(role, role) for role in step.roles),
                "limit": clock(step.clock).length_text,
                "sure": _SURE[clock(step.clock).confidence],
                "after": step.after,
            }
            for step in chain.steps
        ],
    }
