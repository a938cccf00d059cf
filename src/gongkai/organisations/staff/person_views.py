"""Screens for people and posts (人员与岗位)."""

from __future__ import annotations

from typing import Any

from axes.utils import reset
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from gongkai.organisations.core.roles import role_book
from gongkai.organisations.errors import NotPermitted, OrganisationError
from gongkai.organisations.models import Post, User
from gongkai.organisations.selectors import home_code, list_organisations, may, require, scope
from gongkai.organisations.services import authenticator
from gongkai.organisations.services.create_user import create_user, set_active
from gongkai.organisations.services.give_post import end_post, give_post
from gongkai.organisations.services.passwords import reset_password
from gongkai.organisations.staff.forms import PersonForm, PostForm, ResetForm

PER_PAGE = 50


def _organisations(request: HttpRequest, action: str, kind: str) -> list[Any]:
    codes = scope(user=request.user, action=action, kind=kind, today=timezone.localdate())
    return [o for o in list_organisations() if o.code in codes]


@require_http_methods(["GET"])
def person_list(request: HttpRequest) -> HttpResponse:
    """List the people of the organisations that the person may see, with the posts they hold today."""
    today, text = timezone.localdate(), request.GET.get("q", "").strip()
    codes = scope(user=request.user, action="view", kind="person", today=today)
    if not codes:
        raise NotPermitted("您的岗位不能查看人员", remedy="人员由系统管理员和安全管理员管理")
    people = (
        User.objects.filter(organisation__code__in=codes)
        .select_related("organisation")
        .order_by("organisation__path", "username")
    )
    if text:
        people = people.filter(
            Q(name__icontains=text) | Q(username__icontains=text) | Q(organisation__name__icontains=text)
        )
    page = Paginator(people, PER_PAGE).get_page(request.GET.get("p"))
    held: dict[int, list[str]] = {}
    current = Post.objects.filter(user__in=[u.pk for u in page.object_list], from_date__lte=today).exclude(
        to_date__lt=today
    )
    for post in current.select_related("organisation"):
        role = role_book().roles.get(post.role)
        held.setdefault(post.user_id, []).append(
            f"{role.name if role else post.role}（{post.organisation.name}）"
        )
    context = {
        "title": "人员", "icon": "user", "page": page, "q": text, "rows": [(u, held.get(u.pk, [])) for u in page.object_list],
        "may_manage": bool(scope(user=request.user, action="manage", kind="person", today=today)),
    }  # fmt: skip
    return render(request, "organisations/person_list.html", context)


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def person_new(request: HttpRequest) -> HttpResponse:
    """Make an account."""
    form = PersonForm(request.POST or None, organisations=_organisations(request, "manage", "person"))
    if request.method == "POST" and form.is_valid():
        try:
            made = create_user(
                **form.cleaned_data,
                must_change_password=True,
                user=request.user,
                today=timezone.localdate(),
                now=timezone.now(),
            )
            messages.success(request, f"已建立账号「{made.username}」；请安全管理员安排岗位")
            return redirect("organisations:person", pk=made.pk)
        except OrganisationError as refused:
            form.add_error(None, str(refused))
    return render(
        request,
        "organisations/form.html",
        {"title": "建立账号", "icon": "user", "form": form, "verb": "建立账号"},
    )


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def person_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a person with all posts; give and end posts, close the account, reset password and one-time codes."""
    today = timezone.localdate()
    person = get_object_or_404(User.objects.select_related("organisation"), pk=pk)
    require(user=request.user, action="view", kind="person", org_code=home_code(person), today=today)
    places = _organisations(request, "manage", "post")
    post_form, reset_form = (
        PostForm(organisations=places, person=person, initial={"from_date": today}),
        ResetForm(),
    )
    if request.method == "POST":
        verb = request.POST.get("verb", "")
        bound: Any = None
        if verb == "give":
            bound = post_form = PostForm(request.POST, organisations=places, person=person)
        elif verb == "reset":
            bound = reset_form = ResetForm(request.POST)
        if bound is None or bound.is_valid():
            try:
                messages.success(request, _act(request, person, verb, bound))
                return redirect("organisations:person", pk=pk)
            except NotPermitted:
                raise
            except OrganisationError as refused:
                if bound is None:
                    messages.error(request, str(refused))
                else:
                    bound.add_error(None, str(refused))
    asked = {"user": request.user, "org_code": home_code(person), "today": today}
    context = {
        "title": person.get_full_name(), "subtitle": person.username, "icon": "user", "person": person, "today": today,
        "posts": Post.objects.filter(user=person).select_related("organisation", "deputy_for"), "post_form": post_form, "reset_form": reset_form,
        "roles": {role.id: role.name for role in role_book().roles.values()}, "device": authenticator.device_of(person),
        "may_post": bool(places) and person.pk != request.user.pk, "may_manage": may(action="manage", kind="person", **asked),
        "may_reset": may(action="reset", kind="person", **asked) and person.pk != request.user.pk,
        "endable": {o.code for o in places},
    }  # fmt: skip
    return render(request, "organisations/person.html", context)


def _act(request: HttpRequest, person: User, verb: str, form: Any) -> str:
    """Do one act on a person and return what to say; raises OrganisationError."""
    when: dict[str, Any] = {"user": request.user, "today": timezone.localdate(), "now": timezone.now()}
    if verb == "give":
        give_post(person=person, **form.cleaned_data, **when)
        return "已安排岗位"
    if verb == "end":
        last = parse_date(request.POST.get("last_date", "")) or when["today"]
        end_post(post_id=int(request.POST.get("post", "0") or 0), last_date=last, **when)
        return f"岗位于 {last} 截止"
    if verb in ("close", "open"):
        set_active(person=person, is_active=verb == "open", **when)
        return "账号已启用" if verb == "open" else "账号已停用"
    if verb == "reset":
        reset_password(
            person=person, password=form.cleaned_data["password"], user=request.user, today=when["today"]
        )
        return "已设置新的初始密码，对方下次登录时须更换"
    if verb == "unbind":
        authenticator.remove_authenticator(person=person, **when)
        return "已停用对方的动态口令"
    if verb == "unlock":
        return _unlock(request, person)
    raise OrganisationError("没有这个操作", remedy="请刷新页面后重试")


def _unlock(request: HttpRequest, person: User) -> str:
    """Let a locked-out person try again at once."""
    require(
        user=request.user,
        action="reset",
        kind="person",
        org_code=home_code(person),
        today=timezone.localdate(),
    )
    reset(username=person.username)
    return "已解除登录锁定"
