"""Close an organisation (机构撤销、合并): its heir takes its duties over; names, addresses, records and codes stay."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import transaction

from gongkai.journal.api import record_fact
from gongkai.organisations.errors import OrganisationRefused
from gongkai.organisations.facts import OrganisationClosed, OrganisationMoved
from gongkai.organisations.models import Organisation, OrganisationName, Post, Succession, User
from gongkai.organisations.selectors import actor
from gongkai.organisations.services.change_organisation import digest_of, hang_under, open_for_change
from gongkai.organisations.services.give_post import end_post


@transaction.atomic
def close_organisation(
    *,
    code: str,
    on: date,
    merged_into: str | None = None,
    others: Sequence[str] = (),
    basis: str = "",
    user: User | None = None,
    today: date,
    now: datetime,
) -> None:
    """Close the organisation with the end of a day (not after `today`).

    `merged_into` takes over its duties, its subordinates and the care of what it published; `others` took over something else
    (分立) and are only named. Posts end with that day. Without an heir its duties fall to the organisation above it.

    Raises OrganisationRefused when open subordinates are left without an heir, a post begins later, nobody would answer for the
    duties, or a successor cannot take over.
    """
    row = open_for_change(code, user, today)
    if on > today:
        raise OrganisationRefused(f"撤销日期 {on} 还没到", remedy="到当日再登记")
    named = dict.fromkeys([*([merged_into] if merged_into else []), *others])
    successors = [_heir(one, row, user, today) for one in named]
    heir = successors[0] if merged_into else None
    if heir is None and row.parent is None:
        raise OrganisationRefused(
            f"「{row.name}」没有上级", remedy="请指定承接其职责的机构，公开义务不能无人承担"
        )
    for child in Organisation.objects.filter(parent=row, closed_date__isnull=True):
        if heir is None:
            raise OrganisationRefused(
                f"「{row.name}」还有下属「{child.name}」", remedy="请先撤销或划转下属，或指定承接机构"
            )
        hang_under(child, heir)
        moved = OrganisationMoved(
            org=child.code, subject=f"organisation:{child.code}", on=on, parent=heir.code
        )
        record_fact(moved, actor=actor(user=user), now=now)
    _end_posts(row, on, today, now)
    row.closed_date, row.merged_into, row.end_basis = on, heir, basis.strip()
    row.save(update_fields=["closed_date", "merged_into", "end_basis"])
    Succession.objects.bulk_create(
        [Succession(ended=row, successor=one, from_date=on + timedelta(days=1)) for one in successors]
    )
    OrganisationName.objects.filter(organisation=row, to_date__isnull=True).update(to_date=on)
    fact = OrganisationClosed(
        org=code,
        subject=f"organisation:{code}",
        on=on,
        merged_into=merged_into,
        others=tuple(one for one in named if one != merged_into),
        basis=digest_of(basis),
    )
    record_fact(fact, actor=actor(user=user), now=now)


def _heir(code: str, row: Organisation, user: User | None, today: date) -> Organisation:
    found = open_for_change(code, user, today)
    if found.path.startswith(row.path):
        raise OrganisationRefused(f"「{found.name}」是「{row.name}」本身或其下属", remedy="请另选承接机构")
    return found


def _end_posts(row: Organisation, on: date, today: date, now: datetime) -> None:
    """End what is still held there; the closing itself is the ground, so that no separate order is needed."""
    held = Post.objects.filter(organisation=row).exclude(to_date__lte=on)
    later = held.filter(from_date__gt=on).first()
    if later is not None:
        raise OrganisationRefused(
            f"「{row.name}」有岗位从 {later.from_date} 开始，晚于撤销日期",
            remedy="请核对撤销日期，或请安全管理员先结束该岗位",
        )
    for number in list(held.order_by("deputy_for_id", "pk").values_list("pk", flat=True)):
        if Post.objects.filter(pk=number).exclude(to_date__lte=on).exists():
            end_post(post_id=number, last_date=on, today=today, now=now)
