"""Screens for the tree of organisations (机构)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from gongkai.organisations.core.institution_types import institution_types
from gongkai.organisations.core.roles import role_book
from gongkai.organisations.errors import OrganisationRefused
from gongkai.organisations.models import Organisation, OrganisationKind, Post
from gongkai.organisations.selectors import get_organisation, list_organisations, may, require, scope
from gongkai.organisations.services import change_organisation as change
from gongkai.organisations.services.close_organisation import close_organisation
from gongkai.organisations.services.create_organisation import create_organisation
from gongkai.organisations.staff.forms import CloseForm, OrganisationForm, RenameForm, SiteForm


def _managed(request: HttpRequest) -> list[Any]:
    codes = scope(user=request.user, action="manage", kind="organisation", today=timezone.localdate())
    return [o for o in list_organisations() if o.code in codes]


@require_http_methods(["GET"])
def organisation_list(request: HttpRequest) -> HttpResponse:
    """Show the part of the tree that the person may see, closed organisations last known names included."""
    codes = scope(user=request.user, action="view", kind="organisation", today=timezone.localdate())
    held = {row["organisation__code"]: row["n"] for row in _post_counts()}
    kinds, types = dict(OrganisationKind.choices), institution_types()
    rows = [
        {
            "info": o,
            "indent": "　" * (o.path.strip("/").count("/")),
            "kind": kinds[o.kind],
            "type": types.get(o.institution_type, ""),
            "posts": held.get(o.code, 0),
        }
        for o in list_organisations(include_closed=True)
        if o.code in codes
    ]
    context = {"title": "机构", "icon": "group", "rows": rows, "may_manage": bool(_managed(request))}
    return render(request, "organisations/organisation_list.html", context)


def _post_counts() -> Any:

    today = timezone.localdate()
    current = Post.objects.filter(from_date__lte=today).exclude(to_date__lt=today)
    return current.values("organisation__code").annotate(n=Count("id"))


@require_http_methods(["GET", "POST"])
def organisation_new(request: HttpRequest) -> HttpResponse:
    """Make an organisation under one that the person manages."""
    today, now = timezone.localdate(), timezone.now()
    form = OrganisationForm(
        request.POST or None, parents=_managed(request), initial={"parent_code": request.GET.get("under")}
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = create_organisation(**form.cleaned_data, user=request.user, today=today, now=now)
            messages.success(request, f"已建立「{made.name}」")
            return redirect("organisations:organisation", code=made.code)
        except OrganisationRefused as refused:
            form.add_error(None, str(refused))
    return render(
        request,
        "organisations/form.html",
        {"title": "建立机构", "icon": "group", "form": form, "verb": "建立机构"},
    )


@require_http_methods(["GET", "POST"])
def organisation_page(request: HttpRequest, code: str) -> HttpResponse:
    """Show one organisation with its names and posts; rename, close and describe its site."""
    today = timezone.localdate()
    require(user=request.user, action="view", kind="organisation", org_code=code, today=today)
    info = get_organisation(code=code)
    may_manage = may(user=request.user, action="manage", kind="organisation", org_code=code, today=today)
    others = [o for o in _managed(request) if not o.path.startswith(info.path)] if may_manage else []
    forms = {
        "rename": RenameForm(),
        "close": CloseForm(others=others),
        "site": SiteForm.showing(info.site),
    }
    if request.method == "POST" and (verb := request.POST.get("verb")) in forms:
        forms[verb] = {
            "rename": lambda: RenameForm(request.POST),
            "close": lambda: CloseForm(request.POST, others=others),
            "site": lambda: SiteForm(request.POST),
        }[verb]()
        if forms[verb].is_valid() and _apply(request, code, verb, forms[verb]):
            return redirect("organisations:organisation", code=code)
    row = Organisation.objects.get(code=code)
    context = {
        "title": info.name, "subtitle": info.code, "icon": "group", "info": info, "forms": forms, "may_manage": may_manage,
        "may_site": info.kind == "authority" and may(user=request.user, action="manage", kind="site", org_code=code, today=today),
        "successors": [s.successor for s in row.successions.select_related("successor")],
        "taken_over": [s.ended for s in row.inheritances.select_related("ended")],
        "names": row.names.all(), "kind": row.get_kind_display(), "type": institution_types().get(info.institution_type, ""),
        "posts": Post.objects.filter(organisation=row).exclude(to_date__lt=today).select_related("user", "deputy_for"),
        "roles": {role.id: role.name for role in role_book().roles.values()},
        "may_see_posts": may(user=request.user, action="view", kind="post", org_code=code, today=today),
    }  # fmt: skip
    return render(request, "organisations/organisation.html", context)


def _apply(request: HttpRequest, code: str, verb: str, form: Any) -> bool:
    """Do what the form asks; a refusal becomes an error of the form."""
    when = {"user": request.user, "today": timezone.localdate()}
    try:
        if verb == "rename":
            change.rename_organisation(code=code, **form.cleaned_data, **when, now=timezone.now())
        elif verb == "close":
            values = form.cleaned_data | {"merged_into": form.cleaned_data["merged_into"] or None}
            close_organisation(code=code, **values, **when, now=timezone.now())
        else:
            change.set_site(code=code, site=form.info(), **when)
    except OrganisationRefused as refused:
        form.add_error(None, str(refused))
        return False
    messages.success(
        request, {"rename": "已登记更名", "close": "已登记撤销", "site": "已保存网站标识与页脚"}[verb]
    )
    return True


@require_http_methods(["GET"])
def role_matrix(request: HttpRequest) -> HttpResponse:
    """Show every role with what it may do and how far, as the rule file says."""
    book = role_book()
    reaches = {
        "own": "本人经手",
        "section": "任职单位",
        "subtree": "任职单位及下属",
        "authority": "所在机关",
        "all": "全部",
    }
    duties = {"editorial": "业务", "system": "系统管理", "security": "安全管理", "audit": "审计管理"}
    rows = [
        {
            "role": role,
            "duty": duties[role.duty],
            "grants": [
                (
                    book.objects[g.kind][0],
                    "、".join(book.objects[g.kind][1][a] for a in g.actions),
                    reaches[g.reach],
                )
                for g in role.grants
            ],
        }
        for role in book.roles.values()
    ]
    return render(request, "organisations/roles.html", {"title": "角色与权限", "icon": "key", "rows": rows})
