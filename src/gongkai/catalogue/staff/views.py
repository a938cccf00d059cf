"""Desk screens of the catalogue: what is due, late or empty; one item; import of an edition."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from gongkai.catalogue.core.catalogue_files import CatalogueFileUnreadable
from gongkai.catalogue.core.defaults import item_classes
from gongkai.catalogue.core.lights import LIGHT_WORDS, Light
from gongkai.catalogue.duty_limits import deadline_of
from gongkai.catalogue.models import CatalogueItem, Obligation, Placement
from gongkai.catalogue.selectors import get_version, item_lights
from gongkai.catalogue.services.import_catalogue import (
    CatalogueImportRefused,
    import_catalogue,
    preview_import,
)
from gongkai.catalogue.services.institution_edition import adopt_institution_items
from gongkai.catalogue.services.item_settings import change_item_settings
from gongkai.catalogue.services.obligations import (
    ObligationRefused,
    close_obligation,
    open_obligation,
)
from gongkai.catalogue.staff.forms import ImportForm, ItemSettingsForm, ObligationForm
from gongkai.catalogue.staff.reach import KIND, body_of, names_under
from gongkai.organisations import api as organisations

PER_PAGE = 50


@require_http_methods(["GET"])
def item_list(request: HttpRequest) -> HttpResponse:
    """List the items with their lights; every count links to exactly its rows."""
    org, today = body_of(request, "view"), timezone.localdate()
    lights = item_lights(org_code=org, today=today)
    counts = {light: sum(1 for row in lights if row.reading.light is light) for light in Light}
    wanted, kind, text = (
        request.GET.get("light", ""),
        request.GET.get("class", ""),
        request.GET.get("q", "").strip(),
    )
    rows = [
        row
        for row in lights
        if (not wanted or row.reading.light == wanted)
        and (not kind or row.item.class_code == kind)
        and (not text or text in row.item.level2 or text == row.item.code)
    ]
    order = list(Light)
    if not kind and not text:
        rows.sort(key=lambda row: (order.index(row.reading.light), row.reading.due_date or today))
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("p"))
    version = get_version(org_code=org)
    context = {
        "title": "公开目录", "icon": "list-ul", "subtitle": str(version) if version else "", "org": org, "page": page,
        "rows": page.object_list, "version": version, "q": text, "light": wanted, "class": kind,
        "names": names_under(org), "counts": [(light.value, LIGHT_WORDS[light], counts[light]) for light in Light],
        "classes": [(code, rule.name) for code, rule in item_classes().items()], "total": len(rows),
        "may_manage": organisations.may(user=request.user, action="manage", kind=KIND, org_code=org, today=today),
    }  # fmt: skip
    return render(request, "catalogue/item_list.html", context)


@require_http_methods(["GET", "POST"])
def item_page(request: HttpRequest, code: str) -> HttpResponse:
    """Show one item: official columns, what stands under it, its duties; change settings, open and close duties."""
    org, today, now = body_of(request, "view"), timezone.localdate(), timezone.now()
    items = CatalogueItem.objects.select_related("version")
    item = get_object_or_404(items, version__org_code=org, version__in_force_to__isnull=True, code=code)
    may_manage = organisations.may(user=request.user, action="manage", kind=KIND, org_code=org, today=today)
    actor = organisations.actor(user=request.user, role=KIND)
    settings_form, duty_form = ItemSettingsForm(org=org, item=item), ObligationForm()
    if request.method == "POST":
        organisations.require(user=request.user, action="manage", kind=KIND, org_code=org, today=today)
        verb = request.POST.get("verb")
        try:
            if verb == "settings":
                settings_form = ItemSettingsForm(request.POST, org=org, item=item)
                if settings_form.is_valid():
                    change_item_settings(
                        item=item, actor=actor, today=today, now=now, **settings_form.cleaned_data
                    )
                    messages.success(request, "已保存这一事项的设置")
                    return redirect(request.get_full_path())
            elif verb == "open":
                duty_form = ObligationForm(request.POST)
                if duty_form.is_valid():
                    open_obligation(
                        org_code=org,
                        item_code=item.code,
                        actor=actor,
                        now=now,
                        today=today,
                        **duty_form.cleaned_data,
                    )
                    messages.success(request, "已登记公开义务")
                    return redirect(request.get_full_path())
            elif verb == "close":
                close_obligation(
                    obligation_id=int(request.POST.get("obligation", "0")), reason=request.POST.get("reason", ""),
                    actor=actor, today=today, now=now,
                )  # fmt: skip
                messages.success(request, "已关闭这条公开义务")
                return redirect(request.get_full_path())
        except (ObligationRefused, Obligation.DoesNotExist) as refused:
            messages.error(request, str(refused) or "没有这条公开义务；请刷新页面")
    return render(
        request, "catalogue/item_page.html", _item_context(item, settings_form, duty_form, may_manage)
    )


def _item_context(
    item: CatalogueItem, settings_form: Any, duty_form: Any, may_manage: bool
) -> dict[str, Any]:
    org = item.version.org_code
    duties = [
        (duty, deadline_of(duty, item))
        for duty in Obligation.objects.filter(org_code=org, item_code=item.code).order_by("-formed_date")[
            :100
        ]
    ]
    placed = Placement.objects.filter(org_code=org, place=Placement.ITEM, code=item.code).order_by(
        "-last_published_date"
    )
    return {
        "title": item.level2, "subtitle": item.code, "icon": "list-ul", "item": item, "duties": duties,
        "placed": placed[:200], "class_rule": item_classes()[item.class_code], "settings_form": settings_form,
        "duty_form": duty_form, "may_manage": may_manage,
    }  # fmt: skip


@require_http_methods(["GET", "POST"])
def import_edition(request: HttpRequest) -> HttpResponse:
    """Import an edition: first shows what would change, row by row what is wrong; stores only when asked a second time."""
    org, today = body_of(request, "manage"), timezone.localdate()
    if request.method == "POST" and request.POST.get("verb") == "institution":
        return _adopt(request, org)
    form = ImportForm(request.POST or None, request.FILES or None)
    preview = problem = None
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        data = upload.read()
        try:
            preview = preview_import(org_code=org, name=upload.name, data=data)
            if form.cleaned_data["confirm"] and not preview.problems:
                version = import_catalogue(
                    org_code=org, files=[(upload.name, data)], today=today, now=timezone.now(),
                    actor=organisations.actor(user=request.user, role=KIND),
                )  # fmt: skip
                messages.success(request, f"已启用{version}，共 {len(preview.rows)} 项")
                return redirect("catalogue:items")
        except (CatalogueFileUnreadable, CatalogueImportRefused) as refused:
            problem = str(refused)
    context = {
        "title": "导入目录",
        "icon": "upload",
        "form": form,
        "preview": preview,
        "problem": problem,
        "org": org,
        "institution": next(
            (one for one in organisations.list_organisations(under=org)[:1] if one.kind == "institution"),
            None,
        ),
    }
    if preview:
        context["classes"] = [(item_classes()[code].name, n) for code, n in preview.counts_by_class.items()]
    return render(request, "catalogue/import.html", context)


def _adopt(request: HttpRequest, org: str) -> HttpResponse:
    """Give the institution the catalogue of its type."""
    try:
        version = adopt_institution_items(
            org_code=org, today=timezone.localdate(), now=timezone.now(),
            actor=organisations.actor(user=request.user, role=KIND),
        )  # fmt: skip
    except CatalogueImportRefused as refused:
        messages.error(request, str(refused))
        return redirect(request.get_full_path())
    messages.success(request, f"已启用{version}，共 {version.items.count()} 项")
    return redirect(f"{reverse('catalogue:items')}?org={org}")
