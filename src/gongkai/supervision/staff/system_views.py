"""Desk screens of indicator systems: versions, one version, one row, import of a table."""

from __future__ import annotations

from typing import Any

import yaml
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from gongkai.supervision.core.assessment import METHODS
from gongkai.supervision.core.bindings import KIND_WORDS
from gongkai.supervision.core.indicator_rows import METHOD_WORDS, indicator_row, indicator_texts
from gongkai.supervision.core.indicator_system import LEVEL_WORDS, SystemInvalid, read_system
from gongkai.supervision.errors import SupervisionRefused
from gongkai.supervision.models import IndicatorSystem
from gongkai.supervision.services import indicator_systems
from gongkai.supervision.services.import_indicators import import_weights
from gongkai.supervision.staff import reach


@require_http_methods(["GET", "POST"])
def system_list(request: HttpRequest) -> HttpResponse:
    """List the versions of the indicator system; begin a new one."""
    reach.visible(request)
    org = reach.own_authority(request, "view", timezone.localdate())
    if request.method == "POST":
        base = request.POST.get("based_on", "")
        made = indicator_systems.new_version(
            org_code=org, based_on=int(base) if base.isdigit() else None, name=request.POST.get("name", ""),
            **reach.acting_now(request),
        )  # fmt: skip
        messages.success(request, f"已新建第 {made.version} 版，可以修改，改好后启用")
        return redirect("supervision:system", system_id=made.pk)
    context = {
        "title": "考核指标体系", "icon": "tasks", "systems": IndicatorSystem.objects.filter(org_code=org),
        "may_manage": reach.allowed(request, "manage", org),
    }  # fmt: skip
    return render(request, "supervision/system_list.html", context)


def _system(request: HttpRequest, system_id: int) -> IndicatorSystem:
    system = get_object_or_404(IndicatorSystem, pk=system_id)
    reach.required(request, "view", system.org_code)
    return system


@require_http_methods(["GET", "POST"])
def system_page(request: HttpRequest, system_id: int) -> HttpResponse:
    """Show one version by level; bring it into force, change its totals, import weights."""
    system = _system(request, system_id)
    if request.method == "POST":
        try:
            messages.success(request, _act(request, system))
            return redirect("supervision:system", system_id=system.pk)
        except SupervisionRefused as refused:
            messages.error(request, reach.said(refused))
            system.refresh_from_db()
    problems: list[str] = []
    try:
        read_system(system.content)
    except SystemInvalid as error:
        problems = error.problems
    rows = [indicator_texts(raw) for raw in system.content["indicators"]]
    context = {
        "title": str(system), "subtitle": system.get_state_display(), "icon": "tasks", "system": system, "problems": problems,
        "levels": [(code, words, [r for r in rows if code in r["levels"]]) for code, words in LEVEL_WORDS.items()],
        "values": system.content["values"], "kinds": KIND_WORDS, "scoring": system.content["scoring"],
        "may_change": system.state == IndicatorSystem.DRAFT and reach.allowed(request, "manage", system.org_code),
    }  # fmt: skip
    return render(request, "supervision/system_page.html", context)


def _act(request: HttpRequest, system: IndicatorSystem) -> str:
    now = reach.acting_now(request)
    match request.POST.get("verb"):
        case "force":
            indicator_systems.bring_into_force(system_id=system.pk, **now)
            return "已启用，以后的考核用这一版"
        case "scoring":
            fields = (
                "satisfaction_share",
                "third_party_share",
                "bonus_max",
                "bonus_only_over",
                "veto_at_most",
                "least_weight",
            )
            row = {name: request.POST[name].strip() for name in fields if request.POST.get(name, "").strip()}
            indicator_systems.change_system(system_id=system.pk, kind="scoring", row=row, old_id="", **now)
            return "已保存总则"
        case "weights":
            upload = request.FILES.get("file")
            if upload is None:
                raise SupervisionRefused("no_file", "没有选择文件", remedy="请选择 xlsx 或 csv 文件")
            changed = import_weights(system_id=system.pk, name=upload.name or "", data=upload.read(), **now)
            return f"已按表格改了 {changed} 项分值"
    raise SupervisionRefused("no_verb", "没有认出要做的事", remedy="请刷新页面再试")


@require_http_methods(["GET", "POST"])
def indicator_form(request: HttpRequest, system_id: int) -> HttpResponse:
    """Change, add or take out one indicator of a draft."""
    system = _system(request, system_id)
    old_id = request.GET.get("id", "")
    known = {raw["id"]: raw for raw in system.content["indicators"]}
    context: dict[str, Any] = {
        "title": f"指标 {old_id}" if old_id else "新的指标", "subtitle": str(system), "icon": "edit", "system": system,
        "row": indicator_texts(known[old_id]) if old_id in known else {"levels": ["authority"], "method": "share"},
        "old_id": old_id, "methods": [(m, METHOD_WORDS[m]) for m in METHODS], "levels": LEVEL_WORDS.items(),
        "names": [(v["id"], v["name"]) for v in system.content["values"]],
    }  # fmt: skip
    if request.method == "POST":
        typed = {key: request.POST.get(key, "") for key in request.POST} | {
            "levels": request.POST.getlist("levels")
        }
        try:
            row = {} if request.POST.get("verb") == "drop" else indicator_row(typed, known.get(old_id, {}))
            indicator_systems.change_system(
                system_id=system.pk, kind="indicators", row=row, old_id=old_id, **reach.acting_now(request)
            )
            messages.success(request, "已去掉这项指标" if not row else "已保存")
            return redirect("supervision:system", system_id=system.pk)
        except SupervisionRefused as refused:
            context |= {"problem": reach.said(refused), "row": typed}
        except ValueError as error:
            context |= {"problem": str(error), "row": typed}
    return render(request, "supervision/indicator_form.html", context)


@require_http_methods(["GET", "POST"])
def value_form(request: HttpRequest, system_id: int) -> HttpResponse:
    """Change or add the definition of one value of a draft, as data."""
    system = _system(request, system_id)
    old_id = request.GET.get("id", "")
    known = {raw["id"]: raw for raw in system.content["values"]}
    said = known.get(
        old_id,
        {
            "id": "",
            "name": "",
            "unit": "件",
            "kind": "given",
            "basis": ["本机关规定"],
            "confidence": "design",
            "scope": "national",
        },
    )
    text = request.POST.get("text") or yaml.safe_dump(said, allow_unicode=True, sort_keys=False)
    context: dict[str, Any] = {
        "title": f"口径 {old_id}" if old_id else "新的口径", "subtitle": str(system), "icon": "edit", "system": system,
        "text": text, "kinds": KIND_WORDS.items(), "old_id": old_id,
    }  # fmt: skip
    if request.method == "POST":
        try:
            row = yaml.safe_load(text)
            if not isinstance(row, dict):
                raise SupervisionRefused("bad_row", "口径应写成一行一个“名称: 值”", remedy="请照原来的样子改")
            indicator_systems.change_system(
                system_id=system.pk, kind="values", row=row, old_id=old_id, **reach.acting_now(request)
            )
            messages.success(request, "已保存口径")
            return redirect("supervision:system", system_id=system.pk)
        except yaml.YAMLError:
            context["problem"] = "写法不对：请检查缩进、冒号和括号"
        except SupervisionRefused as refused:
            context["problem"] = reach.said(refused)
    return render(request, "supervision/value_form.html", context)
