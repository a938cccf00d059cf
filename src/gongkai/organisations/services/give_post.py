"""Give and end posts (任免岗位)."""

from __future__ import annotations

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q

from gongkai.journal.api import record_fact
from gongkai.organisations.core.roles import UnknownRole, role_book
from gongkai.organisations.errors import DutiesSeparated, PostRefused
from gongkai.organisations.facts import PostEnded, PostGiven
from gongkai.organisations.models import Organisation, Post, User
from gongkai.organisations.selectors import PostInfo, actor, as_post, find, require
from gongkai.organisations.services.sync_groups import sync_user_groups


def _take_duty(person: User, duty: str) -> User:
    """Return the account locked, with its duty set on the first post; raises DutiesSeparated."""
    locked = User.objects.select_for_update().get(pk=person.pk)
    if locked.duty and locked.duty != duty:
        raise DutiesSeparated(
            f"账号「{locked.username}」已任「{locked.get_duty_display()}」岗位，不能再任「{dict(User.duty.field.choices)[duty]}」岗位",
            remedy="系统、安全、审计三员与业务岗位须用不同账号、由不同的人担任",
        )
    if not locked.duty:
        locked.duty = duty
        locked.save(update_fields=["duty"])
    person.duty = duty
    return locked


def _check_deputy(
    deputy_for: User, role: str, organisation: Organisation, from_date: date, to_date: date | None
) -> None:
    if to_date is None:
        raise PostRefused("代行职责必须写明截止日期", remedy="请填写截止日期；需要延长时再登记一次")
    held = Post.objects.filter(user=deputy_for, role=role, organisation=organisation, deputy_for__isnull=True)
    if (
        not held.filter(from_date__lte=from_date)
        .filter(Q(to_date__isnull=True) | Q(to_date__gte=to_date))
        .exists()
    ):
        raise PostRefused(
            f"{deputy_for} 在 {from_date} 至 {to_date} 期间不任「{organisation.name}」的这个岗位",
            remedy="只能代行被代行人本人任职期间的岗位",
        )


def _check(
    person: User,
    role: str,
    organisation: Organisation,
    from_date: date,
    to_date: date | None,
    by: User | None,
) -> None:
    if by is not None and by.pk == person.pk:
        raise PostRefused("不能给自己安排岗位", remedy="请另一位安全管理员办理")
    if to_date is not None and to_date < from_date:
        raise PostRefused(f"截止日期 {to_date} 早于起始日期 {from_date}", remedy="请核对日期")
    if organisation.closed_date is not None and (to_date is None or to_date > organisation.closed_date):
        raise PostRefused(
            f"「{organisation.name}」已于 {organisation.closed_date} 撤销", remedy="请选择现有机构"
        )
    same = Post.objects.filter(user=person, role=role, organisation=organisation)
    same = same.filter(Q(to_date__isnull=True) | Q(to_date__gte=from_date))
    if to_date is not None:
        same = same.filter(from_date__lte=to_date)
    if same.exists():
        raise PostRefused(
            f"{person} 在这段时间里已任「{organisation.name}」的这个岗位", remedy="请先结束原岗位，或改日期"
        )


@transaction.atomic
def give_post(
    *,
    person: User,
    role: str,
    org_code: str,
    from_date: date,
    to_date: date | None = None,
    deputy_for: User | None = None,
    user: User | None = None,
    today: date,
    now: datetime,
) -> PostInfo:
    """Give a person a role at an organisation, both days included, and write PostGiven.

    With `deputy_for` the person stands in for somebody who holds that very post all the while. `user` is who does it, None
    for a command. The first post fixes the account's duty for life.

    Raises:
        PostRefused: unknown role, wrong days, a post of the same kind at the same time, a closed organisation, oneself.
        DutiesSeparated: the account serves another duty.
        NotPermitted: the user may not manage posts there.
    """
    organisation = find(org_code)
    if user is not None:
        require(user=user, action="manage", kind="post", org_code=org_code, today=today)
    try:
        duty = role_book().role(role).duty
    except UnknownRole as error:
        raise PostRefused(str(error)) from None
    _check(person, role, organisation, from_date, to_date, user)
    if deputy_for is not None:
        _check_deputy(deputy_for, role, organisation, from_date, to_date)
    holder = _take_duty(person, duty)
    try:
        row = Post(
            user=holder, role=role, duty=duty, organisation=organisation, from_date=from_date, to_date=to_date
        )
        row.deputy_for, row.given_at, row.given_by = deputy_for, now, user
        row.full_clean()
        row.save(force_insert=True)
    except (ValidationError, IntegrityError) as error:
        raise PostRefused(f"{person} 的岗位不能这样登记：{error}") from error
    fact = PostGiven(
        org=org_code,
        subject=f"user:{person.pk}",
        on=from_date,
        post=row.pk,
        role=role,
        until=to_date,
        deputy_for=f"user:{deputy_for.pk}" if deputy_for else None,
    )
    record_fact(fact, actor=actor(user=user), now=now)
    sync_user_groups(person=holder, today=today)
    return as_post(row)


@transaction.atomic
def end_post(
    *, post_id: int, last_date: date, user: User | None = None, today: date, now: datetime
) -> PostInfo:
    """End a post on `last_date` (its last day) and write PostEnded; deputies of it end with it.

    Raises PostRefused when there is no such post, it has ended before, or the day lies before its first day.
    """
    row = (
        Post.objects.select_for_update(of=("self",)).select_related("organisation").filter(pk=post_id).first()
    )
    if row is None:
        raise PostRefused(f"没有编号为 {post_id} 的岗位", remedy="请刷新页面后重试")
    if user is not None:
        require(user=user, action="manage", kind="post", org_code=row.organisation.code, today=today)
    if last_date < row.from_date:
        raise PostRefused(f"截止日期 {last_date} 早于起始日期 {row.from_date}", remedy="请核对日期")
    if row.to_date is not None and row.to_date <= last_date:
        raise PostRefused(f"该岗位已于 {row.to_date} 截止", remedy="不能延后已定的截止日期；请另行登记新岗位")
    stand_ins = Post.objects.filter(
        deputy_for=row.user_id,
        role=row.role,
        organisation=row.organisation,
        to_date__gt=last_date,
        from_date__lte=last_date,
    )
    ended = [row] if row.deputy_for_id else [row, *stand_ins]
    for post in ended:
        post.to_date = last_date
        post.save(update_fields=["to_date"])
        fact = PostEnded(
            org=row.organisation.code,
            subject=f"user:{post.user_id}",
            on=last_date,
            post=post.pk,
            role=post.role,
        )
        record_fact(fact, actor=actor(user=user), now=now)
        sync_user_groups(person=post.user, today=today)
    return as_post(row)
